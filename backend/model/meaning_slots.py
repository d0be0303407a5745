"""Meaning slots: the meaning is read from the condition and appended to it. Ours.

Motion tokens alone teach the condition y slowly: two sides of one gesture, or "then" and "while", differ in few of them. A linear
head reads the actions from y, and their embeddings are appended to y: the true ones in training, the read ones afterwards. Which
numbers mean what is `language.meaning`'s matter.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..language.meaning import PLACES, MeaningClasses


class MeaningSlots(nn.Module):
    """Head and embeddings of a meaning, (B, fields) class numbers."""

    def __init__(self, condition_width: int, classes: MeaningClasses, width: int) -> None:
        super().__init__()
        self.counts, self.size, self.places = classes.counts, len(classes.fields), PLACES
        self.head = nn.Linear(condition_width, sum(self.counts))
        self.embed = nn.ModuleList(nn.Embedding(count, width) for count in self.counts[: self.size])
        self.place = nn.Parameter(torch.randn(self.places, width) * 0.02)
        self.hidden = nn.Parameter(torch.zeros(self.places, width))  # stands for a meaning that is not told
        self.norm = nn.LayerNorm(width)
        actions = torch.tensor(classes.every_action())
        self.register_buffer("actions", actions, persistent=False)  # (A, size): every action there is, and none in row 0

    def forward(self, meaning: Tensor, hidden: Tensor) -> Tensor:
        """Slots (B, places, width); rows ``hidden`` (B,) get the slots of an untold meaning."""
        fields = meaning.unflatten(1, (self.places, self.size))
        told = sum(embed(fields[..., i]) for i, embed in enumerate(self.embed))
        return self.norm(torch.where(hidden[:, None, None], self.hidden, told) + self.place)

    def loss(self, condition: Tensor, meaning: Tensor) -> Tensor:
        """Mean cross-entropy of the fields, read from a condition (B, condition_width)."""
        logits = self.head(condition).float().split(self.counts, dim=-1)
        return sum(F.cross_entropy(logit, meaning[:, i]) for i, logit in enumerate(logits)) / len(logits)

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
