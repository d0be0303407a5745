"""Annotations: well-formed, sayable, enough; the measuring that found them, on synthetic tracks; cutting, reversing."""

import random
from collections import Counter

import numpy as np
import pytest

from backend.data.annotating import measured
from backend.data.annotating.labels import RULES, rule_for
from backend.data.annotating.track import FPS, Track, runs
from backend.data.annotations import Segment, cut, load_segments, seconds_by_key
from backend.language.captions import sentences
from backend.language.instruction import Instruction
from backend.language.kinds import all_kinds, check_instruction
from backend.motion.motion import Motion
from backend.motion.skeleton import J


def test_enough_segments_of_enough_kinds():
    segments = load_segments()
    assert len(segments) >= 600
    kinds = Counter(s.instruction.steps[0][0].kind for s in segments)
    assert len(kinds) >= 50 and not set(kinds) - set(all_kinds())


def test_every_segment_is_sound_and_can_be_said():
    rng = random.Random(0)
    for key in {s.key for s in load_segments(("open", "sharealike", "noncommercial"))}:
        check_instruction(Instruction.parse(key))
        assert sentences(Instruction.parse(key), rng)[0]
    for segment in load_segments(("open", "sharealike", "noncommercial"), derived=True):
        assert 0 <= segment.start < segment.end
        assert 12 <= segment.end - segment.start <= 9 * FPS
        assert 0 < segment.weight <= 1.0


def test_tiers_are_never_mixed():
    assert {s.tier for s in load_segments()} == {"open", "sharealike"}
    assert {s.tier for s in load_segments(("open",))} == {"open"}
    assert {s.tier for s in load_segments(("noncommercial",))} == {"noncommercial"}
    with pytest.raises(ValueError, match="secret"):
        load_segments(("secret",))


def test_names_and_keys_agree_on_sides():
    for segment in load_segments(("open", "sharealike", "noncommercial")):
        name = segment.clip.lower()
        for side, other in (("left", "right"), ("right", "left")):
            if f"_{side}" in name or f"-{side}-" in name:
                assert other not in segment.key, (segment.clip, segment.key)


def test_first_fitting_rule_wins_and_all_are_possible():
    for rule in RULES:
        check_instruction(Instruction.parse(rule.key))
        assert set(rule.flags) <= {"loop", "in-place"} and 0 < rule.weight <= 1
    assert rule_for("hdm05_bd_kickLFront1Reps_001").key == "kick.left"
    assert rule_for("cmu_07_01") is None


def test_seconds_by_key_adds_up():
    segments = load_segments()
    total = seconds_by_key(segments)
    assert sum(total.values()) == pytest.approx(sum(s.seconds for s in segments))
    assert list(total.values()) == sorted(total.values(), reverse=True)


def test_derived_segments_are_marked_and_only_on_request():
    assert not any(s.backwards for s in load_segments())
    derived = [s for s in load_segments(derived=True) if s.backwards]
    assert {"get_up", "pick_up", "run.backward"} <= {s.key for s in derived}


def test_walks_without_their_travel_are_walks_on_a_treadmill():
    derived = [s for s in load_segments(derived=True) if s.on_treadmill]
    assert {s.key.partition("@")[0] for s in derived} == {"treadmill_walk", "treadmill_run"}
    frames = np.arange(90)
    rotations = np.zeros((90, J, 4), np.float32)
    rotations[..., 3] = 1
    sway = 0.03 * np.sin(frames / 30 * 2 * np.pi * 2)
    walk = Motion(rotations, np.stack([sway, 0 * sway + 0.9, frames / 30 * 1.3 + sway], 1).astype(np.float32))
    spot = cut(walk, Segment("x", 0, 90, "treadmill_walk", "open", "none", "", "train", on_treadmill=True))
    assert np.ptp(walk.pelvis[:, 2]) > 3.5 and np.ptp(spot.pelvis[:, 2]) < 0.08
    assert np.ptp(spot.pelvis[15:75, 0]) > 0.04, "the sway within a step stays"


def somebody(
    path: np.ndarray, heading: np.ndarray, height: np.ndarray | float = 0.85, lift: np.ndarray | float = 0.0
) -> Track:
    """A stiff person (T frames) on a path (T, 2: x, z) with a heading in degrees, a root height and raised feet."""
    angle = np.radians(heading)
    left = np.stack([np.cos(angle), 0 * angle, -np.sin(angle)], 1)
    base = np.stack([path[:, 0], np.zeros(len(path)), path[:, 1]], 1)
    up = np.array([0.0, 1.0, 0.0])
    root = np.broadcast_to(height, len(path))[:, None] * up
    feet = np.broadcast_to(lift, len(path))[:, None] * up
    joints = {"pelvis": base + root, "head": base + root + 0.6 * up}
    for side, sign in (("left", 1), ("right", -1)):
        joints[f"{side}_hip"] = base + root + sign * 0.1 * left
        joints[f"{side}_knee"] = base + 0.5 * root + sign * 0.1 * left
        joints[f"{side}_ankle"] = base + feet + sign * 0.1 * left
        joints[f"{side}_shoulder"] = base + root + 0.45 * up + sign * 0.2 * left
        joints[f"{side}_elbow"] = base + root + 0.2 * up + sign * 0.2 * left
        joints[f"{side}_wrist"] = base + root + sign * 0.2 * left
    return Track(joints)


def straight(frames: int, speed: float, travel_heading: float) -> np.ndarray:
    way = np.radians(travel_heading)
    return np.arange(frames)[:, None] / FPS * speed * np.array([np.sin(way), np.cos(way)])


@pytest.mark.parametrize("facing", [0.0, 77.0, 180.0, -130.0])
@pytest.mark.parametrize(
    ("course", "speed", "key"),
    [(0, 1.2, "walk.forward"), (0, 0.7, "walk.forward@slow"),
    (0, 1.8, "walk.forward@fast"), (180, 0.8, "walk.backward"),
     (90, 0.7, "sidestep.left"), (-90, 0.7, "sidestep.right")],
)  # fmt: skip
def test_straight_travel_is_named_in_the_persons_own_frame(facing, course, speed, key):
    track = somebody(straight(90, speed, facing + course), np.full(90, facing))
    assert {k for _, _, k in measured.walking(track)} == {key}


@pytest.mark.parametrize(("turn", "key"), [(90, "walk.left"), (-90, "walk.right"), (330, "walk.circle-left")])
def test_bending_walks(turn, key):
    heading = np.linspace(0, turn, 110)
    path = np.cumsum(np.stack([np.sin(np.radians(heading)), np.cos(np.radians(heading))], 1) * 1.1 / FPS, axis=0)
    assert key in {k for _, _, k in measured.walking(somebody(path, heading))}


@pytest.mark.parametrize(("degrees", "key"), [(90, "turn.left"), (-90, "turn.right"), (180, "turn.around"), (20, None)])
def test_turns_on_the_spot(degrees, key):
    heading = np.concatenate([np.zeros(30), np.linspace(0, degrees, 40), np.full(30, degrees)])
    assert [k for _, _, k in measured.turning(somebody(np.zeros((100, 2)), heading))] == ([key] if key else [])


@pytest.mark.parametrize(("distance", "key"), [(0.0, "jump.up"), (1.0, "jump.forward")])
def test_jumps_by_flight_and_travel(distance, key):
    time = np.linspace(0, 1, 15)
    arc = np.concatenate([np.zeros(30), 0.35 * 4 * time * (1 - time), np.zeros(30)])
    way = np.concatenate([np.zeros(30), np.linspace(0, distance, 15), np.full(30, distance)])
    path = np.stack([np.zeros(75), way], 1)
    found = measured.jumping(somebody(path, np.zeros(75), 0.85 + arc, arc))
    assert [k for _, _, k in found] == [key]
    assert found[0][0] < 30 and found[0][1] > 45


def test_sitting_down_and_standing_up():
    height = np.concatenate(
        [
            np.full(40, 0.85),
            np.linspace(0.85, 0.45, 20),
            np.full(60, 0.45),
            np.linspace(0.45, 0.85, 20),
            np.full(40, 0.85),
        ]
    )
    found = measured.seating(somebody(np.zeros((180, 2)), np.zeros(180), height))
    assert [k for _, _, k in found] == ["sit", "stand_up"]


def test_glitches_are_seen():
    track = somebody(straight(60, 1.2, 0), np.zeros(60))
    assert not measured.broken(track, 0, 60)
    track.joints["left_wrist"][30] += [0.0, 0.7, 0.0]
    assert measured.broken(track, 0, 60) and not measured.broken(track, 0, 29)


def test_runs():
    assert runs(np.array([0, 1, 1, 0, 1], bool)) == [(1, 3), (4, 5)]
    assert runs(np.array([0, 1, 1, 0, 1], bool), 2) == [(1, 3)]
    assert runs(np.zeros(0, bool)) == []


def test_cut_slices_trims_and_reverses():
    rotations = np.zeros((20, J, 4), np.float32)
    rotations[..., 3] = 1
    motion = Motion(rotations, np.arange(60, dtype=np.float32).reshape(20, 3))
    segment = Segment("x", 5, 15, "lie_down", "open", "none", "", "train")
    assert cut(motion, segment).pelvis[:, 0].tolist() == [3.0 * i for i in range(5, 15)]
    assert len(cut(motion, segment, trimmed=6)) == 9
    backwards = Segment("x", 5, 15, "get_up", "open", "none", "", "train", backwards=True)
    assert cut(motion, backwards).pelvis[:, 0].tolist() == [3.0 * i for i in range(14, 4, -1)]
    with pytest.raises(ValueError, match="too few"):
        cut(motion, segment, trimmed=8)
