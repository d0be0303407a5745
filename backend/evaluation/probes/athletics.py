"""Probes of stops and starts, leaps, ducking, turns in the air, treadmills, ways down."""

from __future__ import annotations

from functools import partial

import numpy as np

from . import travel
from .locomotion import times
from .signals import Signals, true_runs
from .travel import longest_flight, upright
from .verdict import Verdict, all_hold, count_checks


def _pace(s: Signals) -> np.ndarray:
    """(T,) speed of the pelvis along the floor in m/s, smoothed over a tenth of a second."""
    return np.linalg.norm(s.speed(s.smooth(s["pelvis"][:, [0, 2]], 0.1)), axis=-1)


def halting(s: Signals) -> Verdict:
    """Runs and stops: fast at first, still at the end, on the feet."""
    pace = _pace(s)
    return all_hold(
        ("pace_first_m_s", float(np.percentile(pace[: max(len(s) // 2, 1)], 80)), ">=", 2.0),
        ("pace_at_end_m_s", float(pace[-5:].mean()), "<=", 0.7), ("ahead_m", s.gone_as_faced[0], ">=", 0.7),
        ("facing_it", s.gone_as_faced[0] / max(s.path_length, 1e-6), ">=", 0.6),
        ("height_at_end", float(s.pelvis_height[-5:].mean()), ">=", 0.8),
    )  # fmt: skip


def starting_to_run(s: Signals) -> Verdict:
    """Breaks into a run: still at first, running at the end."""
    pace = _pace(s)
    return all_hold(
        ("pace_at_start_m_s", float(pace[:5].mean()), "<=", 1.0),
        ("pace_at_end_m_s", float(np.percentile(pace[-12:], 80)), ">=", 1.8), ("ahead_m", s.gone_as_faced[0], ">=", 0.7),
        ("upright", upright(s), ">=", 0.9),
    )  # fmt: skip


def jumping_over(s: Signals) -> Verdict:
    """Leaps over something at a run: one long flight, high and far ahead."""
    flight = max(((b - a, a, b) for a, b in s.airborne(0.06)), default=(0, 0, 1))
    _, start, end = flight
    ahead = s.part(max(0, start - 2), min(len(s), end + 2)).gone_as_faced[0]
    return all_hold(
        ("in_the_air_s", flight[0] / s.fps, ">=", 0.26), ("leapt_m", ahead, ">=", 0.7),
        ("highest", float(s.pelvis_height.max()), ">=", 1.08), ("pace_m_s", float(_pace(s).max()), ">=", 1.9),
        ("lean_deg", float(s.lean.max()), "<=", 75), ("turned_deg", abs(s.turned), "<=", 70),
    )  # fmt: skip


def dive_rolling(s: Signals) -> Verdict:
    """Dives into a roll: at a run, head over heels near the floor, and on its feet again."""
    return all_hold(
        ("head_down_s", float((s.lean > 110).sum()) / s.fps, ">=", 0.1),
        ("lowest_head_m", float((s["head"][:, 1] - s.floor).min()), "<=", 0.45),
        ("lowest", float(s.pelvis_height.min()), "<=", 0.6),
        ("ahead_m", float(np.linalg.norm(s.path[-1] - s.path[0])), ">=", 1.2), ("pace_m_s", float(_pace(s).max()), ">=", 2.0),
        ("height_at_start", float(s.pelvis_height[:6].max()), ">=", 0.7),
        ("height_at_end", float(s.pelvis_height[-6:].max()), ">=", 0.7),
    )  # fmt: skip


def ducking(s: Signals, forward: bool = False, count: int | None = None) -> Verdict:
    """Ducks: the head goes well down and comes up ``count`` times; ``forward``: on the way."""
    head = s["head"][:, 1] - s.floor
    tall = float(np.percentile(head, 92))
    low = head < 0.82 * tall
    downs = int((np.diff(np.concatenate([[False], low])) & low).sum())
    knees, hand = (min(float(s[f"{d}_{joint}"][:, 1].min()) for d in ("left", "right")) - s.floor for joint in ("knee", "wrist"))
    ends = [float(head[:4].max()), float(head[-4:].max())]
    where = ("ahead_m", s.gone_as_faced[0], ">=", 1.2) if forward else ("path_m", s.path_length, "<=", 1.2)
    return all_hold(
        *count_checks("ducks", downs, count, (1, 2)), ("lowest_head", float(head.min()) / tall, "<=", 0.8), where,
        ("low_s", float(low.sum()) / s.fps, "<=", 3.0), ("ends", min(ends) / tall, ">=", 0.8), ("knee_m", knees, ">=", 0.04),
        ("lowest_hand_m", hand, ">=", 0.02 if forward else 0.4),
        ("in_the_air_s", longest_flight(s), "<=", 0.25),
    )  # fmt: skip


def turning_in_the_air(s: Signals, degrees: float, direction: str = "") -> Verdict:
    """Jumps and turns by ``degrees``, most of it off the floor."""
    flights = sorted(s.airborne(0.03), key=lambda flight: flight[0] - flight[1])
    start, end = flights[0] if flights else (0, 1)
    a, b = max(0, start - 7), min(len(s), end + 7)
    heading = np.degrees(s.smooth(s.heading, 0.05))
    sign = {"left": 1, "right": -1}.get(direction, np.sign(s.turned) or 1)
    turned = sign * s.turned
    return all_hold(
        ("turned_deg", turned, ">=", degrees - 40), ("turned_deg ", turned, "<=", degrees + 50),
        ("in_the_air_s", (end - start) / s.fps, ">=", 0.16),
        ("turned_there", float(sign * (heading[b - 1] - heading[a])) / max(turned, 1.0), ">=", 0.6),
        ("upright", upright(s), ">=", 0.7), ("lean_deg", float(s.lean[start:end].max()), "<=", 40),
    )  # fmt: skip


def jumping_to_grab(s: Signals, count: int | None = None) -> Verdict:
    """Jumps with a hand over the head, ``count`` times."""
    over = np.maximum(*(s[f"{d}_wrist"][:, 1] - s["head"][:, 1] for d in ("left", "right")))
    rise = (s.pelvis_height - 1.0) * 0.98
    found = [(a, b) for a, b in s.airborne(0.04) if b - a >= 3 and rise[a:b].max() > 0.08 and over[a:b].max() > 0.12]
    return all_hold(
        *count_checks("jumps", len(found), count, (1, 2)), ("path_m", s.path_length, "<=", 2.0),
        ("lean_deg", float(s.lean.max()), "<=", 50),
    )  # fmt: skip


def on_treadmill(s: Signals, run: bool = False) -> Verdict:
    """Walks or runs on a belt: the body stays, and the feet take turns to slide back."""
    feet = {d: s.seen_from(f"{d}_ankle", "pelvis")[:, 2] for d in ("left", "right")}
    back = [float(-np.percentile(s.speed(s.smooth(feet[d], 0.04)), 15)) for d in feet]
    swings = [feet[d] - feet[d].mean() for d in feet]
    lag = float(swings[0] @ swings[1] / max(np.linalg.norm(swings[0]) * np.linalg.norm(swings[1]), 1e-6))
    stays = float(np.linalg.norm(s.path - s.path.mean(axis=0), axis=-1).max())
    return all_hold(
        ("stays_within_m", stays, "<=", 0.3), ("stride_m", min(float(np.ptp(feet[d])) for d in feet), ">=", 0.3),
        ("belt_m_s", min(back), ">=", 1.3 if run else 0.35), ("belt_m_s ", max(back), "<=", 7.0 if run else 2.6),
        ("feet_together", lag, "<=", 0.0), ("upright", upright(s), ">=", 0.9), ("in_the_air_s", longest_flight(s), "<=", 0.3),
    )  # fmt: skip


def going_down(s: Signals, drop: float = 0.3, ladder: bool = False) -> Verdict:
    """Goes down: the pelvis ends lower, ahead on stairs, hands up and no way ahead on a ladder."""
    fall = float(s["pelvis"][:5, 1].mean() - s["pelvis"][-5:, 1].mean())
    over = max(float((s[f"{d}_wrist"][:, 1] - s[f"{d}_shoulder"][:, 1]).max()) for d in ("left", "right"))
    rate = float((-s.speed(s.smooth(s["pelvis"][:, 1], 0.15))).max())
    where = ("hand_over_shoulder_m", over, ">=", -0.12) if ladder else ("ahead_m", s.gone_as_faced[0], ">=", 0.35)
    return all_hold(
        ("drop_m", fall, ">=", drop), where, ("lean_deg", float(np.median(s.lean)), "<=", 45),
        ("drop_m_s", rate, "<=", 1.6), ("ahead_m ", s.gone_as_faced[0], "<=", 0.3 if ladder else 9.0),
        ("leg_deg", min(float(s.thigh_raise(d)[-8:].mean()) for d in ("left", "right")), "<=", 45),
    )  # fmt: skip


def jogging_on_the_spot(s: Signals) -> Verdict:
    """Jogs on the spot: the feet leave the floor in turn and come down where they were."""
    lifts = {d: sum(3 <= b - a <= 20 for a, b in true_runs(s.lift(d) > 0.05)) for d in ("left", "right")}
    stays = float(np.linalg.norm(s.path - s.path.mean(axis=0), axis=-1).max())
    feet = [s.seen_from(f"{d}_foot", "pelvis")[:, 2] for d in lifts]
    stride = max(float(np.percentile(foot, 90) - np.percentile(foot, 10)) for foot in feet)
    return all_hold(
        ("steps_per_s", sum(lifts.values()) / s.seconds, ">=", 1.8), ("fewer", min(lifts.values()), ">=", 1),
        ("stays_within_m", stays, "<=", 0.45), ("stride_m", stride, "<=", 0.75), ("upright", upright(s), ">=", 0.9),
        ("turned_deg", abs(s.turned), "<=", 60), ("in_the_air_s", longest_flight(s), "<=", 0.3),
        ("together", float((np.minimum(s.lift("left"), s.lift("right")) > 0.12).mean()), "<=", 0.1),
    )  # fmt: skip


JUMP_LEFT, JUMP_RIGHT = (partial(turning_in_the_air, degrees=90, direction=way) for way in ("left", "right"))
JUMP_AROUND = partial(turning_in_the_air, degrees=180)
DUCK_UNDER = partial(ducking, forward=True)
TREADMILL_RUN = partial(on_treadmill, run=True)
LADDER_DOWN = partial(going_down, ladder=True)
JOG_LEFT, JOG_RIGHT = (partial(travel.veering, direction=way, slowest=1.0, fastest=3.6) for way in ("left", "right"))

ROWS = (
    ("run and stop", "run and then stop dead", "halt", halting),
    ("run and stop", "come to a sudden stop", "halt", halting),
    ("start to run", "break into a sprint", "start_run", starting_to_run),
    ("start to run", "start from standing and run", "start_run", starting_to_run),
    ("jump over", "take a running jump", "jump_over", jumping_over),
    ("jump over", "have her leap over an obstacle", "jump_over", jumping_over),
    ("dive roll", "dive forward into a roll", "dive_roll", dive_rolling),
    ("duck", "duck", "duck", ducking),
    ("duck", "duck to avoid a hit", "duck", ducking),
    ("duck", "duck two times", "duck*2", times(ducking, 2)),
    ("duck under", "run and duck under something", "duck.forward", DUCK_UNDER),
    ("jump and turn", "jump and turn to the left in the air", "jump_turn.left", JUMP_LEFT),
    ("jump and turn", "jump and turn right", "jump_turn.right", JUMP_RIGHT),
    ("jump and turn", "jump and turn around in mid air", "jump_turn.around", JUMP_AROUND),
    ("jump to grab", "jump up to grab something", "jump_grab", jumping_to_grab),
    ("jump to grab", "leap up and grab it", "jump_grab", jumping_to_grab),
    ("treadmill", "walk on a treadmill", "treadmill_walk", on_treadmill),
    ("treadmill", "run on the treadmill", "treadmill_run", TREADMILL_RUN),
    ("jog on the spot", "jog in place", "jog.place", jogging_on_the_spot),
    ("jog aside", "jog and turn left", "jog.left", JOG_LEFT),
    ("jog aside", "jog off to the right", "jog.right", JOG_RIGHT),
    ("stairs down", "walk down the stairs", "stairs.down", going_down),
    ("stairs down", "he goes downstairs", "stairs.down", going_down),
    ("ladder down", "climb down the ladder", "climb.down", LADDER_DOWN),
)
