"""Motions that go on from what the character does: what the model is told of it, and that nothing jumps where they begin."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.addon.clips.test_ranges import jumps


@pytest.fixture
def ask(blender, scene, ready, peer, session, tmp_path):
    """A function that generates from the current pose at a frame; returns the clip and the request."""
    peer("good")
    scene.render.fps = 30
    scene.voice_to_motion_placement.use_current_pose = True

    def run(frame):
        scene.frame_set(frame)
        assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
        assert not session.message
        request = json.loads(next(tmp_path.rglob("requests.jsonl")).read_text().splitlines()[-1])
        return ready.character.animation_data.action.voice_to_motion.clips[-1], request

    return run


def test_goes_on_from_the_motion_before(extension, walk, ask, joints):
    places = joints(1, walk.last)
    clip, request = ask(walk.last)
    assert request["motion"] and "first" not in request and clip.lead == 16 and clip.start == walk.last + 1
    sent = extension("motion.files").load_motion(request["motion"])
    assert len(sent.pelvis) == 61, "two seconds and the pose it begins with"
    now = joints(1, clip.last)
    np.testing.assert_allclose(now[: len(places)], places, atol=2e-3)
    assert np.abs(now[-30:, :, :2] - places[-1, :, :2]).max() < 1.0, "it stays where the walk ended"


def test_settings_work_on_such_a_motion(walk, ask, joints, session, scene, character):
    end = joints(walk.last, walk.last)[0]
    clip, _ = ask(walk.last)
    length = clip.length
    for name, value in (("speed", 2.0), ("root", "IN_PLACE"), ("smoothing", 0.2), ("speed", 1.0), ("foot_lock", 1.0)):
        setattr(clip, name, value)
        assert not session.message and clip.by_hand == 0, name
        before, first = joints(clip.start - 1, clip.start)
        assert np.abs(before - end).max() < 1e-3, name
        assert np.abs(first - end).max() < 0.06, name  # a frame later
    assert clip.length == length
    scene.render.fps = 24
    clip.foot_lock = 0.0
    assert not session.message and clip.length == pytest.approx((length - 1) * 0.8 + 1, abs=1)


@pytest.mark.parametrize("destination", ["KEYS", "ACTION"])
def test_goes_on_from_a_pose_without_keys(ask, joints, scene, character, destination):
    character.pose.bones["right_shoulder"].rotation_quaternion = (0.8, 0.0, 0.0, 0.6)
    character.pose.bones["pelvis"].location = (0.3, 0.0, 0.5)
    scene.voice_to_motion_placement.destination = destination
    scene.frame_set(10)
    posed = joints(10, 10)[0]
    clip, request = ask(10)
    assert request["motion"] and clip.start == 10
    np.testing.assert_allclose(joints(10, 10)[0], posed, atol=1e-3)


def test_every_variation_goes_on(extension, walk, ask, ready, scene, character, blender, joints):
    end = joints(walk.last, walk.last)[0]
    ready.variations = 2
    ask(walk.last)
    for _ in range(2):
        np.testing.assert_allclose(joints(walk.last, walk.last)[0], end, atol=1e-3)
        blender.ops.voice_to_motion.step_variation()


def test_nothing_to_go_on_from(ask, character):
    _, request = ask(1)
    assert "motion" not in request, "the rest pose is no pose to begin with"


@pytest.mark.slow
def test_real_backend(extension, blender, scene, ready, walk, joints, monkeypatch, tmp_path, session, capsys):
    """In the middle of a step. Left out only where the weights or the backend's packages are not there."""
    root = Path(__file__).resolve().parents[3]
    python, pack = root / ".venv" / "bin" / "python", root / "backend" / "weights" / "open" / "pack.json"
    if not (python.is_file() and pack.is_file()):
        pytest.skip("needs .venv and the weights in backend/weights/open")
    operators = extension("operators.generate")
    monkeypatch.setattr(operators, "cache_folder", lambda: tmp_path)
    for module in (operators, extension("operators.reasons")):
        monkeypatch.setattr(module, "backend_command", lambda: ([str(python), "-m", "backend", "serve"], root))
    places = joints(1, walk.last)
    scene.voice_to_motion_placement.use_current_pose = True
    ready.typed, ready.use_random_seed, ready.seed = "wave with your right hand", False, 3
    scene.frame_set(40)
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
    now = joints(1, 80)
    worst = jumps(now)[36:42].max() / np.percentile(jumps(places), 99)
    with capsys.disabled():
        print(f"\nwhere it begins: {worst:.2f} of the walk's 99th percentile", end="")
    np.testing.assert_allclose(now[:40], places[:40], atol=2e-3)
    assert worst <= 1.5
