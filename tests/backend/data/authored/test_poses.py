"""Clips of whole-body key poses: what is planted stays, nothing goes below the floor, kicks stretch the leg."""

from __future__ import annotations

import numpy as np
import pytest

from backend.data.authored import authored_clips
from backend.data.authored.poses import KNEE_ON_FLOOR, LegPose, PosedTake, flat, hand_on_floor, on_ball, pivoted, standing
from backend.evaluation.probes import Signals
from backend.motion.skeleton import INDEX

# joint -> metres it keeps from the floor at least, about half as thick as the body is there
THICKNESS = {"pelvis": 0.08, "spine3": 0.09, "head": 0.07, "knee": 0.045, "ankle": 0.04, "foot": 0.018, "elbow": 0.03}
ON_THE_FLOOR = (
    "sit_on_floor", "sit_cross_legged", "meditate", "kneel_both", "lie_on_side", "roll_over", "sleep", "get_up", "downward_dog",
    "cobra_pose", "plank", "burpee", "lunge",
)  # fmt: skip


@pytest.fixture
def rest():
    return standing(np.random.default_rng(0))


def test_what_two_keys_put_in_one_place_stays_there_whatever_the_trunk_does(rest):
    hands = [hand_on_floor(sign * 0.2, 0.42, sign) for sign in (1, -1)]
    low = rest.but(pelvis=(0.0, 0.52, -0.08), turn=(84.0, 0.0, 0.0), left_hand=hands[0], right_hand=hands[1])
    rise = low.but(pelvis=(0.0, 0.6, 0.02), turn=(96.0, 0.0, 0.0))
    motion = PosedTake(np.random.default_rng(1), [(0.3, low), (1.0, rise), (1.6, low), (2.0, low)]).motion()
    places = motion.positions()
    for joint in ("left_wrist", "right_wrist", "left_foot", "right_foot"):
        assert np.ptp(places[:, INDEX[joint]], axis=0).max() < 0.012, joint
    assert np.ptp(places[:, 0, 1]) > 0.06


def test_a_pose_rests_at_both_ends_and_keys_have_an_order(rest):
    raised = rest.but(right_leg=LegPose((-0.1, 0.4, 0.2)))
    motion = PosedTake(np.random.default_rng(2), [(0.4, rest), (1.0, raised), (1.6, rest), (2.0, rest)], idle=0.0).motion()
    speed = np.linalg.norm(np.diff(motion.positions(), axis=0), axis=-1).max(axis=-1) * motion.fps
    assert speed[:3].max() < 0.05 and speed[-3:].max() < 0.05
    assert speed.max() > 1.0
    with pytest.raises(ValueError, match="out of order"):
        PosedTake(np.random.default_rng(2), [(0.4, rest), (0.4, raised)])


def test_feet_turn_on_their_balls():
    leg = flat(0.1, 0.0, 6.0)
    for yaw, heel in ((60.0, 0.0), (60.0, 30.0), (-20.0, 12.0)):
        turned = pivoted("left", leg, yaw, heel)
        again = pivoted("left", turned, leg.yaw, 0.0)
        assert again.ankle == pytest.approx(leg.ankle, abs=1e-6)
        assert turned.yaw == yaw and turned.pitch == heel
    assert on_ball("left", 0.1, 0.1, 40.0).ankle[1] > on_ball("left", 0.1, 0.1, 0.0).ankle[1] + 0.05


@pytest.mark.parametrize("pole", [(0.0, -1.0, 0.3), (0.0, -1.0, 0.0)])
def test_knees_stay_over_the_floor(rest, pole):
    legs = [LegPose((sign * 0.1, 0.09, -0.5), pitch=160.0, knee=pole) for sign in (1, -1)]
    prone = rest.but(pelvis=(0.0, 0.14, 0.0), turn=(90.0, 0.0, 0.0), left_leg=legs[0], right_leg=legs[1])
    places = PosedTake(np.random.default_rng(3), [(0.2, prone), (1.2, prone)]).motion().positions()
    for side in ("left", "right"):
        assert places[:, INDEX[f"{side}_knee"], 1].min() > KNEE_ON_FLOOR - 0.01


def test_nobody_sinks_into_the_floor():
    for clip in authored_clips(seed=4, takes_per_kind=2, kinds=ON_THE_FLOOR):
        places = clip.motion.positions()
        for name, least in THICKNESS.items():
            for joint in (name,) if name in INDEX else (f"left_{name}", f"right_{name}"):
                assert places[:, INDEX[joint], 1].min() > least - 0.02, (clip.name, joint)


def test_kicks_stretch_the_leg_over_a_foot_that_turns_on_its_ball():
    for clip in authored_clips(seed=4, takes_per_kind=3, kinds=("side_kick", "roundhouse_kick")):
        signals = Signals(clip.motion)
        peak = int(signals.lift("right").argmax())
        assert signals.knee_bend("right")[peak - 4 : peak + 8].min() < 25.0, clip.name
        assert signals.lift("right")[peak] > 0.45, clip.name
        ball = signals["left_foot"][:, [0, 2]]
        assert np.linalg.norm(ball - np.median(ball, axis=0), axis=-1).max() < 0.015, clip.name
        assert abs(np.degrees(np.ptp(signals.heading))) > 40, clip.name  # the hips turn into it
