"""Arm poses from directions of elbow and palm, and from places of the hand.

Everything is worked out for the left arm in the frame of the chest (x outward, y up, z forward) and mirrored
for the right. Rest is a T-pose with the palm down, so the crease of the elbow looks forward (+z) and the palm to -y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from backend.motion.body import default_body
from backend.motion.rotations import perpendicular, shortest_turn, unit
from backend.motion.skeleton import INDEX
from backend.motion.two_bone import reach_with_pole

from .curves import about

Vector = np.ndarray | tuple[float, float, float]

_REST = default_body().rest_positions()
_CHEST = _REST[INDEX["spine3"]]
_COLLAR = _REST[INDEX["left_collar"]]
_SHOULDER = default_body().offsets[INDEX["left_shoulder"]]
UPPER_ARM = float(np.linalg.norm(default_body().offsets[INDEX["left_elbow"]]))
FOREARM = float(np.linalg.norm(default_body().offsets[INDEX["left_wrist"]]))
_ELBOW, _WRIST = (default_body().offsets[INDEX[f"left_{name}"]] for name in ("elbow", "wrist"))
CONTACTS = {  # points of a relaxed hand in the frame of its wrist, metres: what lies on a surface
    "fingertips": np.array([0.163, -0.050, 0.004]),
    "palm": np.array([0.082, -0.022, -0.002]),
    "back": np.array([0.070, 0.016, 0.0]),
    "thumb": np.array([0.090, -0.022, 0.072]),
}
MAX_TWIST = 80.0  # degrees the forearm pronates or supinates from the rest pose
MAX_WRIST = 65.0  # degrees between forearm and hand


@dataclass(frozen=True)
class ArmPose:
    """Local rotations (N,) of one left arm; N = 1 for a key pose, T for a continuous path."""

    collar: Rotation
    shoulder: Rotation
    elbow: Rotation
    wrist: Rotation


def arm(upper: Vector, fore: Vector, palm: Vector, hand: Vector | None = None, lift: float = 0.0) -> ArmPose:
    """The pose whose upper arm, forearm and hand point along the given directions.

    Args:
        upper, fore: (3,) or (N, 3) directions of upper arm and forearm; they must differ by the bend of the elbow.
        palm: direction the palm faces; kept as far as the forearm can twist.
        hand: direction of the fingers; along the forearm when None.
        lift: extra degrees the shoulder girdle is raised (a shrug).
    """
    upper, fore, palm = (unit(np.atleast_2d(np.asarray(v, dtype=float))) for v in (upper, fore, palm))
    fingers = fore if hand is None else unit(np.atleast_2d(np.asarray(hand, dtype=float)))
    upper, fore, palm, fingers = np.broadcast_arrays(upper, fore, palm, fingers)
    collar = _collar(upper, lift)
    crease = perpendicular(fore, upper)
    hinge = np.cross(crease, upper)
    upper_frame = _frame(upper, hinge, crease)
    straight_fore = _frame(fore, hinge, np.cross(fore, hinge))
    fingers = _limit(fingers, fore, MAX_WRIST)
    back = perpendicular(-palm, fingers)
    hand_frame = _frame(fingers, back, np.cross(fingers, back))

    relative = straight_fore.inv() * hand_frame  # swing of the wrist after the twist of the forearm
    twist = np.clip(_twist_about_x(relative), -MAX_TWIST, MAX_TWIST)
    swing = _swing_from_x(straight_fore.inv().apply(fingers))
    hand_frame = straight_fore * swing * about("x", twist)
    fore_frame = straight_fore * about("x", twist / 2)  # half of it lives in each joint
    return ArmPose(collar, collar.inv() * upper_frame, upper_frame.inv() * fore_frame, fore_frame.inv() * hand_frame)


def reach(wrist: Vector, elbow: Vector, palm: Vector, hand: Vector | None = None, lift: float = 0.0) -> ArmPose:
    """The pose that brings the wrist to a point, with the elbow towards ``elbow``.

    Args:
        wrist: (3,) or (N, 3) metres, as if the chest stood upright over the origin in the rest pose (the head is
            near y = 1.57, shoulders near x = 0.17, y = 1.43); out of reach means a nearly straight arm that way.
        elbow: direction the elbow is drawn to.
    """
    wrist = np.atleast_2d(np.asarray(wrist, dtype=float))
    pull = np.broadcast_to(np.asarray(elbow, dtype=float), wrist.shape)
    upper = unit(wrist - _COLLAR)
    for _ in range(3):  # the shoulder girdle follows the arm and the arm starts at the girdle: a few rounds settle it
        shoulder = _COLLAR + _collar(upper, lift).apply(_SHOULDER)
        limits = abs(UPPER_ARM - FOREARM) + 0.05, 0.995 * (UPPER_ARM + FOREARM)
        upper_arm, fore = reach_with_pole(wrist - shoulder, pull, UPPER_ARM, FOREARM, *limits)
        upper = unit(upper_arm)
    return arm(upper, fore, palm, hand, lift)


def touch(point: Vector, elbow: Vector, palm: Vector, hand: Vector, contact: str = "fingertips", lift: float = 0.0) -> ArmPose:
    """The pose that brings a part of the hand, one of CONTACTS, to a point; else like `reach`."""
    point, on_hand = np.atleast_2d(np.asarray(point, dtype=float)), CONTACTS[contact]
    wrist = point - unit(np.atleast_2d(np.asarray(hand, dtype=float))) * on_hand[0]
    for _ in range(5):  # the hand turns only as far as the wrist bends: what it misses by moves the wrist
        pose = reach(wrist, elbow, palm, hand, lift)
        wrist = wrist + point - place_on_hand(pose, on_hand)
    return reach(wrist, elbow, palm, hand, lift)


def place_on_hand(pose: ArmPose, on_hand: np.ndarray) -> np.ndarray:
    """(N, 3) where a point of the hand is, in the frame of `reach`."""
    upper = pose.collar * pose.shoulder
    fore = upper * pose.elbow
    return (
        _COLLAR + pose.collar.apply(_SHOULDER) + upper.apply(_ELBOW) + fore.apply(_WRIST) + (fore * pose.wrist).apply(on_hand)
    )


def relaxed(rng: np.random.Generator) -> ArmPose:
    """An arm hanging at the side, slightly bent, palm to the thigh; each take differs."""
    out, bend = rng.uniform(0.09, 0.2), rng.uniform(0.16, 0.4)
    back = rng.uniform(-0.10, 0.04)
    return arm((out, -1.0, back), (out * 0.55, -1.0, back + bend), (-1.0, 0.0, rng.uniform(-0.35, 0.0)))


def mirrored(rotation: Rotation) -> Rotation:
    """The same rotation on the other side of the plane x = 0."""
    return Rotation.from_quat(rotation.as_quat() * np.array([1.0, -1.0, -1.0, 1.0]))


def _collar(upper: np.ndarray, lift: float) -> Rotation:
    """Shoulder-girdle rotation for an upper-arm direction: a share of its elevation."""
    elevation = np.degrees(np.arcsin(np.clip(upper[:, 1], -1, 1)))  # -90 hanging, 0 level, 90 overhead
    up = 28.0 * np.clip((elevation + 55.0) / 140.0, 0.0, 1.0) ** 1.4 + lift
    forward = 10.0 * np.clip(upper[:, 2], -0.6, 1.0) + 8.0 * np.clip(-upper[:, 0], 0.0, 1.0)
    return Rotation.from_euler("zy", np.stack([up, -forward], axis=-1), degrees=True)


def _frame(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> Rotation:
    return Rotation.from_matrix(np.stack([x, y, z], axis=-1))


def _limit(v: np.ndarray, axis: np.ndarray, degrees: float) -> np.ndarray:
    """``v`` turned towards ``axis`` until they are at most ``degrees`` apart."""
    angle = np.arccos(np.clip((v * axis).sum(-1, keepdims=True), -1, 1))
    bounded = np.minimum(angle, np.radians(degrees))
    return np.where(angle > 1e-4, np.cos(bounded) * axis + np.sin(bounded) * perpendicular(v, axis), axis)


def _twist_about_x(rotation: Rotation) -> np.ndarray:
    """(N,) degrees of the part of each rotation about its own x axis."""
    q = rotation.as_quat()
    angle = np.degrees(2 * np.arctan2(q[:, 0], q[:, 3]))
    return (angle + 180.0) % 360.0 - 180.0


def _swing_from_x(direction: np.ndarray) -> Rotation:
    """Shortest rotations (N,) that carry +x to each direction."""
    return Rotation.from_matrix(shortest_turn(np.array([1.0, 0.0, 0.0]), direction))
