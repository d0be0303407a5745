"""Hands that are led along paths in the room, and tools that one hand or both hold.

`AuthoredTake` keys arms in the frame of the chest. Here a path of the palm is given in the room (x left, y up, z forward, metres,
the origin between the feet), and the arm is solved for it once the trunk has moved: two hands on a tool keep their distance
whatever hips and spine do, and a hand on a table stays on it. What a kind looks like is decided in the modules of the topics.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.spatial.transform import Rotation

from backend.motion.body import default_body
from backend.motion.rotations import perpendicular, unit
from backend.motion.skeleton import INDEX

from .arms import FOREARM, UPPER_ARM, ArmPose, Vector, mirrored, reach
from .curves import blur, ease, min_jerk
from .take import SIDES, AuthoredTake

PALM, THICKNESS = 0.085, 0.03  # metres: wrist to the middle of the palm, and from there to the axis of what is held
EYES = 1.62  # metres, standing
LONGEST_WORK = 5.6  # seconds: with the way there and back a take stays below nine
SIGN = {"left": 1.0, "right": -1.0}
_OFFSETS, _REST = default_body().offsets.astype(float), default_body().rest_positions().astype(float)
_MIRROR = np.array([-1.0, 1.0, 1.0])
_SHOULDERS = {side: _REST[INDEX[f"{side}_shoulder"]] - _REST[INDEX["spine3"]] for side in SIDES}
_ARM_REACH = 0.985 * (UPPER_ARM + FOREARM)  # the shoulder girdle gives the rest
_GIVE = 0.09  # metres a wrist may move from its path to bring the palm there
_SPINE = ("spine1", "spine2", "spine3")


@dataclass(frozen=True)
class Times:
    """Seconds at which hands set out, are at work, end it, are back, and at which the take ends."""

    lead: float
    start: float
    end: float
    back: float
    total: float

    @classmethod
    def around(cls, rng: np.random.Generator, work: float, rise: float = 0.65, fall: float = 0.75) -> Times:
        """Room for ``work`` seconds between a way there and a way back of about these lengths."""
        lead, tail = rng.uniform(0.15, 0.4), rng.uniform(0.3, 0.6)
        start = lead + rise * rng.uniform(0.85, 1.2)
        back = start + work + fall * rng.uniform(0.85, 1.2)
        return cls(lead, start, start + work, back, back + tail)

    @classmethod
    def throughout(cls, work: float) -> Times:
        """At work from the first frame to the last."""
        return cls(0.0, 0.0, work, work, work)


@dataclass(frozen=True)
class _Led:
    """A hand's path: wrist, palm, fingers, elbow (T, 3) and weight (T,)."""

    wrist: np.ndarray
    palm: np.ndarray
    fingers: np.ndarray
    elbow: np.ndarray
    weight: np.ndarray
    of_chest: bool


class LedTake(AuthoredTake):
    """A take whose hands follow paths between the times of its work.

    Attributes:
        times: see `Times`.
        on: (T,) 0..1, how far the body is at work.
    """

    def __init__(self, rng: np.random.Generator, times: Times, *, width: float = 1.0, idle: float = 1.0) -> None:
        super().__init__(rng, times.total, width=width, idle=idle)
        self.times = times
        always = times.start == 0.0
        edges = [(times.lead, 0.0), (times.start, 1.0), (times.end, 1.0), (times.back, 0.0)]
        self.on = np.ones(len(self.t)) if always else ease(self.t, edges)
        self._weight = self.on
        self._led: dict[str, list[_Led]] = {side: [] for side in SIDES}
        self._tied: list[dict[str, _Led]] = []

    # ---- the body --------------------------------------------------------------------------------------------------

    def stoop(self, degrees: np.ndarray | float, drop: np.ndarray | float = 0.0, yaw: np.ndarray | float = 0.0) -> None:
        """Bend the trunk over knees bent by metres and turn it; the hips go back for balance."""
        pitch, low, turn = (np.broadcast_to(np.asarray(v, dtype=float), self.t.shape) for v in (degrees, drop, yaw))
        self.tilt[:, 0] += 0.6 * pitch
        self.spine[:, 0] += 0.4 * pitch
        self.head[:, 0] -= 0.25 * pitch
        self.move[:, 1] -= low
        self.move[:, 2] -= 0.16 * np.sin(np.radians(pitch)) + 0.2 * low
        self.tilt[:, 1] += 0.4 * turn
        self.spine[:, 1] += 0.6 * turn

    def lean_to(self, x: np.ndarray | float, z: np.ndarray | float = 0.0) -> None:
        """Shift the weight by metres to the left and forward; the hip over the loaded foot rises."""
        side = np.broadcast_to(np.asarray(x, dtype=float), self.t.shape)
        self.move[:, 0] += side
        self.move[:, 2] += z
        self.tilt[:, 2] += 40.0 * side
        self.spine[:, 2] -= 34.0 * side

    def stagger(self, length: float, ahead: str = "left") -> None:
        """One foot ahead of the other by a length in metres, from the first frame on."""
        for side in SIDES:
            self.feet[side].place[:, 2] += (0.5 if side == ahead else -0.5) * length
        self.feet["right" if ahead == "left" else "left"].yaw += 14.0 * SIGN["right" if ahead == "left" else "left"]
        self.turn = np.zeros(len(self.t))

    def seat(self, height: float = 0.50, back: float = 0.36, knees: float = 6.0, slouch: float = 6.0) -> None:
        """Seated throughout, the pelvis at a height and behind the feet, metres."""
        self.move[:, 1] -= default_body().standing_pelvis_height - height
        self.move[:, 2] -= back
        self.tilt[:, 0] -= 6.0
        self.spine[:, 0] += slouch
        self.splay += knees
        self.hang[:] = 0.0

    def watch(self, point: Vector, weight: np.ndarray | float = 1.0, share: float = 0.8) -> None:
        """Turn the head to a point (3,) or (T, 3) in the room; after the trunk is keyed."""
        point = np.broadcast_to(np.asarray(point, dtype=float), (len(self.t), 3))
        eyes = np.array([0.0, EYES, 0.05]) + self.move * 0.9
        way = point - eyes
        across = np.hypot(way[:, 0], way[:, 2])
        yaw = np.degrees(np.arctan2(way[:, 0], np.maximum(way[:, 2], 0.05)))
        pitch = -np.degrees(np.arctan2(way[:, 1], np.maximum(across, 0.15)))
        turned, bent = self.tilt[:, 1] + self.spine[:, 1], self.tilt[:, 0] + self.spine[:, 0] + self.head[:, 0]
        self.head[:, 1] += weight * np.clip(share * (yaw - turned), -60, 60)
        self.head[:, 0] += weight * np.clip(share * (pitch - bent), -30, 38)

    # ---- the hands -------------------------------------------------------------------------------------------------

    def lead_palm(
        self,
        side: str,
        point: Vector,
        palm: Vector,
        fingers: Vector,
        elbow: Vector | None = None,
        weight: np.ndarray | None = None,
        of_chest: bool = False,
    ) -> None:
        """Lead the middle of a palm along points.

        Args:
            point, palm, fingers, elbow: (3,) or (T, 3): the palm's middle in the room, the way it faces, the way the fingers
                point, the way the elbow is drawn (down and outward by default).
            weight: (T,) 0..1, by default the hands' way to work and back.
            of_chest: all of them are as if the chest stood upright over the origin, and go along with it.
        """
        shape = (len(self.t), 3)
        pull = (0.7 * SIGN[side], -1.0, -0.25) if elbow is None else elbow
        point, palm, fingers, pull = (
            np.broadcast_to(np.asarray(v, dtype=float), shape).copy() for v in (point, palm, fingers, pull)
        )
        fingers = unit(fingers)
        palm = perpendicular(palm, fingers)
        wrist = point - PALM * fingers - THICKNESS * palm
        self._led[side].append(_Led(wrist, palm, fingers, pull, self._weight if weight is None else weight, of_chest))

    def grip(
        self,
        side: str,
        point: Vector,
        thumb: Vector,
        palm: Vector | None = None,
        slant: float = 25.0,
        elbow: Vector | None = None,
        weight: np.ndarray | None = None,
        of_chest: bool = False,
    ) -> None:
        """Close a hand around a stick at a point, the thumb along it.

        Args:
            palm: about the way the palm faces; by default the fingers go around the stick as the arm comes to it.
            slant: degrees the fingers lean to the thumb's end of the stick.
        """
        shape = (len(self.t), 3)
        along = unit(np.broadcast_to(np.asarray(thumb, dtype=float), shape))
        if palm is None:
            arm = np.broadcast_to(np.asarray(point, dtype=float), shape) - self._shoulder(side)
            facing = np.cross(perpendicular(arm, along), along) * SIGN[side]
        else:
            facing = perpendicular(np.broadcast_to(np.asarray(palm, dtype=float), shape), along)
        across = np.cross(along, facing) * SIGN[side]
        fingers = np.cos(np.radians(slant)) * across + np.sin(np.radians(slant)) * along
        self.lead_palm(side, point, facing, fingers, elbow, weight, of_chest)

    def hold(
        self, top: Vector, along: Vector, *hands: tuple[str, float, int], slant: float = 25.0, elbows: Vector | None = None
    ) -> None:
        """Hold a stick with hands at constant places.

        Args:
            top, along: (3,) or (T, 3) one end of the stick, and its direction from there to the other.
            hands: (side, metres from the top, 1 or -1 for the thumb to the other end or to the top).
            elbows: the way the left elbow is drawn, and mirrored the right.
        """
        along = unit(np.broadcast_to(np.asarray(along, dtype=float), (len(self.t), 3)))
        for side, place, thumb in hands:
            pull = None if elbows is None else np.asarray(elbows, dtype=float) * np.array([SIGN[side], 1.0, 1.0])
            self.grip(side, np.asarray(top) + place * along, thumb * along, None, slant, pull)
        self.tie()

    def tie(self) -> None:
        """Keep both hands' last paths at their distance: out of reach, both give way."""
        self._tied.append({side: self._led[side][-1] for side in SIDES})

    def _shoulder(self, side: str) -> np.ndarray:
        """(T, 3) about where a shoulder is in the room, before the take is solved."""
        turn = Rotation.from_euler(
            "YX", np.stack([(self.tilt + self.spine)[:, 1], (0.9 * self.tilt + 0.6 * self.spine)[:, 0]], -1), degrees=True
        )
        hip = self.ground() + self.move + np.array([0.0, default_body().standing_pelvis_height, 0.0])
        return hip + turn.apply(_REST[INDEX[f"{side}_shoulder"]] - _REST[INDEX["pelvis"]])

    def _place_arm(self, local: dict[str, Rotation], side: str) -> None:
        super()._place_arm(local, side)
        while self._tied:
            self._bring_within_reach(self._tied.pop(), local)
        for led in self._led[side]:
            wrist, palm, fingers, elbow = led.wrist, led.palm, led.fingers, led.elbow
            if not led.of_chest:
                place, turn = self._chest(local)
                wrist = turn.inv().apply(wrist - place) + _REST[INDEX["spine3"]]
                palm, fingers, elbow = (turn.inv().apply(v) for v in (palm, fingers, elbow))
            if side == "right":
                wrist, palm, fingers, elbow = (v * _MIRROR for v in (wrist, palm, fingers, elbow))
            pose = _palm_there(wrist, elbow, palm, fingers)
            for joint in ("collar", "shoulder", "elbow", "wrist"):
                goal = getattr(pose, joint)
                goal = goal if side == "left" else mirrored(goal)
                base = local[f"{side}_{joint}"]
                step = _without_jumps((base.inv() * goal).as_rotvec())
                local[f"{side}_{joint}"] = base * Rotation.from_rotvec(step * led.weight[:, None])

    def _bring_within_reach(self, hands: dict[str, _Led], local: dict[str, Rotation]) -> None:
        """Move both hands on a stick towards the shoulders where one would not reach it."""
        place, turn = self._chest(local)
        for _ in range(10):
            shift = np.zeros_like(place)
            for side, led in hands.items():
                way = led.wrist - place - turn.apply(_SHOULDERS[side])
                far = np.linalg.norm(way, axis=-1, keepdims=True)
                shift -= 0.6 * way / far * np.maximum(far - _ARM_REACH, 0.0)
            shift = blur(shift, 0.04)
            for led in hands.values():
                led.wrist[:] += shift

    def _chest(self, local: dict[str, Rotation]) -> tuple[np.ndarray, Rotation]:
        """Where the chest is in the room (T, 3), and its orientation (T,)."""
        place, turn = self.pelvis, local["pelvis"]
        for joint in _SPINE:
            place = place + turn.apply(_OFFSETS[INDEX[joint]])
            turn = turn * local[joint]
        return place, turn


def _palm_there(wrist: np.ndarray, elbow: np.ndarray, palm: np.ndarray, fingers: np.ndarray) -> ArmPose:
    """The pose of a left arm whose palm is where ``wrist`` and ``fingers`` would bring it.

    A hand turns only as far as the wrist bends; what the palm misses by moves the wrist, up to `_GIVE`.
    """
    goal, place = wrist + PALM * fingers + THICKNESS * palm, wrist
    pose = reach(place, elbow, palm, fingers)
    for _ in range(3):
        missed = goal - _palm_of(pose)
        given = blur(place + 0.8 * missed - wrist, 0.03)
        far = np.linalg.norm(given, axis=-1, keepdims=True)
        place = wrist + given * np.minimum(1.0, _GIVE / np.maximum(far, 1e-6))
        pose = reach(place, elbow, palm, fingers)
    return pose


def _without_jumps(turns: np.ndarray) -> np.ndarray:
    """Rotation vectors (T, 3) of which none changes its way round from one frame to the next."""
    turns = turns.copy()
    for now in range(1, len(turns)):
        angle = np.linalg.norm(turns[now])
        other = turns[now] * (1 - 2 * np.pi / max(angle, 1e-6))
        if angle > 1.5 and np.linalg.norm(other - turns[now - 1]) < np.linalg.norm(turns[now] - turns[now - 1]):
            turns[now] = other
    return turns


def _palm_of(pose: ArmPose) -> np.ndarray:
    """(T, 3) the palm's middle of a left arm, in the frame of `reach`."""
    upper = pose.collar * pose.shoulder
    fore = upper * pose.elbow
    at = _REST[INDEX["left_collar"]] + pose.collar.apply(_OFFSETS[INDEX["left_shoulder"]])
    at = at + upper.apply(_OFFSETS[INDEX["left_elbow"]]) + fore.apply(_OFFSETS[INDEX["left_wrist"]])
    return at + (fore * pose.wrist).apply((PALM, -THICKNESS, 0.0))


def glide(t: np.ndarray, keys: Sequence[tuple[float, Vector | float]]) -> np.ndarray:
    """Smooth curve (T,) or (T, k) through (seconds, value) keys that rests only at its ends."""
    times = np.array([key[0] for key in keys], dtype=float)
    values = np.array([key[1] for key in keys], dtype=float)
    return CubicSpline(times, values, bc_type="clamped")(np.clip(t, times[0], times[-1]))


def cycles(t: np.ndarray, start: float, period: float, times: float) -> np.ndarray:
    """(T,) cycles done by each moment, 0 before and ``times`` after, with soft ends."""
    raw = np.clip((t - start) / (period * times), 0.0, 1.0)
    edge = min(0.5, 0.35 / times)
    last = 1 - edge - (1 - raw) ** 2 / (2 * edge)
    return times * np.where(raw < edge, raw**2 / (2 * edge), np.where(raw > 1 - edge, last, raw - edge / 2)) / (1 - edge)


def rounds(rng: np.random.Generator, count: int | None, low: int, high: int, seconds: float) -> tuple[int, float]:
    """How often something is done and the seconds for each: as counted, else at random.

    Many counted ones are done more briskly; few of the others fit if they are slow.
    """
    if count:
        return count, min(seconds, LONGEST_WORK / count)
    return int(np.clip(rng.integers(low, high + 1), 1, max(1, LONGEST_WORK // seconds))), seconds


def wave(phase: np.ndarray, shift: float = 0.0) -> np.ndarray:
    """(T,) sine of a phase in cycles."""
    return np.sin(2 * np.pi * (phase + shift))


def columns(*values: np.ndarray | float) -> np.ndarray:
    """(T, 3) from three columns, each an array or a number."""
    return np.stack(np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in values)), axis=-1)


def push_in(t: np.ndarray, start: float, seconds: float) -> np.ndarray:
    """(T,) 0 before, 1 after, minimum jerk in between."""
    return min_jerk((t - start) / seconds)
