"""Lifting, carrying, dragging and pulling; things put on tables and shelves and taken."""

from __future__ import annotations

import numpy as np

from .curves import blur, ease
from .gesture import AuthoredGesture
from .led_hands import SIGN, LedTake, Times, columns, cycles, glide, rounds
from .take import SIDES, STANCE

FIVE = (2, 3, 4, 5)
WAIST = np.array([0.0, 1.06, 0.3])  # where a thing is held before the belly


def _hold_box(
    take: LedTake, middle: np.ndarray, wide: float, open_hands: np.ndarray | float = 0.0, of_chest: bool = False, only: str = ""
) -> None:
    """Palms on both sides of a box led along points; ``open_hands`` (T,) 0..1 lets go of it."""
    for side in [only] if only else SIDES:
        sign = SIGN[side]
        spread = wide * (0.25 if only else 1.0) + 0.07 * np.asarray(open_hands)
        place = np.asarray(middle) + columns(sign * spread, 0.0, 0.0)
        take.lead_palm(side, place, (-sign, 0.35, 0.0), (-0.12 * sign, -0.12, 1.0), (0.8 * sign, -0.7, -0.5), of_chest=of_chest)


def carry(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Short steps forward with a box before the belly, leaning back a little against its weight."""
    return _carry(rng, tempo, int(rng.integers(4, 8 if tempo > 0.7 else 6)))


def _carry(rng: np.random.Generator, tempo: float, steps: int) -> LedTake:
    step = rng.uniform(0.52, 0.6) / tempo
    gap, length = 0.92 * step, rng.uniform(0.4, 0.52) * min(1.1, tempo**0.3)
    begin = rng.uniform(0.25, 0.4)
    take = LedTake(rng, Times.throughout(begin + steps * gap + step + rng.uniform(0.4, 0.6)))
    take.flow, take.shift = 0.2 / tempo, 0.6
    sides = ["left", "right"] if rng.random() < 0.5 else ["right", "left"]
    for i in range(steps + 1):
        place = length * (i + 0.5) if i < steps else length * (steps - 0.5)
        start = begin + i * gap
        take.step(sides[i % 2], start, start + step, (SIGN[sides[i % 2]] * STANCE * 0.95, place), 0.0, lift=rng.uniform(0.06, 0.09))
    moving = blur(((take.t > begin) & (take.t < begin + steps * gap + step)).astype(float), 0.15)
    bob = moving * np.cos(2 * np.pi * (take.t - begin) / gap)
    take.move[:, 1] -= 0.022 * moving + 0.01 * bob
    take.tilt[:, 0] -= rng.uniform(1, 3)
    take.spine[:, 0] -= rng.uniform(2, 5)
    take.head[:, 0] += rng.uniform(2, 8)
    height = rng.uniform(1.04, 1.2)
    _hold_box(take, np.array([0.0, height, 0.34]) - columns(0, 0.008 * bob, 0), rng.uniform(0.15, 0.21), of_chest=True)
    return take


def lift(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Down with bent knees, both hands on a heavy box, and up with it to the belly."""
    down, grab, up, stay = (
        rng.uniform(0.9, 1.15) / tempo,
        rng.uniform(0.25, 0.5),
        rng.uniform(1.1, 1.5) / tempo,
        rng.uniform(0.5, 1.0),
    )
    lead = rng.uniform(0.15, 0.4)
    low = lead + down
    take = LedTake(
        rng,
        Times(lead, low - 0.15, low + grab + up + stay, low + grab + up + stay, low + grab + up + stay),
        width=rng.uniform(1.35, 1.7),
    )
    take.on = ease(take.t, [(lead + 0.1, 0.0), (low - 0.1, 1.0)])
    take._weight = take.on
    go = low + grab
    shape = ease(take.t, [(lead, 0.0), (low, 1.0), (go, 1.0), (go + up, 0.0)])
    strain = ease(take.t, [(go, 0.0), (go + 0.5 * up, 1.0), (go + up, 0.35)])
    take.stoop(58.0 * shape - 6.0 * strain * (1 - shape), rng.uniform(0.38, 0.44) * shape)
    take.splay += 12.0 * shape
    take.hang[:] = 0.8
    held = WAIST + np.array([0.0, rng.uniform(0.0, 0.1), 0.02])
    box = columns(
        0.0 * take.t,
        ease(take.t, [(go, rng.uniform(0.34, 0.42)), (go + up, held[1])]),
        ease(take.t, [(go, 0.38), (go + 0.6 * up, 0.34), (go + up, held[2])]),
    )
    take.watch(columns(0, box[:, 1], 0.7), ease(take.t, [(lead, 0.0), (low - 0.2, 1.0), (go, 1.0), (go + up, 0.0)]), 0.7)
    _hold_box(take, box, rng.uniform(0.16, 0.21), 1 - ease(take.t, [(low - 0.2, 0.0), (low + 0.1, 1.0)]))
    return take


def pull(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Both hands on a rope, the body leans back against it and hauls, hand by hand together."""
    times, cycle = rounds(rng, count, 2, 4, rng.uniform(0.95, 1.25) / tempo)
    when = Times.around(rng, times * cycle)
    take = LedTake(rng, when, width=1.4)
    phase = cycles(take.t, when.start, cycle, times)
    hauled = (0.5 - 0.5 * np.cos(2 * np.pi * (phase - 0.09 * np.sin(2 * np.pi * phase)))) * take.on
    take.stagger(rng.uniform(0.4, 0.55))
    take.stoop(take.on * (13.0 - 24.0 * hauled), take.on * (0.11 + 0.02 * hauled), -12.0 * hauled)
    take.lean_to(0.0, take.on * (0.02 - 0.15 * hauled))
    take.splay += 6.0 * take.on
    front = columns(-0.02, rng.uniform(0.98, 1.08) + 0.03 * hauled, 0.56 - 0.3 * hauled)
    take.watch((0.0, 1.2, 3.0), take.on)
    take.hold(front, (-0.1, -0.05, -1.0), ("left", 0.0, -1), ("right", 0.2, -1), slant=20.0, elbows=(0.8, -0.6, -0.6))
    return take


def drag(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Steps backward, bent, both hands on something heavy that comes along over the floor."""
    step = rng.uniform(0.6, 0.75) / tempo
    steps, step = rounds(rng, None, 4, 6, step)
    gap, length = 0.95 * step, rng.uniform(0.26, 0.34)
    when = Times.around(rng, steps * gap + step + 0.15, 0.7)
    take = LedTake(rng, when, width=1.3)
    take.flow, take.shift = 0.2 / tempo, 0.58
    sides = ["left", "right"] if rng.random() < 0.5 else ["right", "left"]
    for i in range(steps + 1):
        start, place = when.start + 0.1 + i * gap, -length * (min(i + 0.5, steps - 0.5))
        take.step(sides[i % 2], start, start + step, (SIGN[sides[i % 2]] * STANCE * 1.25, place), 0.0, lift=rng.uniform(0.04, 0.07))
    take.turn = np.zeros(len(take.t))
    heave = np.cos(2 * np.pi * (take.t - when.start) / gap) * ease(
        take.t, [(when.start, 0.0), (when.start + 0.3, 1.0), (when.end - 0.3, 1.0), (when.end, 0.0)]
    )
    take.stoop(take.on * (rng.uniform(26, 34) - 3.0 * heave), 0.16 * take.on)
    take.lean_to(0.0, -0.05 * take.on)
    take.head[:, 0] += 5.0 * take.on
    load = take.ground() + columns(0.0, rng.uniform(0.68, 0.76) + 0 * take.t, 0.4 - 0.025 * heave)
    for side in SIDES:
        sign = SIGN[side]
        take.grip(side, load + columns(sign * 0.13, 0, 0), (-sign, 0.0, 0.1), (0.0, -0.3, -1.0), 0.0, (0.8 * sign, -0.2, -0.7))
    return take


def _place(rng: np.random.Generator, tempo: float, goal: np.ndarray, putting: bool) -> LedTake:
    """Put something held before the belly at a place, or take it; with one hand or both."""
    rise, there, back = rng.uniform(0.8, 1.05) / tempo, rng.uniform(0.25, 0.4), rng.uniform(0.75, 0.95) / tempo
    when = Times.around(rng, (0.3 if putting else 0.0) + rise + there + (0.0 if putting else back + 0.35), 0.55, 0.85)
    take = LedTake(rng, when, width=1.1)
    only, wide = ("right", 0.12) if rng.random() < 0.35 else ("", rng.uniform(0.11, 0.17))
    middle = np.array([-0.14 if only else 0.0, 0.0, 0.0])
    a = when.start + (0.3 if putting else 0.0)
    home, via = WAIST + middle, (0.5 * (WAIST + goal) + np.array([0, 0.06, -0.04]) + middle)
    goal = goal + middle
    above = goal + np.array([0, 0.06, -0.03])
    if putting:
        keys = [
            (when.start, home),
            (a, home),
            (a + 0.45 * rise, via),
            (a + 0.85 * rise, above),
            (a + rise, goal),
            (when.end, goal + np.array([0, 0, -0.03])),
        ]
        freed = ease(take.t, [(a + rise + 0.1, 0.0), (a + rise + there, 1.0)])
    else:
        b = a + rise + there
        keys = [
            (when.start - 0.3, home),
            (a + 0.5 * rise, via),
            (a + rise, goal),
            (b, goal),
            (b + 0.2 * back, above),
            (b + 0.55 * back, via),
            (b + back, home),
            (when.end, home),
        ]
        freed = 1 - ease(take.t, [(a + rise - 0.1, 0.0), (a + rise + there - 0.05, 1.0)])
    hand = glide(take.t, keys)
    out = np.clip(np.linalg.norm(hand - home, axis=-1) / np.linalg.norm(goal - home), 0, 1)
    if goal[1] < 1.2:
        take.stoop(take.on * out * rng.uniform(20, 28), 0.04 * take.on * out)
    else:
        take.stoop(-5.0 * out * take.on)
        take.move[:, 1] += 0.03 * out
        for foot in take.feet.values():
            foot.heel += 16.0 * out * take.on
    take.move[:, 2] += 0.02 * out
    if only:
        take.stoop(0.0, yaw=10.0 * out * take.on)
    take.watch(hand + np.array([0, 0.05, 0.15]), take.on, 0.85)
    _hold_box(take, hand, wide, freed, only=only)
    return take


def put_on_table(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """What is held before the belly is set down on a table ahead; the hands let go."""
    return _place(rng, tempo, np.array([0.0, rng.uniform(0.84, 0.92), rng.uniform(0.46, 0.52)]), putting=True)


def take_from_table(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Hands go out to a table, close on something, and bring it before the belly."""
    return _place(rng, tempo, np.array([0.0, rng.uniform(0.84, 0.92), rng.uniform(0.46, 0.52)]), putting=False)


def put_on_shelf(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """What is held before the belly goes onto a shelf over the head; the hands let go."""
    return _place(rng, tempo, np.array([0.0, rng.uniform(1.74, 1.86), rng.uniform(0.36, 0.42)]), putting=True)


def take_from_shelf(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Hands go up to a shelf over the head and bring something down before the belly."""
    return _place(rng, tempo, np.array([0.0, rng.uniform(1.74, 1.86), rng.uniform(0.36, 0.42)]), putting=False)


GESTURES = (
    AuthoredGesture("carry", carry),
    AuthoredGesture("lift", lift),
    AuthoredGesture("pull", pull),
    AuthoredGesture("drag", drag, 0.7),
    AuthoredGesture("put_on_table", put_on_table),
    AuthoredGesture("take_from_table", take_from_table),
    AuthoredGesture("put_on_shelf", put_on_shelf),
    AuthoredGesture("take_from_shelf", take_from_shelf),
)
