"""Falls that end on the floor: struck down, dying, fainting.

They begin standing and stay lying.

What topples speeds up and is stopped by the floor; hips, back and head arrive one after another.
"""

from __future__ import annotations

import numpy as np

from backend.motion.body import default_body

from .arms import arm, reach
from .curves import ease, min_jerk, smooth_noise
from .floor_take import FloorTake, fall
from .gesture import AuthoredGesture
from .legs import THIGH
from .take import SIDES, SIGN

STANDING = default_body().standing_pelvis_height  # metres of the pelvis
_LYING = 0.105  # of the pelvis of somebody who lies on the back


def _take(rng: np.random.Generator, seconds: float) -> FloorTake:
    take = FloorTake(rng, seconds, width=rng.uniform(0.9, 1.2))
    take.turn = np.zeros(len(take.t))
    take.shift = 0.5
    return take


def _onto_back(rng: np.random.Generator, take: FloorTake, at: float, buckle: float, struck: float) -> float:
    """From standing to lying on the back; returns when the head arrives.

    Args:
        at: when the knees give way.
        buckle: how far the knees bend before the hips land: 1 sinks to the heels, 0 falls like a plank.
        struck: metres a second backward that a blow gives.
    """
    t = take.t
    seat = at + rng.uniform(0.52, 0.6)
    down = seat + rng.uniform(0.2, 0.28)
    back = rng.uniform(0.66, 0.74) + 0.05 * struck
    fell = fall(t, at, seat)
    take.move[:, 1] -= (STANDING - _LYING) * fell
    take.move[:, 2] -= back * fall(t, at - 0.05, seat + 0.04, 1.6)
    take.loose = np.maximum(take.loose, min_jerk((t - at - 0.2) / 0.2))
    lean = rng.uniform(24, 34)
    take.tilt[:, 0] -= lean * fall(t, at - 0.05, seat, 1.8) + (88 - lean) * fall(t, seat - 0.1, down, 1.8)
    curl = ease(t, [(at, 0.0), (seat, 1.0), (down, 0.35), (down + 0.15, 0.0)])
    take.spine[:, 0] += (18 + 14 * buckle) * curl
    arrive = down + 0.1
    take.head[:, 0] += 26 * ease(t, [(at, 0.0), (seat, 1.0), (arrive, 0.0)]) - 6 * min_jerk((t - down) / 0.2)
    take.head[:, 1] += rng.choice([-1, 1]) * rng.uniform(15, 45) * min_jerk((t - arrive + 0.1) / 0.5)
    for side in SIDES:
        foot, go = take.feet[side], min_jerk((t - seat + 0.1) / rng.uniform(0.5, 0.7))
        foot.heel -= ease(t, [(at + 0.1, 0.0), (seat, 18.0), (seat + 0.5, rng.uniform(48, 62))])
        foot.yaw += SIGN[side] * rng.uniform(10, 28) * go
    take.splay += rng.uniform(6, 18) * min_jerk((t - seat) / 0.5)
    take.hang[:] = 0.5 * (1 - min_jerk((t - at) / 0.3))
    return arrive


def _arms_out(rng: np.random.Generator, take: FloorTake, at: float, arrive: float) -> None:
    """Arms are flung up by the fall and come to lie on the floor beside the body or the head."""
    for side in SIDES:
        rest, up = take.rest_arm[side], rng.uniform(-0.7, 0.7)
        flung = arm((0.8, 0.1, 0.8), (0.5, 0.3, 1.0), (0.0, -1.0, 0.4))
        lain = arm((1.0, up, -0.04), (0.8, up + rng.uniform(-0.3, 0.5), -0.02), (0.0, 0.3, 1.0))
        take.key_arm(side, [(0, rest), (at, rest), (at + 0.34, flung), (arrive + rng.uniform(0.05, 0.2), lain)], lag=0.4)


def die_backward(rng: np.random.Generator, tempo: float, count: int | None) -> FloorTake:
    """The body jerks, a moment of standing, then it goes over backward and does not move again."""
    at = rng.uniform(0.5, 0.8)
    gives = at + rng.uniform(0.25, 0.5)
    take = _take(rng, gives + 1.0 + rng.uniform(0.8, 1.3))
    t = take.t
    jerk = ease(t, [(at, 0.0), (at + 0.1, 1.0), (gives + 0.1, 0.4), (gives + 0.4, 0.0)])
    take.spine[:, 0] -= rng.uniform(10, 18) * jerk
    take.spine[:, 1] += rng.uniform(-16, 16) * jerk
    take.head[:, 0] += 14 * jerk
    arrive = _onto_back(rng, take, gives, rng.uniform(0.3, 0.9), 0.0)
    _arms_out(rng, take, gives, arrive)
    return take


def knocked_down(rng: np.random.Generator, tempo: float, count: int | None) -> FloorTake:
    """Struck in the chest and thrown onto the back at once.

    On the floor the head lifts a little and sinks.
    """
    at = rng.uniform(0.5, 0.85)
    take = _take(rng, at + 1.0 + rng.uniform(1.2, 1.6))
    t = take.t
    take.spine[:, 0] += 20 * ease(t, [(at, 0.0), (at + 0.1, 1.0), (at + 0.4, 0.0)])
    take.head[:, 0] += 16 * ease(t, [(at, 0.0), (at + 0.1, 1.0), (at + 0.5, 0.0)])
    arrive = _onto_back(rng, take, at + 0.04, 0.2, rng.uniform(0.5, 1.2))
    _arms_out(rng, take, at, arrive)
    take.head[:, 0] += rng.uniform(10, 20) * ease(t, [(arrive + 0.3, 0.0), (arrive + 0.7, 1.0), (arrive + 1.1, 0.0)])
    return take


def die_forward(rng: np.random.Generator, tempo: float, count: int | None) -> FloorTake:
    """Knees to the floor, a moment upright on them, and over onto the face.

    One arm comes to lie beside the head.
    """
    return _onto_face(rng, rng.uniform(0.5, 0.8), rng.uniform(0.1, 0.45))


def _onto_face(rng: np.random.Generator, at: float, pause: float) -> FloorTake:
    kneel = at + rng.uniform(0.42, 0.5)
    topple = kneel + pause
    down = topple + rng.uniform(0.5, 0.6)
    take = _take(rng, down + rng.uniform(1.1, 1.6))
    t = take.t
    take.loose = np.maximum(take.loose, min_jerk((t - at - 0.15) / 0.2))
    knees, over = fall(t, at, kneel), fall(t, topple, down, 2.0)
    # upright on the knees the thighs stand over them; then the body turns about them
    angle = np.radians(-10.0 + 94.0 * over)
    kneeling = 0.07 + 0.06 * (1 - over) + THIGH * np.cos(angle) + 0.085 * (1 - over)
    take.move[:, 1] += (kneeling - STANDING) * knees
    take.move[:, 2] += (0.635 + THIGH * np.sin(angle)) * fall(t, at, kneel, 1.4)
    take.tilt[:, 0] += 6 * knees + 81 * over
    sag = ease(t, [(at, 0.0), (kneel + 0.06, 1.0), (topple + 0.2, 0.8), (down, 0.0)])
    take.spine[:, 0] += rng.uniform(10, 20) * sag + 2 * over
    take.head[:, 0] += rng.uniform(14, 26) * sag - 14 * over
    turned = rng.choice([-1, 1])
    take.head[:, 1] += turned * rng.uniform(50, 62) * ease(t, [(topple, 0.0), (down + 0.05, 1.0)])
    for side in SIDES:
        foot = take.feet[side]
        foot.heel += ease(t, [(at, 0.0), (kneel, 72.0), (topple, 74.0), (down, 88.0), (down + 0.5, 116.0)])
    up = "left" if turned > 0 else "right"
    for side in SIDES:
        rest = take.rest_arm[side]
        limp = arm((0.25, -1.0, 0.15), (0.15, -1.0, 0.4), (-1.0, 0.0, 0.0))
        if side == up:
            lain = arm((0.9, 0.6, 0.16), (0.1, 1.0, 0.13), (0.0, 0.2, 1.0))
        else:
            lain = arm((0.45, -1.0, 0.12), (0.3, -1.0, 0.14), (0.0, 0.0, 1.0))
        keys = [(0, rest), (at, rest), (kneel, limp), (topple + 0.02, limp)]
        if side == up:
            keys.append((topple + 0.27, arm((0.9, 0.3, 0.25), (0.6, 0.7, 0.25), (0.0, -0.4, 1.0))))
        take.key_arm(side, [*keys, (down + 0.12, lain)], lag=0.3)
    take.hang[:] = 0.5 * (1 - min_jerk((t - topple) / 0.3))
    return take


def faint(rng: np.random.Generator, tempo: float, count: int | None) -> FloorTake:
    """A hand to the brow, a sway, and the body folds up to its left side and lies there."""
    lead, sway = rng.uniform(0.3, 0.5), rng.uniform(1.1, 1.5)
    at = lead + sway
    seat = at + rng.uniform(0.55, 0.65)
    down = seat + rng.uniform(0.3, 0.4)
    take = _take(rng, down + rng.uniform(1.1, 1.6))
    t = take.t
    unsure = min_jerk((t - lead) / 0.5) * (1 - min_jerk((t - at) / 0.4))
    circle = smooth_noise(rng, t, 1.0, 2, 0.5, 0.8) * unsure[:, None]
    take.move[:, [0, 2]] += 0.03 * circle
    take.spine[:, 0] -= 8 * unsure
    take.spine[:, 2] += 5 * circle[:, 0]
    take.head[:, 0] -= 14 * unsure
    take.loose = np.maximum(take.loose, min_jerk((t - at - 0.2) / 0.2))
    take.move[:, 1] -= (STANDING - 0.182) * fall(t, at, seat)
    take.move[:, 0] += rng.uniform(0.48, 0.58) * fall(t, at, seat, 1.5)
    take.move[:, 2] -= rng.uniform(0.06, 0.12) * fall(t, at, seat, 1.5)
    take.tilt[:, 2] -= 26 * fall(t, at, seat, 1.6) + 58 * fall(t, seat - 0.12, down, 1.8)
    folds = ease(t, [(at, 0.0), (seat, 1.0), (down, 0.7)])
    take.spine[:, 0] += rng.uniform(16, 26) * folds
    take.spine[:, 2] += 16 * ease(t, [(at, 0.0), (seat, 1.0), (down, 0.0)])
    take.head[:, 0] += 16 * ease(t, [(at, 0.0), (at + 0.3, 1.0), (down, 0.8)])
    take.head[:, 2] += ease(t, [(at, 0.0), (seat, 10.0), (down + 0.1, -16.0)])
    rolls = fall(t, seat - 0.12, down, 1.8)
    for side in SIDES:
        foot = take.feet[side]
        take.foot_roll[side] = -84 * rolls
        foot.place[:, 1] += (0.10 if side == "right" else 0.0) * rolls  # the right foot comes to lie on the left one
        foot.place[:, 0] += (0.06 if side == "right" else -0.02) * rolls
        foot.heel += (10 if side == "right" else 4) * ease(t, [(at, 0.0), (seat, 1.0), (down, 0.0)])
        foot.yaw += -SIGN[side] * 8 * rolls
    brow = reach((0.07, 1.70, 0.15), (0.9, -0.2, 0.3), (0.2, 0.1, 1.0), (-0.8, 0.5, 0.1))
    rest = take.rest_arm["right"]
    front = arm((0.05, -0.35, 1.0), (-0.35, -0.2, 1.0), (-0.2, -0.6, -0.2))
    take.key_arm("right", [(0, rest), (lead, rest), (lead + 0.6, brow), (at + 0.1, brow), (down + 0.15, front)])
    rest = take.rest_arm["left"]
    under = arm((0.0, 0.2, 1.0), (-0.02, 0.4, 1.0), (-1.0, 0.0, 0.0))
    limp = arm((0.3, -1.0, 0.1), (0.2, -1.0, 0.4), (-1.0, 0.0, 0.0))
    take.key_arm("left", [(0, rest), (at, rest), (at + 0.4, limp), (down + 0.1, under)])
    take.hang[:] = 0.3 * (1 - min_jerk((t - at) / 0.5))
    return take


GESTURES = (
    AuthoredGesture("die.backward", die_backward, speeds=False),
    AuthoredGesture("die.forward", die_forward, speeds=False),
    AuthoredGesture("knocked_down", knocked_down, speeds=False),
    AuthoredGesture("faint", faint, speeds=False),
)
