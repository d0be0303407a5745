"""Reads nearly any sound or video file as a mono wave at 16 kHz, or raises UserError.

Samples are read in blocks up to the limit, because a header may lie: of three hours, ten minutes are read before they are refused.
Recordings of several instructions may be of any length; `scene` reads those. Which library decodes a file is `decoding`'s matter.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import soxr

from backend.audio.channels import Block, Mixer
from backend.audio.decoding import decoded
from backend.audio.file_kinds import KNOWN
from backend.errors import UserError, shortened, system_reason

SAMPLE_RATE = 16_000  # Hz, of every wave this file returns
SHORTEST, LONGEST = 0.2, 600.0  # seconds, of an instruction
LONGEST_SPEECH = 60.0  # seconds of speech in it; what networks need grows with the square
AT_ONCE = 60.0  # seconds kept at their own rate; more are resampled block by block, to save memory
RATES = (4_000, 768_000)  # Hz; anything else is damaged or hostile
CHANNELS = 64  # of the largest field recorders; a header may claim a thousand
SILENCE = 10 ** (-66 / 20)  # RMS of the loudest tenth of a second; a quiet room on a cheap microphone is near -60 dBFS
BROKEN_OFF = 0.25  # seconds that may be missing of what the header states before it is noted

Note = Callable[[str], None]
Found = TypeVar("Found")


def read_instruction(path: str | Path, on_note: Note | None = None) -> np.ndarray:
    """Read a recording of one instruction.

    Args:
        path: a sound file (wav, flac, ogg, opus, mp3, m4a, aac, wma, amr, caf, aiff and more) or a video, of any sample rate
            from 4 kHz and any number of channels. Those are averaged; where they cancel, the loudest is taken.
        on_note: gets a sentence where something is worth knowing, such as that the recording breaks off.

    Returns:
        (N,) float32 mono wave at 16 kHz, without DC offset, within -1..1.

    Raises:
        UserError: why the file cannot be used; codes ``missing_audio``, ``unreadable_audio``,
            ``unsupported_audio``, ``damaged_audio``, ``empty_audio``, ``short_audio``, ``long_audio``,
            ``silent_audio`` and ``missing_package``.
    """
    wave, rate = read_mono(Path(path), on_note)
    return prepare_wave(wave, rate, Path(path).name)


def read_mono(path: Path, on_note: Note | None = None) -> tuple[np.ndarray, int]:
    """Read a recording of up to `LONGEST` seconds as it is, but for the channels.

    Returns:
        ((N,) samples, sample rate in Hz): its own up to a minute, else 16 kHz. Raises UserError as `read_instruction` does.
    """
    check_file(path)

    def whole(mixer: Mixer) -> WaveCollector:
        collector = WaveCollector()
        for mono, rate in mono_blocks(path, mixer, LONGEST, on_note):
            collector.add(mono, rate)
        return collector

    return mixed_down(whole).finish()


def read_part(path: str | Path, start: float, end: float) -> np.ndarray:
    """Read the part between two times (s) of a recording of any length.

    Otherwise as `read_instruction`.
    """
    path = Path(path)
    check_file(path)
    if not (0.0 <= start < end < float("inf") and end - start <= LONGEST_SPEECH):  # NaN is in no interval
        raise UserError("bad_option", f"There is no part from {start:g} to {end:g} s that could be an instruction.")

    def part(mixer: Mixer) -> WaveCollector:
        collector, position = WaveCollector(), 0
        for block in read_blocks(path):
            first, last = (max(0, round(seconds * block.rate) - position) for seconds in (start, end))
            position += len(block.samples)
            if len(samples := block.samples[first:last]):
                collector.add(mixer.mix(samples), block.rate)
            if last <= len(block.samples):
                break
        return collector

    wave, rate = mixed_down(part).finish()
    return prepare_wave(wave, rate, path.name)


def check_file(path: Path) -> None:
    """Raise UserError unless it is a regular, non-empty file; opening a pipe could block."""
    try:
        info = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise UserError("missing_audio", f"There is no file {shortened(path)}.", "Check the path of the recording.") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise UserError(
            "unreadable_audio", f"The path {shortened(path)} cannot be opened: {system_reason(error)}.", "Check the path."
        ) from None
    if stat.S_ISDIR(info.st_mode):
        raise UserError("unreadable_audio", f"{shortened(path)} is a folder, not a recording.", "Give the audio files inside it.")
    if not stat.S_ISREG(info.st_mode):
        raise UserError("unreadable_audio", f"{shortened(path)} is not a regular file.", f"Give a {KNOWN}.")
    if info.st_size == 0:
        raise UserError("empty_audio", f"{path.name} is empty (0 bytes).", "Record it again.")


def mixed_down(read: Callable[[Mixer], Found]) -> Found:
    """What a function reads with the mean of the channels.

    Where they cancel it reads once more, with the loudest one."""
    mixer = Mixer()
    found = read(mixer)
    channel = mixer.cancelled_channel
    return found if channel is None else read(Mixer(channel))


class WaveCollector:
    """Blocks become one wave: at their own rate up to `AT_ONCE`, from there on at 16 kHz."""

    def __init__(self) -> None:
        self._kept: list[np.ndarray] = []
        self._rate, self._count = SAMPLE_RATE, 0
        self._resampler: soxr.ResampleStream | None = None

    def add(self, mono: np.ndarray, rate: int) -> None:
        """Take in the next samples (n,) at `rate` Hz."""
        if self._resampler is None and self._count + len(mono) > AT_ONCE * rate:
            self._resampler = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
            self._kept = [self._resampler.resample_chunk(block.astype(np.float32)) for block in self._kept]
        self._rate, self._count = rate, self._count + len(mono)
        self._kept.append(mono if self._resampler is None else self._resampler.resample_chunk(mono.astype(np.float32)))

    def finish(self) -> tuple[np.ndarray, int]:
        """The wave (N,), float64 or float32, and its rate in Hz."""
        if self._resampler is not None:
            self._kept.append(self._resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
        wave = np.concatenate(self._kept) if self._kept else np.zeros(0)
        return wave, self._rate if self._resampler is None else SAMPLE_RATE


def mono_blocks(
    path: Path, mixer: Mixer, longest: float = float("inf"), on_note: Note | None = None
) -> Iterator[tuple[np.ndarray, int]]:
    """Blocks of (n,) float64 samples, mixed down, each with the sample rate in Hz.

    Otherwise as `read_blocks`."""
    for block in read_blocks(path, longest, on_note):
        yield mixer.mix(block.samples), block.rate


def read_blocks(path: Path, longest: float = float("inf"), on_note: Note | None = None) -> Iterator[Block]:
    """The blocks of a recording, all at the rate of the first.

    Raises UserError as `read_instruction` does, also where there are more than ``longest`` seconds.
    """
    count, rate, stated = 0, 0, None
    try:
        with path.open("rb") as stream:
            for block in decoded(stream, path.name):
                if not rate:
                    rate = block.rate
                    check_format(block, path.name)
                elif block.rate != rate:  # recordings joined into one file
                    block = Block(soxr.resample(block.samples, block.rate, rate), rate, block.stated)
                count, stated = count + len(block.samples), block.stated
                if count > longest * rate:
                    raise too_long_error(path.name, length_text(stated) if stated else f"more than {length_text(longest)}")
                yield block
    except OSError as error:
        raise UserError(
            "unreadable_audio", f"{shortened(path)} cannot be read: {system_reason(error)}.", "Check its permissions."
        ) from None
    if on_note and rate and stated and count / rate < stated - max(BROKEN_OFF, 0.01 * stated):
        on_note(f"The recording {path.name} breaks off after {length_text(count / rate)} of {length_text(stated)}.")


def check_format(block: Block, name: str) -> None:
    """Raise UserError for an impossible rate or number of channels."""
    if not RATES[0] <= block.rate <= RATES[1]:
        raise UserError(
            "unsupported_audio",
            f"{name} has a sample rate of {block.rate} Hz.",
            f"Between {RATES[0] // 1000} and {RATES[1] // 1000} kHz can be read; 16 kHz and more sound best.",
        )
    channels = block.samples.shape[1]
    if channels > CHANNELS:
        raise UserError(
            "unsupported_audio", f"{name} has {channels} channels.", f"Export it with at most {CHANNELS}, best with one."
        )


def prepare_wave(wave: np.ndarray, rate: int, name: str) -> np.ndarray:
    """Check samples and resample them to 16 kHz.

    Args:
        wave: (N,) samples at `rate` Hz.
        rate: sample rate in Hz.
        name: of the recording, for errors.

    Returns:
        (N,) float32 at 16 kHz without DC offset, within -1..1. UserError where it is damaged, too short or silent.
    """
    check_length(len(wave) / rate, name)
    if not np.isfinite(wave).all():
        raise not_numbers_error(name)
    wave = wave - wave.mean()
    wave = wave / max(1.0, np.abs(wave).max())  # float files may exceed full scale
    if loudest_rms(wave, rate) < SILENCE:
        raise silent_error(name)
    if rate != SAMPLE_RATE:
        wave = np.clip(soxr.resample(wave, rate, SAMPLE_RATE), -1.0, 1.0)  # the filter may overshoot
    return wave.astype(np.float32)


def loudest_rms(wave: np.ndarray, rate: int) -> float:
    """RMS of the loudest 0.1 s of a wave (N,): high for a single short word, low for a click."""
    size = max(1, min(len(wave), rate // 10))
    energy = np.concatenate([[0.0], np.cumsum(wave**2)])
    return float(np.sqrt(max(0.0, (energy[size:] - energy[:-size]).max()) / size))


def check_length(seconds: float, name: str) -> None:
    """Raise UserError where a recording is empty or too short to say anything."""
    if not seconds:
        raise UserError("empty_audio", f"{name} contains no samples.", "Record it again.")
    if seconds < SHORTEST:
        raise UserError(
            "short_audio", f"{name} is only {seconds:.2f} s long.", f"An instruction takes at least {SHORTEST:g} s."
        )


def not_numbers_error(name: str) -> UserError:
    """The error for samples that float files may hold and no microphone makes."""
    return UserError(
        "damaged_audio",
        f"{name} contains samples that are not numbers (NaN or infinite).",
        "Export it again, for example as 16-bit wav.",
    )


def silent_error(name: str) -> UserError:
    """The error for a recording in which nothing is to be heard."""
    return UserError("silent_audio", f"{name} is silent.", "Check that the microphone was on and not muted.")


def too_long_error(name: str, length: str) -> UserError:
    """The error for a recording that is too long for one instruction."""
    return UserError(
        "long_audio",
        f"{name} is {length} long; an instruction may have at most {LONGEST / 60:g} min.",
        "Cut out the part with the instruction, or direct along the timeline, where a recording may be of any length.",
    )


def length_text(seconds: float) -> str:
    """A length for people, such as ``75 s``, ``12 min`` or ``3.0 h``."""
    if seconds < 120:
        return f"{seconds:.0f} s" if seconds >= 60.5 else f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
