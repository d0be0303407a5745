"""A folder of recordings becomes actions in the asset browser, and everything else stays as it was."""

from __future__ import annotations

import json
import os
import shutil
import sys

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
    assert [item.name for item in batch.items] == ["notes.txt", "schön 歩く.WAV", "take 2.wav", "take 10.wav"]
    for action in blender.data.actions:
        assert action.asset_data.description == "walk forward" and action.use_fake_user and action["seed"] == 123
        assert tuple(action.frame_range) == (1.0, 48.0)
        pixels = np.empty(128 * 128 * 4, np.float32)
        action.preview.image_pixels_float.foreach_get(pixels)
        assert len(np.unique(pixels.reshape(-1, 4), axis=0)) > 20, "a picture, not one colour"
    assert batch.summary == "3 made, 1 other files" and batch.hidden == 1
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
    assert [item.state for item in batch.items] == ["not_audio", "done", "failed", "done"]
    assert batch.summary == "2 made, 1 failed, 1 other files" and not session.message
    assert blender.ops.voice_to_motion.batch_report() == {"FINISHED"}
    text = blender.data.texts["Voice to Motion Batch"].as_string()
    assert "This one cannot be keyed." in text and "schön 歩く" in text and "2 made" in text


def test_backend_errors_are_per_file(blender, character, use, folder, batch):
    use("error")
    assert blender.ops.voice_to_motion.batch(directory=str(folder)) == {"CANCELLED"}
    assert {item.message for item in batch.problems} == {"The recording is silent. Record it again."}
    assert [item.state for item in batch.items] == ["not_audio", *["refused"] * 3] and not blender.data.actions


@pytest.fixture
def begin(extension, scene, character, batch, folder, tmp_path):
    """A function that starts a batch as the button does, to be stepped by the test; it returns one step."""
    module, incremental = extension("operators.batch"), extension("link.incremental")

    def start(**options) -> None:
        place = extension("scene").Place.of(scene, character, 1)
        out = extension("batch.report_file").batch_folder(tmp_path, folder)
        out.mkdir(parents=True, exist_ok=True)
        request = {"out": str(out), "seed": 1, "seconds": 1.0, "guidance": None, "follow": 0.5, "fps": 24.0} | options
        batch.start(folder, False, place, request, module.backend_command())

    def step() -> None:
        extension("link.session").session.step()
        incremental.incremental_work.step()

    start.step = step
    yield start
    incremental.incremental_work.cancel_all()


def report_of(batch) -> dict[str, dict]:
    lines = [json.loads(line) for line in batch.report.path.read_text(encoding="utf-8").splitlines()]
    assert len({line["file"] for line in lines}) == len(lines)
    return {line["file"]: line for line in lines}


def test_cancel_keeps_what_was_made_and_the_next_goes_on(blender, use, begin, batch, session, wait_until):
    use("slow")
    begin()
    wait_until(lambda: begin.step() or batch.counts["done"] == 1)
    wait_until(lambda: begin.step() or session.fraction > 0.1)
    assert 0.5 < batch.done_share < 0.9 and not blender.ops.voice_to_motion.batch.poll() and batch.seconds_left > 0
    assert blender.ops.voice_to_motion.cancel_batch() == {"FINISHED"}
    wait_until(lambda: begin.step() or not batch.active)
    states = [item.state for item in batch.items]
    assert states == ["not_audio", "done", "cancelled", "cancelled"] and len(blender.data.actions) == 1
    assert batch.summary == "1 made, 2 not reached, 1 other files"
    assert report_of(batch)["notes.txt"]["outcome"] == "not_audio"
    use("good")
    begin()
    wait_until(lambda: begin.step() or not batch.active)
    assert batch.summary == "2 made, 1 done already, 1 other files" and len(blender.data.actions) == 3


def test_after_a_crash_motions_are_keyed_without_being_made_again(blender, character, use, begin, batch, folder, wait_until):
    """The .blend is lost, the motions are not; a changed recording, other options and a lost file are made again."""
    use("good")
    begin()
    wait_until(lambda: begin.step() or not batch.active)
    report = report_of(batch)
    assert [line["outcome"] for line in report.values()] == ["not_audio", "done", "done", "done"]
    for action in list(blender.data.actions):
        blender.data.actions.remove(action)
    use("error")  # whoever asks now is refused
    begin()
    wait_until(lambda: begin.step() or not batch.active)
    assert batch.summary == "3 made, 1 other files" and len(blender.data.actions) == 3
    assert report_of(batch) == report
    begin(seed=2)
    wait_until(lambda: begin.step() or not batch.active)
    assert batch.counts["refused"] == 3
    for action in list(blender.data.actions):
        blender.data.actions.remove(action)
    changed = folder / "take 2.wav"
    stamp = changed.stat()
    changed.write_bytes(changed.read_bytes()[:-2] + b"\1\1")
    os.utime(changed, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    use("good")
    begin()
    wait_until(lambda: begin.step() or not batch.active)
    (batch.report.path.parent / report_of(batch)["take 10.wav"]["files"][0]).write_bytes(b"PK")
    blender.data.actions.remove(blender.data.actions["take 10"])
    use("error")
    begin()
    wait_until(lambda: begin.step() or not batch.active)
    assert (batch.counts["already"], batch.counts["refused"]) == (2, 1)


def test_try_again_takes_up_what_was_not_made(blender, character, use, folder, batch, failing):
    use("error")
    blender.ops.voice_to_motion.batch(directory=str(folder))
    assert batch.counts["refused"] == 3
    use("good")
    assert not batch.active and blender.ops.voice_to_motion.retry_batch() == {"FINISHED"}
    assert batch.summary == "3 made, 1 other files" and not batch.problems
    assert not blender.ops.voice_to_motion.retry_batch.poll()
    blender.ops.voice_to_motion.batch(directory=str(folder), again=True)
    assert batch.summary == "3 made, 1 other files" and len(blender.data.actions) == 6


def test_names_that_meet_and_names_that_are_no_unicode(extension, blender, character, use, batch, folder, audio):
    if sys.platform in ("win32", "darwin"):
        pytest.skip("file names are Unicode there")
    use("good")
    for name in ("deeper/take 2.wav", "x/take 2.wav", "take 2.flac"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(audio, folder / name)
    shutil.copy(audio, os.fsencode(folder) + b"/odd \xff.wav")
    blender.ops.voice_to_motion.batch(directory=str(folder), deep=True)
    report = report_of(batch)
    files = [line["files"][0] for line in report.values() if line["outcome"] == "done"]
    assert len(files) == len(set(files)) == len(blender.data.actions) == 7
    assert [item.message for item in batch.problems] == ["Its name is not valid Unicode. Rename the file."]
    assert "odd ?.wav" in extension("batch.report_text").report_text(batch)


def test_a_disk_that_is_full_ends_it_in_one_sentence(extension, blender, use, begin, batch, monkeypatch, wait_until):
    use("good")
    report_file = extension("batch.report_file").ReportFile

    def full(self) -> None:
        raise OSError(28, "No space left on device")

    begin()
    wait_until(lambda: begin.step() or batch.counts["done"] == 1)
    monkeypatch.setattr(report_file, "flush", full)
    wait_until(lambda: begin.step() or not batch.active)
    assert batch.stopped == "The batch cannot go on: No space left on device" and len(blender.data.actions) >= 1
    monkeypatch.undo()


def test_a_full_disk_behind_the_backend_ends_it_and_try_again_goes_on(blender, character, use, folder, batch):
    use("full")
    assert blender.ops.voice_to_motion.batch(directory=str(folder)) == {"CANCELLED"}
    assert batch.stopped == "Nothing can be written (no space left). Free some space."
    assert batch.summary == "0 made, 1 failed, 2 not reached, 1 other files"
    use("good")
    assert blender.ops.voice_to_motion.retry_batch() == {"FINISHED"}
    assert batch.summary == "3 made, 1 other files" and not batch.stopped


def test_a_refusal_says_what_was_heard_and_what_is_nearest(blender, character, use, folder, batch):
    use("refuses")
    blender.ops.voice_to_motion.batch(directory=str(folder))
    line = report_of(batch)["take 2.wav"]
    assert line["outcome"] == "refused" and line["heard"] == "walk forward" and line["nearest"]
    assert [item.heard for item in batch.problems] == ["walk forward"] * 3


@pytest.mark.parametrize("behaviour", ["dies", "nofile"])
def test_a_backend_that_keeps_failing_ends_it(blender, character, use, folder, batch, session, behaviour):
    for number in range(5):
        shutil.copy(folder / "take 2.wav", folder / f"{number}.wav")
    use(behaviour)
    assert blender.ops.voice_to_motion.batch(directory=str(folder)) == {"CANCELLED"}
    assert batch.counts["failed"] and not batch.counts["running"] and not batch.counts["waiting"]
    if behaviour == "dies":
        assert batch.counts["failed"] == 3 and batch.counts["cancelled"] == 6 and batch.stopped


def test_another_file_is_loaded_while_it_runs(extension, blender, use, begin, batch, session, wait_until):
    use("slow")
    begin()
    wait_until(lambda: begin.step() or session.fraction > 0.1)
    blender.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    wait_until(lambda: begin.step() or not batch.active)
    assert not blender.data.actions and not session.tasks and not extension("link.incremental").incremental_work


def test_character_deleted_while_it_runs(blender, character, use, begin, batch, wait_until):
    use("good")
    begin()
    blender.data.objects.remove(character)
    wait_until(lambda: begin.step() or not batch.active)
    assert "is gone" in batch.stopped and batch.counts["failed"] == 1 and not blender.data.actions


def test_very_many_files_are_looked_through_in_short_steps(extension, blender, use, begin, batch, folder, monkeypatch):
    """No step does more than its share: none lists, sorts or looks through more than a thousand of 20,000 files."""
    use("good")
    for number in range(20_000):
        os.close(os.open(folder / f"{number}.txt", os.O_CREAT))
    for name in ("take 10.wav", "take 2.wav", "schön 歩く.WAV"):
        (folder / name).unlink()
    begin()
    steps = 0
    while batch.active:
        known = len(batch.items)
        begin.step()
        steps += 1
        assert len(batch.items) - known <= 1000
    assert batch.counts["not_audio"] == 20_001 and steps > 50
    assert [item.name for item in batch.items[:3]] == ["0.txt", "1.txt", "2.txt"] and len(report_of(batch)) == 20_001


def test_no_recordings_is_said(blender, character, use, tmp_path, failing):
    use("good")
    (tmp_path / "empty").mkdir()
    assert "no files" in failing(blender.ops.voice_to_motion.batch, directory=str(tmp_path / "empty"))
    assert "cannot be read" in failing(blender.ops.voice_to_motion.batch, directory=str(tmp_path / "none"))
