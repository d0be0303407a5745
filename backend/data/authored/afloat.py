"""Swimming and flying: bodies that hang in water or air, legs swinging from the hips.

Swimmers keep at a metre's height, where the water would be; who flies takes off from the floor and comes back to it.
"""

from __future__ import annotations

import numpy as np

from .arms import ArmPose, arm, reach
from .curves import blur, ease, hermite, min_jerk
from .floor_take import FloorTake
from .gesture import AuthoredGesture
from .take import SIDES, SIGN


def _float(rng: np.random.Generator, seconds: float, height: float) -> FloorTake:
    """A take that lies on its belly with free legs, the pelvis ``height`` metres high."""
    take = FloorTake(rng, seconds, idle=0.4)
    take.loose[:] = 1.0
    take.turn = np.zeros(len(take.t))
    take.move[:, 1] += height - 0.96
    take.tilt[:, 0] += 82
    take.spine[:, 0] += 2
    take.hang[:] = 0.0
    return take


def _strokes(rng: np.random.Generator, tempo: float, beat: tuple[float, float], few: int) -> tuple[float, int, float]:
    period = rng.uniform(*beat) / tempo**0.75
    return period, few + int(rng.integers(0, 3)) - (2 if tempo < 0.7 else 0), rng.uniform(0.3, 0.5)


def swim_crawl(rng: np.random.Generator, tempo: float, count: int | None) -> FloorTake:
    """The crawl: arms over the water in turn and pulled through below, legs fluttering.

    The body rolls with the arms.
    """
    period, strokes, lead = _strokes(rng, tempo, (1.25, 1.55), 3)
    end = lead + strokes * period
    take = _float(rng, end + rng.uniform(0.8, 1.1), rng.uniform(0.95, 1.1))
    t = take.t
    going = min_jerk((t - lead + 0.2) / 0.5) * (1 - min_jerk((t - end + 0.2) / 0.5))
    turns = (np.clip(t, lead, end) - lead) / period
    roll = rng.uniform(20, 30) * np.sin(2 * np.pi * turns) * going
    take.spine[:, 1] += 0.7 * roll
    breath = np.clip(np.sin(2 * np.pi * (turns / 2) - 0.4), 0, 1) ** 2 * going
    take.head[:, 1] += -0.5 * roll + 55 * breath
    take.head[:, 0] -= 14
    for side, late in zip(SIDES, (0.0, 0.5), strict=True):  # both begin and end stretched ahead
        own = np.clip((t - lead) / period - late, 0, strokes - 2 * late)
        take.path_arm(side, -9.0, 99.0, _crawl_arm(own % 1.0))
    _flutter(take, rng.uniform(2.2, 2.9) * tempo**0.5, rng.uniform(8, 12), 0.12 + 0.88 * going)
    take.move[:, 2] += _glide(t, lead, end, rng.uniform(0.75, 1.0) * tempo**0.6)
    take.move[:, 1] += 0.015 * np.sin(4 * np.pi * turns) * going
    return take


def _crawl_arm(phase: np.ndarray) -> ArmPose:
    """An arm (T,) of the crawl by its phase.

    At 0 it is stretched ahead, at 0.5 it has been pulled to the hip; then it goes back over the water.
    """
    a = 2 * np.pi * phase
    pull = np.clip(np.sin(a), 0, 1)  # below
    over = np.clip(-np.sin(a), 0, 1)  # above the water
    up = np.cos(a)
    wrist = np.stack([0.17 + 0.26 * over - 0.06 * pull, 1.40 + 0.50 * up, 0.06 + 0.40 * pull - 0.30 * over], axis=-1)
    elbow = np.stack([0.8 + 0 * a, 0.25 * pull - 0.1, -0.15 * pull - 0.9 * over], axis=-1)
    palm = np.stack([-0.2 + 0 * a, -0.6 * pull - 0.2 * over, 0.5 + 0 * a], axis=-1)
    return reach(wrist, elbow, palm)


def swim_breaststroke(rng: np.random.Generator, tempo: float, count: int | None) -> FloorTake:
    """Both arms sweep out and round to the chest, the head comes up.

    The legs draw up and kick round, and the body glides.
    """
    period, strokes, lead = _strokes(rng, tempo, (1.7, 2.1), 2)
    strokes = max(2, strokes)
    end = lead + strokes * period
    take = _float(rng, end + rng.uniform(0.3, 0.6), rng.uniform(0.95, 1.1))
    t = take.t
    part = np.where(t < lead, 0.0, (t - lead) / period % 1.0)
    part = np.where(t >= end, 0.999, part)
    sweep = _bump(part, 0.02, 0.26, 0.44, 0.62)
    narrow = _bump(part, 0.26, 0.42, 0.46, 0.62)
    glide = arm((0.12, 1.0, 0.14), (0.0, 1.0, 0.12), (0.2, -0.1, 1.0))
    wrist = np.stack(
        [0.1 + 0.42 * sweep - 0.38 * narrow, 1.93 - 0.36 * sweep - 0.14 * narrow, 0.12 + 0.14 * sweep + 0.16 * narrow], axis=-1
    )
    palm = np.stack([-0.5 + 0.5 * sweep, -0.7 * sweep, 1.0 + 0 * t], axis=-1)
    path = reach(wrist, (0.9, -0.1, -0.1), palm)
    for side in SIDES:
        take.key_arm(side, [(0.0, glide)])
        take.path_arm(side, lead - 0.2, end + 0.1, path, blend=0.3)
    drawn = _bump(part, 0.30, 0.52, 0.54, 0.80)
    wide = _bump(part, 0.44, 0.60, 0.62, 0.84)
    for side in SIDES:
        hip = np.stack([68 * drawn - 2, -8 * SIGN[side] * wide, SIGN[side] * (22 * drawn + 16 * wide)], axis=-1)
        take.hanging[side] = (hip, 8 + 112 * drawn, 40 - 46 * wide)
    rise = blur(_bump(part, 0.16, 0.40, 0.46, 0.68), 0.03)
    take.tilt[:, 0] -= 14 * rise
    take.spine[:, 0] -= 12 * rise
    take.head[:, 0] -= 10 + 26 * rise
    take.move[:, 1] += 0.03 * rise
    surge = blur(0.5 + 0.9 * _bump(part, 0.6, 0.8, 0.85, 1.0) + 0.4 * _bump(part, 0.1, 0.3, 0.35, 0.5), 0.06)
    moving = min_jerk((t - lead) / 0.5) * (1 - min_jerk((t - end + 0.1) / 0.4))
    take.move[:, 2] += np.cumsum(surge * moving) / 30.0 * rng.uniform(0.6, 0.8) * tempo**0.6
    return take


def _bump(part: np.ndarray, start: float, full: float, until: float, end: float) -> np.ndarray:
    """(T,) up from ``start`` to ``full`` and down from ``until`` to ``end`` of each stroke."""
    return min_jerk((part - start) / (full - start)) * (1 - min_jerk((part - until) / (end - until)))


def _glide(t: np.ndarray, start: float, end: float, speed: float) -> np.ndarray:
    """(T,) metres ahead: an even pace that begins and ends gently."""
    return np.cumsum(min_jerk((t - start + 0.2) / 0.7) * (1 - min_jerk((t - end + 0.2) / 0.6))) / 30.0 * speed


def _flutter(take: FloorTake, rate: float, degrees: float, share: np.ndarray) -> None:
    """Nearly straight legs beat up and down in turn."""
    for side in SIDES:
        beat = np.sin(2 * np.pi * rate * take.t + (0.0 if side == "left" else np.pi))
        trail = np.sin(2 * np.pi * rate * take.t + (0.0 if side == "left" else np.pi) - 1.0)
        hip = np.stack([degrees * beat * share, 0 * beat, SIGN[side] * 2.0 + 0 * beat], axis=-1)
        take.hanging[side] = (hip, 12 + 10 * (1 - trail) * share, 38 + 10 * trail * share)


def fly(rng: np.random.Generator, tempo: float, count: int | None) -> FloorTake:
    """Off the floor, ahead through the air like a superhero, and down onto the feet.

    One arm is stretched out, or both.
    """
    lead, rise, cruise = rng.uniform(0.4, 0.6), rng.uniform(1.0, 1.3), rng.uniform(2.2, 3.2)
    down = rng.uniform(1.3, 1.6)
    off, level = lead + 0.42, lead + 0.42 + rise
    leave = level + cruise
    land = leave + down
    take = FloorTake(rng, land + rng.uniform(1.15, 1.4), idle=0.6)
    t, high = take.t, rng.uniform(1.0, 1.5)
    take.turn = np.zeros(len(t))
    take.free_legs = True
    far = rng.uniform(1.2, 2.0) * (rise * 0.5 + cruise + down * 0.5)
    pace = min_jerk((t - off) / 1.2) * (1 - min_jerk((t - leave) / (land - leave - 0.1)))
    ahead = far * np.cumsum(pace) / pace.sum()
    climb = hermite(t, [(0, 0, 0), (lead, 0, 0), (lead + 0.26, -0.2, 0), (off, 0.03, 1.3), (level, high, 0), (leave, high, 0),
                        (land, 0.02, -0.9), (land + 0.2, -0.16, 0), (land + 0.75, 0, 0), (land + 9, 0, 0)])  # fmt: skip
    sway = ease(t, [(level - 0.3, 0.0), (level + 0.4, 1.0), (leave - 0.3, 1.0), (leave + 0.3, 0.0)])
    take.move[:, 1] += climb + 0.05 * np.sin(2 * np.pi * t * rng.uniform(0.3, 0.5)) * sway
    take.move[:, 0] += 0.08 * np.sin(2 * np.pi * t * rng.uniform(0.2, 0.35) + 1) * sway
    for foot in take.feet.values():
        foot.place[:, 2] += ahead
        foot.place[:, 1] += np.maximum(climb, 0) * min_jerk((t - off) / 0.12) * (1 - min_jerk((t - land + 0.05) / 0.06))
        foot.heel += ease(t, [(lead + 0.26, 0.0), (off, 38.0), (off + 0.4, 40.0), (land - 0.15, 30.0), (land + 0.1, 0.0)])
        foot.load = 1 - min_jerk((t - off) / 0.1) * (1 - min_jerk((t - land) / 0.08))
    take.flow = 0.02
    air = ease(t, [(off - 0.05, 0.0), (level, 1.0), (leave, 1.0), (land - 0.2, 0.0)])
    take.loose = min_jerk((t - off) / 0.1) * (1 - min_jerk((t - land + 0.1) / 0.1))
    crouch = ease(t, [(lead, 0.0), (lead + 0.26, 1.0), (off, 0.0), (land, 0.0), (land + 0.2, 0.8), (land + 0.75, 0.0)])
    take.tilt[:, 0] += rng.uniform(62, 76) * air + 16 * crouch
    take.tilt[:, 2] += rng.uniform(3, 8) * np.sin(2 * np.pi * t * rng.uniform(0.25, 0.4)) * sway
    take.spine[:, 0] += 12 * crouch - 8 * air
    take.head[:, 0] -= rng.uniform(28, 42) * air + 10 * crouch
    bent = str(rng.choice(SIDES))
    for side in SIDES:
        knee = (rng.uniform(35, 60) if side == bent else 8.0) * air
        hip = np.stack([-4 * air + 0.4 * knee, 0 * t, SIGN[side] * 2 + 0 * t], axis=-1)
        take.hanging[side] = (hip, knee + 4, 42 * air)
    take.hangs = air**0.5
    front = arm((0.12, 1.0, 0.25), (0.03, 1.0, 0.2), (0.0, -0.2, 1.0))
    side_arm = arm((0.25, -1.0, -0.12), (0.16, -1.0, -0.05), (-1.0, 0.0, 0.0))
    back, both = arm((0.3, -1.0, -0.5), (0.2, -1.0, -0.2), (-1.0, 0.0, 0.0)), rng.random() < 0.5
    for side in SIDES:
        rest = take.rest_arm[side]
        held = front if both or side != bent else side_arm
        take.key_arm(
            side,
            [
                (0, rest),
                (lead, rest),
                (lead + 0.28, back),
                (off + 0.5, held),
                (leave, held),
                (land + 0.1, back),
                (land + 0.8, rest),
            ],
            lag=0.5,
        )
    take.hang[:] = 0.4 * (1 - air)
    return take


GESTURES = (
    AuthoredGesture("swim.forward", swim_crawl),
    AuthoredGesture("swim_breaststroke", swim_breaststroke),
    AuthoredGesture("fly", fly, speeds=False),
)
