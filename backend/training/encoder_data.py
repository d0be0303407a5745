"""Batches of augmented speech for the audio encoder, with words and phones.

Corpora are `data.speech`'s. The training itself is `encoder`'s.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from backend.audio.words import WordList
from backend.data.speech.augment import MelAugmentConfig, augment_mel, load_noises, noise_mels
from backend.data.speech.people import PRONOUNCED
from backend.data.speech.speaking import SpeechCorpus


@dataclass
class EncoderBatch:
    """Log-mel (B, T, 80), lengths (B,); words and phones in a row, with counts (B,)."""

    mel: Tensor
    lengths: Tensor
    words: Tensor
    word_counts: Tensor
    phones: Tensor
    phone_counts: Tensor


class EncoderBatches:
    """Batches of similar length from several corpora; batch n is the same whenever it is drawn.

    Args:
        frames: size of a batch in mel frames.
        noises: folder of recordings to add, where it exists.
        curriculum: the first epoch goes from short to long, as CTC aligns short utterances first (Amodei et al. 2016).
    """

    def __init__(
        self, corpora: list[SpeechCorpus], words: WordList, *, frames: int, augment: MelAugmentConfig, noises: Path, seed: int,
        curriculum: bool, device: torch.device,
    ) -> None:  # fmt: skip
        self.corpora, self.words, self.augment, self.device = corpora, words, augment, device
        self.frames, self.seed, self.curriculum = frames, seed, curriculum
        self.pronounced = [pronunciations(corpus.folder) for corpus in corpora]
        self.items = [(c, i) for c, corpus in enumerate(corpora) for i in range(len(corpus))]
        self.sizes = np.array([corpora[c].utterances[i].frames for c, i in self.items])
        self.noises = noise_mels(load_noises(noises))
        self.noises = None if self.noises is None else self.noises.to(device)
        self._epoch, self._plan = -1, []

    def plan(self, epoch: int) -> list[np.ndarray]:
        """The batches of an epoch: sorted by length with some jitter, cut at ``frames``, shuffled."""
        if epoch != self._epoch:
            rng = np.random.default_rng([self.seed, epoch])
            order = np.argsort(self.sizes * np.exp(rng.normal(0, 0.06, len(self.sizes))))
            plan, start = [], 0
            for end in range(1, len(order) + 1):
                longest = self.sizes[order[start : end + 1]].max()
                if end == len(order) or (end + 1 - start) * longest > self.frames:
                    plan.append(order[start:end])
                    start = end
            if epoch or not self.curriculum:
                rng.shuffle(plan)
            self._epoch, self._plan = epoch, plan
        return self._plan

    def draw(self, step: int, rng: np.random.Generator) -> EncoderBatch:
        """Batch number ``step``, augmented."""
        per_epoch = len(self.plan(0)) if self._epoch < 0 else len(self._plan)
        plan = self.plan(step // per_epoch)
        batch = self.collate([self.items[i] for i in plan[min(step % per_epoch, len(plan) - 1)]])
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        batch.mel, batch.lengths = augment_mel(batch.mel, batch.lengths, self.augment, generator, self.noises)
        return batch

    def collate(self, items: list[tuple[int, int]]) -> EncoderBatch:
        """Load utterances, given as (corpus, number), into one batch."""
        mels = [torch.from_numpy(self.corpora[c].mel(i).astype(np.float32)) for c, i in items]
        texts = [self.corpora[c].utterances[i].text for c, i in items]
        words = [self.words.encode(text) for text in texts]
        phones = [self.words.encode_phones(text, self.pronounced[c]) for text, (c, _) in zip(texts, items, strict=True)]

        def counts(lists: list) -> Tensor:
            return torch.tensor([len(one) for one in lists], device=self.device)

        def flat(lists: list[list[int]]) -> Tensor:
            return torch.tensor([value for one in lists for value in one], device=self.device)

        mel = nn.utils.rnn.pad_sequence(mels, batch_first=True).to(self.device)
        return EncoderBatch(mel, counts(mels), flat(words), counts(words), flat(phones), counts(phones))


def pronunciations(folder: Path) -> dict[str, list[str]]:
    """Phones of the words in a corpus that are in no word list."""
    file = folder / PRONOUNCED
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
