"""As often as was said: what was made is counted, and a repetition too many is cut out, one too few done once more.

The instruction model knows numbers only by heart and is wrong by one in half of the cases. `counter` says how often a motion does
something and where; this file mends the tokens there, at two moments that look alike, so that the motion goes on over the seam as
if nothing were missing. Where that cannot be done, it draws again. How tokens are made is `chain`'s matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from ..data.instruction import Action, Instruction
from .counter import SEVERAL, Counter
from .stillness import Still, stands
from .tokenizer import DOWN, MotionTokenizer

DRAWS = (1, 2)  # motions that are made at once, until one fits: at worst three times the work of one
FITS = 0.4  # repetitions that the sum of shares may be off; see `training.counter`
WHOLE = 0.15  # of a repetition, that what is cut out or put in may be off
SEAM = 0.6  # deviations, mean over dims, that the two moments may be apart
AROUND = 4  # frames before and behind a seam that are compared
SEAMS = 6  # that are tried


@dataclass(frozen=True)
class Wanted:
    """An action with the number of its repetitions, and the network that counts them."""

    draws: ClassVar[tuple[int, ...]] = DRAWS
    mended: ClassVar[bool] = True

    counter: Counter
    action: Action

    def off(self, shares: Tensor) -> float:
        """Repetitions too many, or too few (negative), in a motion with these shares. "Clap" is done once or more often."""
        number = float(shares.sum()) - self.action.count
        return min(number, 0.0) if self.action.count == 1 and self.action.kind in SEVERAL else number

    def shares(self, tokenizer: MotionTokenizer, features: Tensor, first: int) -> Tensor:
        """Shares (T - first,) of a motion's features (T, 140) from frame ``first`` on; what is before it is seen as well."""
        return self.counter.shares(features[None], self.action)[0, first:]


def wanted(counter: Counter | None, meaning: Instruction | None) -> Wanted | Still | None:
    """What is to be counted of an instruction, if the counter knows it: its only action with a number; where none has one, its only
    action that can be counted, which is done once, not hinted at. Who is only to stand is to be `Still`."""
    if stands(meaning):
        return Still()
    actions = [action for step in meaning.steps for action in step] if meaning and counter else []
    numbered = [action for action in actions if action.count > 1] or [action for action in actions if counter.counts(action)]
    if len(numbered) != 1 or not counter.counts(numbered[0]):
        return None
    alone = sum(action.kind == numbered[0].kind for action in actions) == 1
    return Wanted(counter, numbered[0]) if alone else None


def counted(
    wanted: Wanted | Still, tokenizer: MotionTokenizer, start: Tensor, draw: Callable[[int, int], list[Tensor]], free: bool
) -> Tensor:
    """Tokens (1, L, P, Q) of a motion that does it as often as is wanted, or nearly so.

    ``draw`` gets the number of the draw and how many to make, and gives tokens (1, L, P, Q) of each. ``free``: the length may be
    another one."""
    made: list[tuple[float, Tensor]] = []
    for number, many in enumerate(wanted.draws):
        for tokens in draw(number, many):
            shares, features = _shares(wanted, tokenizer, start, tokens)
            off = wanted.off(shares)
            made.append((abs(off), tokens))
            if abs(off) > FITS and free and wanted.mended:
                made += _mended(wanted, tokenizer, start, tokens, shares, features)
        best = min(made, key=lambda one: one[0])  # the first of those that are as good
        if best[0] <= FITS:
            return best[1]
    return best[1]


def _shares(wanted: Wanted | Still, tokenizer: MotionTokenizer, start: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
    """Shares (T,) and features (T, 140) of tokens (1, L, P, Q) behind those of ``start``."""
    features, first = tokenizer.decode(torch.cat([start, tokens], dim=1))[0], DOWN * start.shape[1]
    return wanted.shares(tokenizer, features, first), features[first:]


def _mended(
    wanted: Wanted, tokenizer: MotionTokenizer, start: Tensor, tokens: Tensor, shares: Tensor, features: Tensor
) -> list[tuple[float, Tensor]]:
    """Tokens with the right number of repetitions and how far from it they are; none where no seam would pass unseen."""
    surplus = round(wanted.off(shares))
    for changed in seams(tokens, shares, tokenizer.normalise(features), surplus):
        off = abs(wanted.off(_shares(wanted, tokenizer, start, changed)[0]))
        if off <= FITS:
            return [(off, changed)]
    return []


def seams(tokens: Tensor, shares: Tensor, poses: Tensor, surplus: int) -> Iterator[Tensor]:
    """Tokens (1, L, P, Q) with ``surplus`` repetitions less (or more, where it is negative), the least visible change first.

    shares (T,) and normalised poses (T, 140) belong to the tokens, T = 4 L."""
    if surplus == 0:
        return
    length, much = tokens.shape[1], max(surplus, 1)
    before = torch.cat([shares.new_zeros(1), shares.cumsum(0)])[::DOWN]  # (L + 1,) done before a token begins
    inner = torch.arange(1, length, device=tokens.device)
    windows = torch.stack([poses[DOWN * int(i) - AROUND : DOWN * int(i) + AROUND].flatten() for i in inner])  # (L - 1, ...)
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
