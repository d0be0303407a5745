"""Operators: the user's own SMPL-X body as a character, and its armature fitted to its shape."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..ik.controls import has_controls
from ..smplx import WEBSITE
from ..smplx.character import build_character, smplx_skin
from ..smplx.fitting import fit, fits
from ..smplx.model_file import ModelFileError, load_model
from ..smplx.settings import model_path
from .create_character import visible_collection
from .reasons import Explained


class VOICE_TO_MOTION_OT_create_smplx_body(Explained, bpy.types.Operator):
    """Add your own SMPL-X body at the 3D cursor, from the model file chosen in the add-on's preferences"""

    bl_idname = "voice_to_motion.create_smplx_body"
    bl_label = "Create SMPL-X Body"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """A model file must be chosen, and objects are added in Object Mode."""
        if not model_path():
            return f"Choose your SMPL-X model file in the add-on's preferences first; it comes from {WEBSITE}"
        if context.mode != "OBJECT":
            return "Characters are added in Object Mode: press Tab to leave this mode"
        return "This scene is linked from another file" if context.scene.library is not None else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Read the file, build armature and mesh, make it the character of the panel."""
        try:
            model = load_model(Path(model_path()))
        except ModelFileError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        armature = build_character("SMPL-X", model, visible_collection(context), context)
        armature.location = context.scene.cursor.location
        context.scene.voice_to_motion.character = armature
        self.report({"INFO"}, f"{len(model.vertices)} vertices, skinned linearly; pose correctives are not applied")
        return {"FINISHED"}


class VOICE_TO_MOTION_OT_fit_armature(Explained, bpy.types.Operator):
    """Move the joints to where the body's shape has them, and its feet onto the floor"""

    bl_idname = "voice_to_motion.fit_armature"
    bl_label = "Fit Armature to Shape"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Only for local SMPL-X bodies made here, whose joints are not there yet."""
        character = context.scene.voice_to_motion.character
        if character is None or character.type != "ARMATURE" or smplx_skin(character) is None:
            return "The character is no SMPL-X body made from a model file"
        if character.library or character.data.library or character.override_library:
            return f"{character.name} comes from another file, where its armature has to be fitted"
        if context.mode != "OBJECT":
            return "The armature is fitted in Object Mode: press Tab to leave this mode"
        if has_controls(character):
            return "Fit the armature before adding IK controls, which stand where the joints were"
        if not character.visible_get():
            return f"{character.name} is hidden"
        return "The armature fits already" if fits(character) else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Move bones and mesh."""
        fit(context.scene.voice_to_motion.character, context)
        return {"FINISHED"}


CLASSES = (VOICE_TO_MOTION_OT_create_smplx_body, VOICE_TO_MOTION_OT_fit_armature)
