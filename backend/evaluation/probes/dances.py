"""Probes of dances by name."""

from __future__ import annotations

from functools import partial

import numpy as np

from .gestures import hands_meeting
from .signals import Signals, count_reversals, true_runs
from .verdict import Verdict, all_hold

OTHER = {"left": "right", "right": "left"}


def _over_feet(s: Signals, joint: str) -> np.ndarray:
    """(T,) metres of a joint to the left of the middle between the feet."""
    return s.smooth((s.seen_from(joint, "left_ankle")[:, 0] + s.seen_from(joint, "right_ankle")[:, 0]) / 2, 0.05)


def _wrist(s: Signals, side: str) -> np.ndarray:
    """(T, 3) wrist against the shoulder: outward, up, forward."""
    return s.smooth(s.seen_from(f"{side}_wrist", f"{side}_shoulder"), 0.03) * [1 if side == "left" else -1, 1, 1]


def flossing(s: Signals) -> Verdict:
    """Both hanging arms swing to one side and the other, in front and behind, against the hips."""
    hands = [s.smooth(s.seen_from(f"{d}_wrist", "pelvis"), 0.03) for d in OTHER]
    together = float(np.corrcoef(hands[0][:, 0], hands[1][:, 0])[0, 1])
    depth = min(float(np.ptp(hand[:, 2])) for hand in hands)
    return all_hold(
        ("swings", min(count_reversals(hand[:, 0], 0.3) for hand in hands), ">=", 3), ("together", together, ">=", 0.4),
        ("depth_m", depth, ">=", 0.3), ("low", float(np.mean([(_wrist(s, d)[:, 1] < -0.2).mean() for d in OTHER])), ">=", 0.9),
        ("hips_m", float(np.ptp(_over_feet(s, "pelvis"))), ">=", 0.08),
    )  # fmt: skip


def twisting(s: Signals) -> Verdict:
    """Hips and feet turn to and fro, the shoulders the other way, the feet where they are."""
    hips = s.smooth(np.degrees(s.heading), 0.04)
    toes = s["left_foot"] - s["left_ankle"]
    feet = np.degrees(np.unwrap(np.arctan2(toes[:, 0], toes[:, 2])))
    across = s.smooth(s["left_shoulder"] - s["right_shoulder"], 0.04)
    chest = np.degrees(np.unwrap(np.arctan2(-across[:, 2], across[:, 0]))) - hips
    return all_hold(
        ("turns", count_reversals(hips, 18.0), ">=", 4), ("chest", count_reversals(chest, 14.0), ">=", 4),
        ("feet_deg", float(np.ptp(s.smooth(feet, 0.04))), ">=", 20), ("path_m_per_s", s.path_length / s.seconds, "<=", 0.35),
    )  # fmt: skip


def discoing(s: Signals) -> Verdict:
    """One hand goes between high outside and low across; the other rests on the hip."""
    best, rest = 0, 0.0
    for d, other in OTHER.items():
        wrist = _wrist(s, d)
        high, low = wrist[:, 1] > 0.2, (wrist[:, 1] < -0.2) & (wrist[:, 0] < -0.02)
        state = np.where(high, 1, np.where(low, -1, 0))
        state = state[state != 0]
        changes = int((np.diff(state) != 0).sum())
        if changes > best:
            best, rest = changes, float((_wrist(s, other)[:, 1] < -0.12).mean())
    return all_hold(
        ("changes", best, ">=", 4), ("other_low", rest, ">=", 0.9), ("path_m_per_s", s.path_length / s.seconds, "<=", 0.5),
    )  # fmt: skip


def stopping_dead(s: Signals) -> Verdict:
    """A robot's dance: bent elbows, arms that jump from pose to pose and stand still."""
    stops, still = [], []
    for d in OTHER:
        rate = np.linalg.norm(s.speed(s.seen_from(f"{d}_wrist", "pelvis")), axis=-1)
        stops.append(sum(b - a >= 3 for a, b in true_runs(rate > 1.0)))
        still.append(float((rate < 0.35).mean()))
    square = float(np.mean([(np.abs(s.stretch(d) - 0.71) < 0.09).mean() for d in OTHER]))  # elbows at right angles
    return all_hold(
        ("jumps", min(stops), ">=", 3), ("still", min(still), ">=", 0.25), ("square", square, ">=", 0.55),
        ("path_m", s.path_length, "<=", 0.8), ("hips_m", float(np.ptp(_over_feet(s, "pelvis"))), "<=", 0.1),
    )  # fmt: skip


def stepping_aside(s: Signals, bounces: int, wide: float) -> Verdict:
    """Steps to one side and the other by ``wide`` metres; the knees bounce so often."""
    facing = s.heading[:5].mean()
    across = s.path[:, 0] * np.cos(facing) - s.path[:, 1] * np.sin(facing)
    steps = sum(b - a >= 4 for d in OTHER for a, b in true_runs(s.lift(d) > 0.02))
    hands = [float(np.linalg.norm(s.speed(s.seen_from(f"{d}_wrist", "pelvis")), axis=-1).mean()) for d in OTHER]
    return all_hold(
        ("wide_m", float(np.ptp(across)), ">=", wide), ("returns", count_reversals(across, 0.6 * wide), ">=", 1),
        ("steps", steps, ">=", 5),
        ("bounces", count_reversals(s.smooth(s["pelvis"][:, 1], 0.03), 0.025), ">=", bounces), ("hand_m_s", max(hands), ">=", 0.25),
        ("ahead_m", abs(s.travel[0]), "<=", 0.4), ("turned_deg", abs(s.turned), "<=", 40),
        ("highest", float(s.pelvis_height.max()), "<=", 1.05),
        ("seconds", s.seconds, ">=", 3.5),
    )  # fmt: skip


def headbanging(s: Signals) -> Verdict:
    """The head goes far down and up on the beat, the legs stand."""
    head = s.smooth(s.seen_from("head", "pelvis")[:, 1], 0.02)
    return all_hold(
        ("bangs", count_reversals(head, 0.08) // 2, ">=", 4), ("lean_deg", float(s.lean.max()), ">=", 25),
        ("path_m_per_s", s.path_length / s.seconds, "<=", 0.4), ("lowest", float(s.pelvis_height.min()), ">=", 0.75),
        ("feet_m", max(float(s.lift(d).max()) for d in OTHER), "<=", 0.1),
    )  # fmt: skip


def swaying(s: Signals) -> Verdict:
    """The weight goes from foot to foot, the feet stay, the hands stay low."""
    hands = max(float(np.percentile(_wrist(s, d)[:, 1], 95)) for d in OTHER)
    turned = float(np.ptp(s.smooth(np.degrees(s.heading), 0.1)))
    return all_hold(
        ("shifts", count_reversals(_over_feet(s, "pelvis"), 0.07), ">=", 2), ("hand_m", hands, "<=", -0.08),
        ("turned_deg", turned, "<=", 25),
        ("feet_m", max(float(np.ptp(s[f"{d}_foot"][:, [0, 2]], axis=0).max()) for d in OTHER), "<=", 0.12),
        ("deep_m", float(np.ptp(s.smooth(s.seen_from("pelvis", "left_ankle")[:, 2], 0.1))), "<=", 0.09),
        ("lean_deg", float(s.lean.max()), "<=", 18),
    )  # fmt: skip


def waltzing(s: Signals) -> Verdict:
    """Steps in a box and back to where it began, one arm held out, the other around a partner."""
    out = {d: float(((_wrist(s, d)[:, 0] > 0.2) & (_wrist(s, d)[:, 1] > -0.25)).mean()) for d in OTHER}
    side = max(out, key=out.get)
    other = _wrist(s, OTHER[side])
    path = np.ptp(s.path, axis=0)
    return all_hold(
        ("arm_out", out[side], ">=", 0.6), ("around", float(((other[:, 2] > 0.15) & (other[:, 1] > -0.35)).mean()), ">=", 0.6),
        ("box_m", float(path.min()), ">=", 0.2), ("returned_m", float(np.hypot(*s.travel)), "<=", 0.8),
        ("path_m", s.path_length, ">=", 1.2),
        ("lean_deg", float(np.percentile(s.lean, 95)), "<=", 22),
    )  # fmt: skip


def doing_macarena(s: Signals) -> Verdict:
    """Both arms out ahead, then the hands behind the head, then at the hips."""
    ahead, head, hips = (np.ones(len(s), dtype=bool) for _ in range(3))
    for d in OTHER:
        wrist = _wrist(s, d)
        ahead &= (wrist[:, 2] > 0.33) & (np.abs(wrist[:, 1]) < 0.25)
        head &= (wrist[:, 1] > 0.06) & (wrist[:, 2] < 0.12)
        hips &= (wrist[:, 1] < -0.3) & (s.stretch(d) < 0.97)
    first = [int(mask.argmax()) if mask.any() else -1 for mask in (ahead, head)]
    last = int(np.flatnonzero(hips)[-1]) if hips.any() else -1
    return all_hold(
        ("ahead", first[0], ">=", 1), ("head_later", first[1] - first[0], ">=", 20), ("hips_later", last - first[1], ">=", 20),
    )  # fmt: skip


def spelling_letters(s: Signals) -> Verdict:
    """Arms in a wide Y, hands to the head, to one side, and together over it."""
    apart = np.linalg.norm(s["left_wrist"] - s["right_wrist"], axis=-1)
    over = np.minimum(*(s[f"{d}_wrist"][:, 1] - s["head"][:, 1] for d in OTHER))
    wide, joined, bent = (apart > 0.9) & (over > 0.05), (apart < 0.28) & (over > 0.15), (apart < 0.5) & (np.abs(over) < 0.16)
    aside = np.abs(s["left_wrist"][:, 1] - s["right_wrist"][:, 1]) > 0.35
    first = int(wide.argmax())
    return all_hold(
        ("wide", int(wide.sum()), ">=", 4), ("bent", int(bent[first:].sum()), ">=", 4),
        ("aside", int(aside[first:].sum()), ">=", 4),
        ("joined", int(joined[first:].sum()), ">=", 4), ("path_m", s.path_length, "<=", 1.2),
    )  # fmt: skip


def flapping(s: Signals) -> Verdict:
    """Elbows flap at the sides, the hips go down, and the hands clap."""
    elbows = [s.smooth(s.seen_from(f"{d}_elbow", f"{d}_shoulder")[:, 1], 0.02) for d in OTHER]
    high = np.minimum(*elbows)
    flaps = count_reversals(high, 0.1) // 2
    return all_hold(
        ("flaps", flaps, ">=", 3), ("claps", int(hands_meeting(s.part(len(s) // 2, len(s))).passed), ">=", 1),
        ("lowest", float(s.pelvis_height.min()), "<=", 0.85), ("path_m", s.path_length, "<=", 2.0),
    )  # fmt: skip


ROWS = (
    ("floss", "do the floss dance", "floss", flossing),
    ("twist", "dance the twist", "twist", twisting),
    ("disco", "do some disco moves", "disco", discoing),
    ("robot dance", "dance like a robot", "robot_dance", stopping_dead),
    ("headbang", "headbang to metal", "headbang", headbanging),
    ("sway", "sway to the music", "sway", swaying),
    ("hip hop", "dance hip hop style", "hip_hop", partial(stepping_aside, bounces=8, wide=0.14)),
    ("waltz", "dance a waltz", "waltz", waltzing),
    ("bachata", "dance bachata", "bachata", partial(stepping_aside, bounces=0, wide=0.3)),
    ("macarena", "do the macarena", "macarena", doing_macarena),
    ("ymca", "do the ymca dance", "ymca", spelling_letters),
    ("chicken dance", "do the chicken dance", "chicken_dance", flapping),
)
