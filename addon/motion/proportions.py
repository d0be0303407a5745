"""A motion of the default body on a body of other proportions, and back. Only numpy.

Rotations stay. The pelvis goes up or down so that the feet that are down come as high above where they stand flat as the
default body's: thighs, shins and feet of other lengths reach differently far with the same angles. How far that is follows
from the rotations alone, so the way back is exact.
"""

from __future__ import annotations

import numpy as np

from .body import Skeleton, default_body, forward_kinematics
from .motion import Motion

_NEAR_FLOOR = 0.015  # metres: feet lifted more than this above the lower one hardly count


def fitted_to(motion: Motion, body: Skeleton) -> Motion:
    """A motion of the default body for another.

    Args:
        body: its offsets are in metres of the default body's size.
    """
    return _lifted(motion, _lift(motion.rotations, body))


def fitted_back(motion: Motion, body: Skeleton) -> Motion:
    """The inverse of `fitted_to`."""
    return _lifted(motion, -_lift(motion.rotations, body))


def _lifted(motion: Motion, metres: np.ndarray) -> Motion:
    if not metres.any():
        return motion
    return Motion(motion.rotations, motion.pelvis + metres[:, None] * np.array([0.0, 1.0, 0.0]), motion.fps)


def _lift(rotations: np.ndarray, body: Skeleton) -> np.ndarray:
    """(T,) metres by which the pelvis of ``body`` is higher than the default body's."""
    points = body.floor_points
    if not points:
        return np.zeros(len(rotations))
    wanted, reached = _heights(rotations, default_body(), points), _heights(rotations, body, points)
    weights = np.exp((wanted.min(axis=1, keepdims=True) - wanted) / _NEAR_FLOOR)
    return (weights * (wanted - reached)).sum(axis=1) / weights.sum(axis=1)


def _heights(rotations: np.ndarray, body: Skeleton, points: tuple[str, ...]) -> np.ndarray:
    """(T, P) metres of both feet's points above where they stand flat, with the pelvis at 0."""
    rows, legs = body.legs()
    places, _ = forward_kinematics(rotations[:, rows], np.zeros((len(rotations), 3)), legs)
    flat = {"ankle": body.ankle_height, "foot": body.ball_height}
    heights = [places[:, legs.index(f"{side}_{name}"), 1] - flat[name] for side in ("left", "right") for name in points]
    return np.stack(heights, axis=1)
