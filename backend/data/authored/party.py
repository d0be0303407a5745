"""Party dances that are a row of arm poses, a beat each, and the dab and the curtsy."""

from __future__ import annotations

import numpy as np

from .arms import ArmPose, arm, reach
from .curves import ease
from .dances import Dance
from .gesture import AuthoredGesture
from .social import gesture
from .take import AuthoredTake

DOWN, UP, INWARD, AHEAD = (0.0, -1.0, 0.0), (0.0, 1.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)


def macarena(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Arms out, palms up, to the shoulders, behind the head, to the hips.

    One after the other; then the hips roll.
    """
    take = Dance(rng, max(tempo, 1.0), rng.uniform(0.34, 0.38), 17, width=1.4, idle=0.4)
    out = arm((0.1, -0.05, 1.0), (0.04, -0.02, 1.0), DOWN)
    up = arm((0.16, -0.1, 1.0), (0.1, -0.02, 1.0), (0.2, 1.0, 0.0))
    shoulder = reach((-0.14, 1.38, 0.19), (0.7, -0.5, 0.6), (0.1, 0.0, -1.0), (-1.0, 0.25, -0.2))
    head = reach((0.12, 1.58, -0.1), (1.0, 0.35, 0.1), (-0.5, 0.0, 0.9), (-0.7, 0.4, -0.3))
    across = reach((-0.1, 1.0, 0.2), (0.7, -0.3, 0.6), (0.2, 0.0, -1.0), (-0.9, -0.5, 0.0))
    hip = reach((0.2, 0.98, -0.02), (0.8, -0.1, -1.0), (-0.9, 0.0, 0.3), (-0.1, -0.9, -0.3))
    right: list[ArmPose | None] = [out, None, up, None, shoulder, None, head, None, across, None, hip]
    left: list[ArmPose | None] = [None, out, None, up, None, shoulder, None, head, None, across, None, hip]
    take.figures("right", right, hold=0.35, lag=0.4)
    take.figures("left", left, hold=0.35, lag=0.4)
    roll = ease(
        take.t, [(take.start + 12 * take.beat, 0.0), (take.start + 13 * take.beat, 1.0), (take.end, 1.0), (take.end + 0.4, 0.0)]
    )
    hips = np.sin(np.pi * take.count)
    sway = take.swing(4.0)
    for channel, column, size in ((take.move, 0, 0.05), (take.tilt, 2, -6.0), (take.spine, 2, 9.0)):
        channel[:, column] += size * (roll * hips + 0.5 * (1 - roll) * sway)
    take.bounce(0.025)
    take.move[:, 1] -= 0.02 * take.on
    return take


def ymca(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The arms write the four letters over the head, one after the other, once or twice."""
    rounds = 1 if tempo < 1 or rng.random() < 0.6 else 2
    take = Dance(rng, tempo, rng.uniform(0.55, 0.68), 4 * rounds + 1, width=rng.uniform(1.2, 1.7), idle=0.5)
    y = arm((0.75, 0.8, 0.0), (0.72, 0.9, 0.0), AHEAD)
    m = reach((0.08, 1.68, 0.06), (1.0, 0.55, 0.0), (-0.2, -1.0, 0.0), (-0.6, -0.7, 0.0))
    a = reach((0.04, 1.84, 0.05), (1.0, 0.1, 0.0), (-1.0, -0.3, 0.0), (-0.3, 1.0, 0.0))
    c_high = arm((-0.1, 1.0, 0.1), (-0.75, 0.75, 0.1), (-0.5, -0.8, 0.3))  # over the head to the left
    c_low = arm((0.85, -0.5, 0.1), (0.75, 0.05, 0.1), (0.1, 1.0, 0.2))
    take.figures("right", ([y, m, c_high, a] * rounds), hold=0.55, lag=0.5)
    take.figures("left", ([y, m, c_low, a] * rounds), hold=0.55, lag=0.5)
    third = take.on * np.clip(np.cos(np.pi * (np.mod(take.count, 4) - 2.3) / 1.6), 0, 1)
    take.spine[:, 2] -= 12.0 * third
    take.head[:, 0] -= 5.0 * take.on
    take.bounce(0.03)
    return take


def chicken_dance(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Beaks before the shoulders, flapping wings, a wiggle down, four claps."""
    take = Dance(rng, max(tempo, 1.0), rng.uniform(0.36, 0.42), 16, width=1.4, idle=0.4)
    beak = reach((0.2, 1.42, 0.24), (0.7, -0.9, 0.0), (-0.3, -0.4, 0.9), (-0.1, 0.6, 0.8))
    snap = reach((0.2, 1.4, 0.27), (0.7, -0.9, 0.0), (-0.3, -0.7, 0.6), (-0.1, 0.0, 1.0))
    low = reach((0.17, 1.36, 0.06), (1.0, -1.0, -0.1), (-0.6, -0.6, 0.0), (-0.9, 0.3, 0.3))
    high = reach((0.19, 1.38, 0.06), (1.0, 0.35, -0.1), (-0.4, -0.9, 0.0), (-0.9, -0.1, 0.3))
    bent = arm((0.4, -0.9, -0.2), (0.15, -0.2, 1.0), INWARD)
    apart = reach((0.16, 1.24, 0.28), (0.8, -1.0, -0.2), INWARD, (-0.2, 0.5, 0.8))
    shut = reach((0.035, 1.24, 0.3), (0.8, -1.0, -0.2), INWARD, (-0.14, 0.55, 0.8))
    for side in ("left", "right"):
        half: list[ArmPose] = []
        for pair in ((beak, snap), (low, high)):
            half += list(pair) * 4
        rows = half + [bent] * 8 + [apart, shut] * 4
        _half_beats(take, side, rows)
    wiggle = ease(
        take.t,
        [
            (take.start + 7.6 * take.beat, 0.0),
            (take.start + 8.2 * take.beat, 1.0),
            (take.start + 11.6 * take.beat, 1.0),
            (take.start + 12.2 * take.beat, 0.0),
        ],
    )
    hips = wiggle * np.sin(2 * np.pi * take.count)
    take.move[:, 0] += 0.05 * hips
    take.tilt[:, 2] -= 9.0 * hips
    take.tilt[:, 1] += 12.0 * hips
    take.spine[:, 1] -= 14.0 * hips
    take.spine[:, 2] += 12.0 * hips
    down = wiggle * np.clip(0.25 * (take.count - 8.0), 0, 1)
    take.move[:, 1] -= 0.02 * take.on + 0.26 * down
    take.move[:, 2] -= 0.08 * down
    take.tilt[:, 0] += 16.0 * down
    take.spine[:, 0] += 10.0 * down
    take.bounce(0.02)
    return take


def _half_beats(take: Dance, side: str, poses: list[ArmPose]) -> None:
    rest = take.rest_arm[side]
    keys = [(0.0, rest), (take.start - 0.5, rest)]
    keys += [(take.start + 0.5 * i * take.beat, pose) for i, pose in enumerate(poses)]
    take.key_arm(side, [*keys, (take.end + 0.7, rest)], lag=0.2)


def dab(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right arm folds before the bowed face, the left stretches up to the side."""
    folded = arm((0.15, 0.25, 0.95), (-0.75, 0.45, 0.1), (0.0, -0.6, -0.8))
    stretched = arm((0.9, 0.42, 0.1), (0.92, 0.5, 0.1), (0.0, -0.7, 0.7))
    snap, hold = rng.uniform(0.28, 0.38), rng.uniform(0.6, 1.1)
    stages, other = [(snap, folded), (hold, folded)], [(snap, stretched), (hold, stretched)]
    return gesture(
        rng, tempo, stages, other, lag=0.3, head_pitch=rng.uniform(30, 38), head_yaw=-rng.uniform(26, 36), spine_pitch=9,
        spine_yaw=-8,
        spine_roll=rng.uniform(6, 10), down=0.05,
    )  # fmt: skip


def curtsy(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right foot goes behind the left, the knees bend, the hands spread a skirt.

    The head bows.
    """
    lead, tail = rng.uniform(0.15, 0.4), rng.uniform(0.3, 0.6)
    step, down, hold = rng.uniform(0.4, 0.5) / tempo, rng.uniform(0.55, 0.75) / tempo, rng.uniform(0.2, 0.5)
    up = rng.uniform(0.55, 0.7) / tempo
    take = AuthoredTake(rng, lead + step + down + hold + up + step + tail)
    take.shift = 0.6
    home = tuple(take.feet["right"].place[0, [0, 2]])
    left = take.feet["left"].place[0]
    behind = (float(left[0]) + rng.uniform(0.0, 0.06), float(left[2]) - rng.uniform(0.3, 0.36))
    take.step("right", lead, lead + step, behind, 0.0, lift=0.05)
    low, rise = lead + step + down, lead + step + down + hold
    take.step("right", rise + 0.75 * up, rise + up + step, home, 0.0, lift=0.05)
    shape = [(lead + 0.7 * step, 0.0), (low, 1.0), (rise, 1.0), (rise + up, 0.0)]
    size = ease(take.t, shape)
    take.move[:, 1] -= rng.uniform(0.16, 0.24) * size
    take.move[:, 2] += 0.03 * size
    take.feet["right"].heel += 42.0 * ease(take.t, [(lead + 0.6 * step, 0.0), (low, 1.0), (rise, 1.0), (rise + 0.8 * up, 0.0)])
    take.spine[:, 0] += rng.uniform(6, 14) * size
    take.head[:, 0] += rng.uniform(14, 24) * size
    take.splay[:] = 10.0 * size
    skirt = arm((0.55, -0.95, 0.08), (0.62, -0.8, 0.25), (-0.3, 0.2, -0.9))
    for side in ("left", "right"):
        rest = take.rest_arm[side]
        take.key_arm(side, [(0, rest), (lead, rest), (lead + step, skirt), (rise, skirt), (rise + up + 0.3, rest)])
    return take


GESTURES = (
    AuthoredGesture("macarena", macarena, speeds=False),
    AuthoredGesture("ymca", ymca, speeds=False),
    AuthoredGesture("chicken_dance", chicken_dance, speeds=False),
    AuthoredGesture("dab.left", dab, speeds=False),
    AuthoredGesture("curtsy", curtsy),
)
