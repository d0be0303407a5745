"""Authored clips are motion a person could do, stand on their feet, vary, and do what their key says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from backend.data.authored import authored_clips, build_authored
from backend.data.authored.gestures import AUTHORED_GESTURES
from backend.evaluation.motion_statistics import joint_speed, penetration
from backend.evaluation.probes import Signals, gestures, legs
from backend.language.instruction import Instruction
from backend.motion.contacts import foot_skate
from backend.motion.files import load_motion
from backend.motion.skeleton import BODY, INDEX

STANDING = {
    "wave",
    "raise_arm",
    "bow",
    "clap",
    "point",
    "nod",
    "shake_head",
    "shrug",
    "sit",
    "stand_up",
    "squat",
    "salute",
}


GLIDING = {"moonwalk"}  # feet that slide on purpose


@pytest.fixture(scope="module")
def clips():
    return list(authored_clips(seed=5, takes_per_kind=1))


def test_every_gesture_speed_and_count_has_takes(clips):
    keys = {clip.key for clip in clips}
    assert {"wave.right", "wave.right@slow", "turn.left", "turn.around@fast", "clap*3", "nod*2", "bow", "stand"} <= keys
    for gesture in AUTHORED_GESTURES:
        assert sum(clip.key == gesture.key for clip in clips) >= 1
    assert len({clip.name for clip in clips}) == len(clips)
    assert all(Instruction.parse(key).key == key for key in keys)


def test_clips_start_at_the_origin_and_last_as_long_as_they_should(clips):
    for clip in clips:
        motion = clip.motion
        assert 1.0 < motion.seconds < 9.3, clip.name  # stretched by 7 % in composing it has to fit into ten seconds
        assert np.abs(motion.pelvis[0, [0, 2]]).max() < 1e-4
        assert abs(motion.headings()[0]) < 1e-3
        assert np.linalg.norm(motion.rotations, axis=-1) == pytest.approx(1.0, abs=1e-4)


def test_feet_stay_where_they_stand(clips):
    for clip in clips:
        positions = clip.motion.positions()
        if clip.key.split(".")[0] in GLIDING:
            continue
        limit = 0.01 if clip.key.split(".")[0].split("@")[0].split("*")[0] in STANDING else 0.25
        assert foot_skate(positions) < limit, clip.name
        assert penetration(clip.motion) < 0.002, clip.name


def test_nothing_jumps_and_nothing_is_dead(clips):
    for clip in clips:
        positions = clip.motion.positions()[:, list(BODY)]
        speed = np.linalg.norm(np.diff(positions, axis=0), axis=-1) * 30
        assert speed.max() < 18.0, clip.name  # a fast throw is about 15 m/s at the wrist
        assert joint_speed(clip.motion) > 0.002, clip.name


def test_knees_and_elbows_bend_only_their_way(clips):
    """The shin never goes in front of the thigh; the forearm folds towards the crease (rest forward), not backward."""
    for clip in clips[::3]:
        rotations = clip.motion.rotations
        for side, sign in (("left", 1), ("right", -1)):
            knee = 2 * np.degrees(np.arctan2(rotations[:, INDEX[f"{side}_knee"], 0], rotations[:, INDEX[f"{side}_knee"], 3]))
            knee = (knee + 180) % 360 - 180
            assert knee.min() > -3.0 and knee.max() < 160.0, clip.name
            elbow = rotations[:, INDEX[f"{side}_elbow"]]
            fold = sign * 2 * np.degrees(np.arctan2(elbow[:, 1], elbow[:, 3]))
            fold = (fold + 180) % 360 - 180
            assert fold.max() < 6.0 and fold.min() > -165.0, clip.name


def test_waving_palm_faces_forward(clips):
    for clip in (c for c in clips if c.key == "wave.right"):
        from scipy.spatial.transform import Rotation

        hand = Rotation.from_quat(clip.motion.global_rotations()[:, INDEX["right_wrist"]])
        palm = hand.apply((0.0, -1.0, 0.0))
        up = Signals(clip.motion).seen_from("right_wrist", "right_elbow")[:, 1] > 0.2
        assert np.median(palm[up, 2]) > 0.6, clip.name


def test_sitting_is_at_chair_height_with_level_thighs(clips):
    for clip in (c for c in clips if c.key == "sit"):
        s = Signals(clip.motion)
        assert 0.48 < s.pelvis_height[-1] < 0.6
        assert 70 < s.thigh_raise("left")[-1] < 110
        assert s.lean[-1] < 25


@pytest.mark.parametrize(
    ("kind", "measure"),
    [
        ("clap", gestures.hands_meeting),
        ("nod", gestures.nodding),
        ("bow", gestures.bowing),
        ("squat", legs.squats),
        ("hop", legs.hops),
    ],
)
def test_counted_takes_do_it_exactly_that_often(clips, kind, measure):
    counted = [c for c in clips if c.key.startswith(f"{kind}*")]
    assert counted
    for clip in counted:
        count = Instruction.parse(clip.key).steps[0][0].count
        verdict = measure(Signals(clip.motion), count=count)
        assert verdict.passed, (clip.name, verdict)
        assert next(iter(verdict.measured.values())) == count, clip.name


def test_slow_takes_are_longer_than_fast_ones(clips):
    for key in ("wave.right", "turn.left", "sit", "squat"):
        slow, fast = (np.mean([len(c.motion) for c in clips if c.key == f"{key}@{speed}"]) for speed in ("slow", "fast"))
        assert slow > 1.3 * fast, key


def test_takes_differ_and_repeat_exactly():
    one, again = (list(authored_clips(5, 4, kinds=("nod", "shrug"))) for _ in range(2))
    other = list(authored_clips(6, 4, kinds=("nod", "shrug")))
    assert all(np.array_equal(a.motion.rotations, b.motion.rotations) for a, b in zip(one, again, strict=True))
    assert sum(len(a.motion) == len(b.motion) for a, b in zip(one, other, strict=True)) < 0.3 * len(one)
    lengths = {len(clip.motion) for clip in one if clip.key == "nod"}
    assert len(lengths) > 1


def test_build_resumes_and_indexes(tmp_path, monkeypatch):
    from backend.data.authored import build

    monkeypatch.setattr(build, "AUTHORED_GESTURES", AUTHORED_GESTURES[:2])
    count = build_authored(tmp_path, seed=1, takes_per_kind=2)
    lines = [json.loads(line) for line in (tmp_path / "index.jsonl").read_text().splitlines()]
    assert len(lines) == count == len(list(tmp_path.glob("*.npz")))
    first = lines[0]
    motion = load_motion(tmp_path / f"{first['name']}.npz")
    assert len(motion) == first["frames"] and first["split"] in ("train", "val", "test")
    kept = tmp_path / f"{lines[1]['name']}.npz"
    before = kept.stat().st_mtime_ns
    (tmp_path / f"{first['name']}.npz").unlink()
    assert build_authored(tmp_path, seed=1, takes_per_kind=2) == count
    assert (tmp_path / f"{first['name']}.npz").is_file() and kept.stat().st_mtime_ns == before
    assert [json.loads(line) for line in (tmp_path / "index.jsonl").read_text().splitlines()] == lines


def test_splits_hold_out_some_takes():
    from backend.data.authored.build import AuthoredClip

    splits = [AuthoredClip(f"x-{number:02d}", None, "bow").split for number in range(24)]
    assert splits.count("val") == splits.count("test") == 2
