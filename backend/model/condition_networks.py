"""Networks that make a condition of fixed size: memory retrieval and its ablations.

All take a speech stream (B, T, width) with a padding mask (B, T) and give (B, slots, width), so each fits into `audio_to_motion`.
Memory retrieval as published, and the same without its memory, are `memory_attention`'s, with a way around the memory
`memory_residual`'s; the two below differ in more.
"""

from __future__ import annotations

import torch
from einops import repeat
from torch import Tensor, nn

from .memory_attention import MemoryRetrievalAttention, PooledCondition, sinusoidal_positions
from .memory_residual import ResidualMemoryAttention

LAYERS = 2


class MeanCondition(nn.Module):
    """Mean pooling: positions are projected and averaged; order is lost."""

    def __init__(self, width: int, slots: int = 8) -> None:
        super().__init__()
        self.project = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.GELU())
        self.out = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, slots * width))
        self.norm = nn.LayerNorm(width)
        self.slots = slots

    def forward(self, speech: Tensor, padding: Tensor) -> Tensor:
        there = (~padding)[..., None].to(speech)
        mean = (self.project(speech) * there).sum(1) / there.sum(1).clamp(min=1.0)
        return self.norm(self.out(mean).unflatten(1, (self.slots, -1)))


class CrossAttentionCondition(nn.Module):
    """Full cross-attention: in every layer the slots attend to the stream and to each other."""

    def __init__(self, width: int, slots: int = 8, heads: int = 8) -> None:
        super().__init__()
        self.project = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.LayerNorm(width))
        self.queries = nn.Parameter(torch.randn(slots, width) * width**-0.5)
        layer = nn.TransformerDecoderLayer(width, heads, 4 * width, 0.0, activation="gelu", batch_first=True, norm_first=True)
        self.layers = nn.TransformerDecoder(layer, LAYERS, norm=nn.LayerNorm(width))

    def forward(self, speech: Tensor, padding: Tensor) -> Tensor:
        located = self.project(speech) + sinusoidal_positions(speech.shape[1], speech.shape[2]).to(speech)
        queries = repeat(self.queries, "s w -> b s w", b=len(speech))
        return self.layers(queries, located, memory_key_padding_mask=padding)


CONDITIONS = ("memory_residual", "memory", "pooled", "mean", "cross")


def condition_network(name: str, width: int, memories: int, slots: int, heads: int) -> nn.Module:
    """One of `CONDITIONS`. Raises ValueError for another name."""
    if name == "memory_residual":
        return ResidualMemoryAttention(width, memories, slots, heads)
    if name == "memory":
        return MemoryRetrievalAttention(width, memories, slots, heads)
    if name == "pooled":
        return PooledCondition(width, slots, heads)
    if name == "mean":
        return MeanCondition(width, slots)
    if name == "cross":
        return CrossAttentionCondition(width, slots, heads)
    raise ValueError(f"unknown condition {name!r}; known: {', '.join(CONDITIONS)}")
