"""Measurements of legs and pelvis: jumps, hops, kicks, squats, sitting, kneeling, crouching, balancing, climbing."""

from __future__ import annotations

import numpy as np

from .signals import Signals, runs
from .travel import longest_flight
from .verdict import Verdict, hold, times


def _flights(s: Signals, least_lift: float, rise: float) -> list[tuple[int, int]]:
    """Times in the air, from take-off to landing, in which the pelvis, too, rises ``rise`` metres above standing."""
    height = (s.pelvis_height - 1.0) * 0.98  # metres above standing
    whole = [(a, b) for a, b in s.airborne(least_lift) if a > 0 and b < len(s)]
    return [(a, b) for a, b in whole if b - a >= 3 and height[a:b].max() >= rise]


def jumps(
    s: Signals, count: int | None = None, least_lift: float = 0.06, rise: float = 0.13, ahead: float | None = None
) -> Verdict:
    """Leaves the floor with both feet at once, clearly, ``count`` times; forward by ``ahead`` metres if asked."""
    found = _flights(s, least_lift, rise)
    airtime = sum(b - a for a, b in found) / s.fps
    checks = times("jumps", len(found), count, (1, 2))
    checks.append(("air_s_a_jump", airtime / max(len(found), 1), ">=", 0.13))
    checks.append(("height_at_end", float(s.pelvis_height[-3:].mean()), "<=", 1.2))
    if ahead is not None:
        checks.append(("ahead_m", s.travel[0], ">=", ahead))
    else:
        checks.append(("path_m", s.path_length, "<=", 1.4))
    return hold(*checks)


def hops(s: Signals, count: int | None = None) -> Verdict:
    """Leaves the floor with both feet at once and lightly, without going down deep for it, ``count`` times."""
    found = _flights(s, 0.025, 0.03)
    apart = [abs(float((s.lift("left") - s.lift("right"))[a:b].mean())) for a, b in found]
    return hold(
        *times("hops", len(found), count, (1, 12)), ("lowest", float(s.pelvis_height.min()), ">=", 0.74),
        ("longest_air_s", max((b - a for a, b in found), default=0) / s.fps, "<=", 0.6),
        ("feet_apart_m", float(np.median(apart)) if apart else 1.0, "<=", 0.1),
        ("upright", float((s.pelvis_height > 0.6).mean()), ">=", 0.9),
    )  # fmt: skip


def hops_on(s: Signals, side: str, count: int | None = None) -> Verdict:
    """Hops on one leg: the other foot stays up while the standing foot leaves the floor and comes back."""
    other = "right" if side == "left" else "left"
    found = [(a, b) for a, b in runs(s.lift(side) > 0.02) if 3 <= b - a <= 24]
    held = [(a, b) for a, b in found if s.lift(other)[max(0, a - 3) : b + 3].min() > 0.06]
    up = float((s.lift(other) > 0.06).mean())
    return hold(*times("hops", len(held), count, (1, 12)), (f"{other}_foot_up", up, ">=", 0.25))


def foot_raised_forward(s: Signals, side: str, count: int | None = None) -> Verdict:
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
        *times("kicks", kicks, count, (1, 4)), ("highest_foot_m", float(lift.max()), ">=", 0.13),
        ("other_foot_m", float(np.percentile(s.lift(other), 80)), "<=", 0.15), ("path_m", s.path_length, "<=", 3.2),
        ("upright", float((s.pelvis_height > 0.7).mean()), ">=", 0.8),
    )  # fmt: skip


def squats(s: Signals, count: int | None = None) -> Verdict:
    """Pelvis well down over both feet and up again, ``count`` times."""
    deep = [(a, b) for a, b in runs(s.pelvis_height < 0.78) if b - a >= 5]
    both = min(float(np.percentile(s.knee_bend(side), 95)) for side in ("left", "right"))
    lifted = max(float(np.percentile(s.lift(side), 90)) for side in ("left", "right"))
    return hold(
        *times("squats", len(deep), count, (1, 3)),
        ("both_knees_deg", both, ">=", 60), ("height_at_start", float(s.pelvis_height[:8].max()), ">=", 0.85),
        ("height_at_end", float(s.pelvis_height[-5:].mean()), ">=", 0.85),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.2), ("foot_lift_m", lifted, "<=", 0.12),
        ("path_m_per_s", s.path_length / s.seconds, "<=", 0.5), ("lean_deg", float(s.lean.max()), "<=", 75),
    )  # fmt: skip


def pelvis_drop(s: Signals, fastest: float = 9.0) -> Verdict:
    """Sits at the end: pelvis at the height of a high stool or lower, both thighs raised towards level, trunk upright.

    ``fastest``: how many standing pelvis heights a second it may go down with.
    """
    drop = float((-s.speed(s.smooth(s.pelvis_height, 0.1))).max())
    tail = slice(-max(8, len(s) // 10), None)
    thighs = [float(np.median(s.thigh_raise(side)[tail])) for side in ("left", "right")]
    return hold(
        ("height_at_start", float(s.pelvis_height[:10].max()), ">=", 0.85),
        ("height_at_end", float(s.pelvis_height[tail].mean()), "<=", 0.85),
        ("lower_thigh_deg", min(thighs), ">=", 50), ("lean_deg", float(np.median(s.lean[tail])), "<=", 40),
        ("still_at_end_m_s", float(s.pace[tail].mean()), "<=", 0.45), ("drop_per_s", drop, "<=", fastest),
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


def jacks(s: Signals, count: int | None = None) -> Verdict:
    """Jumping jacks: both arms swing up as the feet go apart and down as they come together, ``count`` times."""
    over = np.minimum(*(s.seen_from(f"{d}_wrist", f"{d}_shoulder")[:, 1] for d in ("left", "right")))
    width = np.linalg.norm((s["left_ankle"] - s["right_ankle"])[:, [0, 2]], axis=-1)
    found = [(a, b) for a, b in runs(over > 0.15) if b - a >= 3 and width[a:b].max() > width.min() + 0.15]
    return hold(
        *times("jacks", len(found), count, (1, 12)),
        ("arms_down_m", float(over.min()), "<=", -0.15), ("feet_together_m", float(width.min()), "<=", 0.35),
        ("height", float(np.percentile(s.pelvis_height, 20)), ">=", 0.85),
        ("path_m_per_s", s.path_length / s.seconds, "<=", 0.5),
    )  # fmt: skip


def balancing(s: Signals, side: str = "") -> Verdict:
    """Stands on one leg (the named one) for more than a second: the other foot is up, nothing hops or goes away."""
    held = {}
    for leg, other in (("left", "right"), ("right", "left")):
        on = (s.lift(other) > 0.07) & (s.lift(leg) < 0.05)
        held[leg] = max((b - a for a, b in runs(on)), default=0) / s.fps
    leg = side or max(held, key=held.get)
    return hold(
        ("held_s", held[leg], ">=", 1.2), ("path_m", s.path_length, "<=", 0.8),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.7), ("jump", float(s.pelvis_height.max()), "<=", 1.08),
    )  # fmt: skip


def crouching(s: Signals) -> Verdict:
    """Crouches at the end: low over the feet with bent knees that stay off the floor, the trunk no lower than bent."""
    tail = slice(-max(8, len(s) // 10), None)
    feet = (s["left_ankle"] + s["right_ankle"]) / 2 - s["pelvis"]
    knee = min(float(s[f"{side}_knee"][tail, 1].mean()) for side in ("left", "right")) - s.floor
    return hold(
        ("height_at_end", float(s.pelvis_height[tail].mean()), "<=", 0.78), ("lowest", float(s.pelvis_height.min()), ">=", 0.25),
        ("lower_knee_m", knee, ">=", 0.15), ("lean_deg", float(np.median(s.lean[tail])), "<=", 70),
        ("feet_away_m", float(np.median(np.linalg.norm(feet[tail][:, [0, 2]], axis=-1))), "<=", 0.36),
        ("path_m", s.path_length, "<=", 1.0),
    )  # fmt: skip


def crouched_walk(s: Signals, least: float = 0.6) -> Verdict:
    """Walks crouched: gets ahead on foot with the pelvis well under its standing height all the way."""
    hands = np.minimum(s["left_wrist"][:, 1], s["right_wrist"][:, 1]) - s.floor
    return hold(
        ("ahead_m", s.way[0], ">=", least), ("height", float(np.percentile(s.pelvis_height, 40)), "<=", 0.82),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.3), ("hand_m", float(np.percentile(hands, 25)), ">=", 0.15),
        ("in_the_air_s", longest_flight(s), "<=", 0.2),
    )  # fmt: skip


def climbing(s: Signals, rise: float = 0.3, hands: bool = False) -> Verdict:
    """Goes up: the pelvis ends higher than it began; on a ladder (``hands``) hands go up in turn over the shoulders."""
    gain = float(s["pelvis"][-5:, 1].mean() - s["pelvis"][:5, 1].mean())
    over = [float((s[f"{d}_wrist"][:, 1] - s[f"{d}_shoulder"][:, 1]).max()) for d in ("left", "right")]
    checks = [("gain_m", gain, ">=", rise), ("lean_deg", float(np.median(s.lean)), "<=", 45)]
    checks.append(("hand_over_shoulder_m", min(over) if hands else max(over), ">=" if hands else "<=", -0.12 if hands else 0.6))
    if not hands:
        checks.append(("ahead_m", s.way[0], ">=", 0.3))
    return hold(*checks)
