"""Curves, arms and legs: the parts an authored take is made of."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.data.authored.arms import FOREARM, UPPER_ARM, arm, mirrored, reach
from backend.data.authored.curves import about, ease, ease_rotations, hermite, min_jerk, smooth_noise, soften
from backend.data.authored.legs import SHIN, THIGH, highest_pelvis, solve_leg
from backend.data.authored.take import AuthoredTake
from backend.motion.body import default_body
from backend.motion.skeleton import INDEX

OFFSETS = default_body().offsets
REST = default_body().rest_positions()
T = np.linspace(0, 2, 61)


def hand_of(pose) -> tuple[np.ndarray, np.ndarray, Rotation]:
    """Elbow, wrist and hand orientation of a left arm on a chest at rest."""
    collar, shoulder = pose.collar[0], pose.collar[0] * pose.shoulder[0]
    elbow_frame = shoulder * pose.elbow[0]
    top = REST[INDEX["left_collar"]] + collar.apply(OFFSETS[INDEX["left_shoulder"]])
    elbow = top + shoulder.apply(OFFSETS[INDEX["left_elbow"]])
    return elbow, elbow + elbow_frame.apply(OFFSETS[INDEX["left_wrist"]]), elbow_frame * pose.wrist[0]


def test_min_jerk_starts_and_ends_at_rest():
    s = np.linspace(-0.2, 1.2, 1401)
    curve = min_jerk(s)
    assert curve[0] == 0 and curve[-1] == 1 and np.diff(curve).min() >= 0
    assert np.gradient(curve, s).max() == pytest.approx(1.875, rel=1e-2)


def test_ease_passes_its_keys_and_refuses_disorder():
    curve = ease(T, [(0.5, 1.0), (1.0, 3.0), (1.5, -1.0)])
    assert curve[0] == 1.0 and curve[-1] == -1.0 and curve[30] == pytest.approx(3.0)
    with pytest.raises(ValueError, match="out of order"):
        ease(T, [(1.0, 0.0), (0.5, 1.0)])


def test_rotations_bend_towards_a_via_without_stopping():
    down, up, front = Rotation.identity(), about("z", 175.0)[0], about("x", -90.0)
    keys = Rotation.concatenate([down, up])
    straight = ease_rotations(T, [0.0, 2.0], keys)
    bent = ease_rotations(T, [0.0, 2.0], keys, [None, front])
    assert (bent[0].inv() * down).magnitude() < 1e-6 and (bent[-1].inv() * up).magnitude() < 1e-6
    assert (bent[30].inv() * front[0]).magnitude() < (straight[30].inv() * front[0]).magnitude()
    steps = (bent[:-1].inv() * bent[1:]).magnitude()
    assert steps[25:35].min() > 0.3 * steps.max()


def test_hermite_flight_is_free_fall():
    height, gravity = 0.3, 9.81
    speed = np.sqrt(2 * gravity * height)
    time = np.linspace(0, 2 * speed / gravity, 50)
    curve = hermite(time, [(0.0, 0.0, speed), (2 * speed / gravity, 0.0, -speed)])
    assert curve == pytest.approx(speed * time - gravity / 2 * time**2, abs=1e-9)


def test_noise_has_its_size_and_softening_keeps_rotations():
    rng = np.random.default_rng(0)
    assert smooth_noise(rng, np.arange(9000) / 30, 2.0, 3).std(0) == pytest.approx([2.0] * 3, rel=0.25)
    steps = about("y", np.where(T < 1, 0.0, 60.0))
    soft = soften(steps, 0.05)
    assert (soft[:-1].inv() * soft[1:]).magnitude().max() < 0.5 * np.radians(60)
    assert soft[-1].magnitude() == pytest.approx(np.radians(60), abs=1e-3)


@pytest.mark.parametrize("target", [(0.03, 1.2, 0.3), (0.2, 1.65, 0.12), (0.32, 1.08, 0.25), (-0.1, 1.2, 0.25)])
def test_reach_brings_the_wrist_there(target):
    _, wrist, _ = hand_of(reach(target, (0.7, -0.8, -0.2), (-1.0, 0.0, 0.0)))
    assert wrist == pytest.approx(target, abs=0.02)


def test_reach_out_of_reach_is_a_straight_arm_that_way():
    target = np.array([0.2, 1.4, 5.0])
    elbow, wrist, _ = hand_of(reach(target, (1.0, -1.0, 0.0), (0.0, -1.0, 0.0)))
    shoulder_to_wrist = np.linalg.norm(wrist - (REST[INDEX["left_shoulder"]]))
    assert 0.9 * (UPPER_ARM + FOREARM) < shoulder_to_wrist < 1.15 * (UPPER_ARM + FOREARM)
    assert elbow[2] < wrist[2]


def test_arm_points_where_it_is_told_with_the_palm():
    upper, fore, palm = (0.8, 0.1, 0.3), (0.1, 1.0, 0.3), (0.0, 0.0, 1.0)
    elbow, wrist, hand = hand_of(arm(upper, fore, palm))
    way = (wrist - elbow) / np.linalg.norm(wrist - elbow)
    assert way @ (np.array(fore) / np.linalg.norm(fore)) > 0.995
    assert hand.apply((0.0, -1.0, 0.0))[2] > 0.85


def test_forearm_twist_is_limited():
    pose = arm((0.2, -1.0, 0.0), (0.2, -0.9, 0.3), (0.0, 0.3, -1.0))  # a palm no forearm can show
    twist = (pose.elbow[0] * pose.wrist[0]).as_rotvec()
    assert abs(np.degrees(twist[0])) < 90


def test_mirroring_twice_is_nothing():
    rotation = Rotation.random(5, random_state=0)
    assert (mirrored(mirrored(rotation)).inv() * rotation).magnitude().max() < 1e-6


@pytest.mark.parametrize("side", ["left", "right"])
def test_leg_puts_the_ankle_where_it_should_be(side):
    pelvis = np.array([[0.0, 0.75, 0.0], [0.05, 0.9, -0.1], [0.0, 0.5, -0.35]])
    root = about("y", [0.0, 20.0, -10.0]) * about("x", [0.0, 10.0, 25.0])
    x = 0.1 if side == "left" else -0.1
    ankle = np.array([[x, 0.07, 0.05], [x, 0.3, 0.3], [x, 0.07, 0.0]])
    foot = about("y", [5.0, 5.0, 5.0])
    hip, knee, bottom = solve_leg(pelvis, root, ankle, foot, side)
    thigh = root * hip
    knee_at = pelvis + root.apply(OFFSETS[INDEX[f"{side}_hip"]]) + thigh.apply(OFFSETS[INDEX[f"{side}_knee"]])
    found = knee_at + (thigh * knee).apply(OFFSETS[INDEX[f"{side}_ankle"]])
    assert found == pytest.approx(ankle, abs=1e-3)
    assert ((thigh * knee * bottom).inv() * foot).magnitude().max() < 1e-6
    middle = (pelvis + root.apply(OFFSETS[INDEX[f"{side}_hip"]]) + ankle) / 2
    assert ((knee_at - middle) * root.apply((0, 0, 1))).sum(-1).min() > 0  # knees go forward


def test_pelvis_limit_leaves_the_leg_just_long_enough():
    pelvis, root = np.array([[0.0, 2.0, 0.0]]), Rotation.identity(1)
    ankle = np.array([[0.085, 0.07, 0.3]])
    height = highest_pelvis(pelvis, root, ankle, "left")[0]
    hip = np.array([0.0, height, 0.0]) + OFFSETS[INDEX["left_hip"]]
    assert np.linalg.norm(hip - ankle[0]) == pytest.approx(0.996 * (THIGH + SHIN), abs=1e-3)


def test_a_step_lifts_lands_and_points_there():
    take = AuthoredTake(np.random.default_rng(0), 2.0)
    before = take.feet["left"].place[0].copy()
    take.step("left", 0.5, 1.0, (0.4, 0.2), 30.0, lift=0.08)
    foot = take.feet["left"]
    assert foot.place[:15] == pytest.approx(np.tile(before, (15, 1)))
    assert foot.place[-1] == pytest.approx([0.4, 0.0, 0.2])
    assert foot.place[:, 1].max() == pytest.approx(0.08, abs=0.01)
    assert foot.yaw[-1] == pytest.approx(30.0 + take.toes_out["left"])
    assert foot.load[22] < 0.2 and foot.load[-1] == 1.0
