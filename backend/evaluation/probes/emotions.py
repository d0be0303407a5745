"""Probes of feelings, signs, coughs and yawns: (kind, words, key, measurement)."""

from __future__ import annotations

from functools import partial

import numpy as np

from .contact import OTHER, face_angles, longest, near, on
from .locomotion import times
from .signals import Signals, count_reversals, true_runs
from .verdict import Verdict, all_hold, count_checks

SHUSH = on("head", (0.03, -0.02, 0.13), 0.05, least=0.5)


def crying(s: Signals) -> Verdict:
    """Cries: the head hangs over hands at the face while quick small sobs shake the trunk."""
    at = near(s, "left", "head", (0.05, 0.0, 0.14), 0.13, "palm") | near(s, "right", "head", (0.05, 0.0, 0.14), 0.13, "palm")
    quick = s.bend - s.smooth(s.bend, 0.2)
    sobs = count_reversals(quick[at], 0.35) if at.sum() > 15 else 0
    return all_hold(("at_face_s", longest(s, at), ">=", 0.9), ("sobs", sobs, ">=", 5), ("bend_deg", float(s.bend.max()), ">=", 7))


def sighing(s: Signals) -> Verdict:
    """Sighs: the shoulders rise, then sink, and the head with them; arms hang."""
    shoulder = s.smooth((s["left_shoulder"] + s["right_shoulder"])[:, 1] / 2 - s["pelvis"][:, 1], 0.06)
    peak, pitch = int(shoulder.argmax()), face_angles(s)[0]
    rise, sink = shoulder[peak] - shoulder[: peak + 1].min(), shoulder[peak] - shoulder[peak:].min()
    hands = max(float(s.seen_from(f"{d}_wrist", f"{d}_shoulder")[:, 1].max()) for d in OTHER)
    return all_hold(
        ("rise_m", float(rise), ">=", 0.015), ("sink_m", float(sink), ">=", 0.028),
        ("head_deg", float(pitch[peak:].max()), ">=", 12), ("hands_m", hands, "<=", -0.25), ("path_m", s.path_length, "<=", 0.4),
    )  # fmt: skip


def shivering(s: Signals) -> Verdict:
    """Shivers: both arms are hugged to the chest, and the head trembles."""
    hugged = near(s, "left", "chest", (-0.11, 0.0, 0.1), 0.13) & near(s, "right", "chest", (-0.11, 0.0, 0.1), 0.13)
    head = s["head"] - s.smooth(s["head"], 0.08)
    return all_hold(
        ("hugged_s", longest(s, hugged), ">=", 0.8),
        ("tremble_mm", float(1000 * head[hugged].std()) if hugged.any() else 0.0, ">=", 0.35),
    )  # fmt: skip


def cowering(s: Signals) -> Verdict:
    """Cowers: knees and trunk bend deep while both hands cover the head."""
    at = near(s, "left", "head", (0.06, 0.09, -0.05), 0.16, "palm") & near(s, "right", "head", (0.06, 0.09, -0.05), 0.16, "palm")
    return all_hold(("held_s", longest(s, at & (s.pelvis_height < 0.88) & (s.bend > 20)), ">=", 0.4))


def pumping_fist(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """Pumps a fist: from before the shoulder it is pulled down fast, the elbow going back."""
    found = {d: _pulls(s, d) for d in OTHER}
    pulls = found[side] if side else max(found.values())
    return all_hold(*count_checks("pulls", pulls, count, (1, 5)), *([("other", found[OTHER[side]], "<=", 0)] if side else []))


def _pulls(s: Signals, side: str) -> int:
    wrist, elbow = s.seen_from(f"{side}_wrist", f"{side}_shoulder"), s.seen_from(f"{side}_elbow", f"{side}_shoulder")
    falling = s.speed(s.smooth(wrist[:, 1], 0.03)) < -0.8
    pulls = 0
    for a, b in true_runs(falling):
        high, low = wrist[max(0, a - 4) : b, 1].max(), min(b + 2, len(s) - 1)
        pulls += int(
            high > -0.05 and elbow[low, 2] < 0.02 and wrist[low, 2] > 0.0 and elbow[low, 1] > -0.29 and s.stretch(side)[low] < 0.75
        )
    return pulls


def stomping(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """Stomps: a foot is lifted and driven down where it stood, faster than in any step."""
    found = {d: _stamps(s, d) for d in OTHER}
    stamps = found[side] if side else max(found.values())
    checks = count_checks("stamps", stamps, count, (1, 6))
    return all_hold(*checks, ("other_foot", min(found.values()), "<=", 0), ("gone_m", float(np.hypot(*s.travel)), "<=", 0.3))


def _stamps(s: Signals, side: str) -> int:
    lift = s.lift(side)
    down = s.speed(s.smooth(lift, 0.02))
    home = s[f"{side}_ankle"][:, [0, 2]]
    return sum(
        int(lift[a:b].max() > 0.1 and down[a : b + 2].min() < -0.9 and np.linalg.norm(home[a] - home[min(b, len(s) - 1)]) < 0.12)
        for a, b in true_runs(lift > 0.03)
    )


def tapping_foot(s: Signals, side: str = "") -> Verdict:
    """Taps a foot: its ball goes up and down over a heel that stays."""
    found = {}
    for d in OTHER:
        toes, heel = s[f"{d}_foot"][:, 1], s[f"{d}_ankle"]
        steady = float(np.ptp(heel[:, [0, 2]], axis=0).max()) < 0.06
        found[d] = count_reversals(toes - toes.min(), 0.02) // 2 if steady else 0
    return all_hold(("taps", found[side] if side else max(found.values()), ">=", 3), ("path_m", s.path_length, "<=", 0.5))


def beckoning(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """Beckons: a hand in front draws back to the shoulder and goes out again, the elbow low."""
    found = {d: _draws(s, d) for d in OTHER}
    if side == "both":
        return all_hold(*count_checks("draws", min(found.values()), count, (2, 8)))
    draws = found[side] if side else max(found.values())
    return all_hold(*count_checks("draws", draws, count, (2, 8)), *([("other_hand", found[OTHER[side]], "<=", 1)] if side else []))


def _draws(s: Signals, side: str) -> int:
    wrist, elbow = s.seen_from(f"{side}_wrist", f"{side}_shoulder"), s.seen_from(f"{side}_elbow", f"{side}_shoulder")
    ahead = s.smooth(wrist[:, 2] - wrist[:, 1], 0.03)  # out and low against near and high
    ready = (wrist[:, 2] > 0.1) & (elbow[:, 1] < -0.1) & (wrist[:, 1] > -0.38) & (np.abs(wrist[:, 0]) < 0.5)
    peaks = 0
    for a, b in true_runs(ready):
        if b - a >= 12:
            peaks += sum(1 for low, high in true_runs(ahead[a:b] < (ahead[a:b].min() + ahead[a:b].max()) / 2) if high - low >= 2)
    return peaks if ready.any() and float(np.ptp(ahead[ready])) > 0.16 else 0


def stopping(s: Signals, side: str = "") -> Verdict:
    """Signs to stop: an arm is held out to the front, the hand bent up so that its palm shows."""
    at = {}
    for d in OTHER:
        wrist, hand = s.seen_from(f"{d}_wrist", f"{d}_shoulder"), s[f"{d}_middle1"] - s[f"{d}_wrist"]
        bent = hand[:, 1] / np.linalg.norm(hand, axis=-1) > 0.55
        at[d] = bent & (s.stretch(d) > 0.82) & (wrist[:, 2] > 0.35) & (np.abs(wrist[:, 1]) < 0.2)
    if side == "both":
        return all_hold(("both_s", longest(s, at["left"] & at["right"]), ">=", 0.4))
    held = {d: longest(s, mask) for d, mask in at.items()}
    checks = [("held_s", held[side] if side else max(held.values()), ">=", 0.4)]
    return all_hold(*checks, *([("other_hand_s", held[OTHER[side]], "<=", 0.2)] if side else []))


def yawning(s: Signals) -> Verdict:
    """Yawns: the head leans back behind a hand at the mouth."""
    at = np.maximum(*(near(s, d, "head", (0.04, -0.06, 0.15), 0.085, "palm") for d in OTHER))
    return all_hold(("held_s", longest(s, at & (face_angles(s)[0] < -9)), ">=", 0.5))


def coughing(s: Signals, count: int | None = None) -> Verdict:
    """Coughs: a hand before the mouth while the trunk jerks, ``count`` times or at least twice."""
    at = np.maximum(*(near(s, d, "head", (0.04, -0.06, 0.155), 0.09, "palm") for d in OTHER))
    bend = s.smooth(s.bend, 0.02)
    jerks = -(-count_reversals(bend[at], 3.0) // 2) if at.sum() > 10 else 0
    return all_hold(*count_checks("jerks", jerks, count, (2, 7)), ("at_mouth_s", longest(s, at), ">=", 0.5))


def sneezing(s: Signals) -> Verdict:
    """Sneezes: the head goes back and snaps forward in a third of a second, a hand at the face."""
    pitch = s.smooth(face_angles(s)[0], 0.03)
    ahead = int(s.speed(pitch).argmax())
    before, after = pitch[max(0, ahead - 20) : ahead + 1], pitch[ahead : ahead + 10]
    at = np.maximum(*(near(s, d, "head", (0.04, -0.03, 0.14), 0.14, "palm") for d in OTHER))
    return all_hold(
        ("back_deg", float(before.min()), "<=", -10), ("snap_deg", float(after.max() - before.min()), ">=", 45),
        ("deg_s", float(s.speed(pitch).max()), ">=", 180), ("hand", float(at[ahead : ahead + 12].max(initial=0)), ">=", 1),
    )  # fmt: skip


def opening_arms(s: Signals) -> Verdict:
    """Opens the arms: both hands rest wide apart, between waist and shoulders."""
    wide = np.ones(len(s), bool)
    for d, sign in (("left", 1), ("right", -1)):
        wrist = s.seen_from(f"{d}_wrist", f"{d}_shoulder")
        wide &= (sign * wrist[:, 0] > 0.2) & (wrist[:, 2] > 0.13) & (np.abs(wrist[:, 1] + 0.08) < 0.2) & (s.stretch(d) > 0.75)
        wide &= np.linalg.norm(s.speed(s.smooth(wrist, 0.05)), axis=-1) < 0.6
    return all_hold(("held_s", longest(s, wide), ">=", 0.4))


def flexing(s: Signals) -> Verdict:
    """Flexes the biceps: both upper arms level to the sides, elbows bent sharply."""
    good = np.ones(len(s), bool)
    for d, sign in (("left", 1), ("right", -1)):
        elbow, wrist = s.seen_from(f"{d}_elbow", f"{d}_shoulder"), s.seen_from(f"{d}_wrist", f"{d}_elbow")
        good &= (np.abs(elbow[:, 1]) < 0.14) & (sign * elbow[:, 0] > 0.17) & (wrist[:, 1] > 0.15) & (s.stretch(d) < 0.78)
    return all_hold(("held_s", longest(s, good), ">=", 0.5))


def stretching(s: Signals) -> Verdict:
    """Stretches: both straight arms go slowly overhead, the back arches or bends aside."""
    over = [s[f"{d}_wrist"][:, 1] - s["head"][:, 1] > 0.12 for d in OTHER]
    rate = max(float(np.linalg.norm(s.speed(s.smooth(s[f"{d}_wrist"] - s["spine3"], 0.05)), axis=-1).max()) for d in OTHER)
    arch = max(-float(s.bend[over[0] & over[1]].min(initial=0.0)), float(s.lean[over[0] & over[1]].max(initial=0.0)))
    return all_hold(
        ("held_s", longest(s, over[0] & over[1]), ">=", 0.4), ("arch_deg", arch, ">=", 3.5),
        ("hand_m_s", rate, "<=", 4.5), ("path_m", s.path_length, "<=", 0.8),
    )  # fmt: skip


ROWS = (
    ("cry", "start to cry", "cry", crying),
    ("sigh", "give a big sigh", "sigh", sighing),
    ("shiver", "shiver with cold", "shiver", shivering),
    ("cower", "cower in fear", "cower", cowering),
    ("fist pump", "pump your right fist", "fist_pump.right", partial(pumping_fist, side="right")),
    ("stomp", "stomp your left foot", "stomp.left", partial(stomping, side="left")),
    ("stomp", "stomp your foot three times", "stomp*3", times(stomping, 3)),
    ("tap foot", "tap your foot", "tap_foot", tapping_foot),
    ("shush", "put a finger to your lips", "shush", SHUSH),
    ("beckon", "beckon with your right hand", "beckon.right", partial(beckoning, side="right")),
    ("stop", "gesture to stop with your left hand", "stop_gesture.left", partial(stopping, side="left")),
    ("stop", "hold out both palms", "stop_gesture.both", partial(stopping, side="both")),
    ("yawn", "give a big yawn", "yawn", yawning),
    ("cough", "cough three times", "cough*3", times(coughing, 3)),
    ("cough", "start coughing", "cough", coughing),
    ("sneeze", "sneeze", "sneeze", sneezing),
    ("open arms", "open your arms wide", "open_arms", opening_arms),
    ("flex", "flex your muscles", "flex_biceps", flexing),
    ("stretch", "have a good stretch", "stretch", stretching),
)
