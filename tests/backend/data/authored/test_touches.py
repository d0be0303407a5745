"""Hands that touch the body reach its skin and do not go into it; rig poses are exact; postures are held to the end."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from backend.data.authored import emotions, looking, postures, signing, touching_body, touching_face
from backend.data.authored.arms import CONTACTS, place_on_hand, touch
from backend.data.authored.take import AuthoredTake
from backend.data.authored.touches import Touch
from backend.motion.body import default_body
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX

from .skin import HAND, arm_points, skin_distance

GESTURES = {
    gesture.key: gesture
    for topic in (looking, touching_face, touching_body, postures, emotions, signing)
    for gesture in topic.GESTURES
}
INSIDE = -0.012  # metres: fingers sink a little into cheeks and hair
# keys whose hands lie on trunk, neck or head
ON_SKIN = [
    key
    for key in GESTURES
    if key.startswith(("touch_head", "touch_face", "touch_nose", "touch_shoulder.left", "rub_", "cover_", "scratch_", "hands_"))
    and not key.startswith(("rub_hands", "hands_up", "scratch_arm"))
] + [
    "facepalm.right",
    "wipe_brow.right",
    "brush_hair.right",
    "adjust_glasses.right",
    "hand_on_heart",
    "think",
    "cry",
    "cower",
    "yawn",
]
RNG = np.random.default_rng


@cache
def performed(key: str, number: int) -> Motion:
    return GESTURES[key].perform(RNG(number), 1.0, None).motion()


@pytest.mark.parametrize("key", sorted(GESTURES))
def test_no_arm_goes_through_trunk_or_head(key):
    motion = performed(key, 3)
    for side in ("left", "right"):
        points = arm_points(motion, side)
        depth = skin_distance(motion, np.stack(list(points.values()), axis=1)).min(0)
        assert depth.min() > INSIDE, (side, dict(zip(points, depth.round(3), strict=True)))


@pytest.mark.parametrize("key", ON_SKIN)
def test_hands_that_touch_reach_the_skin(key):
    motion = performed(key, 3)
    hands = [np.stack([arm_points(motion, side)[name] for name in HAND], axis=1) for side in ("left", "right")]
    assert min(float(skin_distance(motion, hand).min()) for hand in hands) < 0.06


def test_a_touch_stays_on_the_head_whatever_the_head_does():
    take = AuthoredTake(RNG(0), 3.0)
    take.head[:, 1] += 40 * np.sin(3 * take.t)
    take.head[:, 0] += 15 * np.cos(2 * take.t)
    take.touches.append(
        Touch("left", "head", (0.02, 0.0, 0.11), np.ones(len(take.t)), (0.8, -1, 0.3), (-0.3, 0, -1), (-0.4, 0.9, 0))
    )
    motion = take.motion()
    places = motion.positions()
    gap = np.linalg.norm(places[:, INDEX["left_middle3"]] - places[:, INDEX["left_eye_smplhf"]], axis=-1)
    assert np.ptp(gap) < 0.05


@pytest.mark.parametrize("contact", sorted(CONTACTS))
def test_touch_brings_the_part_of_the_hand_there(contact):
    point = default_body().rest_positions()[INDEX["spine3"]] + (0.02, 0.02, 0.2)
    pose = touch(point, (0.9, -0.9, 0.1), (0.0, 0.0, -1.0), (-1.0, 0.2, 0.0), contact)
    assert place_on_hand(pose, CONTACTS[contact])[0] == pytest.approx(point, abs=0.005)


@pytest.mark.parametrize(("key", "under"), [("t_pose", 0.0), ("a_pose", 45.0)])
def test_rig_poses_are_exact_and_still(key, under):
    motion = performed(key, 4)
    places = motion.positions()[-30:]
    for side, sign in (("left", 1), ("right", -1)):
        arm = places[:, INDEX[f"{side}_wrist"]] - places[:, INDEX[f"{side}_shoulder"]]
        assert np.degrees(np.arctan2(-arm[:, 1], sign * arm[:, 0])) == pytest.approx(under, abs=0.3)
    assert np.ptp(places, axis=0).max() < 0.001
    upright = motion.rotations[-1, [INDEX[n] for n in ("pelvis", "spine1", "spine2", "spine3", "neck", "head")]]
    assert np.abs(upright[:, :3]).max() < 1e-3


@pytest.mark.parametrize("key", ["hands_on_hips", "hands_in_pockets", "cross_arms", "hands_behind_back", "attention"])
def test_postures_are_held_to_the_end_in_most_takes(key):
    ends = []
    for number in range(5):
        places = performed(key, number).positions()
        middle, end = places[int(0.6 * len(places))], places[-1]
        wrists = [INDEX["left_wrist"], INDEX["right_wrist"]]
        ends.append(np.abs((end - end[0])[wrists] - (middle - middle[0])[wrists]).max() < 0.05)
    assert np.mean(ends) >= 0.5
