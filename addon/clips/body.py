"""A character as the tweaks need it: its proportions, which bone follows which joint, and its root bone.

What a motion comes to on a rig is `rigs.channels`' job; here are only questions to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ..keys.keyframes import Channel
from ..motion.body import Skeleton, default_body
from ..motion.files import MotionData
from ..motion.motion import Motion
from ..motion.quaternions import rotate, rotation_vectors
from ..rigs.channels import bone_path, character_channels, rotation_channel
from ..rigs.characters import match_of
from ..rigs.smplx_rig import RigError, missing_bones_sentence, rest_pose
from ..tweak.trajectory import Root

_CHAINS = {"spine": ("spine1", "spine2", "spine3"), "neck": ("neck", "head")}


@dataclass(frozen=True)
class Space:
    """SMPL-X space seen from a character's armature space.

    Attributes:
        axes: (3, 3) rotation from SMPL-X to armature space; scale: armature units per metre of the default body.
        pelvis: (3) where the pelvis bone's head is when the default body stands at the origin.
    """

    axes: np.ndarray
    scale: float
    pelvis: np.ndarray


def skeleton_of(target: bpy.types.Object) -> Skeleton:
    """The proportions of a body with SMPL-X bones, in metres of the default body; of other rigs the default body's."""
    body = default_body()
    offsets = body.offsets.copy()
    if not missing_bones_sentence(target.data):
        try:
            rest = rest_pose(target.data)
        except RigError:
            return Skeleton(body.names, body.parents, offsets)
        bones = target.data.bones
        heads = {joint: np.array(bones[_bone_of(target, joint)].head_local) for joint in rest.joints}
        for joint, parent in enumerate(body.parents):
            if joint in heads and parent in heads:
                offsets[joint] = (heads[joint] - heads[parent]) @ rest.to_armature / rest.scale
    return Skeleton(body.names, body.parents, offsets)


def _bone_of(target: bpy.types.Object, joint: int) -> str:
    name = default_body().names[joint]
    return name if name in target.data.bones else name.removesuffix("_smplhf")


def joints_of(scene: bpy.types.Scene, target: bpy.types.Object) -> dict[str, tuple[int, ...]]:
    """Bone name -> rows of the joints it follows; several where a spine has other bones than SMPL-X's."""
    names = default_body().names
    found = {}
    for key, bone in match_of(scene, target).bones.items():
        chain = key.partition(".")[0]
        joints = _CHAINS.get(chain, (key,)) if bone not in names else (bone,)
        found[bone] = tuple(names.index(name) for name in (*joints, f"{key}_smplhf") if name in names)
    return found


def root_bone(scene: bpy.types.Scene, target: bpy.types.Object) -> str:
    """The bone everything hangs from, above the pelvis; empty where the pelvis is the uppermost."""
    pelvis = target.data.bones.get(match_of(scene, target).bones.get("pelvis", ""))
    above = pelvis.parent_recursive if pelvis is not None else []
    return above[-1].name if above else ""


def channels_of(scene: bpy.types.Scene, target: bpy.types.Object, motion: Motion) -> list[Channel]:
    """A motion as channels, a value on every frame. Raises RigError."""
    data = MotionData(rotation_vectors(motion.rotations), motion.pelvis, motion.fps)
    return character_channels(scene, target, data)


def pelvis_places(target: bpy.types.Object, bone: str, channels: list[Channel]) -> np.ndarray:
    """(T, 3) where the pelvis bone's head is in armature space with nothing above it moved."""
    locations = next(c.values for c in channels if c.group == bone and c.data_path.endswith("].location"))
    rest = target.data.bones[bone]
    axes = np.array(rest.matrix_local.to_3x3()) if rest.use_local_location else np.eye(3)
    return np.array(rest.head_local) + locations @ axes.T


def space_of(scene: bpy.types.Scene, target: bpy.types.Object) -> Space:
    """Measured by what a character makes of a body that stands at three places. Raises RigError."""
    body = default_body()
    still = np.zeros((3, len(body.names), 4))
    still[..., 0] = 1.0
    height = body.standing_pelvis_height
    at = np.array([[0.0, height, 0.0], [1.0, height, 0.0], [0.0, height, 1.0]])
    bone = match_of(scene, target).bones.get("pelvis", "")
    places = pelvis_places(target, bone, channels_of(scene, target, Motion(still, at, 30.0)))
    x, z = places[1] - places[0], places[2] - places[0]
    scale = float(np.linalg.norm(x))
    x, z = x / scale, z / scale
    return Space(np.stack([x, np.cross(z, x), z], axis=-1), scale, places[0])


def root_channels(
    scene: bpy.types.Scene, target: bpy.types.Object, root: Root, whole: list[Channel], local: list[Channel]
) -> list[Channel]:
    """Location and rotation of the root bone, so that ``local`` below it comes to ``whole`` without it.

    The root bone turns by D about its own head h and moves by l, so a point x of the armature comes to h + l + D (x - h).
    The pelvis, at p in ``local``, has to come to q of ``whole``: l = q - h - D (p - h).
    """
    name = root_bone(scene, target)
    pelvis = match_of(scene, target).bones["pelvis"]
    bone = target.data.bones[name]
    space = space_of(scene, target)
    turn = root.rotations.copy()
    turn[:, 1:] = turn[:, 1:] @ space.axes.T
    head, axes = np.array(bone.head_local), np.array(bone.matrix_local.to_3x3().normalized())
    moved = pelvis_places(target, pelvis, whole) - head - rotate(turn, pelvis_places(target, pelvis, local) - head)
    turn[:, 1:] = turn[:, 1:] @ axes
    location = moved @ axes if bone.use_local_location else moved
    return [Channel(bone_path(name) + ".location", location, name), rotation_channel(target.pose.bones[name], turn)]


def resting_root(scene: bpy.types.Scene, target: bpy.types.Object, count: int) -> list[Channel]:
    """The root bone at rest for ``count`` frames."""
    name = root_bone(scene, target)
    turn = np.zeros((count, 4))
    turn[:, 0] = 1.0
    return [Channel(bone_path(name) + ".location", np.zeros((count, 3)), name), rotation_channel(target.pose.bones[name], turn)]
