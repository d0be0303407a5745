"""Word posteriors of typed text, as if somebody had spoken it: the way in for text.

CTC shows a spoken word as a short spike at its end, with blanks around it. `typed_posteriors` writes just that, so text takes the
same way as speech (`model.speech_stream`). `misheard_posteriors` adds the mistakes an encoder makes, for training.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from .words import BLANK, WordList

PACE = 7  # frames of 40 ms between the spikes of two words
MISSED, SWAPPED, ADDED = 0.03, 0.06, 0.03  # shares of deletions, substitutions and insertions


def typed_posteriors(words: Sequence[int], classes: int) -> np.ndarray:
    """Certain, evenly paced posteriors (T, classes) float32 of word classes."""
    return _spikes([PACE] * (len(words) + 1), [{word: 1.0} for word in words], classes)


def misheard_posteriors(words: Sequence[int], classes: int, near: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As `typed_posteriors`, but unevenly paced, with doubt and mistakes.

    ``near`` (classes, N) lists for each class the words it is confused with (`similar_sounding`).
    """
    spikes: list[dict[int, float]] = []
    for word in words:
        fate = rng.random()
        if fate < MISSED:
            continue
        other = int(rng.choice(near[word]))
        if fate < MISSED + SWAPPED:
            word, other = other, word
        sure = float(rng.uniform(0.5, 1.0)) if rng.random() < 0.4 else 1.0
        spikes.append({word: sure * 0.98, other: (1 - sure) * 0.98} if other != word else {word: sure * 0.98})
        if rng.random() < ADDED:
            spikes.append({int(rng.integers(1, classes)): float(rng.uniform(0.3, 1.0))})
    gaps = rng.integers(3, 11, size=len(spikes) + 1)
    if len(gaps) > 2 and rng.random() < 0.2:
        gaps[int(rng.integers(1, len(gaps) - 1))] += int(rng.integers(8, 25))  # a pause for thought
    return _spikes([int(gap) for gap in gaps], spikes, classes)


def _spikes(gaps: list[int], spikes: list[dict[int, float]], classes: int) -> np.ndarray:
    out = np.zeros((max(sum(gaps), 1), classes), dtype=np.float32)
    for frame, spike in zip(np.cumsum(gaps), spikes, strict=False):
        for word, share in spike.items():
            out[frame - 1, word] += share
    out[:, BLANK] = 1.0 - out[:, 1:].sum(-1)
    return out


def similar_sounding(words: WordList, count: int = 6) -> np.ndarray:
    """(classes, count) int64: the words whose phones are nearest to each word's.

    A word without phones has only itself.
    """
    names = {phone: chr(65 + i) for i, phone in enumerate(words.phones)}
    spoken = ["".join(names[p] for p in words.pronounced.get(word, ())) for word in words.words]
    far = process.cdist(spoken, spoken, scorer=Levenshtein.normalized_distance).astype(np.float64)
    silent = np.array([not text for text in spoken])
    np.fill_diagonal(far, np.inf)
    far[:, silent] = np.inf
    near = 1 + np.argsort(far, axis=1, kind="stable")[:, :count]
    near[silent] = 1 + np.flatnonzero(silent)[:, None]
    return np.concatenate([np.zeros((1, count), dtype=np.int64), near])
