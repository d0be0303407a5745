"""Two-bone inverse kinematics of a leg: the hip points, the knee bends, and the ankle is where it should be.

The knee bends about the axis it bends about anyway, and the leg turns by the smallest turn. Whether an ankle should be moved at all
is not asked here.
"""

from __future__ import annotations

import numpy as np

from .skeleton import INDEX

STRAIGHTEST = 0.998  # of the leg's length: beyond it a millimetre more turns the knee by degrees


def moved_ankle(
    places: np.ndarray, turns: np.ndarray, offsets: np.ndarray, side: str, wanted: np.ndarray, yaw: np.ndarray
) -> np.ndarray:
    """World orientations (T, 3, 3, 3) of hip, knee and ankle that bring an ankle to where it should be.

    Out of reach the leg points there, a little less straight than it could be; a leg that is straighter already and is not asked
    for more stays as it is.

    Args:
        places: (T, J, 3) world joint positions, metres, with the pelvis where it is to stay.
        turns: (T, J, 3, 3) world joint orientations.
        offsets: (J, 3) rest offsets, metres.
        wanted: (T, 3) where the ankle should be.
        yaw: (T,) radians about the vertical by which the foot turns; else it keeps its orientation in the world.
    """
    hip, knee, ankle = (INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
    thigh, shin = places[:, knee] - places[:, hip], places[:, ankle] - places[:, knee]
    a, b = np.linalg.norm(offsets[knee]), np.linalg.norm(offsets[ankle])
    leg, goal = thigh + shin, wanted - places[:, hip]
    before = np.linalg.norm(leg, axis=-1)
    distance = np.maximum(_within(before, np.linalg.norm(goal, axis=-1), STRAIGHTEST * (a + b)), abs(a - b) + 1e-3)
    bend = _bend(distance, a, b) - _bend(before, a, b)
    bent = _about(_hinge(thigh, shin, turns[:, hip]), bend)
    pointed = _shortest(thigh + np.einsum("tij,tj->ti", bent, shin), goal)
    about_y = _about(np.broadcast_to([0.0, 1.0, 0.0], goal.shape), yaw)
    return np.stack([pointed @ turns[:, hip], pointed @ bent @ turns[:, knee], about_y @ turns[:, ankle]], axis=1)


def _within(before: np.ndarray, wanted: np.ndarray, longest: float) -> np.ndarray:
    """(T,) the distance ``wanted`` where the leg reaches it; near its full length it lags behind more and more, for a hard limit
    would stop the knee all at once."""
    more, room = wanted - before, np.maximum(longest - before, 1e-4)
    return before + np.where(more > 0, room * -np.expm1(-np.maximum(more, 0.0) / room), more)


def _bend(distance: np.ndarray, a: float, b: float) -> np.ndarray:
    """(T,) radians by which a knee is bent when hip and ankle are so far apart; 0 when straight."""
    return np.pi - np.arccos(np.clip((a * a + b * b - distance**2) / (2 * a * b), -1.0, 1.0))


def _hinge(thigh: np.ndarray, shin: np.ndarray, hip: np.ndarray) -> np.ndarray:
    """(T, 3) unit axis about which the shin bends back. That of a nearly straight leg is mostly noise: the thigh's own X, about
    which knees bend, is mixed in there."""
    axis, across = np.cross(thigh, shin), hip[:, :, 0]
    length = np.linalg.norm(axis, axis=-1, keepdims=True)
    bones = np.linalg.norm(thigh, axis=-1, keepdims=True) * np.linalg.norm(shin, axis=-1, keepdims=True)
    sure = np.clip(length / (0.1 * bones), 0, 1)
    return _unit(sure * axis / np.maximum(length, 1e-9) + (1 - sure) * across)


def _shortest(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(T, 3, 3) the smallest rotation that points ``a`` (T, 3) to where ``b`` points."""
    a, b = _unit(a), _unit(b)
    axis = np.cross(a, b)
    sine = np.linalg.norm(axis, axis=-1)
    return _about(axis / np.maximum(sine, 1e-12)[:, None], np.arctan2(sine, (a * b).sum(-1)))


def _about(axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """(T, 3, 3) rotations by angles (T,) about unit axes (T, 3)."""
    x, y, z = axis.T
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(-1, 3, 3)
    s, c = np.sin(angle)[:, None, None], np.cos(angle)[:, None, None]
    return np.eye(3) + s * cross + (1 - c) * (cross @ cross)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
