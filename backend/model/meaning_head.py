"""The meaning head: the closed key of what was asked for, read from the condition. Ours.

It is for what has to be known by name: checks, refusals, statistics, and the word-by-word account. The generator does not see it.
Which numbers mean what is `language.meaning`'s matter.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..language.meaning import PLACES, MeaningClasses

UNKNOWN = -1  # in place of a class, where a sample has no key


class MeaningHead(nn.Module):
    """Reads a meaning (B, fields) from a flat condition (B, condition_width)."""

    def __init__(self, condition_width: int, classes: MeaningClasses) -> None:
        super().__init__()
        self.counts, self.size, self.places = classes.counts, len(classes.fields), PLACES
        self.head = nn.Linear(condition_width, sum(self.counts))
        actions = torch.tensor(classes.every_action())
        self.register_buffer("actions", actions, persistent=False)  # (A, size): every action there is, and none in row 0

    def loss(self, condition: Tensor, meaning: Tensor) -> Tensor:
        """Mean cross-entropy of the fields of rows that have a key; others are `UNKNOWN`."""
        known = meaning[:, 0] != UNKNOWN
        if not known.any():  # free captions alone
            return condition.sum() * 0.0
        logits = self.head(condition[known]).float().split(self.counts, dim=-1)
        return sum(F.cross_entropy(logit, meaning[known, i]) for i, logit in enumerate(logits)) / len(logits)

    def likeliest(self, condition: Tensor) -> tuple[Tensor, Tensor]:
        """The likeliest meaning (B, fields) of existing actions, and its log-probability (B,).

        Fields are not read one by one: the best kind with the best side may be an action that does not exist."""
        scores = [logit.log_softmax(-1) for logit in self.head(condition).float().split(self.counts, dim=-1)]
        found, total = [], condition.new_zeros(len(condition))
        for place in range(self.places):
            of_place = scores[place * self.size : (place + 1) * self.size]
            each = sum(score[:, self.actions[:, i]] for i, score in enumerate(of_place))  # (B, A)
            if place == 0:
                each = each[:, 1:]  # something is always asked for
            best = each.max(-1)
            found.append(self.actions[best.indices + (place == 0)])
            total = total + best.values
        return torch.cat(found, dim=-1), total

    def action_scores(self, condition: Tensor) -> Tensor:
        """Log-probability (B, A) of every action of ``actions`` as the first that is asked for."""
        scores = [logit.log_softmax(-1) for logit in self.head(condition).float().split(self.counts, dim=-1)[: self.size]]
        return sum(score[:, self.actions[:, i]] for i, score in enumerate(scores))
