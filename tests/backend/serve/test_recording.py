"""Recording over the protocol, with real PortAudio and a virtual microphone where this machine can have one."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from tests.backend import virtual_microphone
from tests.backend.client import STAND_IN, Client

RATE = 48_000
SPOKEN = 1.5  # seconds


@pytest.fixture(scope="module")
def microphone():
    reason = virtual_microphone.missing()
    if reason:
        pytest.skip(f"no virtual microphone: {reason}")
    with virtual_microphone.VirtualMicrophone() as made:
        yield made


@pytest.fixture
def client(microphone, monkeypatch):
    for name, value in microphone.environment.items():
        monkeypatch.setenv(name, value)
    with Client(STAND_IN) as client:
        client.wait("hello")
        yield client


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """A second of silence, a sweep that swells and fades like syllables, and silence again."""
    t = np.arange(int(SPOKEN * RATE)) / RATE
    sweep = 0.3 * np.sin(2 * np.pi * (200 * t + 300 * t**2)) * (0.6 + 0.4 * np.sin(9 * t))
    path = tmp_path_factory.mktemp("spoken") / "sweep.wav"
    soundfile.write(path, np.concatenate([np.zeros(RATE), sweep, np.zeros(RATE)]), RATE, subtype="PCM_16")
    return path, sweep


def correlation(recording: Path, sweep: np.ndarray) -> float:
    """Of the sweep with the place in the recording where it fits best."""
    wave, rate = soundfile.read(recording)
    wave = soxr.resample(wave, rate, RATE)
    size = len(wave) + len(sweep)
    fit = np.fft.irfft(np.fft.rfft(wave, size) * np.conj(np.fft.rfft(sweep, size)), size)
    start = int(np.argmax(fit[: len(wave) - len(sweep)]))
    return float(np.corrcoef(wave[start : start + len(sweep)], sweep)[0, 1])


def levels(client: Client, id: str) -> list[dict]:
    return [event for event in client.events if event["event"] == "level" and event["id"] == id]


def test_what_is_spoken_is_what_is_recorded(client, microphone, spoken, tmp_path):
    path = tmp_path / "Täke 1.wav"
    id = client.send(request="record", file=str(path), silence=None)
    assert client.wait("recording", id)["device"]
    assert microphone.play(spoken[0]).wait(30) == 0
    client.send(request="stop", target=id)
    last = client.wait("recorded", id)
    assert last["reason"] == "stopped" and last["gaps"] == 0
    assert correlation(path, spoken[1]) > 0.99
    heard = levels(client, id)
    assert len(heard) == pytest.approx(15 * last["seconds"], abs=3), "about fifteen levels a second"
    assert max(level["peak"] for level in heard) == pytest.approx(0.3, abs=0.03) == last["peak"]
    assert not list(tmp_path.glob("*.part"))


def test_a_pause_after_speech_ends_it(client, microphone, spoken, tmp_path):
    id = client.send(request="record", file=str(tmp_path / "t.wav"), silence=0.5)
    client.wait("recording", id)
    player = microphone.play(spoken[0])
    last = client.wait("recorded", id)
    player.wait(30)
    assert last["reason"] == "silence" and SPOKEN + 0.5 <= last["seconds"] < 6.0
    assert correlation(tmp_path / "t.wav", spoken[1]) > 0.99


def test_cancel_leaves_nothing(client, tmp_path):
    id = client.send(request="record", file=str(tmp_path / "new" / "t.wav"))
    client.wait("level", id)
    client.send(request="cancel", target=id)
    assert client.wait("cancelled", id) and not list((tmp_path / "new").iterdir())


def test_killed_while_recording_leaves_a_readable_part(client, microphone, spoken, tmp_path):
    id = client.send(request="record", file=str(tmp_path / "t.wav"))
    client.wait("recording", id)
    player = microphone.play(spoken[0])
    client.until(lambda event: event["event"] == "level" and event["seconds"] > 1.2)
    client.process.kill()
    player.wait(30)
    assert not (tmp_path / "t.wav").exists()
    assert soundfile.info(tmp_path / "t.wav.part").duration > 1.1


def test_one_thing_at_a_time_and_generating_beside_it(client, spoken, tmp_path):
    id = client.send(request="record", file=str(tmp_path / "t.wav"))
    client.wait("recording", id)
    assert client.wait("error", client.send(request="devices"))["code"] == "sound_busy"
    made = client.send(request="generate", audio=str(spoken[0]), out=str(tmp_path / "o"))
    assert client.end_of(made)["event"] == "result"
    client.until(lambda event: event["event"] == "level" and event["seconds"] > 0.5)
    client.send(request="stop", target=id)
    assert client.wait("recorded", id)["gaps"] == 0


def test_a_recording_that_is_too_short_is_said(client, tmp_path):
    id = client.send(request="record", file=str(tmp_path / "t.wav"))
    client.wait("recording", id)
    client.send(request="stop", target=id)
    assert client.wait("error", id)["code"] == "short_audio" and not list(tmp_path.iterdir())


def test_the_end_of_stdin_keeps_what_was_recorded(client, tmp_path):
    id = client.send(request="record", file=str(tmp_path / "t.wav"))
    client.until(lambda event: event["event"] == "level" and event["seconds"] > 0.5)
    assert client.finish() == 0 and id
    assert soundfile.info(tmp_path / "t.wav").duration > 0.4


def test_devices_and_one_that_is_not_there(client, tmp_path):
    found = client.wait("devices", client.send(request="devices"))["devices"]
    assert found and sum(device["default"] for device in found) == 1 and all(device["channels"] > 0 for device in found)
    id = client.send(request="record", file=str(tmp_path / "t.wav"), device="Lapel 7")
    error = client.wait("error", id)
    assert error["code"] == "unknown_microphone" and "Lapel 7" in error["message"]


def test_playing_is_heard(client, microphone, spoken, tmp_path):
    heard = tmp_path / "heard.wav"
    listener = microphone.listen(heard)
    until_it_grows(heard, 0.2)
    began = time.monotonic()
    id = client.send(request="play", file=str(spoken[0]))
    client.wait("played", id)
    assert time.monotonic() - began > 2.0, "as long as the sound"
    until_it_grows(heard, 2.0)
    listener.terminate()
    listener.wait(10)
    assert correlation(heard, spoken[1]) > 0.99


def until_it_grows(recording: Path, seconds: float) -> None:
    """Wait for more sound in a file that is being written: on a busy machine programs start, and buffers arrive, late."""
    end, enough = time.monotonic() + 20.0, size_of(recording) + seconds * 48_000 * 2
    while size_of(recording) < enough and time.monotonic() < end:
        time.sleep(0.05)


def size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def test_playing_can_be_stopped(client, tmp_path):
    soundfile.write(tmp_path / "long.wav", np.zeros(50 * 8000), 8000)
    id = client.send(request="play", file=str(tmp_path / "long.wav"))
    time.sleep(1.0)
    began = time.monotonic()
    client.send(request="stop", target=id)
    client.wait("played", id)
    assert time.monotonic() - began < 20.0  # of fifty; it is at once, where nothing else keeps the machine busy


def test_unplugged_while_recording(monkeypatch, tmp_path):
    reason = virtual_microphone.missing()
    if reason:
        pytest.skip(f"no virtual microphone: {reason}")
    with virtual_microphone.VirtualMicrophone() as own:
        for name, value in own.environment.items():
            monkeypatch.setenv(name, value)
        with Client(STAND_IN) as client:
            id = client.send(request="record", file=str(tmp_path / "t.wav"))
            client.until(lambda event: event["event"] == "level" and event["seconds"] > 0.6)
            own.unplug()
            last = client.wait("recorded", id, timeout=30)
            assert last["reason"] == "lost" and soundfile.info(tmp_path / "t.wav").duration > 0.5
            assert client.wait("status", client.send(request="status"))


# --- without any sound system: what is said


@pytest.fixture
def deaf(monkeypatch, tmp_path):
    if list(Path("/dev/snd").glob("pcm*c")):
        pytest.skip("this machine has a sound card")
    for name in ("PULSE_SERVER", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_RUNTIME_DIR"):  # where a sound server of this user would be found
        monkeypatch.setenv(name, str(tmp_path))
    with Client(STAND_IN) as client:
        yield client


def test_no_microphone_is_said(deaf, tmp_path):
    deaf.send(request="devices")
    assert deaf.until(lambda event: event["event"] in ("devices", "error")).get("devices", []) == []
    id = deaf.send(request="record", file=str(tmp_path / "t.wav"))
    error = deaf.wait("error", id)
    assert error["code"] in ("no_microphone", "no_portaudio") and error["hint"] and not list(tmp_path.glob("*.wav*"))


def test_missing_portaudio_is_said(monkeypatch):
    import sys

    from backend.audio import microphone
    from backend.errors import UserError

    class Broken:
        def find_spec(self, name, path=None, target=None):
            if name == "sounddevice":
                raise OSError("PortAudio library not found")

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(UserError) as error:
        microphone.list_microphones()
    assert error.value.code == "no_portaudio" and "libportaudio2" in error.value.hint


@pytest.mark.parametrize("change", [
    {"file": ""}, {"file": "a\0b"}, {"device": "x" * 300}, {"silence": 0.0}, {"silence": "long"}, {"longest": 1e9},
    {"longest": None},
])  # fmt: skip
def test_bad_requests_are_refused(change):
    from backend.serve import protocol

    request = {"id": "1", "request": "record", "file": "/tmp/t.wav"} | change
    with pytest.raises(protocol.BadRequest):
        protocol.parse(json.dumps(request).encode())


def test_folders_that_cannot_be_written(client, tmp_path):
    for file in ("/proc/none/t.wav", str(tmp_path)):
        error = client.wait("error", client.send(request="record", file=file))
        assert error["code"] == "cannot_write" and os.path.sep in error["message"]
