"""Sitting down, standing up, squatting, kneeling: the pelvis goes down over feet that stay."""

from __future__ import annotations

import numpy as np

from .arms import arm, reach
from .curves import Keys, ease
from .take import AuthoredTake

SEAT_DROP = 0.46  # metres: hips at knee height
MANY = 7.4  # seconds that squats in a row take at most: more than ten, and the last would be cut off


def _lower(take: AuthoredTake, keys: Keys, drop: float, back: float, pitch: float, round_back: float) -> None:
    """Pelvis down and back along ``keys`` (0..1) with tilt and spine in degrees at the bottom."""
    shape = ease(take.t, keys)
    take.move[:, 1] -= drop * shape
    take.move[:, 2] -= back * shape
    take.tilt[:, 0] += pitch * shape
    take.spine[:, 0] += round_back * shape


def _lean(take: AuthoredTake, keys: Keys, degrees: float) -> None:
    """The trunk leans forward on the way down or up, as balance asks, and the head looks ahead."""
    shape = ease(take.t, keys)
    take.tilt[:, 0] += 0.6 * degrees * shape
    take.spine[:, 0] += 0.4 * degrees * shape
    take.head[:, 0] -= 0.5 * degrees * shape


def _lap(rng: np.random.Generator) -> tuple:
    """Hands on the thighs of someone who sits."""
    front, out = rng.uniform(0.24, 0.36), rng.uniform(0.10, 0.18)
    return reach((out, 0.98 + rng.uniform(0.0, 0.03), front), (0.6, -0.3, -0.8), (0.0, -1.0, 0.1), (-0.2, -0.35, 1.0))


def sit(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Down onto a chair nobody sees, and stays: thighs level, back upright, hands on the thighs."""
    lead, down, stay = rng.uniform(0.15, 0.5), rng.uniform(1.0, 1.4) / tempo, rng.uniform(0.7, 1.8)
    take = AuthoredTake(rng, lead + down + stay, width=rng.uniform(1.0, 1.3))
    end = lead + down
    drop, back = SEAT_DROP * rng.uniform(0.93, 1.04), rng.uniform(0.30, 0.40)
    _lower(take, [(lead + 0.06, 0.0), (end, 1.0)], drop, back, rng.uniform(-14, -4), rng.uniform(4, 14))
    lean = rng.uniform(28, 45)
    _lean(take, [(lead, 0.0), (lead + 0.55 * down, 1.0), (end + 0.2, 0.0)], lean)
    for side in ("left", "right"):
        rest = take.rest_arm[side]
        take.key_arm(side, [(0, rest), (lead + 0.15 * down, rest), (end + rng.uniform(0, 0.15), _lap(rng))])
    take.hang[:] = ease(take.t, [(lead, 0.5), (end, 0.0)])
    take.splay[:] = rng.uniform(2, 10) * ease(take.t, [(lead, 0.0), (end, 1.0)])
    return take


def stand_up(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """From sitting to standing: the trunk leans forward first, then the legs push."""
    lead, up, stay = rng.uniform(0.25, 0.7), rng.uniform(1.0, 1.4) / tempo, rng.uniform(0.4, 1.0)
    take = AuthoredTake(rng, lead + up + stay, width=rng.uniform(1.0, 1.3))
    end = lead + up
    drop, back = SEAT_DROP * rng.uniform(0.93, 1.04), rng.uniform(0.30, 0.40)
    _lower(take, [(lead + 0.2 * up, 1.0), (end, 0.0)], drop, back, rng.uniform(-14, -4), rng.uniform(4, 14))
    _lean(take, [(lead, 0.0), (lead + 0.45 * up, 1.0), (end + 0.1, 0.0)], rng.uniform(32, 48))
    for side in ("left", "right"):
        take.key_arm(side, [(lead + 0.25 * up, _lap(rng)), (end, take.rest_arm[side])])
    take.hang[:] = ease(take.t, [(lead, 0.0), (end, 0.5)])
    take.splay[:] = rng.uniform(2, 10) * ease(take.t, [(lead, 1.0), (end, 0.0)])
    return take


def squat(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Down with the feet flat and wide, arms forward for balance, and up again."""
    lead, tail, times = rng.uniform(0.15, 0.45), rng.uniform(0.3, 0.7), count or 1
    down, hold, up = rng.uniform(0.7, 1.0) / tempo, rng.uniform(0.1, 0.5), rng.uniform(0.7, 1.0) / tempo
    brisk = min(1.0, MANY / (times * (down + hold + up)))
    down, hold, up = brisk * down, brisk * hold, brisk * up
    cycle = down + hold + up
    take = AuthoredTake(rng, lead + times * cycle + 0.15 + tail, width=rng.uniform(1.3, 1.75))
    for side, sign in (("left", 1), ("right", -1)):
        take.feet[side].yaw += sign * rng.uniform(4, 14)
    drop, back, lean = rng.uniform(0.38, 0.55), rng.uniform(0.18, 0.26), rng.uniform(34, 48)
    front = rng.choice(["forward", "clasped", "hang"], p=[0.55, 0.25, 0.2])
    take.hang[:] = 0.85
    for side in ("left", "right"):
        rest = take.rest_arm[side]
        if front == "forward":
            low = arm((0.2, -0.1, 1.0), (0.02, -0.02, 1.0), (-0.3, -1.0, 0.0))
        elif front == "clasped":
            low = reach((0.05, 1.28, 0.25), (0.7, -0.9, 0.0), (-1.0, 0.0, -0.2), (-0.5, 0.6, 0.5))
        else:
            low = arm((0.25, -1.0, 0.2), (0.12, -0.9, 0.5), (-1.0, 0.0, 0.0))
        keys = [(0.0, rest), (lead, rest)]
        for i in range(times):
            begin = lead + i * cycle
            keys += [(begin + down, low), (begin + down + hold, low), (begin + cycle, rest)]
        take.key_arm(side, keys)
    for i in range(times):
        begin = lead + i * cycle
        shape = [(begin, 0.0), (begin + down, 1.0), (begin + down + hold, 1.0), (begin + cycle, 0.0)]
        _lower(take, shape, drop, back, 0.0, 0.0)
        _lean(take, shape, lean)
        take.splay += rng.uniform(6, 14) * ease(take.t, shape)
    return take


def crouch(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Down low with the trunk forward and the arms near the knees, and stays there."""
    lead, down, stay = rng.uniform(0.15, 0.4), rng.uniform(0.6, 0.9) / tempo, rng.uniform(0.8, 1.8)
    take = AuthoredTake(rng, lead + down + stay, width=rng.uniform(1.2, 1.6))
    shape = [(lead, 0.0), (lead + down, 1.0)]
    _lower(take, shape, rng.uniform(0.34, 0.5), rng.uniform(0.12, 0.2), 0.0, rng.uniform(4, 14))
    _lean(take, shape, rng.uniform(34, 52))
    take.hang[:] = 0.8
    for side in ("left", "right"):
        low = arm((0.35, -1.0, rng.uniform(0.0, 0.3)), (0.05, -0.5, 0.9), (-1.0, -0.2, 0.0))
        take.key_arm(side, [(0, take.rest_arm[side]), (lead, take.rest_arm[side]), (lead + down + 0.1, low)])
    take.splay += rng.uniform(4, 14) * ease(take.t, shape)
    return take


def kneel(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A step back with the right foot, then down on the right knee, and stays."""
    lead, stay = rng.uniform(0.15, 0.4), rng.uniform(0.7, 1.5)
    step, down = rng.uniform(0.45, 0.6) / tempo, rng.uniform(0.8, 1.1) / tempo
    take = AuthoredTake(rng, lead + step + down + stay)
    right = take.feet["right"].place[0]
    take.step("right", lead, lead + step, (float(right[0]), float(right[2]) - rng.uniform(0.6, 0.68)), 0.0, lift=0.06)
    start, end = lead + 0.6 * step, lead + step + down
    take.feet["right"].heel += ease(take.t, [(lead + 0.7 * step, 0.0), (end, rng.uniform(62, 72))])
    shape = [(start, 0.0), (end, 1.0)]
    _lower(take, shape, rng.uniform(0.43, 0.45), 0.0, rng.uniform(-2, 6), rng.uniform(0, 8))
    _lean(take, [(start, 0.0), (start + 0.5 * (end - start), 1.0), (end + 0.2, 0.0)], rng.uniform(10, 20))
    take.key(take.move[:, 2], [(start, 0.0), (end, rng.uniform(0.03, 0.08))])
    knee = reach((0.12, 1.02, 0.32), (0.6, -0.4, -0.7), (0.0, -1.0, 0.1), (-0.2, -0.3, 1.0))
    rest = take.rest_arm["left"]
    if rng.random() < 0.6:
        take.key_arm("left", [(0, rest), (start, rest), (end + 0.15, knee)])
        take.hang[:] = 0.2
    return take
