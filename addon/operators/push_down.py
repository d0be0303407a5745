"""Operator: the character's action becomes an NLA strip, so that it no longer hides the strips below it."""

import bpy

from ..keyframes import key_disabled_reason
from ..variations import current_action
from .reasons import Explained


class VOICE_TO_MOTION_OT_push_down(Explained, bpy.types.Operator):
    """Make the character's action a strip on a new NLA track below the others, so that it hides none of them"""

    bl_idname = "voice_to_motion.push_down"
    bl_label = "Push Down"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be an action that can be moved."""
        character = context.scene.voice_to_motion.character
        if current_action(character) is None:
            return "The character has no active action"
        return key_disabled_reason(character)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Below the others: what was generated into strips plays on top of it, as it would over keys."""
        data = context.scene.voice_to_motion.character.animation_data
        action, slot = data.action, getattr(data, "action_slot", None)
        track = data.nla_tracks.new(prev=None)
        track.name = action.name
        strip = track.strips.new(action.name, int(action.frame_range[0]), action)
        if slot is not None and hasattr(strip, "action_slot"):
            strip.action_slot = slot
        data.action = None
        context.scene.frame_set(context.scene.frame_current)
        self.report({"INFO"}, f"{action.name} is a strip now")
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_push_down,)
