"""Foot lock: holds standing feet in place and moves each leg as little as that takes.

For each foot an offset o(t) over the floor is computed. While the foot stands, o follows d(t), the way back to where the
foot should stand; while it does not, o returns to zero; and o never bends sharply:

    minimise  sum_t w(t) |o(t) - d(t)|^2 + m |o(t)|^2 + |o(t-1) - 2 o(t) + o(t+1)|^2.

This is one linear system with five diagonals. The last term spreads every change over the neighbouring frames, so the
foot glides into its place and out of it without a jerk, and a foot that is free only for a moment goes straight from one
place to the next. A foot that stands on heel and ball could still slide by turning, so an angle that holds its direction
is computed first in the same way. The legs follow by inverse kinematics (`motion.two_bone`). Where a leg cannot reach,
the pelvis is lowered a little. `contacts` says which feet stand.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from ..motion.body import Skeleton, forward_kinematics
from ..motion.coordinates import continuous_signs
from ..motion.motion import Motion
from ..motion.two_bone import leg_joints, reach_with_leg
from .contacts import POINTS, true_runs
from .pose_filters import gaussian

_RELEASE = 0.16  # seconds within which a free foot returns to its own path
_GRIP = 0.012  # seconds within which a standing foot reaches its place
_SOFT_GRIP, _EDGE = 0.027, 0.04  # seconds: a softer grip for the first and last moments of standing, where a hard one jerks
_TWIST = np.radians(20.0)  # the most a foot is turned by; one that turns farther does so on purpose
_HASTE = 20.0  # metres per second squared: the largest acceleration of a foot between two places
_REACH = 0.99  # of the leg's length; the pelvis is lowered for feet farther away, unless they were so before
_LOWEST = 0.04  # metres: the most the pelvis is lowered
_LOWERING = 0.2  # seconds within which it goes down
_FOLLOW = 0.15  # seconds; how gradually the body follows its feet


def lock_feet(motion: Motion, standing: np.ndarray, strength: float, skeleton: Skeleton) -> Motion:
    """The motion with its standing feet held in place.

    Args:
        standing: (T, 4) bool, which of `contacts.POINTS` stand.
        strength: 0 leaves the motion as it is, 1 holds the feet.
    """
    if strength <= 0 or not standing.any():
        return motion
    positions, _ = forward_kinematics(motion.rotations, motion.pelvis, skeleton)
    offsets, twists = {}, {}
    for number, side in enumerate(("left", "right")):
        columns = [2 * number, 2 * number + 1]
        points = positions[:, [skeleton.index(POINTS[column]) for column in columns]][..., [0, 2]]
        twists[side] = strength * _twists(points[:, 1] - points[:, 0], standing[:, columns].all(axis=1), motion.fps)
        points[:, 1] = points[:, 0] + _turned(points[:, 1] - points[:, 0], twists[side])
        offset = strength * _offsets(points, standing[:, columns], motion.fps)
        offsets[side] = np.stack([offset[:, 0], np.zeros(len(offset)), offset[:, 1]], axis=-1)
    # The whole body follows what both feet share, so that legs stretch less.
    shared = gaussian((offsets["left"] + offsets["right"]) / 2, _FOLLOW * motion.fps)
    pelvis = motion.pelvis + shared
    ankles, drop = {}, np.zeros(len(motion))
    for number, side in enumerate(("left", "right")):
        hip, knee, ankle = leg_joints(side, skeleton)
        ankles[side] = positions[:, ankle] + offsets[side]
        length = float(np.linalg.norm(skeleton.offsets[knee]) + np.linalg.norm(skeleton.offsets[ankle]))
        leg = positions[:, hip] - positions[:, ankle]
        needed = _needed_drop(positions[:, hip] + shared, leg, ankles[side], _REACH * length)
        drop = np.maximum(drop, np.where(standing[:, [2 * number, 2 * number + 1]].any(axis=1), needed, 0.0))
    pelvis[:, 1] -= np.minimum(_softly_above(drop, _LOWERING * motion.fps), _LOWEST)
    rotations = motion.rotations.copy()
    for side, ankle in ankles.items():
        bent = reach_with_leg(motion.rotations, pelvis, ankle, twists[side], side, skeleton)
        rotations[:, list(leg_joints(side, skeleton))] = bent
    return Motion(continuous_signs(rotations), pelvis, motion.fps)


def _twists(foot: np.ndarray, flat: np.ndarray, fps: float) -> np.ndarray:
    """(T,) radians that keep a foot's direction while heel and ball both stand.

    Args:
        foot: (T, 2) from ankle to ball over the floor.
        flat: (T,) bool, when both stand.
    """
    heading, pull = np.unwrap(np.arctan2(foot[:, 0], foot[:, 1])), np.zeros((len(foot), 1))
    for first, last in true_runs(flat):
        off = heading[first : last + 1].mean() - heading[first : last + 1]
        pull[first : last + 1, 0] = off * min(1.0, _TWIST / max(np.abs(off).max(), 1e-9))
    return _glided(pull, flat, fps)[:, 0]


def _turned(vectors: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """(T, 2) vectors x, z turned about the vertical by ``angle`` (T,)."""
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([c * vectors[:, 0] + s * vectors[:, 1], c * vectors[:, 1] - s * vectors[:, 0]], axis=-1)


def _offsets(points: np.ndarray, standing: np.ndarray, fps: float) -> np.ndarray:
    """(T, 2) the offset o over the floor for one foot.

    Args:
        points: (T, 2, 2) ankle and ball over the floor, metres.
        standing: (T, 2) bool, when they stand.
    """
    count = len(points)
    # The slide of a frame is the mean over the points that stand before and after it: heel, then both, then ball.
    both = standing[1:] & standing[:-1]
    step = np.diff(points, axis=0) * both[..., None]
    slide = step.sum(axis=1) / np.maximum(both.sum(axis=1), 1)[:, None]
    pull = np.zeros((count, 2))
    stands = standing.any(axis=1)
    for first, last in true_runs(stands):
        back = np.zeros((last - first + 1, 2))
        back[1:] = -np.cumsum(slide[first:last], axis=0)
        pull[first : last + 1] = back - back.mean(axis=0)
    gripped = stands.copy()
    for (_, leaves), (arrives, last) in pairwise(true_runs(stands)):
        # A foot that soon stands again, but far away, is released earlier and caught later: it needs the time.
        needed = fps * np.sqrt(6.0 * np.linalg.norm(pull[arrives] - pull[leaves]) / _HASTE)
        extra = int(np.ceil(max(needed - (arrives - leaves), 0.0) / 2))
        gripped[max(leaves - extra + 1, 0) : leaves + 1] &= extra == 0
        gripped[arrives : min(arrives + extra, last)] = False
    return _glided(pull, gripped, fps)


def _glided(pull: np.ndarray, stands: np.ndarray, fps: float) -> np.ndarray:
    """(T, C) the curve that is ``pull`` (T, C) while a foot stands (T,) and glides in between."""
    grip = np.zeros(len(stands))
    for first, last in true_runs(stands):
        rows = np.arange(first, last + 1)
        # Contacts that touch the motion's ends have no known edge there.
        edge = np.minimum(rows - first if first else np.inf, last - rows if last < len(stands) - 1 else np.inf)
        share = np.minimum(edge / (_EDGE * fps), 1.0)
        grip[rows] = (_SOFT_GRIP ** (1 - share) * _GRIP**share * fps) ** -4
    return _solve((_RELEASE * fps) ** -4 + grip, grip[:, None] * pull, 1.0)


def _solve(diagonal: np.ndarray, right: np.ndarray, bend: float) -> np.ndarray:
    """Solve (diag(d) + b D^T D) x = r, D the second difference, by a banded factorisation.

    Args:
        diagonal: (T,) d.
        right: (T, C) r.
        bend: b.
    """
    count = len(diagonal)
    if count < 3:
        return right / diagonal[:, None]
    # D^T D: the rows of its diagonals are 1 -2 1 overlapped.
    main = diagonal + bend * np.convolve([1.0, 1.0, 1.0], np.ones(count - 2)) * 1.0
    main[1:-1] += bend * 3.0  # the middle of 1 -2 1 squared is 4, of which 1 is counted above
    first = np.zeros(count)
    first[:-1] = -2.0 * bend * np.convolve([1.0, 1.0], np.ones(count - 2))
    d, l1, l2 = [0.0] * count, [0.0] * count, [0.0] * count
    main_list, first_list = main.tolist(), first.tolist()
    for i in range(count):
        e = first_list[i]
        value = main_list[i]
        if i >= 1:
            value -= l1[i - 1] ** 2 * d[i - 1]
            e -= l1[i - 1] * l2[i - 1] * d[i - 1]
        if i >= 2:
            value -= l2[i - 2] ** 2 * d[i - 2]
        d[i] = value
        l1[i] = e / value if i < count - 1 else 0.0
        l2[i] = bend / value if i < count - 2 else 0.0
    x = right.astype(np.float64).tolist()
    columns = range(right.shape[1])
    for i in range(1, count):
        for c in columns:
            x[i][c] -= l1[i - 1] * x[i - 1][c] + (l2[i - 2] * x[i - 2][c] if i >= 2 else 0.0)
    for i in range(count - 1, -1, -1):
        for c in columns:
            x[i][c] /= d[i]
            if i + 1 < count:
                x[i][c] -= l1[i] * x[i + 1][c]
            if i + 2 < count:
                x[i][c] -= l2[i] * x[i + 2][c]
    return np.array(x)


def _needed_drop(hip: np.ndarray, leg: np.ndarray, ankle: np.ndarray, reach: float) -> np.ndarray:
    """(T,) metres a hip comes down to have its ankle in ``reach``, or as near as with ``leg``."""
    reach = np.maximum(np.linalg.norm(leg, axis=-1), reach)
    away = hip - ankle
    across = away[:, 0] ** 2 + away[:, 2] ** 2
    return np.maximum(away[:, 1] - np.sqrt(np.maximum(reach**2 - across, 0.0)), 0.0)


def _softly_above(values: np.ndarray, frames: float) -> np.ndarray:
    """(T,) a smooth curve nowhere below ``values``.

    The maximum over ``frames`` to either side, smoothed.
    """
    if not values.any():
        return values
    radius = max(int(np.ceil(frames)), 1)
    padded = np.pad(values, radius)
    highest = np.max([padded[shift : shift + len(values)] for shift in range(2 * radius + 1)], axis=0)
    return np.maximum(gaussian(highest, radius / 3), 0.0)
