"""Hands led along paths: tools keep their length, feet stand, things are at their height, and nothing begins with a jerk."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.data.authored import chores, desk, doors, instruments, loads, meals, swings, tools, workouts
from backend.data.authored.gesture import AuthoredGesture
from backend.data.authored.led_hands import LONGEST_WORK, PALM, THICKNESS, cycles, glide, rounds
from backend.evaluation.probes.places import strokes
from backend.motion.motion import Motion
from backend.motion.skeleton import BODY, INDEX

TOPICS = (chores, desk, doors, instruments, loads, meals, swings, tools, workouts)
GESTURES = [gesture for topic in TOPICS for gesture in topic.GESTURES]
# metres between the palms on a stick
ON_A_STICK = {
    "sweep": 0.36, "mop": 0.38, "golf": 0.11, "bat": 0.1, "chop_wood": 0.16, "dig": 0.33, "pull": 0.2, "row": 0.28, "carry": None,
    "ride_horse": None, "drag": 0.26,
}  # fmt: skip
TAKES = 3


def take_of(gesture: AuthoredGesture, seed: int):
    rng = np.random.default_rng(seed)
    return gesture.perform(rng, float(rng.uniform(0.85, 1.2)), None)


def palms(motion: Motion) -> dict[str, np.ndarray]:
    """(T, 3) the middle of each palm, where a stick is held."""
    turned, places = motion.global_rotations(), motion.positions()
    held = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        wrist = INDEX[f"{side}_wrist"]
        held[side] = places[:, wrist] + Rotation.from_quat(turned[:, wrist]).apply((sign * PALM, -THICKNESS, 0.0))
    return held


@pytest.mark.parametrize("gesture", GESTURES, ids=lambda gesture: gesture.key)
def test_feet_stand_and_nothing_jerks(gesture):
    for seed in range(TAKES):
        motion = take_of(gesture, seed).motion()
        places = motion.positions()
        for side in ("left", "right"):
            ball, ankle = places[:, INDEX[f"{side}_foot"]], places[:, INDEX[f"{side}_ankle"]]
            assert ball[:, 1].min() > 0.01  # the ball rests at 2 cm
            down = (ball[:, 1] < 0.025) & (ankle[:, 1] < 0.085)
            slid = np.linalg.norm(np.diff(ball[:, [0, 2]], axis=0), axis=-1) * (down[1:] & down[:-1])
            assert slid.sum() < 0.01
        speed = np.linalg.norm(np.diff(places[:, list(BODY)], axis=0), axis=-1) * motion.fps
        assert max(speed[0].max(), speed[-1].max()) < 0.2
        assert speed.max() < 14.0


@pytest.mark.parametrize("gesture", [g for g in GESTURES if g.key in ON_A_STICK], ids=lambda gesture: gesture.key)
def test_two_hands_keep_their_distance_on_a_stick(gesture):
    for seed in range(TAKES):
        take = take_of(gesture, seed)
        held = palms(take.motion())
        apart = np.linalg.norm(held["left"] - held["right"], axis=-1)[take.on > 0.99]
        assert np.ptp(np.percentile(apart, (5, 95))) < 0.06
        if ON_A_STICK[gesture.key] is not None:
            assert np.median(apart) == pytest.approx(ON_A_STICK[gesture.key], abs=0.035)


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("sweep", 0.0, 0.15), ("mop", 0.0, 0.08)]
)  # metres of the broom's head over the floor
def test_a_broom_is_on_the_floor(kind, low, high):
    gesture = next(g for g in chores.GESTURES if g.key == kind)
    for seed in range(TAKES):
        take = take_of(gesture, seed)
        held = palms(take.motion())
        way = held["left"] - held["right"]
        head = held["right"] + chores.BROOM * way / np.linalg.norm(way, axis=-1, keepdims=True)
        height = head[take.on > 0.99, 1]
        assert low - 0.08 < np.percentile(height, 10) and np.percentile(height, 90) < high + 0.08


def test_a_golf_club_hits_the_ball_and_not_the_ground():
    gesture = next(g for g in swings.GESTURES if g.key == "golf")
    for seed in range(TAKES):
        take = take_of(gesture, seed)
        held = palms(take.motion())
        way = held["right"] - held["left"]
        head = held["left"] + 0.9 * way / np.linalg.norm(way, axis=-1, keepdims=True)
        at_work = head[take.on > 0.99]
        assert -0.12 < at_work[:, 1].min() < 0.35
        assert at_work[:, 1].max() > 1.5


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [("put_on_table", 0.8, 1.0), ("take_from_table", 0.8, 1.0), ("put_on_shelf", 1.65, 1.95), ("take_from_shelf", 1.65, 1.95)],
)
def test_tables_and_shelves_have_their_heights(kind, low, high):
    gesture = next(g for g in loads.GESTURES if g.key == kind)
    for seed in range(TAKES):
        hand = palms(take_of(gesture, seed).motion())["right"]
        farthest = hand[:, 1].max() if low > 1.2 else hand[np.argmax(hand[:, 2]), 1]
        assert low < farthest < high


def test_the_hips_go_back_when_the_trunk_bends():
    for kind in ("wipe_table", "saw", "wash_hands"):
        gesture = next(g for g in GESTURES if g.key == kind)
        take = take_of(gesture, 1)
        motion = take.motion()
        places = motion.positions()[take.on > 0.99]
        feet = (places[:, INDEX["left_ankle"]] + places[:, INDEX["right_ankle"]]) / 2
        assert (places[:, 0, 2] - feet[:, 2]).max() < 0.06, kind
        assert (places[:, INDEX["head"], 2] - feet[:, 2]).min() > 0.1, kind


def test_glides_rest_at_their_ends_only():
    t = np.linspace(0, 3, 301)
    curve = glide(t, [(0.5, 0.0), (1.5, 1.0), (2.5, 3.0)])
    speed = np.gradient(curve, t)
    assert abs(speed[40]) < 1e-6 and abs(speed[-20]) < 1e-6 and speed[150] > 0.5


def test_cycles_begin_and_end_at_rest_and_are_whole():
    t = np.linspace(0, 6, 601)
    done = cycles(t, 1.0, 1.0, 4)
    assert done[0] == 0 and done[-1] == pytest.approx(4.0) and np.diff(done).min() >= 0
    assert np.gradient(done, t)[101] < 0.2 and np.gradient(done, t)[300] > 0.9


def test_many_counted_ones_are_brisker():
    rng = np.random.default_rng(0)
    assert rounds(rng, 5, 2, 3, 2.0) == (5, LONGEST_WORK / 5)
    assert rounds(rng, None, 3, 3, 5.0) == (1, 5.0)


def test_strokes_are_rises_of_a_size():
    t = np.linspace(0, 4, 401)
    assert strokes(-np.cos(2 * np.pi * t), 0.5) == 4
    assert strokes(0.1 * np.sin(2 * np.pi * t), 0.5) == 0
    assert strokes(t, 0.5) == 1
    assert strokes(np.array([]), 0.5) == 0
