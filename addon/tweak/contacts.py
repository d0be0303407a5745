"""Foot contacts: whether heel (ankle) and ball of each foot stand, by height and speed.

How standing feet are then held is `foot_lock`'s. The backend's contacts, `backend/motion/contacts.py`, label training data
and count other speeds, so the two are not twins.
"""

from __future__ import annotations

import numpy as np

from ..motion.body import Skeleton, forward_kinematics
from ..motion.motion import Motion
from .pose_filters import gaussian

POINTS = ("left_ankle", "left_foot", "right_ankle", "right_foot")  # SMPL-X calls the ball of the foot "foot"
_RISE = (0.055, 0.05)  # metres above standing height within which an ankle, a ball may stand
FASTEST = 0.5  # metres per second, about the fastest that generated feet slide while they should stand
_SHORTEST = 0.1  # seconds; a shorter contact is a foot that passes its lowest point


def contact_points(motion: Motion, skeleton: Skeleton) -> np.ndarray:
    """(T, 4, 3) positions of POINTS, metres."""
    positions, _ = forward_kinematics(motion.rotations, motion.pelvis, skeleton)
    return positions[:, [skeleton.index(name) for name in POINTS]]


def foot_contacts(motion: Motion, skeleton: Skeleton) -> np.ndarray:
    """(T, 4) bool: which of POINTS stand on the floor."""
    return standing_points(contact_points(motion, skeleton), motion.fps, skeleton)


def standing_points(points: np.ndarray, fps: float, skeleton: Skeleton, fastest: np.ndarray | float = FASTEST) -> np.ndarray:
    """(T, 4) bool: which of the contact points (T, 4, 3) stand on the floor.

    Args:
        fastest: metres per second, (T, 1) or one for all; a faster point does not stand.
    """
    if len(points) < 3:
        return np.zeros(points.shape[:2], dtype=bool)
    standing = np.array([skeleton.ankle_height, skeleton.ball_height] * 2)
    # Jitter of a centimetre is no step, so the speed is that of the smoothed path.
    speed = np.linalg.norm(np.gradient(gaussian(points, 0.04 * fps), axis=0), axis=-1) * fps
    down = (points[..., 1] < standing + np.array(_RISE * 2)) & (speed < fastest)
    shortest = max(round(_SHORTEST * fps), 2)
    for column in down.T:
        for first, last in true_runs(column):
            if last - first + 1 < shortest:
                column[first : last + 1] = False
    return down


def true_runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """First and last index of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(first), int(last) - 1) for first, last in edges.reshape(-1, 2)]


def foot_skate(motion: Motion, standing: np.ndarray, skeleton: Skeleton) -> float:
    """How fast standing feet slide; see `skate_speed`."""
    return skate_speed(contact_points(motion, skeleton), standing, motion.fps)


def skate_speed(points: np.ndarray, standing: np.ndarray, fps: float) -> float:
    """Mean horizontal speed of standing points, cm/s; 0 where none ever stands.

    Args:
        points: (T, 4, 3) positions of POINTS, metres.
        standing: (T, 4) from `foot_contacts`; a step to the next frame counts when the point stands in both.
    """
    speed = np.linalg.norm(np.diff(points[..., [0, 2]], axis=0), axis=-1) * fps * 100
    both = standing[1:] & standing[:-1]
    return float(speed[both].mean()) if both.any() else 0.0
