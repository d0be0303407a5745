"""History: the motions made so far, newest first; a click puts one on the character."""

from __future__ import annotations

import bpy

from ..clips.active_action import is_generated
from ..clips.variations import NUMBER, variations_of
from .layout import ChildPanel


class VOICE_TO_MOTION_UL_motions(bpy.types.UIList):
    """Actions by the words heard."""

    bl_idname = "VOICE_TO_MOTION_UL_motions"

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index) -> None:
        """Words, then variation and seed."""
        row = layout.row(align=True)
        heard = str(item.get("heard") or item.name)
        # Renamed, or named after its recording: then people look for the name.
        own_name = "" if item.name.startswith(heard[:40]) else f"{item.name}: "
        row.label(text=f"{own_name}{heard}", icon="ACTION", translate=False)
        right = row.row(align=True)
        right.alignment = "RIGHT"
        right.active = False
        number = f"{item[NUMBER]}/{len(variations_of(item))}  " if NUMBER in item else ""
        right.label(text=f"{number}s{item.get('seed', '?')}", translate=False)

    def filter_items(self, context, data, property) -> tuple[list[int], list[int]]:
        """Only motions that match the search text, newest first."""
        actions = getattr(data, property)
        searched = self.filter_name.casefold()
        flags = [
            self.bitflag_filter_item if is_generated(action) and searched in f"{action['heard']} {action.name}".casefold() else 0
            for action in actions
        ]
        # Session uids grow in the order in which data-blocks were made or loaded.
        newest = sorted(range(len(actions)), key=lambda index: -actions[index].session_uid)
        order = [0] * len(actions)
        for place, index in enumerate(newest):
            order[index] = place
        return flags, order


class VOICE_TO_MOTION_PT_history(ChildPanel, bpy.types.Panel):
    """Sidebar > Voice to Motion > History."""

    bl_idname = "VOICE_TO_MOTION_PT_history"
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
