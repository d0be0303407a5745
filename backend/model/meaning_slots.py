"""Reading the meaning from the condition, and giving it back as slots: the model says to itself what it understood.

The condition y of paper A holds the instruction in a form that motion tokens alone teach slowly: two sides of one gesture, or
"then" and "while", differ in few tokens. A linear head reads the actions from y; their embeddings are appended to y, the
true ones in training and the read ones afterwards. Ours; the papers have no such head. Which numbers mean what is
`backend.language.meaning`'s matter.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..language.meaning import FIELDS


class MeaningSlots(nn.Module):
    """``classes`` is the number of classes of every field, FIELDS an action; a meaning is (B, len(classes)) class numbers."""

    def __init__(self, condition_width: int, classes: tuple[int, ...], actions: Tensor, width: int) -> None:
        super().__init__()
        self.classes = classes
        self.places = len(classes) // FIELDS
        self.head = nn.Linear(condition_width, sum(classes))
        self.embed = nn.ModuleList(nn.Embedding(count, width) for count in classes[:FIELDS])
        self.place = nn.Parameter(torch.randn(self.places, width) * 0.02)
        self.hidden = nn.Parameter(torch.zeros(self.places, width))  # stands for a meaning that is not told
        self.norm = nn.LayerNorm(width)
        self.register_buffer("actions", actions, persistent=False)  # (A, FIELDS): every action there is, and none in row 0

    def forward(self, meaning: Tensor, hidden: Tensor) -> Tensor:
        """Slots (B, places, width); rows where ``hidden`` (B,) is True get the slots of an untold meaning."""
        fields = meaning.unflatten(1, (self.places, FIELDS))
        told = sum(embed(fields[..., i]) for i, embed in enumerate(self.embed))
        return self.norm(torch.where(hidden[:, None, None], self.hidden, told) + self.place)

    def loss(self, condition: Tensor, meaning: Tensor) -> Tensor:
        """Mean cross-entropy of the fields, read from a condition (B, condition_width)."""
        logits = self.head(condition).float().split(self.classes, dim=-1)
        return sum(F.cross_entropy(logit, meaning[:, i]) for i, logit in enumerate(logits)) / len(logits)

    def likeliest(self, condition: Tensor) -> tuple[Tensor, Tensor]:
        """The likeliest meaning (B, fields) made of actions that exist, and its log-probability (B,).

        Fields are not read one by one: the best kind beside the best side may be an action nobody can do."""
        scores = [logit.log_softmax(-1) for logit in self.head(condition).float().split(self.classes, dim=-1)]
        found, total = [], condition.new_zeros(len(condition))
        for place in range(self.places):
            of_place = scores[place * FIELDS : (place + 1) * FIELDS]
            each = sum(score[:, self.actions[:, i]] for i, score in enumerate(of_place))  # (B, A)
            if place == 0:
                each = each[:, 1:]  # something is always asked for
            best = each.max(-1)
            found.append(self.actions[best.indices + (place == 0)])
            total = total + best.values
        return torch.cat(found, dim=-1), total

    def action_scores(self, condition: Tensor) -> Tensor:
        """Log-probability (B, A) of every action of ``actions`` as the first that is asked for."""
        scores = [logit.log_softmax(-1) for logit in self.head(condition).float().split(self.classes, dim=-1)[:FIELDS]]
        return sum(score[:, self.actions[:, i]] for i, score in enumerate(scores))
