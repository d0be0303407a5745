"""Operator: the default character, armature and mannequin, at the 3D cursor."""

from __future__ import annotations

import bpy

from ..character.armature import build_armature
from ..character.mannequin import build_mannequin
from ..installation import BackendNotFoundError
from ..link.session import session
from ..translations import rpt_
from .reasons import Explained, leaving_key


class VOICE_TO_MOTION_OT_create_character(Explained, bpy.types.Operator):
    """Add a character with an SMPL-X armature and a mannequin at the 3D cursor, ready for motion"""

    bl_idname = "voice_to_motion.create_character"
    bl_label = "Create Character"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Objects are added in Object Mode, into a scene that can be changed."""
        if context.mode != "OBJECT":
            return f"Characters are added in Object Mode: press {leaving_key(context)} to leave this mode"
        return "This scene is linked from another file" if context.scene.library is not None else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Build it and make it the character of the panel."""
        try:
            armature = build_armature("Character", visible_collection(context), context)
        except BackendNotFoundError as error:
            session.fail(str(error), error.hint)
            self.report({"ERROR"}, f"{rpt_(str(error))} {rpt_(error.hint)}")
            return {"CANCELLED"}
        build_mannequin("Mannequin", armature)
        armature.location = context.scene.cursor.location
        context.scene.voice_to_motion.character = armature
        return {"FINISHED"}


def visible_collection(context: bpy.types.Context) -> bpy.types.Collection:
    """The active collection, or the scene's own where that one is hidden: Edit Mode needs a visible object."""
    layer = context.view_layer.active_layer_collection
    hidden = layer.exclude or layer.hide_viewport or layer.collection.hide_viewport or layer.collection.library is not None
    return context.scene.collection if hidden else layer.collection


CLASSES = (VOICE_TO_MOTION_OT_create_character,)
