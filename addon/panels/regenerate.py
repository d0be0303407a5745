"""The sub-panel that has some frames of a motion made anew: which frames, and by which words."""

from __future__ import annotations

import bpy

from ..clips.ranges import clip_below
from ..clips.variations import current_action
from .text import FoldedPanel, paragraph


class VOICE_TO_MOTION_PT_range(FoldedPanel, bpy.types.Panel):
    """Sidebar > Voice to Motion > Regenerate Range."""

    bl_idname = "VOICE_TO_MOTION_PT_range"
    bl_label = "Regenerate Range"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a motion; it may also be one that was not generated."""
        return current_action(context.scene.voice_to_motion.character) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Frames, words, button."""
        layout, scene = self.layout, context.scene
        settings, placement = scene.voice_to_motion, scene.voice_to_motion_placement
        row = layout.row(align=True)
        row.prop(placement, "range_start", text="First")
        row.prop(placement, "range_end", text="Last")
        row.operator("voice_to_motion.choose_range", text="", icon="PREVIEW_RANGE").source = "PREVIEW"
        row.operator("voice_to_motion.choose_range", text="", icon="KEYFRAME_HLT").source = "KEYS"
        column = layout.column(align=True)
        column.prop(placement, "use_new_words")
        words = column.column()
        words.active = False
        if placement.use_new_words:
            paragraph(words, context, settings.typed.strip() or "The chosen recording")
        else:
            clip = clip_below(settings.character, placement.range_start, placement.range_end)
            if clip is not None:
                paragraph(words, context, f"“{clip.name}”")
        row = layout.row()
        row.scale_y = 1.3
        row.operator("voice_to_motion.regenerate_range", icon="FILE_REFRESH")


CLASSES = (VOICE_TO_MOTION_PT_range,)
