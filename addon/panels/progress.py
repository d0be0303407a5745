"""The progress bar with its Cancel button, there only while a motion is generated.

A panel of its own, because Blender matches the buttons of two redraws by what they do: a progress bar under the mouse,
which does nothing, would go on living as one of the boxes that replace it.
"""

from __future__ import annotations

import bpy

from ..session import PHASES, session


class VOICE_TO_MOTION_PT_progress(bpy.types.Panel):
    """Sidebar > Voice to Motion, in the place of Generate."""

    bl_idname = "VOICE_TO_MOTION_PT_progress"
    bl_label = "Progress"
    bl_parent_id = "VOICE_TO_MOTION_PT_main"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Voice to Motion"
    bl_options = {"HIDE_HEADER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only while something is under way."""
        return session.busy

    def draw(self, context: bpy.types.Context) -> None:
        """Phase, percentage, Cancel."""
        row = self.layout.row(align=True)
        row.scale_y = 1.6
        phase = PHASES.get(session.phase, "Working")
        # Loading the networks has no measure, so no percentage is made up for it.
        measured = session.phase not in ("starting", "cancelling")
        text = f"{phase}  {session.fraction:.0%}" if measured else f"{phase}..."
        row.progress(factor=session.fraction, type="BAR", text=text)
        row.operator("voice_to_motion.cancel", text="", icon="CANCEL")


CLASSES = (VOICE_TO_MOTION_PT_progress,)
