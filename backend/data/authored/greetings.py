"""Waves, raised arms, bows, nods, shaken heads, shrugs, claps, salutes and cheers.

One function a gesture: ``gesture(rng, tempo, count) -> AuthoredTake``. Everything one-sided is authored for the right and
mirrored by the caller. ``count`` None means "as often as people usually do".
"""

from __future__ import annotations

import numpy as np

from .arms import ArmPose, arm, reach
from .take import AuthoredTake

MANY = 7.4  # seconds that bows in a row take at most: more than ten, and the last would be cut off
FORWARD, INWARD = (0.0, 0.0, 1.0), (-1.0, 0.0, 0.0)


def _edges(rng: np.random.Generator) -> tuple[float, float]:
    """Seconds of standing before and after."""
    return rng.uniform(0.15, 0.55), rng.uniform(0.3, 0.8)


def wave(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right forearm swings beside the head, over it, or low; the palm faces forward."""
    return _wave(rng, tempo, count, ("right",))


def wave_both(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both forearms swing, apart and together."""
    return _wave(rng, tempo, count, ("left", "right"))


def _wave(rng: np.random.Generator, tempo: float, count: int | None, sides: tuple[str, ...]) -> AuthoredTake:
    lead, tail = _edges(rng)
    half = rng.uniform(0.21, 0.3) / tempo**0.8
    swings = 2 * (count or int(rng.integers(2, 5 if tempo > 0.7 else 4)))
    rise, fall = rng.uniform(0.5, 0.75) / tempo**0.6, rng.uniform(0.6, 0.9) / tempo**0.5
    style = rng.choice(["beside", "over", "low"], p=[0.55, 0.25, 0.2])
    width = rng.uniform(0.25, 0.6)
    front = rng.uniform(0.15, 0.4)

    def pose(swing: float) -> ArmPose:
        if style == "beside":
            upper, fore = (0.85, level, front + 0.1), np.array([0.12, 1.0, front])
        elif style == "over":
            upper, fore = (0.5, 0.9 + level, front), np.array([0.05, 1.0, front * 0.5])
        else:
            upper, fore = (0.4, -0.85, 0.15), np.array([0.42, 0.9, front + 0.25])
        aside = np.array([swing * width, 0.0, 0.0])
        return arm(upper, fore + aside, (0.0, 0.05, 1.0), fore + 1.5 * aside)

    level = rng.uniform(-0.2, 0.35)
    start = lead + rise
    take = AuthoredTake(rng, start + swings * half + fall + tail)
    keys = [(start, pose(0.5))]
    keys += [(start + (i + 1) * half, pose((-1.0 if i % 2 == 0 else 1.0) * rng.uniform(0.8, 1.1))) for i in range(swings)]
    end = start + swings * half
    keys.append((end + 0.08, pose(0.2)))
    for side in sides:
        rest = take.rest_arm[side]
        take.key_arm(side, [(0.0, rest), (lead, rest), *keys, (end + 0.08 + fall, rest)])
    up = [(lead, 0.0), (start, 1.0), (end, 1.0), (end + fall, 0.0)]
    one = 2.0 - len(sides)
    for channel, column, size in (
        (take.spine, 2, one * rng.uniform(-5, -1)), (take.spine, 1, one * rng.uniform(-5, 6)),
        (take.head, 2, rng.uniform(-6, 5)), (take.head, 1, one * rng.uniform(-8, 4)),
        (take.move, 0, one * rng.uniform(0.0, 0.035)),
    ):  # fmt: skip
        take.key(channel[:, column], [(time, size * value) for time, value in up])
    return take


def raised(rng: np.random.Generator) -> tuple[ArmPose, ArmPose]:
    """An arm straight up, and the pose it passes on the way: in front or at the side."""
    out, front = rng.uniform(0.02, 0.3), rng.uniform(-0.05, 0.28)
    bend = rng.uniform(0.12, 0.35)
    high = arm((out + bend * 0.6, 1.0, front), (out - bend * 0.4, 1.0, front + 0.08), (-0.35, 0.0, 1.0))
    if rng.random() < 0.6:
        return high, arm((0.35, -0.05, 1.0), (0.2, 0.35, 1.0), (-0.6, -0.6, 0.2))
    return high, arm((1.0, -0.05, 0.35), (0.9, 0.3, 0.5), (0.1, -0.6, 0.8))


def _raise(rng: np.random.Generator, tempo: float, sides: tuple[str, ...]) -> AuthoredTake:
    lead, tail = _edges(rng)
    rise, hold, fall = rng.uniform(0.7, 1.1) / tempo, rng.uniform(0.7, 1.8), rng.uniform(0.7, 1.1) / tempo
    stays = rng.random() < 0.25  # some takes end with the arm still up
    top = lead + rise
    down = top + hold
    take = AuthoredTake(rng, down + (0.2 if stays else fall + tail))
    high, via = raised(rng)
    for side in sides:
        late = rng.uniform(0, 0.06) if len(sides) > 1 else 0.0
        rest = take.rest_arm[side]
        keys = [(0.0, rest), (lead + late, rest), (top + late, high, via), (down + late, high)]
        take.key_arm(side, keys if stays else [*keys, (down + fall + late, rest, via)])
    shape = [(lead, 0.0), (top, 1.0), (down, 1.0)] + ([] if stays else [(down + fall, 0.0)])
    one = 1.0 if len(sides) == 1 else 0.0
    for channel, column, size in (
        (take.spine, 0, rng.uniform(-6, -1)), (take.spine, 2, one * rng.uniform(-6, -2)),
        (take.head, 0, rng.uniform(-10, 2)), (take.move, 0, one * rng.uniform(0, 0.03)),
    ):  # fmt: skip
        take.key(channel[:, column], [(time, size * value) for time, value in shape])
    return take


def raise_arm_right(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right arm goes up past the front or the side, stays, and mostly comes down again."""
    return _raise(rng, tempo, ("right",))


def raise_arm_both(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both arms go up."""
    return _raise(rng, tempo, ("left", "right"))


def bow(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A bow from hips and spine with nearly straight legs; the seat moves back."""
    lead, tail = _edges(rng)
    down, hold, up = rng.uniform(0.7, 1.1) / tempo, rng.uniform(0.25, 0.8), rng.uniform(0.8, 1.2) / tempo
    times = count or 1
    brisk = min(1.0, MANY / (times * (down + hold + up + 0.2)))
    down, hold, up = brisk * down, brisk * hold, brisk * up
    cycle = down + hold + up + 0.2
    take = AuthoredTake(rng, lead + times * cycle + tail)
    depth = min(rng.uniform(35, 80), 150 / times)  # who bows again and again does it less deep
    take.hang[:] = rng.choice([rng.uniform(0.1, 0.3), rng.uniform(0.7, 0.95)])
    for i in range(times):
        start = lead + i * cycle
        shape = [(start, 0.0), (start + down, 1.0), (start + down + hold, 1.0), (start + down + hold + up, 0.0)]
        late = [(time + 0.06, value) for time, value in shape]
        for channel, column, size, keys in (
            (take.tilt, 0, 0.52 * depth, shape), (take.spine, 0, 0.44 * depth, late),
            (take.head, 0, rng.uniform(4, 16), late), (take.move, 2, -0.0020 * depth, shape),
            (take.move, 1, -0.0004 * depth, shape),
        ):  # fmt: skip
            take.key(channel[:, column], [(time, size * value) for time, value in keys])
    if rng.random() < 0.25:  # a hand laid on the belly
        belly = reach((0.0, 1.16, 0.19), (0.8, -0.5, -0.1), (0.0, 0.0, -1.0), (-1.0, 0.05, 0.15))
        rest = take.rest_arm["right"]
        end = lead + times * cycle
        take.key_arm("right", [(0, rest), (lead - 0.1, rest), (lead + 0.7 * down, belly), (end - 0.5 * up, belly), (end, rest)])
    return take


def nod(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The head dips and comes back, each time a little less."""
    lead, tail = _edges(rng)
    dips = count or int(rng.integers(1, 4))
    half = rng.uniform(0.2, 0.32) / tempo
    take = AuthoredTake(rng, lead + dips * 2 * half + 0.3 + tail)
    keys: list[tuple[float, float]] = [(lead, 0.0)]
    size = rng.uniform(20, 32)
    for i in range(dips):
        keys += [(lead + (2 * i + 1) * half, size * 0.93**i), (lead + (2 * i + 2) * half, -rng.uniform(0, 4))]
    take.key(take.head[:, 0], [*keys, (keys[-1][0] + 0.25, 0.0)])
    take.key(take.spine[:, 0], [(time + 0.04, 0.1 * value) for time, value in keys])
    return take


def shake_head(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The head turns from side to side."""
    lead, tail = _edges(rng)
    cycles = count or int(rng.integers(2, 4))
    half = rng.uniform(0.22, 0.32) / tempo
    take = AuthoredTake(rng, lead + (2 * cycles + 1) * half + tail + 0.2)
    size, first = rng.uniform(26, 42), rng.choice([-1, 1])
    keys = [(lead, 0.0)]
    keys += [(lead + (i + 0.9) * half, first * (1 - 2 * (i % 2)) * size * 0.96**i) for i in range(2 * cycles)]
    keys.append((keys[-1][0] + half * 1.2, 0.0))
    take.key(take.head[:, 1], keys)
    take.key(take.head[:, 0], [(lead, 0.0), (lead + half, rng.uniform(0, 8)), (keys[-1][0], 0.0)])
    take.key(take.spine[:, 1], [(time + 0.04, -0.08 * value) for time, value in keys])
    return take


def shrug(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Shoulders up, mostly with forearms out and palms up, head a little to one side."""
    lead, tail = _edges(rng)
    rise, hold, fall = rng.uniform(0.3, 0.45) / tempo, rng.uniform(0.25, 0.7), rng.uniform(0.4, 0.65) / tempo
    times = count or 1
    cycle = rise + hold + fall
    take = AuthoredTake(rng, lead + times * cycle + tail)
    lift, open_hands = rng.uniform(20, 28), rng.random() < 0.7
    for side in ("left", "right"):
        if open_hands:
            spread, height = rng.uniform(0.5, 1.1), rng.uniform(-0.25, 0.15)
            pose = arm(
                (0.3, -1.0, rng.uniform(0, 0.15)),
                (spread, height, 0.9),
                (0.15, 1.0, 0.15),
                (spread + 0.5, height - 0.1, 0.8),
                lift,
            )
        else:
            pose = arm((0.28, -1.0, 0.0), (0.2, -1.0, 0.4), (-0.6, 0.0, 0.6), None, lift)
        rest, keys = take.rest_arm[side], [(0.0, take.rest_arm[side])]
        for i in range(times):
            start = lead + i * cycle
            keys += [(start, rest), (start + rise, pose), (start + rise + hold, pose), (start + cycle, rest)]
        take.key_arm(side, keys, lag=0.8)
    shape = [(lead, 0.0), (lead + rise, 1.0), (lead + times * cycle - fall, 1.0), (lead + times * cycle, 0.0)]
    for column, size in (
        (2, rng.choice([-1, 1]) * rng.uniform(2, 11)),
        (0, rng.uniform(-6, 4)),
        (1, rng.uniform(-8, 8)),
    ):
        take.key(take.head[:, column], [(time, size * value) for time, value in shape])
    take.key(take.spine[:, 0], [(time, rng.uniform(-3, 0) * value) for time, value in shape])
    return take


def clap(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Palms meet in front of the chest."""
    lead, tail = _edges(rng)
    claps = count or int(rng.integers(3, 7 if tempo > 0.7 else 5))
    period = rng.uniform(0.4, 0.55) / tempo**0.8
    rise, fall = rng.uniform(0.45, 0.65) / tempo**0.5, rng.uniform(0.55, 0.8)
    height, front, apart = rng.uniform(1.12, 1.3), rng.uniform(0.27, 0.35), rng.uniform(0.12, 0.22)
    take = AuthoredTake(rng, lead + rise + claps * period + fall + tail)
    for side in ("left", "right"):

        def pose(x: float) -> ArmPose:
            return reach((x, height, front - 0.15 * x), (0.8, -1.0, -0.25), (-1.0, 0.05, 0.1), (-0.12 - x, 0.55, 0.8))

        rest = take.rest_arm[side]
        keys = [(0.0, rest), (lead, rest), (lead + rise, pose(apart))]
        for i in range(claps):
            begin = lead + rise + i * period
            keys += [(begin + 0.42 * period, pose(0.03)), (begin + period, pose(apart * rng.uniform(0.85, 1.1)))]
        take.key_arm(side, [*keys, (keys[-1][0] + fall, rest)], lag=0.3)
    take.key(take.spine[:, 0], [(lead, 0.0), (lead + rise, rng.uniform(-2, 5)), (lead + rise + claps * period + fall, 0.0)])
    return take


def salute(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand goes flat to the brow, stays, and snaps down; the back is straight."""
    lead, tail = _edges(rng)
    rise, hold, fall = rng.uniform(0.35, 0.5) / tempo, rng.uniform(0.7, 1.6), rng.uniform(0.35, 0.55) / tempo
    take = AuthoredTake(rng, lead + rise + hold + fall + tail, width=0.7, idle=0.6)
    brow = reach((0.21, 1.64, 0.10), (1.0, -0.25, 0.15), (-0.1, -0.75, 0.65), (-0.8, 0.35, 0.25))
    rest = take.rest_arm["right"]
    top = lead + rise
    take.key_arm("right", [(0, rest), (lead, rest), (top, brow), (top + hold, brow), (top + hold + fall, rest)], lag=0.7)
    shape = [(lead - 0.1, 0.0), (lead + 0.2, 1.0), (top + hold, 1.0), (top + hold + fall + 0.2, 0.0)]
    take.key(take.spine[:, 0], [(time, -3.0 * value) for time, value in shape])
    take.key(take.head[:, 0], [(time, -2.0 * value) for time, value in shape])
    return take


def cheer(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both arms thrown up and pumped, knees and chest joining in."""
    lead, tail = _edges(rng)
    pumps = count or int(rng.integers(2, 5))
    period = rng.uniform(0.4, 0.55) / tempo
    rise, fall = rng.uniform(0.4, 0.55) / tempo, rng.uniform(0.7, 0.9)
    take = AuthoredTake(rng, lead + rise + pumps * period + fall + tail, width=1.2)
    high, via = raised(rng)
    low = arm((0.75, 0.75, 0.25), (0.25, 1.0, 0.15), (-0.3, 0.0, 1.0))
    for side in ("left", "right"):
        rest = take.rest_arm[side]
        keys = [(0.0, rest), (lead, rest), (lead + rise, high, via)]
        for i in range(pumps):
            begin = lead + rise + i * period
            keys += [(begin + 0.5 * period, low), (begin + period, high)]
        take.key_arm(side, [*keys, (keys[-1][0] + fall, rest, via)], lag=0.8)
    dips = [(lead, 0.0), (lead + 0.4 * rise, -0.05), (lead + rise, 0.0)]
    for i in range(pumps):
        begin = lead + rise + i * period
        dips += [(begin + 0.5 * period, -rng.uniform(0.03, 0.07)), (begin + period, 0.0)]
    take.key(take.move[:, 1], dips)
    shape = [(lead, 0.0), (lead + rise, 1.0), (dips[-1][0], 1.0), (dips[-1][0] + fall, 0.0)]
    take.key(take.head[:, 0], [(time, -rng.uniform(8, 16) * value) for time, value in shape])
    take.key(take.spine[:, 0], [(time, -rng.uniform(3, 9) * value) for time, value in shape])
    return take
