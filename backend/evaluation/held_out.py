"""Held-out sentences with real motions, which generated motion is compared with.

Motions are composed like the training samples (`backend.data.compose`), but from clips of the validation or test split;
sentences are of the hash class that training leaves out. Uncomposed clips would cover a third of the instructions.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data.compose import compose
from ..data.samples import fitted, load_library
from ..data.speech.speaking import for_validation
from ..data.tiers import SHIPPED_TIERS
from ..language.captions import REGISTERS, sentences
from ..language.instruction import Instruction
from ..language.sampling import sample_instruction
from ..motion.features import to_features

MOST_ALIKE = 4  # motions of one key, so that no common key dominates


@dataclass(frozen=True)
class HeldOut:
    """Row i of each: instruction key, sentence, features (T, 140) of a real motion, its clips."""

    keys: list[str]
    texts: list[str]
    motions: list[np.ndarray]
    sources: list[list[str]]

    def __len__(self) -> int:
        return len(self.keys)


def held_out_rows(data: Path, split: str, count: int, take: int = 0) -> HeldOut:
    """``count`` rows of "val" or "test", the same everywhere; every prefix is a fair sample.

    Another ``take`` has other motions of the same instructions.

    Raises UserError where `data build` has not been run."""
    library = load_library(data, SHIPPED_TIERS, split)
    words, rng = random.Random(f"held out {split}"), np.random.default_rng([take, 17])
    found, used = HeldOut([], [], [], []), Counter()
    while len(found) < count:
        instruction = sample_instruction(words)
        if used[instruction.key] >= MOST_ALIKE or not library.can_make(instruction):
            continue
        used[instruction.key] += 1
        motion, sources = compose(library, instruction, rng)
        found.keys.append(instruction.key)
        found.texts.append(_unseen(instruction, words))
        found.motions.append(fitted(to_features(motion)))
        found.sources.append(sources)
    return found


def _unseen(instruction: Instruction, words: random.Random) -> str:
    """A sentence that training never sees; if 200 draws find none, the last one."""
    for _ in range(200):
        text = sentences(instruction, words, words.choice(REGISTERS))[0]
        if for_validation(text):
            break
    return text
