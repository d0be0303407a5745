"""Listing microphones, recording from one and playing a wave, through PortAudio.

PortAudio looks for devices only when it starts, so it is restarted before each use, or a microphone that was plugged in later would
never be found. Every failure is a UserError.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import Any

import numpy as np

from backend.errors import UserError

MAX_DEVICES = 64
BLOCK_SECONDS = 0.05  # of playing: how soon it stops
RESERVE = 0.5  # seconds the system buffers while Python is busy, for instance loading networks


def fresh_portaudio() -> Any:
    """The sounddevice module with a fresh list of devices. Raises UserError ``no_portaudio``."""
    try:
        import sounddevice
    except OSError:  # "PortAudio library not found"; the wheels for Windows and macOS include it
        raise UserError(
            "no_portaudio",
            "Recording needs the PortAudio library, which is not installed.",
            "On Debian or Ubuntu: sudo apt install libportaudio2. On Fedora: sudo dnf install portaudio.",
        ) from None
    with contextlib.suppress(sounddevice.PortAudioError):
        sounddevice._terminate()
    try:
        sounddevice._initialize()
    except sounddevice.PortAudioError as error:
        why = portaudio_reason(error)
        raise UserError("no_sound", f"The sound system cannot be used: {why}.", "Check the sound settings.") from None
    return sounddevice


def portaudio_reason(error: Exception) -> str:
    """PortAudio's own words for a failure, shortened."""
    return str(error.args[0] if error.args else error).rstrip(".")[:200]


def list_microphones() -> list[dict]:
    """Every input device: name, channels, rate in Hz, and whether it is the default."""
    sounddevice = fresh_portaudio()
    default = sounddevice.default.device[0]
    found: dict[str, dict] = {}
    for device in sounddevice.query_devices():
        if device["max_input_channels"] > 0 and device["name"]:
            # a name appears once per sound system (on Windows four times); the first is the preferred one
            entry = {
                "name": device["name"][:256],
                "channels": device["max_input_channels"],
                "rate": int(device["default_samplerate"]),
                "default": device["index"] == default,
            }
            found.setdefault(entry["name"], entry)
    return list(found.values())[:MAX_DEVICES]


class Microphone:
    """An open microphone; a context manager.

    Args:
        name: from `list_microphones`; empty for the default.
        blocks_per_second: how often `read` returns.

    Attributes:
        name, rate: of the device; Hz.
        gaps: how often the system dropped sound.

    Raises UserError ``no_portaudio``, ``no_microphone``, ``unknown_microphone`` or ``microphone_refused``.
    """

    def __init__(self, name: str, blocks_per_second: int) -> None:
        self.gaps = 0
        self._blocks: queue.Queue[np.ndarray] = queue.Queue(maxsize=60 * blocks_per_second)
        sounddevice = fresh_portaudio()
        device = self._find(sounddevice, name)
        self.name, self.rate = device["name"], int(device["default_samplerate"])
        self._gone = threading.Event()
        try:
            self._stream = sounddevice.InputStream(
                device=device["index"],
                samplerate=self.rate,
                channels=1,
                dtype="int16",
                blocksize=self.rate // blocks_per_second,
                latency=RESERVE,
                callback=self._copy_block,
                finished_callback=self._gone.set,
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise UserError(
                "microphone_refused",
                f"The microphone {self.name} cannot be opened: {portaudio_reason(error)}.",
                "See that no other program holds it and that the system's privacy settings let Blender use it.",
            ) from None

    @staticmethod
    def _find(sounddevice: Any, name: str) -> dict:
        devices = [device for device in sounddevice.query_devices() if device["max_input_channels"] > 0]
        if not devices:
            raise UserError("no_microphone", "No microphone was found.", "Connect one, or load a recording from a file.")
        if name:
            for device in devices:
                if device["name"][:256] == name:
                    return device
            raise UserError("unknown_microphone", f"The microphone {name[:80]} is not connected.", "Connect or choose another one.")
        default = sounddevice.default.device[0]
        return next((device for device in devices if device["index"] == default), devices[0])

    def __enter__(self) -> Microphone:
        return self

    def __exit__(self, *_: object) -> None:
        # some sound systems hang where a device has been unplugged, so another thread waits for them
        end = threading.Thread(target=self._stream.abort, kwargs={"ignore_errors": True}, daemon=True)
        end.start()
        end.join(1.0)
        if not end.is_alive():
            self._stream.close(ignore_errors=True)

    def read(self, timeout: float) -> np.ndarray | None:
        """The next (N,) int16 samples; None after ``timeout`` seconds or where the device is gone."""
        waited = 0.0
        while waited < timeout:
            try:
                return self._blocks.get(timeout=0.1)
            except queue.Empty:
                waited += 0.1
                if self._gone.is_set():
                    return None
        return None

    def _copy_block(self, data: np.ndarray, frames: int, time: Any, status: Any) -> None:
        """Copy a block, and nothing else: this is PortAudio's thread."""
        if status.input_overflow:
            self.gaps += 1
        try:
            self._blocks.put_nowait(data[:, 0].copy())
        except queue.Full:
            self.gaps += 1


def play_wave(wave: np.ndarray, rate: int, stopped: threading.Event) -> None:
    """Play (N,) samples at ``rate`` Hz until ``stopped``. Raises UserError ``no_loudspeaker``."""
    sounddevice = fresh_portaudio()
    size = max(1, int(rate * BLOCK_SECONDS))
    wave = np.clip(wave, -1.0, 1.0).astype(np.float32)[:, None]
    try:
        with sounddevice.OutputStream(samplerate=rate, channels=1, dtype="float32", latency=RESERVE) as stream:
            for start in range(0, len(wave), size):
                if stopped.is_set():
                    stream.abort()  # drops what is still buffered
                    return
                stream.write(wave[start : start + size])
    except (sounddevice.PortAudioError, ValueError) as error:
        raise UserError(
            "no_loudspeaker", f"The recording cannot be played: {portaudio_reason(error)}.", "Check the system's sound output."
        ) from None
