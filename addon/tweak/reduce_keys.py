"""Key reduction: as few Bezier keys as keep every joint's angle and every joint's place within a bound.

First every channel alone is split where it is worst until it keeps to a share of the bound; then what all of them
together do to the joints is measured with forward kinematics, and channels above joints that are too far off get more
keys. What is promised is measured: the loop ends only when every frame keeps to the bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.motion import Skeleton, forward_kinematics
from ..motion.quaternions import angles, multiply, normalized, rotate
from .splines import interpolated, slopes_of, split_worst, without_needless


@dataclass(frozen=True)
class Bound:
    """How far a reduced motion may be from the full one: each joint's own rotation in degrees, its place in cm."""

    degrees: float
    centimetres: float


PRESETS = {"LIGHT": Bound(1.0, 0.3), "MIDDLE": Bound(3.0, 1.0), "STRONG": Bound(8.0, 3.0)}
_SHARE = 0.8  # of the bound, for one channel alone at first; the others err as well, but seldom the same way
_TIGHTER = 0.6  # what a channel's bound is multiplied by where its joints are too far off
_MARGIN = 0.97  # keys are stored in single precision, and other programs evaluate them
_ROUNDS = 12  # of tightening; after that the frames that are too far off are keyed


@dataclass(frozen=True)
class Keys:
    """Where keys are, for T frames and J joints (with a moved root J + 1, the root last).

    Attributes:
        rotations: (T, J) bool; places: (T, 1 or 2) bool, pelvis and root.
        joints: (T, J, 3) where the joints come to with these keys.
        degrees, centimetres: the largest errors, measured at every frame.
    """

    rotations: np.ndarray
    places: np.ndarray
    joints: np.ndarray
    degrees: float
    centimetres: float


def reduced(
    rotations: np.ndarray,
    places: np.ndarray,
    skeleton: Skeleton,
    bound: Bound,
    fixed: np.ndarray,
    weights: np.ndarray | None = None,
) -> Keys:
    """Choose the keys.

    Args:
        rotations: (T, J, 4) local rotations, signs continuous; a moved root's follow as column J, and the pelvis' are
            then relative to it.
        places: (T, 1, 3) pelvis, or (T, 2, 3) pelvis in the root's space and root; metres.
        fixed: (T) bool, frames that are keyed in any case; first and last always are.
        weights: (T, J) how many times as exact a joint's place has to be; 1 where not given.
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
    turn_slopes, move_slopes = slopes_of(turns), slopes_of(moves)
    turn_bound = np.minimum(np.radians(bound.degrees), _SHARE * metres / np.maximum(reach, 0.05))[:, None] * np.ones(count)
    move_bound = np.full((len(moves), count), _SHARE * metres)

    def turn_errors(keys: np.ndarray) -> np.ndarray:
        return angles(turns, normalized(interpolated(turns, turn_slopes, keys)))

    def move_errors(keys: np.ndarray) -> np.ndarray:
        return np.linalg.norm(moves - interpolated(moves, move_slopes, keys), axis=-1)

    turn_keys = _fitted(lambda keys: turn_errors(keys) / turn_bound, len(turns), pinned)
    move_keys = _fitted(lambda keys: move_errors(keys) / move_bound, len(moves), pinned)
    above = _above(skeleton, rotations.shape[1])[:, moving]
    curved, curves, turned = rotations.copy(), np.empty_like(turns), np.empty(turns.shape[:2])
    changed = np.ones(len(turns), dtype=bool)  # channels with other keys than the round before
    for number in range(_ROUNDS + count):
        if changed.any():
            curves[changed] = normalized(interpolated(turns[changed], turn_slopes[changed], turn_keys[changed]))
            turned[changed] = angles(turns[changed], curves[changed])
        shifted = interpolated(moves, move_slopes, move_keys)
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
        keys, turn_keys = turn_keys, split_worst(turned / turn_bound, turn_keys)
        changed = (turn_keys != keys).any(axis=1)
        move_keys = split_worst(np.linalg.norm(moves - shifted, axis=-1) / move_bound, move_keys)
    keys = np.broadcast_to(pinned[:, None], rotations.shape[:2]).copy()
    keys[:, moving] = turn_keys.T
    return Keys(keys, move_keys.T, reached, float(np.degrees(turned.max(initial=0.0))), float(off.max() * 100))


def _fitted(error_of, channels: int, pinned: np.ndarray) -> np.ndarray:
    """(C, T) keys with which the errors are within 1."""
    fixed = np.broadcast_to(pinned, (channels, len(pinned)))
    keys = fixed.copy()
    while True:
        more = split_worst(error_of(keys), keys)
        if (more == keys).all():
            return without_needless(error_of, keys, fixed)
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
    """(T, J, 3) where the joints are; see `reduced` for the arguments."""
    joints = len(skeleton.parents)
    local, pelvis = rotations[:, :joints], places[:, 0]
    if rotations.shape[1] > joints:
        root = rotations[:, joints]
        local = np.concatenate([multiply(root, local[:, 0])[:, None], local[:, 1:]], axis=1)
        pelvis = places[:, 1] + rotate(root, pelvis)
    return forward_kinematics(local, pelvis, skeleton)[0]
