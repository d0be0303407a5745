"""Operator: make the character's action an NLA strip, so that it hides no other strip."""

import bpy

from ..clips.active_action import active_action
from ..keys.keyframes import key_disabled_reason
from ..translations import rpt_
from .reasons import Explained


class VOICE_TO_MOTION_OT_push_down(Explained, bpy.types.Operator):
    """Make the character's action an NLA strip below generated ones, so that it hides none"""

    bl_idname = "voice_to_motion.push_down"
    bl_label = "Push Down"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be an action that can be moved."""
        character = context.scene.voice_to_motion.character
        if active_action(character) is None:
            return "The character has no active action"
        return key_disabled_reason(character)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Make the strip; then move generated strips above it, since new tracks are on top."""
        data = context.scene.voice_to_motion.character.animation_data
        action, slot = data.action, getattr(data, "action_slot", None)
        ours = [track for track in data.nla_tracks if _is_ours(track)]
        strip = _new_strip(data, action.name, action, int(action.frame_range[0]), slot)
        data.action = None
        for track in ours:
            _lift(data, track)
        context.scene.frame_set(context.scene.frame_current)
        self.report({"INFO"}, rpt_("{} is a strip now", strip.name))
        return {"FINISHED"}


def _is_ours(track: bpy.types.NlaTrack) -> bool:
    """Whether it has one generated strip and nothing that only the animator could have made."""
    if len(track.strips) != 1:
        return False
    strip = track.strips[0]
    return strip.action is not None and len(strip.action.voice_to_motion.clips) > 0 and not len(strip.fcurves)


def _new_strip(data: bpy.types.AnimData, name: str, action: bpy.types.Action, frame: int, slot) -> bpy.types.NlaStrip:
    track = data.nla_tracks.new()
    track.name = name
    strip = track.strips.new(action.name, frame, action)
    if slot is not None and hasattr(strip, "action_slot"):
        strip.action_slot = slot
    return strip


def _lift(data: bpy.types.AnimData, track: bpy.types.NlaTrack) -> None:
    """Move a track with one strip to the top by making it again; Blender has no function for it."""
    old = track.strips[0]
    new = _new_strip(data, track.name, old.action, int(old.frame_start), getattr(old, "action_slot", None))
    for name in _STRIP:
        setattr(new, name, getattr(old, name))
    data.nla_tracks.remove(track)


# In this order: the ends of a strip follow from what it shows and at what scale.
_STRIP = ("name", "action_frame_start", "action_frame_end", "scale", "repeat", "frame_start", "frame_end", "blend_type",
          "use_auto_blend", "blend_in", "blend_out", "extrapolation", "influence", "mute", "use_reverse")  # fmt: skip


CLASSES = (VOICE_TO_MOTION_OT_push_down,)
