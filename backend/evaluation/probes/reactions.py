"""Measurements of stumbles, slips, frights, hits, pushes, deaths, and of leaning."""

from __future__ import annotations

from functools import partial

import numpy as np

from .signals import ARM, Signals, count_reversals, true_runs
from .travel import longest_flight, upright
from .verdict import Verdict, all_hold

SIDES = ("left", "right")
_BALL = 0.02


def _ends_upright(s: Signals) -> list[tuple[str, float, str, float]]:
    return [
        ("lean_at_end_deg", float(s.lean[-4:].mean()), "<=", 18),
        ("height_at_end", float(s.pelvis_height[-4:].mean()), ">=", 0.9), ("lowest", float(s.pelvis_height.min()), ">=", 0.42),
        ("in_the_air_s", longest_flight(s), "<=", 0.25),
    ]  # fmt: skip


def _feet_moved(s: Signals) -> float:
    """Metres that the farther-going foot ends from where it was."""
    return max(float(np.linalg.norm((s[f"{side}_ankle"][-1] - s[f"{side}_ankle"][0])[[0, 2]])) for side in SIDES)


def stumbling(s: Signals, least: float = 22.0) -> Verdict:
    """Stumbles: on the way it is thrown forward and comes upright again.

    It is thrown by ``least`` degrees within half a second.
    """
    bend = s.smooth(s.bend, 0.05)
    window = round(0.5 * s.fps)
    thrown = max((float(bend[i : i + window].max() - bend[i]) for i in range(len(bend) - 3)), default=0.0)
    return all_hold(
        ("ahead_m", s.gone_as_faced[0], ">=", 0.7), ("thrown_deg", thrown, ">=", least),
        ("bend_deg", float(bend.max()), "<=", 80), *_ends_upright(s), ("pace_m_s", float(s.pace.max()), ">=", 0.7),
        ("bend_at_start_deg", float(np.abs(bend[:6]).mean()), "<=", 15),
    )  # fmt: skip


def slipping(s: Signals) -> Verdict:
    """Slips: a foot slides away on the floor, the trunk goes back, the arms fly up.

    At the end the feet hold again.
    """
    slides = []
    for side in SIDES:
        ball, ankle = s[f"{side}_foot"], s[f"{side}_ankle"]
        low = (ankle[:, 1] - 0.07 - s.floor < 0.05) & (ball[:, 1] - _BALL - s.floor < 0.1)
        for a, b in true_runs(low):
            slides.append(float(np.linalg.norm((ankle[a:b, [0, 2]] - ankle[a, [0, 2]]), axis=-1).max()))
    hands = min(float((s[f"{side}_wrist"][:, 1] - s[f"{side}_shoulder"][:, 1]).max()) for side in SIDES)
    return all_hold(
        ("slid_m", max(slides, default=0.0), ">=", 0.15), ("back_deg", float(-s.smooth(s.bend, 0.04).min()), ">=", 9),
        ("hands_m", hands, ">=", -0.2), ("ahead_m", s.gone_as_faced[0], ">=", 0.3), *_ends_upright(s),
    )  # fmt: skip


def _feet_low(s: Signals) -> tuple[str, float, str, float]:
    """Steps at most, no kick and no raised knee."""
    return ("foot_lift_m", max(float(s.lift(side).max()) for side in SIDES), "<=", 0.15)


def _wrist(s: Signals, side: str, joint: str) -> np.ndarray:
    """(T,) metres between a wrist and another joint."""
    return np.linalg.norm(s[f"{side}_wrist"] - s[joint], axis=-1)


def startled(s: Signals) -> Verdict:
    """Is startled: both hands jerk up in front of the chest within a quarter of a second.

    Then the body stands again.
    """
    up = np.minimum(*(s.seen_from(f"{side}_wrist", "pelvis")[:, 1] for side in SIDES))
    near = np.maximum(*(_wrist(s, side, "spine3") for side in SIDES))
    window = round(0.3 * s.fps)
    jerk = max((float(up[i : i + window].max() - up[i]) for i in range(len(up) - 2)), default=0.0)
    return all_hold(
        ("jerk_m", jerk, ">=", 0.25), ("hands_m", float(up.max()), ">=", 0.2),
        ("hands_at_start_m", float(up[:5].mean()), "<=", 0.12),
        ("from_chest_m", float(near[up > 0.2].min()) if (up > 0.2).any() else 9.0, "<=", 0.42),
        ("path_m", s.path_length, "<=", 0.7), ("hands_at_end_m", float(up[-4:].mean()), "<=", 0.15),
        ("up_s", float((up > 0.2).sum()) / s.fps, "<=", 2.0),
        ("stretch", max(float(s.stretch(side)[up > 0.2].max(initial=0.0)) for side in SIDES), "<=", 0.86),
        ("apart_m", float(np.linalg.norm(s["left_wrist"] - s["right_wrist"], axis=-1)[up > 0.2].min(initial=9.0)), ">=", 0.14),
        ("feet_m", max(float(np.percentile(s.lift(side), 95)) for side in SIDES), "<=", 0.1),
        ("over_head_m", float((s["left_wrist"] - s["head"])[:, 1].max()), "<=", 0.12),
        ("lean_deg", float(s.lean.max()), "<=", 28), *_ends_upright(s),
    )  # fmt: skip


def flinching(s: Signals, side: str = "") -> Verdict:
    """Flinches: an arm (the named one) comes up before the face.

    The trunk tilts away from it and comes upright again.
    """
    trunk = s.seen_from("neck", "pelvis")
    best, found = -9.0, ("", 9.0, 0.0)
    for arm in (side,) if side else SIDES:
        away = np.degrees(np.arctan2(trunk[:, 0], trunk[:, 1])) * (-1 if arm == "left" else 1)
        face = _wrist(s, arm, "head") < 0.36
        tilt = float(away[face].max()) if face.any() else -9.0
        if tilt > best:
            best, found = tilt, (arm, float(_wrist(s, arm, "head").min()), float(s.bend[face].max()) if face.any() else 0.0)
    quick = max(float(np.linalg.norm(s.speed(s.seen_from(f"{arm}_wrist", "pelvis")), axis=-1).max()) for arm in SIDES)
    return all_hold(
        _feet_low(s), ("hand_from_head_m", found[1], "<=", 0.36), ("away_deg", best, ">=", 5), ("bend_deg", found[2], ">=", 2),
        ("hand_m_s", quick, ">=", 2.2), ("path_m", s.path_length, "<=", 0.6), *_ends_upright(s),
    )  # fmt: skip


def _snap(s: Signals) -> np.ndarray:
    """(T, 2) m/s of the head seen from the pelvis: left, forward."""
    return s.speed(s.smooth(s.seen_from("head", "pelvis"), 0.03))[:, [0, 2]]


def hit_on_head(s: Signals, side: str = "") -> Verdict:
    """Is hit on the head: it snaps away from the blow, back or to the other side.

    The body keeps on its feet.
    """
    snap, bend = _snap(s), s.smooth(s.bend, 0.05)
    away = {"": -snap[:, 1], "left": -snap[:, 0], "right": snap[:, 0]}[side]
    near = max(float((_wrist(s, arm, "head") < 0.3).sum()) / s.fps for arm in SIDES)
    return all_hold(
        _feet_low(s), ("snap_m_s", float(away.max()), ">=", 0.55), ("snap_in_s", float(away.argmax()) / s.fps, "<=", 3.0),
        ("hand_at_head_s", near, ">=", 0.25), ("path_m", s.path_length, "<=", 1.2), ("bend_deg", float(bend.max()), "<=", 45),
        *_ends_upright(s),
    )  # fmt: skip


def hit_in_stomach(s: Signals, side: str = "") -> Verdict:
    """Is hit in the belly: doubled up within a third of a second, the hands to it.

    Then it comes upright again.
    """
    bend = s.smooth(s.bend, 0.04)
    window = round(0.35 * s.fps)
    thrown = max((float(bend[i : i + window].max() - bend[i]) for i in range(len(bend) - 3)), default=0.0)
    low = bend >= 0.7 * max(float(bend.max()), 1.0)
    low[int(bend.argmax())] = True
    hands = [float(_wrist(s, arm, "spine1")[low].min()) for arm in SIDES]
    trunk = s.seen_from("neck", "pelvis")
    tilt = np.degrees(np.arctan2(trunk[:, 0], np.hypot(trunk[:, 1], trunk[:, 2])))[low].mean()
    folded = [("folded_deg", float(tilt if side == "left" else -tilt), ">=", 4)] if side else []
    return all_hold(
        ("thrown_deg", thrown, ">=", 16 if side else 24), ("bend_deg", float(bend.max()), ">=", 20 if side else 28),
        ("hands_m", max(hands), "<=", 0.36), *folded, ("path_m", s.path_length, "<=", 1.2), *_ends_upright(s),
    )  # fmt: skip


def pushed(s: Signals, direction: str) -> Verdict:
    """Is pushed: from standing, quick steps one way under a trunk that goes first.

    At the end it stands again.
    """
    along, left = s.travel
    way, across = {"forward": (along, left), "backward": (-along, left), "left": (left, along), "right": (-left, along)}[direction]
    trunk = s.seen_from("neck", "pelvis")
    tips = {"forward": trunk[:, 2], "backward": -trunk[:, 2], "left": trunk[:, 0], "right": -trunk[:, 0]}[direction]
    tip = np.degrees(np.arctan2(tips, trunk[:, 1]))
    return all_hold(
        (f"{direction}_m", way, ">=", 0.25), (f"{direction}_m ", way, "<=", 1.6),
        ("across_share", abs(across) / max(way, 1e-6), "<=", 0.6), ("tip_deg", float(tip.max() - tip[:6].mean()), ">=", 8),
        ("pace_at_start_m_s", float(s.pace[:4].mean()), "<=", 0.25), ("pace_at_end_m_s", float(s.pace[-4:].mean()), "<=", 0.25),
        ("height_at_start", float(s.pelvis_height[:4].mean()), ">=", 0.9), ("fastest_m_s", float(s.pace.max()), ">=", 0.3),
        ("seconds", s.seconds, "<=", 4.5), ("turned_deg", abs(s.turned), "<=", 40), *_ends_upright(s),
    )  # fmt: skip


def _faces_up(s: Signals) -> float:
    """Height of the chest's front at the end: 1 on the back, -1 on the belly, 0 on a side."""
    across = s["left_shoulder"][-1] - s["right_shoulder"][-1]
    front = np.cross(across, s["neck"][-1] - s["pelvis"][-1])
    return float(front[1] / np.linalg.norm(front))


def struck_down(s: Signals, lies: str = "") -> Verdict:
    """From standing to the floor faster than anybody lies down, and lies there.

    ``lies`` says on what: the "back", the "belly" or a "side".
    """
    drop = -s.speed(s.smooth(s.pelvis_height, 0.05))
    up = _faces_up(s)
    checks = {"back": ("faces_up", up, ">=", 0.6), "belly": ("faces_up", up, "<=", -0.6), "side": ("faces_up", abs(up), "<=", 0.7)}
    how = [checks[lies]] if lies else []
    return all_hold(
        ("height_at_start", float(s.pelvis_height[:8].max()), ">=", 0.85),
        ("height_at_end", float(s.pelvis_height[-4:].mean()), "<=", 0.32), ("lean_deg", float(s.lean[-4:].mean()), ">=", 60),
        ("drop_per_s", float(drop.max()), ">=", 1.1), *how, ("still_at_end_m_s", float(s.pace[-4:].mean()), "<=", 0.4),
    )  # fmt: skip


def dizzy(s: Signals) -> Verdict:
    """Is dizzy: on the spot, a hand at the head for a while, the trunk going round."""
    trunk = s.smooth(s.seen_from("neck", "pelvis"), 0.08)
    aside, ahead = (np.degrees(np.arctan2(trunk[:, i], trunk[:, 1])) for i in (0, 2))
    held = max(float((_wrist(s, arm, "head") < 0.32).sum()) / s.fps for arm in SIDES)
    return all_hold(
        _feet_low(s), ("hand_at_head_s", held, ">=", 0.7), ("aside_deg", float(np.ptp(aside)), ">=", 7),
        ("ahead_deg", float(np.ptp(ahead)), ">=", 4),
        ("turns", count_reversals(aside, 3.0) + count_reversals(ahead, 3.0), ">=", 2), ("net_m", _feet_moved(s), "<=", 0.5),
        *_ends_upright(s),
    )  # fmt: skip


def taking_cover(s: Signals) -> Verdict:
    """Ducks for cover: quickly down into a ball on the feet, the hands at the head, and stays."""
    tail = slice(-10, None)
    hands = max(float(_wrist(s, arm, "head")[tail].mean()) for arm in SIDES)
    return all_hold(
        ("height_at_start", float(s.pelvis_height[:8].max()), ">=", 0.85),
        ("height_at_end", float(s.pelvis_height[tail].mean()), "<=", 0.62), ("hands_from_head_m", hands, "<=", 0.34),
        ("bend_deg", float(s.bend[tail].mean()), ">=", 25), ("path_m", s.path_length, "<=", 0.8),
    )  # fmt: skip


def _stands(s: Signals) -> list[tuple[str, float, str, float]]:
    lifts = max(float(np.percentile(s.lift(side), 95)) for side in SIDES)
    return [("feet_m", _feet_moved(s), "<=", 0.12), ("foot_lift_m", lifts, "<=", 0.03), ("upright", upright(s), ">=", 0.95)]


def _tilt(s: Signals, direction: str) -> np.ndarray:
    """(T,) degrees that the trunk leans one way."""
    trunk = s.smooth(s.seen_from("neck", "pelvis"), 0.06)
    part = {"forward": trunk[:, 2], "backward": -trunk[:, 2], "left": trunk[:, 0], "right": -trunk[:, 0]}[direction]
    return np.degrees(np.arctan2(part, trunk[:, 1]))


def leaning(s: Signals, direction: str) -> Verdict:
    """Leans one way for a moment, feet where they are, without bending far."""
    tilt = _tilt(s, direction)
    across = _tilt(s, "left" if direction in ("forward", "backward") else "forward")
    high = [float((s[f"{side}_wrist"][:, 1] - s[f"{side}_shoulder"][:, 1]).max()) for side in SIDES]
    return all_hold(
        *_stands(s), ("tilt_deg", float(tilt.max()), ">=", 8), ("tilt_deg ", float(tilt.max()), "<=", 38),
        ("held_s", float((tilt > 0.6 * tilt.max()).sum()) / s.fps, ">=", 0.5),
        ("across_deg", float(np.abs(across).max()), "<=", 20), ("hands_m", max(high), "<=", 0.0),
        ("stretch", min(float(s.stretch(side).mean()) for side in SIDES), ">=", 0.75),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.88),
    )  # fmt: skip


def bending(s: Signals, direction: str) -> Verdict:
    """Bends over far, or arches back, legs nearly straight, and comes up again."""
    tilt = _tilt(s, direction)
    least, most = {"forward": (50, 115), "backward": (18, 75)}[direction]
    return all_hold(
        *_stands(s)[:2], ("tilt_deg", float(tilt.max()), ">=", least), ("tilt_deg ", float(tilt.max()), "<=", most),
        ("lowest", float(s.pelvis_height.min()), ">=", 0.72), ("tilt_at_end_deg", float(abs(tilt[-4:]).mean()), "<=", 18),
        ("held_s", float((tilt > 0.6 * tilt.max()).sum()) / s.fps, ">=", 0.4),
    )  # fmt: skip


def _over_feet(s: Signals) -> np.ndarray:
    """(T,) metres that the pelvis is to the left of the middle of the feet."""
    return s.smooth((s.seen_from("pelvis", "left_ankle") + s.seen_from("pelvis", "right_ankle"))[:, 0] / 2, 0.08)


def weight_on(s: Signals, side: str) -> Verdict:
    """Shifts the weight: the pelvis goes over a foot and stays there, feet where they are."""
    over = _over_feet(s) * (1 if side == "left" else -1)
    return all_hold(
        *_stands(s), (f"{side}_m", float(over[-6:].mean() - over[:6].mean()), ">=", 0.05),
        ("lean_deg", float(s.lean.max()), "<=", 16),
        ("hands", max(float(s.seen_from(f"{arm}_wrist", "pelvis")[:, 1].max()) for arm in SIDES), "<=", 0.5 * ARM),
    )  # fmt: skip


def shifting_weight(s: Signals) -> Verdict:
    """Shifts the weight to and fro: the pelvis goes from foot to foot, feet where they are."""
    over = _over_feet(s)
    return all_hold(
        *_stands(s), ("swings", count_reversals(over, 0.06), ">=", 2), ("aside_m", float(np.ptp(over)), ">=", 0.09),
        ("hands_m", max(float((s[f"{arm}_wrist"][:, 1] - s[f"{arm}_shoulder"][:, 1]).max()) for arm in SIDES), "<=", -0.1),
    )  # fmt: skip


ROWS = (
    ("stumble", "stumble and recover", "stumble", stumbling),
    ("stumble", "he loses his footing and recovers", "stumble", stumbling),
    ("trip", "trip over a rock", "trip", partial(stumbling, least=28)),
    ("trip", "can she trip over her own feet", "trip", partial(stumbling, least=28)),
    ("slip", "slip on a banana peel", "slip", slipping),
    ("slip", "somebody slips on the ice", "slip", slipping),
    ("startled", "get startled by a loud noise", "startle", startled),
    ("startled", "react to a jump scare", "startle", startled),
    ("flinch", "flinch away from something on the right", "flinch.right", partial(flinching, side="right")),
    ("flinch", "she flinches and shields her face", "flinch", flinching),
    ("hit on the head", "get punched in the face", "hit_head", hit_on_head),
    ("hit on the head", "take a punch to the left cheek", "hit_head.left", partial(hit_on_head, side="left")),
    ("hit in the belly", "get punched in the gut", "hit_stomach", hit_in_stomach),
    ("hit in the belly", "take a punch to the right ribs", "hit_stomach.right", partial(hit_in_stomach, side="right")),
    ("pushed", "a person is pushed from behind", "pushed.forward", partial(pushed, direction="forward")),
    ("pushed", "get shoved backwards", "pushed.backward", partial(pushed, direction="backward")),
    ("pushed", "he gets pushed to the left", "pushed.left", partial(pushed, direction="left")),
    ("knocked down", "get knocked to the ground", "knocked_down", struck_down),
    ("die", "get shot in the chest and die", "die.backward", partial(struck_down, lies="back")),
    ("die", "drop to your knees and die", "die.forward", partial(struck_down, lies="belly")),
    ("faint", "she faints", "faint", struck_down),
    ("faint", "pass out on the floor", "faint", struck_down),
    ("dizzy", "feel dizzy", "dizzy", dizzy),
    ("take cover", "duck for cover", "duck_for_cover", taking_cover),
    ("take cover", "crouch and cover your head", "duck_for_cover", taking_cover),
    ("lean", "lean forward a bit", "lean.forward", partial(leaning, direction="forward")),
    ("lean", "lean back", "lean.backward", partial(leaning, direction="backward")),
    ("lean", "lean over to the left", "lean.left", partial(leaning, direction="left")),
    ("lean", "tilt your body to the right", "lean.right", partial(leaning, direction="right")),
    ("bend", "bend over at the hips", "bend.forward", partial(bending, direction="forward")),
    ("bend", "arch your back", "bend.backward", partial(bending, direction="backward")),
    ("shift weight", "shift your weight to the left leg", "shift_weight.left", partial(weight_on, side="left")),
    ("shift weight", "put your weight on your right foot", "shift_weight.right", partial(weight_on, side="right")),
    ("shift weight", "shift your weight from foot to foot", "shift_weight", shifting_weight),
)
