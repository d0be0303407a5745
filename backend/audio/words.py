"""Words the encoder can hear: the closed list, their phones, and turning CTC outputs into text.

Decoding is greedy, or a beam search in which a word bigram estimated from the caption grammar has a say. Everything is
numpy: the network that gives the log-probabilities is in `encoder`, the grammar that gives the sentences in
`data.captions`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

UNKNOWN = "<unk>"
IMPROBABLE = -9.0  # nats: words less probable than this in a frame are not tried
BLANK = 0  # CTC's blank is class 0 everywhere; word number i of the list is class i + 1
_NOT_A_WORD = re.compile(r"[^a-z' ]+")


def spell(text: str) -> list[str]:
    """Words of a sentence as they are compared: lower case, no punctuation but the apostrophe.

    A hyphen parts words: "push-ups" is two.
    """
    return [word for word in _NOT_A_WORD.sub(" ", text.lower().replace("’", "'")).split() if word.strip("'")]


@dataclass(frozen=True)
class WordList:
    """The closed vocabulary. ``words`` ends with ``<unk>``; ``pronounced`` are the phones of each other word."""

    words: tuple[str, ...]
    pronounced: dict[str, tuple[str, ...]] = field(default_factory=dict)
    phones: tuple[str, ...] = ()

    @classmethod
    def make(cls, words: Iterable[str], pronounced: dict[str, Sequence[str]] | None = None) -> WordList:
        """From words in any order; phones are numbered as they sort."""
        kept = tuple(sorted(set(words) - {UNKNOWN}))
        known = {word: tuple((pronounced or {}).get(word, ())) for word in kept}
        return cls((*kept, UNKNOWN), known, tuple(sorted({phone for phones in known.values() for phone in phones})))

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {word: i + 1 for i, word in enumerate(self.words)})
        object.__setattr__(self, "_phone_index", {phone: i + 1 for i, phone in enumerate(self.phones)})

    def encode(self, text: str) -> list[int]:
        """Classes of a sentence's words; unknown ones are the class of ``<unk>``."""
        return [self._index.get(word, len(self.words)) for word in spell(text)]

    def encode_phones(self, text: str) -> list[int]:
        """Classes of a sentence's phones; unknown words have none."""
        return [self._phone_index[phone] for word in spell(text) for phone in self.pronounced.get(word, ())]

    def decode(self, classes: Iterable[int]) -> str:
        """Text of word classes; ``<unk>`` is left out, because nothing was understood there."""
        return " ".join(w for w in (self.words[c - 1] for c in classes if c != BLANK) if w != UNKNOWN)


def greedy(log_probs: np.ndarray) -> list[int]:
    """Best class of each frame, repeats merged, blanks dropped. log_probs: (T, W+1)."""
    best = log_probs.argmax(axis=1)
    kept = np.flatnonzero(np.diff(best, prepend=-1))
    return [int(c) for c in best[kept] if c != BLANK]


@dataclass(frozen=True)
class Bigram:
    """Log-probability of a word class after another; class 0 stands for the sentence's start and, as next, its end.

    ``table``: (W+1, W+1) float16 in nats, [previous, next].
    """

    table: np.ndarray

    @classmethod
    def estimate(cls, sentences: Iterable[Sequence[int]], classes: int, discount: float = 0.5) -> Bigram:
        """Counts with absolute discounting, backing off to a smoothed unigram (Ney, Essen and Kneser 1994)."""
        pairs: Counter[tuple[int, int]] = Counter()
        for sentence in sentences:
            pairs.update(zip((BLANK, *sentence), (*sentence, BLANK), strict=True))
        counts = np.zeros((classes, classes), dtype=np.float64)
        for (before, after), count in pairs.items():
            counts[before, after] = count
        unigram = counts.sum(0) + 1.0
        unigram /= unigram.sum()
        total = counts.sum(1, keepdims=True)
        left = np.where(total > 0, discount * (counts > 0).sum(1, keepdims=True) / np.maximum(total, 1), 1.0)
        table = np.maximum(counts - discount, 0) / np.maximum(total, 1) + left * unigram
        return cls(np.log(table).astype(np.float16))


def beam_search(
    log_probs: np.ndarray, bigram: Bigram, weight: float = 0.4, bonus: float = 2.0, width: int = 10, candidates: int = 8
) -> list[int]:
    """CTC prefix beam search with a bigram (after Hannun et al. 2014, with words as labels).

    Args:
        log_probs: (T, W+1) natural log.
        weight: of the bigram's log-probability. Like ``bonus`` chosen on the validation split.
        bonus: nats for every word, because CTC and bigram both prefer to leave words out.
        width: prefixes kept.
        candidates: words tried per frame.
    Returns:
        word classes of the best prefix.
    """
    score = weight * bigram.table.astype(np.float32) + bonus
    ends = weight * bigram.table[:, BLANK].astype(np.float32)
    never = -math.inf
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, never)}  # prefix: (ends in blank, ends in its word)
    for frame in log_probs:
        blank_now = float(frame[BLANK])
        if blank_now > -1e-3:  # nothing but silence: prefixes keep their order
            beams = {prefix: (_sum(*p) + blank_now, never) for prefix, p in beams.items()}
            continue
        tried = [int(c) for c in np.argsort(frame[1:])[-candidates:] + 1 if frame[c] > IMPROBABLE]
        new: dict[tuple[int, ...], tuple[float, float]] = {}
        for prefix, (blank, word) in beams.items():
            both, last = _sum(blank, word), prefix[-1] if prefix else BLANK
            old = new.get(prefix, (never, never))
            stays = _sum(old[1], word + float(frame[last])) if prefix else never
            new[prefix] = (_sum(old[0], both + blank_now), stays)
            for c in tried:
                grown = (*prefix, c)
                old = new.get(grown, (never, never))
                source = blank if c == last else both  # a word said twice needs a blank in between
                new[grown] = (old[0], _sum(old[1], source + float(frame[c]) + float(score[last, c])))
        best = sorted(new.items(), key=lambda item: _sum(*item[1]), reverse=True)
        beams = dict(best[:width])
    return list(max(beams, key=lambda prefix: _sum(*beams[prefix]) + ends[prefix[-1] if prefix else BLANK]))


def _sum(a: float, b: float) -> float:
    """Log of the sum of two probabilities given as logs; numpy's own takes ten times as long for two numbers."""
    if a < b:
        a, b = b, a
    return a if b == -math.inf else a + math.log1p(math.exp(b - a))
