"""A motion as channels for the bones of a character, whatever rig it is. Writing them is `keyframes`' job.

Nothing of the rig is touched, so linked and overridden characters work: rotations are written in the rotation mode each
bone has, and switches such as IK/FK are keyed rather than set.
"""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Euler, Quaternion

from ..keys.keyframes import Channel
from ..motion.body import default_body
from ..motion.coordinates import continuous_signs
from ..motion.files import MotionData
from .alignment import AlignmentError, align
from .characters import match_of
from .detection import Match
from .pose_transfer import bone_rotations, pelvis_locations
from .rest import read_rest
from .smplx_rig import RigError, missing_bones_sentence, rest_pose
from .transfer import transfer


def rig_reason(scene: bpy.types.Scene, character: bpy.types.Object) -> str:
    """Why no motion can be put on this armature object, without final period; empty when it can."""
    match = match_of(scene, character)
    if not match.bones:
        return f"{character.name} has no bones with names known here: choose them under Bone Map"
    return match.sentence()


def character_channels(scene: bpy.types.Scene, character: bpy.types.Object, motion: MotionData) -> list[Channel]:
    """``motion`` on the armature object ``character``: bone rotations and the pelvis bone's location, one value a frame.

    Raises:
        RigError: bones that are needed miss, or the rest pose is no body.
    """
    match = _checked(scene, character)
    own = _as_smplx(character, match, motion)
    if own is None:
        try:
            rest = read_rest(character.data, match)
            moved = transfer(motion, rest, align(rest, default_body()), default_body())
        except AlignmentError as error:
            raise RigError(str(error)) from error
        own = rest.bones, moved.rotations, moved.pelvis, match.bones["pelvis"]
    names, rotations, locations, pelvis = own
    rotations = continuous_signs(rotations)
    channels = []
    for row, name in enumerate(names):
        bone = character.pose.bones[name]
        if name == pelvis:
            channels.append(Channel(bone_path(name) + ".location", locations, name))
        channels.append(_in_mode_of(bone, rotations[:, row]))
    return channels


def switches_of(scene: bpy.types.Scene, character: bpy.types.Object) -> tuple[list[Channel], list[str]]:
    """What else a motion needs on a character: custom properties to hold at one value, (1, 1) each, and what the user should
    know, in short sentences without final period.

    Raises:
        RigError: bones that are needed miss.
    """
    match = _checked(scene, character)
    switches = _switches(character, match)
    notes = [match.rig_map.note.rstrip(".")] if switches and match.rig_map.note else []
    return switches, notes + _held_back(character, match)


def _checked(scene: bpy.types.Scene, character: bpy.types.Object) -> Match:
    reason = rig_reason(scene, character)
    if reason:
        raise RigError(reason + ".")
    return match_of(scene, character)


def _held_back(character: bpy.types.Object, match: Match) -> list[str]:
    """A note about mapped bones that constraints move as well. Rigs with switches turn theirs off by these."""
    if match.rig_map.settings:
        return []
    bones = [character.pose.bones[name] for name in match.bones.values()]
    held = [bone.name for bone in bones if any(not each.mute and each.influence > 0 for each in bone.constraints)]
    if not held:
        return []
    shown = ", ".join(held[:3]) + (f" and {len(held) - 3} more" if len(held) > 3 else "")
    return [f"Constraints may keep {shown} from following: mute them, or map the bones that control them"]


def _as_smplx(character: bpy.types.Object, match: Match, motion: MotionData) -> tuple | None:
    """Rotations unchanged where the body is SMPL-X's own: there they are what defines the pose, whatever its shape."""
    if missing_bones_sentence(character.data) or match.bones.get("pelvis") != "pelvis":
        return None
    names = default_body().names
    try:
        rest = rest_pose(character.data)
    except RigError:
        return None  # the names are right, but it does not rest in SMPL-X's T-pose
    keys = {match.bones[key] for key in match.bones}
    bones = [name if name in character.data.bones else name.removesuffix("_smplhf") for name in (names[j] for j in rest.joints)]
    chosen = [row for row, bone in enumerate(bones) if bone in keys]
    rotations = bone_rotations(motion, rest)[:, chosen]
    return tuple(bones[row] for row in chosen), rotations, pelvis_locations(motion, rest), "pelvis"


def bone_path(name: str) -> str:
    """Data path of a pose bone, seen from the object."""
    return f'pose.bones["{bpy.utils.escape_identifier(name)}"]'


def rotation_channel(bone: bpy.types.PoseBone, quaternions: np.ndarray) -> Channel:
    """(T, 4) quaternions as a channel in the rotation mode the bone has."""
    return _in_mode_of(bone, continuous_signs(quaternions))


def _in_mode_of(bone: bpy.types.PoseBone, quaternions: np.ndarray) -> Channel:
    path, mode = bone_path(bone.name), bone.rotation_mode
    if mode == "QUATERNION":
        return Channel(f"{path}.rotation_quaternion", quaternions, bone.name)
    if mode == "AXIS_ANGLE":
        half = np.arctan2(np.linalg.norm(quaternions[:, 1:], axis=-1), quaternions[:, 0])
        sine = np.sin(half)[:, None]
        axis = np.where(np.abs(sine) > 1e-9, quaternions[:, 1:] / np.where(np.abs(sine) > 1e-9, sine, 1.0), (0.0, 1.0, 0.0))
        return Channel(f"{path}.rotation_axis_angle", np.concatenate([2 * half[:, None], axis], axis=-1), bone.name)
    angles = np.empty((len(quaternions), 3))
    before = Euler((0.0, 0.0, 0.0), mode)
    for frame, quaternion in enumerate(quaternions):
        # `before` makes Blender choose the angles nearest to those of the last frame: no jumps by full turns.
        before = Quaternion(quaternion).to_euler(mode, before)
        angles[frame] = before
    return Channel(f"{path}.rotation_euler", angles, bone.name)


def _switches(character: bpy.types.Object, match: Match) -> list[Channel]:
    channels = []
    for setting in match.rig_map.settings:
        bone = character.pose.bones.get(match.prefix + setting.bone)
        if bone is not None and setting.property in bone:
            path = f'{bone_path(bone.name)}["{bpy.utils.escape_identifier(setting.property)}"]'
            channels.append(Channel(path, np.array([[setting.value]]), bone.name))
    return channels
