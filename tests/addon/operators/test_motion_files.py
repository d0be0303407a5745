"""Apply Motion File: our own files at once and without a backend, all others through it; never a frozen window."""

from __future__ import annotations

import numpy as np
import pytest

from tests.addon import peer as peer_module


def key_count(character) -> int:
    data = character.animation_data
    return 0 if data is None or data.action is None else round(data.action.frame_range[1] - data.action.frame_range[0]) + 1


@pytest.fixture
def foreign(tmp_path):
    """Poses of somebody else, which only the backend can read."""
    np.savez(tmp_path / "tänzer.npz", poses=np.zeros((60, 156)), trans=np.zeros((60, 3)))
    return str(tmp_path / "tänzer.npz")


def test_our_own_file_needs_no_backend(blender, scene, character, session, tmp_path):
    peer_module.write_motion(tmp_path / "ours.npz", 1, 24.0, 2.0)
    scene.frame_set(11)
    assert blender.ops.voice_to_motion.apply_motion_file(filepath=str(tmp_path / "ours.npz")) == {"FINISHED"}
    assert character.animation_data.action.frame_range[:] == (11.0, 58.0) and session.client is None


def test_a_broken_file_of_ours_is_one_sentence(blender, character, failing, tmp_path):
    peer_module.write_motion(tmp_path / "ours.npz", 1, 24.0, 1.0, broken=True)
    assert "not finite" in failing(blender.ops.voice_to_motion.apply_motion_file, filepath=str(tmp_path / "ours.npz"))
    assert not key_count(character)


def test_files_of_others_go_through_the_backend(blender, scene, character, session, peer, foreign):
    peer("good")
    scene.render.fps = 24
    scene.frame_set(5)
    assert blender.ops.voice_to_motion.apply_motion_file(filepath=foreign) == {"FINISHED"}
    assert character.animation_data.action.frame_range[:] == (5.0, 52.0)
    assert "48 frames from frame 5" in session.note and "It does not say its frame rate: 30 assumed" in session.note
    assert character.animation_data.action.voice_to_motion.clips[-1].name == "tänzer"


def test_a_button_returns_at_once_and_can_be_cancelled(blender, character, session, peer, foreign, button, wait_until, extension):
    peer("slow")
    own = button("operators.motion_files.VOICE_TO_MOTION_OT_apply_motion_file", filepath=foreign)
    assert own.invoke(blender.context, None) == {"FINISHED"}
    task = session.under_way("convert")
    assert task is not None and not session.busy, "it waits for no generation, and none waits for it"
    timer = extension("link.timer")
    wait_until(lambda: timer.tick() is not None and task.fraction > 0.05)
    assert "Converting the motion file" in timer._status()
    assert blender.ops.voice_to_motion.cancel.poll() and blender.ops.voice_to_motion.cancel() == {"FINISHED"}
    wait_until(lambda: session.step() or task.outcome is not None)
    assert task.outcome.kind == "cancelled" and not key_count(character)


@pytest.mark.parametrize(
    ("behaviour", "says"),
    [("error", "The file has no poses; it has betas. Export it again."), ("nofile", "outside the cache folder"), ("dies", None)],
)
def test_what_goes_wrong_is_one_sentence(blender, character, peer, failing, foreign, behaviour, says):
    peer(behaviour if says else "crash")
    said = failing(blender.ops.voice_to_motion.apply_motion_file, filepath=foreign)
    assert (says or "exit code 1") in said and not key_count(character)


def test_no_file_and_no_character(blender, scene, character, peer, failing, extension, tmp_path):
    peer("good")
    operator = blender.ops.voice_to_motion.apply_motion_file
    assert "No file was chosen" in failing(operator)
    assert "no poses" in failing(operator, filepath=str(tmp_path / "gone.bvh"))
    scene.voice_to_motion.character = None
    assert not operator.poll()


def test_dropping_is_offered_in_the_viewport(blender, extension):
    handler = blender.types.VOICE_TO_MOTION_FH_motion
    assert set(handler.bl_file_extensions.split(";")) == set(extension("operators.motion_files").SUFFIXES)
    assert handler.bl_import_operator == "voice_to_motion.apply_motion_file" and not handler.poll_drop(blender.context)


def test_the_window_goes_on_while_it_is_read(blender, scene, character, session, peer, foreign, button, wait_until, stopwatch):
    peer("good")
    own = button("operators.motion_files.VOICE_TO_MOTION_OT_apply_motion_file", filepath=foreign)
    with stopwatch.piece():
        own.invoke(blender.context, None)
    assert stopwatch.shortest < 50.0
    wait_until(lambda: session.step() or not session.tasks)
    assert key_count(character) == 48
