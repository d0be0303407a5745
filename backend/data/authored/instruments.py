"""Guitar, piano, violin, drums, flute, trumpet and conducting; right-handed."""

from __future__ import annotations

import numpy as np

from .curves import blur, ease, smooth_noise
from .gesture import AuthoredGesture
from .led_hands import LedTake, Times, columns, cycles, rounds, wave


def _standing(rng: np.random.Generator, tempo: float, beat: float) -> tuple[LedTake, np.ndarray]:
    """A take of some bars standing, and the beats done by each moment."""
    beats, beat = rounds(rng, None, 4, 8, beat)
    when = Times.around(rng, beats * beat, 0.75, 0.85)
    take = LedTake(rng, when, width=1.15)
    return take, cycles(take.t, when.start, beat, beats)


def guitar(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The left hand wanders along the neck, the right strums before the hip, the body rocks."""
    take, beat = _standing(rng, tempo, rng.uniform(0.48, 0.64) / tempo)
    sway = wave(beat / 2, rng.uniform()) * take.on
    take.lean_to(0.025 * sway)
    take.stoop(take.on * (3.0 + 2.0 * wave(beat)), 0.012 * take.on * (1 - wave(beat)))
    take.head[:, 0] += take.on * (12.0 + 6.0 * wave(beat, 0.1))
    take.head[:, 1] += 18.0 * take.on
    strum = blur(wave(beat, 0.25), 0.02)
    neck = smooth_noise(rng, take.t, 0.035, 1, 0.3, 0.9)[:, 0]
    way = np.array([0.86, 0.34, 0.12])
    left = np.array([0.36, 1.2, 0.24]) + neck[:, None] * way
    take.lead_palm(
        "right",
        columns(-0.09, 1.06 + 0.085 * strum, 0.21 - 0.01 * strum),
        (0.25, -0.1, -1.0),
        columns(0.85, -0.35 + 0.25 * strum, 0.1),
        (-1.0, -0.2, -0.1),
        of_chest=True,
    )
    take.lead_palm("left", left, (-0.2, 0.75, -0.55), (-0.75, 0.35, -0.35), (0.35, -1.0, 0.25), of_chest=True)
    return take


def violin(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The violin lies between chin and left hand, the bow goes to and fro in the right."""
    take, bow = _standing(rng, tempo, rng.uniform(0.9, 1.4) / tempo)
    take.lean_to(0.03 * wave(bow / 2, rng.uniform()) * take.on)
    take.tilt[:, 1] += 5.0 * take.on * wave(bow / 2)
    take.head[:, 1] += 34.0 * take.on
    take.head[:, 0] += 14.0 * take.on
    take.head[:, 2] -= 9.0 * take.on
    drawn = 0.5 - 0.5 * np.cos(2 * np.pi * bow)  # 0 at the frog, 1 at the tip
    tip = columns(-0.02 - 0.33 * drawn, 1.45 - 0.2 * drawn, 0.33 - 0.03 * drawn)
    take.lead_palm(
        "right",
        tip,
        columns(0.1, -1.0, 0.3 - 0.5 * drawn),
        columns(0.75, -0.25 + 0.35 * drawn, 0.6),
        (-1.0, -0.35, 0.0),
        of_chest=True,
    )
    vibrato = 0.006 * take.on * np.sin(2 * np.pi * 5 * take.t)
    take.lead_palm(
        "left", columns(0.34 + vibrato, 1.4, 0.38), (-0.4, 0.75, -0.5), (-0.6, 0.75, -0.1), (0.1, -1.0, 0.3), of_chest=True
    )
    return take


def flute(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The flute goes from the lips to the right, elbows up; the body bends with the phrases."""
    take, phrase = _standing(rng, tempo, rng.uniform(1.0, 1.4) / tempo)
    take.lean_to(0.025 * wave(phrase / 2, rng.uniform()) * take.on)
    take.spine[:, 0] += 3.0 * wave(phrase) * take.on
    take.head[:, 1] += 14.0 * take.on
    take.head[:, 2] += 7.0 * take.on
    bob = 0.01 * wave(phrase, 0.2)
    take.lead_palm("left", columns(-0.1, 1.53 + bob, 0.2), (0.1, 0.15, -1.0), (-0.75, 0.55, -0.1), (0.9, -0.6, 0.45), of_chest=True)
    take.lead_palm("right", columns(-0.33, 1.5 + bob, 0.17), (0.1, -0.3, 1.0), (0.35, 0.75, 0.3), (-0.9, -0.65, 0.1), of_chest=True)
    return take


def trumpet(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Both hands hold the trumpet straight ahead of the lips; it rises with the breath."""
    take, phrase = _standing(rng, tempo, rng.uniform(0.9, 1.3) / tempo)
    rise = 0.5 + 0.5 * wave(phrase / 1.5, rng.uniform())
    take.spine[:, 0] -= take.on * (2.0 + 7.0 * rise)
    take.head[:, 0] -= take.on * 3.0 * rise
    take.lean_to(0.02 * wave(phrase / 2) * take.on)
    lift = 0.03 * rise
    take.grip("left", columns(0.02, 1.48 + lift, 0.26), (-0.1, 0.95, 0.1), (-1.0, 0.0, 0.1), 20.0, (0.9, -0.9, 0.0), of_chest=True)
    valves = 0.006 * np.maximum(wave(4 * phrase), 0)
    take.lead_palm(
        "right", columns(-0.035, 1.53 + lift - valves, 0.31), (0.6, -0.75, 0.0), (0.3, 0.3, 0.9), (-0.9, -0.75, 0.0), of_chest=True
    )
    return take


def conduct(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """The right hand beats four to the bar, the left mirrors it or shapes the phrase."""
    beat = rng.uniform(0.5, 0.66) / tempo
    bars, _ = rounds(rng, None, 2, 3, 4 * beat)
    when = Times.around(rng, 4 * bars * beat, 0.7)
    take = LedTake(rng, when, width=1.2)
    phase = cycles(take.t, when.start, beat, 4 * bars)
    size = rng.uniform(0.85, 1.15)
    # down, in, out, up: where each beat lands, and a rebound between
    lands = np.array([[-0.16, 1.12], [-0.02, 1.2], [-0.44, 1.22], [-0.2, 1.5]])
    within, which = phase % 1.0, np.floor(phase).astype(int)
    share = (within**1.5)[:, None]
    place = lands[which % 4 - 1] * (1 - share) + lands[which % 4] * share
    place[:, 1] += 0.09 * np.sin(np.pi * within)
    place = blur(place, 0.035)
    middle = np.array([-0.2, 1.26])
    x, y = (middle + (place - middle) * size).T
    take.lead_palm("right", columns(x, y, 0.42), (0.2, -1.0, 0.1), columns(0.15, 0.25, 1.0), (-0.9, -0.7, -0.1))
    if rng.random() < 0.5:
        take.lead_palm("left", columns(-x, y, 0.42), (-0.2, -1.0, 0.1), columns(-0.15, 0.25, 1.0), (0.9, -0.7, -0.1))
    else:
        swell = 0.5 - 0.5 * np.cos(2 * np.pi * phase / (4 * bars))
        take.lead_palm(
            "left",
            columns(0.26 + 0.06 * swell, 1.12 + 0.34 * swell, 0.36),
            columns(-0.4, 1.0 - 0.6 * swell, -0.2),
            columns(-0.2, 0.3, 1.0),
        )
    take.lean_to(0.02 * wave(phase / 4) * take.on)
    take.stoop(take.on * 3.0 * wave(phase, 0.75), 0.008 * take.on)
    take.head[:, 0] += take.on * 5.0 * wave(phase, 0.75)
    take.head[:, 1] += take.on * smooth_noise(rng, take.t, 14.0)[:, 0]
    return take


def piano(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Seated; the hands go up and down over the keys and strike in turn."""
    beat = rng.uniform(0.3, 0.4) / tempo
    beats = round(rng.uniform(3.0, 5.0) / beat)
    take = LedTake(rng, Times.throughout(beats * beat + 0.8), width=1.0)
    take.seat(0.52, 0.38)
    phase = cycles(take.t, 0.3, beat, beats)
    busy = ease(take.t, [(0.1, 0.0), (0.6, 1.0), (take.times.end - 0.6, 1.0), (take.times.end - 0.1, 0.0)])
    take.spine[:, 0] += 6.0 + smooth_noise(rng, take.t, 2.5)[:, 0]
    take.spine[:, 2] += smooth_noise(rng, take.t, 2.0)[:, 0]
    take.head[:, 0] += 14.0
    keys = rng.uniform(0.74, 0.77)
    mean = []
    for side, sign, shift in (("left", 1.0, 0.0), ("right", -1.0, 0.5)):
        wander = smooth_noise(rng, take.t, 0.07, 1, 0.15, 0.5)[:, 0] * busy
        mean.append(wander)
        strike = np.maximum(wave(phase / (2 if side == "left" else 1), shift), 0) ** 2
        place = columns(sign * 0.17 + wander, keys + 0.02 + 0.05 * strike, 0.13 + 0.01 * strike)
        take.lead_palm(side, place, (0.0, -1.0, 0.0), columns(-0.12 * sign, 0.0 - 0.5 * strike, 1.0), (0.8 * sign, -0.7, -0.3))
    take.head[:, 1] += 60.0 * (mean[0] + mean[1])
    take.feet["right"].heel -= 3.0 * np.maximum(wave(phase / 4), 0)
    return take


def drums(rng: np.random.Generator, tempo: float, count: int | None) -> LedTake:
    """Seated; two sticks in turn, now and then a high stroke to the side."""
    beat = rng.uniform(0.32, 0.42) / tempo
    beats = 2 * round(rng.uniform(1.5, 2.5) / beat)
    take = LedTake(rng, Times.throughout(beats * beat + 0.8), width=1.9)
    take.seat(0.56, 0.34, knees=22.0)
    phase = cycles(take.t, 0.3, beat, beats)
    take.spine[:, 0] += 4.0 + 2.0 * wave(phase / 2)
    take.head[:, 0] += 8.0 + 5.0 * wave(phase, 0.3)
    strokes = np.arange(beats + 3)
    for side, sign, shift in (("left", 1.0, 0.5), ("right", -1.0, 0.0)):
        crash = (rng.random(len(strokes)) < 0.22) & (strokes > 0) & (strokes < beats // 2 - 1)
        high = blur(crash[np.minimum((phase / 2 + shift).astype(int), len(strokes) - 1)].astype(float), 0.07)
        lift = (0.5 - 0.5 * np.cos(2 * np.pi * (phase / 2 + shift))) ** 1.3
        base = columns(sign * (0.14 + 0.2 * high), 0.86 + 0.26 * high, 0.12 - 0.02 * high)
        take.grip(
            side,
            base + columns(0, 0.16 * lift, -0.03 * lift),
            columns(-0.35 * sign, -0.15 + 0.9 * lift, 1.0),
            columns(-0.2 * sign, -1.0, 0.1),
            45.0,
            (0.9 * sign, -0.7, -0.3),
        )
        take.spine[:, 1] += sign * 8.0 * high
        take.feet[side].heel += 6.0 * np.maximum(wave(phase / 2, shift), 0) if side == "right" else 0.0
    return take


GESTURES = (
    AuthoredGesture("guitar", guitar),
    AuthoredGesture("piano", piano, speeds=False),
    AuthoredGesture("violin", violin, speeds=False),
    AuthoredGesture("drums", drums),
    AuthoredGesture("flute", flute, 0.7, speeds=False),
    AuthoredGesture("trumpet", trumpet, 0.7, speeds=False),
    AuthoredGesture("conduct", conduct, 0.8),
)
