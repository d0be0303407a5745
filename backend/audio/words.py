"""The words the encoder can hear: the closed list with its phones, and their trigram.

No torch. The network is in `encoder`, decoding its outputs in `ctc`; the sentences that the trigram is estimated from come from
`language.captions`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

UNKNOWN = "<unk>"
BLANK = 0  # CTC's blank is class 0; word i of the list is class i + 1
_NOT_A_WORD = re.compile(r"[^a-z' ]+")


def split_words(text: str) -> list[str]:
    """A sentence's words in lower case, without punctuation but the apostrophe.

    A hyphen separates words: "push-ups" is two.
    """
    return [word for word in _NOT_A_WORD.sub(" ", text.lower().replace("’", "'")).split() if word.strip("'")]


@dataclass(frozen=True)
class WordList:
    """The closed vocabulary: ``words``, with ``<unk>`` last, and their phones (``pronounced``)."""

    words: tuple[str, ...]
    pronounced: dict[str, tuple[str, ...]] = field(default_factory=dict)
    phones: tuple[str, ...] = ()

    @classmethod
    def make(cls, words: Iterable[str], pronounced: dict[str, Sequence[str]] | None = None) -> WordList:
        """From words in any order; phones are numbered as they sort."""
        kept = tuple(sorted(set(words) - {UNKNOWN}))
        known = {word: tuple((pronounced or {}).get(word, ())) for word in kept}
        return cls((*kept, UNKNOWN), known, _phones(known))

    @classmethod
    def ordered(cls, words: Sequence[str], pronounced: dict[str, Sequence[str]]) -> WordList:
        """From words in the order of their classes, as stored. ValueError where it is no word list."""
        if not words or words[-1] != UNKNOWN or len(set(words)) != len(words):
            raise ValueError(f"a word list has every word once and ends with {UNKNOWN}")
        known = {word: tuple(pronounced.get(word, ())) for word in words[:-1]}
        return cls(tuple(words), known, _phones(known))

    def extended(self, words: Iterable[str], pronounced: dict[str, Sequence[str]]) -> WordList:
        """A longer list: old words keep their classes, new ones follow, ``<unk>`` moves to the end.

        ValueError for a new phone, which would move the classes of phones.
        """
        new = sorted(set(words) - set(self.words))
        if unheard := {phone for word in new for phone in pronounced.get(word, ())} - set(self.phones):
            raise ValueError(f"no word had these phones before: {', '.join(sorted(unheard))}")
        known = self.pronounced | {word: tuple(pronounced.get(word, ())) for word in new}
        return WordList((*self.words[:-1], *new, UNKNOWN), known, self.phones)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {word: i + 1 for i, word in enumerate(self.words)})
        object.__setattr__(self, "_phone_index", {phone: i + 1 for i, phone in enumerate(self.phones)})

    def encode(self, text: str) -> list[int]:
        """Classes of a sentence's words; unknown words get that of ``<unk>``."""
        return [self._index.get(word, len(self.words)) for word in split_words(text)]

    def encode_phones(self, text: str, others: Mapping[str, Sequence[str]] = MappingProxyType({})) -> list[int]:
        """Classes of a sentence's phones; unknown words have those in ``others``, or none."""
        phones = (phone for word in split_words(text) for phone in self.pronounced.get(word, others.get(word, ())))
        return [self._phone_index[phone] for phone in phones if phone in self._phone_index]

    def decode(self, classes: Iterable[int]) -> str:
        """Text of word classes, without ``<unk>``."""
        return " ".join(w for w in (self.words[c - 1] for c in classes if c != BLANK) if w != UNKNOWN)


def _phones(pronounced: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({phone for phones in pronounced.values() for phone in phones}))


class WordModel:
    """Word trigram with absolute discounting and back-off (Ney, Essen and Kneser 1994).

    Class 0 stands for both the start of a sentence (as history) and its end (as the next word). Stored as two arrays:
    ``grams`` (N, 3) int16, shorter ones padded in front with -1, and ``scores`` (N, 2) float16 in nats: the word's
    log-probability after its history, and the back-off added where a word never followed this gram.
    """

    def __init__(self, grams: np.ndarray, scores: np.ndarray) -> None:
        self.grams, self.scores = grams, scores
        keys = [tuple(c for c in row if c >= 0) for row in grams.tolist()]
        self._probability = {key: p for key, (p, _) in zip(keys, scores.tolist(), strict=True)}
        self._back_off = {key: b for key, (_, b) in zip(keys, scores.tolist(), strict=True) if b}

    @classmethod
    def estimate(cls, sentences: Iterable[Sequence[int]], classes: int, discount: float = 0.6, least: int = 2) -> WordModel:
        """Estimate from sentences of word classes; trigrams rarer than ``least`` are left out."""
        counts: list[Counter[tuple[int, ...]]] = [Counter(), Counter(), Counter()]
        for sentence in sentences:
            padded = (BLANK, BLANK, *sentence, BLANK)
            for end in range(2, len(padded)):
                for order in range(3):
                    counts[order][padded[end - order : end + 1]] += 1
        counts[2] = Counter({gram: count for gram, count in counts[2].items() if count >= least})
        probability = {(c,): (counts[0][(c,)] + 1.0) for c in range(classes)}
        total = sum(probability.values())
        probability = {gram: p / total for gram, p in probability.items()}
        back_off: dict[tuple[int, ...], float] = {}
        for order in (1, 2):
            followed: dict[tuple[int, ...], list[int]] = {}
            for gram, count in counts[order].items():
                sums = followed.setdefault(gram[:-1], [0, 0])
                sums[0] += count
                sums[1] += 1
            for history, (seen, kinds) in followed.items():
                back_off[history] = discount * kinds / seen
            for gram, count in counts[order].items():
                history = gram[:-1]
                lower = back_off[history] * probability[gram[1:]]
                probability[gram] = (count - discount) / followed[history][0] + lower
        # the start of a sentence never is a word, but as a history it needs a row for its back-off
        probability.setdefault((BLANK, BLANK), back_off.get((BLANK,), 1.0) * probability[(BLANK,)])
        keys = list(probability)
        grams = np.array([(-1,) * (3 - len(key)) + key for key in keys], dtype=np.int16)
        logs = [(math.log(probability[key]), math.log(back_off.get(key, 1.0))) for key in keys]
        return cls(grams, np.array(logs, dtype=np.float16))

    def check(self, classes: int) -> None:
        """Raise ValueError where a word class has no unigram: `score` would fail on it."""
        if not all((number,) in self._probability for number in range(classes)):
            raise ValueError("the language model does not know every word")

    def score(self, prefix: Sequence[int], word: int) -> float:
        """Log-probability of a word class after the words said so far."""
        history = (BLANK, BLANK, *prefix[-2:])[-2:]
        skipped = 0.0
        for start in range(3):
            found = self._probability.get((*history[start:], word))
            if found is not None:
                return skipped + found
            skipped += self._back_off.get(history[start:], 0.0)
        raise IndexError(f"no word has the class {word}")
