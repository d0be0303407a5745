"""Operators on whole clips: move, reorder, duplicate, trim, loop, mute, delete."""

from __future__ import annotations

from collections.abc import Callable

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ..clips.clip_layers import ClipError, layers_of
from ..clips.editing import delete_clip, duplicate_clip, move_clip, reorder_clip, trim_clip
from ..clips.key_digest import followed_range
from ..clips.properties import VoiceToMotionClip, note_change, shown_clip
from ..clips.rewriting import show_change
from ..clips.sequence import ordered_clips, prepare_clips
from ..clips.sound_strip import sound_follows
from ..link.session import session
from ..rigs.rig import RigError
from ..translations import rpt_, sentences, tip_
from ..tweak.archive import ArchiveError
from .reasons import Explained

PROBLEMS = (ClipError, RigError, ArchiveError)
NO_CLIP = "The character has no generated motion: generate one first"


def chosen_clip(context: bpy.types.Context, uid: str = "") -> VoiceToMotionClip | None:
    """The clip with a uid; without one that of the current frame."""
    clip = shown_clip(context.scene.voice_to_motion.character, context.scene.frame_current)
    if clip is None or not uid:
        return clip
    return next((other for other in clip.id_data.voice_to_motion.clips if other.uid == uid), None)


class WholeClipOperator(Explained):
    """Mixin: does something with a whole clip, as one undo step."""

    clip: StringProperty(name="Clip", description="Its uid; empty for that of the current frame", options={"SKIP_SAVE", "HIDDEN"})

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be one."""
        return "" if chosen_clip(context) is not None else NO_CLIP

    def change(self, context: bpy.types.Context, work: Callable[[VoiceToMotionClip], list[str]]) -> set[str]:
        """Do ``work``, or say why not."""
        clip = chosen_clip(context, self.clip)
        if clip is None:
            self.report({"ERROR"}, "This motion is gone.")
            return {"CANCELLED"}
        action, uid, began = clip.id_data, clip.uid, followed_range(clip)[0]
        try:
            layers, ended = layers_of(context.scene, action), action.frame_range[1]
            with sound_follows(context.scene, layers.rig.armature):
                notes = work(clip)
        except PROBLEMS as error:
            session.fail(str(error))
            self.report({"ERROR"}, rpt_(str(error)))
            return {"CANCELLED"}
        notes = [*notes, *show_change(layers, ended, uid, began)]
        session.clear_message()
        note_change(action, uid, sentences(notes))
        if notes:
            self.report({"INFO"}, sentences(notes))
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_delete_clip(WholeClipOperator, bpy.types.Operator):
    """Delete this motion with its keys and its sound. What follows goes on from what is before"""

    bl_idname = "voice_to_motion.delete_clip"
    bl_label = "Delete Motion"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """The frames stay free, and the character holds its pose in them."""
        return self.change(context, lambda clip: delete_clip(context.scene, clip))


class VOICE_TO_MOTION_OT_duplicate_clip(WholeClipOperator, bpy.types.Operator):
    """Put a copy of this motion directly behind it"""

    bl_idname = "voice_to_motion.duplicate_clip"
    bl_label = "Duplicate Motion"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """What follows makes room."""
        return self.change(context, lambda clip: duplicate_clip(context.scene, clip))


class VOICE_TO_MOTION_OT_reorder_clip(WholeClipOperator, bpy.types.Operator):
    """Let this motion and its neighbour change places"""

    bl_idname = "voice_to_motion.reorder_clip"
    bl_label = "Reorder Motion"
    bl_options = {"REGISTER", "UNDO"}

    direction: EnumProperty(
        name="Direction",
        description="With which neighbour it changes places",
        items=(("EARLIER", "Earlier", "With the motion before"), ("LATER", "Later", "With the motion behind")),
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """The tooltip of each arrow."""
        later = properties.direction == "LATER"
        return tip_("Change places with the motion behind" if later else "Change places with the motion before")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Say so where it has no such neighbour."""
        clip = chosen_clip(context, self.clip)
        order = ordered_clips(clip.id_data) if clip is not None else []
        later = self.direction == "LATER"
        if clip not in order or clip == (order[-1] if later else order[0]):
            self.report({"WARNING"}, "There is no motion behind this one" if later else "There is no motion before this one")
            return {"CANCELLED"}
        return self.change(context, lambda clip: reorder_clip(context.scene, clip, later))


class VOICE_TO_MOTION_OT_trim_clip(WholeClipOperator, bpy.types.Operator):
    """Let this motion begin or end at the current frame"""

    bl_idname = "voice_to_motion.trim_clip"
    bl_label = "Trim Motion to Current Frame"
    bl_options = {"REGISTER", "UNDO"}

    end: EnumProperty(
        name="End",
        description="What is cut off",
        items=(("START", "Before", "What is before the current frame"), ("END", "After", "What is after the current frame")),
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """The tooltip of each button."""
        after = properties.end == "END"
        return tip_("Cut off what comes after the current frame" if after else "Cut off what comes before the current frame")

    def execute(self, context: bpy.types.Context) -> set[str]:
        """The trims of the clip, which can be undone in its settings."""
        frame, clip = context.scene.frame_current, chosen_clip(context, self.clip)
        if clip is None or not clip.start < frame < clip.last or clip.fits_range:
            self.report({"WARNING"}, "Go to a frame inside of a motion first")
            return {"CANCELLED"}

        start, end = (frame - clip.start, 0) if self.end == "START" else (0, clip.last - frame)
        return self.change(context, lambda clip: trim_clip(context.scene, clip, start, end))


class VOICE_TO_MOTION_OT_move_clip(WholeClipOperator, bpy.types.Operator):
    """Move this motion in time with the arrow keys or the mouse. What follows makes room"""

    bl_idname = "voice_to_motion.move_clip"
    bl_label = "Move Motion"
    bl_options = {"REGISTER", "UNDO", "BLOCKING"}

    frame: IntProperty(name="First Frame", description="Frame at which the motion begins", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Move it to ``frame``."""
        return self.change(context, lambda clip: move_clip(context.scene, clip, self.frame))

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Nothing moves before it is confirmed; the header says where it would go."""
        clip = chosen_clip(context, self.clip)
        if clip is None:
            return {"CANCELLED"}
        prepare_clips(clip.id_data)
        self.clip, self.frame = clip.uid, clip.start
        self._name, self._mouse, self._began = clip.name, event.mouse_x, clip.start
        context.window_manager.modal_handler_add(self)
        self._show(context)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Arrow keys move by a frame, with Shift by ten; Enter confirms, Esc gives up."""
        steps = {"LEFT_ARROW": -1, "RIGHT_ARROW": 1, "WHEELDOWNMOUSE": -1, "WHEELUPMOUSE": 1}
        if event.value == "PRESS" and event.type in steps:
            self.frame += steps[event.type] * (10 if event.shift else 1)
        elif event.type == "MOUSEMOVE":
            self.frame += round((event.mouse_x - self._mouse) / 5) if abs(event.mouse_x - self._mouse) >= 5 else 0
            self._mouse = event.mouse_x if abs(event.mouse_x - self._mouse) >= 5 else self._mouse
        elif event.value == "PRESS" and event.type in {"RET", "NUMPAD_ENTER", "LEFTMOUSE"}:
            context.area.header_text_set(None)
            return self.execute(context)
        elif event.value == "PRESS" and event.type in {"ESC", "RIGHTMOUSE"}:
            context.area.header_text_set(None)
            return {"CANCELLED"}
        self._show(context)
        return {"RUNNING_MODAL"}

    def _show(self, context: bpy.types.Context) -> None:
        text = rpt_("“{}” begins at frame {} ({} frames). Arrow keys or mouse move it, Enter confirms, Esc gives up",
                    self._name, self.frame, f"{self.frame - self._began:+d}")  # fmt: skip
        context.area.header_text_set(text)


CLASSES = (
    VOICE_TO_MOTION_OT_delete_clip,
    VOICE_TO_MOTION_OT_duplicate_clip,
    VOICE_TO_MOTION_OT_reorder_clip,
    VOICE_TO_MOTION_OT_trim_clip,
    VOICE_TO_MOTION_OT_move_clip,
)
