"""What the product answered to a sentence, as the judge takes it.

A `SealedAnswer` is the meaning, the numbers with what became of them, and an account of the words. `answer_of` makes it from a
`Generation`. A refusal has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.errors import NotUnderstood, UserError
from backend.generation.asked import Reached
from backend.language.account import NEARLY, NOT_DONE, UNKNOWN, AccountedWord
from backend.language.instruction import Instruction

from .prompts import words_of


@dataclass(frozen=True)
class SealedAnswer:
    """An answer, or a refusal (no meaning).

    Attributes:
        meaning: what was understood; None where it was refused.
        reached: numbers that were asked for, with what the motion came to.
        words: the account of the words.
        heard: what was recognized, to be shown.
        confidence: 0..1, None where it is not told.
        said: the sentence of a refusal.
    """

    meaning: Instruction | None
    reached: tuple[Reached, ...] = ()
    words: tuple[AccountedWord, ...] = ()
    heard: str = ""
    confidence: float | None = None
    said: str = ""

    def told(self) -> set[str]:
        """The words, in lower case, of which it is said that they are not (quite) done."""
        return {word for each in self.words if each.state in (NEARLY, NOT_DONE, UNKNOWN) for word in words_of(each.text)}

    def accounted(self) -> set[str]:
        """All words, in lower case, that the account has."""
        return {word for each in self.words for word in words_of(each.text)}


def ask(generator: Any, given: np.ndarray | str, seed: int) -> SealedAnswer:
    """What a `generation.pipeline.Generator` makes of a text or a recording (N,) at 16 kHz."""
    try:
        return answer_of(generator.generate(given, seed=seed))
    except UserError as refusal:  # what a user would be told instead of getting a motion
        heard, confidence = "", None
        if isinstance(refusal, NotUnderstood):
            heard, confidence = refusal.heard, refusal.confidence
        return SealedAnswer(None, heard=heard, confidence=confidence, said=refusal.message)


def answer_of(generation: Any) -> SealedAnswer:
    """The first motion of a `Generation`."""
    meaning = Instruction.parse(generation.meaning) if generation.meaning else Instruction(())
    numbers = tuple(generation.reached[0]) if generation.reached else ()
    return SealedAnswer(meaning, numbers, tuple(generation.words), generation.heard, generation.confidence)
