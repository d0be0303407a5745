"""Measurements of waves, raised hands, punches, throws, claps, pointing, bows and nods."""

from __future__ import annotations

import numpy as np

from .signals import Signals, count_reversals, head_angles, true_runs
from .verdict import Verdict, all_hold, count_checks

OTHER = {"left": "right", "right": "left"}


def _over_head(s: Signals, side: str) -> np.ndarray:
    """(T,) metres of the wrist above the head joint (between the ears)."""
    return s[f"{side}_wrist"][:, 1] - s["head"][:, 1]


def swinging(s: Signals, side: str) -> int:
    """How often a raised forearm reverses sideways, the wrist over the elbow, near the shoulder."""
    wrist, elbow = s.seen_from(f"{side}_wrist", f"{side}_shoulder"), s.seen_from(f"{side}_elbow", f"{side}_shoulder")
    up = (wrist[:, 1] > elbow[:, 1] + 0.06) & (wrist[:, 1] > -0.2)
    fore = s.smooth((wrist - elbow) / np.linalg.norm(wrist - elbow, axis=-1, keepdims=True), 0.03)
    best = 0
    for a, b in true_runs(up):
        if b - a >= 8:
            best = max(best, count_reversals(fore[a:b, 0], 0.16))
    return best


def _held_up(s: Signals, side: str) -> np.ndarray:
    """(T,) whether the wrist is over the crown of the head and nearly at rest against the chest."""
    speed = np.linalg.norm(s.speed(s.smooth(s[f"{side}_wrist"] - s["spine3"], 0.04)), axis=-1)
    return (_over_head(s, side) > 0.12) & (speed < 0.7)


def waving(s: Signals, side: str = "", both: bool = False) -> Verdict:
    """Waves: a raised forearm swings to and fro at least three times, the hands apart.

    The other hand is down if a side is named; it swings, too, if ``both``.
    """
    found = {d: swinging(s, d) for d in ("left", "right")}
    arm = side or max(found, key=found.get)
    checks = [("swings", found[arm], ">=", 3)]
    apart = float(np.percentile(np.linalg.norm(s["left_wrist"] - s["right_wrist"], axis=-1), 25))
    checks.append(("hands_apart_m", apart, ">=", 0.3))
    if both:
        checks.append(("other_swings", min(found.values()), ">=", 2))
    elif side:
        checks.append(("other_hand_m", float(np.percentile(_over_head(s, OTHER[side]), 75)), "<=", -0.25))
        checks.append(("other_swings", found[OTHER[side]], "<=", 2))
    return all_hold(*checks)


def wrist_above_head(s: Signals, side: str, frames: int = 8) -> Verdict:
    """Raises the hand of ``side`` (or "both") over the head and holds it; the other stays down."""
    up = {d: _held_up(s, d) for d in ("left", "right")}
    level = float(s.pelvis_height.max())
    if side == "both":
        both = int((up["left"] & up["right"]).sum())
        checks = [("frames_both", both, ">=", frames), ("swings", min(swinging(s, d) for d in up), "<=", 2)]
    else:
        other = s.seen_from(f"{OTHER[side]}_wrist", f"{OTHER[side]}_shoulder")[:, 1]
        checks = [
            (f"frames_{side}", int(up[side].sum()), ">=", frames),
            ("other_over_shoulder_m", float(np.percentile(other, 90)), "<=", -0.05),
            ("swings", swinging(s, side), "<=", 2),
        ]  # fmt: skip
    return all_hold(*checks, ("jump", level, "<=", 1.1), ("lowest", float(s.pelvis_height.min()), ">=", 0.7))


def punching(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """Punches: the fist shoots ahead at shoulder height, the arm nearly straight, and returns."""
    found = {d: _shots(s, d) for d in ("left", "right")}
    checks = count_checks("punches", found[side] if side else found["left"] + found["right"], count, (1, 6))
    if side:
        checks.append(("other_punches", found[OTHER[side]], "<=", 0))
    return all_hold(*checks, ("upright", float((s.pelvis_height > 0.7).mean()), ">=", 0.8))


def _shots(s: Signals, side: str) -> int:
    stretch = s.stretch(side)
    wrist = s.seen_from(f"{side}_wrist", f"{side}_shoulder")
    rate = s.speed(s.smooth(stretch, 0.02))
    ahead = (wrist[:, 2] > 0.26) & (np.abs(wrist[:, 1]) < 0.32) & (stretch > 0.8)
    count = 0
    for a, b in true_runs(ahead):
        before, after = slice(max(0, a - 8), a + 2), slice(b, b + 12)
        bent, back = stretch[before].min() < 0.72, len(stretch[after]) == 0 or stretch[after].min() < 0.75
        if b - a <= 18 and bent and back and rate[before].max() > 1.4:
            count += 1
    return count


def throwing(s: Signals, side: str = "") -> Verdict:
    """Throws: a hand is drawn back, comes forward fast within 0.5 s and follows through."""
    best = {d: _fling(s, d) for d in ("left", "right")}
    arm = side or max(best, key=lambda d: best[d][0])
    speed, back, follow = best[arm]
    return all_hold(("hand_m_s", speed, ">=", 3.2), ("drawn_back_m", back, "<=", 0.16), ("follow_through_m", follow, ">=", 0.15))


def _fling(s: Signals, side: str) -> tuple[float, float, float]:
    """The hand's fastest forward speed near the shoulder, where it came from, its drop after."""
    wrist = s.seen_from(f"{side}_wrist", f"{side}_shoulder")
    rate = s.speed(s.smooth(wrist, 0.02))[:, 2]
    rate = np.where(wrist[:, 1] > -0.25, rate, 0.0)
    peak = int(rate.argmax())
    before = wrist[max(0, peak - 15) : peak + 1]
    after = wrist[peak : peak + 20]
    high = before[before[:, 1] > -0.15]
    back = float(high[:, 2].min()) if len(high) else 1.0
    return float(rate[peak]), back, float(wrist[peak, 1] - after[:, 1].min())


def hands_meeting(s: Signals, count: int | None = None) -> Verdict:
    """Claps: the hands meet and part in front of the body, ``count`` times or at least twice."""
    wrists = np.linalg.norm(s["left_wrist"] - s["right_wrist"], axis=-1)
    hands = np.linalg.norm(s["left_middle1"] - s["right_middle1"], axis=-1)
    gap = s.smooth(np.minimum(wrists, hands), 0.02)
    claps = 0
    for a, b in true_runs(gap < max(0.14, float(gap.min()) + 0.04)):
        apart = max(gap[max(0, a - 12) : a].max(initial=0.0), gap[b : b + 12].max(initial=0.0))
        claps += int(apart > gap[a:b].min() + 0.07 and b - a < 20)
    middle = (s["left_wrist"] + s["right_wrist"]) / 2
    front = float((middle[:, 1] - s["pelvis"][:, 1])[gap.argmin()])
    return all_hold(
        *count_checks("claps", claps, count, (2, 30)), ("closest_m", float(gap.min()), "<=", 0.18),
        ("over_pelvis_m", front, ">=", 0.0),
    )  # fmt: skip


def pointing(s: Signals, side: str = "", direction: str = "forward", moving: bool = False) -> Verdict:
    """Points: a nearly straight arm is held 0.3 s forward or to a side, between hip and crown.

    ``moving``: the legs may go anywhere meanwhile.
    """
    best = {d: _aim(s, d, direction) for d in ("left", "right")}
    held = best[side] if side else max(best.values())
    return all_hold(
        ("held_s", held, ">=", 0.3),
        ("both_arms_s", min(best.values()), "<=", 0.2),
        ("path_m", 0.0 if moving else s.path_length, "<=", 1.0),
    )


def _aim(s: Signals, side: str, direction: str) -> float:
    wrist = s.seen_from(f"{side}_wrist", f"{side}_shoulder")
    flat = wrist / np.linalg.norm(wrist, axis=-1, keepdims=True)
    way = {"forward": flat[:, 2], "left": flat[:, 0], "right": -flat[:, 0]}[direction]
    slow = np.linalg.norm(s.speed(s.smooth(wrist, 0.05)), axis=-1) < 0.6
    aimed = (s.stretch(side) > 0.84) & (way > 0.7) & (flat[:, 1] > -0.6) & slow
    return max((b - a for a, b in true_runs(aimed)), default=0) / s.fps


def bowing(s: Signals, count: int | None = None) -> Verdict:
    """Bows: the trunk goes well forward and comes up; knees and feet hardly move."""
    deep = [(a, b) for a, b in true_runs(s.bend > max(20.0, 0.6 * float(s.bend.max()))) if b - a >= 4]
    return all_hold(
        *count_checks("bows", len(deep), count, (1, 1)),
        ("bend_deg", float(s.bend.max()), "<=", 115),
        ("bend_at_end_deg", float(s.bend[-5:].mean()), "<=", 25), ("lowest", float(s.pelvis_height.min()), ">=", 0.86),
        ("path_m", s.path_length, "<=", 0.8), ("foot_lift_m", max(float(s.lift(d).max()) for d in OTHER), "<=", 0.08),
    )  # fmt: skip


def nodding(s: Signals, count: int | None = None, moving: bool = False) -> Verdict:
    """Nods: the head dips and comes back ``count`` times, hardly turning; the body stays.

    ``moving``: the legs may do anything meanwhile.
    """
    pitch, yaw = s.smooth(head_angles(s), 0.04).T
    dips = -(-count_reversals(pitch, 8.0) // 2)
    return all_hold(
        *count_checks("dips", dips, count, (1, 8)), ("yaw_deg", float(np.ptp(yaw)), "<=", 25),
        *([] if moving else [("lean_deg", float(s.lean.max()), "<=", 25), *_stays(s)]), *_hands_down(s),
    )  # fmt: skip


def shaking_head(s: Signals, moving: bool = False) -> Verdict:
    """Shakes the head: at least three turns to and fro; the body stays unless ``moving``."""
    pitch, yaw = s.smooth(head_angles(s), 0.04).T
    return all_hold(
        ("turns", count_reversals(yaw, 12.0), ">=", 3), ("pitch_deg", float(np.ptp(pitch)), "<=", 30),
        *([] if moving else [("lean_deg", float(s.lean.max()), "<=", 25), *_stays(s)]), *_hands_down(s),
    )  # fmt: skip


def shrugging(s: Signals, count: int | None = None) -> Verdict:
    """Shrugs: both shoulders go up together and down again, hands below the shoulders."""
    height = np.minimum(*(s.seen_from(f"{d}_shoulder", "neck")[:, 1] for d in OTHER))
    rise = s.smooth(height, 0.03) - np.percentile(height, 10)
    return all_hold(
        *count_checks("shrugs", len(true_runs(rise > 0.025)), count, (1, 4)), ("at_end_m", float(rise[-3:].mean()), "<=", 0.035),
        ("lean_deg", float(s.lean.max()), "<=", 25), *_stays(s), *_hands_down(s, 0.05),
    )  # fmt: skip


def _stays(s: Signals) -> list[tuple[str, float, str, float]]:
    return [
        ("path_m", s.path_length, "<=", 0.5),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.88),
        ("jump", float(s.pelvis_height.max()), "<=", 1.06),
    ]


def _hands_down(s: Signals, most: float = -0.1) -> list[tuple[str, float, str, float]]:
    highest = max(float(s.seen_from(f"{d}_wrist", f"{d}_shoulder")[:, 1].max()) for d in OTHER)
    return [("hand_over_shoulder_m", highest, "<=", most)]
