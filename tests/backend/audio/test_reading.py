"""Every kind of recording a user may hand over, written for real; every unusable one must give one sentence."""

import contextlib
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.audio.reading import SAMPLE_RATE, read_instruction, read_part
from backend.audio.scene import read_scene
from backend.errors import UserError


def tone(rate: int, seconds: float = 1.0, hertz: float = 220.0) -> np.ndarray:
    return (0.4 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def refused(path: Path | str, code: str) -> UserError:
    with pytest.raises(UserError) as caught:
        read_instruction(path)
    error = caught.value
    assert error.code == code
    assert error.message.count(".") >= 1 and error.message.endswith(".") and "\n" not in error.message
    assert error.hint.endswith(".") and "Traceback" not in str(error)
    return error


def sparse_wav(path: Path, seconds: int, rate: int = 48_000) -> Path:
    """A 16-bit stereo wav of any length that takes no room on disk."""
    size = seconds * rate * 4
    with path.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 2, rate, rate * 4, 4, 16))
        file.write(b"data" + struct.pack("<I", size))
        file.truncate(44 + size)
    return path


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_any_rate_and_channel_count_becomes_the_same_wave(tmp_path, rate, channels):
    path = tmp_path / "a.wav"
    soundfile.write(path, np.repeat(tone(rate)[:, None], channels, axis=1), rate)
    wave = read_instruction(path)
    assert wave.dtype == np.float32 and abs(len(wave) - SAMPLE_RATE) <= 1
    middle = slice(1000, 15_000)  # the resampling filter has edges
    assert np.abs(wave[middle] - tone(SAMPLE_RATE)[middle]).max() < 2e-3


@pytest.mark.parametrize(
    ("name", "subtype", "tolerance"),
    [
        ("a.wav", "PCM_16", 1e-4),
        ("a.wav", "PCM_24", 1e-6),
        ("a.wav", "PCM_32", 1e-6),
        ("a.wav", "FLOAT", 1e-6),
        ("a.wav", "DOUBLE", 1e-6),
        ("a.wav", "PCM_U8", 1e-2),
        ("a.flac", "PCM_16", 1e-4),
        ("a.flac", "PCM_24", 1e-6),
        ("a.ogg", "VORBIS", 3e-2),
        ("a.aiff", "PCM_16", 1e-4),
    ],
)
def test_formats(tmp_path, name, subtype, tolerance):
    soundfile.write(tmp_path / name, tone(16_000), 16_000, subtype=subtype)
    wave = read_instruction(tmp_path / name)
    assert len(wave) == 16_000 and np.abs(wave - tone(16_000)).max() < tolerance


@pytest.mark.parametrize(("name", "subtype"), [("a.mp3", "MPEG_LAYER_III"), ("a.ogg", "OPUS")])
def test_lossy_formats_keep_pitch_and_level(tmp_path, name, subtype):
    soundfile.write(tmp_path / name, tone(48_000), 48_000, subtype=subtype)
    wave = read_instruction(tmp_path / name)
    spectrum = np.abs(np.fft.rfft(wave[:16_000]))
    assert abs(int(spectrum.argmax()) - 220) <= 1
    assert np.std(wave) == pytest.approx(np.std(tone(16_000)), rel=0.1)


def test_channels_are_averaged_not_summed(tmp_path):
    other = 0.4 * np.sin(np.arange(16_000) * 0.3)  # as loud, and unrelated
    for second in (0.5 * tone(16_000), 0 * other, other):
        mean = (tone(16_000) + second) / 2
        soundfile.write(tmp_path / "a.wav", np.stack([tone(16_000), second], axis=1), 16_000, subtype="FLOAT")
        assert np.abs(read_instruction(tmp_path / "a.wav") - (mean - mean.mean())).max() < 1e-6


@pytest.mark.parametrize("channels", [(1.0, -0.99), (-0.5, 1.0), (1.0, -0.8, 0.0), (0.2, -0.2, 0.9, -1.0)])
@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_where_channels_cancel_the_loudest_is_taken(tmp_path, channels, rate):
    wave = np.stack([level * tone(rate, 2.0) + 0.1 for level in channels], axis=1)
    soundfile.write(tmp_path / "a.wav", wave, rate, subtype="FLOAT")
    loudest = max(channels, key=abs)
    for found in (read_instruction(tmp_path / "a.wav"), read_part(tmp_path / "a.wav", 0.0, 2.0)):
        assert np.abs(found - loudest * tone(SAMPLE_RATE, 2.0))[1000:-1000].max() < 2e-3
    scene = read_scene(tmp_path / "a.wav")
    assert scene.channel == channels.index(loudest) and scene.peak == pytest.approx(0.4, abs=0.01)
    whole = np.concatenate(list(scene.blocks()))
    assert np.abs(whole - loudest * tone(SAMPLE_RATE, 2.0))[1000:-1000].max() < 2e-3


def test_offset_is_removed_and_loud_floats_are_brought_down(tmp_path):
    soundfile.write(tmp_path / "offset.wav", tone(16_000) + 0.5, 16_000, subtype="FLOAT")
    assert abs(read_instruction(tmp_path / "offset.wav").mean()) < 1e-6
    soundfile.write(tmp_path / "loud.wav", tone(16_000) * 30_000, 16_000, subtype="FLOAT")
    assert np.abs(read_instruction(tmp_path / "loud.wav")).max() == pytest.approx(1.0, abs=1e-3)


def test_clipped_speech_is_fine(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.clip(tone(44_100) * 20, -1, 1), 44_100)
    assert np.abs(read_instruction(tmp_path / "a.wav")).max() <= 1.0


@pytest.mark.parametrize("name", ["geh vorwärts.wav", "前进 走.flac", "a 'quoted' \"name\".ogg", "🚶.wav"])
def test_unicode_and_spaces_in_the_path(tmp_path, name):
    folder = tmp_path / "mein Ordner – ü"
    folder.mkdir()
    soundfile.write(folder / name, tone(16_000), 16_000)
    assert len(read_instruction(str(folder / name))) == 16_000


def test_missing_and_not_a_file(tmp_path):
    refused(tmp_path / "nothing.wav", "missing_audio")
    refused(tmp_path, "unreadable_audio")
    refused("a\0b.wav", "unreadable_audio")
    assert len(refused("x" * 5000, "unreadable_audio").message) < 300
    soundfile.write(tmp_path / "a.wav", tone(16_000), 16_000)
    refused(tmp_path / "a.wav" / "below.wav", "missing_audio")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    refused(tmp_path / "pipe.wav", "unreadable_audio")


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="no POSIX permissions on this system")
def test_no_permission(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(16_000), 16_000)
    (tmp_path / "a.wav").chmod(0)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)  # root may read everything
    try:
        assert "ermission" in refused(tmp_path / "a.wav", "unreadable_audio").message
    finally:
        os.seteuid(user)


def test_empty_files(tmp_path):
    (tmp_path / "zero.wav").touch()
    refused(tmp_path / "zero.wav", "empty_audio")
    soundfile.write(tmp_path / "header.wav", np.zeros(0, np.float32), 16_000)
    refused(tmp_path / "header.wav", "empty_audio")


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.ogg", "a.flac", "a.raw", "a"])
def test_text_renamed(tmp_path, name):
    (tmp_path / name).write_text("This is a letter, not a recording. " * 3000)
    refused(tmp_path / name, "unsupported_audio")


def test_broken_off_files(tmp_path):
    for name in ("a.flac", "a.ogg", "a.wav"):
        soundfile.write(tmp_path / name, tone(16_000) + 0.01 * np.random.default_rng(0).normal(size=16_000), 16_000)
    for name, keep in (("a.flac", 3000), ("a.ogg", 1000), ("a.wav", 30)):
        data = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(data[:keep])
        refused(tmp_path / name, "damaged_audio")


def test_flac_of_unknown_length_is_read(tmp_path):
    """A recorder that writes into a pipe cannot go back and fill in the number of samples."""
    soundfile.write(tmp_path / "a.flac", tone(16_000), 16_000)
    data = bytearray((tmp_path / "a.flac").read_bytes())
    data[8 + 13] &= 0xF0  # STREAMINFO: 36 bits of total samples, 0 = unknown
    data[8 + 14 : 8 + 18] = bytes(4)
    (tmp_path / "a.flac").write_bytes(data)
    assert len(read_instruction(tmp_path / "a.flac")) == 16_000


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_not_numbers(tmp_path, bad):
    wave = tone(16_000)
    wave[5000] = bad
    soundfile.write(tmp_path / "a.wav", wave, 16_000, subtype="FLOAT")
    refused(tmp_path / "a.wav", "damaged_audio")


def test_silence(tmp_path):
    rng = np.random.default_rng(1)
    click = np.zeros(16_000)
    click[8000] = 0.01
    for wave in (np.zeros(16_000), np.full(16_000, 0.3), 1e-4 * rng.normal(size=16_000), click):
        soundfile.write(tmp_path / "a.wav", wave, 16_000, subtype="FLOAT")
        refused(tmp_path / "a.wav", "silent_audio")


def test_a_quiet_word_in_a_long_pause_is_not_silence(tmp_path):
    wave = np.zeros(16_000 * 50)
    wave[400_000:406_000] = 0.01 * tone(16_000, 6000 / 16_000)
    soundfile.write(tmp_path / "a.wav", wave, 16_000, subtype="FLOAT")
    assert len(read_instruction(tmp_path / "a.wav")) == len(wave)


def test_too_short(tmp_path):
    soundfile.write(tmp_path / "a.wav", tone(44_100, 0.19), 44_100)
    refused(tmp_path / "a.wav", "short_audio")
    soundfile.write(tmp_path / "a.wav", tone(44_100, 0.21), 44_100)
    read_instruction(tmp_path / "a.wav")


def test_ten_minutes_are_read_and_a_second_more_is_not(tmp_path):
    wave = np.tile(tone(8_000, 10.0), 60)
    wave[:8000] = 0.0
    soundfile.write(tmp_path / "a.wav", wave, 8_000)
    found = read_instruction(tmp_path / "a.wav")
    assert abs(len(found) - 9_600_000) <= 2 and np.abs(found[:15_000]).max() < 1e-3
    second = slice(5_000_000, 5_016_000)
    assert np.abs(found[second] - tone(SAMPLE_RATE)).max() < 2e-3
    soundfile.write(tmp_path / "a.wav", np.concatenate([wave, tone(8_000)]), 8_000)
    assert "10 min" in refused(tmp_path / "a.wav", "long_audio").message


def test_a_minute_is_the_same_whether_resampled_at_once_or_in_blocks(tmp_path):
    wave = tone(44_100, 59.9)
    soundfile.write(tmp_path / "short.wav", wave, 44_100, subtype="FLOAT")
    soundfile.write(tmp_path / "long.wav", np.concatenate([wave, tone(44_100, 0.2)]), 44_100, subtype="FLOAT")
    short, long = read_instruction(tmp_path / "short.wav"), read_instruction(tmp_path / "long.wav")
    assert np.abs(short[:-1000] - long[: len(short) - 1000]).max() < 1e-5


def test_of_three_hours_no_more_than_ten_minutes_are_read(tmp_path, monkeypatch):
    path, read, count = sparse_wav(tmp_path / "long.wav", 3 * 3600), soundfile.SoundFile.read, []

    def counted(*arguments, **options):
        samples = read(*arguments, **options)
        count.append(len(samples))
        return samples

    monkeypatch.setattr(soundfile.SoundFile, "read", counted)
    error = refused(path, "long_audio")
    assert "3.0 h" in error.message and "10 min" in error.message and sum(count) < 603 * 48_000


def test_a_header_that_hides_the_length_does_not_help(tmp_path):
    """FLAC that says its length is unknown is still read only up to the limit."""
    soundfile.write(tmp_path / "a.flac", tone(8_000, 610.0), 8_000)
    data = bytearray((tmp_path / "a.flac").read_bytes())
    data[8 + 13] &= 0xF0
    data[8 + 14 : 8 + 18] = bytes(4)
    (tmp_path / "a.flac").write_bytes(data)
    refused(tmp_path / "a.flac", "long_audio")


def test_absurd_sample_rates(tmp_path):
    for rate in (100, 2_000_000):
        soundfile.write(tmp_path / "a.wav", tone(16_000), rate)
        refused(tmp_path / "a.wav", "unsupported_audio")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    position=st.integers(0, 200),
    data=st.binary(min_size=1, max_size=40),
    name=st.sampled_from(["a.wav", "a.flac", "a.ogg", "a.mp3"]),
)
def test_damaged_headers_never_escape_as_anything_but_a_sentence(tmp_path, position, data, name):
    path = tmp_path / name
    soundfile.write(path, tone(16_000, 0.5), 16_000)
    content = bytearray(path.read_bytes())
    content[position : position + len(data)] = data
    path.write_bytes(content)
    try:
        wave = read_instruction(path)
    except UserError as error:
        assert error.message.endswith(".")
    else:
        assert np.isfinite(wave).all() and len(wave) <= 9_600_001


def test_too_many_channels(tmp_path):
    path = tmp_path / "many.wav"
    soundfile.write(path, np.zeros((200, 65)), 16_000)
    assert "65 channels" in refused(path, "unsupported_audio").message


def test_hours_in_a_header_of_a_small_file(tmp_path):
    """A header that claims ten hours, 64 channels and 24 bits; behind it is a second of sound."""
    path = tmp_path / "liar.wav"
    soundfile.write(path, np.repeat(tone(16_000)[:, None], 64, axis=1)[:16_000], 16_000, subtype="PCM_24")
    content = bytearray(path.read_bytes())
    for mark in (b"RIFF", b"data"):
        at = content.index(mark) + 4
        content[at : at + 4] = (2**32 - 1).to_bytes(4, "little")
    path.write_bytes(content)
    tracemalloc.start()
    try:
        with contextlib.suppress(UserError):
            read_instruction(path)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


def test_scenes_and_their_parts(tmp_path):
    wave = np.concatenate([tone(44_100, 61.0), 0.5 * tone(44_100, 30.0, 440.0)])
    soundfile.write(tmp_path / "scene.wav", np.stack([wave, wave], axis=1), 44_100)
    seen = []
    scene = read_scene(tmp_path / "scene.wav", seen.append)
    whole = np.concatenate(list(scene.blocks()))
    assert abs(len(whole) - 91 * SAMPLE_RATE) <= 1 and np.abs(whole[1000:-1000]).max() == pytest.approx(0.4, abs=0.01)
    assert scene.seconds == len(whole) / SAMPLE_RATE and scene.channel is None
    assert scene.peak == pytest.approx(np.abs(whole).max(), abs=1e-6)
    assert seen == sorted(seen) and seen[-1] == pytest.approx(91, abs=1)
    part = read_part(tmp_path / "scene.wav", 60.5, 62.0)
    assert len(part) == 1.5 * SAMPLE_RATE
    rms = [float(np.sqrt((piece**2).mean())) for piece in (part[:8000], part[8000:])]
    assert rms[0] == pytest.approx(2 * rms[1], rel=0.05), "the louder tone ends half a second after the part begins"
    assert len(read_part(tmp_path / "scene.wav", 90.0, 95.0)) == SAMPLE_RATE, "the file ends before the part does"


def test_an_hour_takes_no_more_memory_than_a_minute(tmp_path):
    path, spoken = sparse_wav(tmp_path / "long.wav", 3600, 8_000), (tone(8_000) * 32767).astype("<i2")
    with path.open("r+b") as file:
        file.seek(44 + 4 * 8_000 * 3_000)
        file.write(np.repeat(spoken, 2).tobytes())
    tracemalloc.start()
    try:
        scene = read_scene(path)
        loud = [number for number, block in enumerate(scene.blocks()) if len(block) and np.abs(block).max() > 0.3]
        part = read_part(path, 2_999.5, 3_001.5)
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()
    assert scene.seconds == pytest.approx(3600) and 1 <= len(loud) <= 2
    assert len(part) == 2 * SAMPLE_RATE and np.abs(part[8_200:23_800] - tone(SAMPLE_RATE)[200:15_800]).max() < 3e-3


def test_scenes_are_refused_as_instructions_are(tmp_path):
    soundfile.write(tmp_path / "nan.wav", np.full(20_000, np.nan), 16_000, subtype="FLOAT")
    soundfile.write(tmp_path / "short.wav", tone(16_000, 0.1), 16_000)
    for name, code in (("silent", "silent_audio"), ("none", "missing_audio"), ("nan", "damaged_audio"), ("short", "short_audio")):
        path = tmp_path / f"{name}.wav"
        if name == "silent":
            sparse_wav(path, 3)
        for read in (read_scene, lambda path: read_part(path, 0.0, 2.0)):
            with pytest.raises(UserError) as caught:
                read(path)
            assert caught.value.code == code
    for start, end in ((2.0, 1.0), (0.0, 61.0), (-1.0, 1.0), (float("nan"), 1.0), (0.0, float("inf")), (float("inf"), 1.0)):
        with pytest.raises(UserError, match="no part"):
            read_part(tmp_path / "silent.wav", start, end)
    with pytest.raises(UserError, match="no samples"):
        read_part(tmp_path / "silent.wav", 5.0, 6.0)
