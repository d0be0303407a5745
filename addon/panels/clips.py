"""Clips: the generated motions of the character's action, in their order."""

from __future__ import annotations

import bpy

from ..clips.active_action import active_action
from ..clips.key_digest import followed_ranges
from .layout import PIXELS_PER_LETTER, line_width


class VOICE_TO_MOTION_UL_clips(bpy.types.UIList):
    """First and last frame, then the words."""

    bl_idname = "VOICE_TO_MOTION_UL_clips"

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index) -> None:
        """Double-click renames."""
        texts = [f"{first}–{last}" for first, last in followed_ranges(data.id_data)]
        split = layout.split(factor=min(0.5, (max(map(len, texts)) * PIXELS_PER_LETTER + 12) / line_width(context)))
        frames = split.row()
        frames.active = False
        frames.label(text=texts[index], translate=False)
        row = split.row(align=True)
        name = row.row()
        name.active = not item.muted
        name.prop(item, "name", text="", emboss=False, translate=False)
        row.prop(item, "muted", text="", icon="HIDE_ON" if item.muted else "HIDE_OFF", emboss=False)

    def filter_items(self, context, data, property_name) -> tuple[list[int], list[int]]:
        """Those that match the search text, by their first frames."""
        clips = getattr(data, property_name)
        searched = self.filter_name.casefold()
        flags = [self.bitflag_filter_item if searched in clip.name.casefold() else 0 for clip in clips]
        order = [0] * len(clips)
        for place, index in enumerate(sorted(range(len(clips)), key=lambda index: clips[index].start)):
            order[index] = place
        return flags, order


def draw_clips(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The list and what can be done with the current clip, whose numbers are in Tweak.

    The buttons are below the list, not beside it, which is lower: the headers of the sections stay in view.
    """
    action = active_action(context.scene.voice_to_motion.character)
    if action is None or not len(action.voice_to_motion.clips):
        return
    clips = action.voice_to_motion
    column = layout.column(align=True)
    column.template_list("VOICE_TO_MOTION_UL_clips", "", clips, "clips", clips, "index", rows=2, maxrows=8)
    row = column.row(align=True)
    row.operator("voice_to_motion.reorder_clip", text="", icon="TRIA_UP").direction = "EARLIER"
    row.operator("voice_to_motion.reorder_clip", text="", icon="TRIA_DOWN").direction = "LATER"
    row.operator("voice_to_motion.move_clip", text="", icon="ARROW_LEFTRIGHT")
    row.operator("voice_to_motion.duplicate_clip", text="", icon="DUPLICATE")
    row.operator("voice_to_motion.delete_clip", text="", icon="TRASH")
