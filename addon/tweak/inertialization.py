"""Inertialization: a motion starts with the pose and velocity of what is before it.

The difference of the poses fades over the whole transition, the difference of the velocities sooner: a joint that was fast
would else swing far past both motions. Only the way over the floor keeps its velocity as long as the pose, because a body
cannot stop sooner. The pelvis stays as low as one of both motions: the legs would else not reach the floor where the
next one rises.
"""

from __future__ import annotations

import numpy as np

from ..motion.body import Skeleton, forward_kinematics
from ..motion.coordinates import continuous_signs, quaternions_from_rotation_vectors
from ..motion.motion import Motion
from ..motion.quaternions import conjugate, multiply, rotation_vectors
from .pose_filters import gaussian

SPEED_FADE = 0.3  # seconds within which a difference of velocities fades
_SOON = 0.15  # seconds within which the height is held back


def quintic_fading(count: int, frames: float) -> tuple[np.ndarray, np.ndarray]:
    """(count,) what is left of a value, and of a velocity per frame, after 1, 2, ... frames.

    Both curves end after ``frames`` with value, velocity and acceleration zero.
    """
    t = np.minimum(np.arange(1, count + 1) / max(frames, 1.0), 1.0)
    value = 1 - 10 * t**3 + 15 * t**4 - 6 * t**5
    speed = (t - 6 * t**3 + 8 * t**4 - 3 * t**5) * max(frames, 1.0)
    return value, speed


def inertialized(before: Motion, motion: Motion, frames: int) -> Motion:
    """``motion`` with its first ``frames`` bent so that they continue ``before``.

    Args:
        before: what is shown up to the frame before; at least two rows.
        frames: length of the transition.
    """
    frames = min(frames, len(motion))
    value, slow = quintic_fading(frames, frames + 1)
    _, fast = quintic_fading(frames, min(SPEED_FADE * motion.fps, frames + 1))
    spin, speed = first_speeds(motion)
    off = multiply(before.rotations[-1], conjugate(multiply(quaternions_from_rotation_vectors(-spin), motion.rotations[0])))
    off_spin = rotation_vectors(multiply(before.rotations[-1], conjugate(before.rotations[-2]))) - spin
    shift = value[:, None, None] * rotation_vectors(off) + fast[:, None, None] * off_spin
    rotations = motion.rotations.copy()
    rotations[:frames] = multiply(quaternions_from_rotation_vectors(shift), motion.rotations[:frames])
    away = before.pelvis[-1] - (motion.pelvis[0] - speed)
    off_speed = before.pelvis[-1] - before.pelvis[-2] - speed
    pelvis = motion.pelvis.copy()
    pelvis[:frames] += value[:, None] * away + np.stack([slow, fast, slow], axis=-1) * off_speed
    pelvis[:frames, 1] = _between(pelvis[:frames, 1], before.pelvis[:, 1], motion.pelvis[:frames, 1], fast, motion.fps)
    return Motion(continuous_signs(rotations, before.rotations[-1]), pelvis, motion.fps)


def _between(heights: np.ndarray, before: np.ndarray, after: np.ndarray, speed: np.ndarray, fps: float) -> np.ndarray:
    """(T,) heights of the pelvis that do not go beyond both motions.

    Args:
        heights: (T,) inertialized.
        before, after: of what is before, and (T,) of the next motion.
        speed: (T,) how far one metre per frame goes.
    """
    goes_on = np.stack([np.full(len(after), before[-1]), before[-1] + speed * (before[-1] - before[-2]), after])
    beyond = heights - np.clip(heights, goes_on.min(axis=0), goes_on.max(axis=0))
    if len(heights) < 3 or not beyond.any():
        return heights
    ramp = np.minimum(np.arange(1, len(heights) + 1) / (_SOON * fps), 1.0)
    return heights - gaussian(np.pad(beyond, len(beyond)), _SOON * fps / 2)[len(beyond) : 2 * len(beyond)] * ramp


def above_floor(before: Motion, body: Motion, motion: Motion, frames: int, skeleton: Skeleton) -> Motion:
    """The body lifted through its transition wherever it would sink into the floor.

    Args:
        body: ``motion`` with its transition, see `inertialized`.
    """
    places, _ = forward_kinematics(body.rotations[:frames], body.pelvis[:frames], skeleton)
    ends = [
        forward_kinematics(each.rotations[[row]], each.pelvis[[row]], skeleton)[0]
        for each, row in ((before, -1), (motion, frames - 1))
    ]
    # As deep as either motion is in the floor itself, the transition may be too.
    floor = min(0.0, *(float(each[..., 1].min()) for each in ends))
    sunk = np.maximum(floor - places[..., 1].min(axis=1), 0.0)
    if not sunk.any():
        return body
    rows = np.arange(1, frames + 1)
    ramp = np.clip(np.minimum(rows, frames + 1 - rows) / (0.15 * frames + 1), 0.0, 1.0)
    radius = max(frames // 8, 1)
    highest = np.max([np.pad(sunk, radius, mode="edge")[shift : shift + frames] for shift in range(2 * radius + 1)], axis=0)
    smooth = gaussian(highest, radius / 2) if frames > 2 else highest
    pelvis = body.pelvis.copy()
    pelvis[:frames, 1] += np.maximum(smooth, 0.0) * ramp * ramp * (3 - 2 * ramp)
    return Motion(body.rotations, pelvis, body.fps)


def first_speeds(motion: Motion) -> tuple[np.ndarray, np.ndarray]:
    """(J, 3) rotation vectors and (3,) metres from the first frame to the second, or zero."""
    if len(motion) < 2:
        return np.zeros((motion.rotations.shape[1], 3)), np.zeros(3)
    return rotation_vectors(multiply(motion.rotations[1], conjugate(motion.rotations[0]))), motion.pelvis[1] - motion.pelvis[0]


def usual_speed(motion: Motion, skeleton: Skeleton) -> float:
    """Metres per second that the joints move at most, but for one in a hundred."""
    if len(motion) < 2:
        return 0.0
    places, _ = forward_kinematics(motion.rotations, motion.pelvis, skeleton)
    return float(np.percentile(np.linalg.norm(np.diff(places, axis=0), axis=-1), 99)) * motion.fps
