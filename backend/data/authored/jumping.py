"""Jumps and hops: crouch, take-off, free fall, landing on the balls of the feet.

The wanted height gives the speed of the take-off.

Everything one-sided stands on the right leg and is mirrored by the caller.
"""

from __future__ import annotations

import numpy as np

from .arms import arm
from .curves import ease, hermite
from .take import AuthoredTake

GRAVITY = 9.81
_TIPTOE = 0.055  # metres the pelvis gains when the feet roll onto their balls


class JumpTimes:
    """Times and heights of a row of jumps, shared by pelvis and feet."""

    def __init__(self, lead: float, heights: list[float], dip: float, between: float, tempo: float) -> None:
        self.take_off: list[float] = []
        self.landing: list[float] = []
        down, push, absorb = 0.22 + dip, 0.17 + 0.5 * dip, 0.15
        bottom = lead + down / tempo
        self.keys: list[tuple[float, float, float]] = [(0.0, 0.0, 0.0), (lead, 0.0, 0.0), (bottom, -dip, 0.0)]
        for i, height in enumerate(heights):
            speed = float(np.sqrt(2 * GRAVITY * height))
            start = bottom + push / tempo**0.5
            end = start + 2 * speed / GRAVITY
            bottom = end + absorb
            self.take_off.append(start)
            self.landing.append(end)
            last = i == len(heights) - 1
            self.keys += [
                (start, _TIPTOE, speed),
                (end, _TIPTOE, -speed),
                (bottom, -(0.8 * dip if last else between), 0.0),
            ]
        self.bottom = bottom
        self.end = bottom + 0.45
        self.keys += [(self.end, 0.0, 0.0), (self.end + 9.0, 0.0, 0.0)]
        self.speeds = [float(np.sqrt(2 * GRAVITY * height)) for height in heights]

    def lift(self, t: np.ndarray) -> np.ndarray:
        """(T,) metres a foot is above the floor when it flies along with the pelvis."""
        out = np.zeros(len(t))
        for start, speed in zip(self.take_off, self.speeds, strict=True):
            out = np.maximum(out, speed * (t - start) - GRAVITY / 2 * (t - start) ** 2)
        return out

    def heel(self, t: np.ndarray) -> np.ndarray:
        """(T,) heel angle in degrees: up before the take-off, down after the landing."""
        out = np.zeros(len(t))
        for start, end in zip(self.take_off, self.landing, strict=True):
            keys = [
                (start - 0.13, 0.0),
                (start, 36.0),
                (start + 0.5 * (end - start), 40.0),
                (end, 24.0),
                (end + 0.09, 0.0),
            ]
            out = np.maximum(out, ease(t, keys))
        return out


def spring(rng: np.random.Generator, take: AuthoredTake, jumps: JumpTimes, feet: tuple[str, ...]) -> None:
    """Crouch, take off and land with pelvis, trunk and these feet."""
    take.move[:, 1] += hermite(take.t, jumps.keys)
    for side in feet:
        foot = take.feet[side]
        foot.place[:, 1] += jumps.lift(take.t)
        foot.heel += jumps.heel(take.t)
    crouch = np.clip(-hermite(take.t, jumps.keys), 0.0, None)
    take.tilt[:, 0] += 75.0 * crouch
    take.spine[:, 0] += 55.0 * crouch
    take.head[:, 0] -= 55.0 * crouch
    take.move[:, 2] -= 0.22 * crouch


def settled(jumps: JumpTimes, rng: np.random.Generator) -> float:
    """Seconds after which the last landing is over."""
    return jumps.end + rng.uniform(0.25, 0.6)


def swing_up(rng: np.random.Generator, take: AuthoredTake, jumps: JumpTimes, lead: float, reach_up: float) -> None:
    """Arms back in the crouch, forward and up with the take-off, down with the landing."""
    back = arm((0.3, -1.0, -0.65), (0.22, -1.0, -0.25), (-1.0, 0.0, -0.3))
    front = arm((0.35, reach_up, 1.0), (0.15, reach_up + 0.6, 1.0), (-1.0, -0.1, 0.1))
    low = arm((0.4, -0.8, 0.25), (0.3, -0.45, 0.9), (-1.0, -0.3, 0.0))
    for side in ("left", "right"):
        rest = take.rest_arm[side]
        keys = [(0.0, rest), (lead, rest)]
        for start, end in zip(jumps.take_off, jumps.landing, strict=True):
            keys += [(start - 0.17, back), (start + 0.45 * (end - start) + 0.05, front), (end + 0.18, low)]
        take.key_arm(side, [*keys, (keys[-1][0] + 0.5, rest)], lag=0.5)
    take.hang[:] = 0.25


def jump_up(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """One high jump on the spot from a deep crouch."""
    lead = rng.uniform(0.15, 0.4)
    heights = [rng.uniform(0.2, 0.42) for _ in range(count or 1)]
    jumps = JumpTimes(lead, heights, rng.uniform(0.2, 0.34), 0.24, tempo)
    take = AuthoredTake(rng, settled(jumps, rng), width=1.15)
    spring(rng, take, jumps, ("left", "right"))
    swing_up(rng, take, jumps, lead, rng.uniform(-0.2, 1.4))
    return take


def jump_forward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A standing long jump: the pelvis leaves ahead of the feet and lands behind them."""
    lead, distance = rng.uniform(0.15, 0.4), rng.uniform(0.6, 1.3)
    jumps = JumpTimes(lead, [rng.uniform(0.14, 0.28)], rng.uniform(0.22, 0.34), 0.24, tempo)
    take = AuthoredTake(rng, settled(jumps, rng), width=1.1)
    spring(rng, take, jumps, ("left", "right"))
    swing_up(rng, take, jumps, lead, rng.uniform(-0.2, 0.8))
    start, end = jumps.take_off[0], jumps.landing[0]
    flight = np.clip((take.t - start) / (end - start), 0, 1)
    gain = distance - 0.27
    for foot in take.feet.values():
        foot.place[:, 2] += distance * flight
        foot.heel -= 18.0 * np.sin(np.pi * flight) * flight  # toes come up for the landing
    speed = gain / (end - start)
    crouch = take.move[:, 2].copy()
    path = hermite(
        take.t,
        [(0, 0, 0), (start - 0.28, 0, 0), (start, 0.15, speed), (end, 0.15 + gain, speed),
         (jumps.bottom + 0.1, distance - 0.02, 0), (jumps.end, distance, 0), (jumps.end + 9, distance, 0)],
    )  # fmt: skip
    take.move[:, 2] = path + 0.5 * crouch - take.ground()[:, 2] + take.ground()[0, 2]
    take.tilt[:, 0] += 14.0 * np.sin(np.pi * flight)
    return take


def hop(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Small springy jumps on both feet."""
    lead, times = rng.uniform(0.15, 0.4), count or 1
    jumps = JumpTimes(lead, [rng.uniform(0.07, 0.14) for _ in range(times)], rng.uniform(0.09, 0.14), 0.09, tempo)
    take = AuthoredTake(rng, settled(jumps, rng), width=0.85)
    spring(rng, take, jumps, ("left", "right"))
    _bounce(rng, take, jumps, lead)
    return take


def hop_right(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The left foot comes up behind, and the right leg hops."""
    lead, times = rng.uniform(0.6, 0.8), count or 1
    jumps = JumpTimes(lead, [rng.uniform(0.05, 0.1) for _ in range(times)], rng.uniform(0.07, 0.11), 0.08, tempo)
    take = AuthoredTake(rng, jumps.end + 0.6 + rng.uniform(0.25, 0.5))
    take.shift = 0.93
    up = ease(take.t, [(lead - 0.5, 0.0), (lead - 0.05, 1.0), (jumps.bottom + 0.1, 1.0), (jumps.end + 0.45, 0.0)])
    spring(rng, take, jumps, ("right",))
    left = take.feet["left"]
    left.place[:, 1] += rng.uniform(0.22, 0.36) * up + jumps.lift(take.t)
    left.place[:, 2] -= rng.uniform(0.05, 0.2) * up
    left.place[:, 0] -= 0.03 * up
    left.heel += 38.0 * up
    left.load = np.minimum(left.load, 1 - up)
    take.spine[:, 2] += 4.0 * up
    _bounce(rng, take, jumps, lead)
    return take


def _bounce(rng: np.random.Generator, take: AuthoredTake, jumps: JumpTimes, lead: float) -> None:
    """Bent arms that answer each hop."""
    low = arm((0.45, -1.0, -0.05), (0.35, -0.2, 0.9), (-1.0, -0.2, 0.0))
    high = arm((0.7, -0.75, 0.1), (0.4, 0.15, 0.9), (-0.9, -0.4, 0.0))
    for side in ("left", "right"):
        rest = take.rest_arm[side]
        keys = [(0.0, rest), (lead - 0.1, rest), (lead + 0.12, low)]
        for start, end in zip(jumps.take_off, jumps.landing, strict=True):
            keys += [(0.6 * start + 0.4 * end, high), (end + 0.1, low)]
        take.key_arm(side, [*keys, (keys[-1][0] + 0.55, rest)], lag=0.5)
