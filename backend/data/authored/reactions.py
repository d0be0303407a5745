"""What is done to somebody who keeps on their feet: a push, a hit, a fright.

Hits come from the right, pushes lead to the left where they lead to a side; the caller mirrors them.
"""

from __future__ import annotations

import numpy as np

from .arms import ArmPose, arm, reach
from .curves import blur, ease, min_jerk, smooth_noise
from .footfalls import FootRow
from .gait import follow, lean_over_feet
from .gesture import AuthoredGesture
from .take import OTHER, AuthoredTake


def _jolt(t: np.ndarray, at: float, rise: float, hold: float, back: float) -> np.ndarray:
    """(T,) 0 to 1 within ``rise`` seconds, held, and back to 0 within ``back``."""
    return ease(t, [(at, 0.0), (at + rise, 1.0), (at + rise + hold, 0.9), (at + rise + hold + back, 0.0)])


def startle(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Shoulders and hands jerk up, knees give, the head pulls back, perhaps half a step away.

    Then it eases.
    """
    at, hold = rng.uniform(0.5, 0.9), rng.uniform(0.25, 0.7)
    row = FootRow(rng, at)
    if rng.random() < 0.6:
        side = row.first
        row.put(side, at + 0.06, at + 0.3, -rng.uniform(0.16, 0.28), lift=0.03, strike=10, push=10)
    take = AuthoredTake(rng, at + hold + rng.uniform(1.5, 1.9))
    row.lay(take)
    follow(take, [*row.knots, (at + 1.0, row.knots[-1][1] * 0.9)], 0.05)
    t = take.t
    shape = _jolt(t, at, 0.17, hold, 0.85)
    take.move[:, 1] -= rng.uniform(0.035, 0.07) * shape
    take.move[:, 2] -= 0.03 * shape
    take.tilt[:, 0] -= 3 * shape
    take.spine[:, 0] += rng.uniform(-12, 2) * shape
    take.head[:, 0] += rng.uniform(4, 12) * shape
    take.head[:, 1] += rng.uniform(-18, 18) * shape
    for side in ("left", "right"):
        height, front = rng.uniform(1.28, 1.46), rng.uniform(0.2, 0.32)
        up = reach((rng.uniform(0.1, 0.22), height, front), (0.8, -0.7, -0.2), (0.0, 0.1, 1.0), (-0.2, 0.9, 0.3), lift=16.0)
        rest = take.rest_arm[side]
        take.key_arm(side, [(0, rest), (at, rest), (at + 0.2, up), (at + 0.2 + hold, up), (at + hold + 1.1, rest)], lag=0.3)
    return take


def flinch(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Away from something on the right: the head turns and ducks behind a raised right arm."""
    at, hold = rng.uniform(0.5, 0.9), rng.uniform(0.3, 0.7)
    take = AuthoredTake(rng, at + hold + rng.uniform(1.5, 1.9), width=1.1)
    t = take.t
    shape = _jolt(t, at, 0.18, hold, 0.85)
    take.move[:, 1] -= rng.uniform(0.05, 0.1) * shape
    take.move[:, 0] += rng.uniform(0.03, 0.06) * shape
    take.tilt[:, 1] += 8 * shape
    take.spine += np.outer(shape, (rng.uniform(12, 20), rng.uniform(14, 24), -rng.uniform(8, 14)))
    take.head += np.outer(shape, (rng.uniform(12, 20), rng.uniform(14, 28), -6))
    shield = reach((0.14, 1.66, 0.26), (1.0, 0.1, 0.4), (0.5, 0.0, 1.0), (-0.8, 0.4, 0.0), lift=8.0)
    tucked = reach((0.06, 1.36, 0.24), (0.8, -0.8, 0.0), (0.0, 0.0, 1.0), (-0.4, 0.9, 0.2), lift=8.0)
    for side, pose in (("right", shield), ("left", tucked)):
        rest = take.rest_arm[side]
        take.key_arm(side, [(0, rest), (at, rest), (at + 0.2, pose), (at + 0.2 + hold, pose), (at + hold + 1.1, rest)], lag=0.3)
    return take


def _hit_steps(rng: np.random.Generator, at: float, x: float, z: float) -> tuple[FootRow, float]:
    """A step that catches the blow, and one that closes after it."""
    row = FootRow(rng, at + 0.03)
    first = ("left" if x > 0 else "right") if abs(x) > 0.1 else row.first
    row.put(first, at + 0.1, at + 0.38, z, x=x, lift=0.045, strike=8, push=16)
    row.put(OTHER[first], at + 0.6, at + 0.98, z, x=x, lift=0.045, strike=6, push=20, shared=0.15)
    return row, at + 1.1


def _hit(rng: np.random.Generator, x: float, z: float, tail: float) -> tuple[AuthoredTake, float]:
    at = rng.uniform(0.45, 0.8)
    row, end = _hit_steps(rng, at, x, z)
    take = AuthoredTake(rng, end + tail + rng.uniform(0.6, 0.9))
    row.lay(take)
    follow(take, row.knots, 0.06)
    lean_over_feet(take, 0.3, 2.0, 0.5)
    take.move[:, 1] -= rng.uniform(0.04, 0.07) * _jolt(take.t, at, 0.25, 0.4, 0.7)
    return take, at


def hit_head_right(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Struck on the right side of the head.

    It snaps to the left, the trunk follows, a hand comes up to the cheek.
    """
    take, at = _hit(rng, rng.uniform(0.14, 0.26), rng.normal(0, 0.04), 0.7)
    t = take.t
    snap = ease(t, [(at, 0.0), (at + 0.11, 1.0), (at + 0.4, 0.6), (at + 1.2, 0.0)])
    late = ease(t, [(at + 0.03, 0.0), (at + 0.22, 1.0), (at + 0.6, 0.6), (at + 1.3, 0.0)])
    take.head += np.outer(snap, (rng.uniform(-4, 12), rng.uniform(30, 42), -rng.uniform(16, 26)))
    take.spine += np.outer(late, (rng.uniform(4, 12), rng.uniform(16, 26), -rng.uniform(10, 16)))
    take.tilt[:, 1] += 8 * late
    _hand_to(take, "right", reach((0.09, 1.56, 0.14), (0.8, -0.8, 0.1), (-0.8, 0.0, -0.5), (-0.2, 0.9, 0.2)), at + 0.35, at + 1.3)
    _loose_arm(take, rng, "left", at)
    return take


def hit_head(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Struck in the face: the head is thrown back, a step back, hands up to the face."""
    take, at = _hit(rng, rng.normal(0, 0.03), -rng.uniform(0.16, 0.28), 0.7)
    t = take.t
    snap = ease(t, [(at, 0.0), (at + 0.11, 1.0), (at + 0.45, -0.3), (at + 1.2, 0.0)])
    late = ease(t, [(at + 0.03, 0.0), (at + 0.22, 1.0), (at + 0.65, -0.7), (at + 1.3, 0.0)])
    take.head += np.outer(snap, (-rng.uniform(30, 40), rng.uniform(-12, 12), rng.uniform(-8, 8)))
    take.spine += np.outer(late, (-rng.uniform(14, 20), rng.uniform(-8, 8), 0))
    for side in ("left", "right"):
        face = reach((0.05, 1.58, 0.17), (0.9, -0.8, 0.1), (-0.4, 0.0, -1.0), (-0.3, 1.0, 0.0))
        if side == "left" or rng.random() < 0.6:
            _hand_to(take, side, face, at + 0.4, at + 1.3)
        else:
            _loose_arm(take, rng, side, at)
    return take


def hit_stomach(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Struck in the belly: doubled over at once, both arms to it, a step back, slowly up again."""
    return _belly(rng, 0.0)


def hit_stomach_right(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Struck in the right side below the ribs: folded over it."""
    return _belly(rng, 1.0)


def _belly(rng: np.random.Generator, right: float) -> AuthoredTake:
    take, at = _hit(rng, 0.12 * right + rng.normal(0, 0.02), -rng.uniform(0.16, 0.26) * (1 - 0.5 * right), 1.2)
    t = take.t
    shape = ease(t, [(at, 0.0), (at + 0.16, 1.0), (at + 0.9, 0.85), (at + 1.9, 0.0)])
    take.move[:, 2] -= rng.uniform(0.08, 0.12) * shape
    take.move[:, 1] -= rng.uniform(0.05, 0.1) * shape
    take.tilt[:, 0] += rng.uniform(16, 22) * shape
    take.spine += np.outer(shape, (rng.uniform(30, 40) - 10 * right, -14 * right, 20 * right))
    take.head[:, 0] += ease(t, [(at, 0.0), (at + 0.14, -18.0), (at + 0.45, 18.0), (at + 1.9, 0.0)])
    for side in ("left", "right"):
        height = rng.uniform(1.06, 1.14)
        place = (0.02, height, 0.17) if not right else ((0.12, height, 0.13) if side == "right" else (-0.1, height, 0.17))
        _hand_to(take, side, reach(place, (0.9, -0.5, 0.3), (-0.2, 0.0, -1.0), (-1.0, -0.1, 0.1)), at + 0.18, at + 1.3)
    take.hang[:] = 0.5 - 0.5 * blur(shape, 0.1)
    return take


def _hand_to(take: AuthoredTake, side: str, pose: ArmPose, there: float, until: float) -> None:
    rest = take.rest_arm[side]
    take.key_arm(side, [(0, rest), (there - 0.3, rest), (there + 0.06, pose), (until, pose), (until + 0.8, rest)], lag=0.4)


def _loose_arm(take: AuthoredTake, rng: np.random.Generator, side: str, at: float) -> None:
    """An arm that is flung out by the blow and falls back."""
    rest = take.rest_arm[side]
    out = arm((0.9, -0.55, rng.uniform(-0.2, 0.5)), (0.8, -0.3, rng.uniform(0.2, 0.7)), (0.0, -1.0, 0.2))
    take.key_arm(side, [(0, rest), (at + 0.02, rest), (at + 0.3, out), (at + 1.0, rest)], lag=0.5)


def _pushed(rng: np.random.Generator, x: float, z: float) -> AuthoredTake:
    """Shoved: the trunk goes first, head and arms lag, two or three quick steps catch up.

    Then the body comes upright.
    """
    at, strength = rng.uniform(0.45, 0.8), rng.uniform(0.75, 1.2)
    way = np.array([x, z])
    row = FootRow(rng, at + 0.02)
    side = row.first if x == 0 else ("left" if x > 0 else "right")
    strike, gone = at + 0.36, np.zeros(2)
    steps = 3 if x == 0 else 2
    for number in range(steps):
        gone = gone + way * strength * ((0.34, 0.3, 0.14) if x == 0 else (0.36, 0.16))[number]
        aside, ahead = map(float, gone)
        row.put(side, strike - 0.26, strike, ahead, x=aside, lift=0.05, strike=-6 if z > 0 else 8, push=26, shared=0.03)
        side, strike = OTHER[side], strike + rng.uniform(0.32, 0.4)
    row.put(side, strike - 0.28, strike + 0.1, float(gone[1]), x=float(gone[0]), lift=0.045, push=20, shared=0.2)
    end = strike + 0.1
    take = AuthoredTake(rng, end + rng.uniform(0.8, 1.1))
    row.lay(take)
    follow(take, row.knots, 0.06)
    lean_over_feet(take, 0.2, 2.0, 0.5)
    t = take.t
    ahead = ease(t, [(at, 0.0), (at + 0.2, 1.0), (strike - 0.2, 0.3), (end + 0.2, 0.0)])
    whip = ease(t, [(at, 0.0), (at + 0.12, 1.0), (at + 0.42, -0.7), (at + 0.9, 0.0)])
    take.move[:, [0, 2]] += np.outer(ahead, way) * 0.1
    take.move[:, 1] -= rng.uniform(0.05, 0.08) * _jolt(t, at + 0.05, 0.3, 0.5, 0.6)
    degrees = rng.uniform(13, 19) * strength
    take.tilt[:, 0] += 0.7 * degrees * ahead * z
    take.tilt[:, 2] -= 0.6 * degrees * ahead * x
    take.spine[:, 0] += 0.9 * degrees * ahead * z
    take.spine[:, 2] -= 0.8 * degrees * ahead * x
    take.head[:, 0] -= 22 * whip * z
    take.head[:, 2] += 18 * whip * x
    for name in ("left", "right"):
        rest = take.rest_arm[name]
        lag = np.array([0.5 + 0.3 * abs(x), -0.75, 0.15 - 0.7 * z])
        first = arm(lag, lag + np.array([0.0, 0.2, 0.5]), (-0.5, -1.0, 0.0))
        out = arm((0.7, -0.5, 0.5 + 0.2 * z), (0.4, -0.1, 0.9), (-0.2, -1.0, 0.2))
        take.key_arm(name, [(0, rest), (at, rest), (at + 0.17, first), (at + 0.5, out), (end + 0.3, rest)], lag=0.4)
    return take


def pushed_forward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Pushed from behind."""
    return _pushed(rng, 0.0, 1.0)


def pushed_backward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Pushed at the chest."""
    return _pushed(rng, 0.0, -1.0)


def pushed_left(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Pushed at the right shoulder."""
    return _pushed(rng, 1.0, 0.0)


def dizzy(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """On the spot: the head rolls, the body circles over its feet, a hand goes to the brow.

    Small steps keep the body up.
    """
    lead, seconds = rng.uniform(0.3, 0.5), rng.uniform(3.0, 4.2)
    row = FootRow(rng, lead)
    side, when = row.first, lead + rng.uniform(0.7, 1.0)
    while when < lead + seconds - 0.9:
        row.put(side, when, when + 0.4, rng.normal(0, 0.07), x=rng.normal(0, 0.05), lift=0.04, strike=2, push=16)
        side, when = OTHER[side], when + rng.uniform(0.7, 1.1)
    end = lead + seconds
    take = AuthoredTake(rng, end + rng.uniform(0.6, 0.9))
    row.lay(take)
    follow(take, [*row.knots, (end, row.knots[-1][1])], 0.15)
    t = take.t
    share = min_jerk((t - lead) / 0.8) * (1 - min_jerk((t - end + 0.7) / 0.8))
    angle = 2 * np.pi * (t - lead) * rng.uniform(0.4, 0.55) * rng.choice([-1, 1]) + rng.uniform(0, 6)
    take.move[:, 0] += 0.05 * np.sin(angle) * share
    take.move[:, 2] += 0.035 * np.cos(angle) * share
    take.move[:, 1] -= 0.03 * share
    take.spine += np.stack([7 * np.cos(angle), 3 * np.sin(angle), -9 * np.sin(angle)], -1) * share[:, None]
    take.head += np.stack([8 + 14 * np.cos(angle - 0.7), 6 * np.sin(angle), -16 * np.sin(angle - 0.7)], -1) * share[:, None]
    brow = reach((0.07, 1.68, 0.16), (0.9, -0.3, 0.4), (-0.2, -0.2, -1.0), (-0.8, 0.6, 0.0))
    rest = take.rest_arm["right"]
    take.key_arm("right", [(0, rest), (lead + 0.3, rest), (lead + 0.9, brow), (end - 0.7, brow), (end + 0.2, rest)])
    out, rest = arm((0.7, -0.8, 0.3), (0.5, -0.4, 0.7), (-0.2, -1.0, 0.0)), take.rest_arm["left"]
    take.key_arm("left", [(0, rest), (lead + 0.4, rest), (lead + 1.1, out), (end - 0.6, out), (end + 0.3, rest)])
    return take


def duck_for_cover(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Down at once, knees bent, head between the arms, and stays small."""
    lead, down, hold = rng.uniform(0.35, 0.7), rng.uniform(0.34, 0.46), rng.uniform(1.2, 2.2)
    take = AuthoredTake(rng, lead + down + hold, width=rng.uniform(1.2, 1.5), idle=0.7)
    t = take.t
    shape = ease(t, [(lead, 0.0), (lead + down, 1.0)])
    take.move[:, 1] -= rng.uniform(0.44, 0.52) * shape
    take.move[:, 2] -= rng.uniform(0.1, 0.15) * shape
    take.tilt[:, 0] += rng.uniform(22, 30) * shape
    take.spine[:, 0] += rng.uniform(34, 44) * shape
    take.head[:, 0] += rng.uniform(20, 30) * ease(t, [(lead + 0.05, 0.0), (lead + down + 0.1, 1.0)])
    take.splay += rng.uniform(6, 14) * shape
    tremble = 0.6 * smooth_noise(rng, t, 1.0, 1, 1.5, 3.0)[:, 0] * shape
    take.spine[:, 2] += tremble
    for side in ("left", "right"):
        foot = take.feet[side]
        foot.heel += rng.uniform(14, 26) * shape
        cover = reach((0.08, 1.70, 0.02), (0.75, -0.1, 1.0), (-0.3, -0.8, -0.3), (-0.8, 0.1, -0.6), lift=10.0)
        rest = take.rest_arm[side]
        take.key_arm(side, [(0, rest), (lead, rest), (lead + down + 0.05, cover)], lag=0.4)
    take.hang[:] = 0.5 * (1 - shape)
    return take


GESTURES = (
    AuthoredGesture("startle", startle, speeds=False),
    AuthoredGesture("flinch.right", flinch, speeds=False),
    AuthoredGesture("hit_head", hit_head, speeds=False),
    AuthoredGesture("hit_head.right", hit_head_right, 0.8, speeds=False),
    AuthoredGesture("hit_stomach", hit_stomach, speeds=False),
    AuthoredGesture("hit_stomach.right", hit_stomach_right, 0.6, speeds=False),
    AuthoredGesture("pushed.forward", pushed_forward, speeds=False),
    AuthoredGesture("pushed.backward", pushed_backward, speeds=False),
    AuthoredGesture("pushed.left", pushed_left, speeds=False),
    AuthoredGesture("dizzy", dizzy, speeds=False),
    AuthoredGesture("duck_for_cover", duck_for_cover, speeds=False),
)
