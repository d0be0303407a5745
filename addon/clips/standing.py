"""Where a character stands and faces at a frame, for motions that begin or end there."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Matrix

from ..motion.quaternions import yaw_of
from ..rigs.characters import match_of
from ..tweak.trajectory import Spot
from .body import space_of
from .keyed_pose import KeyedPose, decided_elsewhere, with_parents


def spots_at(scene: bpy.types.Scene, target: bpy.types.Object, frames: list[int]) -> list[Spot]:
    """Where the character's pelvis is over the floor and which way it faces, at each frame. Raises RigError.

    The scene is evaluated only where F-curves do not decide it alone, as with rigs whose hips follow constraints.
    """
    pelvis = match_of(scene, target).bones["pelvis"]
    if decided_elsewhere(target, with_parents(target, pelvis)):
        poses = _evaluated(scene, target, pelvis, frames)
    else:
        poses = KeyedPose(target).poses(pelvis, np.array(frames, dtype=float))
    space, rest = space_of(scene, target), target.data.bones[pelvis].matrix_local
    spots = []
    for pose in poses:
        place = space.axes.T @ (np.array(pose.translation) - space.pelvis) / space.scale
        turned = pose.to_3x3().normalized() @ rest.to_3x3().normalized().inverted()
        around = np.array(turned.to_quaternion())
        around[1:] = space.axes.T @ around[1:]
        spots.append(Spot(float(place[0]), float(place[2]), float(yaw_of(around))))
    return spots


def _evaluated(scene: bpy.types.Scene, target: bpy.types.Object, bone: str, frames: list[int]) -> list[Matrix]:
    frame, subframe = scene.frame_current, scene.frame_subframe
    poses = []
    try:
        for each in frames:
            scene.frame_set(each)
            poses.append(target.pose.bones[bone].matrix.copy())
    finally:
        scene.frame_set(frame, subframe=subframe)
    return poses
