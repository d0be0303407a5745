"""Meaning slots of packs with a closed condition: the meaning is appended to y.

Leaves with the last such pack; `instruct` has the open condition.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..language.meaning import MeaningClasses
from .meaning_head import MeaningHead


class MeaningSlots(MeaningHead):
    """Head and embeddings of a meaning, (B, fields) class numbers."""

    def __init__(self, condition_width: int, classes: MeaningClasses, width: int) -> None:
        super().__init__(condition_width, classes)
        self.embed = nn.ModuleList(nn.Embedding(count, width) for count in self.counts[: self.size])
        self.place = nn.Parameter(torch.randn(self.places, width) * 0.02)
        self.hidden = nn.Parameter(torch.zeros(self.places, width))  # stands for a meaning that is not told
        self.norm = nn.LayerNorm(width)

    def forward(self, meaning: Tensor, hidden: Tensor) -> Tensor:
        """Slots (B, places, width); rows ``hidden`` (B,) get the slots of an untold meaning."""
        fields = meaning.unflatten(1, (self.places, self.size))
        told = sum(embed(fields[..., i]) for i, embed in enumerate(self.embed))
        return self.norm(torch.where(hidden[:, None, None], self.hidden, told) + self.place)
