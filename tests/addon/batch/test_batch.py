"""A folder of recordings becomes actions in the asset browser, and everything else stays as it was."""

from __future__ import annotations

import shutil
import time

import numpy as np
import pytest


@pytest.fixture
def folder(tmp_path, audio):
    """Three recordings with awkward names, and things that are none."""
    folder = tmp_path / "Aufnahmen ü 走"
    (folder / "deeper").mkdir(parents=True)
    for name in ("take 10.wav", "take 2.wav", "schön 歩く.WAV"):
        shutil.copy(audio, folder / name)
    shutil.copy(audio, folder / "deeper" / "inner.wav")
    (folder / "notes.txt").write_text("no sound")
    (folder / ".hidden.wav").write_bytes(b"")
    return folder


@pytest.fixture
def batch(extension):
    batch = extension("batch.run").batch
    yield batch
    batch.__init__()


@pytest.fixture
def use(extension, peer, monkeypatch, tmp_path):
    """Start peer.py for the batch operator too."""
    module = extension("operators.batch")

    def behave(behaviour: str) -> None:
        peer(behaviour)
        monkeypatch.setattr(module, "backend_command", extension("operators.generate").backend_command)
        monkeypatch.setattr(module, "cache_folder", lambda: tmp_path)

    return behave


def test_each_recording_becomes_an_asset(blender, scene, character, use, folder, batch):
    use("good")
    scene.frame_end, scene.voice_to_motion.seed = 20, 99
    scene.frame_set(7)
    character.pose.bones["head"].rotation_quaternion = (0.9, 0.1, 0.0, 0.0)
    assert blender.ops.voice_to_motion.batch(directory=str(folder)) == {"FINISHED"}
    assert sorted(action.name for action in blender.data.actions) == ["schön 歩く", "take 10", "take 2"]
    assert [item.path.name for item in batch.items] == ["schön 歩く.WAV", "take 2.wav", "take 10.wav"]
    for action in blender.data.actions:
        assert action.asset_data.description == "walk forward" and action.use_fake_user and action["seed"] == 123
        assert tuple(action.frame_range) == (1.0, 48.0)
        pixels = np.empty(128 * 128 * 4, np.float32)
        action.preview.image_pixels_float.foreach_get(pixels)
        assert len(np.unique(pixels.reshape(-1, 4), axis=0)) > 20, "a picture, not one colour"
    assert batch.summary == "3 motions made"
    assert character.animation_data.action is None and scene.frame_end == 20 and scene.frame_current == 7
    assert scene.voice_to_motion.seed == 99
    assert character.pose.bones["head"].rotation_quaternion[1] == pytest.approx(0.11, abs=0.02)


def test_assets_keep_their_pictures_in_the_file(blender, character, use, folder, tmp_path):
    use("good")
    blender.ops.voice_to_motion.batch(directory=str(folder))
    blender.ops.wm.save_as_mainfile(filepath=str(tmp_path / "library.blend"))
    blender.ops.wm.open_mainfile(filepath=str(tmp_path / "library.blend"))
    assert len(blender.data.actions) == 3
    for action in blender.data.actions:
        assert action.asset_data.tags.keys() == ["Voice to Motion"] and tuple(action.preview.image_size) == (128, 128)


def test_the_worn_action_stays_on_and_unchanged(extension, blender, scene, character, ready, use, folder):
    use("good")
    blender.ops.voice_to_motion.generate()
    worn = character.animation_data.action
    before = [tuple(p.co) for c in extension("keys.keyframes").curve_owner(character).fcurves for p in c.keyframe_points]
    fake = worn.use_fake_user
    assert blender.ops.voice_to_motion.batch(directory=str(folder), deep=True) == {"FINISHED"}
    assert len(blender.data.actions) == 5 and character.animation_data.action == worn and worn.use_fake_user == fake
    assert before == [tuple(p.co) for c in extension("keys.keyframes").curve_owner(character).fcurves for p in c.keyframe_points]
    scene.frame_set(48)
    assert character.pose.bones["pelvis"].location.length > 0.5, "slot unbound"


def test_failures_are_listed_and_the_others_go_on(extension, blender, character, use, folder, batch, session, monkeypatch):
    use("good")
    run = extension("batch.run")
    real = run.make_asset

    def picky(scene, target, file, name, arguments):
        if name == "take 2":
            raise RuntimeError("Error: This one cannot be keyed.")
        return real(scene, target, file, name, arguments)

    monkeypatch.setattr(run, "make_asset", picky)
    assert blender.ops.voice_to_motion.batch(directory=str(folder)) == {"FINISHED"}
    assert [item.state for item in batch.items] == ["done", "failed", "done"]
    assert batch.summary == "2 motions made, 1 failed" and not session.message
    assert blender.ops.voice_to_motion.batch_report() == {"FINISHED"}
    text = blender.data.texts["Voice to Motion Batch"].as_string()
    assert "This one cannot be keyed." in text and "schön 歩く" in text and "2 motions made" in text


def test_backend_errors_are_per_file(blender, character, use, folder, batch):
    use("error")
    assert blender.ops.voice_to_motion.batch(directory=str(folder)) == {"CANCELLED"}
    assert {item.message for item in batch.items} == {"The recording is silent. Record it again."}
    assert not blender.data.actions


def test_cancel_keeps_what_was_made(extension, blender, scene, character, use, folder, batch, session, wait_until):
    use("slow")
    module = extension("operators.batch")
    place = extension("scene").Place.of(scene, character, 1)
    request = {"out": str(module.cache_folder()), "seed": 1, "seconds": 1.0, "guidance": None, "fps": 24.0}
    files = extension("batch.run").find_recordings(folder, False)
    batch.start(files, place, request, module.backend_command())
    wait_until(lambda: session.step() or batch.count("done") == 1)
    wait_until(lambda: session.step() or session.fraction > 0.1)
    assert 0.33 < batch.done_share < 0.9 and not blender.ops.voice_to_motion.batch.poll()
    started = time.monotonic()
    assert blender.ops.voice_to_motion.cancel_batch() == {"FINISHED"}
    wait_until(lambda: session.step() or not batch.active)
    assert time.monotonic() - started < 0.5
    assert [item.state for item in batch.items] == ["done", "cancelled", "cancelled"] and len(blender.data.actions) == 1


def test_character_deleted_while_it_runs(extension, blender, scene, character, use, folder, batch, session, wait_until):
    use("good")
    module = extension("operators.batch")
    request = {"out": str(module.cache_folder()), "seed": 1, "seconds": 1.0, "guidance": None, "fps": 24.0}
    files = extension("batch.run").find_recordings(folder, False)
    batch.start(files, extension("scene").Place.of(scene, character, 1), request, module.backend_command())
    blender.data.objects.remove(character)
    wait_until(lambda: session.step() or not batch.active)
    assert "is gone" in batch.items[0].message and not blender.data.actions


def test_no_recordings_is_said(blender, character, use, tmp_path, failing):
    use("good")
    (tmp_path / "empty").mkdir()
    assert "no recordings" in failing(blender.ops.voice_to_motion.batch, directory=str(tmp_path / "empty"))
    assert "cannot be read" in failing(blender.ops.voice_to_motion.batch, directory=str(tmp_path / "none"))
