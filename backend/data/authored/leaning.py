"""Leaning, bending and shifting the weight on feet that stay.

What has a side goes to the left; the caller mirrors it.
"""

from __future__ import annotations

import numpy as np

from .arms import arm
from .curves import ease, min_jerk
from .gesture import AuthoredGesture
from .take import AuthoredTake


def _held(rng: np.random.Generator, tempo: float, width: float = 1.0) -> tuple[AuthoredTake, np.ndarray, float, float]:
    """A take with a posture that is taken, held and left.

    Returns the take, its share (T,), when it is there and when it is left.
    """
    lead, go = rng.uniform(0.3, 0.6), rng.uniform(0.7, 1.0) / tempo
    hold, back = rng.uniform(0.5, 1.3), rng.uniform(0.7, 1.0) / tempo
    take = AuthoredTake(rng, lead + go + hold + back + rng.uniform(0.35, 0.6), width=width)
    shape = ease(take.t, [(lead, 0.0), (lead + go, 1.0), (lead + go + hold, 1.0), (lead + go + hold + back, 0.0)])
    return take, shape, lead + go, lead + go + hold


def lean_left(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The whole body tilts to the left over the left foot.

    The waist bends a little.
    """
    take, shape, _, _ = _held(rng, tempo, rng.uniform(1.0, 1.5))
    degrees = rng.uniform(18, 26)
    take.move[:, 0] += rng.uniform(0.03, 0.07) * shape
    take.tilt[:, 2] -= 0.35 * degrees * shape
    take.spine[:, 2] -= 0.75 * degrees * shape
    take.head[:, 2] += rng.uniform(0.1, 0.5) * degrees * shape
    take.move[:, 1] -= 0.012 * shape
    return take


def lean_forward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The trunk goes forward from ankles and hips, the eyes ahead, the seat a little back."""
    take, shape, _, _ = _held(rng, tempo)
    degrees = rng.uniform(20, 32)
    take.tilt[:, 0] += 0.6 * degrees * shape
    take.spine[:, 0] += 0.4 * degrees * shape
    take.head[:, 0] -= rng.uniform(0.5, 0.8) * degrees * shape
    take.move[:, 2] += 0.02 * shape
    take.move[:, 1] -= 0.015 * shape
    return take


def lean_backward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The trunk goes back, the hips forward for balance, the chin in."""
    take, shape, _, _ = _held(rng, tempo)
    degrees = rng.uniform(14, 22)
    take.tilt[:, 0] -= 0.55 * degrees * shape
    take.spine[:, 0] -= 0.6 * degrees * shape
    take.head[:, 0] += rng.uniform(0.3, 0.7) * degrees * shape
    take.move[:, 2] += rng.uniform(0.05, 0.08) * shape
    take.move[:, 1] -= 0.02 * shape
    take.hang[:] = 0.9
    return take


def bend_forward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Bent over from the hips, legs nearly straight, arms hanging, the seat back."""
    take, shape, _, _ = _held(rng, tempo, rng.uniform(1.0, 1.4))
    take.tilt[:, 0] += rng.uniform(34, 48) * shape
    take.spine[:, 0] += rng.uniform(28, 42) * shape
    take.head[:, 0] += rng.uniform(0, 18) * shape
    take.move[:, 2] -= rng.uniform(0.13, 0.17) * shape
    take.move[:, 1] -= rng.uniform(0.03, 0.07) * shape
    take.hang[:] = 0.5 + 0.45 * shape
    return take


def bend_backward(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The back arches, the face turns up, the hips go forward.

    Hands may hold the small of the back.
    """
    take, shape, there, until = _held(rng, tempo, rng.uniform(1.1, 1.4))
    take.tilt[:, 0] -= rng.uniform(10, 15) * shape
    take.spine[:, 0] -= rng.uniform(22, 32) * shape
    take.head[:, 0] -= rng.uniform(12, 24) * shape
    take.move[:, 2] += rng.uniform(0.08, 0.11) * shape
    take.move[:, 1] -= rng.uniform(0.03, 0.05) * shape
    take.hang[:] = 0.6
    if rng.random() < 0.5:
        held = arm((0.6, -0.9, -0.55), (-0.35, -0.8, -0.1), (-0.3, -0.2, 1.0), (-0.6, -0.8, 0.2))
        for side in ("left", "right"):
            rest = take.rest_arm[side]
            take.key_arm(side, [(0, rest), (0.1, rest), (there - 0.1, held), (until, held), (until + 0.8, rest)])
    return take


def shift_weight_left(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The pelvis goes over the left foot, the left hip comes out, the right knee loosens.

    It stays there.
    """
    lead, go = rng.uniform(0.4, 0.7), rng.uniform(0.6, 0.9) / tempo
    take = AuthoredTake(rng, lead + go + rng.uniform(1.0, 2.0), width=rng.uniform(1.1, 1.5))
    shape = ease(take.t, [(lead, 0.0), (lead + go, 1.0)])
    settle = ease(take.t, [(lead + 0.1, 0.0), (lead + go + 0.15, 1.0)])
    take.move[:, 0] += rng.uniform(0.075, 0.1) * shape
    take.move[:, 1] -= rng.uniform(0.004, 0.015) * shape
    hip = rng.uniform(5, 9)
    take.tilt[:, 2] += hip * shape
    take.spine[:, 2] -= 1.25 * hip * settle
    take.tilt[:, 1] -= rng.uniform(2, 7) * shape
    take.spine[:, 1] += rng.uniform(1, 5) * settle
    take.head[:, 2] += 0.3 * hip * settle
    take.feet["right"].heel += rng.uniform(0, 10) * min_jerk((take.t - lead - 0.3 * go) / go)
    return take


def shift_weight(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """From foot to foot and back, hips and shoulders in a slow wave."""
    lead, beat = rng.uniform(0.3, 0.5), rng.uniform(1.0, 1.35) / tempo**0.75
    times = min(int(rng.integers(2, 5)), int(3.4 / beat))
    end = lead + times * 2 * beat
    take = AuthoredTake(rng, end + rng.uniform(0.5, 0.8), width=rng.uniform(1.1, 1.6))
    t = take.t
    share = min_jerk((t - lead) / (0.7 * beat)) * (1 - min_jerk((t - end + 0.7 * beat) / (0.7 * beat)))
    way, phase = rng.choice([-1, 1]), np.pi * (t - lead) / beat
    wave, late = way * np.sin(phase) * share, way * np.sin(phase - 0.5) * share
    size = rng.uniform(0.8, 1.15)
    take.move[:, 0] += 0.085 * size * wave
    take.move[:, 1] -= 0.012 * wave**2
    take.tilt[:, 2] += 5 * size * wave
    take.spine[:, 2] -= 11 * size * late
    take.head[:, 2] -= 5 * size * late
    take.spine[:, 1] += 5 * late
    return take


GESTURES = (
    AuthoredGesture("lean.forward", lean_forward),
    AuthoredGesture("lean.backward", lean_backward),
    AuthoredGesture("lean.left", lean_left),
    AuthoredGesture("bend.forward", bend_forward),
    AuthoredGesture("bend.backward", bend_backward),
    AuthoredGesture("shift_weight.left", shift_weight_left),
    AuthoredGesture("shift_weight", shift_weight),
)
