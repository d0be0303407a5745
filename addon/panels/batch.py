"""Batch: generating from a folder of recordings, its progress, and what became of the files."""

from __future__ import annotations

import bpy

from ..batch.run import AGAIN, batch, shown
from ..translations import iface_
from .layout import Section, alert, note, paragraph

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
            draw_progress(layout)
        if not batch.items:
            return
        box = layout.box()
        lacking = batch.problems or batch.stopped
        paragraph(box, context, batch.summary, icon="ERROR" if lacking else "ASSET_MANAGER")
        if batch.stopped:
            alert(box, context, batch.stopped)
        for item in batch.problems[:SHOWN]:
            heard = iface_("; heard: “{}”", item.heard) if item.heard and item.heard not in item.message else ""
            paragraph(box, context, f"{shown(item.name)}: {iface_(item.message)}{heard}", icon="DOT")
        if len(batch.problems) > SHOWN:
            box.label(text=iface_("and {} more, in the report", len(batch.problems) - SHOWN), icon="BLANK1")
        if not batch.active and any(batch.counts[state] for state in AGAIN):
            box.operator("voice_to_motion.retry_batch", icon="FILE_REFRESH")
        row = box.row(align=True)
        row.operator("voice_to_motion.batch_report", icon="TEXT")
        row.operator("voice_to_motion.open_batch_folder", text="", icon="FILE_FOLDER")
        if not batch.active:
            note(box, context, iface_("Report: {}", batch.report.path))
        if batch.hidden:
            note(box, context, iface_("Hidden files and folders left out: {}", batch.hidden))


def draw_progress(layout: bpy.types.UILayout) -> None:
    """How far the batch is, at which file, the time left, and the button to cancel."""
    row = layout.row(align=True)
    if batch.phase == "working":
        text = iface_("{} of {}: {}", batch.ended + 1, len(batch.items), batch.current)
        row.progress(factor=batch.done_share, type="BAR", text=text)
    else:
        text = batch.current if batch.phase == "listing" else iface_("Writing the report")
        row.progress(factor=0.0 if batch.phase == "listing" else 1.0, type="BAR", text=text)
    row.operator("voice_to_motion.cancel_batch", text="", icon="CANCEL")
    seconds = batch.seconds_left if batch.phase == "working" else None
    if seconds is not None:
        layout.label(text=time_left(seconds), icon="TIME")


def time_left(seconds: float) -> str:
    """About how long it will take, such as "About 3 min left"."""
    if seconds < 90:
        return iface_("About {} s left", max(1, round(seconds)))
    if seconds < 90 * 60:
        return iface_("About {} min left", round(seconds / 60))
    return iface_("About {} h left", round(seconds / 3600))
