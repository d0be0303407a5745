"""When a foot stands: four contact points, the ankle (for the heel) and the ball of each foot, by height and speed."""

from __future__ import annotations

import numpy as np

from ..motion.motion import Motion, Skeleton, forward_kinematics
from .smooth import gaussian

POINTS = ("left_ankle", "left_foot", "right_ankle", "right_foot")  # SMPL-X calls the ball of the foot "foot"
_RISE = (0.055, 0.05)  # metres above standing height within which an ankle, a ball may stand
_SPEED = 0.5  # metres per second; generated feet slide at up to about this while they should stand
_SHORTEST = 0.1  # seconds; anything shorter is a foot that passes its lowest point


def contact_points(motion: Motion, skeleton: Skeleton) -> np.ndarray:
    """(T, 4, 3) where the points are."""
    positions, _ = forward_kinematics(motion.rotations, motion.pelvis, skeleton)
    return positions[:, [skeleton.index(name) for name in POINTS]]


def contacts(motion: Motion, skeleton: Skeleton) -> np.ndarray:
    """(T, 4) bool: which of POINTS stand on the floor."""
    if len(motion) < 3:
        return np.zeros((len(motion), len(POINTS)), dtype=bool)
    points = contact_points(motion, skeleton)
    standing = np.array([skeleton.ankle_height, skeleton.ball_height] * 2)
    # Shaking by a centimetre from frame to frame is no step, so the speed is that of the smoothed path.
    speed = np.linalg.norm(np.gradient(gaussian(points, 0.04 * motion.fps), axis=0), axis=-1) * motion.fps
    down = (points[..., 1] < standing + np.array(_RISE * 2)) & (speed < _SPEED)
    shortest = max(round(_SHORTEST * motion.fps), 2)
    for column in down.T:
        for first, last in runs(column):
            if last - first + 1 < shortest:
                column[first : last + 1] = False
    return down


def runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """First and last index of every stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(first), int(last) - 1) for first, last in edges.reshape(-1, 2)]


def skate(motion: Motion, standing: np.ndarray, skeleton: Skeleton) -> float:
    """How far standing feet slide; see `sliding`."""
    return sliding(contact_points(motion, skeleton), standing, motion.fps)


def sliding(points: np.ndarray, standing: np.ndarray, fps: float) -> float:
    """Mean horizontal speed of standing points, centimetres per second; 0 where none ever stands.

    Args:
        points: (T, 4, 3) where POINTS are.
        standing: (T, 4) from `contacts`; a step from one frame to the next counts when the point stands in both.
    """
    speed = np.linalg.norm(np.diff(points[..., [0, 2]], axis=0), axis=-1) * fps * 100
    both = standing[1:] & standing[:-1]
    return float(speed[both].mean()) if both.any() else 0.0
