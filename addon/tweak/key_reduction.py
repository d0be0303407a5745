"""Key reduction: as few Bezier keys as keep every joint's angle and position within a bound.

First each channel gets keys where its error is largest, until it keeps to a share of the bound. Then forward kinematics
gives the error of all channels together, and channels above joints that are too far off get more keys. The loop ends
only when every frame keeps to the bound.

A Bezier segment whose handles lie a third of the way to the neighbouring key runs evenly in time. It is then the cubic
Hermite polynomial with the keys' values and the handles' slopes, so `curve_values` computes what Blender evaluates.
Arrays of curves are (C, T, D): C channels, T frames, D components. Masks (C, T) say where keys are, always at both ends. A key
more changes a curve only between its neighbours, so only these rows, numbered over all channels, are computed again.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

import numpy as np

from ..motion.body import Skeleton, forward_kinematics
from ..motion.quaternions import angles, lengths, multiply, normalized, rotate


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

# keys (C, T), numbers of rows (N,) -> errors there (N,), as a multiple of the bound
Errors = Callable[[np.ndarray, np.ndarray], np.ndarray]


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


@dataclass(frozen=True)
class Known:
    """Keys that are chosen already, from a row on.

    From one row before it the motion is the one they were chosen for."""

    keys: Keys
    first: int


def reduce_keys_in_steps(
    rotations: np.ndarray,
    places: np.ndarray,
    skeleton: Skeleton,
    bound: Bound,
    fixed: np.ndarray,
    weights: np.ndarray | None = None,
    known: Known | None = None,
) -> Generator[None, None, Keys]:
    """Choose the keys, step by step.

    Args:
        rotations: (T, J, 4) local rotations, signs continuous. A root bone's follow as column J; the pelvis' are then
            relative to it.
        places: (T, 1, 3) pelvis, or (T, 2, 3) pelvis in the root's space and root; metres.
        fixed: (T,) bool, frames that are keyed in any case; first and last always are.
        weights: (T, J) how many times as exact a joint's position has to be; 1 where not given.
        known: keys that stay. Then only the rows before them need a search.
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

    def turn_errors(keys: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return angles(_rows_of(turns, rows), normalized(curve_rows(turns, turn_slopes, keys, rows)))

    def move_errors(keys: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return lengths(_rows_of(moves, rows) - curve_rows(moves, move_slopes, keys, rows))

    yield
    fixed_turns, fixed_moves = (np.tile(pinned, (len(each), 1)) for each in (turns, moves))
    if known is not None:
        fixed_turns[:, known.first :] |= known.keys.rotations.T[moving, known.first :]
        fixed_moves[:, known.first :] |= known.keys.places.T[:, known.first :]
    turn_keys = fit_keys(lambda keys, rows: turn_errors(keys, rows) / turn_bound.take(rows), fixed_turns)
    turn_keys = _without_needless_keys(lambda keys, rows: turn_errors(keys, rows) / turn_bound.take(rows), turn_keys, fixed_turns)
    yield
    move_keys = fit_keys(lambda keys, rows: move_errors(keys, rows) / move_bound.take(rows), fixed_moves)
    move_keys = _without_needless_keys(lambda keys, rows: move_errors(keys, rows) / move_bound.take(rows), move_keys, fixed_moves)
    above = _above(skeleton, rotations.shape[1])[:, moving]
    curved, curves, turned = rotations.copy(), np.empty_like(turns), np.empty(turns.shape[:2])
    shifted, moved, off = np.empty_like(moves), np.empty(moves.shape[:2]), np.empty((count, joints))
    reached = np.empty((count, joints, 3))
    turn_rows, move_rows = np.arange(turned.size), np.arange(moved.size)  # where curves are other than in the round before
    for number in range(_ROUNDS + count):
        yield
        _set_rows(curves, turn_rows, normalized(curve_rows(turns, turn_slopes, turn_keys, turn_rows)))
        _set_rows(turned, turn_rows, angles(_rows_of(turns, turn_rows), _rows_of(curves, turn_rows)))
        _set_rows(shifted, move_rows, curve_rows(moves, move_slopes, move_keys, move_rows))
        _set_rows(moved, move_rows, lengths(_rows_of(moves, move_rows) - _rows_of(shifted, move_rows)))
        curved[:, moving] = np.moveaxis(curves, 0, 1)
        frames = np.unique(np.concatenate([turn_rows, move_rows]) % count)
        reached[frames] = _joint_places(curved[frames], np.moveaxis(shifted, 0, 1)[frames], skeleton)
        off[frames] = lengths(reached[frames] - true_places[frames])
        too_far = (off if weights is None else off * weights) > metres  # (T, J)
        too_turned = turned > np.radians(bound.degrees)  # a key more can make a spline worse beside it
        if not too_far.any() and not too_turned.any():
            break
        guilty = (too_far.astype(np.float32) @ above).T > 0  # (C, T) channels above a joint that is too far off
        anywhere = too_far.any(axis=1)
        if number >= _ROUNDS:
            turn_rows, move_rows = np.arange(turned.size), np.arange(moved.size)
            turn_keys = turn_keys | guilty | too_turned
            move_keys = move_keys | anywhere
            continue
        # Only channels that contribute are tightened, so that a still spine is not keyed for a swinging leg.
        guilty &= turned * reach[:, None] > 0.1 * metres
        turn_bound = np.where(guilty, turn_bound * _TIGHTER, turn_bound)
        move_bound = np.where(anywhere, move_bound * _TIGHTER, move_bound)
        turn_keys, turn_rows = _with_worst_keyed(turned / turn_bound, turn_keys)
        move_keys, move_rows = _with_worst_keyed(moved / move_bound, move_keys)
    keys = np.broadcast_to(pinned[:, None], rotations.shape[:2]).copy()
    keys[:, moving] = turn_keys.T
    return Keys(keys, move_keys.T, reached, float(np.degrees(turned.max(initial=0.0))), float(off.max() * 100))


def fit_keys(error_of: Errors, keys: np.ndarray) -> np.ndarray:
    """(C, T) ``keys`` with more, until every error is within 1."""
    errors, rows = np.empty(keys.shape), np.arange(keys.size)
    while len(rows):
        _set_rows(errors, rows, error_of(keys, rows))
        keys, rows = _with_worst_keyed(errors, keys)
    return keys


def _rows_of(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(N, D) rows of arrays (C, T, D), numbered over all channels; faster than indexing."""
    return values.reshape(-1, values.shape[-1]).take(rows, axis=0)


def _set_rows(values: np.ndarray, rows: np.ndarray, new: np.ndarray) -> None:
    """Write rows of a contiguous array (C, T, ...), numbered over all channels."""
    values.reshape(-1, *values.shape[2:])[rows] = new


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
    return curve_rows(values, slopes, keys, np.arange(keys.size)).reshape(values.shape)


def curve_rows(values: np.ndarray, slopes: np.ndarray, keys: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """(N, D) the curves through the keys, at rows numbered over all channels."""
    places = np.flatnonzero(keys)
    before = (np.cumsum(keys) - 1).take(rows)
    after = np.minimum(before + 1, len(places) - 1)
    start = places.take(before)
    span = (places.take(after) - start).astype(np.float64)  # at a channel's last key it leads nowhere, and does not matter
    u = (rows - start) / np.maximum(span, 1.0)
    rest = 1.0 - u
    even, bend = u * u * (3.0 - 2.0 * u), span * u * rest
    at, steep = _rows_of(values, places), _rows_of(slopes, places)
    curve, change = at.take(before, axis=0), at.take(after, axis=0)
    change -= curve
    change *= even[:, None]
    curve += change
    curve += steep.take(before, axis=0) * (bend * rest)[:, None]
    curve -= steep.take(after, axis=0) * (bend * u)[:, None]
    return curve


def _with_worst_keyed(errors: np.ndarray, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``keys`` (C, T) with one more between each two whose error exceeds 1: where it is largest.

    And the rows between these keys, numbered over all channels.
    """
    starts = np.flatnonzero(keys)  # rows begin with a key, so no stretch reaches from one channel into the next
    flat = errors.ravel()
    stretches = np.diff(np.append(starts, flat.size))
    largest = np.maximum.reduceat(flat, starts)
    rows = np.flatnonzero(np.repeat(largest > 1.0, stretches))
    worst = flat.take(rows) >= np.repeat(largest, stretches).take(rows)
    more = keys.copy()
    more.reshape(-1)[rows[worst]] = True
    return more, rows


def _without_needless_keys(error_of: Errors, keys: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """(C, T) ``keys`` without those that the error stays within 1 without; ``fixed`` ones stay.

    Every second key is tried at once, since two neighbours cannot be judged together; then the others.
    """
    for parity in (1, 0):
        number = np.cumsum(keys, axis=1)
        tried = keys & (number % 2 == parity) & ~fixed
        fewer = keys & ~tried
        starts = np.flatnonzero(fewer)
        stretches = np.diff(np.append(starts, keys.size))
        rows = np.flatnonzero(np.repeat(np.logical_or.reduceat(tried.ravel(), starts), stretches))
        errors = np.zeros(keys.size)
        errors[rows] = error_of(fewer, rows)
        largest = np.repeat(np.maximum.reduceat(errors, starts), stretches)
        keys = fewer | (tried & (largest > 1.0).reshape(keys.shape))
    return keys
