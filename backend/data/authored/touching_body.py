"""Hands on trunk, arms and legs: rubbing, scratching, touching, beating the chest.

One-sided gestures use the right hand, unless the key names the place that is touched; the caller mirrors them.
"""

from __future__ import annotations

import numpy as np

from .arms import arm, reach
from .beat import BEHIND, Beat, along, jitter
from .curves import blur, ease
from .gesture import AuthoredGesture
from .take import SIDES, AuthoredTake
from .touches import Touch

FIVE = (2, 3, 4, 5)
MANY = 7.4  # seconds that bends in a row take at most


def rub_belly(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A flat hand goes round on the belly."""
    beat = Beat.draw(rng, tempo, hold=(1.3, 2.4))
    take = AuthoredTake(rng, beat.seconds)
    turns = max(1, round(beat.hold * rng.uniform(1.0, 1.5) * tempo**0.5))
    angle = 2 * np.pi * turns * ease(take.t, [(beat.top, 0.0), (beat.end, 1.0)]) * rng.choice([-1, 1])
    size = rng.uniform(0.035, 0.055)
    circle = size * np.stack([np.sin(angle), np.cos(angle) - 1.0, 0 * angle], axis=-1)
    points = jitter(rng, (-0.005, 0.055, 0.112), 0.004) + circle
    beat.touch(take, "right", "spine1", points, (0.9, -0.7, -0.2), (0.0, 0.0, -1.0), (-1.0, -0.05, 0.15), "palm")
    beat.body(take, head=(rng.uniform(2, 16), 0, rng.uniform(-3, 3)), spine=(rng.uniform(-4, 2), 0, 0), move=(0, 0, 0.012))
    return take


def rub_hands(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The palms rub against each other before the belly, shoulders up a little."""
    beat = Beat.draw(rng, tempo, rise=(0.5, 0.7), hold=(1.2, 2.2))
    take = AuthoredTake(rng, beat.seconds)
    stroke = 0.035 * beat.strokes(take, round(beat.hold * rng.uniform(2.2, 3.2) * tempo**0.5))
    height, front = rng.uniform(-0.13, -0.05), rng.uniform(0.27, 0.32)
    for side, sign in (("left", 1), ("right", -1)):
        points = along((0.03, height, front), (0.0, 0.55, 0.8), sign * stroke)
        beat.touch(take, side, "spine3", points, (0.8, -1.0, -0.1), (-1.0, 0.0, 0.0), (-0.1, 0.55, 0.8), "palm", lift=4.0)
    beat.body(take, head=(rng.uniform(4, 12), 0, rng.uniform(-4, 4)), spine=(rng.uniform(3, 9), 0, 0))
    return take


def hand_on_heart(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right palm is laid on the left of the chest and mostly stays."""
    beat = Beat.draw(rng, tempo, hold=(1.2, 2.4), stays=rng.random() < 0.6)
    take = AuthoredTake(rng, beat.seconds)
    heart = jitter(rng, (-0.055, 0.045, 0.126), 0.004)
    beat.touch(take, "right", "spine3", heart, (0.9, -0.9, 0.1), (0.05, 0.0, -1.0), (-0.95, 0.3, 0.0), "palm")
    beat.body(take, head=(rng.uniform(-4, 9), 0, rng.uniform(-2, 3)), spine=(rng.uniform(-4, 1), 0, 0))
    return take


def beat_chest(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Fists drum on the chest in turn like a gorilla's; wide legs, knees bent, chin up."""
    period = rng.uniform(0.36, 0.48) / tempo**0.8
    beats = int(rng.integers(4, 8))
    beat = Beat(
        rng.uniform(0.15, 0.4), rng.uniform(0.5, 0.7) / tempo, beats * period, rng.uniform(0.6, 0.85), rng.uniform(0.3, 0.6)
    )
    take = AuthoredTake(rng, beat.seconds, width=rng.uniform(1.3, 1.7))
    phase = beat.strokes(take, beats / 2)
    for side, sign in (("left", 1), ("right", -1)):
        away = 0.012 + 0.085 * (1 - sign * phase)
        points = along((0.07, 0.02, 0.118), (0.35, 0.1, 0.95), away)
        beat.touch(take, side, "spine3", points, (1.0, -0.25, 0.1), (-0.35, 0.0, -1.0), (-0.75, 0.45, -0.1), "palm")
    beat.body(take, head=(rng.uniform(-16, -6), 0, 0), spine=(rng.uniform(-9, -3), 0, 0), move=(0, -rng.uniform(0.03, 0.07), 0))
    take.spine[:, 1] += 4 * phase
    take.splay += 8 * ease(take.t, beat.keys())
    return take


def scratch_arm(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right fingers scratch the left forearm, which is held before the body."""
    beat = Beat.draw(rng, tempo, rise=(0.5, 0.75), hold=(1.1, 2.0))
    take = AuthoredTake(rng, beat.seconds)
    held = reach((0.1, 1.14, 0.3), (0.9, -1.0, -0.1), (-0.2, -0.9, -0.3), (-0.75, 0.1, 0.6))
    beat.key_arms(take, {"left": held})
    stroke = 0.03 * beat.strokes(take, round(beat.hold * rng.uniform(2.2, 3.2) * tempo**0.5))
    points = along((-rng.uniform(0.06, 0.16), 0.05, 0.012), (1.0, 0.0, 0.0), stroke)
    beat.touch(take, "right", "other_elbow", points, (0.9, -0.9, 0.1), (-0.1, -0.85, -0.4), (-0.8, -0.1, 0.5))
    beat.body(take, head=(rng.uniform(12, 24), rng.uniform(6, 16), 0), spine=(rng.uniform(1, 5), 3, 0))
    return take


def scratch_back(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A right hand behind the waist, or over the shoulder, scratches the back."""
    beat = Beat.draw(rng, tempo, rise=(0.65, 0.9), hold=(1.2, 2.1), fall=(0.65, 0.9))
    take = AuthoredTake(rng, beat.seconds)
    stroke = 0.03 * beat.strokes(take, round(beat.hold * rng.uniform(1.8, 2.8) * tempo**0.5))
    if rng.random() < 0.5:
        beat.key_arms(take, {"right": BEHIND}, early=0.4)
        points = along((-0.005, 0.03, -0.108), (0.15, 1.0, 0.0), stroke)
        beat.touch(take, "right", "spine1", points, (1.0, -0.3, -0.9), (0.0, -0.1, -1.0), (-0.85, 0.5, 0.0), "back", late=0.4)
        beat.body(take, head=(rng.uniform(0, 8), -rng.uniform(5, 20), 3), spine=(-3, -rng.uniform(4, 10), rng.uniform(2, 6)))
    else:
        raised = arm((0.7, 0.5, 0.6), (0.0, 0.6, -0.6), (-1.0, -0.3, 0.2))
        beat.key_arms(take, {"right": raised}, early=0.35)
        points = along((0.05, 0.125, -0.13), (0.1, 1.0, 0.1), stroke)
        beat.touch(take, "right", "spine3", points, (0.6, 0.8, 0.5), (-0.2, 0.0, 1.0), (-0.25, -0.95, -0.1), lift=14.0, late=0.4)
        beat.body(take, head=(rng.uniform(8, 16), rng.uniform(-6, 6), -6), spine=(rng.uniform(3, 8), 4, -rng.uniform(2, 6)))
    return take


def touch_shoulder(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand crosses the chest to the left shoulder."""
    beat = Beat.draw(rng, tempo, hold=(0.7, 1.5))
    take = AuthoredTake(rng, beat.seconds)
    place = jitter(rng, (-0.135, 0.165, 0.06), 0.005)
    beat.touch(take, "right", "spine3", place, (0.8, -0.7, 0.5), (-0.15, -0.7, -0.7), (-0.9, 0.35, -0.1))
    beat.body(take, head=(rng.uniform(0, 10), rng.uniform(4, 24), 0), spine=(rng.uniform(0, 4), rng.uniform(2, 8), 0))
    return take


def touch_shoulder_both(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Each hand's fingers on the shoulder of its side, elbows out."""
    beat = Beat.draw(rng, tempo, hold=(0.6, 1.4))
    take = AuthoredTake(rng, beat.seconds)
    for side in SIDES:
        place = jitter(rng, (0.155, 0.19, 0.02), 0.004)
        beat.touch(take, side, "spine3", place, (1.0, -0.3, 0.2), (-0.3, -0.8, -0.5), (-0.5, 0.35, -0.75))
    beat.body(take, head=(rng.uniform(-4, 4), 0, 0), spine=(rng.uniform(-4, 0), 0, 0))
    return take


def touch_knee(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The trunk bends, the right hand goes to the right knee, and up again."""
    return _touch_knees(rng, tempo, ("right",))


def touch_knees(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both hands on the knees, as somebody who catches his breath; mostly up again."""
    return _touch_knees(rng, tempo, SIDES)


def _touch_knees(rng: np.random.Generator, tempo: float, sides: tuple[str, ...]) -> AuthoredTake:
    rests = len(sides) == 2
    beat = Beat.draw(rng, tempo, (0.7, 1.0), (0.9, 1.9) if rests else (0.5, 1.0), (0.7, 1.0), stays=rests and rng.random() < 0.25)
    take = AuthoredTake(rng, beat.seconds, width=rng.uniform(1.05, 1.4))
    take.hang[:] = 0.8
    down = rng.uniform(0.9, 1.1)
    one = 0.0 if rests else 1.0
    beat.body(take, tilt=(38 * down, -4 * one, 4 * one), spine=(34 * down, -5 * one, 6 * one), move=(0.0, -0.1, -0.14))
    beat.body(take, head=(rng.uniform(-16, -4), 0, 0), shift=0.06)
    if not rests:  # the free arm swings back, for balance
        beat.key_arms(take, {"left": arm((0.35, -0.9, -0.6), (0.12, -1.0, -0.35), (-1.0, 0.0, -0.1))})
    for side in sides:
        place = jitter(rng, (0.0, 0.03, 0.072), 0.004)
        beat.touch(take, side, "own_knee", place, (0.9, 0.1, -0.2), (-0.1, -0.35, -1.0), (-0.1, -1.0, 0.15), "palm")
    return take


def touch_toes(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Over nearly straight legs the trunk folds until the hands are at the toes."""
    times = count or 1
    lead, tail = rng.uniform(0.15, 0.45), rng.uniform(0.3, 0.6)
    down, hold, up = rng.uniform(0.8, 1.1) / tempo, rng.uniform(0.3, 0.9), rng.uniform(0.8, 1.1) / tempo
    brisk = min(1.0, MANY / (times * (down + hold + up)))
    down, hold, up = brisk * down, brisk * hold, brisk * up
    cycle = down + hold + up
    take = AuthoredTake(rng, lead + times * cycle + tail, width=rng.uniform(0.8, 1.2))
    take.hang[:] = 0.95
    depth = np.zeros(len(take.t))
    for i in range(times):
        start = lead + i * cycle
        depth += ease(take.t, [(start, 0.0), (start + down, 1.0), (start + down + hold, 1.0), (start + cycle, 0.0)])
    bend = rng.uniform(0.95, 1.05)
    take.tilt[:, 0] += 80 * bend * depth
    take.spine[:, 0] += 74 * bend * blur(depth, 0.05)
    take.head[:, 0] += 12 * depth
    take.move[:, 2] -= 0.16 * depth
    take.move[:, 1] -= 0.06 * depth
    for side in SIDES:
        place = jitter(rng, (0.0, 0.035, 0.075), 0.004)
        there = (0.9, 0.0, -0.3), (-0.1, -1.0, -0.3), (-0.05, -0.75, 0.6)
        take.touches.append(Touch(side, "own_foot", place, depth**1.5, *there))
    return take


GESTURES = (
    AuthoredGesture("rub_belly", rub_belly),
    AuthoredGesture("rub_hands", rub_hands),
    AuthoredGesture("hand_on_heart", hand_on_heart, speeds=False),
    AuthoredGesture("beat_chest", beat_chest),
    AuthoredGesture("scratch_arm.left", scratch_arm),
    AuthoredGesture("scratch_back.right", scratch_back),
    AuthoredGesture("touch_shoulder.left", touch_shoulder),
    AuthoredGesture("touch_shoulder.both", touch_shoulder_both, 0.5),
    AuthoredGesture("touch_knee.right", touch_knee),
    AuthoredGesture("touch_knee.both", touch_knees),
    AuthoredGesture("toe_touch", touch_toes, counts=FIVE),
)
