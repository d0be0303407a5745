"""Measurements of legs and pelvis: jumps, hops, kicks, squats, sitting, kneeling, lying down."""

from __future__ import annotations

import numpy as np

from .signals import Signals, runs
from .verdict import Verdict, hold


def _flights(s: Signals, least_lift: float, rise: float) -> list[tuple[int, int]]:
    """Times in the air in which the pelvis, too, rises above its standing height by ``rise`` metres."""
    height = (s.pelvis_height - 1.0) * 0.98  # metres above standing
    return [(a, b) for a, b in s.airborne(least_lift) if b - a >= 3 and height[a:b].max() >= rise]


def jumps(
    s: Signals, count: int = 1, least_lift: float = 0.06, rise: float = 0.13, ahead: float | None = None
) -> Verdict:
    """Leaves the floor with both feet at once, clearly, ``count`` times; forward by ``ahead`` metres if asked."""
    found = _flights(s, least_lift, rise)
    airtime = sum(b - a for a, b in found) / s.fps
    checks = [("jumps", len(found), ">=", count), ("jumps ", len(found), "<=", max(count, 1) if count > 1 else 2)]
    checks.append(("air_s_a_jump", airtime / max(len(found), 1), ">=", 0.13))
    if ahead is not None:
        checks.append(("ahead_m", s.travel[0], ">=", ahead))
    else:
        checks.append(("path_m", s.path_length, "<=", 1.4))
    return hold(*checks)


def hops(s: Signals, count: int | None = None) -> Verdict:
    """Leaves the floor with both feet at once and lightly, ``count`` times (from three on, one off is allowed)."""
    found = _flights(s, 0.025, 0.03)
    apart = [abs(float((s.lift("left") - s.lift("right"))[a:b].mean())) for a, b in found]
    low, high = (1, 12) if count is None else (count - (count > 2), count + (count > 2))
    return hold(
        ("hops", len(found), ">=", low), ("hops ", len(found), "<=", high),
        ("longest_air_s", max((b - a for a, b in found), default=0) / s.fps, "<=", 0.6),
        ("feet_apart_m", float(np.median(apart)) if apart else 1.0, "<=", 0.1),
        ("upright", float((s.pelvis_height > 0.6).mean()), ">=", 0.9),
    )  # fmt: skip


def hops_on(s: Signals, side: str, count: int = 1) -> Verdict:
    """Hops on one leg: the other foot stays up while the standing foot leaves the floor and comes back."""
    other = "right" if side == "left" else "left"
    found = [(a, b) for a, b in runs(s.lift(side) > 0.02) if 3 <= b - a <= 24]
    held = [(a, b) for a, b in found if s.lift(other)[max(0, a - 3) : b + 3].min() > 0.06]
    up = float((s.lift(other) > 0.06).mean())
    return hold(("hops", len(held), ">=", count), (f"{other}_foot_up", up, ">=", 0.25))


def foot_raised_forward(s: Signals, side: str, count: int = 1) -> Verdict:
    """Kicks to the front: the foot swings up ahead of the hip with the leg opening, the other foot stays down.

    Either clearly up (0.28 m), or, as one kicks a ball, low but far ahead and at more than a runner's swing.
    """
    other = "right" if side == "left" else "left"
    foot, lift = s.seen_from(f"{side}_ankle", f"{side}_hip"), s.lift(side)
    swing = np.linalg.norm(s.speed(s.seen_from(f"{side}_ankle", "pelvis")), axis=-1)
    high = (lift > 0.28) & (foot[:, 2] > 0.28) & (s.knee_bend(side) < 78)
    low = (lift > 0.12) & (foot[:, 2] > 0.45) & (s.knee_bend(side) < 65)
    kicks = 0
    for mask, speed in ((high, 1.8), (low & ~high, 5.5)):
        for a, b in runs(mask):
            kicks += int(swing[max(0, a - 10) : b + 5].max() >= speed and s.lift(other)[a:b].min() < 0.12)
    return hold(
        ("kicks", kicks, ">=", count), ("highest_foot_m", float(lift.max()), ">=", 0.13),
        ("other_foot_m", float(np.percentile(s.lift(other), 80)), "<=", 0.15), ("path_m", s.path_length, "<=", 3.2),
        ("upright", float((s.pelvis_height > 0.7).mean()), ">=", 0.8),
    )  # fmt: skip


def squats(s: Signals, count: int = 1) -> Verdict:
    """Pelvis well down over both feet and up again, ``count`` times."""
    deep = [(a, b) for a, b in runs(s.pelvis_height < 0.78) if b - a >= 5]
    both = min(float(np.percentile(s.knee_bend(side), 95)) for side in ("left", "right"))
    lifted = max(float(np.percentile(s.lift(side), 90)) for side in ("left", "right"))
    least = count if count < 3 else count - 1
    return hold(
        ("squats", len(deep), ">=", least), ("squats ", len(deep), "<=", count + (count > 2)),
        ("both_knees_deg", both, ">=", 60), ("height_at_start", float(s.pelvis_height[:8].max()), ">=", 0.85),
        ("height_at_end", float(s.pelvis_height[-5:].mean()), ">=", 0.85),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.2), ("foot_lift_m", lifted, "<=", 0.12),
        ("path_m", s.path_length, "<=", 1.5), ("lean_deg", float(s.lean.max()), "<=", 75),
    )  # fmt: skip


def pelvis_drop(s: Signals) -> Verdict:
    """Sits at the end: pelvis at seat height or lower, both thighs raised towards level, trunk upright."""
    tail = slice(-max(8, len(s) // 10), None)
    thighs = [float(np.median(s.thigh_raise(side)[tail])) for side in ("left", "right")]
    return hold(
        ("height_at_start", float(s.pelvis_height[:10].max()), ">=", 0.85),
        ("height_at_end", float(s.pelvis_height[tail].mean()), "<=", 0.72),
        ("lower_thigh_deg", min(thighs), ">=", 50), ("lean_deg", float(np.median(s.lean[tail])), "<=", 40),
        ("still_at_end_m_s", float(s.pace[tail].mean()), "<=", 0.45),
    )  # fmt: skip


def pelvis_rise(s: Signals) -> Verdict:
    """Stands up: from seat height or lower to standing, and stays there."""
    return hold(
        ("height_at_start", float(s.pelvis_height[:8].mean()), "<=", 0.82),
        ("height_at_end", float(s.pelvis_height[-8:].mean()), ">=", 0.87),
        ("rise", float(s.pelvis_height[-8:].mean() - s.pelvis_height[:8].min()), ">=", 0.14),
        ("lean_at_end_deg", float(np.median(s.lean[-8:])), "<=", 35),
    )  # fmt: skip


def kneeling(s: Signals) -> Verdict:
    """A knee on the floor at the end, trunk upright."""
    tail = slice(-8, None)
    knee = min(float(s[f"{side}_knee"][tail, 1].mean()) for side in ("left", "right")) - s.floor
    return hold(
        ("lower_knee_m", knee, "<=", 0.2), ("height_at_start", float(s.pelvis_height[:10].max()), ">=", 0.85),
        ("lean_deg", float(np.median(s.lean[tail])), "<=", 60),
        ("height_at_end", float(s.pelvis_height[tail].mean()), ">=", 0.25),
    )  # fmt: skip


def lying(s: Signals) -> Verdict:
    """Lies at the end: trunk level, head and pelvis near the floor, after having been higher."""
    tail = slice(-8, None)
    return hold(
        ("height_at_start", float(s.pelvis_height[:10].max()), ">=", 0.4),
        ("height_at_end", float(s.pelvis_height[tail].mean()), "<=", 0.4),
        ("lean_deg", float(np.median(s.lean[tail])), ">=", 60),
        ("head_m", float(s["head"][tail, 1].mean() - s.floor), "<=", 0.6),
    )  # fmt: skip


def jacks(s: Signals, count: int = 1) -> Verdict:
    """Jumping jacks: both arms swing up as the feet go apart and down as they come together, ``count`` times."""
    over = np.minimum(*(s.seen_from(f"{d}_wrist", f"{d}_shoulder")[:, 1] for d in ("left", "right")))
    width = np.linalg.norm((s["left_ankle"] - s["right_ankle"])[:, [0, 2]], axis=-1)
    found = [(a, b) for a, b in runs(over > 0.15) if b - a >= 3 and width[a:b].max() > width.min() + 0.15]
    return hold(
        ("jacks", len(found), ">=", max(1, count - 1)), ("jacks ", len(found), "<=", count + 1 if count > 1 else 12),
        ("arms_down_m", float(over.min()), "<=", -0.15), ("feet_together_m", float(width.min()), "<=", 0.35),
        ("height", float(np.percentile(s.pelvis_height, 20)), ">=", 0.85),
        ("path_m_per_s", s.path_length / s.seconds, "<=", 0.5),
    )  # fmt: skip
