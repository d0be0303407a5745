"""Where a hand is on the body: fingertips and palms in frames of head, chest and hips.

A frame is seen from the hand's own side: x away from the middle of the body, y up, z forward.
"""

from __future__ import annotations

import numpy as np

from .signals import Signals, true_runs
from .verdict import Measurement, Verdict, all_hold

OTHER = {"left": "right", "right": "left"}
Place = tuple[float, float, float]
_EYES = (0.055, 0.075)  # metres of the eyes above and in front of the head joint in the default body


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def body_frame(s: Signals, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Origin (T, 3) and axes (T, 3, 3: left, up, forward) of "head", "chest" or "hips"."""
    if name == "head":
        left = _unit(s["left_eye_smplhf"] - s["right_eye_smplhf"])
        face = _unit((s["left_eye_smplhf"] + s["right_eye_smplhf"]) / 2 - s["head"])
        upright = np.cross(face, left)
        high, ahead = np.array(_EYES) / np.hypot(*_EYES)
        return s["head"], np.stack([left, high * face + ahead * upright, ahead * face - high * upright], axis=1)
    if name == "chest":
        left, up, origin = _unit(s["left_collar"] - s["right_collar"]), _unit(s["neck"] - s["spine2"]), s["spine3"]
    else:
        left, up, origin = _unit(s["left_hip"] - s["right_hip"]), _unit(s["spine1"] - s["pelvis"]), s["pelvis"]
    forward = _unit(np.cross(left, up))
    return origin, np.stack([left, np.cross(forward, left), forward], axis=1)


def face_angles(s: Signals) -> tuple[np.ndarray, np.ndarray]:
    """(T,) degrees the face is down, and to the left of where the pelvis faces."""
    forward = body_frame(s, "head")[1][:, 2]
    yaw = np.degrees(np.unwrap(np.arctan2(forward[:, 0], forward[:, 2]) - s.heading))
    return -np.degrees(np.arcsin(np.clip(forward[:, 1], -1, 1))), yaw - 360 * np.round(yaw / 360)


def hand_place(s: Signals, side: str, frame: str, part: str = "tips") -> np.ndarray:
    """(T, 3) metres of the "tips", the "palm" or the "wrist" of a hand in a frame of the body."""
    joints = {"tips": ("index3", "middle3"), "palm": ("wrist", "middle1"), "wrist": ("wrist",)}[part]
    point = sum(s[f"{side}_{joint}"] for joint in joints) / len(joints)
    origin, axes = body_frame(s, frame)
    local = np.einsum("tij,tj->ti", axes, point - origin)
    return local * ((1, 1, 1) if side == "left" else (-1, 1, 1))


def near(s: Signals, side: str, frame: str, place: Place, radius: float, part: str = "tips") -> np.ndarray:
    """(T,) whether a part of a hand is within ``radius`` metres of a place."""
    return np.linalg.norm(hand_place(s, side, frame, part) - np.asarray(place), axis=-1) < radius


def longest(s: Signals, mask: np.ndarray) -> float:
    """Seconds of the longest stretch of True."""
    return max((b - a for a, b in true_runs(mask)), default=0) / s.fps


def hand_on(
    s: Signals, frame: str, place: Place, radius: float, part: str = "tips", side: str = "", both: bool = False, least: float = 0.3
) -> Verdict:
    """A hand rests at a place for ``least`` seconds: that of ``side``, any hand, or both."""
    at = {d: near(s, d, frame, place, radius, part) for d in OTHER}
    if both:
        return all_hold(("both_s", longest(s, at["left"] & at["right"]), ">=", least))
    held = {d: longest(s, mask) for d, mask in at.items()}
    if side:
        return all_hold(("held_s", held[side], ">=", least), ("other_hand_s", held[OTHER[side]], "<=", 0.2))
    return all_hold(("held_s", max(held.values()), ">=", least))


def on(frame: str, place: Place, radius: float, part: str = "tips", **options) -> Measurement:
    """`hand_on` as a measurement that takes a side: ``on(...)(s)``, ``on(...)(s, side="left")``."""

    def measure(s: Signals, side: str = options.get("side", "")) -> Verdict:
        return hand_on(s, frame, place, radius, part, **{**options, "side": side})

    return measure
