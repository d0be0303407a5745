"""Hammering, sawing, drilling, chopping wood, digging, painting; right-handed."""

from __future__ import annotations

import numpy as np

from .curves import ease
from .gesture import AuthoredGesture
from .led_hands import LedTake, Times, columns, cycles, glide, rounds

FIVE = (2, 3, 4, 5)


def hammer(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand swings a hammer down onto a nail that the left holds on a bench."""
    times, cycle = rounds(rng, count, 3, 6, rng.uniform(0.62, 0.85) / tempo)
    when = Times.around(rng, times * cycle + 0.15)
    take = LedTake(rng, when, width=1.2)
    bench, reach = rng.uniform(0.98, 1.06), rng.uniform(0.36, 0.42)
    high = np.array([-rng.uniform(0.2, 0.27), bench + rng.uniform(0.34, 0.46), reach - 0.14])
    hit = np.array([-0.1, bench + 0.08, reach])
    keys, tilt = [(when.start, hit + np.array([0, 0.06, 0]))], [(when.start, 0.0)]
    for i in range(times):
        begin = when.start + i * cycle
        keys += [(begin + 0.55 * cycle, high + rng.normal(0, 0.012, 3)), (begin + 0.86 * cycle, hit)]
        tilt += [(begin + 0.58 * cycle, 1.0), (begin + 0.86 * cycle, 0.0)]
    keys.append((when.end, hit + np.array([0, 0.04, 0])))
    swing = ease(take.t, [*tilt, (when.end, 0.0)])
    take.stagger(rng.uniform(0.1, 0.25))
    take.stoop(take.on * (rng.uniform(9, 15) - 5.0 * swing), 0.02 * take.on, -14.0 * swing * take.on)
    take.lean_to(-0.015 * swing * take.on)
    take.watch((-0.05, bench, reach + 0.2), take.on)
    thumb = columns(0.12, 0.35 + 0.8 * swing, 0.9 - 1.1 * swing)
    take.grip("right", ease(take.t, keys), thumb, (1.0, 0.0, 0.15), 35.0, (-0.8, -0.8, -0.5))
    take.lead_palm("left", (0.02, bench + 0.03, reach + 0.1), (-0.6, -0.7, 0.1), (-0.55, -0.25, 0.8))
    return take


def saw(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand pushes and pulls a saw; the left holds the board, the trunk rocks along."""
    times, period = rounds(rng, count, 4, 6, rng.uniform(0.8, 1.05) / tempo)
    when = Times.around(rng, times * period)
    take = LedTake(rng, when, width=1.1)
    phase = cycles(take.t, when.start, period, times)
    stroke = 0.5 - 0.5 * np.cos(2 * np.pi * phase)  # 0 drawn back, 1 pushed out
    board, size = rng.uniform(0.76, 0.84), rng.uniform(0.26, 0.34)
    take.stagger(rng.uniform(0.28, 0.4))
    take.stoop(take.on * (rng.uniform(30, 36) + 7.0 * stroke), 0.05 * take.on, take.on * (-14.0 + 12.0 * stroke))
    take.lean_to(-0.02 * take.on, 0.05 * stroke * take.on)
    take.watch((-0.15, board, 0.6), take.on)
    hand = columns(-0.2, board + 0.16 - 0.1 * stroke, 0.16 + size * stroke)
    take.grip("right", hand, (0.0, 0.9, 0.45), (1.0, 0.0, 0.0), 20.0, (-0.5, 0.3, -1.0))
    take.lead_palm("left", (0.2, board, 0.46), (-0.15, -1.0, 0.0), (-0.4, -0.15, 0.9), (0.9, -0.3, -0.4))
    return take


def drill(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Both hands press a power drill into a wall, lean into it and shake with it."""
    work = rng.uniform(1.8, 3.2) / tempo**0.5
    when = Times.around(rng, work)
    take = LedTake(rng, when, width=1.1)
    height = rng.uniform(1.2, 1.42)
    out = ease(take.t, [(when.start, 0.0), (when.start + 0.3 * work, 1.0), (when.end - 0.25, 1.0), (when.end, 0.3)])
    shake = 0.004 * out * take.on * np.sin(2 * np.pi * 11 * take.t)
    take.stagger(rng.uniform(0.25, 0.4))
    take.stoop(take.on * (4.0 + 6.0 * out), 0.03 * take.on)
    take.move[:, 2] += 0.05 * out * take.on
    take.watch((-0.06, height, 0.75), take.on)
    depth = 0.36 + 0.1 * out
    take.grip(
        "right",
        columns(-0.09 + shake, height - 0.02 + shake, depth - 0.05),
        (0.0, 0.95, 0.3),
        (1.0, 0.0, 0.0),
        15.0,
        (-0.9, -0.7, -0.3),
    )
    take.lead_palm("left", columns(0.0 + shake, height - 0.02 - shake, depth + 0.08), (-0.7, 0.7, 0.0), (-0.35, 0.1, 0.9))
    return take


def chop_wood(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """An axe goes overhead in both hands and comes down hard; hips and knees give the blow."""
    times, cycle = rounds(rng, count, 2, 3, rng.uniform(1.5, 1.9) / tempo**0.8)
    when = Times.around(rng, times * cycle)
    take = LedTake(rng, when, width=1.75)
    ready, ready_way = np.array([0.0, 0.98, 0.33]), np.array([-0.2, -0.25, 1.0])
    top, top_way = np.array([0.02, 1.86, 0.08]), np.array([-0.05, 0.35, -1.0])
    rise, rise_way = np.array([-0.02, 1.5, 0.42]), np.array([-0.1, 1.0, 0.25])
    low, low_way = np.array([0.0, 0.82, 0.5]), np.array([0.0, -0.35, 1.0])
    keys, ways, deep, back = [(when.start, ready)], [(when.start, ready_way)], [(when.start, 0.15)], [(when.start, 0.0)]
    for i in range(times):
        begin = when.start + i * cycle
        for share, place, way in (
            (0.28, rise, rise_way), (0.46, top, top_way), (0.58, rise, rise_way), (0.66, low, low_way), (0.74, low, low_way),
            (0.98, ready, ready_way),
        ):  # fmt: skip
            keys.append((begin + share * cycle, place))
            ways.append((begin + share * cycle, way))
        deep += [
            (begin + 0.46 * cycle, 0.0),
            (begin + 0.66 * cycle, 1.0),
            (begin + 0.76 * cycle, 1.0),
            (begin + 0.98 * cycle, 0.15),
        ]
        back += [(begin + 0.46 * cycle, 1.0), (begin + 0.6 * cycle, 0.0), (begin + 0.99 * cycle, 0.0)]
    keys.append((when.end, ready))
    ways.append((when.end, ready_way))
    down, arch = ease(take.t, deep) * take.on, ease(take.t, back) * take.on
    take.stoop(rng.uniform(36, 44) * down - 8.0 * arch, rng.uniform(0.1, 0.16) * down)
    for foot in take.feet.values():
        foot.heel += 14.0 * arch
    take.move[:, 1] += 0.015 * arch
    take.splay += 12.0 * down
    take.watch((0.0, 0.45, 1.1), take.on * (1 - 0.5 * arch))
    handle = glide(take.t, ways)
    take.hold(
        glide(take.t, keys), handle, ("left", 0.0, 1), ("right", 0.16, 1),
        slant=38.0, elbows=(1.0, -0.5, 0.0),
    )  # fmt: skip
    return take


def dig(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """A shovel goes into the ground ahead, lifts earth, and throws it to the left."""
    times, cycle = rounds(rng, count, 2, 3, rng.uniform(1.9, 2.4) / tempo**0.8)
    when = Times.around(rng, times * cycle)
    take = LedTake(rng, when, width=1.5)
    shapes = (  # share of the cycle, upper hand, direction of the shaft, stoop, turn
        (0.0, (-0.12, 1.02, 0.22), (0.12, -0.75, 0.65), 0.45, 0.0),
        (0.2, (-0.12, 0.88, 0.32), (0.1, -0.8, 0.6), 1.0, 0.0),
        (0.34, (-0.12, 0.72, 0.22), (0.12, -0.35, 0.95), 1.0, 0.0),
        (0.56, (-0.2, 0.96, 0.16), (0.45, -0.15, 0.9), 0.3, 0.4),
        (0.72, (-0.02, 1.04, 0.3), (0.95, 0.05, 0.5), 0.15, 1.0),
        (0.82, (0.02, 1.02, 0.28), (1.0, -0.25, 0.4), 0.2, 1.0),
        (1.0, (-0.12, 1.02, 0.22), (0.12, -0.75, 0.65), 0.45, 0.0),
    )
    stamps = [when.start + (i + share) * cycle for i in range(times) for share, *_ in shapes[: 6 if i < times - 1 else 7]]
    picks = [shape for i in range(times) for shape in shapes[: 6 if i < times - 1 else 7]]
    hand, shaft = (glide(take.t, [(s, np.array(p[k])) for s, p in zip(stamps, picks, strict=True)]) for k in (1, 2))
    bent, turned = (glide(take.t, [(s, p[k]) for s, p in zip(stamps, picks, strict=True)]) * take.on for k in (3, 4))
    take.stagger(rng.uniform(0.3, 0.42))
    take.stoop(rng.uniform(38, 46) * bent, rng.uniform(0.1, 0.16) * bent, 34.0 * turned)
    take.lean_to(0.05 * turned, 0.05 * bent)
    take.splay += 8.0 * bent
    take.watch(columns(0.9 * turned, 0.1, 0.8), take.on)
    take.hold(hand, shaft, ("right", 0.0, 1), ("left", 0.33, 1), slant=20.0, elbows=(0.9, -0.3, -0.5))
    return take


def paint_wall(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """A roller goes up and down a wall in the right hand, each stroke further to the left."""
    times, period = rounds(rng, count, 3, 4, rng.uniform(1.1, 1.5) / tempo)
    when = Times.around(rng, times * period)
    take = LedTake(rng, when, width=1.2)
    phase = cycles(take.t, when.start, period, times)
    up = 0.5 - 0.5 * np.cos(2 * np.pi * phase)
    low, high, wall = rng.uniform(1.0, 1.12), rng.uniform(1.68, 1.8), rng.uniform(0.48, 0.53)
    across = -0.3 + 0.3 * phase / times
    take.stoop(take.on * (9.0 * (1 - up) - 4.0 * up), 0.05 * take.on * (1 - up), take.on * 8.0)
    take.lean_to(take.on * (0.02 + 0.12 * across))
    for foot in take.feet.values():
        foot.heel += 8.0 * up * take.on
    place = columns(across, low + (high - low) * up, wall - 0.06 * up)
    take.watch(place + np.array([0, 0, 0.25]), take.on)
    take.grip("right", place, columns(0.15, 0.75, 0.6), (0.7, -0.4, 0.6), 30.0, (-0.9, -0.7, 0.0))
    return take


GESTURES = (
    AuthoredGesture("hammer", hammer, 0.7, counts=FIVE),
    AuthoredGesture("saw", saw, 0.7),
    AuthoredGesture("drill", drill, 0.6, speeds=False),
    AuthoredGesture("chop_wood", chop_wood, 0.7, counts=FIVE),
    AuthoredGesture("dig", dig, 0.7, counts=(2, 3)),
    AuthoredGesture("paint_wall", paint_wall, 0.7),
)
