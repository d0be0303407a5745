"""Standing, pointing, drinking, stretching, circling arms, jumping jacks.

One-sided gestures use the right arm; the caller mirrors them.
"""

from __future__ import annotations

import numpy as np

from .arms import arm, reach
from .curves import blur, ease, min_jerk
from .jumping import GRAVITY
from .take import AuthoredTake


def _edges(rng: np.random.Generator) -> tuple[float, float]:
    return rng.uniform(0.15, 0.5), rng.uniform(0.3, 0.7)


def stand(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Nothing but weight shifts, breath and a glance now and then."""
    take = AuthoredTake(rng, rng.uniform(2.0, 5.0), idle=rng.uniform(0.6, 1.3))
    if rng.random() < 0.5:
        start = rng.uniform(0.3, 1.0)
        yaw, pitch = rng.uniform(-18, 18), rng.uniform(-5, 8)
        for column, size in ((1, yaw), (0, pitch)):
            take.key(take.head[:, column], [(start, 0.0), (start + 0.6, size), (start + 1.4, size), (start + 2.1, 0.0)])
    return take


def point_forward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right arm goes out to point straight ahead and comes back; the eyes go along."""
    return _point(rng, tempo, rng.uniform(-0.2, 0.15), rng.uniform(-0.18, 0.22))


def point_right(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right arm points to the right, the head and a little of the chest turn there."""
    return _point(rng, tempo, rng.uniform(1.2, 4.0), rng.uniform(-0.3, 0.5))


def _point(rng: np.random.Generator, tempo: float, out: float, up: float) -> AuthoredTake:
    lead, tail = _edges(rng)
    rise, hold, fall = rng.uniform(0.5, 0.75) / tempo, rng.uniform(0.6, 1.5), rng.uniform(0.6, 0.9) / tempo
    take = AuthoredTake(rng, lead + rise + hold + fall + tail)
    bend = rng.uniform(0.12, 0.3)
    reach = np.hypot(out, 1.0)  # the bend of the elbow turns the forearm inward, whatever the direction
    across = np.array([1.0, 0.0, -out]) / reach * bend * reach
    towards = np.array([out, up, 1.0])
    aim = arm(towards + 0.6 * across - (0, 0.1 * bend, 0), towards - 0.4 * across + (0, 0.08, 0), (-0.35, -1.0, 0.1))
    via = arm((0.35, -0.75, 0.45), (0.15, 0.1, 1.0), (-0.8, -0.5, 0.0))
    rest, top = take.rest_arm["right"], lead + rise
    take.key_arm("right", [(0, rest), (lead, rest), (top, aim, via), (top + hold, aim), (top + hold + fall, rest)])
    shape = [(lead - 0.1, 0.0), (lead + 0.4 * rise, 1.0), (top + hold, 1.0), (top + hold + fall, 0.0)]
    yaw = -np.degrees(np.arctan2(out, 1.0))
    pitch = -np.degrees(np.arctan(up))
    for channel, column, size in (
        (take.head, 1, 0.7 * yaw), (take.head, 0, 0.35 * pitch), (take.spine, 1, rng.uniform(2, 12) + 0.14 * yaw),
        (take.spine, 0, rng.uniform(-2, 4) + 0.06 * pitch), (take.move, 2, rng.uniform(0, 0.03)),
    ):  # fmt: skip
        take.key(channel[:, column], [(time, size * value) for time, value in shape])
    return take


def reach_up(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand reaches overhead; shoulder, side and heels give the last centimetres."""
    lead, tail = _edges(rng)
    rise, hold, fall = rng.uniform(0.7, 1.0) / tempo, rng.uniform(0.4, 1.0), rng.uniform(0.7, 1.0) / tempo
    take = AuthoredTake(rng, lead + rise + hold + fall + tail)
    out, front = rng.uniform(-0.1, 0.25), rng.uniform(0.15, 0.55)
    high = arm(
        (out + 0.1, 1.0, front), (out - 0.08, 1.0, front + 0.1), (-0.3, -0.1, 1.0), (out, 1.0, front + 0.5), lift=10.0
    )
    via = arm((0.35, -0.05, 1.0), (0.2, 0.4, 1.0), (-0.6, -0.6, 0.2))
    rest, top = take.rest_arm["right"], lead + rise
    take.key_arm(
        "right", [(0, rest), (lead, rest), (top, high, via), (top + hold, high), (top + hold + fall, rest, via)]
    )
    shape = [(lead, 0.0), (top + 0.1, 1.0), (top + hold, 1.0), (top + hold + fall, 0.0)]
    for channel, column, size in (
        (take.head, 0, rng.uniform(-32, -18)), (take.head, 1, -10.0), (take.spine, 0, rng.uniform(-8, -2)),
        (take.spine, 2, rng.uniform(-12, -5)), (take.move, 1, 0.05), (take.move, 2, 0.03), (take.move, 0, -0.02),
    ):  # fmt: skip
        take.key(channel[:, column], [(time, size * value) for time, value in shape])
    for foot in take.feet.values():
        foot.heel += rng.uniform(16, 28) * ease(take.t, shape)
    return take


def drink(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A cup to the mouth, the head and the wrist tip back, and down."""
    lead, tail = _edges(rng)
    rise, hold, fall = rng.uniform(0.7, 1.0) / tempo, rng.uniform(0.8, 1.6), rng.uniform(0.7, 1.0) / tempo
    take = AuthoredTake(rng, lead + rise + hold + fall + tail)
    cup = reach((0.08, 1.47, 0.24), (0.55, -1.0, 0.1), (-1.0, 0.0, -0.3), (-0.7, 0.45, 0.25))
    tipped = reach((0.07, 1.54, 0.23), (0.9, -0.5, 0.2), (-0.8, 0.0, -0.7), (-0.8, 0.35, -0.05))
    carry = reach((0.16, 1.18, 0.32), (0.4, -1.0, -0.2), (-1.0, 0.0, 0.0), (-0.3, 0.15, 1.0))
    rest, top = take.rest_arm["right"], lead + rise
    keys = [(0, rest), (lead, rest), (top, cup, carry), (top + 0.3 * hold, tipped), (top + 0.8 * hold, tipped)]
    take.key_arm("right", [*keys, (top + hold, cup), (top + hold + fall, rest, carry)], lag=0.8)
    back = [(top, 0.0), (top + 0.35 * hold, 1.0), (top + 0.8 * hold, 1.0), (top + hold + 0.15, 0.0)]
    take.key(take.head[:, 0], [(time, -rng.uniform(14, 22) * value) for time, value in back])
    take.key(take.spine[:, 0], [(time, -rng.uniform(1, 6) * value) for time, value in back])
    return take


def stretch(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both arms reach up, the back arches, heels come off the floor, and everything sinks back."""
    lead, tail = _edges(rng)
    rise, hold, fall = rng.uniform(0.9, 1.3) / tempo, rng.uniform(0.7, 1.4), rng.uniform(0.9, 1.2) / tempo
    take = AuthoredTake(rng, lead + rise + hold + fall + tail)
    joined = rng.random() < 0.4
    via = (
        arm((1.0, -0.05, 0.3), (0.8, 0.4, 0.4), (0.1, -0.6, 0.8))
        if rng.random() < 0.5
        else arm((0.3, 0, 1), (0, 0.4, 1), (-1, 0, 0))
    )
    for side in ("left", "right"):
        out = 0.0 if joined else rng.uniform(0.15, 0.45)
        high = arm((out + 0.12, 1.0, 0.02), (out - (0.35 if joined else 0.12), 1.0, -0.04), (0.1, 0.3, 1.0), lift=8.0)
        rest = take.rest_arm[side]
        top = lead + rise
        take.key_arm(
            side, [(0, rest), (lead, rest), (top, high, via), (top + hold, high), (top + hold + fall, rest, via)]
        )
    shape = [(lead, 0.0), (lead + rise + 0.2, 1.0), (lead + rise + hold, 1.0), (lead + rise + hold + fall, 0.0)]
    sway = rng.choice([0.0, rng.uniform(-14, 14)])
    for channel, column, size in (
        (take.spine, 0, rng.uniform(-15, -6)), (take.head, 0, rng.uniform(-20, -4)), (take.spine, 2, sway),
        (take.move, 2, 0.02), (take.move, 1, 0.045 if sway == 0 else 0.0),
    ):  # fmt: skip
        take.key(channel[:, column], [(time, size * value) for time, value in shape])
    if sway == 0:
        for foot in take.feet.values():
            foot.heel += rng.uniform(18, 26) * ease(take.t, shape)
    return take


def rotate_arms(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Straight arms draw whole circles past the ears, or small ones at the sides."""
    return _rotate_arms(rng, tempo, count, int(rng.choice([-1, 1])), rng.random() < 0.6)


def rotate_arms_forward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Whole circles: up behind, over the head, down in front."""
    return _rotate_arms(rng, tempo, count, -1, True)


def rotate_arms_backward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Whole circles: up in front, over the head, down behind."""
    return _rotate_arms(rng, tempo, count, 1, True)


def _rotate_arms(rng: np.random.Generator, tempo: float, count: int | None, way: int, whole: bool) -> AuthoredTake:
    lead, tail = _edges(rng)
    turns = count or int(rng.integers(2, 4 if tempo > 0.7 else 3))
    period = (rng.uniform(0.9, 1.3) if whole else rng.uniform(0.6, 0.9)) / tempo
    rise, fall = (0.2, 0.4) if whole else (0.6, 0.8)
    start = lead + rise
    end = start + turns * period
    take = AuthoredTake(rng, end + fall + tail)
    progress = np.clip((take.t - start) / (end - start), 0, 1)
    angle = 2 * np.pi * turns * way * (0.75 * progress + 0.25 * min_jerk(progress))
    if whole:  # angle 0 hangs; forward is positive
        out = 0.35 + 0.25 * np.abs(np.sin(angle / 2))
        upper = np.stack([out, -np.cos(angle), np.sin(angle)], -1)
        crease = np.stack([-0.25 * np.ones_like(angle), 0.2 * np.sin(angle), 0.2 * np.cos(angle)], -1)
        palm = np.stack([-np.ones_like(angle), 0 * angle, 0 * angle + 0.05], -1)
    else:
        size = rng.uniform(0.18, 0.35)
        upper = np.stack([np.ones_like(angle), -size * np.cos(angle), size * np.sin(angle)], -1)
        crease = np.stack([0 * angle, 0.1 + 0 * angle, 0.25 + 0 * angle], -1)
        palm = np.stack([0 * angle, -np.ones_like(angle), 0 * angle], -1)
    path = arm(upper, upper + crease, palm)
    for side in ("left", "right"):
        take.path_arm(side, start - rise, end + fall, path, blend=max(rise, fall))
    take.key(take.spine[:, 0], [(lead, 0.0), (start, -3.0), (end, -3.0), (end + fall, 0.0)])
    take.move[:, 1] += 0.008 * np.sin(angle) * (progress > 0) * (progress < 1)
    return take


def jumping_jack(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Feet jump apart while the arms go overhead at the sides, and together again."""
    lead, tail = _edges(rng)
    times, half = count or int(rng.integers(2, 5)), rng.uniform(0.42, 0.55) / tempo**0.5
    take = AuthoredTake(rng, lead + 2 * times * half + 0.3 + tail, width=0.75)
    wide = rng.uniform(0.17, 0.25)
    flight = 0.55 * half
    height = GRAVITY * (flight / 2) ** 2 / 2
    apart, rise, dip = np.zeros(len(take.t)), np.zeros(len(take.t)), np.zeros(len(take.t))
    keys = {side: [(0.0, take.rest_arm[side]), (lead, take.rest_arm[side])] for side in ("left", "right")}
    high, via = (
        arm((0.3, 1.0, 0.05), (0.02, 1.0, 0.08), (0.0, 0.1, 1.0)),
        arm((1.0, 0.0, 0.1), (0.95, 0.1, 0.3), (0, -0.8, 0.5)),
    )
    down = arm((0.2, -1.0, 0.0), (0.16, -1.0, 0.2), (-1.0, 0.0, 0.0))
    for i in range(2 * times):
        begin = lead + i * half
        take_off, land = begin + 0.3 * half, begin + 0.3 * half + flight
        air = np.clip((take.t - take_off) / flight, 0, 1)
        apart += (1 if i % 2 == 0 else -1) * air
        rise += 4 * height * air * (1 - air)
        for centre, depth in ((take_off - 0.06, 0.045), (land + 0.07, 0.035)):
            dip -= depth * np.exp(-(((take.t - centre) / 0.07) ** 2))
        for arm_keys in keys.values():
            arm_keys.append((begin + half, high if i % 2 == 0 else down, via))
    for side, sign in (("left", 1), ("right", -1)):
        foot = take.feet[side]
        foot.place[:, 0] += sign * wide * apart
        foot.place[:, 1] += rise
        foot.heel += 26.0 * blur((rise > 0.004).astype(float), 0.03)
        take.key_arm(side, [*keys[side], (keys[side][-1][0] + 0.35, take.rest_arm[side])], lag=0.5)
    take.move[:, 1] += rise + dip
    return take
