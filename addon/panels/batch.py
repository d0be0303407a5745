"""Batch: generating from a folder of recordings, its progress, and the failures."""

from __future__ import annotations

import bpy

from ..batch.run import batch
from ..translations import iface_
from .layout import Section, paragraph

SHOWN = 6  # failures; the report lists all


class BatchSection(Section):
    """Sidebar > Voice to Motion > Batch."""

    key = "batch"
    bl_label = "Batch"

    def draw(self, context: bpy.types.Context) -> None:
        """The button, then progress or the summary."""
        layout = self.layout
        layout.operator("voice_to_motion.batch", text="Generate from Folder...", icon="FILE_FOLDER")
        if batch.active:
            ended = len(batch.items) - batch.count("waiting")
            row = layout.row(align=True)
            row.progress(
                factor=batch.done_share, type="BAR", text=iface_("{} of {}: {}", ended, len(batch.items), batch.task.title)
            )
            row.operator("voice_to_motion.cancel_batch", text="", icon="CANCEL")
        if not batch.items:
            return
        failures = [item for item in batch.items if item.state == "failed"]
        box = layout.box()
        paragraph(box, context, batch.summary, icon="ERROR" if failures else "ASSET_MANAGER")
        for item in failures[:SHOWN]:
            paragraph(box, context, f"{item.path.name}: {iface_(item.message)}", icon="DOT")
        if len(failures) > SHOWN:
            box.label(text=iface_("and {} more", len(failures) - SHOWN), icon="BLANK1")
        box.operator("voice_to_motion.batch_report", icon="TEXT")
