"""On a chair: sitting idles, and a leg laid over the other."""

from __future__ import annotations

import numpy as np

from .arms import reach
from .curves import ease
from .gesture import AuthoredGesture
from .lowering import SEAT_DROP
from .poses import BodyPose, HandPlace, LegPose, PosedTake, flat, posed, standing
from .take import AuthoredTake


def sit_idle(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Sits on a chair all the time.

    Breath, glances, a shifted seat, a hand that moves, a straightened back.
    """
    take = AuthoredTake(rng, rng.uniform(4.0, 7.0), width=rng.uniform(1.0, 1.5), idle=rng.uniform(0.8, 1.2))
    take.move[:, 1] -= SEAT_DROP * rng.uniform(0.94, 1.03)
    take.move[:, 2] -= rng.uniform(0.31, 0.39)
    take.tilt[:, 0] += rng.uniform(-12, -4)
    take.spine[:, 0] += rng.uniform(6, 16)
    take.splay[:] = rng.uniform(2, 12)
    take.hang[:] = 0.0
    length = float(take.t[-1])
    for side in ("left", "right"):
        lap = [
            reach(
                (rng.uniform(0.08, 0.18), 0.99 + rng.uniform(0.0, 0.02), rng.uniform(0.22, 0.36)),
                (0.6, -0.3, -0.8),
                (0, -1, 0.1),
                (-0.25, -0.3, 1),
            )
            for _ in range(2)
        ]
        at = rng.uniform(0.25, 0.6) * length
        take.key_arm(side, [(0.0, lap[0]), (at, lap[0]), (at + 0.8 / tempo, lap[1])])
    for _ in range(int(rng.integers(2, 4))):  # glances
        at, yaw = rng.uniform(0.3, length - 2.2), rng.uniform(-38, 38)
        shape = [(at, 0.0), (at + 0.5, yaw), (at + rng.uniform(0.8, 1.4), yaw), (at + 2.0, 0.0)]
        take.key(take.head[:, 1], shape)
        take.key(take.spine[:, 1], [(time, 0.2 * value) for time, value in shape])
    at, lean = rng.uniform(0.5, length - 2.0), rng.choice([-1, 1]) * rng.uniform(4, 8)
    shifted = ease(take.t, [(at, 0.0), (at + 0.5 / tempo, 1.0), (at + 0.9 / tempo, 1.0), (at + 1.5 / tempo, 0.0)])
    take.tilt[:, 2] += lean * shifted  # the seat is shifted: up on one side and down a little elsewhere
    take.spine[:, 2] -= 1.4 * lean * shifted
    take.move[:, 1] += 0.012 * shifted
    take.move[:, 0] += 0.02 * np.sign(lean) * ease(take.t, [(at, 0.0), (at + 1.2 / tempo, 1.0)])
    back = rng.uniform(0.3, length - 1.5)
    take.spine[:, 0] -= rng.uniform(5, 10) * ease(take.t, [(back, 0.0), (back + 0.7, 1.0)])
    return take


def _chair(rng: np.random.Generator) -> BodyPose:
    """Sitting on a chair, both feet flat."""
    height, back = rng.uniform(0.515, 0.54), rng.uniform(0.34, 0.4)
    lap = HandPlace((0.16, height + 0.12, -back + 0.26), (0.8, 0.0, -0.8), (0.0, -1.0, 0.1), (-0.2, -0.3, 1.0))
    other = HandPlace((-0.16, height + 0.12, -back + 0.26), (-0.8, 0.0, -0.8), (0.0, -1.0, 0.1), (0.2, -0.3, 1.0))
    return standing(rng, 1.1).but(
        pelvis=(0.0, height, -back), turn=(-8.0, 0.0, 0.0), spine=(10.0, 0.0, 0.0), left_hand=lap, right_hand=other,
        left_leg=flat(0.12, 0.03, 5.0), right_leg=flat(-0.12, 0.03, -5.0),
    )  # fmt: skip


def cross_legs(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """On a chair: the right leg comes up and is laid over the left; begins and ends sitting."""
    chair = _chair(rng)
    _, height, z = chair.pelvis
    lean = chair.but(turn=(-14.0, 0.0, -3.0), spine=(8.0, 0.0, -3.0))
    up = lean.but(
        turn=(-18.0, 0.0, -5.0), right_leg=LegPose((-0.02, height - 0.1, z + 0.6), -6.0, -6.0, knee=(0.0, 1.0, 0.4)),
    )  # fmt: skip
    foot = LegPose((0.24, height - 0.25, z + 0.52), 16.0, 22.0, knee=(0.1, 1.0, 0.4))
    hands = {
        "left_hand": HandPlace((0.06, height + 0.16, z + 0.34), (0.9, 0.0, -0.5), (-0.3, -0.9, 0.0), (-0.7, -0.2, 0.7)),
        "right_hand": HandPlace((-0.06, height + 0.2, z + 0.34), (-0.9, 0.0, -0.5), (0.2, -0.9, 0.0), (0.7, -0.2, 0.7)),
    }
    last = up.but(turn=(-8.0, 6.0, 2.0), spine=(10.0, -4.0, -2.0), right_leg=foot, **hands)
    bob = last.but(
        right_leg=LegPose((0.25, height - 0.22, z + 0.54), 16.0, 8.0, knee=(0.1, 1.0, 0.4)), head=(0.0, rng.uniform(-24, 24), 0.0)
    )
    stages = [(0.0, chair), (0.3, lean), (0.45, up), (0.5, last), (rng.uniform(0.5, 0.8), bob), (rng.uniform(0.5, 0.8), last)]
    if rng.random() < 0.5:
        stages += [(0.45, bob), (0.5, last)]
    return posed(rng, tempo, stages, idle=0.8)


GESTURES = (
    AuthoredGesture("sit_idle", sit_idle, speeds=False),
    AuthoredGesture("cross_legs", cross_legs),
)
