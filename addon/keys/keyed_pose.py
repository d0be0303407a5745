"""Poses from F-curves, at any frame, without evaluating the scene.

`Scene.frame_set` evaluates everything, runs other add-ons' handlers and moves the playhead, for a question about one bone.
Where F-curves alone decide, the pose is computed here from them and the rest matrices. Where something else moves a bone,
`decided_elsewhere` says what, and the caller has to evaluate or to refuse.
"""

from __future__ import annotations

from collections.abc import Iterable

import bpy
import numpy as np
from mathutils import Euler, Matrix, Quaternion

from ..motion.coordinates import quaternions_from_rotation_vectors
from .channels import bone_path
from .keyframes import curve_owner, groups_can_mute

_ROTATIONS = {"QUATERNION": ("rotation_quaternion", 4), "AXIS_ANGLE": ("rotation_axis_angle", 4)}


def with_parents(target: bpy.types.Object, name: str) -> list[str]:
    """A bone and everything it hangs from, the uppermost first."""
    bone = target.data.bones[name]
    return [above.name for above in reversed(bone.parent_recursive)] + [name]


def decided_elsewhere(target: bpy.types.Object, names: Iterable[str]) -> str:
    """What moves one of these bones besides F-curves, for a sentence; empty for nothing."""
    names = list(names)
    for name in names:
        if any(not each.mute and each.influence > 0 for each in target.pose.bones[name].constraints):
            return f"a constraint on {name}"
    return values_decided_elsewhere(target, names)


def values_decided_elsewhere(target: bpy.types.Object, names: Iterable[str]) -> str:
    """What sets these bones' location, rotation or scale besides F-curves; empty for nothing."""
    data = target.animation_data
    if data is None:
        return ""
    if data.use_nla and any(not track.mute and len(track.strips) for track in data.nla_tracks):
        return "an NLA strip"
    paths = tuple(bone_path(name) + "." for name in names)
    driven = next((driver.data_path for driver in data.drivers if driver.data_path.startswith(paths)), "")
    return f"a driver of {driven}" if driven else ""


def rotation_now(bone: bpy.types.PoseBone) -> Quaternion:
    """A bone's rotation as it is set, from whatever its rotation mode keeps."""
    if bone.rotation_mode == "QUATERNION":
        return bone.rotation_quaternion.normalized()
    if bone.rotation_mode == "AXIS_ANGLE":
        angle, *axis = bone.rotation_axis_angle
        return Quaternion(axis, angle)
    return bone.rotation_euler.to_quaternion()


class KeyedPose:
    """The poses of a character's active action; what has no F-curve is as it is set now."""

    def __init__(self, target: bpy.types.Object) -> None:
        self._target = target
        self._curves: dict[tuple[str, int], bpy.types.FCurve] = {}
        data = target.animation_data
        # An action whose slot is not bound moves nothing.
        if data is not None and data.action is not None and getattr(data, "action_slot", True) is not None:
            by_group = groups_can_mute(data.action)
            for curve in curve_owner(target).fcurves:
                muted = curve.mute or (by_group and curve.group is not None and curve.group.mute)
                if not muted and not curve.is_empty:
                    self._curves[curve.data_path, curve.array_index] = curve

    def keyed(self, name: str) -> bool:
        """Whether the bone has an F-curve."""
        start = bone_path(name) + "."
        return any(path.startswith(start) for path, _ in self._curves)

    def locations(self, name: str, frames: np.ndarray) -> np.ndarray:
        """(T, 3) the bone's location channel."""
        return self._values(name, "location", 3, frames)

    def rotations(self, name: str, frames: np.ndarray) -> np.ndarray:
        """(T, 4) the bone's rotation away from rest, as unit quaternions wxyz; any mode."""
        mode = self._target.pose.bones[name].rotation_mode
        values = self._values(name, *_ROTATIONS.get(mode, ("rotation_euler", 3)), frames)
        if mode == "QUATERNION":
            return values / np.maximum(np.linalg.norm(values, axis=-1, keepdims=True), 1e-12)
        if mode == "AXIS_ANGLE":
            axes = values[:, 1:] / np.maximum(np.linalg.norm(values[:, 1:], axis=-1, keepdims=True), 1e-12)
            return quaternions_from_rotation_vectors(axes * values[:, :1])
        return np.array([Euler(row, mode).to_quaternion() for row in values])

    def scales(self, name: str, frames: np.ndarray) -> np.ndarray:
        """(T, 3) the bone's scale channel."""
        return self._values(name, "scale", 3, frames)

    def poses(self, name: str, frames: np.ndarray) -> list[Matrix]:
        """The bone's matrix in armature space at every frame, like `PoseBone.matrix`."""
        above: list[Matrix] = []
        for link in with_parents(self._target, name):
            bone, scale = self._target.data.bones[link], self._target.pose.bones[link].scale
            stored = zip(self.locations(link, frames), self.rotations(link, frames), strict=True)
            own = [Matrix.LocRotScale(location, Quaternion(rotation), scale) for location, rotation in stored]
            rest = bone.matrix_local
            if bone.parent is None:
                above = [bone.convert_local_to_pose(matrix, rest) for matrix in own]
            else:
                base = bone.parent.matrix_local
                above = [
                    bone.convert_local_to_pose(matrix, rest, parent_matrix=parent, parent_matrix_local=base)
                    for matrix, parent in zip(own, above, strict=True)
                ]
        return above

    def _values(self, name: str, attribute: str, size: int, frames: np.ndarray) -> np.ndarray:
        path, now = f"{bone_path(name)}.{attribute}", getattr(self._target.pose.bones[name], attribute)
        values = np.empty((len(frames), size))
        for index in range(size):
            curve = self._curves.get((path, index))
            values[:, index] = now[index] if curve is None else [curve.evaluate(frame) for frame in frames]
        return values
