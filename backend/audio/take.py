"""A recording while it grows: a wav file that is valid after every block, levels for the meter, and when speech has ended.

It is written as ``NAME.wav.part`` and renamed at the end. If the process is killed the part is left, readable, for the add-on
to recover. Where the samples come from is `microphone`'s matter.
"""

from __future__ import annotations

import errno
import math
import os
import wave
from pathlib import Path

import numpy as np

from backend.audio.reading import SHORTEST
from backend.errors import UserError
from backend.packs.wording import cannot_write

PART = ".part"
QUIETEST_SPEECH = 10 ** (-50 / 20)  # RMS; a whisper close to a microphone is about -45 dBFS
ABOVE_NOISE = 10 ** (9 / 20)  # speech is this much louder than the quietest tenth of the recording
SPOKEN = 0.2  # seconds of speech before a pause can be the end: a cough or a click is shorter


class Take:
    """A recording on its way to a file. Use it as a context: what is not kept by then is deleted.

    Args:
        path: of the finished file.
        rate: sample rate, Hz.
        silence: seconds of pause after speech that end it; None: no pause does.
        longest: seconds after which it ends in any case.

    Attributes:
        seconds, peak: length so far and loudest sample, 0..1.
        over: why it should end (silence or longest), empty while it should not.
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

    def __enter__(self) -> Take:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        self._part.unlink(missing_ok=True)

    def add(self, block: np.ndarray) -> dict[str, float]:
        """Write (N,) int16 samples; what goes beyond the longest length is cut off. Returns peak and rms of the block, 0..1."""
        block = block[: max(0, round(self._longest * self._rate) - self._samples)]
        try:
            self._wave.writeframes(block.astype("<i2").tobytes())  # brings the length in the header up to date as well
            self._stream.flush()
        except OSError as error:
            raise cannot_write(self._path.parent, error) from None
        self._samples += len(block)
        self.seconds = self._samples / self._rate
        share = block.astype(np.float64) / 32768.0
        peak = float(np.abs(share).max(initial=0.0))
        rms = math.sqrt(float(np.mean(share**2))) if len(share) else 0.0
        self.peak = max(self.peak, peak)
        self._listen(rms, len(block) / self._rate)
        return {"peak": round(peak, 4), "rms": round(rms, 5)}

    def keep(self, reason: str) -> None:
        """Finish the file. Raises UserError when there is too little in it to be kept, and says why."""
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

    def _listen(self, rms: float, duration: float) -> None:
        """Decide whether it should end."""
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
