"""Operators: go through the variations on the character, and keep one of them."""

import bpy
from bpy.props import EnumProperty

from ..clips.active_action import active_action, assign_action
from ..clips.variations import NUMBER, SET, variations_of
from ..keys.keyframes import key_disabled_reason
from ..translations import rpt_, tip_
from .reasons import Explained


def _reason(context: bpy.types.Context) -> str:
    character = context.scene.voice_to_motion.character
    if character is None:
        return "Create a character or pick an armature first"
    if len(variations_of(active_action(character))) < 2:
        return "The character's action has no variations: generate with Variations above 1"
    return key_disabled_reason(character)


class VOICE_TO_MOTION_OT_step_variation(Explained, bpy.types.Operator):
    """Put the next or previous variation on the character"""

    bl_idname = "voice_to_motion.step_variation"
    bl_label = "Step through Variations"
    bl_options = {"REGISTER", "UNDO"}

    direction: EnumProperty(
        name="Direction",
        description="Which one is next",
        items=(("NEXT", "Next", "The following variation"), ("PREVIOUS", "Previous", "The one before")),
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        """The tooltip of each arrow."""
        following = properties.direction == "NEXT"
        return tip_("Put the next variation on the character" if following else "Put the previous variation on the character")

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be others."""
        return _reason(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Go round at the ends."""
        character = context.scene.voice_to_motion.character
        current = active_action(character)
        others = variations_of(current)
        step = 1 if self.direction == "NEXT" else -1
        assign_action(context.scene, character, others[(others.index(current) + step) % len(others)])
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_keep_variation(Explained, bpy.types.Operator):
    """Keep this variation and delete the others from the file"""

    bl_idname = "voice_to_motion.keep_variation"
    bl_label = "Keep Only This Variation"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """There must be others."""
        return _reason(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Delete what nobody else uses; other characters and NLA strips keep theirs."""
        current = active_action(context.scene.voice_to_motion.character)
        others = [action for action in variations_of(current) if action != current]
        unused = [action for action in others if action.users <= int(action.use_fake_user)]
        bpy.data.batch_remove(unused)
        if len(unused) == len(others):
            del current[SET], current[NUMBER]
        else:
            self.report({"INFO"}, rpt_("{} variations are used elsewhere and stay", len(others) - len(unused)))
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_step_variation, VOICE_TO_MOTION_OT_keep_variation)
