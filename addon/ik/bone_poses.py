"""Bone poses in armature space at many frames, from F-curves without setting a frame.

Constraints are left out on purpose: these are the poses the bones have by themselves.
"""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Euler, Quaternion

from ..keys.keyframes import curve_owner
from ..motion.coordinates import matrices_from_quaternions


class BonePoses:
    """Orientations and heads of a character's bones at T frames.

    Args:
        target: the armature object; its active action is read, if it has one.
        frames: (T,) frame numbers.
    """

    def __init__(self, target: bpy.types.Object, frames: np.ndarray) -> None:
        self._target, self._frames = target, frames
        data = target.animation_data
        keyed = data is not None and data.action is not None
        self._curves = {(c.data_path, c.array_index): c for c in curve_owner(target).fcurves} if keyed else {}
        self._known: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    def at(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """(T, 3, 3) orientations and (T, 3) heads of a bone in armature space."""
        if name not in self._known:
            carried = self.carried(name)
            rotation, location = self._own(self._target.pose.bones[name])
            heads = carried[1] + (carried[0] @ location[..., None])[..., 0]
            self._known[name] = carried[0] @ rotation, heads
        return self._known[name]

    def carried(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """The same as `at`, for the bone as its parent carries it, without its own pose."""
        bone = self._target.data.bones[name]
        rest, head = np.array(bone.matrix_local.to_3x3()), np.array(bone.head_local)
        if bone.parent is None:
            return np.broadcast_to(rest, (len(self._frames), 3, 3)), np.broadcast_to(head, (len(self._frames), 3))
        turned, moved = self.at(bone.parent.name)
        above = np.array(bone.parent.matrix_local.to_3x3())
        step = above.T @ (head - np.array(bone.parent.head_local))
        return turned @ (above.T @ rest), moved + turned @ step

    def own_rotation(self, name: str) -> np.ndarray:
        """(T, 3, 3) a bone's own rotation, relative to what carries it."""
        return self._own(self._target.pose.bones[name])[0]

    def _own(self, bone: bpy.types.PoseBone) -> tuple[np.ndarray, np.ndarray]:
        """(T, 3, 3) own rotation and (T, 3) own location, from keys where there are some."""
        location = self._values(bone, "location")
        if bone.rotation_mode == "QUATERNION":
            quaternions = self._values(bone, "rotation_quaternion")
            return matrices_from_quaternions(quaternions / np.linalg.norm(quaternions, axis=-1, keepdims=True)), location
        if bone.rotation_mode == "AXIS_ANGLE":
            values = self._values(bone, "rotation_axis_angle")
            turned = [Quaternion(row[1:], row[0]).to_matrix() for row in values]
        else:
            turned = [Euler(row, bone.rotation_mode).to_matrix() for row in self._values(bone, "rotation_euler")]
        return np.array([np.array(matrix) for matrix in turned]), location

    def _values(self, bone: bpy.types.PoseBone, channel: str) -> np.ndarray:
        path = f'pose.bones["{bpy.utils.escape_identifier(bone.name)}"].{channel}'
        columns = []
        for index, value in enumerate(getattr(bone, channel)):
            curve = self._curves.get((path, index))
            columns.append([curve.evaluate(frame) for frame in self._frames] if curve else [value] * len(self._frames))
        return np.array(columns, dtype=np.float64).T
