"""Probes of looks, searching and ways to stand: (kind, words, key, measurement)."""

from __future__ import annotations

from functools import partial

import numpy as np

from .contact import OTHER, face_angles, hand_place, longest, near, on
from .signals import Signals, true_runs
from .verdict import Verdict, all_hold

SHADE_EYES = on("head", (0.15, 0.14, 0.05), 0.075, "palm", least=0.6)
LISTEN = on("head", (0.11, 0.03, -0.02), 0.075, least=0.6)
POCKETS = on("hips", (0.18, -0.05, 0.055), 0.075, "palm", both=True, least=0.5)
BEHIND_HEAD = on("head", (0.06, 0.02, -0.12), 0.1, both=True, least=0.5)


def _hands_low(s: Signals) -> tuple[str, float, str, float]:
    return ("hands_m", max(float(s.seen_from(f"{d}_wrist", f"{d}_shoulder")[:, 1].max()) for d in OTHER), "<=", -0.15)


def looking(s: Signals, direction: str) -> Verdict:
    """Looks: the face stays turned that way for half a second, hands and feet at rest."""
    pitch, yaw = face_angles(s)
    size = {"left": yaw - 26, "right": -yaw - 26, "up": -pitch - 20, "down": pitch - 20}[direction]
    other = {"left": -yaw, "right": yaw, "up": pitch, "down": -pitch}[direction]
    calm = np.abs(s.smooth(s.speed(yaw if direction in OTHER else pitch), 0.05)) < 60
    return all_hold(
        ("held_s", longest(s, (size > 0) & calm), ">=", 0.4), ("other_way_deg", float(other.max()), "<=", 24),
        ("path_m", s.path_length, "<=", 0.5), ("lean_deg", float(s.lean.max()), "<=", 30), _hands_low(s),
    )  # fmt: skip


def looking_around(s: Signals) -> Verdict:
    """Looks around: the face goes well to both sides, slower than a head is shaken."""
    _, yaw = face_angles(s)
    sides = [float((way * yaw > 18).sum()) / s.fps for way in (1, -1)]
    return all_hold(
        ("each_side_s", min(sides), ">=", 0.35), ("stays_s", max(longest(s, way * yaw > 18) for way in (1, -1)), ">=", 0.4),
        ("path_m", s.path_length, "<=", 0.6), ("lean_deg", float(s.lean.max()), "<=", 30), _hands_low(s),
    )  # fmt: skip


def looking_behind(s: Signals, side: str = "") -> Verdict:
    """Looks over a shoulder: the face is turned beyond the shoulder while the feet stay."""
    _, yaw = face_angles(s)
    way = {"left": yaw, "right": -yaw}.get(side, np.abs(yaw))
    return all_hold(
        ("held_s", longest(s, way > 78), ">=", 0.3), ("path_m", s.path_length, "<=", 0.6), ("turned_deg", abs(s.turned), "<=", 40)
    )


def searching(s: Signals) -> Verdict:
    """Searches: the face goes down and to both sides, with a few steps that lead nowhere far."""
    pitch, yaw = face_angles(s)
    steps = sum(len([r for r in true_runs(s.lift(d) > 0.03) if r[1] - r[0] >= 4]) for d in OTHER)
    return all_hold(
        ("down_share", float((pitch > 12).mean()), ">=", 0.3), ("sweep_deg", float(np.ptp(yaw)), ">=", 35),
        ("steps", steps, ">=", 2), ("gone_m", float(np.hypot(*s.travel)), "<=", 1.2),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.75),
    )  # fmt: skip


def peeking(s: Signals, side: str = "") -> Verdict:
    """Peeks: the head goes out to a side by a hand's length over feet that stay, and back."""
    out = s.seen_from("head", "pelvis")[:, 0]
    way = {"left": out, "right": -out}.get(side, np.abs(out))
    foot = max(float(s.lift(d).max()) for d in OTHER)
    return all_hold(
        ("aside_m", float(way.max()), ">=", 0.2), ("at_end_m", float(way[-5:].mean()), "<=", 0.08),
        ("foot_lift_m", foot, "<=", 0.06), ("lowest", float(s.pelvis_height.min()), ">=", 0.85),
    )  # fmt: skip


def checking_watch(s: Signals) -> Verdict:
    """Checks a watch: a wrist rests before the chest and the face looks down at it."""
    pitch, _ = face_angles(s)
    held = 0.0
    for d in OTHER:
        wrist, elbow = hand_place(s, d, "chest", "wrist"), s.seen_from(f"{d}_elbow", f"{d}_wrist")
        across = np.abs(elbow[:, 1]) < 0.14
        at = (np.abs(wrist[:, 0]) < 0.14) & (wrist[:, 2] > 0.17) & (np.abs(wrist[:, 1]) < 0.2) & across
        low = s.seen_from(f"{OTHER[d]}_wrist", f"{OTHER[d]}_shoulder")[:, 1] < -0.38
        sleeve = np.linalg.norm(s[f"{OTHER[d]}_middle2"] - s[f"{d}_wrist"], axis=-1) < 0.12
        held = max(held, longest(s, at & (pitch > 13) & (low | sleeve)))
    return all_hold(("held_s", held, ">=", 0.4), ("path_m", s.path_length, "<=", 0.6), ("lean_deg", float(s.lean.max()), "<=", 25))


def hands_on_hips(s: Signals, side: str = "") -> Verdict:
    """Hands on the hips, or one: palms at the waist's sides and the elbows out."""
    at = {}
    for d, sign in (("left", 1), ("right", -1)):
        out = sign * s.seen_from(f"{d}_elbow", f"{d}_shoulder")[:, 0] > 0.08
        at[d] = near(s, d, "hips", (0.19, 0.1, 0.015), 0.08, "palm") & out
    if not side:
        return all_hold(("both_s", longest(s, at["left"] & at["right"]), ">=", 0.5))
    return all_hold(("held_s", longest(s, at[side]), ">=", 0.5), ("other_s", longest(s, at[OTHER[side]]), "<=", 0.2))


def arms_crossed(s: Signals, head_down: bool = False) -> Verdict:
    """Arms crossed: each hand on the other's side; with ``head_down`` somebody sulks."""
    palms = {d: hand_place(s, d, "chest", "palm") for d in OTHER}
    over = [(p[:, 0] < -0.03) & (p[:, 2] > 0.1) & (np.abs(p[:, 1] + 0.08) < 0.15) for p in palms.values()]
    pitch, yaw = face_angles(s)
    low = (pitch > 22) & (np.abs(yaw) > 10) if head_down else np.ones(len(s), bool)
    return all_hold(("held_s", longest(s, over[0] & over[1] & low), ">=", 0.5))


def hands_behind_back(s: Signals) -> Verdict:
    """Hands meet behind the back, at the height of the hips or a little over."""
    palms = [hand_place(s, d, "hips", "palm") for d in OTHER]
    at = [(p[:, 2] < -0.07) & (np.abs(p[:, 0]) < 0.12) & (p[:, 1] > -0.1) & (p[:, 1] < 0.3) for p in palms]
    return all_hold(("held_s", longest(s, at[0] & at[1]), ">=", 0.5))


def surrendering(s: Signals) -> Verdict:
    """Surrenders: both hands rest at the height of the head, wide apart, forearms upright."""
    up = np.ones(len(s), bool)
    for d in OTHER:
        fore, wrist = s[f"{d}_wrist"] - s[f"{d}_elbow"], s.seen_from(f"{d}_wrist", f"{d}_shoulder")
        upright = fore[:, 1] / np.linalg.norm(fore, axis=-1) > 0.8
        up &= upright & (np.abs(wrist[:, 1] - 0.16) < 0.24) & (np.linalg.norm(s.speed(s.smooth(wrist, 0.05)), axis=-1) < 0.4)
    apart = np.linalg.norm(s["left_wrist"] - s["right_wrist"], axis=-1) > 0.45
    return all_hold(("held_s", longest(s, up & apart), ">=", 0.5))


def palms_together(s: Signals, shaking: bool = False) -> Verdict:
    """Prays: palms together at rest, fingers up; or, ``shaking``, begs with a bent trunk."""
    gap = np.linalg.norm(s["left_middle1"] - s["right_middle1"], axis=-1)
    palm = hand_place(s, "left", "chest", "palm")
    fingers = s["left_middle2"] - s["left_wrist"]
    up = fingers[:, 1] / np.linalg.norm(fingers, axis=-1)
    at = (gap < 0.16) & (palm[:, 2] > 0.1) & (np.abs(palm[:, 1]) < 0.22) & (up > (0.25 if shaking else 0.6))
    moved = s.smooth(np.linalg.norm(s.speed(s.smooth(palm, 0.03)), axis=-1), 0.15)
    shakes = (moved > 0.08) & (s.bend > 10) if shaking else moved < 0.15
    return all_hold(("held_s", longest(s, at & shakes), ">=", 0.5))


def at_attention(s: Signals) -> Verdict:
    """Stands at attention: feet together, straight legs, hands at the thighs, no movement."""
    end = s.part(max(0, len(s) - 20), len(s))
    hands = max(float(np.abs(hand_place(end, d, "hips", "palm")[:, 0]).mean()) for d in OTHER)
    apart = float(np.linalg.norm(end["left_ankle"] - end["right_ankle"], axis=-1).mean())
    return all_hold(
        ("ankles_m", apart, "<=", 0.15), ("hands_m", hands, "<=", 0.3), ("lean_deg", float(np.abs(end.lean).max()), "<=", 8),
        ("knees_deg", max(float(end.knee_bend(d).max()) for d in OTHER), "<=", 18),
        ("drift_m", float(np.ptp(end["head"], axis=0).max()), "<=", 0.03),
    )  # fmt: skip


def rig_pose(s: Signals, under: float) -> Verdict:
    """T-pose or A-pose: straight arms so many degrees ``under`` level, still for half a second."""
    good = np.ones(len(s), bool)
    for d, sign in (("left", 1), ("right", -1)):
        arm = s.seen_from(f"{d}_wrist", f"{d}_shoulder")
        angle = np.degrees(np.arctan2(-arm[:, 1], sign * arm[:, 0]))
        good &= (np.abs(angle - under) < 5) & (np.abs(arm[:, 2]) < 0.06) & (s.stretch(d) > 0.985)
        good &= np.linalg.norm(s.speed(s.smooth(arm, 0.05)), axis=-1) < 0.1
    return all_hold(("held_s", longest(s, good), ">=", 0.5))


SULK = partial(arms_crossed, head_down=True)
ROWS = (
    ("look", "look to the left", "look.left", partial(looking, direction="left")),
    ("look", "look over to the right", "look.right", partial(looking, direction="right")),
    ("look up and down", "look up at the sky", "look.up", partial(looking, direction="up")),
    ("look up and down", "look down at your feet", "look.down", partial(looking, direction="down")),
    ("look around", "look around the room", "look.around", looking_around),
    ("look behind", "look over your left shoulder", "look_over_shoulder.left", partial(looking_behind, side="left")),
    ("look behind", "look back over your shoulder", "look_over_shoulder", looking_behind),
    ("search", "search for something", "search", searching),
    ("shade eyes", "shade your eyes with a hand", "shade_eyes", SHADE_EYES),
    ("listen", "put a hand to your ear and listen", "listen", LISTEN),
    ("peek", "peek around the corner to the left", "peek.left", partial(peeking, side="left")),
    ("peek", "take a peek", "peek", peeking),
    ("check watch", "check the time", "check_watch", checking_watch),
    ("hands on hips", "put your hands on your hips", "hands_on_hips", hands_on_hips),
    ("hands on hips", "put your left hand on your hip", "hands_on_hips.left", partial(hands_on_hips, side="left")),
    ("hands in pockets", "put your hands in your pockets", "hands_in_pockets", POCKETS),
    ("cross arms", "cross your arms", "cross_arms", arms_crossed),
    ("hands behind back", "put your hands behind your back", "hands_behind_back", hands_behind_back),
    ("hands behind head", "put your hands behind your head", "hands_behind_head", BEHIND_HEAD),
    ("surrender", "surrender to the police", "hands_up", surrendering),
    ("pray", "put your palms together and pray", "pray", palms_together),
    ("beg", "beg for mercy", "beg", partial(palms_together, shaking=True)),
    ("attention", "stand at attention", "attention", at_attention),
    ("rig pose", "go into a t pose", "t_pose", partial(rig_pose, under=0.0)),
    ("rig pose", "stand in an a pose", "a_pose", partial(rig_pose, under=45.0)),
    ("sulk", "sulk with your arms crossed", "sulk", SULK),
)
