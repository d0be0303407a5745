"""Operators on the default character: create it, add IK controls, snap between FK and IK."""

import bpy
import numpy as np
from bpy.props import BoolProperty, EnumProperty

from ..character.armature import build_armature
from ..character.free_place import free_place
from ..character.mannequin import build_mannequin
from ..ik.controls import LIMBS, Limb, add_controls, has_controls
from ..ik.snapping import snap_to_fk, snap_to_ik
from ..installation import BackendNotFoundError
from ..keys.keyframes import key_disabled_reason
from ..link.session import session
from ..translations import rpt_
from .reasons import Explained, leaving_key

_MOST_FRAMES = 20_000  # more is a mistyped range


class VOICE_TO_MOTION_OT_create_character(Explained, bpy.types.Operator):
    """Add a character with an SMPL-X armature and a mannequin, at the 3D cursor or beside what stands there"""

    bl_idname = "voice_to_motion.create_character"
    bl_label = "Create Character"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Only in Object Mode, in a scene that can be changed."""
        if context.mode != "OBJECT":
            return f"Characters are added in Object Mode: press {leaving_key(context)} to leave this mode"
        return "This scene is linked from another file" if context.scene.library is not None else ""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Build it and choose it in the panel."""
        try:
            armature = build_armature("Character", visible_collection(context), context)
        except BackendNotFoundError as error:
            session.fail(str(error), error.hint)
            self.report({"ERROR"}, f"{rpt_(str(error))} {rpt_(error.hint)}")
            return {"CANCELLED"}
        build_mannequin("Mannequin", armature)
        armature.location = free_place(context, armature)
        context.scene.voice_to_motion.character = armature
        return {"FINISHED"}


def visible_collection(context: bpy.types.Context) -> bpy.types.Collection:
    """The active collection, or the scene's if it is hidden: Edit Mode needs a visible object."""
    layer = context.view_layer.active_layer_collection
    hidden = layer.exclude or layer.hide_viewport or layer.collection.hide_viewport or layer.collection.library is not None
    return context.scene.collection if hidden else layer.collection


def _armature(context: bpy.types.Context) -> bpy.types.Object | None:
    character = context.scene.voice_to_motion.character
    return character if character is not None and character.type == "ARMATURE" else None


class VOICE_TO_MOTION_OT_add_ik(Explained, bpy.types.Operator):
    """Add IK controls for hands and feet to the character. Its bones and its motion stay as they are"""

    bl_idname = "voice_to_motion.add_ik"
    bl_label = "Add IK Controls"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """Only for SMPL-X characters of this file without IK controls."""
        character = _armature(context)
        if character is None:
            return "Create a character or pick an armature first"
        if any(name not in character.data.bones for limb in LIMBS for name in limb.fk):
            return f"{character.name} has no SMPL-X bones: use the IK that its own rig has"
        if character.library or character.override_library or character.data.library:
            return f"{character.name} is linked from another file: add the controls there"
        if has_controls(character):
            return f"{character.name} has IK controls already"
        if context.mode not in ("OBJECT", "POSE"):
            return f"Controls are added in Object or Pose Mode: press {leaving_key(context)} to leave this mode"
        return "" if character.visible_get() else f"{character.name} is hidden"

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Add bones and constraints, and return to the mode before."""
        posing = context.mode == "POSE"
        if posing:
            bpy.ops.object.mode_set(mode="OBJECT")
        add_controls(_armature(context), context)
        if posing:
            bpy.ops.object.mode_set(mode="POSE")
        self.report({"INFO"}, "IK controls added to hands and feet, switched to FK")
        return {"FINISHED"}


class _Snap(Explained):
    """Base of both snapping operators: limbs and frames."""

    bl_options = {"REGISTER", "UNDO"}

    frames: EnumProperty(
        name="Frames",
        description="Frames that get keys",
        items=(
            ("ACTION", "All Keys", "From the first key of the character's action to its last"),
            ("SCENE", "Scene Range", "From the scene's first frame to its last, or in the preview range"),
        ),
    )
    use_left_hand: BoolProperty(name="Left Hand", description="Snap this limb", default=True)
    use_right_hand: BoolProperty(name="Right Hand", description="Snap this limb", default=True)
    use_left_foot: BoolProperty(name="Left Foot", description="Snap this limb", default=True)
    use_right_foot: BoolProperty(name="Right Foot", description="Snap this limb", default=True)

    @classmethod
    def disabled_reason(cls, context: bpy.types.Context) -> str:
        """IK controls must be there, and keys that can be read and written."""
        character = _armature(context)
        if character is None:
            return "Create a character or pick an armature first"
        if not has_controls(character):
            return f"{character.name} has no IK controls: add them first"
        data = character.animation_data
        if data is not None and any(not strip.mute for track in data.nla_tracks if not track.mute for strip in track.strips):
            return f"{character.name} is moved by NLA strips too: mute or bake them first"
        return key_disabled_reason(character)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Key the range; without an action, snap the current pose."""
        character = _armature(context)
        limbs = [limb for limb in LIMBS if getattr(self, "use_" + limb.label.lower().replace(" ", "_"))]
        keyed = character.animation_data is not None and character.animation_data.action is not None
        frames = np.array([float(context.scene.frame_current)])
        if keyed:
            first, last = self._range(context.scene, character)
            if last - first > _MOST_FRAMES:
                self.report({"ERROR"}, rpt_("The range has more than {} frames: choose a shorter one", _MOST_FRAMES))
                return {"CANCELLED"}
            frames = np.arange(np.floor(first), np.ceil(last) + 1.0)
        self._snap(character, limbs, frames, keyed)
        character.update_tag()
        context.scene.frame_set(context.scene.frame_current)
        if keyed:
            self.report({"INFO"}, rpt_("{} limbs snapped on {} frames", len(limbs), len(frames)))
        else:
            self.report({"INFO"}, rpt_("{} limbs snapped in the current pose", len(limbs)))
        return {"FINISHED"}

    def _range(self, scene: bpy.types.Scene, character: bpy.types.Object) -> tuple[float, float]:
        if self.frames == "ACTION":
            return tuple(character.animation_data.action.frame_range)
        if scene.use_preview_range:
            return scene.frame_preview_start, scene.frame_preview_end
        return scene.frame_start, scene.frame_end

    def _snap(self, character: bpy.types.Object, limbs: list[Limb], frames: np.ndarray, keyed: bool) -> None:
        raise NotImplementedError


class VOICE_TO_MOTION_OT_snap_to_ik(_Snap, bpy.types.Operator):
    """Match the IK controls to the motion and switch to IK. Nothing moves, but hands and feet can then be placed"""

    bl_idname = "voice_to_motion.snap_to_ik"
    bl_label = "Snap IK to Motion"

    def _snap(self, character: bpy.types.Object, limbs: list[Limb], frames: np.ndarray, keyed: bool) -> None:
        snap_to_ik(character, limbs, frames, keyed)


class VOICE_TO_MOTION_OT_snap_to_fk(_Snap, bpy.types.Operator):
    """Match the bones to the IK controls and switch back to FK. Nothing moves"""

    bl_idname = "voice_to_motion.snap_to_fk"
    bl_label = "Snap FK to IK"

    def _snap(self, character: bpy.types.Object, limbs: list[Limb], frames: np.ndarray, keyed: bool) -> None:
        snap_to_fk(character, limbs, frames, keyed)


CLASSES = (
    VOICE_TO_MOTION_OT_create_character,
    VOICE_TO_MOTION_OT_add_ik,
    VOICE_TO_MOTION_OT_snap_to_ik,
    VOICE_TO_MOTION_OT_snap_to_fk,
)
