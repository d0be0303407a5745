"""The closed sub-panel that says where a new motion goes and where it starts."""

from __future__ import annotations

import bpy

from ..clips.variations import current_action
from ..translations import iface_
from .text import FoldedPanel, checkbox, paragraph


def hides_strips(character: bpy.types.Object | None) -> bool:
    """Whether an active action plays over all strips, so that a motion in one is not seen."""
    return current_action(character) is not None and any(len(track.strips) for track in character.animation_data.nla_tracks)


class VOICE_TO_MOTION_PT_placement(FoldedPanel, bpy.types.Panel):
    """Sidebar > Voice to Motion > Placement."""

    bl_idname = "VOICE_TO_MOTION_PT_placement"
    bl_label = "Placement"

    def draw(self, context: bpy.types.Context) -> None:
        """Where it goes, how it starts, what carries it."""
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
        column.prop(placement, "blend")
        column = layout.column(align=True)
        column.prop(placement, "root")
        if placement.root != "PELVIS":
            column.prop(placement, "root_yaw")

    def _draw_hidden(self, layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
        character = context.scene.voice_to_motion.character
        if not hides_strips(character):
            return
        box = layout.box()
        name = current_action(character).name
        paragraph(box, context, iface_("The active action “{}” hides the NLA strips", name), icon="INFO")
        box.operator("voice_to_motion.push_down", icon="TRIA_DOWN_BAR")


CLASSES = (VOICE_TO_MOTION_PT_placement,)
