"""Batches of speech and its words, to teach the sound the y of its words.

Speech is read as features of the frozen audio encoder, several augmentations of each utterance. No motion is needed: what the y
means is learned with `instruction_pairs`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..audio.encoder import AudioEncoder
from ..audio.words import split_words
from ..data.corpus import read_jsonl
from ..data.speech.corpus import SpeechFeatures
from ..errors import UserError
from ..language.instruction import Instruction
from ..model.speech_stream import WORDS_KEPT, likeliest_words
from .instruction_pairs import InstructionPairs, batch_of_pool, padded

NOISE = 0.15  # on speech features in training, times their own deviation
HIDDEN = 0.1  # share of training rows whose features are hidden, so that the word posteriors alone give y as well


class SpokenPairs:
    """Utterances of one split in the folders of corpora, whose keys ``pairs`` knows."""

    def __init__(self, corpora: Sequence[Path], split: str, encoder: AudioEncoder, pairs: InstructionPairs) -> None:
        self.split, self.encoder, self.pairs = split, encoder, pairs
        self.rows: list[tuple[SpeechFeatures, int, list[str], str]] = []
        for folder in corpora:
            features = SpeechFeatures(folder)
            for number, row in enumerate(read_jsonl(folder / "utterances.jsonl")):
                key = row["key"]
                if row["split"] == split and key and pairs.classes.knows(Instruction.parse(key)):
                    pairs.instructions.setdefault(key, Instruction.parse(key))
                    self.rows.append((features, number, split_words(row["text"]), key))
        if not self.rows:
            folders = ", ".join(str(folder) for folder in corpora)
            raise UserError("no_speech_data", f"{folders} hold no {split} utterance.", "Run `data build` first.")
        self.lengths = np.array([features.length(number) for features, number, *_ in self.rows])

    def batch(self, step: int, rng: np.random.Generator, size: int) -> dict[str, Tensor]:
        """Batch ``step``; see `batch_of_pool`."""
        drawn = batch_of_pool(
            78, step, size, lambda pool_rng, count: pool_rng.integers(len(self.rows), size=count), lambda rows: self.lengths[rows]
        )
        return self.collate(drawn, rng)

    def collate(self, numbers: Sequence[int], rng: np.random.Generator) -> dict[str, Tensor]:
        """See `InstructModel.loss` for what is in a batch without motion."""
        rows = [self.rows[int(number)] for number in numbers]
        training = self.split == "train"
        arrays = [features.get(n, int(rng.integers(features.versions)) if training else 0) for features, n, *_ in rows]
        speech, padding = padded(arrays, np.float32)
        if training:
            sound = speech[~padding]
            speech[~padding] = sound + NOISE * sound.std() * rng.standard_normal(sound.shape, dtype=np.float32)
        words = torch.ones(*padding.shape, WORDS_KEPT, dtype=torch.long)
        shares = torch.zeros(*padding.shape, WORDS_KEPT)
        where = torch.from_numpy(~padding)
        with torch.no_grad():
            posteriors = self.encoder.word_head(torch.from_numpy(speech[~padding])).softmax(-1)
        words[where], shares[where] = likeliest_words(posteriors)
        silent = rng.random(len(rows)) < (HIDDEN if training else 0.0)
        return self.pairs.text_rows([said for *_, said, _ in rows], [key for *_, key in rows], None) | {
            "speech": torch.from_numpy(speech), "words": words, "shares": shares,
            "speech_padding": torch.from_numpy(padding), "silent": torch.from_numpy(silent),
        }  # fmt: skip
