"""Two-bone inverse kinematics, written once for the whole add-on. Only numpy.

Two bones of the lengths a and b reach for a goal at the distance d of the upper bone's head. The law of cosines gives
the angle between them, so only the direction in which the middle joint bends is left to choose:

- `reach_with_pole` bends towards a pole, as Blender's solver does with the bones of `ik.controls`;
- `reach_with_leg` keeps the axis about which the knee is bent already, as the foot lock needs.

The backend's twin is `backend/motion/two_bone.py`; `tests/test_twins.py` holds both to the same numbers.
"""

from __future__ import annotations

import numpy as np

from .body import Skeleton
from .coordinates import quaternions_from_rotation_vectors
from .quaternions import about_y, conjugate, multiply, normalized, rotate, shortest_turn

_STRAIGHTEST = 0.9995  # of the leg's length; the knee never locks
_TINY = 1e-12


def reach_with_pole(
    start: np.ndarray, goal: np.ndarray, pole: np.ndarray, upper: float, lower: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place two bones that reach for a goal and bend towards a pole.

    Args:
        start, goal, pole: (T, 3) upper bone's head, where the lower bone's tail should be, and the side of the bend.
        upper, lower: lengths.

    Returns:
        (T, 3) the middle joint, and (T, 3, 3) orientations of the two bones: Y along the bone, X the common hinge.
    """
    way = goal - start
    distance = _length(way)
    line = way / np.maximum(distance, 1e-9)
    reach = np.clip(distance, abs(upper - lower) + 1e-6, upper + lower)
    along = (upper**2 - lower**2 + reach**2) / (2 * reach)
    off = np.sqrt(np.maximum(upper**2 - along**2, 0.0))
    toward = perpendicular(pole - start, line)
    middle = start + along * line + off * toward
    hinge = np.cross(line, toward)
    end = start + reach * line
    return middle, _hinged(middle - start, hinge), _hinged(end - middle, hinge)


def perpendicular(vectors: np.ndarray, line: np.ndarray) -> np.ndarray:
    """(T, 3) unit directions of ``vectors`` without their part along the unit ``line``."""
    rest = vectors - line * (vectors * line).sum(-1, keepdims=True)
    return rest / np.maximum(_length(rest), _TINY)


def _hinged(along: np.ndarray, hinge: np.ndarray) -> np.ndarray:
    """(T, 3, 3) orientation of a bone: X the hinge, Y along the bone."""
    y = along / np.maximum(_length(along), _TINY)
    return np.stack([hinge, y, np.cross(hinge, y)], axis=-1)


def leg_joints(side: str, skeleton: Skeleton) -> tuple[int, int, int]:
    """Rows of hip, knee and ankle; ``side`` is "left" or "right"."""
    hip, knee, ankle = (skeleton.index(f"{side}_{name}") for name in ("hip", "knee", "ankle"))
    return hip, knee, ankle


def reach_with_leg(
    rotations: np.ndarray, pelvis: np.ndarray, ankle: np.ndarray, twist: np.ndarray, side: str, skeleton: Skeleton
) -> np.ndarray:
    """Bring an ankle to a place by bending the knee about its own axis and turning the hip.

    The hip's turn is the smallest that points the leg there.

    Near full length the leg lags behind its goal; out of reach it points there.

    Args:
        rotations: (T, J, 4) local quaternions wxyz.
        pelvis: (T, 3) its position, metres.
        ankle: (T, 3) where the ankle should be.
        twist: (T,) radians by which the foot turns about the vertical; else it keeps its orientation in the world.

    Returns:
        (T, 3, 4) new local rotations of hip, knee and ankle.
    """
    hip, knee, foot = leg_joints(side, skeleton)
    thigh, shin = skeleton.offsets[knee], skeleton.offsets[foot]
    root = rotations[:, 0]
    at_hip = pelvis + rotate(root, np.broadcast_to(skeleton.offsets[hip], pelvis.shape))
    turned_hip = multiply(root, rotations[:, hip])
    turned_knee = multiply(turned_hip, rotations[:, knee])
    turned_foot = multiply(about_y(twist), multiply(turned_knee, rotations[:, foot]))

    # In the thigh's space: the shin turned by the knee, and the distance from hip to ankle that goes with it.
    folded = rotate(rotations[:, knee], np.broadcast_to(shin, pelvis.shape))
    a, b = float(np.linalg.norm(thigh)), float(np.linalg.norm(shin))
    wanted = ankle - at_hip
    before = np.linalg.norm(thigh + folded, axis=-1)
    distance = np.maximum(_within_reach(before, np.linalg.norm(wanted, axis=-1), a + b), abs(a - b) + 1e-3)
    now = _angle_between(np.broadcast_to(-thigh, folded.shape), folded)
    then = np.arccos(np.clip((a * a + b * b - distance**2) / (2 * a * b), -1.0, 1.0))
    axis = _knee_axis(np.broadcast_to(-thigh, folded.shape), folded)
    new_knee = multiply(quaternions_from_rotation_vectors(axis * (then - now)[:, None]), rotations[:, knee])

    # The leg, now of the right length, is turned to where it should point.
    leg = rotate(turned_hip, thigh + rotate(new_knee, np.broadcast_to(shin, pelvis.shape)))
    new_turned_hip = multiply(shortest_turn(leg, wanted), turned_hip)
    new_hip = multiply(conjugate(root), new_turned_hip)
    new_foot = multiply(conjugate(multiply(new_turned_hip, new_knee)), turned_foot)
    return normalized(np.stack([new_hip, new_knee, new_foot], axis=1))


def _within_reach(before: np.ndarray, wanted: np.ndarray, length: float) -> np.ndarray:
    """(T,) the distance ``wanted``, which the leg falls short of more and more near full length.

    A hard limit would stop the knee all at once. Measured from the distance ``before``, so that a leg that was straight
    already and is not moved stays as it is.
    """
    more = wanted - before
    room = np.maximum(_STRAIGHTEST * length - before, 1e-4 * length)
    return before + np.where(more > 0, room * -np.expm1(-np.maximum(more, 0.0) / room), more)


def _angle_between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(T,) angle between vectors."""
    return np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), (a * b).sum(-1))


def _knee_axis(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(T, 3) unit axis about which ``b`` opens away from ``a``.

    The axis of a nearly straight leg is mostly noise, so X, about which SMPL-X knees bend, is mixed in.
    """
    axis = np.cross(a, b)
    length = _length(axis)
    unsure = np.clip(1.0 - length / (0.1 * _length(a) * _length(b)), 0, 1)
    axis = axis / np.maximum(length, 1e-9) * (1 - unsure) + np.array([-1.0, 0.0, 0.0]) * unsure
    return axis / np.maximum(_length(axis), 1e-9)


def _length(vectors: np.ndarray) -> np.ndarray:
    """(T, 1) Euclidean length."""
    return np.linalg.norm(vectors, axis=-1, keepdims=True)
