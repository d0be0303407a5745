"""Probes of bends, twists, toe touches, karate kicks and punches, and a few gestures."""

from __future__ import annotations

from functools import partial

import numpy as np

from .locomotion import times
from .signals import Signals, count_reversals, true_runs
from .travel import feet_staying
from .verdict import Verdict, all_hold, at_once, count_checks

OTHER = {"left": "right", "right": "left"}


def _chest_yaw(s: Signals) -> np.ndarray:
    """(T,) degrees that the shoulders face to the left."""
    across = s.smooth(s["left_shoulder"] - s["right_shoulder"], 0.05)
    return np.degrees(np.unwrap(np.arctan2(-across[:, 2], across[:, 0])))


def side_bending(s: Signals, side: str) -> Verdict:
    """Bends to a side over standing feet, and comes up again."""
    trunk = s["neck"] - s["pelvis"]
    aside = trunk[:, 0] * np.cos(s.heading) - trunk[:, 2] * np.sin(s.heading)
    angle = np.degrees(np.arctan2(aside, trunk[:, 1])) * (1 if side == "left" else -1)
    peak = int(s.smooth(angle, 0.1).argmax())
    return all_hold(
        ("bent_deg", float(angle.max()), ">=", 22), ("other_way_deg", float(-angle.min()), "<=", 20),
        ("forward_deg", abs(float(s.bend[peak])), "<=", 35), ("bent_at_end_deg", float(angle[-4:].mean()), "<=", 20),
        ("path_m", s.path_length, "<=", 1.0), ("lowest", float(s.pelvis_height.min()), ">=", 0.85),
    )  # fmt: skip


def side_twisting(s: Signals) -> Verdict:
    """Twists at the waist to and fro, the feet where they are."""
    yaw = _chest_yaw(s)
    return all_hold(
        ("twist_deg", float(np.ptp(yaw)), ">=", 65), ("reversals", count_reversals(yaw, 40.0), ">=", 1),
        ("lean_deg", float(np.percentile(s.lean, 80)), "<=", 40), ("path_m_per_s", s.path_length / s.seconds, "<=", 0.35),
        ("upright", float((s.pelvis_height > 0.85).mean()), ">=", 0.9),
        ("feet_m", max(float(s.lift(d).max()) for d in OTHER), "<=", 0.12),
    )  # fmt: skip


def toe_touching(s: Signals, count: int | None = None) -> Verdict:
    """Bends over so that both hands reach the feet, and comes up, ``count`` times."""
    hands = np.maximum(*(s[f"{d}_middle1"][:, 1] for d in OTHER)) - s.floor
    down = [(a, b) for a, b in true_runs(s.bend > 55) if hands[a:b].min() < 0.42]
    return all_hold(
        *count_checks("touches", len(down), count, (1, 6)), ("bend_at_start_deg", float(s.bend[:6].min()), "<=", 40),
        ("bend_at_end_deg", float(s.bend[-6:].min()), "<=", 40), ("lowest", float(s.pelvis_height.min()), ">=", 0.72),
        ("path_m", s.path_length, "<=", 1.6), ("knees_deg", float(np.percentile(s.knee_bend("left"), 95)), "<=", 70),
    )  # fmt: skip


def windmilling(s: Signals) -> Verdict:
    """Bends to one foot and then to the other, twisting on the way."""
    low = {d: s[f"{d}_middle1"][:, 1] - s.floor for d in OTHER}
    hands = min(float(low[d].min()) for d in OTHER)
    return all_hold(
        ("hand_m", hands, "<=", 0.62), ("bent_deg", float(s.lean.max()), ">=", 55),
        ("twist_deg", float(np.ptp(_chest_yaw(s))), ">=", 60), ("path_m", s.path_length, "<=", 1.8),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.75), ("bends", len(true_runs(s.lean > 45)), ">=", 2),
    )  # fmt: skip


def _swing(s: Signals, side: str) -> tuple[np.ndarray, np.ndarray]:
    """(T,) lift of a foot in metres and its speed against the pelvis in m/s."""
    return s.lift(side), np.linalg.norm(s.speed(s.seen_from(f"{side}_ankle", "pelvis")), axis=-1)


def roundhouse(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """Kicks high in an arc: a foot at hip height, the hips turning over with it."""
    heading = np.degrees(s.smooth(s.heading, 0.05))
    found, highest, most = 0, 0.0, 0.0
    for leg in [side] if side else OTHER:
        lift, speed = _swing(s, leg)
        for a, b in true_runs(lift > 0.5):
            over = float(np.ptp(heading[max(0, a - 9) : b + 9]))
            highest, most = max(highest, float(lift[a:b].max())), max(most, over)
            found += int(speed[max(0, a - 6) : b].max() > 2.5 and over >= 50)
    return all_hold(*count_checks("kicks", found, count, (1, 3)), ("foot_m", highest, ">=", 0.6), ("hips_deg", most, ">=", 50),
                    ("upright", float((s.pelvis_height > 0.65).mean()), ">=", 0.8))  # fmt: skip


def side_kicking(s: Signals, side: str = "", count: int | None = None) -> Verdict:
    """Kicks to the side: a foot is thrust out sideways from a raised knee."""
    found, furthest = 0, 0.0
    for leg in [side] if side else OTHER:
        out = s.seen_from(f"{leg}_ankle", f"{leg}_hip")[:, 0] * (1 if leg == "left" else -1)
        reach = (s.lift(leg) > 0.3) & (s.knee_bend(leg) < 75)
        furthest = max(furthest, float(out[reach].max(initial=0.0)))
        found += sum(1 for a, b in true_runs(reach) if out[a:b].max() > 0.35)
    return all_hold(
        *count_checks("kicks", found, count, (1, 3)), ("aside_m", furthest, ">=", 0.35), ("path_m", s.path_length, "<=", 2.0),
        ("upright", float((s.pelvis_height > 0.65).mean()), ">=", 0.8),
    )  # fmt: skip


def kicking_ball(s: Signals, side: str = "") -> Verdict:
    """Kicks a ball: a foot swings through fast and ahead, the other beside it on the floor."""
    best, leg = 0.0, side
    for one in [side] if side else OTHER:
        ahead = s.seen_from(f"{one}_ankle", f"{one}_hip")[:, 2]
        _, speed = _swing(s, one)
        through = (ahead > 0.1) & (s.lift(OTHER[one]) < 0.12) & (s.lift(one) < 0.7)
        best, leg = max((best, leg), (float(speed[through].max(initial=0.0)), one))
    back = float(s.seen_from(f"{leg or 'right'}_ankle", f"{leg or 'right'}_hip")[:, 2].min())
    return all_hold(
        ("foot_m_s", best, ">=", 5.0), ("swings_from_m", back, "<=", -0.25), ("ahead_m", s.gone_as_faced[0], ">=", 0.2),
        ("upright", float((s.pelvis_height > 0.75).mean()), ">=", 0.8), ("pace_at_end_m_s", float(s.pace[-4:].mean()), "<=", 1.4),
    )  # fmt: skip


def hands_meeting_at_chest(s: Signals, least: float = 0.5) -> Verdict:
    """Opens a bottle: both hands together before the chest for most of the time, the body still."""
    apart = np.linalg.norm(s["left_wrist"] - s["right_wrist"], axis=-1)
    height = np.minimum(*(s[f"{d}_wrist"][:, 1] - s[f"{d}_shoulder"][:, 1] for d in OTHER))
    ahead = np.minimum(*(s.seen_from(f"{d}_wrist", f"{d}_shoulder")[:, 2] for d in OTHER))
    held = (apart < 0.3) & (height > -0.42) & (height < 0.05) & (ahead > 0.08)
    return all_hold(
        ("held", float(held.mean()), ">=", least), ("path_m", s.path_length, "<=", 0.7),
        ("lean_deg", float(np.median(s.lean)), "<=", 30),
        ("upright", float((s.pelvis_height > 0.85).mean()), ">=", 0.95), ("turned_deg", abs(s.turned), "<=", 40),
    )  # fmt: skip


def pirouetting(s: Signals) -> Verdict:
    """Turns a pirouette: most of the way round or more, fast, one foot off the floor."""
    turned = np.degrees(s.smooth(s.heading, 0.08))
    lifted = np.maximum(s.lift("left"), s.lift("right")) > 0.06
    return all_hold(
        ("turned_deg", abs(float(turned[-1] - turned[0])), ">=", 240),
        ("deg_per_s", float(np.abs(s.speed(turned)).max()), ">=", 280),
        ("on_one_foot", float(lifted.mean()), ">=", 0.08), ("lean_deg", float(np.percentile(s.lean, 90)), "<=", 45),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.75), ("seconds", s.seconds, "<=", 6.0),
        ("net_m", float(np.linalg.norm(s.path[-1] - s.path[0])), "<=", 2.2),
    )  # fmt: skip


def arabesque(s: Signals) -> Verdict:
    """One leg nearly straight, high behind or beside the body, over the other foot."""
    held = 0
    for leg, other in OTHER.items():
        foot = s.seen_from(f"{leg}_ankle", f"{leg}_hip")
        out = np.maximum(-foot[:, 2], foot[:, 0] * (1 if leg == "left" else -1))
        held = max(held, int(((s.lift(leg) > 0.5) & (out > 0.4) & (s.knee_bend(leg) < 80) & (s.lift(other) < 0.15)).sum()))
    return all_hold(
        ("held_s", held / s.fps, ">=", 0.2), ("path_m", s.path_length, "<=", 2.6),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.7), ("lean_deg", float(s.lean.max()), "<=", 85),
    )  # fmt: skip


def lunge_punching(s: Signals, side: str = "") -> Verdict:
    """Punches with a long step: the arm ends straight ahead over a deep stance."""
    tail = slice(-10, None)
    ankles = s["left_ankle"] - s["right_ankle"]
    wide = float(np.linalg.norm(ankles[tail][:, [0, 2]], axis=-1).mean())
    arms = [side] if side else list(OTHER)
    ahead = max(float(s.seen_from(f"{d}_wrist", f"{d}_shoulder")[tail, 2].max()) for d in arms)
    height = max(float(s.seen_from(f"{d}_wrist", f"{d}_shoulder")[tail, 1].max()) for d in arms)
    return all_hold(
        ("arm_ahead_m", ahead, ">=", 0.36), ("arm_height_m", height, ">=", -0.25), ("stance_m", wide, ">=", 0.6),
        ("ahead_m", s.gone_as_faced[0], ">=", 0.3), ("lowest", float(s.pelvis_height[tail].mean()), "<=", 0.9),
        ("lean_deg", float(np.median(s.lean)), "<=", 35),
    )  # fmt: skip


def pressing(s: Signals, side: str = "") -> Verdict:
    """Presses a button: one hand goes out ahead, over the waist and under the head, and back."""
    ahead = {d: s.smooth(s.seen_from(f"{d}_wrist", f"{d}_shoulder"), 0.04) for d in OTHER}
    arm = side or max(OTHER, key=lambda d: float(ahead[d][:, 2].max()))
    peak = int(ahead[arm][:, 2].argmax())
    back = float(ahead[arm][peak, 2] - ahead[arm][-3:, 2].mean())
    return all_hold(
        ("ahead_m", float(ahead[arm][peak, 2]), ">=", 0.24), ("height_m", float(ahead[arm][peak, 1]), ">=", -0.42),
        ("highest_m", float(ahead[arm][:, 1].max()), "<=", 0.05), ("back_m", back, ">=", 0.15),
        ("seconds", s.seconds, "<=", 4.0), ("foot_m", max(float(s.lift(d).max()) for d in OTHER), "<=", 0.07),
        ("other_ahead_m", float(ahead[OTHER[arm]][:, 2].max()), "<=", 0.25), ("path_m", s.path_length, "<=", 0.6),
        ("upright", float((s.pelvis_height > 0.85).mean()), ">=", 0.9),
    )  # fmt: skip


def dabbing(s: Signals, side: str = "") -> Verdict:
    """Dabs: one arm straight out and up to the side, the face in the crook of the other."""
    held = {}
    for arm, other in OTHER.items():
        out = s.seen_from(f"{arm}_wrist", f"{arm}_shoulder")
        aside = out[:, 0] * (1 if arm == "left" else -1)
        near = np.linalg.norm(s[f"{other}_wrist"] - s["head"], axis=-1) < 0.5
        held[arm] = float(((s.stretch(arm) > 0.85) & (out[:, 1] > -0.05) & (aside > 0.25) & near).sum()) / s.fps
    arm = side or max(held, key=held.get)
    return all_hold(("held_s", held[arm], ">=", 0.2), ("path_m", s.path_length, "<=", 1.0))


def head_exploding(s: Signals) -> Verdict:
    """Both hands at the head, then flung wide apart."""
    near = np.maximum(*(np.linalg.norm(s[f"{d}_wrist"] - s["head"], axis=-1) for d in OTHER)) < 0.38
    apart = np.linalg.norm(s["left_wrist"] - s["right_wrist"], axis=-1)
    first = int(near.argmax()) if near.any() else len(s) - 1
    return all_hold(
        ("at_head", float(near.sum()), ">=", 2), ("apart_m", float(apart[first:].max()), ">=", 0.9),
        ("height_m", float((s["left_wrist"] - s["pelvis"])[first:, 1].max()), ">=", 0.25), ("path_m", s.path_length, "<=", 0.8),
    )  # fmt: skip


BEND_LEFT, BEND_RIGHT = partial(side_bending, side="left"), partial(side_bending, side="right")

ROWS = (
    ("side bend", "do a side bend to the left", "side_bend.left", BEND_LEFT),
    ("side bend", "bend sideways to the right", "side_bend.right", BEND_RIGHT),
    ("side twist", "twist at the waist", "side_twist", side_twisting),
    ("side twist", "do some waist twists", "side_twist", side_twisting),
    ("toe touch", "touch your toes", "toe_touch", toe_touching),
    ("toe touch", "touch your toes three times", "toe_touch*3", times(toe_touching, 3)),
    ("windmill", "do windmill toe touches", "windmill", windmilling),
    ("roundhouse kick", "throw a roundhouse kick", "roundhouse_kick", roundhouse),
    ("roundhouse kick", "do a left roundhouse kick", "roundhouse_kick.left", partial(roundhouse, side="left")),
    ("side kick", "do a side kick", "side_kick", side_kicking),
    ("side kick", "kick sideways with your right leg", "side_kick.right", partial(side_kicking, side="right")),
    ("lunge punch", "step forward and punch", "lunge_punch", lunge_punching),
    ("lunge punch", "do a lunge punch with your left hand", "lunge_punch.left", partial(lunge_punching, side="left")),
    ("kick a ball", "run up and kick the ball", "kick_ball", kicking_ball),
    ("kick a ball", "kick the ball with your left foot", "kick_ball.left", partial(kicking_ball, side="left")),
    ("open a bottle", "unscrew the lid", "open_bottle", hands_meeting_at_chest),
    ("pirouette", "do a pirouette", "pirouette", pirouetting),
    ("arabesque", "do an arabesque", "arabesque", arabesque),
    ("press button", "press the button", "press_button", pressing),
    ("press button", "push a button with your right hand", "press_button.right", partial(pressing, side="right")),
    ("dab", "do a dab", "dab", dabbing),
    ("dab", "dab to the left", "dab.left", partial(dabbing, side="left")),
    ("mind blown", "make a head explosion gesture", "mind_blown", head_exploding),
    ("feet in place", "dab without moving your feet", "stand+dab", at_once(dabbing, feet_staying)),
)
