"""Measurements of salutes, drinks, cheers, arm circles, reaching, pick-ups, pushes."""

from __future__ import annotations

import numpy as np

from .gestures import swinging
from .signals import Signals, true_runs
from .travel import longest_flight
from .verdict import Verdict, all_hold, count_checks

OTHER = {"left": "right", "right": "left"}


def _gap(s: Signals, one: str, other: str) -> np.ndarray:
    """(T,) metres between two joints."""
    return np.linalg.norm(s[one] - s[other], axis=-1)


def _longest(s: Signals, mask: np.ndarray) -> float:
    """Seconds of the longest stretch of True."""
    return max((b - a for a, b in true_runs(mask)), default=0) / s.fps


def _hand_at_head(s: Signals, side: str) -> dict[str, np.ndarray]:
    """Fingers relative to the head (outward positive), their speed, and the elbow's height."""
    fingers = (s[f"{side}_middle1"] + s[f"{side}_middle2"]) / 2 - s["head"]
    sine, cosine = np.sin(s.heading), np.cos(s.heading)
    out = (fingers[:, 0] * cosine - fingers[:, 2] * sine) * (1 if side == "left" else -1)
    ahead = fingers[:, 0] * sine + fingers[:, 2] * cosine
    return {
        "out": out, "up": fingers[:, 1], "ahead": ahead,
        "speed": np.linalg.norm(s.speed(s.smooth(s[f"{side}_wrist"] - s["head"], 0.05)), axis=-1),
        "elbow": s[f"{side}_elbow"][:, 1] - s[f"{side}_shoulder"][:, 1],
    }  # fmt: skip


def saluting(s: Signals, moving: bool = False) -> Verdict:
    """Salutes: fingers rest at temple or brow, elbow out to the side, the other hand down.

    ``moving``: the legs may do anything meanwhile.
    """
    held = {}
    for side in OTHER:
        h = _hand_at_head(s, side)
        other = s.seen_from(f"{OTHER[side]}_wrist", f"{OTHER[side]}_shoulder")[:, 1]
        elbow = s.seen_from(f"{side}_elbow", f"{side}_shoulder")[:, 0] * (1 if side == "left" else -1)
        at = (h["out"] > 0.05) & (h["out"] < 0.24) & (np.abs(h["up"] - 0.08) < 0.13) & (h["ahead"] > -0.06) & (elbow > 0.16)
        held[side] = _longest(s, at & (h["ahead"] < 0.26) & (h["speed"] < 0.6) & (h["elbow"] > -0.2) & (other < -0.2))
    upright = float((s.pelvis_height > 0.75).mean())
    return all_hold(("held_s", max(held.values()), ">=", 0.3), ("upright", 1.0 if moving else upright, ">=", 0.8))


def drinking(s: Signals) -> Verdict:
    """Drinks: a hand rests before the mouth, the elbow below the shoulder, and was away before."""
    held = {}
    for side in OTHER:
        h = _hand_at_head(s, side)
        at = (np.abs(h["out"]) < 0.09) & (h["up"] > -0.2) & (h["up"] < 0.16) & (h["ahead"] > 0.04) & (h["ahead"] < 0.32)
        held[side] = _longest(s, at & (h["speed"] < 0.5) & (h["elbow"] < 0.14))
    side = max(held, key=held.get)
    away = float(_gap(s, f"{side}_wrist", "head").max())
    return all_hold(
        ("held_s", held[side], ">=", 0.4), ("away_m", away, ">=", 0.35),
        ("upright", float((s.lean < 45).mean()), ">=", 0.9), ("pace_m_s", float(s.pace.max()), "<=", 0.8),
    )  # fmt: skip


def cheering(s: Signals) -> Verdict:
    """Cheers: both hands fly up over the shoulders, or one faster over the head, and stay.

    Hands move fast on the whole, and the body goes nowhere.
    """
    heights = {d: s[f"{d}_wrist"][:, 1] - s[f"{d}_shoulder"][:, 1] for d in OTHER}
    both = float((np.minimum(heights["left"], heights["right"]) > 0.05).sum()) / s.fps
    one = max(_longest(s, s[f"{d}_wrist"][:, 1] - s["head"][:, 1] > 0.05) for d in OTHER)
    rates = [s.speed(s.smooth(s[f"{d}_wrist"] - s["pelvis"], 0.04)) for d in OTHER]
    rise = max(float(r[:, 1].max()) for r in rates)
    return all_hold(
        ("thrown_up", max(min(both / 0.3, rise / 2.6), min(one / 0.4, rise / 3.05)), ">=", 1.0),
        ("hand_m_s", max(float(np.linalg.norm(r, axis=-1).mean()) for r in rates), ">=", 0.95),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.6), ("lean_deg", float(s.lean.max()), "<=", 50),
        ("path_m_per_s", s.path_length / s.seconds, "<=", 0.5),
    )  # fmt: skip


def arm_circles(s: Signals, direction: str = "", count: int | None = None) -> Verdict:
    """Both arms circle ``count`` times; forward is over the top to the front and down."""
    turned, long = [], []
    for side in OTHER:
        arm = s.seen_from(f"{side}_wrist", f"{side}_shoulder")
        angle = np.unwrap(np.arctan2(arm[:, 2], arm[:, 1]))  # 0 up, 90 degrees forward: forward circles count up
        turned.append(float(np.degrees(angle[-1] - angle[0])))
        long.append(float(np.percentile(s.stretch(side), 25)))
    way = {"forward": 1, "backward": -1}.get(direction, 0)
    angles = [way * t if way else abs(t) for t in turned]
    circles = round(float(np.mean(angles)) / 360) if count else max(1, round(min(angles) / 360))
    return all_hold(
        ("least_turned_deg", min(angles), ">=", 250 if not count else 360 * (count - 0.5)),
        *count_checks("circles", circles, count, (1, 12)),
        ("stretched", min(long), ">=", 0.7), ("upright", float((s.pelvis_height > 0.8).mean()), ">=", 0.8),
    )  # fmt: skip


def reaching_up(s: Signals, side: str = "") -> Verdict:
    """Reaches up: a hand rests at head height or above for a moment, the arm nearly straight.

    If a side is named, that hand goes higher than the other.
    """
    over = {d: s[f"{d}_wrist"][:, 1] - s["head"][:, 1] for d in OTHER}
    slow = {d: np.linalg.norm(s.speed(s.smooth(s[f"{d}_wrist"] - s["spine3"], 0.04)), axis=-1) < 1.0 for d in OTHER}
    high = {d: int(((over[d] > -0.03) & (s.stretch(d) > 0.82) & slow[d]).sum()) for d in OTHER}
    arm = side or max(high, key=high.get)
    checks = [("frames_up", high[arm], ">=", 3), ("jump", float(s.pelvis_height.max()), "<=", 1.12)]
    if side:
        checks.append(("over_other_m", float(over[arm].max() - over[OTHER[arm]].max()), ">=", 0.1))
    return all_hold(
        *checks, ("lowest", float(s.pelvis_height.min()), ">=", 0.7), ("swings", swinging(s, arm), "<=", 6),
        ("path_m", s.path_length, "<=", 1.6),
    )  # fmt: skip


def touching_down(s: Signals, side: str = "", upright_after: bool = True) -> Verdict:
    """Picks up or puts down: a hand goes to the floor, and the body comes up again."""
    low = {d: float((s[f"{d}_middle1"][:, 1] - s.floor).min()) for d in OTHER}
    arm = side or min(low, key=low.get)
    checks = [
        ("hand_m", low[arm], "<=", 0.35), ("height_at_start", float(s.pelvis_height[:8].max()), ">=", 0.8),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.2), ("lean_deg", float(s.lean.max()), "<=", 115),
    ]  # fmt: skip
    if upright_after:
        checks.append(("height_at_end", float(s.pelvis_height[-8:].mean()), ">=", 0.8))
    if side:
        checks.append(("under_other_m", low[OTHER[arm]] - low[arm], ">=", 0.05))
    return all_hold(*checks)


def pushing(s: Signals) -> Verdict:
    """Pushes: both hands go well forward together at chest height, never over the shoulders."""
    wrists = {d: s.seen_from(f"{d}_wrist", f"{d}_shoulder") for d in OTHER}
    ahead = np.minimum(wrists["left"][:, 2], wrists["right"][:, 2])
    peak = int(ahead.argmax())
    thrust = float(ahead[peak] - ahead[max(0, peak - 40) : peak + 1].min())
    return all_hold(
        ("ahead_m", float(ahead[peak]), ">=", 0.33), ("thrust_m", thrust, ">=", 0.2),
        ("wrists_apart_m", float(_gap(s, "left_wrist", "right_wrist")[peak]), "<=", 0.6),
        ("lowest_wrist_m", min(float(wrists[d][peak, 1]) for d in OTHER), ">=", -0.4),
        ("over_shoulder_m", max(float(wrists[d][:, 1].max()) for d in OTHER), "<=", 0.1),
        ("upright", float((s.pelvis_height > 0.7).mean()), ">=", 0.8), ("in_the_air_s", longest_flight(s), "<=", 0.15),
    )  # fmt: skip


def elbow_to_knee(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """An elbow meets a raised knee, ``count`` times; the named elbow if a side is named."""
    touches = 0
    nearest = 9.0
    for elbow in [side] if side else OTHER:
        gap = np.minimum(*(_gap(s, f"{elbow}_elbow", f"{knee}_knee") for knee in OTHER))
        raised = np.maximum(s.thigh_raise("left"), s.thigh_raise("right")) > 50
        nearest = min(nearest, float(gap.min()))
        touches += sum(1 for a, b in true_runs((gap < 0.27) & raised) if b - a >= 2)
    return all_hold(*count_checks("touches", touches, count, (1, 12)), ("nearest_m", nearest, "<=", 0.27),
                ("upright", float((s.pelvis_height > 0.7).mean()), ">=", 0.8))  # fmt: skip
