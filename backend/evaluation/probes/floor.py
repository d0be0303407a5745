"""Measurements of lying, falling, getting up, crawling, push-ups, sit-ups, rolls, flips."""

from __future__ import annotations

import numpy as np

from .signals import Signals, count_reversals, true_runs
from .verdict import Verdict, all_hold, count_checks


def lying(s: Signals) -> Verdict:
    """Lies at the end: trunk level, head and pelvis near the floor, after having been higher."""
    tail = slice(-8, None)
    return all_hold(
        ("height_at_start", float(s.pelvis_height[:10].max()), ">=", 0.4),
        ("height_at_end", float(s.pelvis_height[tail].mean()), "<=", 0.4),
        ("lean_deg", float(np.median(s.lean[tail])), ">=", 60),
        ("head_m", float(s["head"][tail, 1].mean() - s.floor), "<=", 0.6),
    )  # fmt: skip


def falling(s: Signals) -> Verdict:
    """Falls: from standing to the floor, with the pelvis dropping faster than anybody lies down."""
    drop = -s.speed(s.smooth(s.pelvis_height, 0.05))
    return all_hold(
        ("height_at_start", float(s.pelvis_height[:10].max()), ">=", 0.75),
        ("height_at_end", float(s.pelvis_height[-5:].mean()), "<=", 0.45),
        ("fastest_drop_per_s", float(drop.max()), ">=", 1.1),
    )


def getting_up(s: Signals) -> Verdict:
    """Gets up: from lying or sitting on the floor to standing upright."""
    return all_hold(
        ("height_at_start", float(s.pelvis_height[:8].min()), "<=", 0.45),
        ("height_at_end", float(s.pelvis_height[-8:].mean()), ">=", 0.85),
        ("lean_at_end_deg", float(np.median(s.lean[-8:])), "<=", 40),
    )


def crawling(s: Signals, least: float = 0.5) -> Verdict:
    """Crawls: goes forward, pelvis low, trunk nearly level, hands near the floor."""
    hands = np.minimum(s["left_wrist"][:, 1], s["right_wrist"][:, 1]) - s.floor
    knees = np.minimum(s["left_knee"][:, 1], s["right_knee"][:, 1]) - s.floor
    return all_hold(
        ("ahead_m", s.gone_as_faced[0], ">=", least), ("height", float(np.median(s.pelvis_height)), "<=", 0.62),
        ("lean_deg", float(np.median(s.lean)), ">=", 50), ("hand_m", float(np.median(hands)), "<=", 0.3),
        ("knee_m", float(np.median(knees)), "<=", 0.3),
    )  # fmt: skip


def push_ups(s: Signals, count: int | None = None) -> Verdict:
    """Push-ups: stretched out on the hands, the chest goes down and up ``count`` times."""
    plank = (s.lean > 55) & (s.pelvis_height < 0.6)
    hands = np.maximum(s["left_wrist"][:, 1], s["right_wrist"][:, 1]) - s.floor
    on_hands = float((hands[plank] < 0.3).mean()) if plank.any() else 0.0
    start, end = max(true_runs(plank), key=lambda run: run[1] - run[0], default=(0, 1))
    chest = s.smooth(s["neck"][start:end, 1], 0.05)
    knees = np.median([s.knee_bend(side)[plank].mean() if plank.any() else 180.0 for side in ("left", "right")])
    return all_hold(
        *count_checks("push_ups", -(-count_reversals(chest, 0.1) // 2), count, (1, 12)),
        ("plank_s", float(plank.sum()) / s.fps, ">=", 0.8),
        ("on_hands", on_hands, ">=", 0.8), ("knees_deg", float(knees), "<=", 60),
    )  # fmt: skip


def sit_ups(s: Signals, count: int | None = None) -> Verdict:
    """Sit-ups: on the floor, the trunk goes from lying to upright and back ``count`` times."""
    low = s.pelvis_height < 0.55
    start, end = max(true_runs(low), key=lambda run: run[1] - run[0], default=(0, 1))
    trunk = s.smooth(s.lean[start:end], 0.06)
    slid = s.part(start, end).path_length if end - start > 1 else 9.0
    return all_hold(
        *count_checks("sit_ups", -(-count_reversals(trunk, 25.0) // 2), count, (1, 12)),
        ("low_s", (end - start) / s.fps, ">=", 0.8),
        ("lowest_trunk_deg", float(trunk.max(initial=0.0)), ">=", 50), ("slid_m_per_s", slid / (end - start) * s.fps, "<=", 0.4),
    )  # fmt: skip


def _tumble(s: Signals) -> tuple[float, float]:
    """How many seconds the trunk is head down, and the median pelvis height then."""
    over = s.lean > 110
    return float(over.sum()) / s.fps, float(np.median(s.pelvis_height[over])) if over.any() else 9.0


def rolling(s: Signals) -> Verdict:
    """Rolls: head down at some time with the pelvis low and the head near the floor."""
    seconds, height = _tumble(s)
    return all_hold(
        ("head_down_s", seconds, ">=", 0.1), ("height_then", height, "<=", 0.85),
        ("lowest_head_m", float((s["head"][:, 1] - s.floor).min()), "<=", 0.45),
        ("lowest", float(s.pelvis_height.min()), "<=", 0.6),
    )  # fmt: skip


def cartwheel(s: Signals) -> Verdict:
    """Turns a cartwheel: head down, pelvis high, a hand on the floor, feet apart, and up again."""
    seconds, height = _tumble(s)
    over = s.lean > 110
    hands = np.minimum(s["left_wrist"][:, 1], s["right_wrist"][:, 1]) - s.floor
    return all_hold(
        ("head_down_s", seconds, ">=", 0.15), ("height_then", height, ">=", 0.75),
        ("hand_m", float(hands[over].min()) if over.any() else 9.0, "<=", 0.3),
        ("lean_at_end_deg", float(np.median(s.lean[-5:])), "<=", 45),
    )  # fmt: skip


def backflip(s: Signals) -> Verdict:
    """Flips: head down with feet and hands off the floor, on the feet at both ends."""
    seconds, height = _tumble(s)
    over = s.lean > 110
    hands = np.minimum(s["left_wrist"][:, 1], s["right_wrist"][:, 1]) - s.floor
    return all_hold(
        ("head_down_s", seconds, ">=", 0.08), ("height_then", height, ">=", 0.9),
        ("hand_m", float(np.median(hands[over])) if over.any() else 0.0, ">=", 0.35),
        ("lean_at_end_deg", float(np.median(s.lean[-3:])), "<=", 50),
    )  # fmt: skip
