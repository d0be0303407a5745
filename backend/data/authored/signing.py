"""Signs to others (silence, beckoning, stop, open arms), and yawns, coughs, sneezes.

One-sided gestures use the right hand; the caller mirrors them.
"""

from __future__ import annotations

import numpy as np

from .arms import arm, reach
from .beat import Beat, both, jitter
from .curves import ease
from .gesture import AuthoredGesture
from .take import SIDES, AuthoredTake


def shush(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A right finger upright before the lips, the head comes forward a little."""
    beat = Beat.draw(rng, tempo, rise=(0.4, 0.6), hold=(0.9, 1.7))
    take = AuthoredTake(rng, beat.seconds)
    finger = jitter(rng, (0.002, -0.012, 0.122), 0.002)
    beat.touch(take, "right", "head", finger, (0.8, -0.9, 0.25), (-0.75, 0.0, -0.65), (-0.15, 1.0, -0.1))
    beat.body(take, head=(rng.uniform(0, 8), rng.uniform(-14, 14), 0), spine=(rng.uniform(2, 8), 0, 0), move=(0, -0.004, 0.012))
    return take


def beckon(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Come here: the right hand, palm up, draws back towards the chest again and again."""
    return _beckon(rng, tempo, count, ("right",))


def beckon_both(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both hands call somebody closer."""
    return _beckon(rng, tempo, count, SIDES)


def _beckon(rng: np.random.Generator, tempo: float, count: int | None, sides: tuple[str, ...]) -> AuthoredTake:
    pulls = count or int(rng.integers(2, 5))
    lead, rise, cycle = rng.uniform(0.15, 0.4), rng.uniform(0.45, 0.65) / tempo**0.6, rng.uniform(0.5, 0.68) / tempo**0.8
    start = lead + rise
    end = start + pulls * cycle
    fall = rng.uniform(0.6, 0.8)
    take = AuthoredTake(rng, end + fall + rng.uniform(0.3, 0.5))
    width, height = rng.uniform(0.1, 0.45), rng.uniform(-0.1, 0.25)
    out = arm((0.3, -0.75, 0.55), (width, height, 1.0), (-0.15, 1.0, 0.1), (width, height + 0.1, 1.0))
    back = arm((0.35, -0.9, 0.3), (width - 0.15, height + 1.0, 0.55), (-0.2, 0.35, -1.0), (width - 0.3, 1.0, -0.25))
    for side in sides:
        rest, late = take.rest_arm[side], rng.uniform(0, 0.04)
        keys = [(0.0, rest), (lead, rest), (start + late, out)]
        for i in range(pulls):
            keys += [(start + late + (i + 0.5) * cycle, back), (start + late + (i + 1) * cycle, out)]
        take.key_arm(side, [*keys, (end + late + fall, rest)], lag=0.6)
    toss = [(lead, 0.0)]
    for i in range(pulls):
        toss += [(start + (i + 0.5) * cycle, -7.0), (start + (i + 1) * cycle, 3.0)]
    take.key(take.head[:, 0], [*toss, (end + fall, 0.0)])
    shape = [(lead, 0.0), (start, 1.0), (end, 1.0), (end + fall, 0.0)]
    for channel, column, size in ((take.spine, 0, 5.0), (take.move, 2, 0.015), (take.spine, 1, 4.0 * (2 - len(sides)))):
        take.key(channel[:, column], [(time, size * value) for time, value in shape])
    return take


def stop_gesture(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Stop: the right arm shoots out, palm to the front, fingers up."""
    return _stop(rng, tempo, ("right",))


def stop_gesture_both(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both palms to the front: stop, stay back."""
    return _stop(rng, tempo, SIDES)


def _stop(rng: np.random.Generator, tempo: float, sides: tuple[str, ...]) -> AuthoredTake:
    beat = Beat.draw(rng, tempo, rise=(0.4, 0.6), hold=(0.9, 1.8), stays=rng.random() < 0.25)
    take = AuthoredTake(rng, beat.seconds)
    out, up = rng.uniform(-0.02, 0.2), rng.uniform(-0.1, 0.1)
    halt = arm((out + 0.14, up - 0.1, 1.0), (out - 0.06, up + 0.08, 1.0), (0.0, 0.1, 1.0), (0.0, 1.0, 0.15))
    via = reach((0.2, 1.25, 0.25), (0.7, -1.0, -0.2), (-0.2, 0.0, 1.0), (-0.1, 1.0, 0.2))
    beat.key_arms(take, dict.fromkeys(sides, halt), via, lag=0.5)
    one = 2 - len(sides)
    beat.body(
        take, head=(rng.uniform(-2, 6), 0, 0), spine=(rng.uniform(-3, 4), 7 * one, 0), move=(0, -0.005, rng.uniform(-0.02, 0.01))
    )
    return take


def yawn(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The head goes back over a hand at the mouth, the chest rises; one arm often stretches."""
    beat = Beat.draw(rng, tempo, rise=(0.7, 1.0), hold=(1.2, 2.0), fall=(0.8, 1.1))
    take = AuthoredTake(rng, beat.seconds)
    beat.touch(
        take,
        "right",
        "head",
        jitter(rng, (0.006, -0.05, 0.122), 0.004),
        (0.85, -0.9, 0.25),
        (-0.15, 0.1, -1.0),
        (-0.85, 0.5, -0.1),
        "palm",
        lift=5.0,
    )
    if rng.random() < 0.6:
        up = rng.uniform(0.35, 1.0)
        wide = arm((1.0, up - 0.2, -0.05), (0.7, up + 0.5, -0.1), (0.2, -0.3, 1.0), lift=6.0)
        beat.key_arms(take, {"left": wide}, arm((0.9, -0.4, 0.35), (0.3, 0.8, 0.5), (-0.2, 0.0, 1.0)))
    back = rng.uniform(0.8, 1.2)
    beat.body(
        take, head=(-17 * back, rng.uniform(-8, 8), rng.uniform(-5, 5)), spine=(-9 * back, 0, 0), move=(0, 0.006, 0.012), shift=0.1
    )
    sink = [(beat.end, 0.0), (beat.down - 0.1, 1.0), (beat.down + 0.4, 0.0)]
    take.key(take.spine[:, 0], [(time, 6 * value) for time, value in sink])
    return take


def cough(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right fist before the mouth, the trunk jerks forward as often as counted."""
    coughs = count or int(rng.integers(2, 5))
    period = rng.uniform(0.42, 0.58) / tempo**0.6
    beat = Beat(
        rng.uniform(0.15, 0.4), rng.uniform(0.4, 0.55), coughs * period + 0.15, rng.uniform(0.6, 0.8), rng.uniform(0.3, 0.5)
    )
    take = AuthoredTake(rng, beat.seconds)
    beat.touch(
        take,
        "right",
        "head",
        jitter(rng, (0.004, -0.045, 0.135), 0.003),
        (0.75, -1.0, 0.2),
        (-0.25, 0.0, -1.0),
        (-0.8, 0.55, 0.0),
        "palm",
    )
    jerk = np.zeros(len(take.t))
    for i in range(coughs):
        centre = beat.top + (i + 0.45) * period
        size = rng.uniform(0.85, 1.1) * 0.95**i
        jerk += size * ease(take.t, [(centre - 0.12, 0.0), (centre, 1.0), (centre + 0.24, 0.0)])
    take.spine[:, 0] += 14 * jerk
    take.head[:, 0] += 9 * jerk
    take.move[:, 1] -= 0.012 * jerk
    beat.body(take, head=(rng.uniform(4, 10), rng.uniform(-8, 12), 0), spine=(rng.uniform(3, 8), 0, 0))
    return take


def sneeze(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The head goes back in one or two draughts, then snaps forward into the hand."""
    lead, draw = rng.uniform(0.2, 0.4), rng.uniform(0.55, 0.8) / tempo
    snap, stay, back = rng.uniform(0.16, 0.22), rng.uniform(0.25, 0.5), rng.uniform(0.7, 0.95)
    gasps = int(rng.integers(1, 3))
    blast = lead + gasps * draw
    beat = Beat(blast - 0.28, 0.3, snap + stay, back, 0.4)
    take = AuthoredTake(rng, blast + snap + stay + back + 0.5)
    keys = [(lead, 0.0)]
    for i in range(gasps):
        keys += [(lead + (i + 0.8) * draw, -(0.6 + 0.4 * i) if gasps > 1 else -1.0)]
    keys += [(blast, -1.0), (blast + snap, 1.0), (blast + snap + stay, 0.8), (blast + snap + stay + back, 0.0)]
    for channel, column, behind, ahead in (
        (take.head, 0, 16.0, 24.0), (take.spine, 0, 9.0, 24.0), (take.tilt, 0, 1.0, 13.0), (take.move, 2, 0.0, -0.05),
        (take.move, 1, 0.0, -0.03),
    ):  # fmt: skip
        take.key(channel[:, column], [(time, value * (behind if value < 0 else ahead)) for time, value in keys])
    for side in SIDES if rng.random() < 0.4 else ("right",):
        place = jitter(rng, (0.01 if side == "right" else 0.02, -0.01, 0.118), 0.003)
        beat.touch(take, side, "head", place, (0.75, -1.0, 0.3), (-0.1, 0.0, -1.0), (-0.6, 0.8, -0.05), "palm")
    return take


def open_arms(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both arms open wide to the front, palms up and forward: welcome."""
    beat = Beat.draw(rng, tempo, rise=(0.6, 0.9), hold=(0.9, 1.8), stays=rng.random() < 0.3)
    take = AuthoredTake(rng, beat.seconds)
    out, up = rng.uniform(0.9, 1.4), rng.uniform(-0.45, 0.0)
    wide = arm((out, up - 0.12, 0.45), (out * 0.9, up + 0.25, 1.0), (0.0, 0.6, 1.0), (out, up + 0.1, 0.8))
    beat.key_arms(take, both(wide), reach((0.16, 1.15, 0.36), (0.6, -1.0, 0.0), (-0.6, 0.6, 0.2)))
    beat.body(take, head=(rng.uniform(-8, 0), 0, rng.uniform(-5, 5)), spine=(rng.uniform(-8, -3), 0, 0), move=(0, 0, 0.015))
    return take


def flex_biceps(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both upper arms level, fists curled in to the head: look at these muscles."""
    beat = Beat.draw(rng, tempo, rise=(0.6, 0.85), hold=(1.1, 2.0))
    take = AuthoredTake(rng, beat.seconds, width=rng.uniform(1.2, 1.6))
    level = rng.uniform(-0.05, 0.2)
    pump = beat.strokes(take, rng.integers(1, 3))
    flexed = arm((1.0, level, 0.12), (-0.3, 1.0, 0.12), (-0.95, -0.25, -0.1), (-0.75, 0.6, 0.05))
    via = arm((1.0, -0.35, 0.2), (0.9, 0.0, 0.35), (0.0, 0.2, 1.0))
    beat.key_arms(take, both(flexed), via, lag=0.6)
    take.spine[:, 0] -= 2 * pump
    way = rng.choice([-1, 0, 1])
    beat.body(take, head=(rng.uniform(-4, 4), way * rng.uniform(15, 45), 0), spine=(rng.uniform(-7, -2), 0, 0), move=(0, -0.02, 0))
    return take


GESTURES = (
    AuthoredGesture("shush.right", shush, speeds=False),
    AuthoredGesture("beckon.right", beckon, counts=(2, 3)),
    AuthoredGesture("beckon.both", beckon_both, 0.5, counts=(2, 3)),
    AuthoredGesture("stop_gesture.right", stop_gesture, speeds=False),
    AuthoredGesture("stop_gesture.both", stop_gesture_both, 0.6, speeds=False),
    AuthoredGesture("yawn", yawn, speeds=False),
    AuthoredGesture("cough", cough, speeds=False, counts=(2, 3)),
    AuthoredGesture("sneeze", sneeze, speeds=False),
    AuthoredGesture("open_arms", open_arms, speeds=False),
    AuthoredGesture("flex_biceps", flex_biceps, speeds=False),
)
