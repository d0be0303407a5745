"""Rejection sampling: several motions are drawn, and the first good or the best is taken.

Two things are judged. Repetitions are counted, and mended where that suffices (`count_check`); measurements have to stay within the
range of all performances of the action (`envelope`). How a motion is drawn is `windows`' matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..language.instruction import Instruction
from ..model.tokenizer import FRAMES_PER_TOKEN, MotionTokenizer
from .count_check import FITS, CountCheck, count_check_of, mended_tokens
from .envelope import Envelope, EnvelopeCheck, envelope_check_of
from .ours import EVERYTHING, Ours
from .repetition_counter import RepetitionCounter

DRAWS = (4, 8)  # motions drawn at once; for two in three instructions one of the first four is good
# `EnvelopeCheck.distance_outside` of a good draw; 0.3 doubles the redraws without helping.
LARGEST_EXCESS = 0.8
SETTLING = 6  # frames of transition from the motion before, which are not judged

Fault = tuple[float, float]  # repetitions too many or too few beyond `FITS`, and the distance outside the envelope


@dataclass(frozen=True)
class MotionChecks:
    """What is judged in a motion: the number of repetitions, an envelope, or both.

    ``draws`` is how many motions are drawn at once, until one is good."""

    count: CountCheck | None
    envelope: EnvelopeCheck | None
    draws: tuple[int, ...] = DRAWS

    def restricted(self, legs: bool, sums: bool) -> MotionChecks:
        """The same without the ``legs``, and with or without the ``sums``."""
        return replace(self, envelope=self.envelope and replace(self.envelope, gesture=legs, free=sums))

    def fault_of(self, features: Tensor, first: int) -> Fault:
        """The fault of features (T, 140) from frame ``first`` on; up to (0, LARGEST_EXCESS) is good."""
        off = abs(self.count.surplus(self.count.shares(features, first))) if self.count else 0.0
        if first:
            first += min(SETTLING, (len(features) - first) // 2)
        return max(0.0, off - FITS), self.envelope.distance_outside(features[first:]) if self.envelope else 0.0


def checks_of(
    counter: RepetitionCounter | None, envelope: Envelope | None, meaning: Instruction | None, ours: Ours = EVERYTHING
) -> MotionChecks | None:
    """What can be judged in the motion of an instruction; None if nothing can."""
    found = MotionChecks(
        count_check_of(counter, meaning) if ours.counting else None,
        envelope_check_of(envelope, meaning) if ours.envelope else None,
        DRAWS if ours.rejection_sampling else (1,),
    )
    return found if found.count or found.envelope else None


def best_draw(
    looked_at: MotionChecks, tokenizer: MotionTokenizer, start: Tensor, draw: Callable[[int, int], list[Tensor]], free: bool
) -> Tensor:
    """Tokens (1, L, P, Q) of the first good draw behind ``start``, or of the best of all.

    ``draw`` is given the number of the draw and how many to make, and returns tokens (1, L, P, Q) of each. Where the length is
    ``free``, mending may change it."""
    made: list[tuple[Fault, Tensor]] = []
    for number, many in enumerate(looked_at.draws):
        made += _with_faults(looked_at, tokenizer, start, draw(number, many), free)
        fault, best = min(made, key=lambda one: one[0])  # the first of those that are as good
        if fault <= (0.0, LARGEST_EXCESS):
            break
    return best


def _with_faults(
    looked_at: MotionChecks, tokenizer: MotionTokenizer, start: Tensor, draws: list[Tensor], free: bool
) -> Iterator[tuple[Fault, Tensor]]:
    """The motions with their faults; where a number is wrong, each mended motion too."""
    first = FRAMES_PER_TOKEN * start.shape[1]
    for tokens, features in zip(draws, _decode_behind(tokenizer, start, draws), strict=True):
        fault = looked_at.fault_of(features, first)
        yield fault, tokens
        if fault[0] and free:
            shares = looked_at.count.shares(features, first)
            for changed in mended_tokens(tokens, shares, tokenizer.normalise(features[first:]), looked_at.count):
                better = looked_at.fault_of(_decode_behind(tokenizer, start, [changed])[0], first)
                if not better[0]:
                    yield better, changed
                    break


def _decode_behind(tokenizer: MotionTokenizer, start: Tensor, draws: list[Tensor]) -> list[Tensor]:
    """Features (T, 140) of ``start`` and each draw, tokens (1, L, P, Q).

    Draws of one length are decoded together, which is quicker."""
    found: dict[int, Tensor] = {}
    for length in {tokens.shape[1] for tokens in draws}:
        those = [number for number, tokens in enumerate(draws) if tokens.shape[1] == length]
        rows = torch.cat([start.expand(len(those), -1, -1, -1), torch.cat([draws[number] for number in those])], dim=1)
        found |= zip(those, tokenizer.decode(rows), strict=True)
    return [found[number] for number in range(len(draws))]
