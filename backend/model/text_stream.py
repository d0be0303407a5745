"""Typed words as a stream of their own; the sound learns to give the same y. Ours.

A word of the list has an embedding of its own; every word, known or not, also has those of its letter trigrams, so that "walkies"
is near "walk". Two layers relate the words. Speech comes in through `speech_stream`.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .memory_attention import PositionCodes, transformer_encoder

TRIGRAMS = 4096  # rows that trigrams are hashed to
PER_WORD = 12  # trigrams of a word that count
LONGEST = 48  # words
LAYERS = 2
SPREAD = 0.1  # of the tables at the beginning


@lru_cache(maxsize=50_000)
def trigrams(word: str) -> tuple[int, ...]:
    """Rows of a word's letter trigrams, its edges marked; the same on every machine."""
    marked = f"<{word}>"
    return tuple(1 + zlib.crc32(marked[i : i + 3].encode()) % (TRIGRAMS - 1) for i in range(len(marked) - 2))[:PER_WORD]


def text_batch(
    texts: Sequence[Sequence[int]], spelled: Sequence[Sequence[str]], device: torch.device | str = "cpu"
) -> dict[str, Tensor]:
    """A batch of texts: word classes (0 where unknown) and spellings of each word.

    Gives ``text`` (B, L), ``letters`` (B, L, PER_WORD), 0 where none, and ``text_padding`` (B, L)."""
    length = max(1, min(LONGEST, max((len(words) for words in spelled), default=1)))
    words = torch.zeros(len(texts), length, dtype=torch.long)
    letters = torch.zeros(len(texts), length, PER_WORD, dtype=torch.long)
    padding = torch.ones(len(texts), length, dtype=torch.bool)
    for row, (classes, said) in enumerate(zip(texts, spelled, strict=True)):
        count = max(1, min(length, len(said)))
        words[row, : len(classes[:count])] = torch.tensor(classes[:count], dtype=torch.long)
        for place, word in enumerate(said[:count]):
            found = trigrams(word)
            letters[row, place, : len(found)] = torch.tensor(found)
        padding[row, :count] = False
    return {name: x.to(device) for name, x in (("text", words), ("letters", letters), ("text_padding", padding))}


class TextStream(nn.Module):
    """Words (B, L) and their trigrams (B, L, PER_WORD) to a stream (B, L, width)."""

    def __init__(self, words: int, width: int, heads: int) -> None:
        super().__init__()
        self.words = nn.Embedding(words + 1, width, padding_idx=0)
        self.letters = nn.Embedding(TRIGRAMS, width, padding_idx=0)
        for table in (self.words, self.letters):  # small: what a step adds to a rare row has to count
            nn.init.normal_(table.weight, std=SPREAD)
            nn.init.zeros_(table.weight[0])
        self.norm = nn.LayerNorm(width)
        self.places = PositionCodes(width)
        self.context = transformer_encoder(width, LAYERS, heads)

    def forward(self, text: Tensor, letters: Tensor, padding: Tensor) -> tuple[Tensor, Tensor]:
        """The stream and its padding mask (B, L), from a `text_batch`."""
        spelled = F.embedding_bag(letters.flatten(0, 1), self.letters.weight, mode="sum", padding_idx=0)
        share = (letters > 0).sum(-1, keepdim=True).clamp_min(1).sqrt()
        x = self.words(text) + spelled.view(*text.shape, -1) / share
        x = self.places(self.norm(x).masked_fill(padding[..., None], 0.0), padding)
        return self.context(x, src_key_padding_mask=padding), padding


class SummedPooling(nn.Module):
    """A stream (B, L, width) to y (B, slots, width): its sum, and each slot's own view of it.

    Attention of learned queries, as `memory_attention.SlotPooling` does it, takes fifty times as long to learn what words mean."""

    def __init__(self, width: int, slots: int) -> None:
        super().__init__()
        self.slots = slots
        self.before, self.views, self.norm = nn.LayerNorm(width), nn.Linear(width, slots * width), nn.LayerNorm(width)

    def forward(self, stream: Tensor, padding: Tensor) -> Tensor:
        """``padding`` (B, L) is True behind the end."""
        seen = ~padding[..., None]
        total = (stream * seen).sum(1) * seen.sum(1).clamp_min(1).rsqrt()
        return self.norm(self.views(self.before(total)).unflatten(-1, (self.slots, -1)))
