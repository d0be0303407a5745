"""A motion several times in a row, each time going on from where the last one came to."""

from __future__ import annotations

import numpy as np

from ..motion.body import Skeleton, forward_kinematics
from ..motion.coordinates import continuous_signs
from ..motion.motion import Motion
from ..motion.quaternions import about_y, rotate, yaw_of
from .step_join import step_join
from .step_place import continuing_spot, join_seconds
from .trajectory import move_start

_SEARCHED = 0.5  # seconds at each end in which the poses that resemble each other most are looked for
_AHEAD = 0.2  # seconds: how much of a difference of velocities counts as a difference of places
_LEFT_OUT = 0.02  # metres for each second left out, so that a motion which ends as it begins is kept whole
_KNOWN = 1.0  # seconds before a join that it looks back


def repeat_motion(motion: Motion, times: int, skeleton: Skeleton) -> Motion:
    """The motion ``times`` in a row, with steps in between where it needs them.

    A motion that goes round, such as walking, leaves its end for its beginning where both resemble each other most, at most
    half a second from either. The first time has its whole beginning, the last its whole end.
    """
    if times < 2 or len(motion) < 4:
        return motion
    leaves, enters = _turning_point(motion, skeleton)
    result = _rows(motion, 0, leaves + 1)
    known = max(round(_KNOWN * motion.fps), 2)
    for number in range(1, times):
        following = _rows(motion, enters, len(motion) if number == times - 1 else leaves + 1)
        before = _rows(result, max(len(result) - known, 0), len(result))
        seconds = join_seconds(before, following, skeleton)
        placed = move_start(following, continuing_spot(before, following, seconds, skeleton))
        result = _appended(result, step_join(before, placed, seconds, skeleton))
    return result


def _turning_point(motion: Motion, skeleton: Skeleton) -> tuple[int, int]:
    """The row after which the motion begins again, and the row it goes on with then."""
    places, _ = forward_kinematics(motion.rotations, motion.pelvis, skeleton)
    back = about_y(-yaw_of(motion.rotations[:, 0]))[:, None]
    floor = motion.pelvis * np.array([1.0, 0.0, 1.0])
    poses = rotate(back, places - floor[:, None])
    speeds = rotate(back, np.gradient(places, axis=0)) * motion.fps * _AHEAD
    known = np.concatenate([poses, speeds], axis=2)
    count = min(round(_SEARCHED * motion.fps), (len(motion) - 2) // 2)
    ends, starts = known[len(motion) - 1 - count :], known[: count + 1]
    away = np.sqrt(((ends[:, None] - starts[None]) ** 2).sum(axis=-1).mean(axis=-1))
    cut = np.arange(count, -1, -1)[:, None] + np.arange(count + 1)[None]
    end, start = np.unravel_index(np.argmin(away + _LEFT_OUT * cut / motion.fps), away.shape)
    return len(motion) - 1 - count + int(end), min(int(start) + 1, len(motion) - 2)


def _rows(motion: Motion, first: int, end: int) -> Motion:
    """Some rows of a motion."""
    return Motion(motion.rotations[first:end], motion.pelvis[first:end], motion.fps)


def _appended(first: Motion, second: Motion) -> Motion:
    """One motion after the other."""
    rotations = continuous_signs(np.concatenate([first.rotations, second.rotations]))
    return Motion(rotations, np.concatenate([first.pelvis, second.pelvis]), first.fps)
