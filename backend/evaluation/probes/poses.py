"""Probes of sitting, kneeling and lying on the floor, of yoga poses and of floor exercises."""

from __future__ import annotations

from functools import partial

import numpy as np

from .floor import lying
from .locomotion import times
from .signals import Signals, count_reversals, true_runs
from .verdict import Verdict, all_hold, count_checks

OTHER = {"left": "right", "right": "left"}
TAIL = slice(-8, None)


def _apart(s: Signals, one: str, other: str) -> np.ndarray:
    """(T,) metres between two joints."""
    return np.linalg.norm(s[one] - s[other], axis=-1)


def _longest(mask: np.ndarray, s: Signals) -> float:
    return max((b - a for a, b in true_runs(mask)), default=0) / s.fps


def _hands_low(s: Signals) -> np.ndarray:
    return np.maximum(s["left_wrist"][:, 1], s["right_wrist"][:, 1]) - s.floor < 0.22


def _knees(s: Signals) -> tuple[float, float]:
    """At the end: metres between the knees, and from the pelvis to the farther ankle."""
    ankles = [np.linalg.norm((s[f"{d}_ankle"] - s["pelvis"])[TAIL][:, [0, 2]], axis=-1).mean() for d in OTHER]
    return float(_apart(s, "left_knee", "right_knee")[TAIL].mean()), float(max(ankles))


def _seated(s: Signals, cross_legged: bool) -> list[tuple[str, float, str, float]]:
    knees, ankles = _knees(s)
    legs = (
        [("knees_m", knees, ">=", 0.5), ("ankles_m", ankles, "<=", 0.5)] if cross_legged
        else [("knees_m", knees, "<=", 0.5)]
    )  # fmt: skip
    return [
        ("height_at_start", float(s.pelvis_height[:10].max()), ">=", 0.75),
        ("height_at_end", float(s.pelvis_height[TAIL].mean()), "<=", 0.27),
        ("lean_deg", float(np.median(s.lean[TAIL])), "<=", 45), *legs,
    ]  # fmt: skip


def sitting_on_floor(s: Signals) -> Verdict:
    """Sits on the floor at the end, the trunk upright, the legs ahead."""
    return all_hold(*_seated(s, False))


def sitting_cross_legged(s: Signals) -> Verdict:
    """Sits on the floor at the end, the knees wide apart and the ankles close."""
    return all_hold(*_seated(s, True))


def meditating(s: Signals) -> Verdict:
    """Sits cross-legged, straight, and does not stir for more than a second."""
    calm = (s.pelvis_height < 0.27) & (np.linalg.norm(s.speed(s.smooth(s["left_wrist"], 0.1)), axis=-1) < 0.15)
    return all_hold(
        *_seated(s, True), ("calm_s", _longest(calm, s), ">=", 1.3), ("straight_deg", float(np.median(s.lean[TAIL])), "<=", 22),
    )  # fmt: skip


def kneeling_on_both(s: Signals) -> Verdict:
    """Both knees on the floor at the end, the trunk upright over them."""
    knees = max(float(s[f"{d}_knee"][TAIL, 1].mean()) for d in OTHER) - s.floor
    return all_hold(
        ("higher_knee_m", knees, "<=", 0.2), ("height_at_start", float(s.pelvis_height[:10].max()), ">=", 0.85),
        ("lean_deg", float(np.median(s.lean[TAIL])), "<=", 35), ("height_at_end", float(s.pelvis_height[TAIL].mean()), ">=", 0.28),
    )  # fmt: skip


def _shoulders(s: Signals) -> np.ndarray:
    """(T,) metres of one shoulder over the other: about 0.3 for someone on a side."""
    return np.abs(s["left_shoulder"][:, 1] - s["right_shoulder"][:, 1])


def _facing_up(s: Signals) -> np.ndarray:
    """(T,) 1 for a chest that looks to the sky, -1 to the floor."""
    left = s["left_shoulder"] - s["right_shoulder"]
    front = np.cross(left, s["neck"] - s["pelvis"])
    return front[:, 1] / np.linalg.norm(front, axis=-1)


def lying_on_side(s: Signals) -> Verdict:
    """Lies at the end, one shoulder over the other."""
    down = lying(s)
    return all_hold(("lies", float(down.passed), ">=", 1), ("shoulders_m", float(_shoulders(s)[TAIL].mean()), ">=", 0.22))


def rolling_over(s: Signals) -> Verdict:
    """Lies all the time and turns from the back to the belly."""
    up = _facing_up(s)
    return all_hold(
        ("low", float((s.pelvis_height < 0.4).mean()), ">=", 0.95), ("up_at_start", float(up[:6].mean()), ">=", 0.4),
        ("up_at_end", float(up[-6:].mean()), "<=", -0.4), ("head_m", float((s["head"][:, 1] - s.floor).max()), "<=", 0.55),
    )  # fmt: skip


def sleeping(s: Signals) -> Verdict:
    """Lies all the time and hardly stirs, a turn apart."""
    rate = np.linalg.norm(s.speed(s.smooth(s["neck"], 0.1)), axis=-1)
    return all_hold(
        ("low", float((s.pelvis_height < 0.3).mean()), ">=", 0.98), ("calm", float((rate < 0.12).mean()), ">=", 0.45),
        ("lean_deg", float(np.percentile(s.lean, 10)), ">=", 60), ("seconds", s.seconds, ">=", 2.5),
        ("up", float(np.median(_facing_up(s))), ">=", -0.5), ("head_m", float((s["head"][:, 1] - s.floor).max()), "<=", 0.6),
    )  # fmt: skip


def _on_chair(s: Signals) -> list[tuple[str, float, str, float]]:
    low, high = float(s.pelvis_height.min()), float(s.pelvis_height.max())
    return [("lowest", low, ">=", 0.4), ("highest", high, "<=", 0.66), ("lean_deg", float(np.percentile(s.lean, 90)), "<=", 45)]


def sitting_still(s: Signals) -> Verdict:
    """Sits on a chair from the first frame to the last, both feet on the floor."""
    feet = max(float(s.lift(d).max()) for d in OTHER)
    thighs = min(float(np.median(s.thigh_raise(d))) for d in OTHER)
    return all_hold(
        *_on_chair(s), ("feet_m", feet, "<=", 0.12), ("thighs_deg", thighs, ">=", 60), ("path_m", s.path_length, "<=", 0.6),
    )  # fmt: skip


def crossing_legs(s: Signals) -> Verdict:
    """On a chair, one knee ends over the other and its foot off the floor."""
    left, right = (s.seen_from(f"{d}_ankle", "pelvis")[TAIL].mean(0) for d in OTHER)
    lifted = max(float(s.lift(d)[TAIL].mean()) for d in OTHER)
    knees = float(s.seen_from("left_knee", "right_knee")[TAIL, 0].mean())
    return all_hold(
        *_on_chair(s), ("lifted_m", lifted, ">=", 0.12), ("crossed_m", float((left - right)[0]), "<=", 0.02),
        ("knees_m", knees, "<=", 0.16),
    )  # fmt: skip


def standing_like_a_tree(s: Signals) -> Verdict:
    """On one leg for over a second, the other foot at its knee or higher, the palms together."""
    held = 0.0
    for leg, free in OTHER.items():
        foot = np.minimum(_apart(s, f"{free}_ankle", f"{leg}_knee"), _apart(s, f"{free}_ankle", f"{leg}_hip"))
        on = (s.lift(free) > 0.15) & (s.lift(leg) < 0.05) & (foot < 0.36) & (_apart(s, "left_wrist", "right_wrist") < 0.25)
        held = max(held, _longest(on, s))
    return all_hold(("held_s", held, ">=", 1.0), ("path_m", s.path_length, "<=", 0.8))


def standing_like_a_warrior(s: Signals) -> Verdict:
    """Legs far apart, one knee well bent, both arms held out level."""
    feet, deep = _apart(s, "left_ankle", "right_ankle"), np.maximum(s.knee_bend("left"), s.knee_bend("right"))
    arms = np.ones(len(s), dtype=bool)
    for d in OTHER:
        wrist = s[f"{d}_wrist"] - s[f"{d}_shoulder"]
        arms &= (np.abs(wrist[:, 1]) < 0.2) & (s.stretch(d) > 0.85)
    wide = _apart(s, "left_wrist", "right_wrist") > 1.0
    return all_hold(("held_s", _longest((feet > 0.75) & (deep > 45) & arms & wide & (s.pelvis_height < 0.85), s), ">=", 0.8))


def downward_dog(s: Signals) -> Verdict:
    """Hands and feet on the floor, the hips highest, knees and elbows nearly straight."""
    knees = np.maximum(s.knee_bend("left"), s.knee_bend("right"))
    arms = np.minimum(s.stretch("left"), s.stretch("right"))
    on = _hands_low(s) & (s["pelvis"][:, 1] > s["neck"][:, 1] + 0.12) & (knees < 50) & (arms > 0.8) & (s.pelvis_height > 0.5)
    return all_hold(("held_s", _longest(on, s), ">=", 0.6))


def cobra(s: Signals) -> Verdict:
    """On the belly, the hips low and the chest pushed up by the hands."""
    up = (s.pelvis_height < 0.3) & _hands_low(s) & (s.lean < 66) & (_facing_up(s) < 0.2)
    head = float((s["head"][:, 1] - s.floor)[up].max(initial=0.0))
    return all_hold(
        ("held_s", _longest(up, s), ">=", 0.5), ("head_m", head, ">=", 0.38),
        ("low", float((s.pelvis_height < 0.35).mean()), ">=", 0.95),
    )  # fmt: skip


def lunging(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """One foot far ahead, both knees bent, the trunk upright, and up again."""
    found = {}
    for d, other in OTHER.items():
        ahead = s.seen_from(f"{d}_ankle", f"{other}_ankle")[:, 2]
        low = (ahead > 0.5) & (s.pelvis_height < 0.75) & (s.knee_bend(d) > 55) & (s.lean < 40)
        found[d] = len([run for run in true_runs(low) if run[1] - run[0] >= 4])
    checks = count_checks("lunges", found[side] if side else max(found.values()), count, (1, 5))
    return all_hold(
        *checks, ("height_at_end", float(s.pelvis_height[-5:].mean()), ">=", 0.85), ("path_m", s.path_length, "<=", 7.0),
    )  # fmt: skip


def _planked(s: Signals) -> np.ndarray:
    """(T,) stretched out on the hands: a level trunk, low hands, straight knees."""
    knees = np.maximum(s.knee_bend("left"), s.knee_bend("right"))
    return (s.lean > 55) & (s.lean < 100) & (s.pelvis_height < 0.6) & _hands_low(s) & (knees < 50)


def planking(s: Signals) -> Verdict:
    """Held on hands and balls of the feet, straight and still, for over a second."""
    on = _planked(s)
    start, end = max(true_runs(on), key=lambda run: run[1] - run[0], default=(0, 1))
    chest = s.smooth(s["neck"][start:end, 1], 0.05)
    return all_hold(("held_s", (end - start) / s.fps, ">=", 1.0), ("reversals", count_reversals(chest, 0.1), "<=", 1))


def burpees(s: Signals, count: int | None = None) -> Verdict:
    """A plank and then a jump, ``count`` times."""
    knees = np.minimum(s.knee_bend("left"), s.knee_bend("right"))
    on = (s.lean > 55) & (s.pelvis_height < 0.6) & _hands_low(s) & (knees < 75)
    planks = [run for run in true_runs(on) if run[1] - run[0] >= 3]
    jumps = [run for run in s.airborne(0.05) if s.pelvis_height[run[0] : run[1]].max() > 1.06]
    after = sum(any(jump[0] > plank[1] for plank in planks) for jump in jumps)
    return all_hold(*count_checks("burpees", after, count, (1, 4)), ("planks", len(planks), ">=", 1))


def circling_hips(s: Signals) -> Verdict:
    """The pelvis circles over standing feet under a chest that stays."""
    over = (s["left_ankle"] + s["right_ankle"]) / 2
    hips, chest = s.smooth(s["pelvis"] - over, 0.04), s.smooth(s["neck"] - over, 0.04)
    turns = min(count_reversals(hips[:, column], 0.06) for column in (0, 2))
    feet = max(float(np.ptp(s[f"{d}_foot"][:, [0, 2]], axis=0).max()) for d in OTHER)
    return all_hold(
        ("turns", turns, ">=", 4), ("feet_m", feet, "<=", 0.15), ("chest_m", float(chest[:, [0, 2]].std(0).max()), "<=", 0.09),
    )  # fmt: skip


def curtsying(s: Signals) -> Verdict:
    """One foot goes behind, both knees give, the trunk stays upright, and up again."""
    low = int(s.pelvis_height.argmin())
    feet = s.seen_from("left_ankle", "right_ankle")[low]
    knees = min(float(s.knee_bend(d)[low]) for d in OTHER)
    hands = min(abs(float(s.seen_from(f"{d}_wrist", "pelvis")[low, 0])) for d in OTHER)
    return all_hold(
        ("behind_m", abs(float(feet[2])), ">=", 0.2), ("aside_m", float(feet[0]), "<=", 0.16),
        ("lowest", float(s.pelvis_height.min()), "<=", 0.9),
        ("not_lower", float(s.pelvis_height.min()), ">=", 0.65), ("knees_deg", knees, ">=", 30), ("hands_out_m", hands, ">=", 0.3),
        ("height_at_end", float(s.pelvis_height[-5:].mean()), ">=", 0.92), ("lean_deg", float(s.lean.max()), "<=", 35),
    )  # fmt: skip


ROWS = (
    ("sit on the floor", "sit down on the floor", "sit_on_floor", sitting_on_floor),
    ("sit on the floor", "sit on the floor cross legged", "sit_cross_legged", sitting_cross_legged),
    ("meditate", "sit and meditate", "meditate", meditating),
    ("kneel on both knees", "kneel down on both knees", "kneel_both", kneeling_on_both),
    ("lie on the side", "lie down on your side", "lie_on_side", lying_on_side),
    ("roll over", "roll over onto your stomach", "roll_over", rolling_over),
    ("sleep", "sleep on the floor", "sleep", sleeping),
    ("sit still", "stay seated", "sit_idle", sitting_still),
    ("cross legs", "cross your legs on a chair", "cross_legs", crossing_legs),
    ("tree pose", "do the tree pose", "tree_pose", standing_like_a_tree),
    ("warrior pose", "do a warrior pose", "warrior_pose", standing_like_a_warrior),
    ("downward dog", "get into downward dog", "downward_dog", downward_dog),
    ("cobra pose", "do the cobra pose", "cobra_pose", cobra),
    ("lunge", "do a lunge", "lunge", lunging),
    ("lunge", "lunge with your left leg", "lunge.left", partial(lunging, side="left")),
    ("lunge", "do three lunges", "lunge*3", times(lunging, 3)),
    ("plank", "hold a plank", "plank", planking),
    ("burpee", "do a burpee", "burpee", burpees),
    ("hula hoop", "spin a hula hoop", "hula_hoop", circling_hips),
    ("curtsy", "do a curtsy", "curtsy", curtsying),
)
