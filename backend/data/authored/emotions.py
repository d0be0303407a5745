"""Feelings: crying, sighing, begging, shivering, cowering, sulking, triumph, anger."""

from __future__ import annotations

import numpy as np

from .arms import arm, reach
from .beat import Beat, jitter
from .curves import blur, ease, smooth_noise
from .gesture import AuthoredGesture
from .take import SIDES, AuthoredTake

FIVE = (2, 3, 4, 5)


def cry(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Face in the hands, or the head hanging; the shoulders shake with sobs in bursts."""
    beat = Beat.draw(rng, tempo, rise=(0.6, 0.9), hold=(1.8, 3.2), fall=(0.8, 1.1), stays=rng.random() < 0.5)
    take = AuthoredTake(rng, beat.seconds, width=rng.uniform(0.8, 1.1))
    if rng.random() < 0.75:
        for side in SIDES:
            place = jitter(rng, (0.036, 0.035, 0.112), 0.003)
            beat.touch(take, side, "head", place, (0.5, -1.0, 0.3), (-0.1, 0.0, -1.0), (-0.25, 0.95, -0.1), "palm")
    else:  # the back of a hand at the eyes, the other arm across the belly
        eye = jitter(rng, (0.02, 0.05, 0.106), 0.003)
        beat.touch(take, "right", "head", eye, (0.7, -1.0, 0.3), (-0.3, -0.1, -0.95), (-0.5, 0.8, -0.2))
        beat.touch(take, "left", "spine2", (-0.08, -0.05, 0.13), (1.0, -0.8, 0.0), (0.0, 0.1, -1.0), (-1.0, -0.05, 0.1), "palm")
    rate = rng.uniform(2.6, 3.4) * tempo**0.3
    burst = np.clip(0.65 + smooth_noise(rng, take.t, 0.45, 1, 0.3, 0.8)[:, 0], 0.1, 1.3) * ease(take.t, beat.keys())
    sob = np.sin(2 * np.pi * rate * take.t) * burst
    take.spine[:, 0] += 2.6 * sob
    take.head[:, 0] += 2.2 * blur(sob, 0.03)
    take.move[:, 1] += 0.004 * sob
    beat.body(take, head=(rng.uniform(22, 34), 0, rng.uniform(-4, 4)), spine=(rng.uniform(12, 22), 0, 0), tilt=(4, 0, 0))
    beat.body(take, move=(0, -0.02, -0.035), shift=0.1)
    return take


def sigh(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A deep breath lifts chest and shoulders; all sinks, the head last, and stays low."""
    lead, up, down = rng.uniform(0.15, 0.4), rng.uniform(0.6, 0.9) / tempo, rng.uniform(0.7, 1.0) / tempo
    stay, back = rng.uniform(0.4, 0.9), rng.uniform(0.6, 0.9)
    times = [lead, lead + up, lead + up + 0.15, lead + up + 0.15 + down, lead + up + 0.15 + down + stay]
    take = AuthoredTake(rng, times[-1] + back + rng.uniform(0.2, 0.4))
    chest, drop = rng.uniform(8, 12), rng.uniform(13, 19)
    for channel, column, high, low, late in (
        (take.spine, 0, -chest, drop, 0.0), (take.head, 0, -0.8 * chest, rng.uniform(18, 27), 0.12),
        (take.move, 1, 0.006, -0.016, 0.05), (take.move, 2, 0.006, -0.022, 0.05),
    ):  # fmt: skip
        sizes = (0.0, high, high, low, low)
        keys = [(time + late, size) for time, size in zip(times, sizes, strict=True)]
        take.key(channel[:, column], [*keys, (times[-1] + back, 0.0)])
    for side in SIDES:
        rest = take.rest_arm[side]
        lifted = arm((0.2, -1.0, 0.02), (0.13, -1.0, 0.25), (-1.0, 0.0, -0.15), lift=rng.uniform(16, 22))
        sunk = arm((0.12, -1.0, 0.12), (0.04, -1.0, 0.2), (-0.9, 0.0, -0.35), lift=-4.0)
        keys = [(0.0, rest), (times[0], rest), (times[1], lifted), (times[2], lifted), (times[3], sunk), (times[4], sunk)]
        take.key_arm(side, [*keys, (times[4] + back, rest)], lag=0.5)
    return take


def beg(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Folded hands shake before the chest, knees and trunk bend towards whoever is asked."""
    beat = Beat.draw(rng, tempo, rise=(0.5, 0.75), hold=(1.5, 2.6))
    take = AuthoredTake(rng, beat.seconds)
    shakes = beat.strokes(take, round(beat.hold * rng.uniform(1.6, 2.4) * tempo**0.5))
    for side in SIDES:
        place = np.array([0.028, rng.uniform(0.0, 0.04), 0.29]) + shakes[:, None] * np.array([0.0, 0.035, 0.035])
        beat.touch(take, side, "spine3", place, (0.9, -0.9, 0.0), (-1.0, 0.0, 0.05), (-0.1, 0.75, 0.7), "palm")
    take.head[:, 0] += 2 * shakes
    deep = rng.uniform(0.7, 1.2)
    beat.body(take, head=(-10 * deep, 0, rng.uniform(-8, 8)), spine=(16 * deep, 0, 0), tilt=(10 * deep, 0, 0))
    beat.body(take, move=(0, -0.085 * deep, -0.03 * deep), shift=0.05)
    return take


def shiver(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Arms hugged to the chest, shoulders up, knees together; everything trembles."""
    beat = Beat.draw(rng, tempo, rise=(0.5, 0.7), hold=(1.8, 3.2), stays=rng.random() < 0.4)
    take = AuthoredTake(rng, beat.seconds, width=0.7)
    tremble = ease(take.t, beat.keys()) * (0.75 + 0.35 * smooth_noise(rng, take.t, 1.0, 1, 0.3, 0.9)[:, 0])
    quick = smooth_noise(rng, take.t, 1.0, 6, 6.0, 9.0) * tremble[:, None]
    for side, place in (("left", (-0.13, 0.03, 0.06)), ("right", (-0.13, -0.02, 0.085))):
        spot = jitter(rng, place, 0.004) + 0.003 * quick[:, :3]
        beat.touch(take, side, "spine3", spot, (0.7, -1.0, 0.3), (-0.2, 0.0, -1.0), (-0.9, 0.3, -0.1), "fingertips", lift=12.0)
    take.spine += 0.9 * quick[:, :3]
    take.head += 1.3 * quick[:, 3:]
    take.move[:, 1] += 0.002 * quick[:, 0]
    beat.body(take, head=(rng.uniform(8, 15), 0, 0), spine=(rng.uniform(10, 17), 0, 0), move=(0, -0.035, -0.02))
    take.splay -= 5 * ease(take.t, beat.keys())
    return take


def cower(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Down into the knees, the back round, the arms over the head; stays there."""
    beat = Beat.draw(rng, tempo, rise=(0.4, 0.6), hold=(1.2, 2.4), fall=(0.8, 1.1), stays=rng.random() < 0.75)
    take = AuthoredTake(rng, beat.seconds, width=rng.uniform(1.0, 1.4))
    deep = rng.uniform(0.75, 1.1)
    beat.body(take, tilt=(30 * deep, -6, 0), spine=(40 * deep, -8, 0), move=(0, -0.33 * deep, -0.12), head=(24, 0, 0))
    take.hang[:] = 0.0
    for side in SIDES:
        place = jitter(rng, (0.03, 0.11, -0.085), 0.004)
        beat.touch(take, side, "head", place, (0.55, -0.3, 0.9), (-0.3, -0.5, 0.8), (-0.4, 0.55, -0.75), "palm", lift=6.0)
    quake = smooth_noise(rng, take.t, 0.7, 3, 4.0, 7.0) * ease(take.t, beat.keys())[:, None]
    take.spine += quake
    return take


def fist_pump(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Yes! The right fist is drawn up before the shoulder and pulled down hard, once or more."""
    pulls = count or int(rng.choice([1, 1, 2, 3]))
    lead, cycle = rng.uniform(0.15, 0.4), rng.uniform(0.62, 0.8) / tempo**0.8
    stay, fall = rng.uniform(0.25, 0.6), rng.uniform(0.6, 0.8)
    end = lead + pulls * cycle
    take = AuthoredTake(rng, end + stay + fall + rng.uniform(0.3, 0.5), width=1.3)
    high = arm((0.35, -0.35, 0.9), (-0.12, 1.0, 0.35), (-0.3, 0.0, -1.0))
    low = arm((0.35, -0.85, -0.45), (-0.02, 0.35, 1.0), (-0.75, 0.55, 0.0))
    rest, keys = take.rest_arm["right"], [(0.0, take.rest_arm["right"]), (lead, take.rest_arm["right"])]
    dip = [(lead, 0.0)]
    for i in range(pulls):
        start = lead + i * cycle
        keys += [(start + 0.55 * cycle, high), (start + 0.85 * cycle, low), (start + cycle, low)]
        dip += [(start + 0.55 * cycle, -0.3), (start + 0.88 * cycle, 1.0)]
    take.key_arm("right", [*keys, (end + stay, low), (end + stay + fall, rest)], lag=0.3)
    dip += [(end + stay, 0.8), (end + stay + fall, 0.0)]
    for channel, column, size in (
        (take.move, 1, -0.05), (take.spine, 0, 9.0), (take.spine, 1, -9.0), (take.tilt, 0, 4.0), (take.head, 0, 4.0),
        (take.spine, 2, 4.0),
    ):  # fmt: skip
        take.key(channel[:, column], [(time, size * value) for time, value in dip])
    return take


def stomp(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right foot is drawn up and slammed down where it stood, fists clenched, trunk over it."""
    times = count or int(rng.choice([1, 2, 3]))
    lead, cycle = rng.uniform(0.2, 0.45), rng.uniform(0.62, 0.8) / tempo
    end = lead + times * cycle
    take = AuthoredTake(rng, end + 0.3 + rng.uniform(0.4, 0.7))
    take.flow, take.shift = 0.1, 0.72
    foot, lift = take.feet["right"], rng.uniform(0.19, 0.29)
    slam = np.zeros(len(take.t))
    for i in range(times):
        start, strike = lead + i * cycle, lead + i * cycle + 0.8 * cycle
        up = ease(take.t, [(start, 0.0), (start + 0.5 * cycle, 1.0), (start + 0.6 * cycle, 1.0), (strike, 0.0)])
        foot.place[:, 1] += lift * up
        foot.place[:, 2] += 0.06 * up
        foot.load -= np.minimum(1.0, 2.5 * up)
        slam += np.exp(-(((take.t - strike - 0.05) / 0.07) ** 2))
    foot.load = np.clip(foot.load, 0.0, 1.0)
    take.move[:, 1] -= 0.022 * slam
    take.spine[:, 0] += 5 * slam
    take.head[:, 0] += 4 * blur(slam, 0.05)
    shape = [(lead - 0.1, 0.0), (lead + 0.5 * cycle, 1.0), (end, 1.0), (end + 0.6, 0.0)]
    for channel, column, size in ((take.spine, 0, 6.0), (take.tilt, 0, 3.0), (take.head, 0, 4.0)):
        take.key(channel[:, column], [(time, size * value) for time, value in shape])
    for side in SIDES:
        rest = take.rest_arm[side]
        tense = arm((0.35, -1.0, -0.12), (0.12, -0.85, 0.5), (-0.9, -0.2, 0.3), lift=6.0)
        take.key_arm(side, [(0.0, rest), (lead - 0.1, rest), (lead + 0.5 * cycle, tense), (end, tense), (end + 0.6, rest)])
    return take


def tap_foot(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Impatient: the ball of the right foot taps over its heel, mostly with arms crossed."""
    taps = count or int(rng.integers(4, 8))
    lead, period = rng.uniform(0.5, 0.9), rng.uniform(0.38, 0.52) / tempo**0.8
    beat = Beat(lead - 0.35, 0.6, taps * period, 0.7, 0.4)
    take = AuthoredTake(rng, beat.seconds + 0.2)
    foot, home = take.feet["right"], take.feet["right"].place[0].copy()
    start = beat.top
    phase = (take.t - start) / period
    tapping = (phase > 0) & (phase < taps)
    foot.heel -= rng.uniform(17, 24) * np.where(tapping, np.sin(np.pi * np.mod(phase, 1.0)) ** 1.5, 0.0)
    foot.load = 1.0 - 0.9 * ease(take.t, beat.keys())
    style = rng.random()
    if style < 0.45:
        for side in SIDES:
            beat.touch(
                take, side, "pelvis", (0.158, 0.085, 0.03), (1.0, -0.1, -0.35), (-1.0, -0.15, 0.1), (-0.1, -0.55, 0.85), "palm"
            )
    elif style < 0.8:
        upper = reach((-0.07, 1.24, 0.25), (1.0, -0.8, 0.1), (0.0, -0.4, -1.0), (-0.9, 0.1, -0.15))
        lower = reach((-0.05, 1.17, 0.19), (1.0, -0.9, 0.1), (0.0, -0.3, -1.0), (-1.0, 0.1, -0.05))
        beat.key_arms(take, {"left": upper, "right": lower}, reach((0.15, 1.1, 0.36), (0.6, -1.0, 0.0), (-1.0, -0.3, 0.0)), lag=0.6)
    beat.body(take, head=(rng.uniform(0, 8), rng.uniform(-22, 22), rng.uniform(-5, 5)), spine=(rng.uniform(-4, 2), 0, 0))
    take.move[:, 0] -= 0.012 * (1 - foot.load) * np.sign(home[0])
    return take


def sulk(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Arms are folded with a jerk, the head sinks and turns away, the back gets round; stays so."""
    beat = Beat.draw(rng, tempo, rise=(0.55, 0.8), hold=(1.4, 2.6), stays=rng.random() < 0.8)
    take = AuthoredTake(rng, beat.seconds, width=rng.uniform(1.0, 1.4))
    take.hang[:] = 0.0
    upper = reach((-0.06, 1.22, 0.25), (1.0, -0.9, 0.1), (0.0, -0.4, -1.0), (-0.9, 0.05, -0.15), lift=7.0)
    lower = reach((-0.04, 1.15, 0.19), (1.0, -1.0, 0.1), (0.0, -0.3, -1.0), (-1.0, 0.05, -0.05), lift=7.0)
    beat.key_arms(take, {"left": upper, "right": lower}, reach((0.15, 1.1, 0.36), (0.6, -1.0, 0.0), (-1.0, -0.3, 0.0)), lag=0.5)
    way = rng.choice([-1, 1])
    beat.body(take, head=(rng.uniform(20, 28), way * rng.uniform(18, 32), way * rng.uniform(-4, 2)), shift=0.1)
    beat.body(
        take, spine=(rng.uniform(12, 18), way * rng.uniform(4, 9), 0), tilt=(-3, way * 4, 0), move=(way * -0.035, -0.012, 0.02)
    )
    return take


GESTURES = (
    AuthoredGesture("cry", cry, speeds=False),
    AuthoredGesture("sigh", sigh, speeds=False),
    AuthoredGesture("beg", beg, speeds=False),
    AuthoredGesture("shiver", shiver, speeds=False),
    AuthoredGesture("cower", cower, speeds=False),
    AuthoredGesture("fist_pump.right", fist_pump, speeds=False, counts=(2, 3)),
    AuthoredGesture("stomp.right", stomp, counts=FIVE),
    AuthoredGesture("tap_foot.right", tap_foot),
    AuthoredGesture("sulk", sulk, speeds=False),
)
