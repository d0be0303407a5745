"""Batches of pairs of an instruction in words and a motion that follows it.

Sentences come fresh from the caption grammar, so they reach every key, number and wording, and cost nothing. What is done with a
batch is `instruct`'s matter; speech comes in by `spoken_pairs`.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..audio.words import WordList, split_words
from ..data.corpus import read_jsonl
from ..data.speech.speaking import for_validation
from ..language.captions import REGISTERS, sentences
from ..language.instruction import Instruction
from ..language.meaning import all_classes
from ..language.numbers import asked_numbers, in_range
from ..model.meaning_head import UNKNOWN
from ..model.text_stream import text_batch
from ..model.tokenizer import FRAMES_PER_TOKEN
from ..motion.controls import CONTROLS, normalised

POOL = 12  # batches drawn together and sorted by length, so that little is padding
NAMES = tuple(CONTROLS)
DROPPED, REPLACED = 0.03, 0.03  # shares of words that are left out or another in training, as an ear mishears


class InstructionPairs:
    """Sentences and motions of one split, from `data.samples` or any folder of that layout.

    A sample has a ``key`` or, as a free caption has none, a ``text``."""

    def __init__(self, data: Path, split: str, words: WordList) -> None:
        self.split, self.words, self.classes = split, words, all_classes()
        self.tokens = np.load(data / "tokens.npy", mmap_mode="r", allow_pickle=False)
        self.samples = read_jsonl(data / "samples.jsonl")
        by_key: dict[str, list[int]] = defaultdict(list)
        for index, sample in enumerate(self.samples):
            by_key[sample.get("key") or ""].append(index)
        self.by_key = {key: np.array(indices) for key, indices in by_key.items()}
        self.instructions = {key: Instruction.parse(key) for key in by_key if key}
        # a key's motions are as many as it deserves, apart from single actions, of which a walk has far more than a bow
        self.keys = list(by_key)
        alone = np.array([bool(key) and self.instructions[key].single for key in self.keys])
        counts = np.array([len(by_key[key]) for key in self.keys])
        weights = np.where(alone, counts**0.5, counts)
        weights = np.where(alone, weights / max(weights[alone].sum(), 1e-9), weights / max(weights[~alone].sum(), 1e-9))
        self.weights = weights / weights.sum()

    def batch(self, step: int, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """Batch ``step``; see `batch_of_pool`."""

        def draw(pool_rng: np.random.Generator, count: int) -> np.ndarray:
            keys = pool_rng.choice(len(self.keys), size=count, p=self.weights)
            return np.array([pool_rng.choice(self.by_key[self.keys[key]]) for key in keys])

        return self.collate(batch_of_pool(77, step, size, draw, lambda m: [self.samples[i]["frames"] for i in m]), rng)

    def collate(self, motions: Sequence[int], rng: np.random.Generator) -> dict[str, Tensor]:
        """See `InstructModel.loss` for what is in a batch."""
        samples = [self.samples[int(motion)] for motion in motions]
        said = [split_words(self.sentence(sample, rng)) for sample in samples]
        tokens = [
            np.asarray(self.tokens[s["start"] // FRAMES_PER_TOKEN : (s["start"] + s["frames"]) // FRAMES_PER_TOKEN], np.int64)
            for s in samples
        ]
        codes, behind = padded(tokens, np.int64)
        measured = [normalised(sample.get("controls", {}), NAMES) for sample in samples]
        return self.text_rows(said, [sample.get("key") or "" for sample in samples], rng) | {
            "tokens": torch.from_numpy(codes), "padding": torch.from_numpy(behind),
            "numbers": torch.from_numpy(np.stack([values for values, _ in measured])),
            "known": torch.from_numpy(np.stack([known for _, known in measured])),
        }  # fmt: skip

    def text_rows(self, said: Sequence[list[str]], keys: Sequence[str], rng: np.random.Generator | None) -> dict[str, Tensor]:
        """What a batch has of sentences, with their keys: words, meaning, numbers that were said.

        With ``rng`` words go missing or become others, as an ear mishears."""
        spelled = [self._misheard(words, rng) for words in said] if rng is not None and self.split == "train" else list(said)
        asked = [normalised(in_range(asked_numbers(words)), NAMES) for words in said]
        unknown = [UNKNOWN] * len(self.classes.counts)
        meanings = [self.classes.encode(self.instructions[key]) if key else unknown for key in keys]
        return text_batch([self.word_classes(words) for words in spelled], spelled) | {
            "meaning": torch.tensor(meanings),
            "numbers": torch.from_numpy(np.stack([values for values, _ in asked])),
            "heard": torch.from_numpy(np.stack([known for _, known in asked])),
        }  # fmt: skip

    def word_classes(self, words: Sequence[str]) -> list[int]:
        """The classes of words, 0 where they are not in the list."""
        unknown = len(self.words.words)
        return [0 if number == unknown else number for number in self.words.encode(" ".join(words))]

    def _misheard(self, words: list[str], rng: np.random.Generator) -> list[str]:
        fates = rng.random(len(words))
        kept = [
            self.words.words[int(rng.integers(len(self.words.words) - 1))] if fate < DROPPED + REPLACED else word
            for word, fate in zip(words, fates, strict=True) if fate >= DROPPED
        ]  # fmt: skip
        return kept or words

    def sentence(self, sample: dict, rng: np.random.Generator) -> str:
        """A sentence for a sample, of this split: validation sentences are never trained on."""
        if not sample.get("key"):
            return sample["text"]
        draw = random.Random(int(rng.integers(2**62)))
        for _ in range(200):
            instruction = self.instructions[sample["key"]]
            text = sentences(instruction, draw, draw.choice(REGISTERS), 1, sample.get("controls"))[0]
            if for_validation(text) == (self.split == "val"):
                break
        return text


def batch_of_pool(
    seed: int, step: int, size: int, draw: Callable[[np.random.Generator, int], np.ndarray],
    lengths: Callable[[np.ndarray], Sequence[int] | np.ndarray],
) -> np.ndarray:  # fmt: skip
    """Rows (size,) of batch ``step``: a slice, by length, of what is drawn for POOL steps."""
    rng = np.random.default_rng([seed, step // POOL])
    drawn = draw(rng, size * POOL)
    order = np.argsort(lengths(drawn), kind="stable")
    slot = int(rng.permutation(POOL)[step % POOL])
    return drawn[order[slot * size : (slot + 1) * size]]


def padded(arrays: list[np.ndarray], dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """Stack arrays of different lengths: (B, longest, ...) and the padding mask (B, longest)."""
    longest = max(len(a) for a in arrays)
    out = np.zeros((len(arrays), longest, *arrays[0].shape[1:]), dtype=dtype)
    mask = np.ones((len(arrays), longest), dtype=bool)
    for row, array in enumerate(arrays):
        out[row, : len(array)] = array
        mask[row, : len(array)] = False
    return out, mask
