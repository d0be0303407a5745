"""Writing a recording as it grows, with levels for the meter and the decision to stop.

The WAV file is valid after every block. It is written as ``NAME.wav.part`` and renamed at the end. A killed process leaves the part
behind, readable, for the add-on to recover. The samples come from `microphone`.
"""

from __future__ import annotations

import errno
import math
import os
import wave
from pathlib import Path

import numpy as np

from backend.audio.reading import SHORTEST
from backend.errors import UserError, cannot_write

PART = ".part"
QUIETEST_SPEECH = 10 ** (-50 / 20)  # RMS; a whisper close to a microphone is about -45 dBFS
ABOVE_NOISE = 10 ** (9 / 20)  # how much louder speech is than the quietest tenth of the recording
SPOKEN = 0.2  # seconds of speech before silence can end it: a cough or a click is shorter


class WavRecorder:
    """A recording being written; a context manager that deletes what `keep` did not finish.

    Args:
        path: of the finished file.
        rate: sample rate, Hz.
        silence: seconds of silence after speech that end it; None: silence never does.
        longest: seconds after which it ends in any case.

    Attributes:
        seconds, peak: length and loudest sample (0..1) so far.
        over: why it should end ("silence" or "longest"); empty while it should go on.
    """

    def __init__(self, path: Path, rate: int, silence: float | None, longest: float) -> None:
        self.seconds = self.peak = 0.0
        self.over = ""
        self._path, self._part = path, path.with_name(path.name + PART)
        self._rate, self._silence, self._longest = rate, silence, longest
        self._samples, self._spoken, self._pause = 0, 0.0, 0.0
        self._levels: list[float] = []
        try:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._part.open("wb")
        except (OSError, ValueError) as error:
            raise cannot_write(path.parent, error) from None
        self._wave = wave.open(self._stream, "wb")  # noqa: SIM115  (closed in __exit__ and keep)
        self._wave.setnchannels(1)
        self._wave.setsampwidth(2)
        self._wave.setframerate(rate)

    def __enter__(self) -> WavRecorder:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        self._part.unlink(missing_ok=True)

    def add(self, block: np.ndarray) -> dict[str, float]:
        """Write (N,) int16 samples, up to the longest length. Returns their peak and RMS, 0..1."""
        block = block[: max(0, round(self._longest * self._rate) - self._samples)]
        try:
            self._wave.writeframes(block.astype("<i2").tobytes())  # updates the length in the header, too
            self._stream.flush()
        except OSError as error:
            raise cannot_write(self._path.parent, error) from None
        self._samples += len(block)
        self.seconds = self._samples / self._rate
        share = block.astype(np.float64) / 32768.0
        peak = float(np.abs(share).max(initial=0.0))
        rms = math.sqrt(float(np.mean(share**2))) if len(share) else 0.0
        self.peak = max(self.peak, peak)
        self._watch_for_end(rms, len(block) / self._rate)
        return {"peak": round(peak, 4), "rms": round(rms, 5)}

    def keep(self, reason: str) -> None:
        """Finish the file. UserError where it is too short; ``reason`` says why it ended."""
        self._close()
        if self.seconds < SHORTEST:
            if reason == "lost":
                raise UserError(
                    "microphone_lost", "The microphone gave no sound.", "Check that it is connected, or choose another."
                )
            raise UserError("short_audio", f"That was only {self.seconds:.1f} s.", f"An instruction takes at least {SHORTEST:g} s.")
        try:
            os.replace(self._part, self._path)
        except OSError as error:
            raise cannot_write(self._path.parent, error) from None

    def _close(self) -> None:
        if not self._stream.closed:
            self._wave.close()
            self._stream.close()

    def _watch_for_end(self, rms: float, duration: float) -> None:
        """Set `over` when the speaker has been silent, or the recording is as long as allowed."""
        self._levels.append(rms)
        floor = float(np.quantile(self._levels, 0.1))
        if rms > max(QUIETEST_SPEECH, min(floor * ABOVE_NOISE, 0.1)):
            self._spoken += duration
            self._pause = 0.0
        else:
            self._pause += duration
        if self._samples >= round(self._longest * self._rate):
            self.over = "longest"
        elif self._silence is not None and self._spoken >= SPOKEN and self._pause >= self._silence:
            self.over = "silence"
