"""Standing still: who is only to stand does nothing else.

The instruction model now and then lets a code of some movement in, and the codes behind it go on from there: of 24 who were to
stand, four bent down or went away and eight more fidgeted; with what follows, three did of 24. How far a pose is from the usual one
tells them from those who stand, and what moves is drawn again, as `counting` does with a number that is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from ..data.instruction import Instruction
from .tokenizer import MotionTokenizer

STILL = 0.1  # deviations, mean over dims, of a pose from the median one; nobody who stands in the data is farther from it


@dataclass(frozen=True)
class Still:
    """That nothing is done; to be used like `counting.Wanted`."""

    draws: ClassVar[tuple[int, ...]] = (1, 2, 4)
    mended: ClassVar[bool] = False

    def off(self, shares: Tensor) -> float:
        """By how much the farthest pose is too far from the usual one, as a share of what is allowed."""
        return max(0.0, float(shares.max()) - 1.0)

    def shares(self, tokenizer: MotionTokenizer, features: Tensor, first: int) -> Tensor:
        """Distance of every pose from the median one, in `STILL`, (T - first,), of features (T, 140) from frame ``first`` on."""
        poses = tokenizer.normalise(features[first:])
        return (poses - poses.median(0).values).abs().mean(-1) / STILL


def stands(meaning: Instruction | None) -> bool:
    """Whether to stand is all that is to be done."""
    return meaning is not None and meaning.single and meaning.steps[0][0].kind == "stand"
