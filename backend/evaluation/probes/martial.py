"""Probes of hooks, uppercuts, elbows, chops, stabs, knees, guards and martial forms."""

from __future__ import annotations

from functools import partial

import numpy as np

from .locomotion import times
from .signals import Signals, true_runs
from .verdict import Verdict, all_hold, count_checks

OTHER = {"left": "right", "right": "left"}


def _arm(s: Signals, side: str) -> tuple[np.ndarray, np.ndarray]:
    """(T, 3) wrist and its velocity against the shoulder: outward, up, forward."""
    wrist = s.seen_from(f"{side}_wrist", f"{side}_shoulder") * [1 if side == "left" else -1, 1, 1]
    return wrist, s.speed(s.smooth(wrist, 0.02))


def _times(mask: np.ndarray, gap: int = 6) -> int:
    """Runs of True that are more than ``gap`` frames apart."""
    runs = true_runs(mask)
    return sum(i == 0 or run[0] - runs[i - 1][1] > gap for i, run in enumerate(runs))


def _one(found: dict[str, int], side: str) -> int:
    return found[side] if side else max(found.values())


def _strikes(s: Signals, name: str, found: dict[str, int], side: str, count: int | None) -> Verdict:
    return all_hold(
        *count_checks(name, _one(found, side), count, (1, 6)), ("upright", float((s.pelvis_height > 0.7).mean()), ">=", 0.8),
        *([("other_side", found[OTHER[side]], "<=", 0)] if side else []), ("path_m", s.path_length, "<=", 1.6),
    )  # fmt: skip


def hooking(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """A fist swings inward before the face, the elbow bent and nearly as high."""
    found = {}
    for d in OTHER:
        wrist, rate = _arm(s, d)
        elbow = s.seen_from(f"{d}_elbow", f"{d}_shoulder")[:, 1]
        at = (rate[:, 0] < -2.2) & (np.abs(wrist[:, 1]) < 0.22) & (wrist[:, 2] > 0.12) & (s.stretch(d) < 0.9) & (elbow > -0.14)
        found[d] = _times(at)
    return _strikes(s, "hooks", found, side, count)


def uppercutting(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """A fist drives up in front from below the chest to the chin, the elbow bent."""
    found = {}
    for d in OTHER:
        wrist, rate = _arm(s, d)
        peaks = 0
        for a, b in true_runs((rate[:, 1] > 2.6) & (wrist[:, 2] > 0.05)):
            top, back = wrist[b - 1 : b + 8], wrist[b : b + 20]
            rose = wrist[max(0, a - 3) : b, 1].min() < -0.2 and 0.0 < top[:, 1].max() < 0.36 and wrist[b - 1, 2] > 0.2
            peaks += int(rose and s.stretch(d)[b - 1] < 0.92 and (len(back) < 20 or back[:, 1].min() < 0.06))
        found[d] = peaks
    return _strikes(s, "uppercuts", found, side, count)


def elbowing(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """An elbow comes around in front, level with the shoulder, the forearm folded."""
    found = {}
    for d in OTHER:
        elbow = s.seen_from(f"{d}_elbow", f"{d}_shoulder") * [1 if d == "left" else -1, 1, 1]
        rate = np.linalg.norm(s.speed(s.smooth(elbow, 0.02)), axis=-1)
        front = (elbow[:, 2] > 0.16) & (elbow[:, 1] > -0.1) & (s.stretch(d) < 0.62)
        found[d] = sum(rate[max(0, a - 8) : b].max() > 1.6 for a, b in true_runs(front) if b - a >= 2)
    return _strikes(s, "elbows", found, side, count)


def chopping(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """A hand beside the head comes down in front at over 3 m/s, the arm opening."""
    found = {}
    for d in OTHER:
        wrist, rate = _arm(s, d)
        peaks = 0
        for a, b in true_runs((rate[:, 1] < -3.0) & (wrist[:, 2] > 0.0)):
            after = wrist[b : b + 6]
            low = len(after) > 0 and after[:, 1].min() < 0.0 and after[:, 2].max() > 0.3
            peaks += int(wrist[max(0, a - 8) : b, 1].max() > 0.14 and low and s.stretch(d)[b : b + 6].max(initial=0) > 0.75)
        found[d] = peaks
    return _strikes(s, "chops", found, side, count)


def backhanding(s: Signals) -> Verdict:
    """A hand sweeps outward at shoulder height from across the chest."""
    best = 0
    for d in OTHER:
        wrist, rate = _arm(s, d)
        for a, b in true_runs((rate[:, 0] > 3.0) & (np.abs(wrist[:, 1]) < 0.3)):
            inside, outside = wrist[max(0, a - 8) : b, 0].min(), wrist[a : b + 8, 0].max()
            best = max(best, int(inside < -0.05 and outside > 0.1))
    return all_hold(("sweeps", best, ">=", 1), ("path_m", s.path_length, "<=", 1.2))


def stabbing(s: Signals, count: int | None = None) -> Verdict:
    """A hand thrusts ahead below the shoulder, the arm nearly straight, and returns."""
    found = {}
    for d in OTHER:
        wrist, rate = _arm(s, d)
        far = (wrist[:, 2] > 0.27) & (wrist[:, 1] < -0.06) & (wrist[:, 1] > -0.42) & (s.stretch(d) > 0.74)
        found[d] = sum(
            rate[max(0, a - 8) : a + 2, 2].max() > 2.0 and s.stretch(d)[max(0, a - 10) : a + 1].min() < 0.68
            for a, b in true_runs(far) if b - a <= 20
        )  # fmt: skip
    return _strikes(s, "stabs", found, "", count)


def headbutting(s: Signals) -> Verdict:
    """The head is thrown forward at more than 1.3 m/s while both hands hold something ahead."""
    head = s.seen_from("head", "pelvis")
    rate = s.speed(s.smooth(head, 0.03))[:, 2]
    ahead = np.minimum(*(s.seen_from(f"{d}_wrist", f"{d}_shoulder")[:, 2] for d in OTHER))
    peak = int(rate.argmax())
    return all_hold(
        ("head_m_s", float(rate[peak]), ">=", 1.3), ("hands_ahead_m", float(ahead[max(0, peak - 6) : peak + 3].max()), ">=", 0.16),
        ("path_m", s.path_length, "<=", 0.8),
    )  # fmt: skip


def guarding(s: Signals) -> Verdict:
    """Both fists stay up before the chin, one foot ahead, without a punch."""
    up = np.ones(len(s), dtype=bool)
    for d in OTHER:
        wrist, _ = _arm(s, d)
        up &= (wrist[:, 1] > -0.16) & (wrist[:, 1] < 0.3) & (wrist[:, 2] > 0.1) & (s.stretch(d) < 0.82)
    held = max((b - a for a, b in true_runs(up)), default=0) / s.fps
    feet = np.linalg.norm((s["left_ankle"] - s["right_ankle"])[:, [0, 2]], axis=-1)
    return all_hold(
        ("held_s", held, ">=", 1.6), ("feet_apart_m", float(np.median(feet)), ">=", 0.26), ("path_m", s.path_length, "<=", 2.5)
    )


def drawing_sword(s: Signals) -> Verdict:
    """A hand goes to the opposite hip and then, within 1.2 s, up and out."""
    best = -9.0
    for d in OTHER:
        sign = 1 if d == "left" else -1
        at = s.seen_from(f"{d}_wrist", "pelvis") * [sign, 1, 1]
        for _, b in true_runs((at[:, 0] < 0.03) & (at[:, 1] < 0.3) & (at[:, 2] > 0.02)):
            later = at[b : b + 36]
            if len(later):
                best = max(best, float(np.minimum(later[:, 0] - 0.1, later[:, 1] - 0.3).max()))
    return all_hold(("out_and_up_m", best, ">=", 0.0), ("path_m", s.path_length, "<=", 0.8))


def moving_slowly(s: Signals) -> Verdict:
    """Tai chi: low and wide, slow hands that go from side to side, the weight going along."""
    feet = np.linalg.norm((s["left_ankle"] - s["right_ankle"])[:, [0, 2]], axis=-1)
    wrists = [s.seen_from(f"{d}_wrist", "pelvis") for d in OTHER]
    rate = max(float(np.percentile(np.linalg.norm(s.speed(s.smooth(w, 0.05)), axis=-1), 90)) for w in wrists)
    over = s.seen_from("pelvis", "left_ankle")[:, 0] + s.seen_from("pelvis", "right_ankle")[:, 0]
    return all_hold(
        ("feet_apart_m", float(np.median(feet)), ">=", 0.32), ("lowest", float(s.pelvis_height.min()), ">=", 0.7),
        ("height", float(np.median(s.pelvis_height)), "<=", 0.93), ("hand_m_s", rate, "<=", 1.6),
        ("hand_slowest_m_s", rate, ">=", 0.25),
        ("weight_m", float(np.ptp(s.smooth(over / 2, 0.1))), ">=", 0.09), ("seconds", s.seconds, ">=", 4.0),
    )  # fmt: skip


def forms(s: Signals) -> Verdict:
    """Kung fu: a low wide stance, held, and at least two blows with a straight arm."""
    feet = np.linalg.norm((s["left_ankle"] - s["right_ankle"])[:, [0, 2]], axis=-1)
    low = (feet > 0.5) & (s.pelvis_height < 0.82)
    blows = 0
    for d in OTHER:
        wrist, _ = _arm(s, d)
        blows += _times((s.stretch(d) > 0.84) & (np.linalg.norm(wrist[:, [0, 2]], axis=-1) > 0.38) & (np.abs(wrist[:, 1]) < 0.35))
    return all_hold(
        ("low_s", max((b - a for a, b in true_runs(low)), default=0) / s.fps, ">=", 1.2), ("blows", blows, ">=", 2),
        ("hand_m", float(np.minimum(s["left_wrist"][:, 1], s["right_wrist"][:, 1]).min() - s.floor), ">=", 0.4),
    )  # fmt: skip


def kneeing(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """A bent knee drives up to the height of the hips while the other foot stands."""
    found = {}
    for d, other in OTHER.items():
        knee = s.seen_from(f"{d}_knee", "pelvis")
        rate = s.speed(s.smooth(s[f"{d}_knee"], 0.02))[:, 1]
        high = (knee[:, 1] > -0.16) & (knee[:, 2] > 0.2) & (s.knee_bend(d) > 60) & (s.lift(other) < 0.1)
        found[d] = sum(rate[max(0, a - 8) : b].max() > 1.7 for a, b in true_runs(high) if 3 <= b - a <= 20)
    return _strikes(s, "knees", found, side, count)


ROWS = (
    ("hook", "throw a hook", "hook", hooking),
    ("hook", "throw a left hook", "hook.left", partial(hooking, side="left")),
    ("hook", "throw two right hooks", "hook.right*2", times(partial(hooking, side="right"), 2)),
    ("uppercut", "throw an uppercut", "uppercut", uppercutting),
    ("uppercut", "do a right uppercut", "uppercut.right", partial(uppercutting, side="right")),
    ("elbow strike", "hit with your elbow", "elbow_strike", elbowing),
    ("elbow strike", "throw a left elbow", "elbow_strike.left", partial(elbowing, side="left")),
    ("karate chop", "do a karate chop", "karate_chop", chopping),
    ("karate chop", "do three karate chops", "karate_chop*3", times(chopping, 3)),
    ("backhand", "slap with the back of your hand", "backhand", backhanding),
    ("stab", "stab with a knife", "stab", stabbing),
    ("headbutt", "do a headbutt", "headbutt", headbutting),
    ("guard", "get into a boxing stance", "guard", guarding),
    ("draw sword", "draw your sword", "draw_sword", drawing_sword),
    ("tai chi", "do some tai chi", "tai_chi", moving_slowly),
    ("kung fu", "show me some kung fu", "kung_fu", forms),
    ("knee strike", "do a knee strike", "knee_strike", kneeing),
    ("knee strike", "strike with your right knee", "knee_strike.right", partial(kneeing, side="right")),
)
