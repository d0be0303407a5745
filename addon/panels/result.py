"""The result of the last generation: the error, the words heard, the keys written."""

from __future__ import annotations

import bpy

from ..link.refusals import is_unsure
from ..link.session import session
from ..translations import iface_
from .layout import BarePanel, alert, note, paragraph
from .placement import hides_strips


class VOICE_TO_MOTION_PT_result(BarePanel, bpy.types.Panel):
    """Sidebar > Voice to Motion, below Generate."""

    bl_idname = "VOICE_TO_MOTION_PT_result"
    bl_label = "Result"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only when there is something to say."""
        return bool(session.message or session.heard)

    def draw(self, context: bpy.types.Context) -> None:
        """Errors first."""
        layout = self.layout
        if session.message:
            box = layout.box()
            row = box.row()
            alert(row, context, session.message)
            row.operator("voice_to_motion.clear_message", text="", icon="X", emboss=False)
            if session.refusal is not None and session.refusal.operator:
                _draw_refusal(box)
            elif session.hint:
                paragraph(box, context, session.hint, icon="INFO")
        if session.heard and session.refusal is None:  # the message of a refusal says it
            box = layout.box()
            _draw_heard(box, context)
            if session.note:
                note(box, context, session.note, icon="KEYFRAME_HLT")
                if hides_strips(context.scene.voice_to_motion.character):
                    box.operator("voice_to_motion.push_down", icon="TRIA_DOWN_BAR")


def _draw_heard(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The words, and a doubt where recognition is unsure."""
    paragraph(layout, context, iface_("Heard: “{}”", session.heard), icon="OUTLINER_OB_SPEAKER")
    if is_unsure(session.confidence):
        doubt = layout.row()
        doubt.label(text=iface_("Not sure that this was meant ({})", f"{session.confidence:.0%}"), icon="QUESTION")


def _draw_refusal(layout: bpy.types.UILayout) -> None:
    """The nearest motions as buttons, and Generate Anyway."""
    refusal = session.refusal
    column = layout.column(align=True)
    if refusal.nearest:
        column.label(text="Nearest motions")
    for words in refusal.nearest:
        column.operator("voice_to_motion.generate_nearest", text=words, translate=False, icon="ARMATURE_DATA").words = words
    layout.operator(refusal.operator, text="Generate Anyway", icon="FORWARD").force = True
