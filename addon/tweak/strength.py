"""Strength: the motion exaggerated or softened about its own mean pose."""

from __future__ import annotations

import numpy as np

from ..motion.coordinates import continuous_signs
from ..motion.motion import Motion, Skeleton, forward_kinematics
from ..motion.quaternions import conjugate, exponential, multiply, normalized, rotation_vectors

_SOFTNESS = 0.01  # metres; how gradually the lower foot takes over from the other, so that the pelvis does not jerk


def strengthened(motion: Motion, strength: float, skeleton: Skeleton) -> Motion:
    """Every joint's turn away from its mean, and the path over the floor, times ``strength`` (0 the mean pose, 1 as it
    is).

    Where the body as a whole faces and how it tilts stays: an exaggerated turn would be another turn. The pelvis goes
    up or down so that the lower foot keeps its height above the floor.
    """
    if strength == 1.0:
        return motion
    joints = motion.rotations[:, 1:]
    # The normalized sum of quaternions is the mean rotation as long as they lie on one side, which continuous signs make likely.
    mean = normalized(joints.sum(axis=0))
    away = rotation_vectors(multiply(conjugate(mean), joints))
    rotations = motion.rotations.copy()
    rotations[:, 1:] = multiply(mean, exponential(away * strength))
    pelvis = motion.pelvis.copy()
    pelvis[:, [0, 2]] = pelvis[:1, [0, 2]] + (pelvis[:, [0, 2]] - pelvis[:1, [0, 2]]) * strength
    pelvis[:, 1] += _lowest(motion.rotations, motion.pelvis, skeleton) - _lowest(rotations, pelvis, skeleton)
    return Motion(continuous_signs(rotations), pelvis, motion.fps)


def _lowest(rotations: np.ndarray, pelvis: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """(T) height of the lowest point of both feet above where it is when standing: a smooth minimum."""
    positions, _ = forward_kinematics(rotations, pelvis, skeleton)
    rows = [skeleton.index(f"{side}_{name}") for side in ("left", "right") for name in ("ankle", "foot")]
    heights = positions[:, rows, 1] - np.array([skeleton.ankle_height, skeleton.ball_height] * 2)
    lowest = heights.min(axis=1, keepdims=True)
    return lowest[:, 0] - _SOFTNESS * np.log(np.exp((lowest - heights) / _SOFTNESS).sum(axis=1))
