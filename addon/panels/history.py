"""History: the motions made so far, newest first; a click puts one on the character."""

from __future__ import annotations

import time

import bpy

from ..clips.active_action import is_generated
from ..clips.variations import NUMBER, variations_of
from .layout import Section


def instruction_text(action: bpy.types.Action) -> str:
    """What a motion was made from: the words of its clips in order, else what it says itself."""
    clips = sorted(action.voice_to_motion.clips, key=lambda clip: clip.start)
    words = [clip.name for clip in clips if clip.name] or [str(action.get("text") or action.get("heard") or action.name)]
    return ", ".join(words)


def time_text(action: bpy.types.Action) -> str:
    """When a motion was made: the time of today, else the date; empty where it is unknown."""
    date, _, clock = str(action.get("made", "")).partition(" ")
    return clock if date == time.strftime("%Y-%m-%d") else date


class VOICE_TO_MOTION_UL_motions(bpy.types.UIList):
    """Actions by their instructions and times."""

    bl_idname = "VOICE_TO_MOTION_UL_motions"

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index) -> None:
        """Instruction, then the variation and the time."""
        row = layout.row(align=True)
        row.label(text=instruction_text(item), icon="ACTION", translate=False)
        right = row.row(align=True)
        right.alignment = "RIGHT"
        right.active = False
        number = f"{item[NUMBER]}/{len(variations_of(item))}  " if NUMBER in item else ""
        right.label(text=f"{number}{time_text(item)}", translate=False)

    def filter_items(self, context, data, property) -> tuple[list[int], list[int]]:
        """Only motions that match the search text, newest first."""
        actions = getattr(data, property)
        searched = self.filter_name.casefold()
        flags = [
            self.bitflag_filter_item
            if is_generated(action) and searched in f"{instruction_text(action)} {action.name}".casefold()
            else 0
            for action in actions
        ]
        # Session uids grow in the order in which data-blocks were made or loaded.
        newest = sorted(range(len(actions)), key=lambda index: -actions[index].session_uid)
        order = [0] * len(actions)
        for place, index in enumerate(newest):
            order[index] = place
        return flags, order


class HistorySection(Section):
    """Sidebar > Voice to Motion > History."""

    key = "history"
    bl_label = "History"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a motion in the file."""
        return any(is_generated(action) for action in bpy.data.actions)

    def draw(self, context: bpy.types.Context) -> None:
        """The list and Recall."""
        settings = context.scene.voice_to_motion
        self.layout.template_list(
            "VOICE_TO_MOTION_UL_motions", "", bpy.data, "actions", settings, "history_index", rows=3, maxrows=8
        )
        self.layout.operator("voice_to_motion.recall", icon="LOOP_BACK")
