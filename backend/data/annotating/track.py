"""Measurements of a clip: the main joints of any rig, travel, turning and limbs.

Positions are scaled to legs of 0.80 m, so that speeds of people and game figures compare. Left and right come from joint names,
never from an assumed facing. `measured` turns the numbers into keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...motion.rig import detect
from ...motion.rig_maps import rig_maps
from ..sources.clips import load_clip

FPS = 30
LEGS = 0.80  # metres from hip to ankle along the bones, of every track
SIDES = ("left", "right")
_LIMBS = ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")
_JOINTS = ("pelvis", "head", *(f"{side}_{joint}" for side in SIDES for joint in _LIMBS))


@dataclass(frozen=True)
class Track:
    """Joints of one clip by SMPL-X name, (T, 3) metres, Y up, lowest ankle at y = 0."""

    joints: dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.joints["pelvis"])

    @cached_property
    def left(self) -> np.ndarray:
        """(T, 3) horizontal unit vector to the character's left."""
        across = self.joints["left_hip"] - self.joints["right_hip"]
        across = across + 0.5 * (self.joints["left_shoulder"] - self.joints["right_shoulder"])
        across = across * np.array([1.0, 0.0, 1.0])
        return across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)

    @cached_property
    def forward(self) -> np.ndarray:
        """(T, 3) horizontal unit vector the body faces."""
        return np.cross(self.left, [0.0, 1.0, 0.0])

    @cached_property
    def heading(self) -> np.ndarray:
        """(T,) unwrapped, smoothed facing angle in degrees; growing means turning left."""
        angle = np.unwrap(np.arctan2(self.forward[:, 0], self.forward[:, 2]))
        return np.degrees(gaussian_filter1d(angle, 6, mode="nearest"))

    @cached_property
    def velocity(self) -> np.ndarray:
        """(T, 2) smoothed root velocity in the heading frame, m/s: forward, left."""
        root = gaussian_filter1d(self.joints["pelvis"], 5, axis=0, mode="nearest")
        speed = np.gradient(root, axis=0) * FPS if len(self) > 1 else np.zeros_like(root)
        angle = np.radians(self.heading)
        ahead = np.stack([np.sin(angle), 0 * angle, np.cos(angle)], 1)
        aside = np.stack([np.cos(angle), 0 * angle, -np.sin(angle)], 1)
        return np.stack([(speed * ahead).sum(1), (speed * aside).sum(1)], 1)

    @cached_property
    def speed(self) -> np.ndarray:
        """(T,) horizontal root speed, m/s."""
        return np.linalg.norm(self.velocity, axis=1)

    @cached_property
    def feet_height(self) -> np.ndarray:
        """(T, 2) ankle heights above the lowest ankle of the clip, left and right."""
        return np.stack([self.joints[f"{side}_ankle"][:, 1] for side in SIDES], 1)

    @cached_property
    def root_height(self) -> np.ndarray:
        """(T,) height of the pelvis above the lowest ankle."""
        return self.joints["pelvis"][:, 1]

    def travel(self, start: int, end: int) -> tuple[float, float]:
        """Net displacement (forward, left) over frames start..end, in metres.

        In the frame of the mean heading.
        """
        moved = self.joints["pelvis"][end - 1] - self.joints["pelvis"][start]
        angle = np.radians(np.mean(self.heading[start:end]))
        return (
            float(moved @ [np.sin(angle), 0.0, np.cos(angle)]),
            float(moved @ [np.cos(angle), 0.0, -np.sin(angle)]),
        )

    def turned(self, start: int, end: int) -> float:
        """Change of facing over frames start..end, degrees; positive = to the left."""
        return float(self.heading[end - 1] - self.heading[start])

    def limb_speed(self, joint: str) -> np.ndarray:
        """(T,) speed of a joint relative to the pelvis, m/s."""
        local = gaussian_filter1d(self.joints[joint] - self.joints["pelvis"], 1.0, axis=0, mode="nearest")
        return np.linalg.norm(np.gradient(local, axis=0), axis=1) * FPS if len(self) > 1 else np.zeros(len(self))

    def raised(self, side: str) -> np.ndarray:
        """(T,) height of a wrist above its shoulder, metres."""
        return self.joints[f"{side}_wrist"][:, 1] - self.joints[f"{side}_shoulder"][:, 1]

    @cached_property
    def flights(self) -> list[tuple[int, int]]:
        """(start, end) frames with both ankles off the ground, for at least 0.1 s."""
        low = np.percentile(self.feet_height, 5, axis=0)
        return runs(((self.feet_height - low) > 0.07).all(1), 3)


def runs(mask: np.ndarray, shortest: int = 1) -> list[tuple[int, int]]:
    """(start, end) of the runs of at least ``shortest`` true values in a boolean array (T,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= shortest]


def load_track(path: Path) -> Track:
    """The track of a clip `.npz` of a known rig.

    Raises UserError for an unknown rig or a broken file.
    """
    clip = load_clip(path)
    rig, found = detect(clip.names, list(rig_maps()))
    at = {joint: clip.positions[:, found[joint][0]] for joint in _JOINTS if joint in found}
    if rig.up == "Z":
        at = {joint: xyz[:, [0, 2, 1]] * [1.0, 1.0, -1.0] for joint, xyz in at.items()}
    legs = [
        np.median(np.linalg.norm(at[f"{side}_{a}"] - at[f"{side}_{b}"], axis=1))
        for side in SIDES
        for a, b in (("hip", "knee"), ("knee", "ankle"))
    ]
    scale = LEGS / (sum(legs) / 2)
    floor = min(np.percentile(at[f"{side}_ankle"][:, 1], 2) for side in SIDES)
    return Track({joint: (xyz - [0.0, floor, 0.0]) * scale for joint, xyz in at.items()})
