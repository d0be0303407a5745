"""Two-bone inverse kinematics, written once for the whole backend.

Two bones of the lengths a and b reach for a goal at the distance d of the upper bone's head. The law of cosines gives the angle
between them, so only the direction in which the middle joint bends is left to choose:

- `reach_with_pole` bends towards a direction, as limbs of authored clips do;
- `reach_with_leg` keeps the axis about which the knee is bent already, as `planting` needs.

The add-on's twin is `addon/motion/two_bone.py`. Whether an ankle should be moved at all is not asked here.
"""

from __future__ import annotations

import numpy as np

from .rotations import about_axis, perpendicular, shortest_turn, unit
from .skeleton import INDEX

STRAIGHTEST = 0.998  # of the leg's length: beyond it a millimetre more turns the knee by degrees


def reach_with_pole(
    goal: np.ndarray, pole: np.ndarray, upper: float, lower: float, nearest: float, farthest: float
) -> tuple[np.ndarray, np.ndarray]:
    """Upper and lower bone, vectors (T, 3), that reach for a goal and bend towards a pole.

    Args:
        goal: (T, 3) from the upper bone's head; the bones end nearer or farther where it is out of reach.
        pole: (T, 3) direction to which the middle joint bends.
        upper, lower: lengths.
        nearest, farthest: distances between which the bones end.
    """
    distance = np.linalg.norm(goal, axis=-1, keepdims=True)
    along = goal / np.maximum(distance, 1e-6)
    distance = np.clip(distance, nearest, farthest)
    cosine = np.clip((upper**2 + distance**2 - lower**2) / (2 * upper * distance), -1.0, 1.0)
    first = upper * (cosine * along + np.sqrt(1 - cosine**2) * perpendicular(pole, along))
    return first, along * distance - first


def reach_with_leg(
    places: np.ndarray, turns: np.ndarray, offsets: np.ndarray, side: str, ankle: np.ndarray, twist: np.ndarray
) -> np.ndarray:
    """World orientations (T, 3, 3, 3) of hip, knee and ankle that bring an ankle to a place.

    The knee bends about its own axis, the hip points the leg by the smallest turn. Near full length the leg lags behind its goal;
    out of reach it points there. A leg that is straighter already and is not asked for more stays as it is.

    Args:
        places: (T, J, 3) world joint positions, metres, with the pelvis where it is to stay.
        turns: (T, J, 3, 3) world joint orientations.
        offsets: (J, 3) rest offsets, metres.
        side: "left" or "right".
        ankle: (T, 3) where the ankle should be.
        twist: (T,) radians by which the foot turns about the vertical; else it keeps its orientation in the world.
    """
    hip, knee, foot = (INDEX[f"{side}_{joint}"] for joint in ("hip", "knee", "ankle"))
    thigh, shin = places[:, knee] - places[:, hip], places[:, foot] - places[:, knee]
    a, b = np.linalg.norm(offsets[knee]), np.linalg.norm(offsets[foot])
    leg, goal = thigh + shin, ankle - places[:, hip]
    before = np.linalg.norm(leg, axis=-1)
    distance = np.maximum(_within_reach(before, np.linalg.norm(goal, axis=-1), STRAIGHTEST * (a + b)), abs(a - b) + 1e-3)
    bend = _bend_angle(distance, a, b) - _bend_angle(before, a, b)
    bent = about_axis(_knee_axis(thigh, shin, turns[:, hip]), bend)
    pointed = shortest_turn(thigh + np.einsum("tij,tj->ti", bent, shin), goal)
    about_y = about_axis(np.broadcast_to([0.0, 1.0, 0.0], goal.shape), twist)
    return np.stack([pointed @ turns[:, hip], pointed @ bent @ turns[:, knee], about_y @ turns[:, foot]], axis=1)


def _within_reach(before: np.ndarray, wanted: np.ndarray, longest: float) -> np.ndarray:
    """(T,) the distance ``wanted`` if the leg reaches it; near full length it lags behind.

    A hard limit would stop the knee all at once."""
    more, room = wanted - before, np.maximum(longest - before, 1e-4)
    return before + np.where(more > 0, room * -np.expm1(-np.maximum(more, 0.0) / room), more)


def _bend_angle(distance: np.ndarray, a: float, b: float) -> np.ndarray:
    """(T,) radians by which a knee is bent when hip and ankle are so far apart; 0 when straight."""
    return np.pi - np.arccos(np.clip((a * a + b * b - distance**2) / (2 * a * b), -1.0, 1.0))


def _knee_axis(thigh: np.ndarray, shin: np.ndarray, hip: np.ndarray) -> np.ndarray:
    """(T, 3) unit axis about which the shin bends back.

    The axis of a nearly straight leg is mostly noise, so the thigh's X, about which SMPL-X knees bend, is mixed in."""
    axis, across = np.cross(thigh, shin), hip[:, :, 0]
    length = np.linalg.norm(axis, axis=-1, keepdims=True)
    bones = np.linalg.norm(thigh, axis=-1, keepdims=True) * np.linalg.norm(shin, axis=-1, keepdims=True)
    sure = np.clip(length / (0.1 * bones), 0, 1)
    return unit(sure * axis / np.maximum(length, 1e-9) + (1 - sure) * across)
