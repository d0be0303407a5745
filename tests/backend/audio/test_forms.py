"""Every form of recording that people have is read at its right length, and sounds like what was recorded."""

import numpy as np
import pytest

from backend.audio.reading import SAMPLE_RATE, read_instruction, read_part
from backend.audio.scene import read_scene
from tests.backend.audio.recordings import SECONDS, likeness, sounds_like, voice, write

# file, encoder, sample rate, channels
FORMS = """
a.m4a aac 48000 1|a.m4a aac 44100 2|a.m4a aac 8000 1|a.m4a aac 96000 2|a.m4a aac 48000 6|a.m4a alac 48000 2|a.m4a alac 44100 1
a.mp4 aac 48000 2|a.mp4 alac 48000 1|a.mp4 libopus 48000 1|a.mp4 flac 48000 1|a.mp4 ac3 48000 2|a.mp4 libmp3lame 48000 1
a.mov aac 44100 1|a.mov pcm_s16le 48000 2|a.mov pcm_s24le 48000 1|a.mov adpcm_ima_qt 44100 1
a.3gp aac 48000 1|a.3g2 aac 22050 1|a.3gp libopencore_amrnb 8000 1|a.amr libopencore_amrnb 8000 1|a.aac aac 48000 1
a.aac aac 32000 2
a.webm libopus 48000 1|a.webm vorbis 48000 2|a.mka libopus 16000 1|a.mka flac 44100 2|a.mka pcm_f32le 48000 1|a.mkv aac 48000 2
a.mkv ac3 48000 6|a.wma wmav2 44100 2|a.wma wmav1 44100 1|a.asf wmav2 48000 1|a.caf pcm_s16be 48000 1|a.caf alac 48000 1
a.caf pcm_f32le 96000 1|a.opus libopus 48000 1|a.opus libopus 24000 2|a.ogg libopus 48000 6|a.ogg vorbis 44100 2|a.oga flac 48000 1
a.flac flac 192000 1|a.flac flac 8000 2|a.mp3 libmp3lame 44100 2|a.mp3 libmp3lame 16000 1|a.mp2 mp2 48000 2|a.ac3 ac3 48000 6
a.eac3 eac3 48000 2|a.aiff pcm_s16be 44100 2|a.aif pcm_s24be 48000 1|a.aifc pcm_f32be 48000 1|a.aiff pcm_s8 22050 1
a.au pcm_s16be 48000 2|a.au pcm_mulaw 8000 1|a.w64 pcm_s16le 48000 2|a.w64 pcm_s24le 48000 1|a.wav pcm_s16le 11025 2
a.wav pcm_s24le 48000 6|a.wav pcm_s32le 48000 1|a.wav pcm_f32le 192000 1|a.wav pcm_f64le 48000 1|a.wav pcm_s64le 48000 1
a.wav pcm_u8 22050 1|a.wav pcm_alaw 8000 1|a.wav pcm_mulaw 8000 1|a.wav adpcm_ms 44100 1|a.wav adpcm_ima_wav 44100 2
a.wav adpcm_yamaha 44100 1|a.wav libmp3lame 44100 2|a.wav g722 16000 1|a.wav g726 8000 1|a.wav g723_1 8000 1|a.wav ac3 48000 2
a.wv wavpack 48000 2|a.tta tta 44100 1|a.voc pcm_s16le 48000 2|a.ts aac 48000 2|a.ts mp2 48000 1|a.mpg mp2 48000 2|a.flv aac 44100 1
a.flv libmp3lame 44100 2|a.flv nellymoser 16000 1|a.avi libmp3lame 44100 2|a.avi pcm_s16le 48000 1|a.nut pcm_s16le 48000 1
a.ra real_144 8000 1|a.rm ac3 44100 2|a.g722 g722 16000 1|a.adx adpcm_adx 48000 1
""".replace("\n", "|").strip("|").split("|")
VIDEOS = """
a.mp4 libx264 aac|a.m4v libx264 aac|a.mov libx264 aac|a.mov mpeg4 pcm_s16le|a.webm libvpx libopus|a.webm libvpx-vp9 libopus
a.mkv libx265 libopus|a.mkv libx264 flac|a.avi mpeg4 libmp3lame|a.wmv wmv2 wmav2|a.3gp mpeg4 libopencore_amrnb|a.flv flv aac
a.ts mpeg2video mp2|a.mts libx264 ac3
""".replace("\n", "|").strip("|").split("|")
TELEPHONE = ("libopencore_amrnb", "real_144", "g723_1")  # they keep what is heard, not the wave
LOSSLESS = ("pcm_s16", "pcm_s24", "pcm_s32", "pcm_f32", "pcm_f64", "pcm_s64", "alac", "flac", "wavpack", "tta")


def is_right(wave: np.ndarray, codec: str) -> bool:
    return sounds_like(wave) > 0.9 if codec in TELEPHONE else likeness(wave) > 0.99


def test_there_are_enough():
    assert len(set(FORMS)) == len(FORMS) >= 80 and len(set(VIDEOS)) == len(VIDEOS) >= 14


@pytest.mark.parametrize("form", FORMS)
def test_sounds(tmp_path, form):
    name, codec, rate, channels = form.split()
    path, notes = write(tmp_path / name, codec, int(rate), int(channels)), []
    wave = read_instruction(path, notes.append)
    assert wave.dtype == np.float32 and abs(len(wave) / SAMPLE_RATE - SECONDS) < 0.1 and not notes
    assert is_right(wave, codec)
    if codec.startswith(LOSSLESS):
        assert abs(len(wave) - SECONDS * SAMPLE_RATE) <= 1
        error = (wave - voice(SAMPLE_RATE)[: len(wave)])[200:-200]
        assert 20 * np.log10(np.std(wave) / np.std(error)) > 40, "dB"


@pytest.mark.parametrize("form", VIDEOS)
def test_the_sound_of_videos(tmp_path, form):
    name, video, codec = form.split()
    path = write(tmp_path / name, codec, 8000 if "amr" in codec else 48_000, 1 if "amr" in codec else 2, video=video)
    wave = read_instruction(path)
    assert abs(len(wave) / SAMPLE_RATE - SECONDS) < 0.1 and is_right(wave, codec)
    part = read_part(path, 0.5, 1.5)
    assert len(part) == SAMPLE_RATE
    scene = read_scene(path)
    assert scene.seconds == pytest.approx(len(wave) / SAMPLE_RATE, abs=1e-3)
    assert is_right(np.concatenate(list(scene.blocks())), codec)
