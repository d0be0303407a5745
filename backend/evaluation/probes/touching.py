"""Probes of hands at head, face, trunk and legs: (kind, words, key, measurement)."""

from __future__ import annotations

from functools import partial

import numpy as np

from .contact import OTHER, hand_place, longest, near, on
from .signals import Signals, count_reversals
from .verdict import Verdict, all_hold

# places in metres: the frame, where, how far off still counts, and which part of the hand
TOUCH_HEAD = on("head", (0.06, 0.14, 0.0), 0.085, "palm")
HOLD_HEAD = on("head", (0.1, 0.12, 0.03), 0.09, "palm", both=True)
TOUCH_FACE = on("head", (0.09, -0.03, 0.075), 0.05)
TOUCH_NOSE = on("head", (0.03, 0.02, 0.12), 0.045)
RUB_CHIN = on("head", (0.03, -0.085, 0.115), 0.055, least=0.5)
RUB_NECK = on("head", (0.04, -0.06, -0.10), 0.09)
RUB_EYES = on("head", (0.05, 0.06, 0.12), 0.045)
WIPE_BROW = on("head", (0.05, 0.10, 0.075), 0.06, least=0.2)
FACEPALM = on("head", (0.02, 0.03, 0.14), 0.055, "palm", least=0.5)
COVER_FACE = on("head", (0.05, 0.0, 0.14), 0.075, "palm", both=True)
COVER_EARS = on("head", (0.13, -0.01, 0.01), 0.075, "palm", both=True)
COVER_MOUTH = on("head", (0.03, -0.06, 0.14), 0.05, "palm", least=0.5)
ADJUST_GLASSES = on("head", (0.06, 0.045, 0.105), 0.07, least=0.2)
RUB_BELLY = on("hips", (0.04, 0.11, 0.13), 0.09, "palm", least=0.5)
HAND_ON_HEART = on("chest", (-0.02, 0.03, 0.15), 0.075, "palm", least=0.5)
HANDS_ON_SHOULDERS = on("chest", (0.18, 0.21, 0.03), 0.085, both=True)


def scratching_head(s: Signals, side: str = "") -> Verdict:
    """Scratches the head: fingers move to and fro, a little, at scalp or temple."""
    found = {d: _scratches(s, d, "head", (0.075, 0.11, 0.0), 0.105) for d in OTHER}
    checks = [("scratches", found[side] if side else max(found.values()), ">=", 3)]
    return all_hold(*checks, *([("other_hand", found[OTHER[side]], "<=", 1)] if side else []))


def _scratches(s: Signals, side: str, frame: str, place: tuple[float, float, float], radius: float) -> int:
    """Reversals of fingertips of 4 to 120 mm while they are near a place."""
    tips, at = hand_place(s, side, frame), near(s, side, frame, place, radius)
    if longest(s, at) < 0.4:
        return 0
    return max(count_reversals(tips[at, axis], 0.006) for axis in range(3) if np.ptp(tips[at, axis]) < 0.12)


def brushing_hair(s: Signals, side: str = "") -> Verdict:
    """Runs a hand through the hair: fingers go over the top of the head from front to back."""
    stroke = {}
    for d in OTHER:
        tips = hand_place(s, d, "head")
        top = (tips[:, 1] > 0.06) & (tips[:, 1] < 0.22) & (np.abs(tips[:, 0]) < 0.16) & (np.abs(tips[:, 2]) < 0.16)
        stroke[d] = float(np.ptp(tips[top, 2])) if top.sum() > 5 else 0.0
    return all_hold(("stroke_m", stroke[side] if side else max(stroke.values()), ">=", 0.11))


def thinking(s: Signals) -> Verdict:
    """Thinks: fingers at the chin for more than a second, the body stays."""
    held = max(longest(s, near(s, d, "head", (0.03, -0.085, 0.115), 0.065)) for d in OTHER)
    return all_hold(("held_s", held, ">=", 0.9), ("path_m", s.path_length, "<=", 0.5))


def rubbing_hands(s: Signals) -> Verdict:
    """Rubs the hands: they lie together before the body and slide along each other."""
    gap = np.linalg.norm(s["left_middle1"] - s["right_middle1"], axis=-1)
    together, apart = gap < 0.17, s["left_wrist"] - s["right_wrist"]
    slides = count_reversals(s.smooth(apart[together], 0.02)[:, 1], 0.02) if together.sum() > 10 else 0
    front = float((hand_place(s, "left", "chest", "palm")[:, 2] > 0.12)[together].mean()) if together.any() else 0.0
    return all_hold(("together_s", longest(s, together), ">=", 0.5), ("slides", slides, ">=", 3), ("in_front", front, ">=", 0.8))


def beating_chest(s: Signals) -> Verdict:
    """Beats the chest: each hand comes to the chest again and again, in turn."""
    far = {d: hand_place(s, d, "chest")[:, 2] for d in OTHER}
    at = {d: near(s, d, "chest", (0.06, 0.06, 0.19), 0.13) for d in OTHER}
    beats = min(count_reversals(s.smooth(far[d][at[d]], 0.02), 0.05) if at[d].sum() > 8 else 0 for d in OTHER)
    return all_hold(("beats", beats, ">=", 2))


def scratching_arm(s: Signals, side: str = "") -> Verdict:
    """Scratches an arm, that of ``side``: the other fingers move to and fro on its forearm."""
    found = {}
    for d in OTHER:
        elbow, wrist = s[f"{d}_elbow"], s[f"{d}_wrist"]
        tips = (s[f"{OTHER[d]}_index3"] + s[f"{OTHER[d]}_middle3"]) / 2
        fore = wrist - elbow
        along = ((tips - elbow) * fore).sum(-1) / (fore**2).sum(-1)
        off = np.linalg.norm(tips - elbow - along[:, None] * fore, axis=-1)
        at = (off < 0.1) & (along > -0.15) & (along < 1.1)
        found[d] = count_reversals(along[at], 0.03) if at.sum() > 12 else 0
    return all_hold(("scratches", found[side] if side else max(found.values()), ">=", 2))


def scratching_back(s: Signals, side: str = "") -> Verdict:
    """Scratches the back: a hand behind the trunk, from hips to nape, moves up and down there."""
    found = {}
    for d in OTHER:
        palm = hand_place(s, d, "chest", "palm")
        at = (palm[:, 2] < -0.08) & (np.abs(palm[:, 0]) < 0.2) & (palm[:, 1] > -0.3) & (palm[:, 1] < 0.34)
        found[d] = count_reversals(palm[at, 1], 0.012) if longest(s, at) > 0.4 else 0
    return all_hold(("scratches", found[side] if side else max(found.values()), ">=", 2))


def touching_shoulder(s: Signals, side: str = "") -> Verdict:
    """Touches a shoulder: the other hand's fingers lie on it, in front or on top."""
    held = {d: longest(s, near(s, OTHER[d], "chest", (-0.12, 0.18, 0.08), 0.09)) for d in OTHER}
    return all_hold(("held_s", held[side] if side else max(held.values()), ">=", 0.3))


def touching_knee(s: Signals, side: str = "") -> Verdict:
    """Touches a knee, or "both" at once: the hand of that side at the knee or over it."""
    at = {}
    for d in OTHER:
        gap = np.minimum(*(np.linalg.norm(s[f"{d}_{j}"] - s[f"{d}_knee"], axis=-1) for j in ("middle1", "wrist")))
        at[d] = (gap < 0.17) & (s.pelvis_height > 0.6)
    if side == "both":
        return all_hold(("both_s", longest(s, at["left"] & at["right"]), ">=", 0.3))
    held = {d: longest(s, mask) for d, mask in at.items()}
    checks = [("held_s", held[side] if side else max(held.values()), ">=", 0.2)]
    return all_hold(*checks, *([("other_hand_s", held[OTHER[side]], "<=", 0.2)] if side else []))


def _sided(name: str, words: str, kind: str, measure, hand: str) -> tuple[tuple, ...]:
    """A row without a side and one with the left or the right hand."""
    said = f"{words} with your {hand} hand"
    return (name, words, kind, measure), (name, said, f"{kind}.{hand}", partial(measure, side=hand))


ROWS = (
    *_sided("scratch head", "scratch your head", "scratch_head", scratching_head, "left"),
    *_sided("touch head", "put a hand on your head", "touch_head", TOUCH_HEAD, "right"),
    ("touch head", "put both hands on your head", "touch_head.both", HOLD_HEAD),
    *_sided("touch face", "touch your face", "touch_face", TOUCH_FACE, "right"),
    *_sided("touch nose", "touch your nose", "touch_nose", TOUCH_NOSE, "left"),
    *_sided("rub chin", "stroke your chin", "rub_chin", RUB_CHIN, "right"),
    ("think", "think about it", "think", thinking),
    *_sided("rub neck", "rub your neck", "rub_neck", RUB_NECK, "left"),
    ("rub eyes", "rub your eyes", "rub_eyes", RUB_EYES),
    *_sided("wipe brow", "wipe your forehead", "wipe_brow", WIPE_BROW, "right"),
    *_sided("facepalm", "do a facepalm", "facepalm", FACEPALM, "left"),
    ("cover face", "hide your face in your hands", "cover_face", COVER_FACE),
    ("cover ears", "cover your ears", "cover_ears", COVER_EARS),
    *_sided("cover mouth", "cover your mouth", "cover_mouth", COVER_MOUTH, "right"),
    *_sided("brush hair", "brush your hair back", "brush_hair", brushing_hair, "left"),
    *_sided("glasses", "adjust your glasses", "adjust_glasses", ADJUST_GLASSES, "right"),
    ("rub belly", "rub your belly", "rub_belly", RUB_BELLY),
    ("rub hands", "rub your hands together", "rub_hands", rubbing_hands),
    ("hand on heart", "put your hand on your heart", "hand_on_heart", HAND_ON_HEART),
    ("beat chest", "beat your chest like a gorilla", "beat_chest", beating_chest),
    ("scratch arm", "scratch your arm", "scratch_arm", scratching_arm),
    ("scratch arm", "scratch your left arm", "scratch_arm.left", partial(scratching_arm, side="left")),
    *_sided("scratch back", "scratch your back", "scratch_back", scratching_back, "right"),
    ("touch shoulder", "touch your right shoulder", "touch_shoulder.right", partial(touching_shoulder, side="right")),
    ("touch shoulder", "put your hands on your shoulders", "touch_shoulder.both", HANDS_ON_SHOULDERS),
    ("touch knee", "touch your left knee", "touch_knee.left", partial(touching_knee, side="left")),
    ("touch knee", "put your hands on your knees", "touch_knee.both", partial(touching_knee, side="both")),
)
