"""Generate and its settings, the progress bar with the queue, and the variations.

Settings that are seldom changed are in Options, closed at the bottom.
"""

from __future__ import annotations

import bpy

from ..clips.active_action import active_action
from ..clips.variations import variations_of
from ..link.session import session
from ..link.tasks import PHASES
from ..translations import iface_
from .layout import BarePanel, FoldedPanel, checkbox


class VOICE_TO_MOTION_PT_generate(BarePanel, bpy.types.Panel):
    """Settings, and Generate."""

    bl_idname = "VOICE_TO_MOTION_PT_generate"
    bl_label = "Generate"

    def draw(self, context: bpy.types.Context) -> None:
        """Settings above their button."""
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


class VOICE_TO_MOTION_PT_progress(BarePanel, bpy.types.Panel):
    """The progress bar with its Cancel button, drawn only while a motion is generated.

    A panel of its own: Blender matches the buttons of two redraws by their function, so a progress bar under the mouse,
    which has none, would survive as one of the boxes that replace it.
    """

    bl_idname = "VOICE_TO_MOTION_PT_progress"
    bl_label = "Progress"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only while a request is under way."""
        return session.busy

    def draw(self, context: bpy.types.Context) -> None:
        """Phase, percentage, Cancel; below, the waiting requests."""
        column = self.layout.column(align=True)
        row = column.row(align=True)
        row.scale_y = 1.4
        phase = iface_(PHASES.get(session.phase, "Working"))
        # Loading the networks cannot be measured, so it shows no percentage.
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


class VOICE_TO_MOTION_PT_variations(BarePanel, bpy.types.Panel):
    """Arrows to step through the variations of the character's action."""

    bl_idname = "VOICE_TO_MOTION_PT_variations"
    bl_label = "Variations"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with more than one variation."""
        return len(variations_of(active_action(context.scene.voice_to_motion.character))) > 1

    def draw(self, context: bpy.types.Context) -> None:
        """Arrows around the number of this one."""
        current = active_action(context.scene.voice_to_motion.character)
        others = variations_of(current)
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


class VOICE_TO_MOTION_PT_options(FoldedPanel, bpy.types.Panel):
    """Sidebar > Voice to Motion > Options: length, guidance, recording, sound strip."""

    bl_idname = "VOICE_TO_MOTION_PT_options"
    bl_label = "Options"

    def draw(self, context: bpy.types.Context) -> None:
        """Each number beside its Auto button; below, how to record."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        settings = context.scene.voice_to_motion
        for automatic, value, text in (
            ("use_auto_length", "seconds", "Auto"),
            ("use_auto_guidance", "guidance", "Auto"),
        ):
            row = layout.row(align=True)
            number = row.row(align=True)
            number.active = not getattr(settings, automatic)
            number.prop(settings, value)
            row.prop(settings, automatic, text=text, toggle=True)
        recording = settings.recording
        split = layout.split(factor=0.65, align=True)
        split.use_property_split = False
        split.prop(recording, "use_silence")
        pause = split.row(align=True)
        pause.active = recording.use_silence
        pause.prop(recording, "silence", text="")
        layout.prop(recording, "countdown")
        checkbox(layout, recording, "use_pack")
        checkbox(layout, settings, "use_audio_strip")
        layout.operator("voice_to_motion.apply_motion", text="Apply Motion File", icon="IMPORT")
