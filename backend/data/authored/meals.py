"""Stirring, pouring, chopping, eating, picking fruit; right-handed, the caller mirrors them."""

from __future__ import annotations

import numpy as np

from .curves import blur, ease
from .gesture import AuthoredGesture
from .led_hands import LedTake, Times, columns, cycles, rounds, wave

FIVE = (2, 3, 4, 5)
MOUTH = np.array([0.0, 1.5, 0.12])  # in the frame of the chest


def stir(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The left hand steadies a bowl, the right goes round in it with a spoon."""
    times, period = rounds(rng, count, 4, 6, rng.uniform(0.62, 0.9) / tempo)
    when = Times.around(rng, times * period)
    take = LedTake(rng, when, width=1.05)
    phase = cycles(take.t, when.start, period, times)
    held, size = rng.uniform(1.0, 1.1), rng.uniform(0.06, 0.085)
    take.stoop(take.on * rng.uniform(8, 14))
    take.lean_to(take.on * 0.012 * wave(phase, 0.25))
    take.watch((0.04, held, 0.4), take.on, 0.9)
    spoon = columns(-0.02 + size * wave(phase, 0.25), held + 0.15, 0.38 + 0.8 * size * wave(phase))
    lean = columns(-0.35 * wave(phase, 0.25), 1.0 + 0 * phase, -0.35 * wave(phase) - 0.2)
    take.grip("right", spoon, lean, (0.75, -0.1, 0.6), 20.0, (-0.9, -0.6, -0.3))
    take.lead_palm("left", (0.16, held, 0.36), (-0.75, 0.6, 0.15), (-0.35, 0.1, 0.9))
    return take


def pour(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand tips a bottle over a glass that the left holds, and sets it upright again."""
    tip, flow = rng.uniform(0.6, 0.8) / tempo, rng.uniform(0.9, 1.7)
    when = Times.around(rng, 0.25 + 2 * tip + flow + 0.2, 0.75)
    take = LedTake(rng, when)
    glass = rng.uniform(1.02, 1.1)
    a = when.start + 0.25
    tilt = ease(take.t, [(a, 0.0), (a + tip, 0.85), (a + tip + flow, 1.0), (a + 2 * tip + flow, 0.0)])
    angle = np.radians(108.0 * tilt)
    take.stoop(take.on * (6.0 + 5.0 * tilt))
    take.head[:, 2] += 6.0 * tilt
    take.watch((0.06, glass + 0.05, 0.38), take.on, 0.9)
    bottle = columns(-0.17 + 0.03 * tilt, glass + 0.1 + 0.14 * tilt, 0.37)
    take.grip(
        "right",
        bottle,
        columns(np.sin(angle), np.cos(angle), 0.05),
        columns(np.cos(angle), -np.sin(angle), 0.25),
        15.0,
        columns(-0.9, -0.8 + 0.5 * tilt, -0.2),
    )
    take.grip("left", (0.13, glass, 0.36), (-0.1, 1.0, 0.05), (-0.9, 0.0, 0.3), 15.0)
    return take


def chop(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """A knife in the right hand chops on a board, the left holds what is cut and moves back."""
    times, cycle = count or int(rng.integers(6, 11)), rng.uniform(0.3, 0.4) / tempo
    if count:
        cycle *= 1.3
    when = Times.around(rng, times * cycle + 0.1)
    take = LedTake(rng, when)
    phase = cycles(take.t, when.start, cycle, times)
    lift = (0.5 - 0.5 * np.cos(2 * np.pi * phase)) ** 1.2
    board, way = rng.uniform(1.0, 1.06), phase / times
    take.stoop(take.on * (rng.uniform(13, 19) - 1.0 * lift))
    take.watch((0.0, board, 0.42), take.on, 0.9)
    size = rng.uniform(0.075, 0.11) if not count else rng.uniform(0.1, 0.13)
    knife = columns(-0.1 + 0.07 * way, board + 0.035 + size * lift, 0.36 - 0.012 * lift)
    take.grip("right", knife, columns(0.12, -0.1 + 0.5 * lift, 1.0), (0.8, -0.6, 0.0), 45.0, (-0.9, -0.7, -0.4))
    take.lead_palm("left", columns(0.1 + 0.07 * way, board + 0.03, 0.4), (-0.2, -0.95, 0.0), (-0.75, -0.2, 0.6), (0.9, -0.7, -0.3))
    return take


def eat(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand goes from a bowl in the left to the mouth; the head comes to meet it."""
    times, cycle = rounds(rng, count, 2, 3, rng.uniform(1.6, 2.1) / tempo)
    when = Times.around(rng, times * cycle, 0.75)
    take = LedTake(rng, when)
    low = np.array([-0.04, rng.uniform(1.1, 1.2), 0.33])
    mouth = MOUTH + np.array([-0.07, -0.02, 0.09])
    keys, near = [(when.start, low)], [(when.start, 0.0)]
    for i in range(times):
        begin = when.start + i * cycle
        keys += [
            (begin + 0.12 * cycle, low + np.array([0.01, -0.02, 0.02])),
            (begin + 0.45 * cycle, mouth),
            (begin + 0.6 * cycle, mouth),
            (begin + 0.95 * cycle, low),
        ]
        near += [(begin + 0.12 * cycle, 0.0), (begin + 0.45 * cycle, 1.0), (begin + 0.6 * cycle, 1.0), (begin + 0.95 * cycle, 0.0)]
    keys.append((when.end, low))
    up = ease(take.t, near)
    chew = take.on * (1 - up) * 1.2 * np.sin(2 * np.pi * 1.6 * take.t)
    take.stoop(take.on * (4.0 + 3.0 * up))
    take.head[:, 0] += take.on * (13.0 - 5.0 * up) + chew
    take.lead_palm(
        "right",
        ease(take.t, keys),
        columns(0.5, -0.75 + 0.4 * up, -0.15 - 0.5 * up),
        columns(0.55 + 0.2 * up, 0.1 + 0.3 * up, 0.7 - 0.45 * up),
        (-0.9, -0.8, -0.1),
        of_chest=True,
    )
    take.lead_palm("left", np.array([0.1, low[1] - 0.04, 0.32]), (-0.45, 0.9, 0.0), (-0.5, 0.05, 0.8), of_chest=True)
    return take


def pick_fruit(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand picks a fruit overhead and lays it into a basket on the left arm."""
    times, cycle = rounds(rng, count, 1, 2, rng.uniform(2.0, 2.5) / tempo)
    when = Times.around(rng, times * cycle, 0.7)
    take = LedTake(rng, when, width=1.15)
    basket = np.array([0.16, 1.06, 0.3])
    keys, high = [(when.start, np.array([-0.1, 1.2, 0.32]))], [(when.start, 0.0)]
    for i in range(times):
        begin, fruit = (
            when.start + i * cycle,
            np.array([rng.uniform(-0.36, -0.04), rng.uniform(1.78, 1.92), rng.uniform(0.24, 0.36)]),
        )
        keys += [
            (begin + 0.3 * cycle, fruit),
            (begin + 0.42 * cycle, fruit),
            (begin + 0.52 * cycle, fruit - np.array([0, 0.12, 0.05])),
            (begin + 0.85 * cycle, basket + np.array([-0.06, 0.1, 0.04])),
        ]
        high += [(begin + 0.3 * cycle, 1.0), (begin + 0.5 * cycle, 1.0), (begin + 0.85 * cycle, 0.0)]
    keys.append((when.end, basket + np.array([-0.1, 0.12, 0.02])))
    up = ease(take.t, high)
    hand = ease(take.t, keys)
    for foot in take.feet.values():
        foot.heel += 20.0 * up
    take.move[:, 1] += 0.035 * up
    take.stoop(take.on * (5.0 * (1 - up) - 5.0 * up))
    take.spine[:, 2] -= 6.0 * up
    take.watch(hand + np.array([0, 0.05, 0.1]), take.on, 0.8)
    twist = 0.5 * blur(np.clip(wave(2.5 * take.t), -1, 1), 0.05) * up
    take.lead_palm(
        "right",
        hand,
        columns(0.35 + twist, -0.7 * (1 - up) + 0.1, 0.7 * up + 0.2),
        columns(0.2 - 0.5 * twist, 0.95 * up - 0.1, 0.85 - 0.55 * up),
        (-0.9, -0.5, 0.0),
    )
    take.lead_palm("left", basket, (-0.35, 0.9, 0.0), (-0.75, 0.05, 0.6), (0.8, -1.0, -0.3))
    return take


GESTURES = (
    AuthoredGesture("stir", stir),
    AuthoredGesture("pour", pour, speeds=False),
    AuthoredGesture("chop", chop, counts=FIVE),
    AuthoredGesture("eat", eat),
    AuthoredGesture("pick_fruit", pick_fruit, 0.7),
)
