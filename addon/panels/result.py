"""What came of the instruction: the error, or the words, length and warnings of the motion.

These are read from the clip at the current frame, so they are right after undo, and for any clip that is chosen. The list of
clips is below.
"""

from __future__ import annotations

import bpy

from ..clips.key_digest import followed_range
from ..clips.properties import VoiceToMotionClip, shown_clip
from ..link.refusals import is_unsure
from ..link.session import session
from ..scene import scene_fps
from ..translations import iface_
from .account import draw_account
from .clips import draw_clips
from .layout import BarePanel, alert, note, paragraph
from .placement import hides_strips


class VOICE_TO_MOTION_PT_result(BarePanel, bpy.types.Panel):
    """Sidebar > Voice to Motion, below Generate."""

    bl_idname = "VOICE_TO_MOTION_PT_result"
    bl_label = "Result"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Only when there is something to say."""
        return bool(session.message) or _clip(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Errors first, the clips last."""
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
        clip = _clip(context)
        if clip is not None and session.refusal is None:  # the message of a refusal says what was heard
            box = layout.box()
            _draw_words(box, context, clip)
            source = clip.stored("source")
            if isinstance(source, dict):
                draw_account(box, context, source.get("words") or [], source.get("reached") or [])
            _draw_length(box, context, clip)
            if hides_strips(context.scene.voice_to_motion.character):
                box.operator("voice_to_motion.push_down", icon="TRIA_DOWN_BAR")
        draw_clips(layout, context)


def _clip(context: bpy.types.Context) -> VoiceToMotionClip | None:
    return shown_clip(context.scene.voice_to_motion.character, context.scene.frame_current)


def _draw_words(layout: bpy.types.UILayout, context: bpy.types.Context, clip: VoiceToMotionClip) -> None:
    """What was typed, or heard with the confidence in it and a doubt where that is low."""
    source = clip.stored("source")
    source = source if isinstance(source, dict) else {}
    if source.get("text") and source.get("typed", True):  # what is spoken along the timeline has its words as text, too
        paragraph(layout, context, iface_("Typed: “{}”", source["text"]), icon="GREASEPENCIL")
        return
    heard, confidence = source.get("heard"), source.get("confidence")
    if not heard:
        paragraph(layout, context, iface_("From a file: “{}”", clip.name), icon="FILE")
        return
    if not isinstance(confidence, int | float):
        paragraph(layout, context, iface_("Heard: “{}”", heard), icon="OUTLINER_OB_SPEAKER")
        return
    paragraph(layout, context, iface_("Heard: “{}” ({})", heard, f"{confidence:.0%}"), icon="OUTLINER_OB_SPEAKER")
    if is_unsure(confidence):
        paragraph(layout, context, "Not sure that this was meant", icon="QUESTION")


def _draw_length(layout: bpy.types.UILayout, context: bpy.types.Context, clip: VoiceToMotionClip) -> None:
    """Its length now, and what was said when it was written last."""
    first, last = followed_range(clip)
    length = last - first + 1
    said = iface_("Frames {} – {} ({} s)", first, last, f"{length / scene_fps(context.scene):.1f}")
    note(layout, context, said, icon="KEYFRAME_HLT")
    if clip.note:
        note(layout, context, clip.note, icon="INFO")


def _draw_refusal(layout: bpy.types.UILayout) -> None:
    """The nearest motions as buttons, and Generate Anyway."""
    refusal = session.refusal
    column = layout.column(align=True)
    if refusal.nearest:
        column.label(text="Nearest motions")
    for words in refusal.nearest:
        column.operator("voice_to_motion.generate_nearest", text=words, translate=False, icon="ARMATURE_DATA").words = words
    layout.operator(refusal.operator, text="Generate Anyway", icon="FORWARD").force = True
