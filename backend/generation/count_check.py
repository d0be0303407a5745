"""As often as was said: what was made is counted, and a repetition too many is cut out, one too few done once more.

The instruction model knows numbers only by heart and is wrong by one in half of the cases. `counter` says how often a motion does
something and where; this file mends the tokens there, at two moments that look alike, so that the motion goes on over the seam as
if nothing were missing. Where that cannot be done, `drawing` draws again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ..language.instruction import Action, Instruction
from ..model.tokenizer import FRAMES_PER_TOKEN
from .repetition_counter import SEVERAL, RepetitionCounter

FITS = 0.4  # repetitions that the sum of shares may be off; see `training.counter`
WHOLE = 0.15  # of a repetition, that what is cut out or put in may be off
SEAM = 0.6  # deviations, mean over dims, that the two moments may be apart
AROUND = 4  # frames before and behind a seam that are compared
SEAMS = 6  # that are tried


@dataclass(frozen=True)
class CountCheck:
    """An action with the number of its repetitions, and the network that counts them."""

    counter: RepetitionCounter
    action: Action

    def surplus(self, shares: Tensor) -> float:
        """Repetitions too many, or too few (negative), in a motion with these shares. "Clap" is done once or more often."""
        number = float(shares.sum()) - self.action.count
        return min(number, 0.0) if self.action.count == 1 and self.action.kind in SEVERAL else number

    def shares(self, features: Tensor, first: int) -> Tensor:
        """Shares (T - first,) of a motion's features (T, 140) from frame ``first`` on; what is before it is seen as well."""
        return self.counter.shares(features[None], self.action)[0, first:]


def count_check_of(counter: RepetitionCounter | None, meaning: Instruction | None) -> CountCheck | None:
    """What is to be counted of an instruction, if the counter knows it: its only action with a number; where none has one, its only
    action that can be counted, which is done once, not hinted at."""
    actions = [action for step in meaning.steps for action in step] if meaning and counter else []
    numbered = [action for action in actions if action.count > 1] or [action for action in actions if counter.can_count(action)]
    if len(numbered) != 1 or not counter.can_count(numbered[0]):
        return None
    alone = sum(action.kind == numbered[0].kind for action in actions) == 1
    return CountCheck(counter, numbered[0]) if alone else None


def mended_tokens(tokens: Tensor, shares: Tensor, poses: Tensor, wanted: CountCheck) -> Iterator[Tensor]:
    """Tokens (1, L, P, Q) of it as often as is wanted, the least visible change first; none where no seam would pass unseen.

    See `seams`."""
    return spliced_tokens(tokens, shares, poses, round(wanted.surplus(shares)))


def spliced_tokens(tokens: Tensor, shares: Tensor, poses: Tensor, surplus: int) -> Iterator[Tensor]:
    """Tokens (1, L, P, Q) with ``surplus`` repetitions less (or more, where it is negative), the least visible change first.

    shares (T,) and normalised poses (T, 140) belong to the tokens, T = 4 L."""
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
