"""Takes in the .blend: recorded, loaded, dropped, from a strip; named, packed, saved, removed. The microphone is peer.py's."""

from __future__ import annotations

import shutil
import struct
import time
from pathlib import Path

import pytest


@pytest.fixture
def settings(scene):
    return scene.voice_to_motion


@pytest.fixture
def record(blender, peer):
    peer("good")
    return blender.ops.voice_to_motion.record


def names(settings) -> list[str]:
    return [take.name for take in settings.takes]


def test_recording_adds_a_take_and_chooses_it(settings, record, tmp_path, session):
    assert record() == {"FINISHED"}
    (take,) = settings.takes
    assert take.name == "Take 1" and take.seconds == pytest.approx(1.0, abs=0.01) and not session.message
    assert Path(settings.audio_path) == tmp_path / "recordings" / "Take 1.wav" and Path(settings.audio_path).is_file()
    assert take.sound.packed_file is not None, "the .blend is not saved yet, so nothing else would keep it"
    record()
    assert names(settings) == ["Take 1", "Take 2"] and settings.take_index == 1


def test_what_is_heard_is_noted_at_the_take(blender, settings, character, record):
    record()
    record()
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
    assert [take.heard for take in settings.takes] == ["", "walk forward"]


def test_recording_again_takes_the_place(blender, settings, record):
    for _ in range(3):
        record()
    settings.takes[1].name = "Walk"
    settings.take_index = 1
    old = settings.audio_path
    again(blender)
    assert names(settings) == ["Take 1", "Walk", "Take 3"] and settings.take_index == 1
    assert settings.audio_path != old and Path(old).is_file()


def again(blender):
    import sys

    module = sys.modules["bl_ext.user_default.voice_to_motion.operators.record"]
    assert blender.ops.voice_to_motion.record_again() == {"FINISHED"}
    end = time.monotonic() + 10
    while module.recorder.active and time.monotonic() < end:
        module.session.step()
        time.sleep(0.01)


def test_renaming_names_the_sound_too(settings, record):
    record()
    settings.takes[0].name = "Wörter"
    assert settings.takes[0].sound.name == "Wörter"


def test_remove_keeps_the_file_unless_asked(blender, settings, record):
    record()
    record()
    first, second = (Path(take.sound.filepath) for take in settings.takes)
    assert blender.ops.voice_to_motion.remove_take() == {"FINISHED"}
    assert second.is_file() and names(settings) == ["Take 1"] and settings.take_index == 0
    blender.ops.voice_to_motion.remove_take(delete_file=True)
    assert not first.exists() and not settings.takes and settings.audio_path == ""
    assert not blender.data.sounds and not blender.ops.voice_to_motion.remove_take.poll()


def test_saved_beside_the_blend_with_a_relative_path(blender, extension, record, tmp_path):
    folder = tmp_path / "Prøject"
    folder.mkdir()
    blender.ops.wm.save_as_mainfile(filepath=str(folder / "scene.blend"))
    record()
    settings = blender.context.scene.voice_to_motion
    assert settings.audio_path == "//recordings/Take 1.wav" and settings.takes[0].sound.packed_file is None
    blender.ops.wm.save_mainfile()
    moved = tmp_path / "moved"
    shutil.move(folder, moved)
    blender.ops.wm.open_mainfile(filepath=str(moved / "scene.blend"))
    settings = blender.context.scene.voice_to_motion
    audio = extension("takes.audio")
    assert names(settings) == ["Take 1"] and audio.audio_file(settings) == moved / "recordings" / "Take 1.wav"


def test_packed_take_is_there_without_its_file(blender, extension, settings, record, character, tmp_path):
    settings.recording.use_pack = True
    record()
    Path(settings.audio_path).unlink()
    blender.ops.wm.save_as_mainfile(filepath=str(tmp_path / "packed.blend"))
    blender.ops.wm.open_mainfile(filepath=str(tmp_path / "packed.blend"))
    settings = blender.context.scene.voice_to_motion
    written = extension("takes.audio").audio_file(settings)
    assert written.is_file() and extension("takes.audio").length_of(str(written)) == pytest.approx(1.0, abs=0.01)
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}


@pytest.mark.parametrize("stated", [0, 0xFFFFFFFF, 0x7FFFFFFF, 48_000])
def test_the_length_of_a_wav_whose_header_states_another(extension, tmp_path, stated):
    sizes = struct.pack("<I4s4sIHHIIHH4sI", stated, b"WAVE", b"fmt ", 16, 1, 1, 8000, 16_000, 2, 16, b"data", stated)
    (tmp_path / "streamed.wav").write_bytes(b"RIFF" + sizes + bytes(24_000))
    assert extension("takes.audio").length_of(str(tmp_path / "streamed.wav")) == 1.5


def test_what_is_chosen_and_dropped(blender, extension):
    audio, takes = extension("takes.audio"), extension("operators.takes")
    assert len(takes.PATTERNS) < 256 and set(takes.PATTERNS.split(";")) <= {f"*{suffix}" for suffix in audio.SUFFIXES}
    dropped = extension("panels.takes").VOICE_TO_MOTION_FH_audio.bl_file_extensions.split(";")
    assert {".m4a", ".amr", ".caf", ".wma", ".opus"} < set(dropped) and ".mp4" not in dropped


def test_lengths_of_what_is_no_wav(extension, tmp_path):
    """By Blender's own player; what is no sound has none."""
    length_of, example = extension("takes.audio").length_of, extension("translations").FOLDER.parent / "examples"
    (tmp_path / "broken.ogg").write_bytes(b"OggS and nothing more")
    assert length_of(str(tmp_path / "broken.ogg")) == length_of(str(tmp_path / "none.mp3")) == 0.0
    pytest.importorskip("aud", reason="this bpy is built without Blender's player")
    assert length_of(str(next(example.glob("*.ogg")))) == pytest.approx(2.88, abs=0.05)


def test_loaded_and_dropped_files_are_takes_once(blender, settings, audio, tmp_path):
    other = tmp_path / "走.wav"
    shutil.copy(audio, other)
    blender.ops.voice_to_motion.select_audio(filepath=str(audio))
    drop = blender.ops.voice_to_motion.drop_audio
    assert drop(directory=f"{tmp_path}/", files=[{"name": audio.name}, {"name": other.name}]) == {"FINISHED"}
    assert names(settings) == [audio.stem, "走"] and settings.audio_path == str(other)
    assert settings.takes[0].seconds == pytest.approx(1.0)
    settings.take_index = 0
    assert settings.audio_path == str(audio)


def test_dropping_is_offered_in_the_viewport(blender):
    handler = blender.types.VOICE_TO_MOTION_FH_audio
    assert ".wav" in handler.bl_file_extensions.split(";") and ".ogg" in handler.bl_file_extensions
    assert handler.bl_import_operator == "voice_to_motion.drop_audio" and not handler.poll_drop(blender.context)


def test_a_path_that_leads_nowhere_is_kept_and_said(settings, session, character, peer, failing, blender):
    peer("good")
    settings.audio_path = "/nowhere/walk.wav"
    assert settings.audio_path == "/nowhere/walk.wav" and not settings.takes
    assert "does not exist: /nowhere/walk.wav" in failing(blender.ops.voice_to_motion.generate)


def test_from_the_active_strip(blender, extension, scene, settings, audio):
    if not blender.app.build_options.audaspace:
        pytest.skip("this Blender is built without sound, so it has no sound strips")
    take = blender.ops.voice_to_motion.take_from_strip
    assert not take.poll()
    extension("clips.sound_strip").add_sound_strip(scene, str(audio), 10)
    editor = scene.sequence_editor
    editor.active_strip = (editor.strips if hasattr(editor, "strips") else editor.sequences)[0]
    if hasattr(blender.context, "sequencer_scene") and blender.context.sequencer_scene not in (None, scene):
        pytest.skip("the workspace shows another scene's sequencer")
    assert take() == {"FINISHED"} and settings.audio_path == str(audio) and len(settings.takes) == 1


def test_no_microphone_is_said(blender, settings, peer, failing, session):
    peer("nomic")
    assert "No microphone was found." in failing(blender.ops.voice_to_motion.record)
    assert not settings.takes and session.hint


def test_a_backend_that_dies_leaves_what_was_recorded(blender, settings, peer, failing, session, tmp_path):
    peer("breaksoff")
    assert "the part recorded so far is kept" in failing(blender.ops.voice_to_motion.record)
    assert len(settings.takes) == 1 and 0.4 < settings.takes[0].seconds < 0.8
    assert not list(tmp_path.rglob("*.part"))
    peer("good")
    assert blender.ops.voice_to_motion.record() == {"FINISHED"} and len(settings.takes) == 2


def test_loading_another_file_keeps_what_was_said(extension, blender, settings, peer, session, wait_until, tmp_path):
    recorder, record = extension("takes.recorder").recorder, extension("operators.record")
    peer("slow")
    record.start(blender.context)
    wait_until(lambda: session.step() or recorder.seconds > 0.1)
    blender.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    wait_until(lambda: session.step() or not recorder.active)
    kept = tmp_path / "recordings" / "Take 1.wav"
    assert kept.is_file() and str(kept) in session.hint and not blender.context.scene.voice_to_motion.takes


def test_what_was_under_way_when_blender_was_closed_is_kept(settings, record, tmp_path, audio):
    import os

    folder = tmp_path / "recordings"
    folder.mkdir()
    for name, age in (("Take 7.wav.part", 3600), ("Take 8.wav.part", 0)):
        shutil.copy(audio, folder / name)
        os.utime(folder / name, (time.time() - age,) * 2)
    record()
    assert sorted(path.name for path in folder.iterdir()) == ["Take 1.wav", "Take 7.wav", "Take 8.wav.part"]


def test_microphones_are_listed_and_chosen(blender, extension, settings, peer, session, wait_until):
    devices = extension("takes.recorder").microphones
    peer("good")
    assert blender.ops.voice_to_motion.find_microphones() == {"FINISHED"}
    assert not blender.ops.voice_to_motion.find_microphones.poll(), "one question at a time"
    wait_until(lambda: session.step() or (devices.asked and not session.tasks))
    assert devices.names == ["Built-in Microphone", "USB Headset"]
    blender.ops.voice_to_motion.choose_microphone(device="USB Headset")
    assert settings.recording.device == "USB Headset"
    devices.remember([{"name": 5}, "x", {"name": ""}, None])
    assert devices.names == []


def test_play_and_stop(blender, settings, record, session, wait_until):
    record()
    assert blender.ops.voice_to_motion.play_take() == {"FINISHED"}
    assert not blender.ops.voice_to_motion.record.poll(), "the loudspeaker would be recorded"
    wait_until(lambda: session.step() or session.under_way("play").sent)
    assert blender.ops.voice_to_motion.stop_playing() == {"FINISHED"}
    wait_until(lambda: session.step() or not session.under_way("play"), 2.0)


def test_countdown_level_stop_and_discard(extension, blender, settings, peer, session, wait_until):
    recorder, record = extension("takes.recorder").recorder, extension("operators.record")
    peer("slow")
    settings.recording.countdown = 1
    record.start(blender.context)
    assert recorder.active and 0.5 < recorder.counting <= 1.0 and not session.tasks and recorder.progress_text == "1"
    wait_until(lambda: recorder.step() or session.step() or recorder.seconds > 0.1)
    assert 0.0 < recorder.meter <= 1.0 and recorder.device == "Peer's Microphone" and "dB" in recorder.progress_text
    assert "dB" in extension("link.timer")._status(), "the status bar says it, too"
    recorder.stop()
    wait_until(lambda: session.step() or not recorder.active)
    assert 0.05 < settings.takes[0].seconds < 0.9 and len(settings.takes) == 1
    settings.recording.countdown = 0
    record.start(blender.context)
    wait_until(lambda: session.step() or recorder.seconds > 0.05)
    assert blender.ops.voice_to_motion.discard_recording() == {"FINISHED"}
    wait_until(lambda: session.step() or not recorder.active)
    assert len(settings.takes) == 1 and not session.message
    settings.recording.countdown = 5
    record.start(blender.context)
    recorder.discard()
    assert not recorder.active and not session.tasks


def test_what_was_refused_is_noted_too(blender, settings, character, record, peer, failing):
    record()
    peer("refuses")
    assert "Did not understand" in failing(blender.ops.voice_to_motion.generate)
    assert settings.takes[0].heard == "walk forward"


def test_a_recording_can_generate_by_itself(blender, settings, character, record, session, wait_until):
    assert not settings.recording.use_generate, "off by default"
    settings.recording.use_generate = True
    assert record() == {"FINISHED"}
    wait_until(lambda: session.step() or (character.animation_data and character.animation_data.action))
    assert character.animation_data.action["audio"] == settings.audio_path and not session.message


def test_why_it_cannot_generate_by_itself_is_said(blender, settings, record, session):
    settings.recording.use_generate = True
    assert record() == {"FINISHED"}
    assert not session.busy and "no motion" in session.message and "Create a character" in session.hint
    assert len(settings.takes) == 1
