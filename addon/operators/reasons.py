"""Why a button cannot be pressed: every operator says it in one sentence, and Blender shows it in the button's
tooltip.
"""

from __future__ import annotations

import bpy

from ..keys.keyframes import key_disabled_reason
from ..rigs.channels import rig_reason
from ..translations import tip_


class Explained:
    """Mixin for operators: `poll` by way of `disabled_reason`."""

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """One sentence without final period, or empty when the operator can run."""
        raise NotImplementedError

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Blender's question; the answer's reason goes into the tooltip."""
        reason = cls.disabled_reason(context)
        if reason:
            cls.poll_message_set(tip_(reason).replace("%", "%%"))
        return not reason


def leaving_key(context: bpy.types.Context) -> str:
    """The key that leads from this mode to Object Mode; Tab leads from Pose Mode to Edit Mode."""
    return "Tab" if context.mode.startswith("EDIT") else "Ctrl Tab"


def character_reason(scene: bpy.types.Scene, character: bpy.types.Object | None) -> str:
    """Why this object cannot get keys in this scene; empty when it can."""
    if character is None:
        return "Create a character or pick an armature first"
    if character.type != "ARMATURE":
        return f"{character.name} is no armature"
    if scene.objects.get(character.name) != character:
        return f"{character.name} is no longer in this scene: pick another character"
    return rig_reason(scene, character) or key_disabled_reason(character)
