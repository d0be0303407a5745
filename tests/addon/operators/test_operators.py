"""Generating and applying as scripts do it, against peer.py; what happens in a window meanwhile: link/test_timer.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def generate(blender):
    return blender.ops.voice_to_motion.generate()


def requests(folder: Path) -> list[dict]:
    return [json.loads(line) for line in next(folder.rglob("requests.jsonl")).read_text().splitlines()]


def key_frames(extension, target, path='pose.bones["pelvis"].location'):
    owner = extension("keys.keyframes").curve_owner(target)
    return [point.co.x for point in next(c for c in owner.fcurves if c.data_path == path).keyframe_points]


def strips_of(scene) -> list:
    editor = scene.sequence_editor
    return list(editor.strips if hasattr(editor, "strips") else editor.sequences) if editor else []


def test_a_recording_that_breaks_off_is_used_and_said_so(blender, ready, audio, peer, session):
    peer("good")
    ready.audio_path = str(audio.rename(audio.with_name("cut.wav")))
    assert generate(blender) == {"FINISHED"}
    assert session.note.startswith("48 frames") and session.note.endswith(". The recording cut.wav breaks off after 0.6 s of 1.0 s")


def test_generate_keys_the_character(extension, blender, scene, character, ready, peer, session, tmp_path):
    peer("good")
    scene.render.fps, scene.frame_end = 24, 250
    scene.frame_set(11)
    assert generate(blender) == {"FINISHED"}
    frames = key_frames(extension, character)
    assert (frames[0], frames[-1]) == (11, 58) and len(frames) < 24
    action = character.animation_data.action
    assert (action["heard"], action["seed"], action["model"]) == ("walk forward", 123, "peer")
    assert action["audio"] == ready.audio_path and action.name == "walk forward"
    assert session.heard == "walk forward" and session.note.startswith("48 frames from frame 11")
    scene.frame_set(58)
    blender.context.view_layer.update()
    pelvis = character.matrix_world @ character.pose.bones["pelvis"].head
    assert pelvis.y == pytest.approx(-1.1, abs=1e-3), "forward is -Y"
    assert scene.frame_current == 58 and scene.render.fps == 24 and scene.frame_end == 250


def test_request_carries_scene_and_settings(blender, scene, ready, peer, tmp_path, audio):
    peer("good")
    scene.render.fps, scene.render.fps_base = 30, 1.001
    ready.use_random_seed, ready.seed = False, 42
    ready.use_auto_length, ready.seconds = False, 1.5
    ready.use_auto_guidance, ready.guidance = False, 6.0
    generate(blender)
    request = requests(tmp_path)[0]
    assert request["fps"] == pytest.approx(29.97003, abs=1e-4)
    assert (request["seed"], request["seconds"], request["guidance"], request["variations"]) == (42, 1.5, 6.0, 1)
    assert request["audio"] == str(audio)
    assert Path(request["out"]).parent == tmp_path / "results"  # a folder of this Blender's own


def test_how_much_the_voice_counts_is_asked_for_and_comes_back(blender, ready, character, peer, tmp_path):
    """It is sent with every request, noted on the motion, and taken back into the panel."""
    peer("good")
    generate(blender)
    ready.follow = 0.8
    generate(blender)
    assert [request["follow"] for request in requests(tmp_path)] == [0.5, 0.8]
    action = character.animation_data.action
    assert action["follow"] == 0.8 and json.loads(action.voice_to_motion.clips[-1].source)["follow"] == 0.8
    ready.follow = 0.1
    assert blender.ops.voice_to_motion.recall() == {"FINISHED"}
    assert ready.follow == pytest.approx(0.8)
    del action["follow"]  # as in motions of earlier versions
    ready.follow = 0.1
    blender.ops.voice_to_motion.recall()
    assert ready.follow == pytest.approx(0.1)


def test_automatic_settings_are_null_and_the_seed_is_kept(blender, ready, peer, tmp_path):
    peer("good")
    generate(blender)
    request = requests(tmp_path)[0]
    assert request["seed"] is request["seconds"] is request["guidance"] is None
    assert ready.seed == 123, "turning Random Seed off repeats this motion"


def test_scene_is_made_longer_only_when_needed_and_it_says_so(blender, scene, ready, peer, session):
    peer("good")
    scene.frame_end = 20
    generate(blender)
    assert scene.frame_end == 48 and "Scene now ends at 48" in session.note


def test_second_generation_replaces_the_clip_on_which_it_is_made(extension, blender, scene, character, ready, peer):
    peer("good")
    generate(blender)
    action = character.animation_data.action
    scene.frame_set(40)
    generate(blender)
    frames = key_frames(extension, character)
    assert character.animation_data.action == action
    assert frames == sorted(set(frames)) and (frames[0], frames[-1]) == (1, 48)
    scene.frame_set(48)
    assert character.pose.bones["pelvis"].location.length > 1.0, "the character does not move: slot unbound"


def test_file_with_another_frame_rate_is_resampled_and_keeps_its_tempo(extension, blender, scene, character, ready, tmp_path):
    from tests.addon import peer as peer_module

    peer_module.write_motion(tmp_path / "m.npz", 1, 60.0, 1.0)
    scene.render.fps = 30
    blender.ops.voice_to_motion.apply_motion(filepath=str(tmp_path / "m.npz"))
    character.animation_data.action.voice_to_motion.clips[0].reduction = "NONE"
    frames = key_frames(extension, character)
    assert frames == [float(frame) for frame in range(1, 32)], "one second, on whole frames"
    assert scene.render.fps == 30 and scene.render.fps_base == 1.0


def test_applying_six_seconds_does_not_block_the_window(blender, scene, character, tmp_path, stopwatch):
    """The bar is 50 ms for reading the file and writing all keys."""
    from tests.addon import peer as peer_module

    peer_module.write_motion(tmp_path / "m.npz", 1, 30.0, 6.0)
    scene.render.fps = 30
    for _ in range(5):
        with stopwatch.piece():
            blender.ops.voice_to_motion.apply_motion(filepath=str(tmp_path / "m.npz"))
    print(f"180 frames applied in {stopwatch.shortest:.0f} ms of a usual processor")
    assert stopwatch.shortest < 50.0, stopwatch.took


def test_audio_goes_on_the_timeline_once(blender, scene, ready, peer, audio, session):
    peer("good")
    if not blender.app.build_options.audaspace:  # bpy 4.2 from PyPI: no sound, which must not keep the keys away
        assert generate(blender) == {"FINISHED"}
        assert "could not be put on the timeline" in session.note
        return
    scene.frame_set(5)
    generate(blender)
    scene.frame_set(5)
    generate(blender)
    strips = strips_of(scene)
    assert [(strip.type, int(strip.frame_start)) for strip in strips] == [("SOUND", 5)]
    scene.frame_set(52)
    generate(blender)
    assert sorted(int(strip.frame_start) for strip in strips_of(scene)) == [5, 53]


def test_audio_strip_can_be_left_out(blender, scene, ready, peer):
    peer("good")
    ready.use_audio_strip = False
    generate(blender)
    assert not strips_of(scene)


def test_only_applying_is_an_undo_step(blender):
    """That it is exactly one is checked in a window, by tests/gui."""
    assert "UNDO" not in blender.types.VOICE_TO_MOTION_OT_generate.bl_options
    assert "UNDO" in blender.types.VOICE_TO_MOTION_OT_apply_motion.bl_options


ERRORS = {
    "error": "The recording is silent. Record it again.",
    "crash": "exit code 1",
    "dies": "was killed (signal 9)",
    "nofile": "does not exist",
    "broken": "not finite",
    "old": "protocol 0",
}


@pytest.mark.parametrize("behaviour", ERRORS)
def test_what_goes_wrong_is_said_and_changes_nothing(blender, scene, character, ready, peer, session, failing, behaviour):
    peer(behaviour)
    assert ERRORS[behaviour] in failing(blender.ops.voice_to_motion.generate)
    assert session.message and not session.busy
    assert character.animation_data is None or character.animation_data.action is None
    assert not blender.data.actions and not strips_of(scene)
    assert blender.ops.voice_to_motion.clear_message() == {"FINISHED"} and not session.message
    peer("good")
    assert generate(blender) == {"FINISHED"}


@pytest.mark.slow
def test_typed_instead_of_spoken(extension, blender, scene, character, ready, peer, tmp_path):
    """What was typed is asked for and noted on the action; recalling brings it back, choosing a take empties it."""
    peer("good")
    ready.typed = "  walk forward, then wave "
    assert generate(blender) == {"FINISHED"}
    request = requests(tmp_path)[0]
    assert request["text"] == "walk forward, then wave" and "audio" not in request
    action = character.animation_data.action
    assert action["text"] == "walk forward, then wave" and not action["audio"] and not strips_of(scene)
    ready.typed = ""
    assert blender.ops.voice_to_motion.recall() == {"FINISHED"}
    assert ready.typed == "walk forward, then wave"
    ready.take_index = 0
    assert ready.typed == ""


def test_typing_alone_is_enough(extension, blender, scene, character, peer):
    peer("good")
    settings = scene.voice_to_motion
    settings.character = character
    operator = blender.types.VOICE_TO_MOTION_OT_generate
    assert "type an instruction" in operator.disabled_reason(blender.context)
    settings.typed = "   "
    assert operator.disabled_reason(blender.context)
    settings.typed = "jump"
    assert operator.disabled_reason(blender.context) == ""


def test_real_backend(extension, blender, scene, character, monkeypatch, tmp_path):
    """The whole way with the networks. Left out only where the weights or the backend's packages are not there."""
    root = Path(__file__).resolve().parents[3]
    python = root / ".venv" / "bin" / "python"
    spoken = root / "addon" / "examples" / "walk_forward_then_wave.ogg"
    pack = root / "backend" / "weights" / "open" / "pack.json"
    if not (python.is_file() and pack.is_file()):
        pytest.skip("needs .venv and the weights in backend/weights/open")
    generate_module = extension("operators.generate")
    monkeypatch.setattr(generate_module, "cache_folder", lambda: tmp_path)
    command = [str(python), "-m", "backend", "serve"]
    for module in (generate_module, extension("operators.reasons")):
        monkeypatch.setattr(module, "backend_command", lambda: (command, root))
    scene.voice_to_motion.audio_path = str(spoken)
    scene.voice_to_motion.use_random_seed, scene.voice_to_motion.seed = False, 7
    assert generate(blender) == {"FINISHED"}
    action = character.animation_data.action
    assert action["seed"] == 7 and "walk" in action["heard"]
    frames = key_frames(extension, character)
    assert len(frames) >= scene.render.fps
    scene.frame_set(int(frames[-1]))
    blender.context.view_layer.update()
    assert 0.2 < (character.matrix_world @ character.pose.bones["head"].head).z < 2.2
    scene.voice_to_motion.typed = "sit down"
    assert generate(blender) == {"FINISHED"}
    action = character.animation_data.action
    assert (action["text"], action["heard"]) == ("sit down", "sit down")
