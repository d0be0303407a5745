"""Looking about, over the shoulder and at a watch, searching, listening, peeking.

Directed looks are authored to the left, hands on the right; the caller mirrors them.
"""

from __future__ import annotations

import numpy as np

from .arms import arm, reach
from .beat import Beat, jitter
from .curves import ease
from .gesture import AuthoredGesture
from .take import AuthoredTake


def look_left(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The head turns to the left, the chest a little, and mostly comes back."""
    return _look(rng, tempo, rng.uniform(48, 72), rng.uniform(-8, 8))


def look_up(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The head goes back, the chest opens."""
    return _look(rng, tempo, rng.uniform(-10, 10), rng.uniform(-52, -38))


def look_down(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The head sinks until the eyes are on the floor before the feet."""
    return _look(rng, tempo, rng.uniform(-10, 10), rng.uniform(40, 55))


def _look(rng: np.random.Generator, tempo: float, yaw: float, pitch: float) -> AuthoredTake:
    beat = Beat.draw(rng, tempo, rise=(0.4, 0.65), hold=(0.8, 2.2), fall=(0.45, 0.7), stays=rng.random() < 0.25)
    take = AuthoredTake(rng, beat.seconds)
    beat.body(take, head=(0.85 * pitch, 0.82 * yaw, -0.04 * yaw))
    beat.body(take, spine=(0.15 * pitch, 0.18 * yaw, 0.0), tilt=(0.0, 0.05 * yaw, 0.0), shift=0.08)
    beat.body(take, move=(0.0003 * yaw, 0.0, -0.0003 * pitch), shift=0.1)
    return take


def look_around(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The head goes to one side, to the other, sometimes up; the chest follows late."""
    lead, first = rng.uniform(0.1, 0.35), rng.choice([-1, 1])
    yaw, pitch, time = [(0.0, 0.0), (lead, 0.0)], [(0.0, 0.0), (lead, 0.0)], lead
    for i in range(int(rng.integers(3, 6 if tempo > 0.7 else 4))):
        time += rng.uniform(0.45, 0.7) / tempo
        to = (
            first * (1 - 2 * (i % 2)) * rng.uniform(35, 65),
            rng.choice([rng.uniform(-6, 12), rng.uniform(-28, -14)], p=[0.7, 0.3]),
        )
        stay = time + rng.uniform(0.25, 0.7) / tempo**0.5
        for keys, size in zip((yaw, pitch), to, strict=True):
            keys += [(time, size), (stay, size)]
        time = stay
    time += rng.uniform(0.5, 0.7) / tempo
    take = AuthoredTake(rng, time + rng.uniform(0.3, 0.6))
    for channel, column, keys, share, late in (
        (take.head, 1, yaw, 0.82, 0.0), (take.head, 0, pitch, 1.0, 0.0), (take.spine, 1, yaw, 0.22, 0.1),
        (take.tilt, 1, yaw, 0.08, 0.15), (take.move, 0, yaw, 0.0004, 0.15),
    ):  # fmt: skip
        take.key(channel[:, column], [(at + late, share * size) for at, size in (*keys, (time, 0.0))])
    return take


def look_over_shoulder(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Head, chest and hips wind up to the left until the eyes see what is behind; the feet stay."""
    beat = Beat.draw(rng, tempo, rise=(0.5, 0.8), hold=(0.7, 1.7), fall=(0.5, 0.8), stays=rng.random() < 0.15)
    take = AuthoredTake(rng, beat.seconds)
    beat.body(take, head=(rng.uniform(-2, 10), rng.uniform(68, 78), rng.uniform(-8, -2)))
    spine, hips = rng.uniform(26, 38), rng.uniform(10, 20)
    beat.body(take, spine=(rng.uniform(-3, 2), spine, 0), tilt=(0, hips, 0), move=(0.025, 0, -0.012), shift=0.07)
    drawn = arm((0.3, -1.0, -0.3), (0.12, -1.0, 0.15), (-1.0, 0.0, 0.1))
    swung = arm((0.15, -1.0, 0.25), (-0.15, -0.9, 0.6), (-1.0, 0.0, -0.1))
    beat.key_arms(take, {"left": drawn, "right": swung})
    return take


def search(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Bent a little, the eyes sweep the floor and the room; a step to each side to look there."""
    lead, first = rng.uniform(0.3, 0.5), rng.choice([-1, 1])
    step = rng.uniform(0.5, 0.65) / tempo
    stay = rng.uniform(0.6, 1.0) / tempo
    second = lead + 2 * step + stay
    end = second + 2 * step + stay
    take = AuthoredTake(rng, end + rng.uniform(0.8, 1.1))
    take.flow = 0.12
    sides = ("left", "right") if first > 0 else ("right", "left")
    home = {side: take.feet[side].place[0].copy() for side in sides}
    turn, across = first * rng.uniform(22, 40), first * rng.uniform(0.14, 0.24)
    ahead = rng.uniform(0.05, 0.2)
    for i, side in enumerate(sides):
        at = home[side]
        take.step(side, lead + i * 0.9 * step, lead + (i + 1) * 0.9 * step, (at[0] + across, at[2] + ahead), turn)
    for i, side in enumerate(reversed(sides)):
        at, start = home[side], second + i * 0.9 * step
        take.step(side, start, start + 0.9 * step, (at[0] - 0.3 * across, at[2] + ahead), -0.6 * turn)
    looks = [(lead, 0.0, 0.0)]
    for start, way in ((lead + step, 1), (second + step, -1)):
        looks += [(start + 0.5 * step, way * first * rng.uniform(25, 45), rng.uniform(22, 36))]
        looks += [(start + 0.5 * step + stay, -way * first * rng.uniform(10, 35), rng.choice([rng.uniform(24, 36), -12.0]))]
    looks.append((end + 0.5, 0.0, 0.0))
    take.key(take.head[:, 1], [(time, yaw) for time, yaw, _ in looks])
    take.key(take.head[:, 0], [(time, 0.7 * pitch) for time, _, pitch in looks])
    take.key(take.spine[:, 1], [(time + 0.08, 0.3 * yaw) for time, yaw, _ in looks])
    bent = [(lead, 0.0), (lead + step, 1.0), (end - 0.1, 1.0), (end + 0.6, 0.0)]
    for channel, column, size in (
        (take.spine, 0, rng.uniform(8, 16)), (take.tilt, 0, rng.uniform(4, 12)), (take.move, 1, -rng.uniform(0.02, 0.05)),
        (take.move, 2, -0.02),
    ):  # fmt: skip
        take.key(channel[:, column], [(time, size * value) for time, value in bent])
    take.swing_arms(25.0)
    return take


def shade_eyes(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A flat right hand at the brow keeps the sun off while the head sweeps the horizon."""
    beat = Beat.draw(rng, tempo, rise=(0.5, 0.7), hold=(1.4, 2.6), fall=(0.6, 0.85))
    take = AuthoredTake(rng, beat.seconds)
    brow = jitter(rng, (0.035, 0.098, 0.098), 0.004)
    beat.touch(take, "right", "head", brow, (0.9, -0.5, 0.3), (0.0, -1.0, -0.15), (-0.85, 0.1, 0.42))
    sweep = rng.choice([-1, 1]) * rng.uniform(22, 40)
    times = [beat.top, beat.top + 0.45 * beat.hold, beat.end, beat.down]
    for channel, share in ((take.head, 0.7), (take.spine, 0.35)):
        take.key(channel[:, 1], list(zip(times, (0.0, share * sweep, -0.6 * share * sweep, 0.0), strict=True)))
    beat.body(take, head=(rng.uniform(-8, 0), 0, 0), spine=(rng.uniform(1, 6), 0, 0), move=(0, 0, rng.uniform(0.01, 0.035)))
    return take


def listen(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand is cupped behind the ear, which turns to the sound; the trunk leans there."""
    beat = Beat.draw(rng, tempo, rise=(0.5, 0.75), hold=(1.2, 2.4), fall=(0.6, 0.9))
    take = AuthoredTake(rng, beat.seconds)
    ear = jitter(rng, (0.092, 0.045, -0.02), 0.003)
    beat.touch(take, "right", "head", ear, (0.9, -0.3, 0.4), (-0.9, 0.0, 0.2), (-0.1, 0.75, -0.6), lift=4.0)
    lean = rng.uniform(0.6, 1.0)
    beat.body(take, head=(6 * lean, 24 * lean, 12 * lean), spine=(12 * lean, 4, 9 * lean), tilt=(4 * lean, 5, 0))
    beat.body(take, move=(-0.03 * lean, -0.006, 0.02), shift=0.06)
    return take


def peek(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The trunk slides out to the left round a corner nobody sees, and back into cover."""
    beat = Beat.draw(rng, tempo, rise=(0.55, 0.85), hold=(0.7, 1.5), fall=(0.35, 0.6))
    take = AuthoredTake(rng, beat.seconds, width=rng.uniform(1.2, 1.6))
    size = rng.uniform(0.8, 1.15)
    beat.body(take, spine=(rng.uniform(2, 8), 10 * size, -26 * size), tilt=(4, 6, -9 * size), move=(0.055 * size, -0.03, 0.01))
    beat.body(take, head=(2, rng.uniform(8, 20), -3 * size), shift=0.06)
    hand = reach((0.12, 1.22, 0.3), (0.6, -1.0, -0.2), (-0.2, 0.0, 1.0), (-0.1, 1.0, 0.25))
    other = reach((0.14, 1.12, 0.28), (0.6, -1.0, -0.2), (-0.3, 0.1, 1.0), (-0.15, 1.0, 0.3))
    beat.key_arms(take, {"right": hand, "left": other} if rng.random() < 0.6 else {"right": hand})
    return take


def check_watch(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The left forearm comes up level before the chest and the eyes go down to the wrist."""
    beat = Beat.draw(rng, tempo, rise=(0.45, 0.65), hold=(0.9, 1.8), fall=(0.5, 0.75))
    take = AuthoredTake(rng, beat.seconds)
    height, front = rng.uniform(1.21, 1.29), rng.uniform(0.27, 0.32)
    wrist = reach((0.02, height, front), (1.0, -0.9, 0.0), (-0.1, -0.75, -0.65), (-1.0, 0.0, 0.1))
    beat.key_arms(take, {"left": wrist})
    beat.body(take, head=(rng.uniform(22, 32), rng.uniform(2, 10), rng.uniform(-3, 3)), spine=(rng.uniform(0, 5), 2, 0))
    if rng.random() < 0.45:  # the other hand pulls the sleeve back
        pull = 0.04 * ease(take.t, [(beat.top, 0.0), (beat.top + 0.3, 1.0)])
        points = np.array([-0.19, 0.05, 0.0]) + pull[:, None] * np.array([1.0, 0.0, 0.0])
        beat.touch(take, "right", "other_elbow", points, (0.9, -0.7, 0.0), (-0.1, -1.0, -0.3), (-0.6, -0.3, 0.75))
    return take


GESTURES = (
    AuthoredGesture("look.left", look_left),
    AuthoredGesture("look.up", look_up),
    AuthoredGesture("look.down", look_down),
    AuthoredGesture("look.around", look_around),
    AuthoredGesture("look_over_shoulder.left", look_over_shoulder),
    AuthoredGesture("search", search),
    AuthoredGesture("shade_eyes.right", shade_eyes, speeds=False),
    AuthoredGesture("listen.right", listen, speeds=False),
    AuthoredGesture("peek.left", peek),
    AuthoredGesture("check_watch", check_watch),
)
