"""Footing that is lost and found again: stumbling, tripping, slipping, staggering.

They are walks that something happens to; what the arms do keeps the balance.
"""

from __future__ import annotations

import numpy as np

from .arms import arm
from .curves import blur, ease, min_jerk, smooth_noise
from .footfalls import FootRow
from .gait import follow, lean_over_feet, moving
from .gesture import AuthoredGesture
from .take import OTHER, AuthoredTake


def _flail(take: AuthoredTake, rng: np.random.Generator, at: float, until: float, high: float = 0.0) -> None:
    """Both arms fly out for balance, one higher than the other."""
    for side in ("left", "right"):
        rest, up = take.rest_arm[side], high + rng.uniform(-0.25, 0.3)
        out = arm((1.0, up, rng.uniform(-0.1, 0.5)), (0.9, up + 0.4, rng.uniform(0.3, 0.8)), (0.0, -1.0, 0.2))
        other = arm((0.9, up - 0.4, rng.uniform(0.1, 0.6)), (0.6, up - 0.2, 0.8), (0.0, -1.0, 0.2))
        middle = at + 0.26 + 0.35 * (until - at)
        take.key_arm(side, [(0, rest), (at, rest), (at + 0.26, out), (middle, other), (until + 0.45, rest)], lag=0.4)


def _walk_in(row: FootRow, rng: np.random.Generator, lead: float, steps: int, beat: float) -> tuple[str, float, float]:
    """A few walking steps: the next foot, the last strike and how far ahead it was."""
    side, z, strike = row.first, 0.0, lead + 0.55
    for number in range(steps):
        z += rng.uniform(0.5, 0.58) * (0.6 if number == 0 else 1.0)
        row.put(
            side, strike - (0.5 if number == 0 else 0.76 * beat), strike, z, width=0.06, strike=-16, lift=0.05, shared=0.12 * beat
        )
        side, strike = OTHER[side], strike + beat
    return side, strike - beat, z


def stumble(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A foot lands badly, and hasty steps run after the body until it is upright again."""
    beat, lead = rng.uniform(0.5, 0.56), rng.uniform(0.4, 0.6)
    row = FootRow(rng, lead - 0.12)
    side, strike, z = _walk_in(row, rng, lead, int(rng.integers(2, 4)), beat)
    caught = strike + 0.16
    quick = [rng.uniform(0.34, 0.42), rng.uniform(0.27, 0.33), rng.uniform(0.3, 0.36), rng.uniform(0.42, 0.5)]
    for number, (seconds, length) in enumerate(zip(quick, (0.42, 0.52, 0.4, 0.25), strict=True)):
        before, strike = strike, strike + seconds
        z += length * rng.uniform(0.9, 1.1)
        drift = rng.normal(0, 0.05)
        row.put(
            side, before + (0.08 if number else 0.14), strike, z, x=drift, width=0.09, lift=0.06, strike=4, push=40, shared=0.02
        )
        side = OTHER[side]
    end = strike + 0.55
    row.put(side, strike + 0.1, end, z, lift=0.05, shared=0.25)
    take = AuthoredTake(rng, end + rng.uniform(0.5, 0.8))
    row.lay(take)
    follow(take, row.knots, 0.07)
    lean_over_feet(take, 0.3, 3.0, beat)
    t = take.t
    shape = ease(t, [(caught - 0.08, 0.0), (caught + 0.35, 1.0), (strike - 0.35, 0.75), (end, 0.0)])
    take.move[:, 2] += rng.uniform(0.08, 0.14) * shape
    take.move[:, 1] -= rng.uniform(0.08, 0.13) * shape + 0.03 * moving(take, lead, end)
    take.tilt[:, 0] += rng.uniform(14, 20) * shape
    take.spine[:, 0] += rng.uniform(14, 24) * shape
    take.head[:, 0] += 14 * ease(t, [(caught, 0.0), (caught + 0.2, 1.0), (strike, -0.4), (end, 0.0)])
    wobble = shape * np.sin(2 * np.pi * (t - caught) * rng.uniform(1.3, 1.7))
    take.spine[:, 2] += rng.uniform(5, 9) * wobble
    take.tilt[:, 1] += 6 * wobble
    _flail(take, rng, caught, strike)
    return take


def trip(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A swinging foot is stopped by something.

    The body pitches over it and one long deep step catches it.
    """
    beat, lead = rng.uniform(0.5, 0.56), rng.uniform(0.4, 0.6)
    row = FootRow(rng, lead - 0.12)
    side, strike, z = _walk_in(row, rng, lead, int(rng.integers(2, 4)), beat)
    stuck = strike + 0.3
    row.put(side, strike + 0.1, stuck, z + 0.03, width=0.07, lift=0.035, strike=26, flat=24, push=50, shared=0.0)
    far, catch = rng.uniform(0.75, 0.9), stuck + rng.uniform(0.38, 0.44)
    row.put(OTHER[side], stuck + 0.02, catch, z + far, width=0.1, lift=0.1, strike=-6, push=48, shared=0.0)
    after = catch + rng.uniform(0.4, 0.5)
    row.put(side, catch + 0.06, after, z + far + 0.3, width=0.1, lift=0.06, push=50)
    end = after + rng.uniform(0.5, 0.6)
    row.put(OTHER[side], after + 0.1, end, z + far + 0.3, lift=0.05, shared=0.25)
    take = AuthoredTake(rng, end + rng.uniform(0.5, 0.8))
    row.lay(take)
    follow(take, row.knots, 0.07)
    lean_over_feet(take, 0.3, 3.0, beat)
    t = take.t
    shape = ease(t, [(stuck - 0.1, 0.0), (catch - 0.03, 1.0), (catch + 0.25, 0.9), (end + 0.1, 0.0)])
    take.move[:, 2] += 0.16 * ease(t, [(stuck - 0.1, 0.0), (catch - 0.08, 1.0), (after, 0.0)])
    take.move[:, 1] -= rng.uniform(0.18, 0.26) * ease(t, [(stuck, 0.0), (catch + 0.12, 1.0), (end, 0.0)]) + 0.03 * moving(
        take, lead, end
    )
    take.tilt[:, 0] += rng.uniform(24, 30) * shape
    take.spine[:, 0] += rng.uniform(18, 26) * shape
    take.head[:, 0] -= 22 * shape
    forward = arm((0.4, 0.05, 1.0), (0.2, -0.1, 1.0), (0.0, -0.8, 1.0), (0.1, 0.6, 1.0))
    for name in ("left", "right"):
        rest = take.rest_arm[name]
        low = arm((0.5, -0.8, 0.5), (0.2, -0.6, 0.9), (-0.3, -1.0, 0.0))
        take.key_arm(name, [(0, rest), (stuck - 0.06, rest), (catch - 0.1, forward), (catch + 0.3, low), (end, rest)], lag=0.4)
    take.hang[:] = 0.5 - 0.4 * blur(shape, 0.1)
    return take


def slip(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A foot that has just landed slides away ahead.

    The body is thrown back, arms up, and catches itself on the other leg.
    """
    beat, lead = rng.uniform(0.5, 0.56), rng.uniform(0.4, 0.6)
    row = FootRow(rng, lead - 0.12)
    side, strike, z = _walk_in(row, rng, lead, int(rng.integers(2, 4)), beat)
    landed = strike + beat
    row.put(side, strike + 0.13, landed, z + 0.42, width=0.07, strike=-14, lift=0.05, shared=0.05)
    slid, back = rng.uniform(0.22, 0.34), landed + rng.uniform(0.75, 0.9)
    row.put(side, back, back + 0.45, z + 0.12, width=0.1, lift=0.06, push=10)
    close = back + 0.45
    row.put(OTHER[side], close + 0.15, close + 0.65, z + 0.12, lift=0.05, shared=0.2)
    end = close + 0.65
    take = AuthoredTake(rng, end + rng.uniform(0.5, 0.8))
    row.lay(take)
    foot, t = take.feet[side], take.t
    gone = slid * min_jerk((t - landed - 0.02) / 0.34)
    foot.place[:, 2] += gone * (1 - min_jerk((t - back) / 0.4))
    foot.heel -= 16 * ease(t, [(landed, 0.0), (landed + 0.2, 1.0), (back, 0.6), (back + 0.3, 0.0)])
    follow(take, row.knots, 0.07)
    lean_over_feet(take, 0.3, 3.0, beat)
    shape = ease(t, [(landed + 0.03, 0.0), (landed + 0.32, 1.0), (back, 0.7), (end, 0.0)])
    take.move[:, 2] -= rng.uniform(0.12, 0.18) * shape
    take.move[:, 1] -= rng.uniform(0.14, 0.22) * shape + 0.03 * moving(take, lead, end)
    take.tilt[:, 0] -= rng.uniform(10, 16) * shape
    take.spine[:, 0] += ease(t, [(landed, 0.0), (landed + 0.18, -16.0), (landed + 0.5, 18.0), (end, 0.0)])
    take.head[:, 0] += ease(t, [(landed, 0.0), (landed + 0.22, 16.0), (back, 10.0), (end, 0.0)])
    take.spine[:, 2] += rng.uniform(-8, 8) * shape
    _flail(take, rng, landed + 0.03, back + 0.2, high=0.35)
    return take


def stagger(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Uneven steps to this side and that, the trunk swinging after them, arms out for balance."""
    lead = rng.uniform(0.4, 0.6)
    row = FootRow(rng, lead - 0.1)
    side, strike, z, x = row.first, lead + 0.6, 0.0, 0.0
    steps = int(rng.integers(6, 9)) - (2 if tempo < 0.7 else 0)
    weave = rng.choice([-1.0, 1.0])
    for _ in range(steps):
        z += rng.uniform(0.16, 0.42)
        weave = -weave if rng.random() < 0.45 else weave
        x += weave * rng.uniform(0.05, 0.16)
        took = rng.uniform(0.3, 0.42)
        row.put(
            side, strike - took, strike, z, x=x, width=rng.uniform(0.07, 0.15), lift=rng.uniform(0.04, 0.08), strike=-4, shared=0.08
        )
        side, strike = OTHER[side], strike + rng.uniform(0.44, 0.72) / tempo**0.6
    row.put(side, strike - 0.4, strike, z, x=x, lift=0.05, shared=0.3)
    take = AuthoredTake(rng, strike + rng.uniform(0.7, 1.0), idle=1.5)
    row.lay(take)
    follow(take, row.knots, 0.1)
    lean_over_feet(take, 0.45, 3.0, 0.6)
    t, going = take.t, moving(take, lead, strike)
    take.move[:, 1] -= 0.045 * going
    drift = smooth_noise(rng, t, 1.0, 4, 0.35, 0.8) * going[:, None]
    take.spine += drift[:, :3] * (9.0, 8.0, 9.0) + np.outer(going, (8, 0, 0))
    take.tilt[:, 2] += 3.5 * drift[:, 3]
    take.tilt[:, 0] += 5 * going
    take.head += drift[:, [1, 2, 0]] * (8, 6, 9) + np.outer(going, (10, 0, 0))
    swings = smooth_noise(rng, t, 1.0, 2, 0.5, 1.0)
    for name, swing in zip(("left", "right"), swings.T, strict=True):
        up = np.stack([0.75 + 0.1 * swing, -0.75 + 0.25 * swing, 0.2 + 0.3 * swing], -1)
        path = arm(up, up + np.stack([0 * t, 0.25 + 0 * t, 0.5 + 0 * t], -1), (-0.2, -1.0, 0.0))
        take.path_arm(name, lead - 0.1, strike + 0.3, path, blend=0.6)
    return take


GESTURES = (
    AuthoredGesture("stumble", stumble, speeds=False),
    AuthoredGesture("trip", trip, speeds=False),
    AuthoredGesture("slip", slip, speeds=False),
    AuthoredGesture("stagger.forward", stagger, speeds=False),
)
