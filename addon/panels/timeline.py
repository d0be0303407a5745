"""Direct Along the Timeline: find the instructions of a recording, edit them, generate all."""

from __future__ import annotations

import bpy

from ..scene import scene_fps
from ..timeline.direction import direction
from .layout import Section, paragraph

WIDE = 330  # pixels of the sidebar from which seconds are shown


class VOICE_TO_MOTION_UL_instructions(bpy.types.UIList):
    """Frame and words of each instruction."""

    bl_idname = "VOICE_TO_MOTION_UL_instructions"

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index) -> None:
        """Both can be edited; a wide sidebar also shows the seconds."""
        split = layout.split(factor=0.27)
        split.prop(item, "frame", text="", emboss=False)
        row = split.row(align=True)
        mark = "GREASEPENCIL" if item.typed else "QUESTION" if item.unsure else "NONE"
        row.prop(item, "words", text="", emboss=False, icon=mark, translate=False)
        if context.region.width > WIDE * context.preferences.system.ui_scale:
            time = row.row()
            time.alignment = "RIGHT"
            time.active = False
            seconds = (item.frame - data.origin) / scene_fps(context.scene)
            time.label(text=f"{seconds:.1f} s", translate=False)


class TimelineSection(Section):
    """Sidebar > Voice to Motion > Direct Along the Timeline."""

    key = "timeline"
    bl_label = "Direct Along the Timeline"

    def draw(self, context: bpy.types.Context) -> None:
        """Find, edit, generate."""
        layout, timeline = self.layout, context.scene.voice_to_motion_timeline
        row = layout.row(align=True)
        row.operator("voice_to_motion.find_instructions", text="From Take", icon="SOUND")
        row.operator("voice_to_motion.find_in_strip", text="From Sound Strip", icon="SEQUENCE")
        if not len(timeline.instructions):
            paragraph(
                layout, context, "Say several instructions in one recording, with a pause of a second after each", icon="INFO"
            )
            return
        row = layout.row()
        row.template_list("VOICE_TO_MOTION_UL_instructions", "", timeline, "instructions", timeline, "index", rows=4, maxrows=12)
        column = row.column(align=True)
        column.operator("voice_to_motion.remove_instruction", text="", icon="REMOVE")
        column.operator("voice_to_motion.clear_instructions", text="", icon="X")
        row = layout.row()
        row.scale_y = 1.4
        if direction.active:
            row.operator("voice_to_motion.cancel", text="Cancel", icon="CANCEL")
        else:
            row.operator("voice_to_motion.direct", text="Generate All", icon="ARMATURE_DATA")
