"""Legs that bring feet to their goals: heels rise, the pelvis comes down, knees bend."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..motion.body import Skeleton
from ..motion.coordinates import continuous_signs, quaternions_from_rotation_vectors
from ..motion.motion import Motion
from ..motion.quaternions import conjugate, multiply, normalized, rotate, rotation_vectors
from ..motion.two_bone import leg_joints, reach_with_leg
from .pose_filters import gaussian

_REACH = 0.985  # of the leg's length, beyond which a heel rises and then the pelvis comes down
_HEEL = np.radians(np.arange(0.0, 51.0, 5.0))  # how far a heel rises
_LOWEST = 0.06  # metres: the most the pelvis is lowered
_BENT, _BEND_SOFTNESS = 0.2, 0.05  # radians: a knee bent this far has a sure axis
_PASSES = 3  # a bent leg that has to stretch comes nearer each time: 88, 95, 97 % of its length for 98
_NEAR = 0.02  # metres: a foot nearer to where it was hardly needs its leg bent otherwise
_SOON = 0.1  # seconds within which a heel rises or the pelvis comes down


@dataclass(frozen=True)
class FootGoal:
    """Where a foot should be in each of T frames.

    Attributes:
        side: "left" or "right".
        ball: (T, 3) metres.
        turned: (T, 4) rotation of the foot in the world.
        swings: (T,) bool, while it swings and may fall short.
        hip, ankle: (T, 3) where hip and ankle are without the goal.
    """

    side: str
    ball: np.ndarray
    turned: np.ndarray
    swings: np.ndarray
    hip: np.ndarray
    ankle: np.ndarray


def reach_goals(body: Motion, goals: list[FootGoal], frames: int, skeleton: Skeleton) -> Motion:
    """The motion with its feet at their goals, as near as the legs reach.

    Toes keep their own rotation.

    Args:
        frames: how many rows the goals change.
    """
    joints = [leg_joints(goal.side, skeleton) for goal in goals]
    reaches = [_reach(goal, skeleton) for goal in goals]
    goals = [_with_heel_raised(goal, reach, body.fps, skeleton) for goal, reach in zip(goals, reaches, strict=True)]
    ankles = [_ankle_of(goal, skeleton) for goal in goals]
    drop = np.zeros(len(body))
    for goal, ankle, reach in zip(goals, ankles, reaches, strict=True):
        away = goal.hip - ankle
        lower = away[:, 1] - np.sqrt(np.maximum(reach**2 - away[:, 0] ** 2 - away[:, 2] ** 2, 0.0))
        drop = np.maximum(drop, np.where(~goal.swings & (np.linalg.norm(away, axis=-1) > reach + 1e-4), lower, 0.0))
    pelvis = body.pelvis.copy()
    pelvis[:, 1] -= _softly(np.minimum(drop, _LOWEST), body.fps)
    rotations = body.rotations.copy()
    for goal, ankle, (hip, knee, foot) in zip(goals, ankles, joints, strict=True):
        off = ((ankle - goal.ankle) ** 2).sum(axis=-1) + (pelvis[:, 1] - body.pelvis[:, 1]) ** 2
        rotations[:, knee] = _surely_bent(body.rotations[:, knee], off / (off + _NEAR**2), frames, body.fps)
        for _ in range(_PASSES):
            rotations[:, [hip, knee, foot]] = reach_with_leg(rotations, pelvis, ankle, np.zeros(len(body)), goal.side, skeleton)
        shin = multiply(multiply(rotations[:, 0], rotations[:, hip]), rotations[:, knee])
        rotations[:, foot] = normalized(multiply(conjugate(shin), goal.turned))
    return Motion(continuous_signs(rotations, body.rotations[0]), pelvis, body.fps)


def _surely_bent(knee: np.ndarray, needed: np.ndarray, frames: int, fps: float) -> np.ndarray:
    """(T, 4) rotations of a knee that is bent forward a little at least, but at both ends.

    A straight knee has no axis, and one that is bent backward a little would be bent backward more.

    Args:
        needed: (T,) 0..1, how far the leg is bent otherwise than it was.
    """
    bend = rotation_vectors(knee)[:, 0]
    rows = np.arange(1, len(knee) + 1)
    share = np.clip(np.minimum(rows / (_SOON * fps), (frames + 1 - rows) / (2 * _SOON * fps)), 0.0, 1.0)
    share = needed * share * share * (3 - 2 * share)
    more = np.log1p(np.exp(-(bend - _BENT) / _BEND_SOFTNESS)) * _BEND_SOFTNESS * share
    return multiply(quaternions_from_rotation_vectors(more[:, None] * np.array([1.0, 0.0, 0.0])), knee)


def _reach(goal: FootGoal, skeleton: Skeleton) -> np.ndarray:
    """(T,) how far an ankle may be from its hip: as straight as it is without the goal."""
    _, knee, foot = leg_joints(goal.side, skeleton)
    length = float(np.linalg.norm(skeleton.offsets[knee]) + np.linalg.norm(skeleton.offsets[foot]))
    return np.maximum(_REACH * length, np.linalg.norm(goal.hip - goal.ankle, axis=-1))


def _ankle_of(goal: FootGoal, skeleton: Skeleton) -> np.ndarray:
    """(T, 3) where the ankle is."""
    return goal.ball - rotate(goal.turned, np.broadcast_to(skeleton.offsets[skeleton.index(f"{goal.side}_foot")], goal.ball.shape))


def _with_heel_raised(goal: FootGoal, reach: np.ndarray, fps: float, skeleton: Skeleton) -> FootGoal:
    """The goal with its foot turned about the ball where the leg is too short for a flat foot.

    Args:
        reach: (T,) how far from the hip the ankle may be.
    """
    away = np.linalg.norm(goal.hip - _ankle_of(goal, skeleton), axis=-1)
    if not (away > reach + 1e-4).any():
        return goal
    side = rotate(goal.turned, np.array([1.0, 0.0, 0.0]))
    turns = multiply(quaternions_from_rotation_vectors(_HEEL[:, None, None] * side), goal.turned[None])
    offset = skeleton.offsets[skeleton.index(f"{goal.side}_foot")]
    far = np.linalg.norm(goal.hip - (goal.ball - rotate(turns, np.broadcast_to(offset, (*turns.shape[:2], 3)))), axis=-1)
    reached = far <= reach + 1e-4
    needed = np.where(reached.any(axis=0), reached.argmax(axis=0), far.argmin(axis=0))
    rise = _softly(_HEEL[needed], fps)
    return replace(goal, turned=multiply(quaternions_from_rotation_vectors(rise[:, None] * side), goal.turned))


def _softly(values: np.ndarray, fps: float) -> np.ndarray:
    """(T,) a smooth curve mostly above ``values`` that starts with zero."""
    if not values.any():
        return values
    radius = max(round(_SOON * fps), 1)
    padded = np.pad(values, radius, mode="edge")
    highest = np.max([padded[shift : shift + len(values)] for shift in range(2 * radius + 1)], axis=0)
    smooth = gaussian(highest, radius / 2) if len(values) > 2 else highest
    ramp = np.clip(np.arange(1, len(values) + 1) / (2 * radius), 0.0, 1.0)
    return np.maximum(smooth, 0.0) * ramp * ramp * (3 - 2 * ramp)
