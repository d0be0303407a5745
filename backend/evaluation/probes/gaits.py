"""Measurements of gaits: on the spot, on the toes, limping, skipping, lunging, diagonal."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np

from .signals import Signals, count_reversals, true_runs
from .travel import longest_flight, upright
from .verdict import Verdict, all_hold

SIDES = ("left", "right")
_ANKLE, _BALL = 0.07, 0.02  # metres of ankle and ball of a foot that stands


def _steps(s: Signals, least: float = 0.03) -> list[tuple[str, int, int]]:
    """(side, start, end) of every time a foot is up, in order of time."""
    found = [(side, a, b) for side in SIDES for a, b in true_runs(s.lift(side) > least) if 3 <= b - a <= 40]
    return sorted(found, key=lambda step: step[1])


def _stepping(s: Signals, least: float = 0.03) -> list[tuple[str, float, str, float]]:
    """Checks of a gait: feet go up in turn, at least five times."""
    steps = _steps(s, least)
    turns = sum(a[0] != b[0] for a, b in pairwise(steps))
    return [("steps", len(steps), ">=", 5), ("in_turn", turns / max(len(steps) - 1, 1), ">=", 0.75)]


def _cadence(s: Signals, least: float = 0.03) -> float:
    """Steps a second while stepping."""
    steps = _steps(s, least)
    return (len(steps) - 1) / max((steps[-1][1] - steps[0][1]) / s.fps, 0.1) if len(steps) > 1 else 0.0


def _thighs(s: Signals) -> float:
    """Median over steps of how far the thigh comes up, degrees."""
    tops = [float(s.thigh_raise(side)[a:b].max()) for side, a, b in _steps(s)]
    return float(np.median(tops)) if tops else 0.0


def _on_the_spot(s: Signals) -> list[tuple[str, float, str, float]]:
    return [
        *_stepping(s), ("net_m", float(np.linalg.norm(s.path[-1] - s.path[0])), "<=", 0.4),
        ("path_m_per_s", s.path_length / s.seconds, "<=", 0.3), ("turned_deg", abs(s.turned), "<=", 40),
        ("upright", upright(s), ">=", 0.9),
    ]  # fmt: skip


def walking_in_place(s: Signals) -> Verdict:
    """Walks on the spot: feet up in turn, never both, no thigh near level."""
    return all_hold(
        *_on_the_spot(s), ("in_the_air_s", longest_flight(s), "<=", 0.1), ("cadence", _cadence(s), "<=", 2.3),
        ("thigh_deg", _thighs(s), "<=", 55),
    )  # fmt: skip


def marching_in_place(s: Signals) -> Verdict:
    """Marches on the spot: knees well up in turn, never both feet off."""
    return all_hold(
        *_on_the_spot(s), ("in_the_air_s", longest_flight(s), "<=", 0.1), ("cadence", _cadence(s), "<=", 2.5),
        ("thigh_deg", _thighs(s), ">=", 56), ("thigh_deg ", _thighs(s), "<=", 95),
    )  # fmt: skip


def running_in_place(s: Signals, slowest: float = 2.3) -> Verdict:
    """Runs on the spot: quick feet in turn."""
    return all_hold(
        *_on_the_spot(s), ("cadence", _cadence(s), ">=", slowest), ("cadence ", _cadence(s), "<=", 5.5),
        ("thigh_deg", _thighs(s), "<=", 90), ("kick_deg", _kicks(s), "<=", 112),
    )  # fmt: skip


def high_knees(s: Signals) -> Verdict:
    """Runs on the spot with each thigh about level."""
    return all_hold(*_on_the_spot(s), ("cadence", _cadence(s), ">=", 2.0), ("thigh_deg", _thighs(s), ">=", 86))


def _kicks(s: Signals) -> float:
    """Median over steps of how far the knee bends, degrees, while the thigh hangs."""
    tops = [float(np.where(s.thigh_raise(side) < 50, s.knee_bend(side), 0)[a:b].max()) for side, a, b in _steps(s)]
    return float(np.median(tops)) if tops else 0.0


def butt_kicks(s: Signals) -> Verdict:
    """Runs on the spot, heels up to the seat behind hanging thighs."""
    return all_hold(
        *_on_the_spot(s), ("cadence", _cadence(s), ">=", 1.8), ("kick_deg", _kicks(s), ">=", 100),
        ("thigh_deg", _thighs(s), "<=", 62),
    )  # fmt: skip


def _ahead(s: Signals, least: float) -> list[tuple[str, float, str, float]]:
    return [
        ("ahead_m", s.gone_as_faced[0], ">=", least), ("facing_it", s.gone_as_faced[0] / max(s.path_length, 1e-6), ">=", 0.7),
    ]  # fmt: skip


def marching(s: Signals) -> Verdict:
    """Marches: ahead with knees well up, never both feet off."""
    return all_hold(
        *_ahead(s, 0.8), *_stepping(s), ("thigh_deg", _thighs(s), ">=", 48), ("in_the_air_s", longest_flight(s), "<=", 0.12),
        ("upright", upright(s), ">=", 0.95), ("lean_deg", float(np.median(s.lean)), "<=", 15),
    )  # fmt: skip


def on_tiptoe(s: Signals) -> Verdict:
    """Goes ahead on the balls of the feet: where a ball is down, its heel is up."""
    heels = []
    moving = s.pace > 0.25
    for side in SIDES:
        down = moving & (s[f"{side}_foot"][:, 1] - _BALL - s.floor < 0.02)
        heels += list(s[f"{side}_ankle"][down, 1] - _ANKLE - s.floor)
    return all_hold(
        *_ahead(s, 0.6), ("heel_m", float(np.percentile(heels, 30)) if heels else 0.0, ">=", 0.03),
        ("upright", upright(s), ">=", 0.95), ("in_the_air_s", longest_flight(s), "<=", 0.2),
        ("lean_deg", float(np.median(s.lean)), "<=", 25),
    )  # fmt: skip


def limping(s: Signals, side: str = "") -> Verdict:
    """Limps: goes ahead, and is lower on one leg (the named one) than on the other."""
    on = {leg: (s.lift(other) > 0.015) & (s.lift(leg) < 0.015) for leg, other in (SIDES, SIDES[::-1])}
    height = {leg: float(s.pelvis_height[on[leg]].mean()) if on[leg].sum() > 5 else 1.0 for leg in SIDES}
    lower = {"left": height["right"] - height["left"], "right": height["left"] - height["right"]}
    drop = lower[side] if side else max(lower.values())
    return all_hold(
        *_ahead(s, 0.6), ("lower_on_it", drop, ">=", 0.018), ("pace_m_s", float(np.percentile(s.pace, 75)), "<=", 1.2),
        ("upright", upright(s), ">=", 0.9), ("in_the_air_s", longest_flight(s), "<=", 0.15),
    )  # fmt: skip


def lunging(s: Signals) -> Verdict:
    """Walks in lunges: deep down with the feet far apart, nearly up in between, at least twice."""
    reach = np.abs(s.seen_from("left_ankle", "right_ankle")[:, 2])
    low = [(a, b) for a, b in true_runs((s.pelvis_height < 0.8) & (reach > 0.4)) if b - a >= 3]
    between = [float(s.pelvis_height[b:c].max()) for (_, b), (c, _) in pairwise(low) if c > b]
    return all_hold(
        *_ahead(s, 0.9), ("lunges", len(low), ">=", 2), ("up_between", min(between, default=0.0), ">=", 0.85),
        ("lean_deg", float(np.median(s.lean)), "<=", 30), ("in_the_air_s", longest_flight(s), "<=", 0.2),
    )  # fmt: skip


def duck_walking(s: Signals) -> Verdict:
    """Waddles ahead in a deep squat, hands off the floor."""
    hands = np.minimum(s["left_wrist"][:, 1], s["right_wrist"][:, 1]) - s.floor
    return all_hold(
        ("ahead_m", s.gone_as_faced[0], ">=", 0.5), ("height", float(np.percentile(s.pelvis_height, 35)), "<=", 0.6),
        *_stepping(s, 0.02), ("hand_m", float(np.percentile(hands, 10)), ">=", 0.2),
        ("lean_deg", float(np.median(s.lean)), "<=", 60), ("height_at_end", float(s.pelvis_height[-3:].mean()), ">=", 0.75),
    )  # fmt: skip


def shuffling(s: Signals) -> Verdict:
    """Shuffles: ahead in short steps, the feet hardly off the floor."""
    reach = np.abs(s.seen_from("left_ankle", "right_ankle")[:, 2])
    balls = max(float(np.percentile(s[f"{side}_foot"][:, 1] - _BALL - s.floor, 98)) for side in SIDES)
    return all_hold(
        *_ahead(s, 0.5), ("ball_m", balls, "<=", 0.065), ("step_m", float(np.percentile(reach, 95)), "<=", 0.4),
        ("pace_m_s", float(np.percentile(s.pace, 75)), "<=", 0.85), ("upright", upright(s), ">=", 0.9),
    )  # fmt: skip


def _hops_within(s: Signals) -> tuple[int, int]:
    """Flights of 2 to 12 frames, and how many leave from and land on the same single foot."""
    flights = [(a, b) for a, b in s.airborne(0.012) if 2 <= b - a <= 12 and a > 1 and b < len(s) - 2]
    same = 0
    for a, b in flights:
        before = [side for side in SIDES if s.lift(side)[a - 2 : a].min() <= 0.012]
        after = [side for side in SIDES if s.lift(side)[b : b + 2].min() <= 0.012]
        same += before == after and len(before) == 1
    return len(flights), same


def skipping(s: Signals, ahead: bool = True) -> Verdict:
    """Skips: hops on one foot and then on the other, over and over; ahead, or on the spot."""
    flights, same = _hops_within(s)
    went = [("ahead_m", s.gone_as_faced[0], ">=", 0.9)] if ahead else [("path_m", s.path_length, "<=", 0.9)]
    return all_hold(
        *went, *_stepping(s)[:1], ("hops", same, ">=", 2), ("share", same / max(flights, 1), ">=", 0.6),
        ("upright", upright(s), ">=", 0.9), ("both_feet", _alternation(s), ">=", 0.25),
    )  # fmt: skip


def _alternation(s: Signals) -> float:
    """Share of the rarer foot among the feet that are high up: 0 when only one ever is."""
    high = [sum(b - a >= 4 and s.lift(side)[a:b].max() > 0.1 for a, b in true_runs(s.lift(side) > 0.05)) for side in SIDES]
    return min(high) / max(sum(high), 1)


def galloping(s: Signals) -> Verdict:
    """Gallops: ahead in flights with the same foot in front all the way."""
    apart = s.smooth(s.seen_from("left_ankle", "right_ankle")[:, 2], 0.03)
    far = apart[np.abs(apart) > 0.15]
    leads = max(float((far > 0).mean()), float((far < 0).mean())) if len(far) > 8 else 0.0
    flights, _ = _hops_within(s)
    return all_hold(
        *_ahead(s, 1.0), ("one_leads", leads, ">=", 0.82), ("flights", flights, ">=", 3), ("upright", upright(s), ">=", 0.9),
    )  # fmt: skip


def moonwalking(s: Signals) -> Verdict:
    """Moonwalks: goes back on feet that glide on the floor instead of stepping."""
    lifts = max(float(np.percentile(s[f"{side}_foot"][:, 1] - _BALL - s.floor, 95)) for side in SIDES)
    ground = [np.linalg.norm(s.speed(s[f"{side}_foot"][:, [0, 2]]), axis=-1) for side in SIDES]
    glide = float(np.mean([g.mean() for g in ground]))
    return all_hold(
        ("back_m", -s.gone_as_faced[0], ">=", 0.7), ("ball_m", lifts, "<=", 0.03), ("glide_m_s", glide, ">=", 0.12),
        ("upright", upright(s), ">=", 0.95),
    )  # fmt: skip


def staggering(s: Signals) -> Verdict:
    """Staggers: gets ahead on the feet, slowly, the trunk tilting to this side and that."""
    trunk = s.seen_from("neck", "pelvis")
    tilt = s.smooth(np.degrees(np.arctan2(trunk[:, 0], trunk[:, 1])), 0.1)
    return all_hold(
        ("ahead_m", s.gone_as_faced[0], ">=", 0.6), ("tilt_deg", float(np.ptp(tilt)), ">=", 13),
        ("swings", count_reversals(tilt, 4.0), ">=", 2), ("pace_m_s", float(np.percentile(s.pace, 75)), "<=", 1.2),
        ("upright", upright(s), ">=", 0.9), ("in_the_air_s", longest_flight(s), "<=", 0.2),
    )  # fmt: skip


def diagonally(s: Signals, ahead: int, side: str) -> Verdict:
    """Walks on the diagonal: ahead (1) or back (-1) and to a side in about equal parts.

    The body faces ahead all the time.
    """
    along, left = s.travel
    along, left = ahead * along, left if side == "left" else -left
    return all_hold(
        ("along_m", along, ">=", 0.5), ("aside_m", left, ">=", 0.5), ("ratio", left / max(along, 1e-6), ">=", 0.45),
        ("ratio ", left / max(along, 1e-6), "<=", 2.2), ("turned_deg", abs(s.turned), "<=", 25),
        ("upright", upright(s), ">=", 0.9), ("in_the_air_s", longest_flight(s), "<=", 0.2),
    )  # fmt: skip


ROWS = (
    ("on the spot", "walk in place", "walk.place", walking_in_place),
    ("on the spot", "just walk on the spot for me", "walk.place", walking_in_place),
    ("on the spot", "run in place", "run.place", running_in_place),
    ("on the spot", "she runs on the spot", "run.place", running_in_place),
    ("on the spot", "march in place", "march.place", marching_in_place),
    ("march", "march forward like a soldier", "march.forward", marching),
    ("march", "could he march over there", "march.forward", marching),
    ("high knees", "do high knees", "high_knees", high_knees),
    ("butt kicks", "do some butt kicks", "butt_kicks", butt_kicks),
    ("tiptoe", "tiptoe across the room", "tiptoe.forward", on_tiptoe),
    ("tiptoe", "walk up on your toes", "tiptoe.forward", on_tiptoe),
    ("limp", "walk with a limp", "limp", limping),
    ("limp", "limp on your right leg", "limp.right", partial(limping, side="right")),
    ("limp", "hobble along with a sore left foot", "limp.left", partial(limping, side="left")),
    ("lunges", "do walking lunges", "lunge_walk", lunging),
    ("duck walk", "waddle like a duck", "duck_walk", duck_walking),
    ("shuffle", "shuffle along", "shuffle.forward", shuffling),
    ("shuffle", "drag your feet", "shuffle.forward", shuffling),
    ("skip", "skip happily", "skip.forward", skipping),
    ("skip", "can you skip along like a child", "skip.forward", skipping),
    ("skip", "skip on the spot", "skip.place", partial(skipping, ahead=False)),
    ("gallop", "gallop like a horse", "gallop.forward", galloping),
    ("moonwalk", "do the moonwalk", "moonwalk.backward", moonwalking),
    ("stagger", "stagger around", "stagger.forward", staggering),
    ("diagonal", "walk forward and to the left at an angle", "walk.forward-left", partial(diagonally, ahead=1, side="left")),
    ("diagonal", "step back and to the right", "walk.backward-right", partial(diagonally, ahead=-1, side="right")),
)
