"""Filters on whole motions: mirroring, exaggerating or softening, smoothing.

None of them needs to know where the feet stand; `foot_lock` comes after them.
"""

from __future__ import annotations

import numpy as np

from ..motion.body import Skeleton, forward_kinematics
from ..motion.coordinates import continuous_signs, quaternions_from_rotation_vectors
from ..motion.motion import Motion
from ..motion.quaternions import conjugate, multiply, normalized, rotation_vectors

_SOFTNESS = 0.01  # metres; blends from one foot to the other as the lower one, so that the pelvis does not jerk


def mirror_motion(motion: Motion, skeleton: Skeleton) -> Motion:
    """The motion reflected in the plane x = 0: left becomes right.

    Rotation axes are pseudovectors, so turns about X stay and those about Y and Z reverse.
    """
    rotations = motion.rotations[:, opposite_joints(skeleton)] * np.array([1.0, 1.0, -1.0, -1.0])
    return Motion(rotations, motion.pelvis * np.array([-1.0, 1.0, 1.0]), motion.fps)


def opposite_joints(skeleton: Skeleton) -> np.ndarray:
    """(J,) row of the joint on the other side; joints of the middle map to themselves."""
    swap = {"left_": "right_", "right_": "left_"}
    rows = []
    for row, name in enumerate(skeleton.names):
        side = next((side for side in swap if name.startswith(side)), "")
        other = swap[side] + name.removeprefix(side) if side else name
        rows.append(skeleton.index(other) if other in skeleton.names else row)
    return np.array(rows)


def scale_strength(motion: Motion, strength: float, skeleton: Skeleton) -> Motion:
    """Scale each joint's rotation away from its mean, and the path over the floor.

    Facing and tilt of the whole body stay: an exaggerated turn would be another turn. The pelvis goes up or down so
    that the lower foot keeps its height above the floor.

    Args:
        strength: 0 is the mean pose, 1 the motion as it is, more exaggerates.
    """
    if strength == 1.0:
        return motion
    joints = motion.rotations[:, 1:]
    # The normalized sum of quaternions is their mean while they lie on one side, which continuous signs make likely.
    mean = normalized(joints.sum(axis=0))
    away = rotation_vectors(multiply(conjugate(mean), joints))
    rotations = motion.rotations.copy()
    rotations[:, 1:] = multiply(mean, quaternions_from_rotation_vectors(away * strength))
    pelvis = motion.pelvis.copy()
    pelvis[:, [0, 2]] = pelvis[:1, [0, 2]] + (pelvis[:, [0, 2]] - pelvis[:1, [0, 2]]) * strength
    pelvis[:, 1] += _lowest_foot(motion.rotations, motion.pelvis, skeleton) - _lowest_foot(rotations, pelvis, skeleton)
    return Motion(continuous_signs(rotations), pelvis, motion.fps)


def _lowest_foot(rotations: np.ndarray, pelvis: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """(T,) metres of the lower foot above where it stands: a smooth minimum."""
    positions, _ = forward_kinematics(rotations, pelvis, skeleton)
    rows = [skeleton.index(f"{side}_{name}") for side in ("left", "right") for name in ("ankle", "foot")]
    heights = positions[:, rows, 1] - np.array([skeleton.ankle_height, skeleton.ball_height] * 2)
    lowest = heights.min(axis=1, keepdims=True)
    return lowest[:, 0] - _SOFTNESS * np.log(np.exp((lowest - heights) / _SOFTNESS).sum(axis=1))


def smooth_motion(motion: Motion, seconds: float) -> Motion:
    """The motion without details shorter than about ``seconds``; first and last pose stay.

    The weighted mean of neighbouring unit quaternions, made unit again, is their mean rotation to second order in the
    angles between them. Their signs have to be continuous, as a `Motion`'s are.
    """
    # A Gaussian of sigma s halves waves of the period 2 pi s / sqrt(2 ln 2) = 5.3 s, so those of ``seconds`` are halved.
    sigma = seconds * motion.fps / 5.3
    if sigma < 0.05 or len(motion) < 3:
        return motion
    rotations = normalized(gaussian(motion.rotations, sigma))
    return Motion(rotations, gaussian(motion.pelvis, sigma), motion.fps)


def gaussian(values: np.ndarray, sigma: float) -> np.ndarray:
    """(T, ...) values smoothed along time with a Gaussian of ``sigma`` frames.

    Beyond the ends the values continue as their point reflection, x(-t) = 2 x(0) - x(t), which keeps the first and the
    last value and the speed there.
    """
    count = len(values)
    radius = min(int(np.ceil(3 * sigma)), count - 1)
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    weights /= weights.sum()
    start = 2 * values[:1] - values[radius:0:-1]
    end = 2 * values[-1:] - values[-2 : -radius - 2 : -1]
    padded = np.concatenate([start, values, end])
    result = np.zeros_like(values, dtype=np.float64)
    for shift, weight in enumerate(weights):
        result += weight * padded[shift : shift + count]
    return result
