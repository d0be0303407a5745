"""The doctor's table: in the sidebar, closed until it is wanted, and in the preferences."""

from __future__ import annotations

import bpy

from ..runtime.doctor import doctor
from ..translations import iface_
from .text import FoldedPanel, paragraph

ICONS = {"ok": "CHECKMARK", "warning": "ERROR", "failed": "CANCEL"}


def draw(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """Buttons first, then one line for each check, with its fix below where there is one."""
    row = layout.row(align=True)
    row.operator("voice_to_motion.doctor", icon="VIEWZOOM")
    row.operator("voice_to_motion.copy_report", text="", icon="COPYDOWN")
    row.operator("voice_to_motion.open_logs", text="", icon="FILE_FOLDER")
    if doctor.running:
        layout.label(text="Checking...", icon="SORTTIME")
    if not doctor.checks:
        return
    box = layout.box()
    for check in doctor.checks:
        words = box.column(align=True)
        words.alert = check.status == "failed"
        paragraph(words, context, f"{iface_(check.name)}: {iface_(check.detail)}", icon=ICONS[check.status])
        if check.fix:
            fix = box.column(align=True)
            paragraph(fix, context, check.fix, icon="BLANK1")


class VOICE_TO_MOTION_PT_doctor(FoldedPanel, bpy.types.Panel):
    """Sidebar > Voice to Motion > Installation."""

    bl_idname = "VOICE_TO_MOTION_PT_doctor"
    bl_label = "Installation"
    bl_order = 100  # below everything that is used daily

    def draw(self, context: bpy.types.Context) -> None:
        """The table."""
        draw(self.layout, context)


CLASSES = (VOICE_TO_MOTION_PT_doctor,)
