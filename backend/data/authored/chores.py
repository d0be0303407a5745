"""Cleaning floors, tables, dishes, hands, teeth and hair; right-handed."""

from __future__ import annotations

import numpy as np

from backend.motion.rotations import unit

from .curves import blur, ease, smooth_noise
from .gesture import AuthoredGesture
from .led_hands import LedTake, Times, columns, cycles, glide, rounds, wave

BROOM = 1.36  # metres from the upper hand to the floor


def _on_floor(take: LedTake, head: np.ndarray, pivot: np.ndarray, spacing: float) -> None:
    """Hold a broom with its head at ``head`` (T, 3); the stick leans towards ``pivot``."""
    way = unit(head - pivot)
    take.hold(head - BROOM * way, way, ("right", 0.0, -1), ("left", spacing, -1), slant=10.0, elbows=(0.9, -0.8, -0.2))


def sweep(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """A broom sweeps from right to left, is lifted and goes back; the trunk turns along."""
    times, period = rounds(rng, count, 3, 4, rng.uniform(1.15, 1.5) / tempo)
    when = Times.around(rng, times * period)
    take = LedTake(rng, when, width=1.35)
    phase = cycles(take.t, when.start, period, times)
    stroke = -np.cos(2 * np.pi * (phase - 0.08 * wave(phase)))  # -1 right, 1 left; slower on the floor than back
    back = np.clip(wave(phase, 0.5), 0, 1)
    size = rng.uniform(0.3, 0.4)
    head = columns(-0.08 + size * stroke, 0.02 + 0.09 * back, rng.uniform(0.62, 0.72) - 0.1 * stroke**2)
    take.stagger(rng.uniform(0.05, 0.2))
    take.stoop(take.on * (rng.uniform(16, 22) + 4.0 * (1 - back)), 0.04 * take.on, 20.0 * stroke * take.on)
    take.lean_to(0.045 * stroke * take.on)
    take.watch(head, take.on)
    _on_floor(take, head, np.array([-0.06, 1.27, 0.24]) + columns(0.07 * stroke, 0.0 * stroke, 0.0 * stroke), 0.36)
    return take


def mop(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """A mop goes to and fro over the floor or in eights; knees and trunk go along."""
    times, period = rounds(rng, count, 3, 4, rng.uniform(1.2, 1.6) / tempo)
    when = Times.around(rng, times * period)
    take = LedTake(rng, when, width=1.3)
    phase = cycles(take.t, when.start, period, times)
    if rng.random() < 0.5:
        x, z = -0.08 + 0.06 * wave(phase / 2), 0.78 - 0.26 * np.cos(2 * np.pi * phase)
    else:
        x, z = -0.05 - 0.34 * np.cos(2 * np.pi * phase), 0.76 + 0.1 * wave(2 * phase)
    ahead, aside = (z - 0.78) / 0.26, x / 0.34
    take.stagger(rng.uniform(0.28, 0.42))
    take.stoop(take.on * (rng.uniform(18, 24) + 7.0 * ahead), take.on * (0.05 + 0.02 * ahead), 16.0 * aside * take.on)
    take.lean_to(0.04 * aside * take.on, 0.06 * ahead * take.on)
    head = columns(x, 0.03, z)
    take.watch(head, take.on)
    _on_floor(take, head, columns(-0.06 + 0.08 * aside, 1.25, 0.24 + 0.08 * ahead), 0.38)
    return take


def vacuum(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand pushes a vacuum cleaner's pipe away and draws it back, the left foot ahead."""
    times, period = rounds(rng, count, 3, 4, rng.uniform(1.3, 1.7) / tempo)
    when = Times.around(rng, times * period)
    take = LedTake(rng, when, width=1.15)
    phase = cycles(take.t, when.start, period, times)
    out = 0.5 - 0.5 * np.cos(2 * np.pi * phase)
    aside = smooth_noise(rng, take.t, 0.4, 1, 0.2, 0.4)[:, 0]
    take.stagger(rng.uniform(0.35, 0.5))
    take.stoop(take.on * (16.0 + 12.0 * out), 0.05 * take.on, take.on * (-12.0 + 20.0 * out))
    take.lean_to(0.02 * aside * take.on, take.on * 0.12 * (out - 0.4))
    nozzle = columns(-0.2 + 0.2 * aside, 0.03, 0.75 + 0.5 * out)
    hand = columns(-0.22 + 0.04 * aside, 0.92 - 0.06 * out, 0.1 + 0.42 * out)
    take.watch(nozzle, take.on)
    take.grip("right", hand, nozzle - hand, (0.9, -0.3, 0.0), 40.0, (-0.6, -0.3, -1.0))
    return take


def wipe_table(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """A cloth under the right palm goes in circles over a table; the left hand leans on it."""
    times, period = rounds(rng, count, 4, 6, rng.uniform(0.72, 0.95) / tempo)
    when = Times.around(rng, times * period)
    take = LedTake(rng, when, width=1.2)
    phase = cycles(take.t, when.start, period, times)
    table, way = rng.uniform(0.84, 0.9), 2 * (phase / times) - 1
    size = rng.uniform(0.09, 0.13)
    hand = columns(-0.14 - 0.08 * way + size * wave(phase, 0.25), table, 0.45 + 0.8 * size * wave(phase))
    take.stoop(take.on * (rng.uniform(32, 38) + 3.0 * wave(phase)), 0.04 * take.on, 8.0 * take.on)
    take.lean_to(take.on * (0.02 + 0.012 * wave(phase, 0.25)))
    take.watch(hand, take.on)
    take.lead_palm("right", hand, (0.0, -1.0, 0.0), columns(0.3 + 0.2 * wave(phase), 0.0, 1.0), (-0.9, -0.4, -0.4))
    if rng.random() < 0.6:
        take.lead_palm("left", (0.22, table, 0.38), (0.0, -1.0, 0.0), (-0.2, 0.0, 1.0), (0.8, -0.3, -0.5))
    return take


def wash_hands(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The hands rub each other over a basin, one over the other in turn, and are shaken dry."""
    times, period = rounds(rng, count, 4, 6, rng.uniform(0.5, 0.66) / tempo)
    shake = rng.uniform(0.4, 0.6)
    when = Times.around(rng, times * period + shake)
    take = LedTake(rng, when, width=1.05)
    phase = cycles(take.t, when.start, period, times)
    rub = wave(phase) * take.on
    turned = wave(phase / 2, 0.1)
    basin = rng.uniform(0.98, 1.06)
    dry = ease(take.t, [(when.end - shake, 0.0), (when.end - 0.5 * shake, 1.0)])
    flick = dry * 0.03 * np.sin(2 * np.pi * 4.5 * take.t) * (take.t < when.end + 0.05)
    take.stoop(take.on * rng.uniform(14, 20))
    take.watch((0.0, basin, 0.4), take.on, 0.9)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        place = columns(sign * (0.035 + 0.09 * dry), basin + 0.012 * sign * turned - flick, 0.38 + sign * 0.035 * rub)
        facing = columns(-sign * (1 - dry), 0.6 * sign * turned * (1 - dry) - 0.9 * dry, 0.0)
        take.lead_palm(side, place, facing, columns(-0.3 * sign, -0.25 - 0.3 * dry, 0.85), (0.9 * sign, -1.0, -0.2))
    return take


def wash_dishes(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The left hand holds a plate over the sink, the right scrubs it in circles."""
    times, period = rounds(rng, count, 4, 6, rng.uniform(0.55, 0.75) / tempo)
    when = Times.around(rng, times * period)
    take = LedTake(rng, when, width=1.05)
    phase = cycles(take.t, when.start, period, times)
    sink, size = rng.uniform(0.98, 1.06), rng.uniform(0.05, 0.07)
    take.stoop(take.on * rng.uniform(14, 20))
    take.lean_to(take.on * 0.02 * wave(phase / 3))
    tilt = 0.3 * wave(phase / 3)
    take.watch((0.05, sink, 0.4), take.on, 0.9)
    take.lead_palm("left", columns(0.13, sink, 0.4), columns(-0.75, 0.4 + tilt, -0.35), (-0.3, 0.1, 0.9))
    take.lead_palm(
        "right",
        columns(-0.02 + size * wave(phase, 0.25), sink + 0.04 + size * wave(phase), 0.4),
        (0.8, -0.4, 0.2),
        (0.3, 0.05, 0.9),
        (-0.9, -0.7, -0.2),
    )
    return take


def brush_teeth(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right fist before the mouth goes to and fro quickly, elbow out; it changes sides."""
    when = Times.around(rng, rng.uniform(2.4, 4.0), 0.8, 0.8)
    take = LedTake(rng, when)
    rate = rng.uniform(3.0, 3.8) * tempo
    pace = (0.6 + 0.4 * smooth_noise(rng, take.t, 0.5, 1, 0.4, 0.9)[:, 0]) * take.on
    rub = 0.026 * np.sin(2 * np.pi * rate * take.t) * np.clip(pace, 0.2, 1.0) * take.on
    aside = blur(np.sign(smooth_noise(rng, take.t, 1.0, 1, 0.2, 0.4)[:, 0]), 0.15)
    take.head[:, 1] += take.on * (6.0 * aside)
    take.head[:, 0] += take.on * 8.0
    take.stoop(take.on * rng.uniform(3, 9))
    place = columns(-0.1 + rub + 0.025 * aside, 1.51 + 0.4 * rub, 0.19)
    take.lead_palm("right", place, (0.15, -0.35, -0.9), (0.95, 0.12, 0.1), (-1.0, -0.25, 0.15), of_chest=True)
    if rng.random() < 0.5:
        take.lead_palm("left", (0.16, 1.06, 0.3), (-0.6, 0.5, -0.2), (-0.4, 0.2, 0.9))
    return take


def comb_hair(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand draws a comb from the forehead over the head to the neck, again and again."""
    times, period = rounds(rng, count, 2, 4, rng.uniform(1.05, 1.4) / tempo)
    when = Times.around(rng, times * period, 0.8, 0.8)
    take = LedTake(rng, when)
    keys, ways = [], []
    for i in range(times):
        begin = when.start + i * period
        out = rng.uniform(0.0, 0.03)
        keys += [
            (begin, (-0.09 - out, 1.7, 0.15)),
            (begin + 0.35 * period, (-0.1 - out, 1.79, 0.02)),
            (begin + 0.65 * period, (-0.13 - out, 1.69, -0.09)),
            (begin + 0.8 * period, (-0.22, 1.7, 0.02)),
        ]
        ways += [
            (begin, (0.1, -0.35, -1.0)),
            (begin + 0.35 * period, (0.35, -1.0, -0.1)),
            (begin + 0.65 * period, (0.6, -0.35, 0.9)),
            (begin + 0.8 * period, (0.5, -0.6, 0.1)),
        ]
    keys.append((when.end, (-0.12, 1.7, 0.15)))
    ways.append((when.end, (0.1, -0.35, -1.0)))
    take.head[:, 2] -= 8.0 * take.on
    take.head[:, 0] += 6.0 * take.on
    take.lead_palm("right", glide(take.t, keys), glide(take.t, ways), columns(0.7, 0.45, 0.1), (-1.0, 0.1, 0.25), of_chest=True)
    return take


GESTURES = (
    AuthoredGesture("sweep", sweep),
    AuthoredGesture("mop", mop, 0.7),
    AuthoredGesture("vacuum", vacuum, 0.7),
    AuthoredGesture("wipe_table", wipe_table),
    AuthoredGesture("wash_hands", wash_hands, 0.7),
    AuthoredGesture("wash_dishes", wash_dishes, 0.7),
    AuthoredGesture("brush_teeth", brush_teeth, 0.7),
    AuthoredGesture("comb_hair", comb_hair, 0.6),
)
