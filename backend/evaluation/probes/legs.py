"""Measurements of jumps, hops, kicks, squats, sitting, kneeling, balancing, climbing."""

from __future__ import annotations

import numpy as np

from .signals import Signals, true_runs
from .travel import longest_flight
from .verdict import Verdict, all_hold, count_checks


def _flights(s: Signals, least_lift: float, rise: float) -> list[tuple[int, int]]:
    """Take-off and landing of flights in which the pelvis rises ``rise`` metres above standing."""
    height = (s.pelvis_height - 1.0) * 0.98  # metres above standing
    whole = [(a, b) for a, b in s.airborne(least_lift) if a > 0 and b < len(s)]
    return [(a, b) for a, b in whole if b - a >= 3 and height[a:b].max() >= rise]


def jumps(
    s: Signals, count: int | None = None, least_lift: float = 0.06, rise: float = 0.13, ahead: float | None = None
) -> Verdict:
    """Jumps clearly with both feet ``count`` times; forward by ``ahead`` metres if asked."""
    found = _flights(s, least_lift, rise)
    airtime = sum(b - a for a, b in found) / s.fps
    checks = count_checks("jumps", len(found), count, (1, 2))
    checks.append(("air_s_a_jump", airtime / max(len(found), 1), ">=", 0.13))
    checks.append(("height_at_end", float(s.pelvis_height[-3:].mean()), "<=", 1.2))
    if ahead is not None:
        checks.append(("ahead_m", s.travel[0], ">=", ahead))
    else:
        checks.append(("path_m", s.path_length, "<=", 1.4))
    return all_hold(*checks)


def hops(s: Signals, count: int | None = None) -> Verdict:
    """Hops lightly with both feet ``count`` times, without going down deep before."""
    found = _flights(s, 0.025, 0.03)
    apart = [abs(float((s.lift("left") - s.lift("right"))[a:b].mean())) for a, b in found]
    return all_hold(
        *count_checks("hops", len(found), count, (1, 12)), ("lowest", float(s.pelvis_height.min()), ">=", 0.74),
        ("longest_air_s", max((b - a for a, b in found), default=0) / s.fps, "<=", 0.6),
        ("feet_apart_m", float(np.median(apart)) if apart else 1.0, "<=", 0.1),
        ("upright", float((s.pelvis_height > 0.6).mean()), ">=", 0.9),
    )  # fmt: skip


def hops_on(s: Signals, side: str, count: int | None = None) -> Verdict:
    """Hops on one leg: the other foot stays up while this one leaves the floor and lands."""
    other = "right" if side == "left" else "left"
    found = [(a, b) for a, b in true_runs(s.lift(side) > 0.02) if 3 <= b - a <= 24]
    held = [(a, b) for a, b in found if s.lift(other)[max(0, a - 3) : b + 3].min() > 0.06]
    up = float((s.lift(other) > 0.06).mean())
    return all_hold(*count_checks("hops", len(held), count, (1, 12)), (f"{other}_foot_up", up, ">=", 0.25))


def foot_raised_forward(s: Signals, side: str, count: int | None = None) -> Verdict:
    """Kicks to the front: a foot swings up ahead, the leg opening; the other foot stays down.

    Either clearly up (0.28 m), or, as one kicks a ball, low but far ahead and at more than a runner's swing.
    """
    other = "right" if side == "left" else "left"
    foot, lift = s.seen_from(f"{side}_ankle", f"{side}_hip"), s.lift(side)
    swing = np.linalg.norm(s.speed(s.seen_from(f"{side}_ankle", "pelvis")), axis=-1)
    high = (lift > 0.28) & (foot[:, 2] > 0.28) & (s.knee_bend(side) < 78)
    low = (lift > 0.12) & (foot[:, 2] > 0.45) & (s.knee_bend(side) < 65)
    kicks = 0
    for mask, speed in ((high, 1.8), (low & ~high, 5.5)):
        for a, b in true_runs(mask):
            kicks += int(swing[max(0, a - 10) : b + 5].max() >= speed and s.lift(other)[a:b].min() < 0.12)
    return all_hold(
        *count_checks("kicks", kicks, count, (1, 4)), ("highest_foot_m", float(lift.max()), ">=", 0.13),
        ("other_foot_m", float(np.percentile(s.lift(other), 80)), "<=", 0.15), ("path_m", s.path_length, "<=", 3.2),
        ("upright", float((s.pelvis_height > 0.7).mean()), ">=", 0.8),
    )  # fmt: skip


def squats(s: Signals, count: int | None = None) -> Verdict:
    """Pelvis well down over both feet and up again, ``count`` times."""
    deep = [(a, b) for a, b in true_runs(s.pelvis_height < 0.78) if b - a >= 5]
    both = min(float(np.percentile(s.knee_bend(side), 95)) for side in ("left", "right"))
    lifted = max(float(np.percentile(s.lift(side), 90)) for side in ("left", "right"))
    return all_hold(
        *count_checks("squats", len(deep), count, (1, 3)),
        ("both_knees_deg", both, ">=", 60), ("height_at_start", float(s.pelvis_height[:8].max()), ">=", 0.85),
        ("height_at_end", float(s.pelvis_height[-5:].mean()), ">=", 0.85),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.2), ("foot_lift_m", lifted, "<=", 0.12),
        ("path_m_per_s", s.path_length / s.seconds, "<=", 0.5), ("lean_deg", float(s.lean.max()), "<=", 75),
    )  # fmt: skip


def pelvis_drop(s: Signals, fastest: float = 9.0) -> Verdict:
    """Sits at the end: pelvis at stool height or lower, thighs nearly level, trunk upright.

    ``fastest``: how many standing pelvis heights a second it may go down with.
    """
    drop = float((-s.speed(s.smooth(s.pelvis_height, 0.1))).max())
    tail = slice(-max(8, len(s) // 10), None)
    thighs = [float(np.median(s.thigh_raise(side)[tail])) for side in ("left", "right")]
    return all_hold(
        ("height_at_start", float(s.pelvis_height[:10].max()), ">=", 0.85),
        ("height_at_end", float(s.pelvis_height[tail].mean()), "<=", 0.85),
        ("lower_thigh_deg", min(thighs), ">=", 50), ("lean_deg", float(np.median(s.lean[tail])), "<=", 40),
        ("still_at_end_m_s", float(s.pace[tail].mean()), "<=", 0.45), ("drop_per_s", drop, "<=", fastest),
    )  # fmt: skip


def pelvis_rise(s: Signals) -> Verdict:
    """Stands up: from seat height or lower to standing, and stays there."""
    return all_hold(
        ("height_at_start", float(s.pelvis_height[:8].mean()), "<=", 0.82),
        ("height_at_end", float(s.pelvis_height[-8:].mean()), ">=", 0.87),
        ("rise", float(s.pelvis_height[-8:].mean() - s.pelvis_height[:8].min()), ">=", 0.14),
        ("lean_at_end_deg", float(np.median(s.lean[-8:])), "<=", 35),
    )  # fmt: skip


def kneeling(s: Signals) -> Verdict:
    """A knee on the floor at the end, trunk upright."""
    tail = slice(-8, None)
    knee = min(float(s[f"{side}_knee"][tail, 1].mean()) for side in ("left", "right")) - s.floor
    return all_hold(
        ("lower_knee_m", knee, "<=", 0.2), ("height_at_start", float(s.pelvis_height[:10].max()), ">=", 0.85),
        ("lean_deg", float(np.median(s.lean[tail])), "<=", 60),
        ("height_at_end", float(s.pelvis_height[tail].mean()), ">=", 0.25),
    )  # fmt: skip


def jacks(s: Signals, count: int | None = None) -> Verdict:
    """Jumping jacks: arms swing up as the feet part, down as they meet, ``count`` times."""
    over = np.minimum(*(s.seen_from(f"{d}_wrist", f"{d}_shoulder")[:, 1] for d in ("left", "right")))
    width = np.linalg.norm((s["left_ankle"] - s["right_ankle"])[:, [0, 2]], axis=-1)
    found = [(a, b) for a, b in true_runs(over > 0.15) if b - a >= 3 and width[a:b].max() > width.min() + 0.15]
    return all_hold(
        *count_checks("jacks", len(found), count, (1, 12)),
        ("arms_down_m", float(over.min()), "<=", -0.15), ("feet_together_m", float(width.min()), "<=", 0.35),
        ("height", float(np.percentile(s.pelvis_height, 20)), ">=", 0.85),
        ("path_m_per_s", s.path_length / s.seconds, "<=", 0.5),
    )  # fmt: skip


def balancing(s: Signals, side: str = "") -> Verdict:
    """Stands on one leg (the named one) for over a second, without hopping or moving away."""
    held = {}
    for leg, other in (("left", "right"), ("right", "left")):
        on = (s.lift(other) > 0.07) & (s.lift(leg) < 0.05)
        held[leg] = max((b - a for a, b in true_runs(on)), default=0) / s.fps
    leg = side or max(held, key=held.get)
    return all_hold(
        ("held_s", held[leg], ">=", 1.2), ("path_m", s.path_length, "<=", 0.8),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.7), ("jump", float(s.pelvis_height.max()), "<=", 1.08),
    )  # fmt: skip


def crouching(s: Signals) -> Verdict:
    """Crouches at the end: low over the feet, knees bent but off the floor, trunk not level."""
    tail = slice(-max(8, len(s) // 10), None)
    feet = (s["left_ankle"] + s["right_ankle"]) / 2 - s["pelvis"]
    knee = min(float(s[f"{side}_knee"][tail, 1].mean()) for side in ("left", "right")) - s.floor
    return all_hold(
        ("height_at_end", float(s.pelvis_height[tail].mean()), "<=", 0.78), ("lowest", float(s.pelvis_height.min()), ">=", 0.25),
        ("lower_knee_m", knee, ">=", 0.15), ("lean_deg", float(np.median(s.lean[tail])), "<=", 70),
        ("feet_away_m", float(np.median(np.linalg.norm(feet[tail][:, [0, 2]], axis=-1))), "<=", 0.36),
        ("path_m", s.path_length, "<=", 1.0),
    )  # fmt: skip


def crouched_walk(s: Signals, least: float = 0.6) -> Verdict:
    """Walks crouched: gets ahead on foot, the pelvis well below standing height all the way."""
    hands = np.minimum(s["left_wrist"][:, 1], s["right_wrist"][:, 1]) - s.floor
    return all_hold(
        ("ahead_m", s.gone_as_faced[0], ">=", least), ("height", float(np.percentile(s.pelvis_height, 40)), "<=", 0.82),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.3), ("hand_m", float(np.percentile(hands, 25)), ">=", 0.15),
        ("in_the_air_s", longest_flight(s), "<=", 0.2),
    )  # fmt: skip


def climbing(s: Signals, rise: float = 0.3, hands: bool = False) -> Verdict:
    """Climbs: the pelvis ends higher; on a ladder (``hands``) the hands go over the shoulders."""
    gain = float(s["pelvis"][-5:, 1].mean() - s["pelvis"][:5, 1].mean())
    over = [float((s[f"{d}_wrist"][:, 1] - s[f"{d}_shoulder"][:, 1]).max()) for d in ("left", "right")]
    checks = [("gain_m", gain, ">=", rise), ("lean_deg", float(np.median(s.lean)), "<=", 45)]
    checks.append(("hand_over_shoulder_m", min(over) if hands else max(over), ">=" if hands else "<=", -0.12 if hands else 0.6))
    if not hands:
        checks.append(("ahead_m", s.gone_as_faced[0], ">=", 0.3))
    return all_hold(*checks)
