"""Recordings of several instructions, of any length.

They are looked through once, then read block by block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr

from backend.audio.channels import Mixer
from backend.audio.reading import (
    SAMPLE_RATE,
    SILENCE,
    Note,
    check_file,
    check_length,
    loudest_rms,
    mixed_down,
    mono_blocks,
    not_numbers_error,
    silent_error,
)


@dataclass(frozen=True)
class Scene:
    """A recording that was looked through. An hour takes no more memory than a minute.

    Attributes:
        path: of the file.
        seconds: its length.
        channel: the one to take; None averages all.
        offset: mean of all samples.
        scale: what they are multiplied with, for float files may exceed full scale.
        peak: of the samples as `blocks` gives them.
    """

    path: Path
    seconds: float
    channel: int | None
    offset: float
    scale: float
    peak: float

    def blocks(self) -> Iterator[np.ndarray]:
        """The recording in blocks (n,) float32 at 16 kHz, without DC offset, within -1..1.

        Raises UserError if it has gone."""
        for block in resampled_blocks(self.path, Mixer(self.channel)):
            yield (block - np.float32(self.offset)) * np.float32(self.scale)


def read_scene(path: str | Path, on_progress: Callable[[float], None] | None = None, on_note: Note | None = None) -> Scene:
    """Look through a recording of several instructions.

    Args:
        path: as of `read_instruction`.
        on_progress: called after each block with the seconds so far; an exception in it ends the reading.
        on_note: as of `read_instruction`.

    Raises:
        UserError: as of `read_instruction`, but for ``long_audio``.
    """
    path = Path(path)
    check_file(path)
    return mixed_down(lambda mixer: _looked_through(path, mixer, on_progress, on_note))


def _looked_through(path: Path, mixer: Mixer, on_progress: Callable[[float], None] | None, on_note: Note | None) -> Scene:
    count, total, low, high, loudest = 0, 0.0, 0.0, 0.0, 0.0
    for block in resampled_blocks(path, mixer, on_note):
        if not np.isfinite(block).all():
            raise not_numbers_error(path.name)
        if not len(block):
            continue
        count, total = count + len(block), total + float(block.sum(dtype=np.float64))
        low, high = min(low, float(block.min())), max(high, float(block.max()))
        loudest = max(loudest, loudest_rms(block - block.mean(), SAMPLE_RATE))
        if on_progress is not None:
            on_progress(count / SAMPLE_RATE)
    check_length(count / SAMPLE_RATE, path.name)
    offset = total / count
    peak = max(high - offset, offset - low)
    scale = 1.0 / max(1.0, peak)
    if mixer.cancelled_channel is None and loudest * scale < SILENCE:  # what cancels is read once more
        raise silent_error(path.name)
    return Scene(path, count / SAMPLE_RATE, mixer.channel, offset, scale, peak * scale)


def resampled_blocks(path: Path, mixer: Mixer, on_note: Note | None = None) -> Iterator[np.ndarray]:
    """Blocks of (n,) float32 samples at 16 kHz, mixed down."""
    resampler = None
    for mono, rate in mono_blocks(path, mixer, on_note=on_note):
        resampler = resampler or soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
        yield resampler.resample_chunk(mono.astype(np.float32))
    if resampler is not None:
        yield resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True)
