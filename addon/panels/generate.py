"""Generate with what it depends on each time, seed and variations; the queue; stepping through what came of it."""

from __future__ import annotations

import bpy

from ..clips.variations import current_action, siblings
from ..link.session import session
from ..link.tasks import PHASES
from ..translations import iface_
from .text import SubPanel


class VOICE_TO_MOTION_PT_generate(SubPanel, bpy.types.Panel):
    """The button."""

    bl_idname = "VOICE_TO_MOTION_PT_generate"
    bl_label = "Generate"

    def draw(self, context: bpy.types.Context) -> None:
        """Settings above the button they are for."""
        settings = context.scene.voice_to_motion
        column = self.layout.column(align=True)
        column.prop(settings, "typed", text="", icon="GREASEPENCIL", placeholder="Or type the instruction")
        row = column.row(align=True)
        row.prop(settings, "variations")
        seed = row.row(align=True)
        seed.active = not settings.use_random_seed
        seed.prop(settings, "seed")
        lock = "UNLOCKED" if settings.use_random_seed else "LOCKED"
        row.prop(settings, "use_random_seed", text="", icon=lock, invert_checkbox=True)
        row = column.row(align=True)
        row.scale_y = 1.6
        row.operator("voice_to_motion.generate", text="Add to Queue" if session.busy else "Generate Motion", icon="ARMATURE_DATA")


class VOICE_TO_MOTION_PT_progress(SubPanel, bpy.types.Panel):
    """The progress bar with its Cancel button, there only while a motion is generated.

    A panel of its own, because Blender matches the buttons of two redraws by what they do: a progress bar under the mouse,
    which does nothing, would go on living as one of the boxes that replace it.
    """

    bl_idname = "VOICE_TO_MOTION_PT_progress"
    bl_label = "Progress"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only while something is under way."""
        return session.busy

    def draw(self, context: bpy.types.Context) -> None:
        """Phase, percentage, Cancel; below it what waits."""
        column = self.layout.column(align=True)
        row = column.row(align=True)
        row.scale_y = 1.4
        phase = iface_(PHASES.get(session.phase, "Working"))
        # Loading the networks has no measure, so no percentage is made up for it.
        measured = session.phase not in ("starting", "cancelling")
        text = f"{phase}  {session.fraction:.0%}" if measured else f"{phase}..."
        row.progress(factor=session.fraction, type="BAR", text=text)
        row.operator("voice_to_motion.cancel", text="", icon="CANCEL")
        for task in session.waiting[:5]:
            row = column.row(align=True)
            row.label(text=iface_("{}: cancelling" if task.cancelling else "Next: {}", task.title), icon="TIME")
            row.operator("voice_to_motion.remove_from_queue", text="", icon="X", emboss=False).task = task.id
        if len(session.waiting) > 1:
            row = column.row(align=True)
            more = len(session.waiting) - 5
            row.label(text=iface_("and {} more", more) if more > 0 else "", icon="BLANK1")
            row.operator("voice_to_motion.remove_from_queue", text="Clear Queue").task = ""


class VOICE_TO_MOTION_PT_variations(SubPanel, bpy.types.Panel):
    """The arrows, where the character's action has variations."""

    bl_idname = "VOICE_TO_MOTION_PT_variations"
    bl_label = "Variations"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only where there is something to step through."""
        return len(siblings(current_action(context.scene.voice_to_motion.character))) > 1

    def draw(self, context: bpy.types.Context) -> None:
        """Arrows around which one this is."""
        current = current_action(context.scene.voice_to_motion.character)
        others = siblings(current)
        row = self.layout.row(align=True)
        row.scale_y = 1.2
        row.operator("voice_to_motion.step_variation", text="", icon="TRIA_LEFT").direction = "PREVIOUS"
        middle = row.row(align=True)
        middle.alignment = "CENTER"
        number, seed = others.index(current) + 1, current.get("seed", "?")
        middle.label(text=iface_("Variation {} of {}", number, len(others)))
        row.operator("voice_to_motion.step_variation", text="", icon="TRIA_RIGHT").direction = "NEXT"
        row.separator()
        row.operator("voice_to_motion.keep_variation", text="", icon="CHECKMARK")
        below = self.layout.row()  # a seed may have ten digits, for which the line above has no room
        below.alignment, below.active = "CENTER", False
        below.label(text=iface_("Seed {}", seed))


CLASSES = (VOICE_TO_MOTION_PT_generate, VOICE_TO_MOTION_PT_progress, VOICE_TO_MOTION_PT_variations)
