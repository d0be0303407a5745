"""Steps into the next motion: each foot stays where it stands or makes a step.

The body is inertialized. `step_plan` says when the feet swing. A standing foot is held by its ball and turns flat; its
heading changes only while it swings. The legs follow by inverse kinematics (`leg_goals`). A body that does not stand on its
feet (lying, on all fours) is inertialized only.
"""

from __future__ import annotations

import numpy as np

from ..motion.body import Skeleton
from ..motion.coordinates import quaternions_from_rotation_vectors
from ..motion.motion import Motion, sampled
from ..motion.quaternions import conjugate, multiply, rotation_vectors, slerp
from .contacts import true_runs
from .foot_tracks import HELD, ON_FEET, SIDES, FootTrack, foot_tracks
from .inertialization import above_floor, inertialized
from .leg_goals import FootGoal, reach_goals
from .step_plan import Swing, along_own, following, plan_steps

_AFTERWARDS = 1.0  # seconds behind the transition within which a foot may wait for the motion's own step
_LOW, _HIGH, _RISING = 0.06, 0.12, 0.12  # metres that a step lifts the foot at least, at most, and more for each metre


def step_join(before: Motion, motion: Motion, seconds: float, skeleton: Skeleton) -> Motion:
    """``motion`` with a start that leaves ``before`` with its pose and velocity.

    A foot that stands near its new place stays there until the motion lifts it, which may be after the transition.

    Args:
        before: what is shown up to the frame before; at least two rows at the same rate.
        motion: at the place where it shall be, see `step_place`.
        seconds: length of the transition; a shorter motion ends within it.
    """
    frames = max(round(seconds * motion.fps), 1)
    if len(motion) < frames + 3:
        shown = len(motion)
        times = np.minimum(np.arange(frames + 3), shown - 1) / motion.fps
        joined = step_join(before, sampled(motion, times, motion.fps), seconds, skeleton)
        return Motion(joined.rotations[:shown], joined.pelvis[:shown], motion.fps)
    body = inertialized(before, motion, frames)
    if min(before.pelvis[-1, 1], motion.pelvis[frames, 1]) < ON_FEET:
        return above_floor(before, body, motion, frames, skeleton)
    tracks = foot_tracks(before, motion, body, frames, skeleton)
    if not any(track.stands or track.standing[: frames + 1].any() for track in tracks):
        return above_floor(before, body, motion, frames, skeleton)
    count = min(len(motion), frames + round(_AFTERWARDS * motion.fps))
    plans = plan_steps([track.first_rows(count) for track in tracks], frames, motion.fps)
    goals = [_goal(*each, skeleton) for each in zip(SIDES, tracks, plans, strict=True)]
    changed = max([frames, *(swing.lands for plan in plans for swing in plan)])
    return reach_goals(body, goals, changed, skeleton)


def _goal(side: str, track: FootTrack, plan: list[Swing], skeleton: Skeleton) -> FootGoal:
    """Where one foot should be."""
    count = len(track.path)
    place, turned = track.held, track.held_turn
    lift, swings = np.zeros(count), np.zeros(count, dtype=bool)
    for swing in plan or _own_swing(track):
        part = swing.part(count)
        along = np.clip((np.arange(count) - swing.lifts) / (swing.lands - swing.lifts), 0.0, 1.0)
        swings |= (along > 0) & (along < 1)
        if swing.own:
            far = float(np.linalg.norm((place - track.path)[swing.lifts, [0, 2]]))
            place = along_own(track, swing)
            off = rotation_vectors(multiply(turned[swing.lifts], conjugate(track.turned[swing.lifts])))
            later = multiply(quaternions_from_rotation_vectors((1 - part)[:, None] * off), track.turned)
            turned = np.where((np.arange(count) > swing.lifts)[:, None], later, turned)
            height = min(_LOW + _RISING * far, _HIGH) * min(far / HELD, 1.0)
        else:
            goal = (track.path, track.turned) if swing.rest is None else (track.rests[swing.rest], track.rest_turn[swing.rest])
            far = float(np.linalg.norm((np.broadcast_to(goal[0], place.shape)[swing.lands] - place[max(swing.lifts, 0)])[[0, 2]]))
            follows = track.hurries * following(np.arange(count), swing.lifts, swing.lands)
            place = place + follows[:, None] * (track.along - place)
            place = place + part[:, None] * (goal[0] - place)
            turned = slerp(turned, np.broadcast_to(goal[1], turned.shape), part)
            height = min(_LOW + _RISING * far, _HIGH)
        lift += height * 64 * along**3 * (1 - along) ** 3
    # A foot that is up anyway needs no lift of ours; the cubic mean goes smoothly from one to the other.
    up = place[:, 1] - skeleton.ball_height
    place = place.copy()
    place[:, 1] = skeleton.ball_height + np.where(up > 0, np.cbrt(np.maximum(up, 0.0) ** 3 + lift**3), up + lift)
    return FootGoal(side, place, turned, swings, track.hips, track.ankles)


def _own_swing(track: FootTrack) -> list[Swing]:
    """The motion's own first swing, for a foot that waits; none if it stands to the end."""
    flights = true_runs(~track.standing)
    last = len(track.path) - 1
    return [Swing(first - 1, min(end + 1, last), own=True) for first, end in flights[:1] if end > first]
