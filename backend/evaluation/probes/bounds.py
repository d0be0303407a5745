"""Measurements of leaps, jumps to a side, rope, and of bodies that crawl back, swim or fly."""

from __future__ import annotations

from functools import partial

import numpy as np

from .signals import Signals, count_reversals, true_runs
from .travel import upright
from .verdict import Verdict, all_hold, count_checks

SIDES = ("left", "right")


def leaping(s: Signals) -> Verdict:
    """Leaps: off one foot, a long flight with the feet far apart, onto the other."""
    flights = [(a, b) for a, b in s.airborne(0.03) if a > 0 and b < len(s)]
    a, b = max(flights, key=lambda flight: flight[1] - flight[0], default=(0, 1))
    apart = np.linalg.norm((s["left_ankle"] - s["right_ankle"])[a:b, [0, 2]], axis=-1)
    before = [side for side in SIDES if s.lift(side)[max(0, a - 2) : max(a, 1)].min() < 0.035]
    return all_hold(
        ("in_the_air_s", (b - a) / s.fps, ">=", 0.26), ("apart_m", float(apart.max()), ">=", 0.6),
        ("feet_at_take_off", len(before), "<=", 1),
        ("ahead_m", s.part(max(0, a - 2), min(len(s), b + 2)).gone_as_faced[0], ">=", 0.7),
        ("lean_deg", float(s.lean.max()), "<=", 75),
    )  # fmt: skip


def jumping_to(s: Signals, direction: str) -> Verdict:
    """Jumps back or to a side with both feet, once or a few times."""
    along, left = s.travel
    way, across = {"backward": (-along, abs(left)), "left": (left, abs(along)), "right": (-left, abs(along))}[direction]
    flights = [(a, b) for a, b in s.airborne(0.03) if a > 0 and b < len(s) and b - a >= 4]
    both = [abs(float((s.lift("left") - s.lift("right"))[a:b].mean())) for a, b in flights]
    return all_hold(
        ("jumps", len(flights), ">=", 1), (f"{direction}_m", way, ">=", 0.25),
        ("across_share", across / max(way, 1e-6), "<=", 0.6), ("feet_apart_m", min(both, default=1.0), "<=", 0.12),
        ("turned_deg", abs(s.turned), "<=", 45), ("upright", upright(s), ">=", 0.4), ("seconds", s.seconds, "<=", 5.0),
    )  # fmt: skip


def rope_jumping(s: Signals, count: int | None = None) -> Verdict:
    """Jumps rope: light jumps on the spot, hands out beside the hips turning once for each."""
    flights = [(a, b) for a, b in s.airborne(0.02) if 3 <= b - a <= 14 and a > 0 and b < len(s)]
    turns, outs = [], []
    start, end = (flights[0][0], flights[-1][1]) if flights else (0, len(s))
    for side in SIDES:
        hand = s.seen_from(f"{side}_wrist", "spine2")[start:end]
        turns.append(count_reversals(s.smooth(hand[:, 1], 0.02), 0.04))
        outs.append(float(np.median(np.abs(hand[:, 0]))))
    return all_hold(
        *count_checks("jumps", len(flights), count, (3, 20)),
        ("turns_a_jump", min(turns) / 2 / max(len(flights), 1), ">=", 0.55),
        ("turns_a_jump ", max(turns) / 2 / max(len(flights), 1), "<=", 1.5), ("out_m", min(outs), ">=", 0.24),
        ("path_m", s.path_length, "<=", 1.2), ("upright", upright(s), ">=", 0.95),
    )  # fmt: skip


def crawling_back(s: Signals) -> Verdict:
    """Crawls backward on hands and knees."""
    hands = np.minimum(s["left_wrist"][:, 1], s["right_wrist"][:, 1])
    knees = np.minimum(s["left_knee"][:, 1], s["right_knee"][:, 1])
    return all_hold(
        ("back_m", -s.gone_as_faced[0], ">=", 0.4), ("height", float(np.median(s.pelvis_height)), "<=", 0.65),
        ("lean_deg", float(np.median(s.lean)), ">=", 50), ("hand_m", float(np.median(hands)), "<=", 0.3),
        ("knee_m", float(np.median(knees)), "<=", 0.3),
    )  # fmt: skip


def _level(s: Signals) -> list[tuple[str, float, str, float]]:
    feet = np.minimum(s["left_foot"][:, 1], s["right_foot"][:, 1])
    return [
        ("lean_deg", float(np.median(s.lean)), ">=", 50), ("bend_deg", float(np.median(s.bend)), ">=", 0),
        ("feet_m", float(np.median(feet)), ">=", 0.25), ("height_m", float(np.median(s["pelvis"][:, 1])), ">=", 0.5),
        ("ahead_m", s.travel[0], ">=", 0.6),
    ]  # fmt: skip


def _reach(s: Signals, side: str) -> np.ndarray:
    """(T,) metres a hand is ahead of its shoulder."""
    return s.smooth(s.seen_from(f"{side}_wrist", f"{side}_shoulder")[:, 2], 0.05)


def _together(left: np.ndarray, right: np.ndarray) -> float:
    """Correlation of two curves, 1 when both do the same; 0 where one does not move."""
    return float(np.corrcoef(left, right)[0, 1]) if min(left.std(), right.std()) > 1e-6 else 0.0


def swimming_crawl(s: Signals) -> Verdict:
    """Swims the crawl: level in the water, ahead, the arms going round in turn."""
    left, right = _reach(s, "left"), _reach(s, "right")
    together = _together(left, right)
    return all_hold(
        *_level(s), ("left_reach_m", float(np.ptp(left)), ">=", 0.5), ("right_reach_m", float(np.ptp(right)), ">=", 0.5),
        ("together", together, "<=", 0.5), ("strokes", count_reversals(left, 0.35) + count_reversals(right, 0.35), ">=", 4),
    )  # fmt: skip


def swimming_breaststroke(s: Signals) -> Verdict:
    """Swims the breaststroke: level, ahead, both arms and both knees at once."""
    left, right = _reach(s, "left"), _reach(s, "right")
    out = np.minimum(s.seen_from("left_wrist", "spine3")[:, 0], -s.seen_from("right_wrist", "spine3")[:, 0])
    knees = np.minimum(s.knee_bend("left"), s.knee_bend("right"))
    return all_hold(
        *_level(s), ("together", _together(left, right), ">=", 0.6), ("out_m", float(out.max()), ">=", 0.3),
        ("knees_deg", float(knees.max()), ">=", 70), ("kicks", len(true_runs(knees > 60)), ">=", 1),
    )  # fmt: skip


def flying(s: Signals) -> Verdict:
    """Flies: high over the floor for over a second, longer than any jump.

    The body is stretched out and goes ahead.
    """
    feet = np.minimum(s["left_foot"][:, 1], s["right_foot"][:, 1])
    up = max((b - a for a, b in true_runs(feet > 0.35)), default=0) / s.fps
    high = s["pelvis"][:, 1] > 1.25
    return all_hold(
        ("in_the_air_s", up, ">=", 1.2), ("height_m", float(s["pelvis"][:, 1].max()), ">=", 1.4),
        ("lean_deg", float(np.median(s.lean[high])) if high.any() else 0.0, ">=", 35), ("ahead_m", s.travel[0], ">=", 0.5),
    )  # fmt: skip


ROWS = (
    ("leap", "take a big leap through the air", "leap", leaping),
    ("jump back", "jump backwards with both feet", "jump.backward", partial(jumping_to, direction="backward")),
    ("jump back", "could you jump back a little", "jump.backward", partial(jumping_to, direction="backward")),
    ("jump to a side", "jump to the left", "jump.left", partial(jumping_to, direction="left")),
    ("jump to a side", "jump sideways to the right", "jump.right", partial(jumping_to, direction="right")),
    ("rope", "jump rope", "jump_rope", rope_jumping),
    ("rope", "do four rope jumps", "jump_rope*4", partial(rope_jumping, count=4)),
    ("crawl back", "crawl backwards on your hands and knees", "crawl.backward", crawling_back),
    ("swim", "swim forward", "swim.forward", swimming_crawl),
    ("swim", "go swimming", "swim.forward", swimming_crawl),
    ("swim", "swim the breaststroke", "swim_breaststroke", swimming_breaststroke),
    ("fly", "fly through the air", "fly", flying),
)
