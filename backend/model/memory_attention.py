"""Memory-retrieval attention (paper A): speech of any length to a condition of fixed size.

Published: a bank of learnable memory tokens gives keys K_m and values V_m, every speech feature x gives a query Q_x, and
``Attn(Q_x, K_m, V_m) = softmax(Q_x K_m^T / sqrt(d)) V_m`` is made into a vector y of fixed size.

Chosen by us: how the retrieved sequence gets a fixed size, the sizes, and several heads. A positional code is added, as "jump, then
wave" and "wave, then jump" retrieve the same memories in another order; two transformer layers relate what was found; learned
queries attend over it, each giving one slot of y. The speech comes from `speech_stream`.

`PooledCondition` is the same module without the memory, for the ablation.
"""

from __future__ import annotations

import math
from functools import cache

import torch
from einops import rearrange, repeat
from torch import Tensor, nn


@cache
@torch.inference_mode(False)  # the cached tensor must serve training, too
def sinusoidal_positions(length: int, width: int) -> Tensor:
    """(length, width) sine and cosine code (Vaswani et al. 2017); the same tensor each time."""
    position = torch.arange(length)[:, None]
    rate = torch.exp(torch.arange(0, width, 2) * (-math.log(10_000.0) / width))
    return torch.cat([torch.sin(position * rate), torch.cos(position * rate)], dim=-1)


class PositionCodes(nn.Module):
    """Adds to a sequence how far each position is from its beginning and from its end.

    The second is ours: a motion that is to be over at the end, or to have been done three times, must know where that is. It begins
    at zero, so that weights trained without it can be trained on."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.to_end = nn.Linear(width, width, bias=False)
        nn.init.zeros_(self.to_end.weight)

    def forward(self, x: Tensor, padding: Tensor) -> Tensor:
        """x (B, L, width); ``padding`` (B, L) is True behind the end."""
        codes = sinusoidal_positions(x.shape[1], x.shape[2]).to(x)
        left = ((~padding).sum(1, keepdim=True) - 1 - torch.arange(x.shape[1], device=x.device)).clamp_min(0)  # (B, L)
        return x + codes + self.to_end(codes)[left]


def transformer_encoder(width: int, layers: int, heads: int, dropout: float = 0.0) -> nn.TransformerEncoder:
    """Pre-norm transformer encoder, GELU, feed-forward four times as wide."""
    layer = nn.TransformerEncoderLayer(width, heads, 4 * width, dropout, activation="gelu", batch_first=True, norm_first=True)
    return nn.TransformerEncoder(layer, layers, norm=nn.LayerNorm(width), enable_nested_tensor=False)


class SlotPooling(nn.Module):
    """Learned queries attend over a sequence in context: (B, T, width) to (B, slots, width)."""

    def __init__(self, width: int, slots: int, heads: int, layers: int = 2) -> None:
        super().__init__()
        self.context = transformer_encoder(width, layers, heads)
        self.queries = nn.Parameter(torch.randn(slots, width) * width**-0.5)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm = nn.LayerNorm(width)
        self.out = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width), nn.LayerNorm(width))

    def forward(self, sequence: Tensor, padding: Tensor) -> Tensor:
        """``padding`` is (B, T) bool, True behind the end."""
        located = sequence + sinusoidal_positions(sequence.shape[1], sequence.shape[2]).to(sequence)
        located = self.context(located, src_key_padding_mask=padding)
        queries = repeat(self.queries, "s w -> b s w", b=len(sequence))
        pooled, _ = self.attention(queries, located, located, key_padding_mask=padding, need_weights=False)
        return self.out(self.norm(queries + pooled))


class MemoryRetrievalAttention(nn.Module):
    """Every frame retrieves from M learnable memories; the result is pooled into ``slots``.

    Args:
        width: d, of the stream, queries, memories and slots.
        memories: M.
        slots: vectors of the condition y; its size is slots * width whatever the length of the speech.
        heads: attention heads of lookup and pooling.
    """

    def __init__(self, width: int, memories: int = 128, slots: int = 8, heads: int = 8) -> None:
        super().__init__()
        self.heads = heads
        self.to_query = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width))
        self.memory_keys = nn.Parameter(torch.randn(memories, width))
        self.memory_values = nn.Parameter(torch.randn(memories, width))
        self.norm = nn.LayerNorm(width)
        self.pool = SlotPooling(width, slots, heads)

    def retrieve(self, speech: Tensor) -> Tensor:
        """softmax(Q_x K_m^T / sqrt(d)) V_m for every frame: (B, T, width) in and out."""
        # all rows of the batch share the memories: one product a head instead of one a row and head
        queries = rearrange(self.to_query(speech), "b t (h d) -> h (b t) d", h=self.heads)
        keys = rearrange(self.memory_keys, "m (h d) -> h d m", h=self.heads)
        values = rearrange(self.memory_values, "m (h d) -> h m d", h=self.heads)
        weights = torch.softmax(queries @ keys / math.sqrt(queries.shape[-1]), dim=-1)  # (h, B T, M)
        return rearrange(weights @ values, "h (b t) d -> b t (h d)", b=len(speech))

    def forward(self, speech: Tensor, padding: Tensor) -> Tensor:
        """A stream (B, T, width) and its padding mask (B, T) to the condition y (B, slots, width)."""
        return self.pool(self.norm(self.retrieve(speech)), padding)


class PooledCondition(nn.Module):
    """Ablation: frames are projected and pooled without the memory."""

    def __init__(self, width: int, slots: int = 8, heads: int = 8) -> None:
        super().__init__()
        self.project = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.LayerNorm(width))
        self.pool = SlotPooling(width, slots, heads)

    def forward(self, speech: Tensor, padding: Tensor) -> Tensor:
        return self.pool(self.project(speech), padding)
