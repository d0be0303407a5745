"""Batches of pairs of an instruction and a motion that follows it.

A row is a spoken utterance (encoder features, clean or augmented) or a typed sentence fresh from the caption grammar
(`audio.word_posteriors`), with a motion of the same instruction key. Typed sentences cost nothing, so they reach every key and
wording; speech brings the voices. What is done with a batch is `instruct`'s matter.
"""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..audio.encoder import AudioEncoder
from ..audio.word_posteriors import misheard_posteriors, similar_sounding
from ..data.corpus import read_jsonl
from ..data.speech.corpus import SpeechFeatures
from ..data.speech.speaking import for_validation
from ..errors import UserError
from ..language.captions import REGISTERS, sentences
from ..language.instruction import Instruction
from ..language.meaning import all_classes
from ..model.speech_stream import WORDS_KEPT, likeliest_words
from ..model.tokenizer import FRAMES_PER_TOKEN

POOL = 12  # batches drawn together and sorted by length, so that little is padding
TYPED = -1  # no utterance: the row is a typed sentence
# share of spoken rows whose sound is hidden, so that only the word posteriors speak: features are learned by heart, words are not
# (on validation voices the meaning was right more often without the sound than with it before this)
HIDDEN_SOUND = 0.6


class InstructionPairs:
    """Utterances (if ``spoken``) and typed sentences of one split, and motions of their keys."""

    def __init__(self, data: Path, split: str, encoder: AudioEncoder, spoken: bool = True) -> None:
        self.split, self.encoder = split, encoder
        self.near = similar_sounding(encoder.words)
        self.speech = SpeechFeatures(data / "speech") if spoken else None
        self.tokens = np.load(data / "tokens.npy", mmap_mode="r", allow_pickle=False)
        self.samples = read_jsonl(data / "samples.jsonl")
        by_key: dict[str, list[int]] = defaultdict(list)
        for index, sample in enumerate(self.samples):
            by_key[sample["key"]].append(index)
        self.by_key = {key: np.array(indices) for key, indices in by_key.items()}
        rows = read_jsonl(data / "speech" / "utterances.jsonl") if spoken else []
        self.utterances = [(i, row["key"]) for i, row in enumerate(rows) if row["split"] == split and row["key"] in by_key]
        if spoken and not self.utterances:
            raise UserError("no_speech_data", f"{data} holds no {split} utterance with a motion.", "Run `data build` first.")
        self.instructions = {key: Instruction.parse(key) for key in by_key}
        classes = all_classes()
        self.meaning = {key: classes.encode(instruction) for key, instruction in self.instructions.items()}
        # a key's motions are as many as it deserves, apart from single actions, of which a walk has far more than a bow
        self.keys = list(by_key)
        alone = np.array([self.instructions[key].single for key in self.keys])
        counts = np.array([len(by_key[key]) for key in self.keys])
        weights = np.where(alone, counts**0.5, counts)
        weights = np.where(alone, weights / weights[alone].sum(), weights / max(weights[~alone].sum(), 1e-9))
        self.weights = weights / weights.sum()

    def batch(self, step: int, rng: np.random.Generator, size: int, noise: float, typed: float) -> dict[str, Tensor]:
        """Batch ``step``: one slice, by length, of a pool that POOL steps share.

        ``typed`` is the share of typed rows.
        """
        pool_rng = np.random.default_rng([77, step // POOL])
        count = size * POOL
        spoken = pool_rng.integers(max(1, len(self.utterances)), size=count)
        drawn = pool_rng.choice(len(self.keys), size=count, p=self.weights)
        by_text = pool_rng.random(count) < typed
        rows = [(TYPED, self.keys[k]) if t else self.utterances[u] for u, k, t in zip(spoken, drawn, by_text, strict=True)]
        motions = np.array([pool_rng.choice(self.by_key[key]) for _, key in rows])
        order = np.argsort([self.samples[m]["frames"] for m in motions], kind="stable")
        slot = int(pool_rng.permutation(POOL)[step % POOL])
        picked = order[slot * size : (slot + 1) * size]
        return self.collate([rows[i] for i in picked], motions[picked], rng, noise)

    def collate(
        self, rows: list[tuple[int, str]], motions: np.ndarray, rng: np.random.Generator, noise: float
    ) -> dict[str, Tensor]:
        """See `InstructModel.loss` for what is in a batch."""
        width, classes = self.encoder.config.width, self.encoder.config.words + 1
        speech, written = [], []
        for index, key in rows:
            if index == TYPED:
                written.append(misheard_posteriors(self.encoder.words.encode(self.sentence(key, rng)), classes, self.near, rng))
                speech.append(np.zeros((len(written[-1]), width), np.float16))
            else:
                speech.append(self.speech.get(index, int(rng.integers(self.speech.versions))))
        typed = np.array([index == TYPED for index, _ in rows])
        features, padding = padded(speech, np.float32)
        words = torch.ones(*padding.shape, WORDS_KEPT, dtype=torch.long)
        shares = torch.zeros(*padding.shape, WORDS_KEPT)
        spoken = ~padding & ~typed[:, None]  # only these frames cost anything: more than half of the batch is padding or silence
        if spoken.any():
            sound = features[spoken]
            if noise:
                sound += noise * sound.std() * rng.standard_normal(sound.shape, dtype=np.float32)
                features[spoken] = sound
            with torch.no_grad():
                posteriors = self.encoder.word_head(torch.from_numpy(sound)).softmax(-1)
            where = torch.from_numpy(spoken)
            words[where], shares[where] = likeliest_words(posteriors)
        for row, posteriors in zip(np.flatnonzero(typed), written, strict=True):
            words[row, : len(posteriors)], shares[row, : len(posteriors)] = likeliest_words(torch.from_numpy(posteriors))
        silent = typed | (rng.random(len(rows)) < (HIDDEN_SOUND if noise else 0.0))
        tokens = []
        for motion in motions:
            sample = self.samples[int(motion)]
            first, end = sample["start"], sample["start"] + sample["frames"]
            tokens.append(np.asarray(self.tokens[first // FRAMES_PER_TOKEN : end // FRAMES_PER_TOKEN], np.int64))
        codes, behind = padded(tokens, np.int64)
        return {
            "speech": torch.from_numpy(features), "words": words, "shares": shares,
            "speech_padding": torch.from_numpy(padding), "silent": torch.from_numpy(silent), "tokens": torch.from_numpy(codes),
            "padding": torch.from_numpy(behind), "meaning": torch.tensor([self.meaning[key] for _, key in rows]),
        }  # fmt: skip

    def sentence(self, key: str, rng: np.random.Generator) -> str:
        """A sentence for a key, of this split: validation sentences are never trained on."""
        draw = random.Random(int(rng.integers(2**62)))
        for _ in range(200):
            text = sentences(self.instructions[key], draw, draw.choice(REGISTERS))[0]
            if for_validation(text) == (self.split == "val"):
                break
        return text


def padded(arrays: list[np.ndarray], dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """Stack arrays of different lengths: (B, longest, ...) and the padding mask (B, longest)."""
    longest = max(len(a) for a in arrays)
    out = np.zeros((len(arrays), longest, *arrays[0].shape[1:]), dtype=dtype)
    mask = np.ones((len(arrays), longest), dtype=bool)
    for row, array in enumerate(arrays):
        out[row, : len(array)] = array
        mask[row, : len(array)] = False
    return out, mask
