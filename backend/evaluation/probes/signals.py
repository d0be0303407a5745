"""What measurements look at: joint positions, headings, and simple quantities of them.

Facing is the pelvis' lateral axis turned by 90 degrees. "Lift" of a foot is height above where it stands. All lengths
are metres of the default body, all times seconds. Judging is the other modules' business.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.ndimage import gaussian_filter1d

from backend.motion.body import default_body
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX, MIRROR

STANDING = default_body().standing_pelvis_height
ARM = float(sum(np.linalg.norm(default_body().offsets[INDEX[n]]) for n in ("left_elbow", "left_wrist")))
_REST = default_body().rest_positions()
_BALL = float(_REST[INDEX["left_foot"], 1])
_ANKLE = float(_REST[INDEX["left_ankle"], 1])


class Signals:
    """A motion at 30 fps; made of a `Motion`, or of positions (T, J, 3) with headings (T,)."""

    def __init__(
        self, motion: Motion | None = None, *, positions: np.ndarray | None = None, heading: np.ndarray | None = None
    ) -> None:
        if motion is not None:
            motion = motion.resampled(30.0)
            positions, heading = motion.positions(), np.unwrap(motion.headings())
        self.positions, self.heading, self.fps = positions.astype(float), heading.astype(float), 30.0
        low = np.percentile(np.minimum(self["left_foot"][:, 1], self["right_foot"][:, 1]), 20) - _BALL
        self.floor = float(np.clip(low, -0.12, 0.12))  # a motion that floats or sinks a little is still judged fairly

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, joint: str) -> np.ndarray:
        """(T, 3) world path of a joint."""
        return self.positions[:, INDEX[joint]]

    def part(self, start: int, end: int) -> Signals:
        """Frames start..end-1."""
        return Signals(positions=self.positions[start:end], heading=self.heading[start:end])

    @cached_property
    def mirrored(self) -> Signals:
        """The same motion with left and right exchanged."""
        return Signals(positions=self.positions[:, list(MIRROR)] * np.array([-1.0, 1.0, 1.0]), heading=-self.heading)

    @property
    def seconds(self) -> float:
        return len(self) / self.fps

    def smooth(self, values: np.ndarray, seconds: float) -> np.ndarray:
        """Gaussian smoothing along time."""
        return gaussian_filter1d(values, seconds * self.fps, axis=0, mode="nearest")

    def speed(self, values: np.ndarray) -> np.ndarray:
        """Rate of change a second, same shape."""
        return np.gradient(values, axis=0) * self.fps if len(values) > 1 else np.zeros_like(values)

    # ---- where the body is and where it goes -------------------------------------------------------------------------

    @cached_property
    def path(self) -> np.ndarray:
        """(T, 2) smoothed floor path of the pelvis: x, z."""
        return self.smooth(self["pelvis"][:, [0, 2]], 0.12)

    @cached_property
    def path_length(self) -> float:
        return float(np.linalg.norm(np.diff(self.path, axis=0), axis=-1).sum())

    @cached_property
    def pace(self) -> np.ndarray:
        """(T,) speed of the pelvis along the floor, m/s, smoothed over a step."""
        return np.linalg.norm(self.speed(self.smooth(self["pelvis"][:, [0, 2]], 0.25)), axis=-1)

    @cached_property
    def travel(self) -> tuple[float, float]:
        """Net displacement along and to the left of the first heading."""
        return self._along(self.path[-1] - self.path[0], self.heading[: min(5, len(self))].mean())

    @cached_property
    def gone_as_faced(self) -> tuple[float, float]:
        """Metres gone forward and to the left in the body's own frame; backward is negative."""
        steps = np.diff(self.path, axis=0)
        facing = self.heading[:-1]
        forward = steps[:, 0] * np.sin(facing) + steps[:, 1] * np.cos(facing)
        left = steps[:, 0] * np.cos(facing) - steps[:, 1] * np.sin(facing)
        return float(forward.sum()), float(left.sum())

    @staticmethod
    def _along(step: np.ndarray, heading: float) -> tuple[float, float]:
        return (
            float(step[0] * np.sin(heading) + step[1] * np.cos(heading)),
            float(step[0] * np.cos(heading) - step[1] * np.sin(heading)),
        )

    @cached_property
    def pelvis_height(self) -> np.ndarray:
        """(T,) share of the standing height: 1 upright, about 0.5 on a chair, 0.15 lying."""
        return (self["pelvis"][:, 1] - self.floor) / STANDING

    @cached_property
    def turned(self) -> float:
        """Net change of heading in degrees, left positive, smoothed over the swing of the hips."""
        heading = self.smooth(self.heading, 0.15)
        return float(np.degrees(heading[-1] - heading[0]))

    @cached_property
    def lean(self) -> np.ndarray:
        """(T,) degrees between the trunk (pelvis to neck) and the vertical."""
        trunk = self["neck"] - self["pelvis"]
        return np.degrees(np.arccos(np.clip(trunk[:, 1] / np.linalg.norm(trunk, axis=-1), -1, 1)))

    @cached_property
    def bend(self) -> np.ndarray:
        """(T,) degrees the trunk leans towards where the pelvis faces; negative is backward."""
        trunk = self["neck"] - self["pelvis"]
        forward = trunk[:, 0] * np.sin(self.heading) + trunk[:, 2] * np.cos(self.heading)
        return np.degrees(np.arctan2(forward, trunk[:, 1]))

    # ---- limbs -------------------------------------------------------------------------------------------------------

    def seen_from(self, joint: str, origin: str) -> np.ndarray:
        """(T, 3) a joint relative to another in the heading frame: left, up, forward."""
        d = self[joint] - self[origin]
        sine, cosine = np.sin(self.heading), np.cos(self.heading)
        return np.stack([d[:, 0] * cosine - d[:, 2] * sine, d[:, 1], d[:, 0] * sine + d[:, 2] * cosine], axis=-1)

    def lift(self, side: str) -> np.ndarray:
        """(T,) metres the whole foot is off the floor: the lower of ball and ankle over its rest."""
        ball, ankle = self[f"{side}_foot"][:, 1] - _BALL, self[f"{side}_ankle"][:, 1] - _ANKLE
        return np.minimum(ball, ankle) - self.floor

    def knee_bend(self, side: str) -> np.ndarray:
        """(T,) degrees, 0 for a straight leg."""
        thigh, shin = self[f"{side}_knee"] - self[f"{side}_hip"], self[f"{side}_ankle"] - self[f"{side}_knee"]
        cosine = (thigh * shin).sum(-1) / (np.linalg.norm(thigh, axis=-1) * np.linalg.norm(shin, axis=-1))
        return np.degrees(np.arccos(np.clip(cosine, -1, 1)))

    def thigh_raise(self, side: str) -> np.ndarray:
        """(T,) degrees of the thigh from hanging straight down; 90 is level."""
        thigh = self[f"{side}_knee"] - self[f"{side}_hip"]
        return np.degrees(np.arccos(np.clip(-thigh[:, 1] / np.linalg.norm(thigh, axis=-1), -1, 1)))

    def stretch(self, side: str) -> np.ndarray:
        """(T,) distance from shoulder to wrist as a share of the straight arm."""
        return np.linalg.norm(self[f"{side}_wrist"] - self[f"{side}_shoulder"], axis=-1) / ARM

    def airborne(self, least: float = 0.03) -> list[tuple[int, int]]:
        """Stretches of frames in which both feet are more than ``least`` off the floor."""
        return true_runs(np.minimum(self.lift("left"), self.lift("right")) > least)


def head_angles(s: Signals) -> np.ndarray:
    """(T, 2) degrees of the face against the chest: pitch (down positive), yaw (left positive).

    The face direction is from the head joint to between the eyes, the chest's from its two shoulders and the spine.
    """
    face = (s["left_eye_smplhf"] + s["right_eye_smplhf"]) / 2 - s["head"]
    left = s["left_shoulder"] - s["right_shoulder"]
    left /= np.linalg.norm(left, axis=-1, keepdims=True)
    up = s["neck"] - s["spine2"]
    up -= (up * left).sum(-1, keepdims=True) * left
    up /= np.linalg.norm(up, axis=-1, keepdims=True)
    forward = np.cross(left, up)
    x, y, z = ((face * axis).sum(-1) for axis in (left, up, forward))
    return np.degrees(np.stack([-np.arctan2(y, np.hypot(x, z)), np.arctan2(x, z)], axis=-1))


def true_runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """[start, end) of every stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def count_reversals(values: np.ndarray, least: float) -> int:
    """How many times a curve reverses after having moved at least ``least`` (its zigzag count)."""
    count, direction, extreme = 0, 0, float(values[0])
    low = high = float(values[0])
    for value in map(float, values[1:]):
        low, high = min(low, value), max(high, value)
        if direction == 0 and high - low >= least:
            direction, extreme = (1 if value == high else -1), value
        elif direction > 0:
            extreme = max(extreme, value)
            if extreme - value >= least:
                count, direction, extreme = count + 1, -1, value
        elif direction < 0:
            extreme = min(extreme, value)
            if value - extreme >= least:
                count, direction, extreme = count + 1, 1, value
    return count
