"""Memory retrieval with a way around the memory, so that it learns as fast as pooling. Ours.

The published lookup (`memory_attention`) lets nothing through but the memories. While they are random, every frame retrieves nearly
the same, and training is slow. Here what is retrieved is added to the frame itself; queries and keys have unit length and a learned
sharpness for each head, so that single memories can win; and the mean over time reaches every slot beside the attention of its own
query. Backend/docs/LOG.md has the numbers of each change.
"""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional as F

from .memory_attention import SlotPooling

SHARPNESS = 10.0  # of the softmax over memories at the beginning, for vectors of unit length
QUIET = 0.02  # deviation of the memories' values at the beginning


class ResidualMemoryAttention(nn.Module):
    """A stream (B, T, width) to the condition y (B, slots, width), by learnable memories."""

    def __init__(self, width: int, memories: int = 128, slots: int = 8, heads: int = 8) -> None:
        super().__init__()
        self.heads, self.slots = heads, slots
        self.to_query = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width))
        self.memory_keys = nn.Parameter(torch.randn(memories, width))
        self.memory_values = nn.Parameter(torch.randn(memories, width) * QUIET)
        self.sharpness = nn.Parameter(torch.full((heads,), SHARPNESS).log())
        self.around = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width))
        self.norm = nn.LayerNorm(width)
        self.pool = SlotPooling(width, slots, heads)
        self.mean = nn.Linear(width, slots * width)
        self.out_norm = nn.LayerNorm(width)

    def retrieve(self, speech: Tensor) -> Tensor:
        """softmax(s Q_x K_m^T) V_m for every frame, s the sharpness: (B, T, width) in and out."""
        queries = F.normalize(rearrange(self.to_query(speech), "b t (h d) -> h (b t) d", h=self.heads), dim=-1)
        keys = F.normalize(rearrange(self.memory_keys, "m (h d) -> h d m", h=self.heads), dim=1)
        values = rearrange(self.memory_values, "m (h d) -> h m d", h=self.heads)
        weights = torch.softmax(queries @ keys * self.sharpness.exp()[:, None, None], dim=-1)  # (h, B T, M)
        return rearrange(weights @ values, "h (b t) d -> b t (h d)", b=len(speech))

    def forward(self, speech: Tensor, padding: Tensor) -> Tensor:
        """``padding`` (B, T) is True behind the end."""
        found = self.norm(self.around(speech) + self.retrieve(speech))
        there = (~padding)[..., None].to(found)
        mean = (found * there).sum(1) / there.sum(1).clamp(min=1.0)
        return self.out_norm(self.pool(found, padding) + self.mean(mean).unflatten(1, (self.slots, -1)))
