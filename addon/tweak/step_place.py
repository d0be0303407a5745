"""Where the next motion begins, and how long the way into it takes.

A body keeps its velocity while it changes into the next motion's. So the next motion stands ahead by the way that a body
needs until it has the new velocity, and the pelvis never has to come back. Where nobody moves, the feet decide instead:
the next motion is laid over the feet that stand already, so that they need not step.
"""

from __future__ import annotations

import numpy as np

from ..motion.body import Skeleton, forward_kinematics
from ..motion.motion import Motion
from ..motion.quaternions import about_y, multiply, rotate, yaw_of
from .contacts import POINTS
from .foot_tracks import HELD, ON_FEET, SIDES, TWISTED
from .inertialization import SPEED_FADE, usual_speed
from .trajectory import Spot, move_start

SHORTEST, LONGEST = 0.2, 1.2  # seconds
LONGEST_FROM_FLOOR = 2.0  # seconds, for a body that lies or crawls before or after
_BRAKING = 3.0  # metres per second squared, of a body that stops or starts
_STEP = 0.35  # seconds that one step takes
_SLOWEST = 0.3  # metres per second that every joint may move, however calm the motions are
_RISING = 0.8  # metres per second at which a body comes up or goes down
_OVER_FEET = 0.6  # metres that a body moves over its standing feet, for example from a chair
_PEAK = 1.875  # the highest speed of a quintic fading against its mean
_MEAN = 0.2  # seconds over which a velocity is measured
_SLOW, _MOVING = 0.15, 0.45  # metres per second: the feet decide below, the velocity above


def join_seconds(before: Motion, motion: Motion, skeleton: Skeleton) -> float:
    """How long the transition into ``motion`` takes, by the distance of the poses.

    As long as every joint needs at the speed at which the two motions move anyway, as a body needs to brake, and as the feet
    need to step. Where ``motion`` stands does not matter.

    Args:
        before: what is shown up to the frame before; at least two rows.
    """
    placed = move_start(motion, continuing_spot(before, motion, SHORTEST, skeleton))
    old, old_turned = forward_kinematics(before.rotations[-1:], before.pelvis[-1:], skeleton)
    new, new_turned = forward_kinematics(placed.rotations[:1], placed.pelvis[:1], skeleton)
    usual = max(usual_speed(before, skeleton), usual_speed(motion, skeleton), _SLOWEST)
    away = np.linalg.norm((old[0] - before.pelvis[-1]) - (new[0] - placed.pelvis[0]), axis=-1).max()
    rise = abs(before.pelvis[-1, 1] - placed.pelvis[0, 1])
    change = float(np.linalg.norm(_floor_speed(before, True) - _floor_speed(placed, False)))
    steps = sum(_must_step(side, old[0], old_turned[0], new[0], new_turned[0], skeleton) for side in SIDES)
    seconds = max(_PEAK * max(away, rise) / usual, _PEAK * rise / _RISING, change / _BRAKING, _STEP * steps + 0.1 * (steps > 0))
    longest = LONGEST if min(before.pelvis[-1, 1], placed.pelvis[0, 1]) > ON_FEET else LONGEST_FROM_FLOOR
    return float(np.clip(seconds, SHORTEST, longest))


def continuing_spot(before: Motion, motion: Motion, seconds: float, skeleton: Skeleton) -> Spot:
    """Where ``motion`` begins so that nothing has to come back within its transition.

    A velocity that changes evenly from v to w takes a body (v + w) / 2 times ``seconds`` far.

    Args:
        before: what is shown up to the frame before; at least two rows.
    """
    fps = motion.fps
    old, _ = forward_kinematics(before.rotations[-1:], before.pelvis[-1:], skeleton)
    new, _ = forward_kinematics(motion.rotations[:1], motion.pelvis[:1], skeleton)
    heading, own_heading = _heading(before.rotations[-1, 0], old[0], skeleton), _heading(motion.rotations[0, 0], new[0], skeleton)
    turn = heading - own_heading
    turn += _turning(motion, False) / fps + (_turning(before, True) - _turning(motion, False)) * min(seconds, SPEED_FADE) / 2
    speed, own_speed = _floor_speed(before, True), rotate(about_y(turn), _floor_speed(motion, False))
    place = before.pelvis[-1] + own_speed / fps + (speed - own_speed) * seconds / 2
    fast = max(float(np.linalg.norm(speed)), float(np.linalg.norm(own_speed)))
    by_feet = np.clip((_MOVING - fast) / (_MOVING - _SLOW), 0.0, 1.0)
    if by_feet > 0 and min(before.pelvis[-1, 1], motion.pelvis[0, 1]) > ON_FEET:
        feet = [skeleton.index(name) for name in POINTS]
        foot_turn, foot_place = _laid_over(old[0, feet], new[0, feet], motion.pelvis[0])
        if abs(_half_turn(foot_turn - turn)) < TWISTED and np.linalg.norm((foot_place - place)[[0, 2]]) < _OVER_FEET:
            turn += by_feet * _half_turn(foot_turn - turn)
            place = place + by_feet * (foot_place - place)
    return Spot(float(place[0]), float(place[2]), float(yaw_of(multiply(about_y(turn), motion.rotations[0, 0]))))


def _must_step(
    side: str, old: np.ndarray, old_turned: np.ndarray, new: np.ndarray, new_turned: np.ndarray, skeleton: Skeleton
) -> bool:
    """Whether a foot cannot stay, by places (J, 3) and turns (J, 4) before and afterwards."""
    ankle, ball = skeleton.index(f"{side}_ankle"), skeleton.index(f"{side}_foot")
    far = np.linalg.norm((old - new)[ball, [0, 2]])
    # A foot that could just wait may come to rest a little farther on, and then steps.
    return bool(far > HELD / 2 or abs(_half_turn(float(yaw_of(old_turned[ankle]) - yaw_of(new_turned[ankle])))) > TWISTED)


def _laid_over(target: np.ndarray, points: np.ndarray, pelvis: np.ndarray) -> tuple[float, np.ndarray]:
    """The turn about Y and the pelvis' place that lay points (P, 3) over a target (P, 3)."""
    there, here = target.mean(axis=0), points.mean(axis=0)
    a, b = (points - here)[:, [0, 2]], (target - there)[:, [0, 2]]
    turn = float(np.arctan2((a[:, 1] * b[:, 0] - a[:, 0] * b[:, 1]).sum(), (a * b).sum()))
    return turn, there + rotate(about_y(turn), pelvis - here)


def _heading(root: np.ndarray, places: np.ndarray, skeleton: Skeleton) -> float:
    """Radians about Y that a pose (J, 3) faces.

    Hips and shoulders turn against each other at each stride, so an upright body faces where their mean does.
    """
    up = rotate(root, np.array([0.0, 1.0, 0.0]))
    if up[1] < 0.7:
        return float(yaw_of(root))
    across = sum(
        each / max(float(np.linalg.norm(each[[0, 2]])), 1e-6)
        for each in (
            places[skeleton.index(f"left_{name}")] - places[skeleton.index(f"right_{name}")] for name in ("hip", "shoulder")
        )
    )
    return float(np.arctan2(-across[2], across[0]))


def _floor_speed(motion: Motion, at_end: bool) -> np.ndarray:
    """(3,) metres per second over the floor at an end of a motion."""
    rows = min(max(round(_MEAN * motion.fps), 1), len(motion) - 1)
    if rows < 1:
        return np.zeros(3)
    first, last = (motion.pelvis[-1 - rows], motion.pelvis[-1]) if at_end else (motion.pelvis[0], motion.pelvis[rows])
    return (last - first) * np.array([1.0, 0.0, 1.0]) * motion.fps / rows


def _turning(motion: Motion, at_end: bool) -> float:
    """Radians per second that the pelvis turns about Y at an end of a motion."""
    rows = min(max(round(0.5 * motion.fps), 1), len(motion) - 1)
    if rows < 1:
        return 0.0
    yaw = np.unwrap(yaw_of(motion.rotations[-1 - rows :, 0] if at_end else motion.rotations[: rows + 1, 0]))
    return float(yaw[-1] - yaw[0]) * motion.fps / rows


def _half_turn(angle: float) -> float:
    """The same angle between -pi and pi."""
    return float((angle + np.pi) % (2 * np.pi) - np.pi)
