"""The progress bar with the queue, and the arrows between variations."""

from __future__ import annotations

import bpy

from ..clips.active_action import active_action
from ..clips.variations import variations_of
from ..link.session import session
from ..link.tasks import PHASES
from ..translations import iface_
from .account import draw_account
from .layout import BarePanel, note


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
        if session.heard and not session.running.request.get("text"):
            note(column, context, iface_("Heard: “{}”", session.heard), icon="OUTLINER_OB_SPEAKER")
        if session.running is not None:
            draw_account(column, context, session.running.words)
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
