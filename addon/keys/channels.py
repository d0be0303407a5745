"""Channels: animated properties as arrays, one value a frame, and the data paths of bones.

What is written of them, and how, is `keyframes`' job.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Euler, Quaternion


@dataclass(frozen=True)
class Channel:
    """One animated property with its components.

    Attributes:
        data_path: as seen from the object, e.g. ``pose.bones["pelvis"].rotation_quaternion``.
        values: (T, C) one column for each component.
        group: name of the group it is listed under, for bones the bone's name.
        keyed: (T,) bool, the rows that get a key; all where it is None.
        slopes: (T, C) change per frame. Where given, keys are Bezier with handles a third of the way to the neighbouring
            key, which draws the cubic Hermite spline; where None, keys are linear.
    """

    data_path: str
    values: np.ndarray
    group: str
    keyed: np.ndarray | None = None
    slopes: np.ndarray | None = None

    def cut(self, rows: slice) -> Channel:
        """Some rows of it, with keys on the first and the last."""
        if rows == slice(0, len(self.values)):
            return self
        keyed = None
        if self.keyed is not None:
            keyed = self.keyed[rows].copy()
            keyed[[0, -1]] = True
        slopes = None if self.slopes is None else self.slopes[rows]
        return Channel(self.data_path, self.values[rows], self.group, keyed, slopes)


def bone_path(name: str) -> str:
    """Data path of a pose bone, seen from the object."""
    return f'pose.bones["{bpy.utils.escape_identifier(name)}"]'


def bone_name(path: str) -> str:
    """The bone that a data path is about, as Blender unescapes it."""
    return bpy.utils.unescape_identifier(path.removeprefix('pose.bones["').rpartition('"]')[0])


def location_channel(name: str, locations: np.ndarray) -> Channel:
    """A bone's locations (T, 3)."""
    return Channel(f"{bone_path(name)}.location", locations, name)


def rotation_channel(name: str, mode: str, quaternions: np.ndarray) -> Channel:
    """A bone's rotations, in its rotation mode.

    Args:
        quaternions: (T, 4) wxyz, signs continuous in time.
    """
    path = bone_path(name)
    if mode == "QUATERNION":
        return Channel(f"{path}.rotation_quaternion", quaternions, name)
    if mode == "AXIS_ANGLE":
        half = np.arctan2(np.linalg.norm(quaternions[:, 1:], axis=-1), quaternions[:, 0])
        sine = np.sin(half)[:, None]
        axis = np.where(np.abs(sine) > 1e-9, quaternions[:, 1:] / np.where(np.abs(sine) > 1e-9, sine, 1.0), (0.0, 1.0, 0.0))
        return Channel(f"{path}.rotation_axis_angle", np.concatenate([2 * half[:, None], axis], axis=-1), name)
    angles = np.empty((len(quaternions), 3))
    before = Euler((0.0, 0.0, 0.0), mode)
    for frame, quaternion in enumerate(quaternions):
        # `before` makes Blender choose the angles nearest to those of the last frame: no jumps by full turns.
        before = Quaternion(quaternion).to_euler(mode, before)
        angles[frame] = before
    return Channel(f"{path}.rotation_euler", angles, name)
