"""Placement of a new motion, and the range of frames to regenerate."""

from __future__ import annotations

import bpy

from ..clips.active_action import active_action
from ..clips.ranges import clip_below
from ..translations import iface_
from .layout import Section, checkbox, note, paragraph


def hides_strips(character: bpy.types.Object | None) -> bool:
    """Whether an active action plays over the NLA strips and so hides a motion in one."""
    return active_action(character) is not None and any(len(track.strips) for track in character.animation_data.nla_tracks)


class PlacementSection(Section):
    """Sidebar > Voice to Motion > Placement."""

    key = "placement"
    bl_label = "Placement"

    def draw(self, context: bpy.types.Context) -> None:
        """Destination, start, root motion."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        placement = context.scene.voice_to_motion_placement
        column = layout.column(align=True)
        column.prop(placement, "destination")
        if placement.destination == "RANGE":
            column.prop(placement, "range_start")
            column.prop(placement, "range_end", text="Last")
        self._draw_hidden(layout, context)
        column = layout.column(align=True)
        if placement.destination != "RANGE":  # a range begins where the character is there
            checkbox(column, placement, "use_current_place")
        checkbox(column, placement, "use_current_pose")
        if placement.destination in ("KEYS", "ACTION"):
            checkbox(column, placement, "automatic_join")
        blend = column.column()
        blend.active = placement.destination not in ("KEYS", "ACTION") or not placement.automatic_join
        blend.prop(placement, "blend")
        column = layout.column(align=True)
        column.prop(placement, "root")
        if placement.root != "PELVIS":
            column.prop(placement, "root_yaw")

    def _draw_hidden(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        character = context.scene.voice_to_motion.character
        if not hides_strips(character):
            return
        box = layout.box()
        name = active_action(character).name
        paragraph(box, context, iface_("The active action “{}” hides the NLA strips", name), icon="INFO")
        box.operator("voice_to_motion.push_down", icon="TRIA_DOWN_BAR")


class RangeSection(Section):
    """Sidebar > Voice to Motion > Regenerate Range."""

    key = "range"
    bl_label = "Regenerate Range"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only with a motion, generated or not."""
        return active_action(context.scene.voice_to_motion.character) is not None

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
        if placement.use_new_words:
            note(column, context, settings.typed.strip() or "The chosen recording")
        else:
            clip = clip_below(settings.character, placement.range_start, placement.range_end)
            if clip is not None:
                note(column, context, f"“{clip.name}”")
        row = layout.row()
        row.scale_y = 1.3
        row.operator("voice_to_motion.regenerate_range", icon="FILE_REFRESH")
