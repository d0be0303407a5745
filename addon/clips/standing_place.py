"""Where a character stands and faces, and its pose, for motions that begin or end there."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Matrix

from ..keys.channels import bone_path
from ..keys.keyed_pose import KeyedPose, decided_elsewhere, with_parents
from ..keys.keyframes import curve_owner
from ..motion.quaternions import yaw_of
from ..rigs.rig import Rig
from ..tweak.trajectory import Spot
from .body_curves import read_curves


def standing_spots(scene: bpy.types.Scene, rig: Rig, frames: list[int]) -> list[Spot]:
    """Where the pelvis is over the floor, and which way it faces, at each frame.

    The scene is evaluated only where more than F-curves decide, as with rigs whose hips follow constraints.
    """
    if decided_elsewhere(rig.armature, with_parents(rig.armature, rig.pelvis)):
        poses = _evaluated_poses(scene, rig, frames)
    else:
        poses = KeyedPose(rig.armature).poses(rig.pelvis, np.array(frames, dtype=float))
    space, rest = rig.space, rig.armature.data.bones[rig.pelvis].matrix_local
    spots = []
    for pose in poses:
        place = space.axes.T @ (np.array(pose.translation) - space.pelvis) / space.scale
        turned = pose.to_3x3().normalized() @ rest.to_3x3().normalized().inverted()
        around = np.array(turned.to_quaternion())
        around[1:] = space.axes.T @ around[1:]
        spots.append(Spot(float(place[0]), float(place[2]), float(yaw_of(around))))
    return spots


def _evaluated_poses(scene: bpy.types.Scene, rig: Rig, frames: list[int]) -> list[Matrix]:
    frame, subframe = scene.frame_current, scene.frame_subframe
    poses = []
    try:
        for each in frames:
            scene.frame_set(each)
            poses.append(rig.armature.pose.bones[rig.pelvis].matrix.copy())
    finally:
        scene.frame_set(frame, subframe=subframe)
    return poses


def first_and_last_spot(scene: bpy.types.Scene, rig: Rig, start: int, after: int | None) -> tuple[Spot, Spot | None]:
    """The spots at ``start`` and, if there are keys from then on, at ``after``; else None."""
    goes_on = after is not None and _has_keys_from(rig, after)
    spots = standing_spots(scene, rig, [start, after] if goes_on else [start])
    return spots[0], spots[1] if goes_on else None


def _has_keys_from(rig: Rig, frame: int) -> bool:
    data = rig.armature.animation_data
    if data is None or data.action is None:
        return False
    curves = read_curves(curve_owner(rig.armature))
    return any((curve.frames >= frame - 0.5).any() for own in curves.values() for curve in own)


def held_pose(rig: Rig) -> dict[str, list[float]]:
    """The values the mapped bones have now, by data path."""
    pose = {}
    for name in rig.joints:
        bone = rig.armature.pose.bones[name]
        if bone.rotation_mode == "QUATERNION":
            pose[bone_path(name) + ".rotation_quaternion"] = list(bone.rotation_quaternion)
        elif bone.rotation_mode != "AXIS_ANGLE":
            pose[bone_path(name) + ".rotation_euler"] = list(bone.rotation_euler)
        if name == rig.pelvis:
            pose[bone_path(name) + ".location"] = list(bone.location)
    return pose
