"""Where a motion starts and, where something follows it, ends: a spot on the floor and a heading."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.coordinates import continuous_signs
from ..motion.motion import Motion
from ..motion.quaternions import about_y, multiply, rotate, yaw_of


@dataclass(frozen=True)
class Spot:
    """A place on the floor (metres, SMPL-X space) and a heading (radians about Y, 0 is +Z)."""

    x: float
    z: float
    yaw: float


def spot_of(pelvis: np.ndarray, rotation: np.ndarray) -> Spot:
    """Where somebody with this pelvis position (3) and rotation (4) stands and faces."""
    return Spot(float(pelvis[0]), float(pelvis[2]), float(yaw_of(rotation)))


def started_at(motion: Motion, spot: Spot) -> Motion:
    """The whole motion moved over the floor and turned so that it starts at ``spot``."""
    first = spot_of(motion.pelvis[0], motion.rotations[0, 0])
    return _carried(motion, np.ones(len(motion)), first, spot)


def ended_at(motion: Motion, spot: Spot) -> Motion:
    """The motion bent so that it ends at ``spot``; its start stays.

    The way that is missing is spread over all frames, slowly at both ends, so that no step becomes much longer.
    """
    part = np.linspace(0.0, 1.0, len(motion)) if len(motion) > 1 else np.ones(1)
    last = spot_of(motion.pelvis[-1], motion.rotations[-1, 0])
    return _carried(motion, part * part * (3 - 2 * part), last, spot)


def _carried(motion: Motion, weight: np.ndarray, here: Spot, there: Spot) -> Motion:
    """Moved and turned about ``here`` by ``weight`` (T, 0..1) of what is between ``here`` and ``there``."""
    turn = about_y(weight * ((there.yaw - here.yaw + np.pi) % (2 * np.pi) - np.pi))
    pivot = np.array([here.x, 0.0, here.z])
    moved = weight[:, None] * np.array([there.x - here.x, 0.0, there.z - here.z])
    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply(turn, motion.rotations[:, 0])
    return Motion(continuous_signs(rotations), rotate(turn, motion.pelvis - pivot) + pivot + moved, motion.fps)
