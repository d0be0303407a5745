"""CTC decoding: per-frame log-probabilities to words, and forced alignment of words.

Greedy, or a beam search with a word trigram. Numpy only. The log-probabilities come from `encoder`, the trigram from `words`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .words import BLANK, WordModel

IMPROBABLE = -9.0  # nats: words less probable than this in a frame are not tried


def greedy_decode(log_probs: np.ndarray) -> list[int]:
    """Best class of each frame, repeats merged, blanks dropped. log_probs: (T, W+1)."""
    best = log_probs.argmax(axis=1)
    kept = np.flatnonzero(np.diff(best, prepend=-1))
    return [int(c) for c in best[kept] if c != BLANK]


def beam_search(
    log_probs: np.ndarray,
    language: WordModel | None,
    weight: float = 0.5,
    bonus: float = 2.5,
    width: int = 16,
    candidates: int = 8,
) -> list[tuple[float, list[int]]]:
    """CTC prefix beam search with a word trigram (Hannun et al. 2014, with words as labels).

    Ours, because no library has it as fast with a word trigram: pyctcdecode takes five times as long and flashlight-text ten times
    for the same words, fast-ctc-decode has no language model, and torchaudio's decoder needs CUDA (2026-11-30 in docs/LOG.md).

    Args:
        log_probs: (T, W+1) natural log.
        language: None searches without one, which still sums over alignments.
        weight: of the language model's log-probability. Chosen on the validation splits, as is ``bonus``.
        bonus: nats per word, because CTC and the language model both favour leaving words out.
        width: prefixes kept.
        candidates: words tried per frame.
    Returns:
        (score, word classes) of the prefixes kept, best first.
    """

    def word_score(prefix: tuple[int, ...], word: int) -> float:
        return weight * language.score(prefix, word) + (bonus if word else 0.0) if language else 0.0

    word_scores: dict[tuple[int, ...], float] = {}  # of the last word of each prefix
    never = -math.inf
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, never)}  # prefix: (ends in blank, ends in its word)
    for frame in log_probs:
        blank_now = float(frame[BLANK])
        if blank_now > -1e-3:  # silence: prefixes keep their order
            beams = {prefix: (_log_add(*p) + blank_now, never) for prefix, p in beams.items()}
            continue
        tried = [int(c) for c in np.argsort(frame[1:])[-candidates:] + 1 if frame[c] > IMPROBABLE]
        new: dict[tuple[int, ...], tuple[float, float]] = {}
        for prefix, (blank, word) in beams.items():
            both, last = _log_add(blank, word), prefix[-1] if prefix else BLANK
            old = new.get(prefix, (never, never))
            stays = _log_add(old[1], word + float(frame[last])) if prefix else never
            new[prefix] = (_log_add(old[0], both + blank_now), stays)
            for c in tried:
                grown = (*prefix, c)
                if grown not in word_scores:
                    word_scores[grown] = word_score(prefix, c)
                old = new.get(grown, (never, never))
                source = blank if c == last else both  # a repeated word needs a blank in between
                new[grown] = (old[0], _log_add(old[1], source + float(frame[c]) + word_scores[grown]))
        best = sorted(new.items(), key=lambda item: _log_add(*item[1]), reverse=True)
        beams = dict(best[:width])
    found = [(_log_add(*p) + word_score(prefix, BLANK), list(prefix)) for prefix, p in beams.items()]
    return sorted(found, reverse=True)


def align_words(log_probs: np.ndarray, words: Sequence[int]) -> list[tuple[int, int]]:
    """Forced alignment: the first and last frame of every word on CTC's Viterbi path.

    Args:
        log_probs: (T, classes) natural log, T >= 1.
        words: classes of the words in order, none of them blank.

    Returns:
        One (first, last) per word, in order. Spread evenly where there are too few frames for the words.
    """
    frames = len(log_probs)
    states = np.full(2 * len(words) + 1, BLANK)
    states[1::2] = words
    may_skip = np.zeros(len(states), dtype=bool)  # over the blank between two different words
    may_skip[3::2] = states[3::2] != states[1:-2:2]
    score = np.full(len(states), -np.inf)
    score[:2] = log_probs[0, states[:2]]
    moves = np.zeros((frames, len(states)), dtype=np.int8)  # states gone ahead to reach each state
    for t in range(1, frames):
        step, skip = np.full_like(score, -np.inf), np.full_like(score, -np.inf)
        step[1:], skip[2:] = score[:-1], score[:-2]
        skip[~may_skip] = -np.inf
        arrivals = np.stack([score, step, skip])
        moves[t] = arrivals.argmax(0)
        score = arrivals.max(0) + log_probs[t, states]
    state = len(states) - 1 if len(states) == 1 or score[-1] >= score[-2] else len(states) - 2
    if not np.isfinite(score[state]):
        edges = np.linspace(0, frames, len(words) + 1).astype(int)
        return [(int(a), max(int(a), int(b) - 1)) for a, b in pairwise(edges)]
    path = np.empty(frames, dtype=int)
    for t in range(frames - 1, -1, -1):
        path[t] = state
        state -= int(moves[t, state])
    return [(int(np.argmax(path == 2 * i + 1)), int(frames - 1 - np.argmax(path[::-1] == 2 * i + 1))) for i in range(len(words))]


def _log_add(a: float, b: float) -> float:
    """Log of the sum of two probabilities given as logs; ten times as fast as numpy's."""
    if a < b:
        a, b = b, a
    return a if b == -math.inf else a + math.log1p(math.exp(b - a))
