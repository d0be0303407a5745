"""What came of the last generation: what went wrong, what was heard, what was keyed."""

from __future__ import annotations

import bpy

from ..link.session import session
from .placement import hides_strips
from .text import paragraph
from .understanding import draw_heard, draw_refusal


class VOICE_TO_MOTION_PT_result(bpy.types.Panel):
    """Sidebar > Voice to Motion, below Generate."""

    bl_idname = "VOICE_TO_MOTION_PT_result"
    bl_label = "Result"
    bl_parent_id = "VOICE_TO_MOTION_PT_main"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Voice to Motion"
    bl_options = {"HIDE_HEADER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only when there is something to say."""
        return bool(session.message or session.heard)

    def draw(self, context: bpy.types.Context) -> None:
        """Trouble first."""
        layout = self.layout
        if session.message:
            box = layout.box()
            row = box.row()
            words = row.column()
            words.alert = True
            paragraph(words, context, session.message, icon="ERROR")
            row.operator("voice_to_motion.clear_message", text="", icon="X", emboss=False)
            if session.refusal is not None and session.refusal.operator:
                draw_refusal(box, context)
            elif session.hint:
                paragraph(box, context, session.hint, icon="INFO")
        if session.heard and session.refusal is None:  # the message of a refusal says it
            box = layout.box()
            draw_heard(box, context)
            if session.note:
                note = box.column()
                note.active = False
                paragraph(note, context, session.note, icon="KEYFRAME_HLT")
                if hides_strips(context.scene.voice_to_motion.character):
                    box.operator("voice_to_motion.push_down", icon="TRIA_DOWN_BAR")


CLASSES = (VOICE_TO_MOTION_PT_result,)
