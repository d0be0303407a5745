"""Key reduction: as few Bezier keys as keep every joint's angle and position within a bound.

First each channel gets keys where its error is largest, until it keeps to a share of the bound. Then forward kinematics
gives the error of all channels together, and channels above joints that are too far off get more keys. The loop ends
only when every frame keeps to the bound.

A Bezier segment whose handles lie a third of the way to the neighbouring key runs evenly in time. It is then the cubic
Hermite polynomial with the keys' values and the handles' slopes, so `curve_values` computes what Blender evaluates.
Arrays of curves are (C, T, D): C channels, T frames, D components. Masks (C, T) say where keys are, always at both ends.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np

from ..motion.body import Skeleton, forward_kinematics
from ..motion.quaternions import angles, multiply, normalized, rotate


@dataclass(frozen=True)
class Bound:
    """Largest error of a reduced motion: each joint's rotation in degrees, its position in cm."""

    degrees: float
    centimetres: float


PRESETS = {"LIGHT": Bound(1.0, 0.3), "MIDDLE": Bound(3.0, 1.0), "STRONG": Bound(8.0, 3.0)}
_SHARE = 0.8  # of the bound, for one channel alone at first; the others err as well, but seldom the same way
_TIGHTER = 0.6  # what a channel's bound is multiplied by where its joints are too far off
_MARGIN = 0.97  # keys are stored in single precision, and other programs evaluate them
_ROUNDS = 12  # of tightening; after that the frames that are too far off are keyed

Errors = Callable[[np.ndarray], np.ndarray]  # keys (C, T) -> errors (C, T), as a multiple of the bound


@dataclass(frozen=True)
class Keys:
    """Where keys are, for T frames and J joints (with a root bone J + 1, the root last).

    Attributes:
        rotations: (T, J) bool.
        places: (T, 1 or 2) bool, pelvis and root.
        joints: (T, J, 3) joint positions with these keys, metres.
        degrees, centimetres: the largest errors over all frames.
    """

    rotations: np.ndarray
    places: np.ndarray
    joints: np.ndarray
    degrees: float
    centimetres: float


def reduce_keys_in_steps(
    rotations: np.ndarray,
    places: np.ndarray,
    skeleton: Skeleton,
    bound: Bound,
    fixed: np.ndarray,
    weights: np.ndarray | None = None,
) -> Generator[None, None, Keys]:
    """Choose the keys, step by step.

    Args:
        rotations: (T, J, 4) local rotations, signs continuous. A root bone's follow as column J; the pelvis' are then
            relative to it.
        places: (T, 1, 3) pelvis, or (T, 2, 3) pelvis in the root's space and root; metres.
        fixed: (T,) bool, frames that are keyed in any case; first and last always are.
        weights: (T, J) how many times as exact a joint's position has to be; 1 where not given.
    """
    count, joints = len(rotations), len(skeleton.parents)
    pinned = fixed.copy()
    pinned[[0, -1]] = True
    true_places = _joint_places(rotations, places, skeleton)
    reach = np.append(skeleton.reach, [skeleton.reach[0]] * (rotations.shape[1] - joints))
    metres = _MARGIN * bound.centimetres / 100
    # Fingers and face often keep still: channels that do not move need no search.
    moving = np.flatnonzero((np.ptp(rotations, axis=0) > 1e-5).any(axis=-1))
    reach = reach[moving]
    turns, moves = np.moveaxis(rotations[:, moving], 1, 0).copy(), np.moveaxis(places, 1, 0).copy()  # (C, T, 4), (V, T, 3)
    turn_slopes, move_slopes = frame_slopes(turns), frame_slopes(moves)
    turn_bound = np.minimum(np.radians(bound.degrees), _SHARE * metres / np.maximum(reach, 0.05))[:, None] * np.ones(count)
    move_bound = np.full((len(moves), count), _SHARE * metres)

    def turn_errors(keys: np.ndarray) -> np.ndarray:
        return angles(turns, normalized(curve_values(turns, turn_slopes, keys)))

    def move_errors(keys: np.ndarray) -> np.ndarray:
        return np.linalg.norm(moves - curve_values(moves, move_slopes, keys), axis=-1)

    yield
    turn_keys = _fitted(lambda keys: turn_errors(keys) / turn_bound, len(turns), pinned)
    yield
    move_keys = _fitted(lambda keys: move_errors(keys) / move_bound, len(moves), pinned)
    above = _above(skeleton, rotations.shape[1])[:, moving]
    curved, curves, turned = rotations.copy(), np.empty_like(turns), np.empty(turns.shape[:2])
    changed = np.ones(len(turns), dtype=bool)  # channels with other keys than the round before
    for number in range(_ROUNDS + count):
        yield
        if changed.any():
            curves[changed] = normalized(curve_values(turns[changed], turn_slopes[changed], turn_keys[changed]))
            turned[changed] = angles(turns[changed], curves[changed])
        shifted = curve_values(moves, move_slopes, move_keys)
        curved[:, moving] = np.moveaxis(curves, 0, 1)
        reached = _joint_places(curved, np.moveaxis(shifted, 0, 1), skeleton)
        off = np.linalg.norm(reached - true_places, axis=-1)
        too_far = (off if weights is None else off * weights) > metres  # (T, J)
        too_turned = turned > np.radians(bound.degrees)  # a key more can make a spline worse beside it
        if not too_far.any() and not too_turned.any():
            break
        guilty = (too_far.astype(np.float32) @ above).T > 0  # (C, T) channels above a joint that is too far off
        anywhere = too_far.any(axis=1)
        if number >= _ROUNDS:
            changed = np.ones_like(changed)
            turn_keys = turn_keys | guilty | too_turned
            move_keys = move_keys | anywhere
            continue
        # Only channels that contribute are tightened, so that a still spine is not keyed for a swinging leg.
        guilty &= turned * reach[:, None] > 0.1 * metres
        turn_bound = np.where(guilty, turn_bound * _TIGHTER, turn_bound)
        move_bound = np.where(anywhere, move_bound * _TIGHTER, move_bound)
        keys, turn_keys = turn_keys, with_worst_keyed(turned / turn_bound, turn_keys)
        changed = (turn_keys != keys).any(axis=1)
        move_keys = with_worst_keyed(np.linalg.norm(moves - shifted, axis=-1) / move_bound, move_keys)
    keys = np.broadcast_to(pinned[:, None], rotations.shape[:2]).copy()
    keys[:, moving] = turn_keys.T
    return Keys(keys, move_keys.T, reached, float(np.degrees(turned.max(initial=0.0))), float(off.max() * 100))


def _fitted(error_of: Errors, channels: int, pinned: np.ndarray) -> np.ndarray:
    """(C, T) keys that bring every error within 1."""
    fixed = np.broadcast_to(pinned, (channels, len(pinned)))
    keys = fixed.copy()
    while True:
        more = with_worst_keyed(error_of(keys), keys)
        if (more == keys).all():
            return without_needless_keys(error_of, keys, fixed)
        keys = more


def _above(skeleton: Skeleton, channels: int) -> np.ndarray:
    """(J, C) float: 1 where a channel's rotation moves a joint."""
    joints = len(skeleton.parents)
    above = np.zeros((joints, channels), dtype=np.float32)
    for joint in range(joints):
        above[joint, skeleton.ancestors(joint)] = 1.0
    above[:, joints:] = 1.0
    return above


def _joint_places(rotations: np.ndarray, places: np.ndarray, skeleton: Skeleton) -> np.ndarray:
    """(T, J, 3) joint positions; see `reduce_keys_in_steps` for the arguments."""
    joints = len(skeleton.parents)
    local, pelvis = rotations[:, :joints], places[:, 0]
    if rotations.shape[1] > joints:
        root = rotations[:, joints]
        local = np.concatenate([multiply(root, local[:, 0])[:, None], local[:, 1:]], axis=1)
        pelvis = places[:, 1] + rotate(root, pelvis)
    return forward_kinematics(local, pelvis, skeleton)[0]


def frame_slopes(values: np.ndarray) -> np.ndarray:
    """(C, T, D) change per frame, by second order differences."""
    slopes = np.zeros_like(values)
    if values.shape[1] == 2:
        slopes[:] = values[:, 1:] - values[:, :1]
    elif values.shape[1] > 2:
        slopes[:, 1:-1] = (values[:, 2:] - values[:, :-2]) / 2
        slopes[:, 0] = (4 * values[:, 1] - 3 * values[:, 0] - values[:, 2]) / 2
        slopes[:, -1] = (3 * values[:, -1] - 4 * values[:, -2] + values[:, -3]) / 2
    return slopes


def curve_values(values: np.ndarray, slopes: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """(C, T, D) the curves through the keys, at every frame."""
    channels, count, _ = values.shape
    frames = np.arange(count)
    before = np.maximum.accumulate(np.where(keys, frames, 0), axis=1)
    after = np.minimum.accumulate(np.where(keys, frames, count - 1)[:, ::-1], axis=1)[:, ::-1]
    span = (after - before).astype(np.float64)[..., None]
    u = (frames - before)[..., None] / np.maximum(span, 1.0)
    start = (np.arange(channels)[:, None] * count + before).ravel()
    end = (np.arange(channels)[:, None] * count + after).ravel()
    flat, steep = values.reshape(channels * count, -1), slopes.reshape(channels * count, -1)
    x0, x1 = flat[start].reshape(values.shape), flat[end].reshape(values.shape)
    m0, m1 = steep[start].reshape(values.shape), steep[end].reshape(values.shape)
    rest = 1.0 - u
    even = u * u * (3.0 - 2.0 * u)
    return x0 + even * (x1 - x0) + span * u * rest * (rest * m0 - u * m1)


def with_worst_keyed(errors: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """(C, T) ``keys`` with one more between each two whose error exceeds 1: where it is largest."""
    starts = np.flatnonzero(keys)  # rows begin with a key, so no stretch reaches from one channel into the next
    flat = errors.ravel()
    largest = np.repeat(np.maximum.reduceat(flat, starts), np.diff(np.append(starts, flat.size)))
    return keys | ((flat > 1.0) & (flat >= largest)).reshape(keys.shape)


def without_needless_keys(error_of: Errors, keys: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """(C, T) ``keys`` without those that the error stays within 1 without; ``fixed`` ones stay.

    Every second key is tried at once, since two neighbours cannot be judged together; then the others.

    Args:
        error_of: gives (C, T) errors for a mask.
    """
    for parity in (1, 0):
        number = np.cumsum(keys, axis=1)
        tried = keys & (number % 2 == parity) & ~fixed
        fewer = keys & ~tried
        errors = error_of(fewer).ravel()
        starts = np.flatnonzero(fewer)
        largest = np.repeat(np.maximum.reduceat(errors, starts), np.diff(np.append(starts, errors.size)))
        keys = fewer | (tried & (largest > 1.0).reshape(keys.shape))
    return keys
