"""How something was said: the pace of the words and the effort of the voice.

Pace is counted in phones a second of speech, pauses left out. Effort is told from the spectrum, not from the level, which depends
on the microphone: a raised voice has more of its energy in high bands. Both are relative to usual speech, so they are rough for one
voice and good for comparing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .features import SAMPLE_RATE
from .voice_activity import Span

USUAL_PACE = 11.7  # phones a second: median of the training voices
USUAL_TILT = -15.5  # decibels of `spectral_tilt`: the same
EFFORT = 9.0  # decibels of tilt from usual to as soft or as loud as voices get
LOW, HIGH = (80.0, 1000.0), (1000.0, 4000.0)  # Hz
FRAME, HOP = 512, 256  # samples
LEAST = 4  # phones: who says less has no pace
PACES = (0.6, 1.7)  # limits of what is believed


@dataclass(frozen=True)
class Manner:
    """How something was said: ``pace`` times the usual, ``effort`` -1 (soft) to 1 (shouted)."""

    pace: float = 1.0
    effort: float = 0.0


def manner_of(wave: np.ndarray, phones: int, spans: Sequence[Span]) -> Manner:
    """The manner of a recording (N,) float32 mono at 16 kHz.

    So many ``phones`` are in its ``spans`` of speech."""
    seconds = sum(span.end - span.start for span in spans)
    if phones < LEAST or seconds < 0.2:
        return Manner()
    pace = phones / seconds / USUAL_PACE
    spoken = np.concatenate([wave[round(s.start * SAMPLE_RATE) : round(s.end * SAMPLE_RATE)] for s in spans])
    effort = (spectral_tilt(spoken) - USUAL_TILT) / EFFORT
    return Manner(float(np.clip(pace, *PACES)), float(np.clip(effort, -1.0, 1.0)))


def spectral_tilt(wave: np.ndarray) -> float:
    """Decibels of the high band of speech (N,) at 16 kHz over the low one, in its louder half."""
    if len(wave) < FRAME:
        return USUAL_TILT
    frames = np.lib.stride_tricks.sliding_window_view(wave, FRAME)[::HOP] * np.hanning(FRAME)
    power = np.abs(np.fft.rfft(frames, axis=-1)) ** 2
    bands = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE)
    low, high = (power[:, (bands >= first) & (bands < last)].sum(-1) for first, last in (LOW, HIGH))
    loud = low + high >= np.median(low + high)
    return 10 * math.log10(max(float(high[loud].sum()), 1e-12) / max(float(low[loud].sum()), 1e-12))
