"""Repetitions are counted, and a motion with the wrong number is mended. Ours.

The instruction model gets half of all numbers wrong by one. `repetition_counter` finds how often a motion does something, and
where. Here a repetition too many is cut out of the tokens, or one too few is copied in, between two moments that look alike, so
that the seam does not show. Where that fails, `rejection_sampling` draws again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ..language.instruction import Action, Instruction
from ..model.tokenizer import FRAMES_PER_TOKEN
from .repetition_counter import SEVERAL, RepetitionCounter

FITS = 0.4  # repetitions: the largest error of the sum of shares that counts as right; see `training.counter`
WHOLE = 0.15  # repetitions: the largest error of what is cut out or copied in
SEAM = 0.6  # standard deviations, mean over dims: the largest distance of the two moments of a seam
AROUND = 4  # frames before and behind a seam that are compared
SEAMS = 6  # seams that are tried


@dataclass(frozen=True)
class CountCheck:
    """An action with the number of its repetitions, and the network that counts them."""

    counter: RepetitionCounter
    action: Action

    def surplus(self, shares: Tensor) -> float:
        """Repetitions too many, negative if too few, in a motion with these shares.

        "Clap" means once or more often."""
        number = float(shares.sum()) - self.action.count
        return min(number, 0.0) if self.action.count == 1 and self.action.kind in SEVERAL else number

    def shares(self, features: Tensor, first: int) -> Tensor:
        """Shares (T - first,) of features (T, 140) from frame ``first`` on."""
        return self.counter.shares(features[None], self.action)[0, first:]


def count_check_of(counter: RepetitionCounter | None, meaning: Instruction | None) -> CountCheck | None:
    """What to count of an instruction; None if nothing in it can be counted.

    That is its only action with a number; if no action has one, its only action that can be counted, which should be done once."""
    actions = [action for step in meaning.steps for action in step] if meaning and counter else []
    numbered = [action for action in actions if action.count > 1] or [action for action in actions if counter.can_count(action)]
    if len(numbered) != 1 or not counter.can_count(numbered[0]):
        return None
    alone = sum(action.kind == numbered[0].kind for action in actions) == 1
    return CountCheck(counter, numbered[0]) if alone else None


def mended_tokens(tokens: Tensor, shares: Tensor, poses: Tensor, wanted: CountCheck) -> Iterator[Tensor]:
    """Tokens (1, L, P, Q) with the wanted number, best seam first; see `spliced_tokens`."""
    return spliced_tokens(tokens, shares, poses, round(wanted.surplus(shares)))


def spliced_tokens(tokens: Tensor, shares: Tensor, poses: Tensor, surplus: int) -> Iterator[Tensor]:
    """Tokens (1, L, P, Q) without ``surplus`` repetitions, the least visible seam first.

    A negative surplus adds repetitions. shares (T,) and normalised poses (T, 140) belong to the tokens, T = 4 L. Yields nothing
    where no seam would go unseen."""
    if surplus == 0:
        return
    length, much = tokens.shape[1], max(surplus, 1)
    before = torch.cat([shares.new_zeros(1), shares.cumsum(0)])[::FRAMES_PER_TOKEN]  # (L + 1,) done before a token begins
    inner = torch.arange(1, length, device=tokens.device)
    windows = torch.stack(
        [poses[FRAMES_PER_TOKEN * int(i) - AROUND : FRAMES_PER_TOKEN * int(i) + AROUND].flatten() for i in inner]
    )  # (L - 1, ...)
    apart = torch.cdist(windows, windows, p=1) / windows.shape[1]
    between = before[inner][None] - before[inner][:, None]  # [i, j] done from token i to token j
    apart = apart.masked_fill(((between - much).abs() > WHOLE) | (apart > SEAM) | (inner[None] <= inner[:, None]), torch.inf)
    order = apart.flatten().argsort(stable=True)[:SEAMS]
    for place in order.tolist():
        first, second = 1 + place // (length - 1), 1 + place % (length - 1)
        if not torch.isfinite(apart[first - 1, second - 1]):
            return
        if surplus > 0:
            yield torch.cat([tokens[:, :first], tokens[:, second:]], dim=1)
        else:
            yield torch.cat([tokens[:, :second], *[tokens[:, first:second]] * -surplus, tokens[:, second:]], dim=1)
