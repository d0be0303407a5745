"""When each heard word was said: a word sequence laid along the frames of the encoder's posteriors.

Which words were said is `words`' and `encoder`'s matter; what their places are good for, `model.listening`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .words import BLANK


def places(log_probs: np.ndarray, words: Sequence[int]) -> list[tuple[int, int]]:
    """First and last frame of every word on the likeliest path through CTC's states (Viterbi).

    Args:
        log_probs: (T, classes) natural log, T >= 1.
        words: classes of the words in order, none of them blank.

    Returns:
        One (first, last) a word, in order and apart from each other. Spread evenly where the frames cannot hold the words.
    """
    frames = len(log_probs)
    states = np.full(2 * len(words) + 1, BLANK)
    states[1::2] = words
    skips = np.zeros(len(states), dtype=bool)  # a blank may be left out between two different words
    skips[3::2] = states[3::2] != states[1:-2:2]
    score = np.full(len(states), -np.inf)
    score[:2] = log_probs[0, states[:2]]
    came = np.zeros((frames, len(states)), dtype=np.int8)
    for t in range(1, frames):
        one, two = np.full_like(score, -np.inf), np.full_like(score, -np.inf)
        one[1:], two[2:] = score[:-1], score[:-2]
        two[~skips] = -np.inf
        ways = np.stack([score, one, two])
        came[t] = ways.argmax(0)
        score = ways.max(0) + log_probs[t, states]
    state = len(states) - 1 if len(states) == 1 or score[-1] >= score[-2] else len(states) - 2
    if not np.isfinite(score[state]):
        edges = np.linspace(0, frames, len(words) + 1).astype(int)
        return [(int(a), max(int(a), int(b) - 1)) for a, b in pairwise(edges)]
    path = np.empty(frames, dtype=int)
    for t in range(frames - 1, -1, -1):
        path[t] = state
        state -= int(came[t, state])
    return [(int(np.argmax(path == 2 * i + 1)), int(frames - 1 - np.argmax(path[::-1] == 2 * i + 1))) for i in range(len(words))]
