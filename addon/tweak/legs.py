"""Two-bone inverse kinematics: hip and knee turn so that the ankle comes to a given place; the foot keeps its direction, or is
turned over the floor.
"""

from __future__ import annotations

import numpy as np

from ..motion.motion import Skeleton
from ..motion.quaternions import about_y, conjugate, exponential, multiply, normalized, rotate

_STRAIGHTEST = 0.9995  # of the leg's length; the knee never locks


def leg_rows(side: str, skeleton: Skeleton) -> tuple[int, int, int]:
    """Rows of hip, knee and ankle."""
    hip, knee, ankle = (skeleton.index(f"{side}_{name}") for name in ("hip", "knee", "ankle"))
    return hip, knee, ankle


def bend_leg(
    rotations: np.ndarray, pelvis: np.ndarray, ankle: np.ndarray, twist: np.ndarray, side: str, skeleton: Skeleton
) -> np.ndarray:
    """Move one ankle.

    The knee's angle gives the distance from hip to ankle, by the law of cosines and about the axis that the knee bends
    about already; the hip then points the leg, by the smallest turn. Out of reach, the leg stretches that way.

    Args:
        rotations: (T, J, 4) local; pelvis: (T, 3) its position.
        ankle: (T, 3) where the ankle should be.
        twist: (T) radians by which the foot is turned about the vertical.

    Returns:
        (T, 3, 4) new local rotations of hip, knee and ankle.
    """
    hip, knee, foot = leg_rows(side, skeleton)
    thigh, shin = skeleton.offsets[knee], skeleton.offsets[foot]
    root = rotations[:, 0]
    at_hip = pelvis + rotate(root, np.broadcast_to(skeleton.offsets[hip], pelvis.shape))
    turned_hip = multiply(root, rotations[:, hip])
    turned_knee = multiply(turned_hip, rotations[:, knee])
    turned_foot = multiply(about_y(twist), multiply(turned_knee, rotations[:, foot]))

    # In the thigh's space: the shin turned by the knee, and how long hip to ankle is with it.
    folded = rotate(rotations[:, knee], np.broadcast_to(shin, pelvis.shape))
    a, b = float(np.linalg.norm(thigh)), float(np.linalg.norm(shin))
    wanted = ankle - at_hip
    before = np.linalg.norm(thigh + folded, axis=-1)
    distance = np.maximum(_softly_within(before, np.linalg.norm(wanted, axis=-1), a + b), abs(a - b) + 1e-3)
    now = _between(np.broadcast_to(-thigh, folded.shape), folded)
    then = np.arccos(np.clip((a * a + b * b - distance**2) / (2 * a * b), -1.0, 1.0))
    axis = _hinge(np.broadcast_to(-thigh, folded.shape), folded)
    new_knee = multiply(exponential(axis * (then - now)[:, None]), rotations[:, knee])

    # The whole leg, now of the right length, is turned to where it should point.
    leg = rotate(turned_hip, thigh + rotate(new_knee, np.broadcast_to(shin, pelvis.shape)))
    new_turned_hip = multiply(_shortest_turn(leg, wanted), turned_hip)
    new_hip = multiply(conjugate(root), new_turned_hip)
    new_foot = multiply(conjugate(multiply(new_turned_hip, new_knee)), turned_foot)
    return normalized(np.stack([new_hip, new_knee, new_foot], axis=1))


def _softly_within(before: np.ndarray, wanted: np.ndarray, length: float) -> np.ndarray:
    """(T) the distance ``wanted`` where the leg can reach it; towards full length it lags behind more and more.

    A hard limit would stop the knee all at once. Measured from the distance ``before``, so that a leg that was straight
    already and is not moved stays as it is.
    """
    more = wanted - before
    room = np.maximum(_STRAIGHTEST * length - before, 1e-4 * length)
    return before + np.where(more > 0, room * -np.expm1(-np.maximum(more, 0.0) / room), more)


def _between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(T) angle between vectors."""
    return np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), (a * b).sum(-1))


def _hinge(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(T, 3) unit axis about which ``b`` opens away from ``a``; of straight legs X, about which SMPL-X knees bend.

    The axis of a nearly straight knee is mostly noise, so X is mixed in there rather than switched to.
    """
    axis = np.cross(a, b)
    length = np.linalg.norm(axis, axis=-1, keepdims=True)
    unsure = np.clip(
        1.0 - length / (0.1 * np.linalg.norm(a, axis=-1, keepdims=True) * np.linalg.norm(b, axis=-1, keepdims=True)), 0, 1
    )
    axis = axis / np.maximum(length, 1e-9) * (1 - unsure) + np.array([-1.0, 0.0, 0.0]) * unsure
    return axis / np.maximum(np.linalg.norm(axis, axis=-1, keepdims=True), 1e-9)


def _shortest_turn(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(T, 4) the smallest rotation that points ``a`` to where ``b`` points."""
    a = a / np.maximum(np.linalg.norm(a, axis=-1, keepdims=True), 1e-9)
    b = b / np.maximum(np.linalg.norm(b, axis=-1, keepdims=True), 1e-9)
    w = 1.0 + (a * b).sum(-1, keepdims=True)
    return normalized(np.concatenate([w, np.cross(a, b)], axis=-1))
