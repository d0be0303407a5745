"""Cutting a long recording at its pauses.

The encoder was trained on sentences of a few seconds and loses words in the middle of longer ones: in sentences of three and four
steps it gets 28 % of the words wrong in one chunk and 11 % in several. Sentences of up to `LONGEST` seconds stay whole, and a
recording with noise in its pauses is never cut.
"""

from __future__ import annotations

import numpy as np

from .features import SAMPLE_RATE

LONGEST = 3.2  # seconds of a chunk
SHORTEST_PAUSE = 5  # frames, 0.1 s: a shorter pause is not cut in
MARGIN = 10  # frames at either end where nothing is cut
QUIET = 0.02  # share of the loud frames' RMS below which a frame is silent
_FRAME = SAMPLE_RATE // 50


def split_at_pauses(wave: np.ndarray) -> list[np.ndarray]:
    """Cut a wave (N,) at 16 kHz into few chunks of at most `LONGEST`, where pauses allow it."""
    return [wave[start:end] for start, end in _halved(0, len(wave), _pauses(wave))]


def _halved(start: int, end: int, cuts: list[int]) -> list[tuple[int, int]]:
    """(start, end) of chunks, cut at the pause nearest to the middle until short enough."""
    inside = [cut for cut in cuts if start < cut < end]
    if end - start <= LONGEST * SAMPLE_RATE or not inside:
        return [(start, end)]
    cut = min(inside, key=lambda sample: abs(sample - (start + end) / 2))
    return [*_halved(start, cut, cuts), *_halved(cut, end, cuts)]


def _pauses(wave: np.ndarray) -> list[int]:
    """Middle sample of every pause."""
    frames = wave[: len(wave) // _FRAME * _FRAME].reshape(-1, _FRAME)
    if len(frames) <= 2 * MARGIN:
        return []
    loudness = np.sqrt((frames.astype(np.float64) ** 2).mean(1))
    quiet = loudness < QUIET * np.percentile(loudness, 98)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(int))).reshape(-1, 2)
    found = [(a, b) for a, b in edges.tolist() if b - a >= SHORTEST_PAUSE and a >= MARGIN and b <= len(frames) - MARGIN]
    return [(a + b) // 2 * _FRAME for a, b in found]
