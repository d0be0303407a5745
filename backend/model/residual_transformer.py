"""Residual transformer, paper A's second generation stage: quantizer layers 1..Q-1 in turn.

Its input is the sum of the embeddings of all lower layers' tokens, the layer's number and the condition; all positions of a layer
are predicted at once (structure after MoMask). Base tokens come from `masked_transformer`.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .fast_layers import run_encoder
from .inpainting import KeptTokens
from .masked_transformer import P
from .memory_attention import PositionCodes, transformer_encoder
from .unmasking import sample_codes


class ResidualTransformer(nn.Module):
    """Predicts tokens (B, L, P) of layer j from the layers below and a condition (B, S, width)."""

    def __init__(self, codes: int, quantizers: int, width: int, layers: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.codes, self.quantizers = codes, quantizers
        self.embed = nn.ModuleList(nn.Embedding(codes * (quantizers - 1), width) for _ in range(P))
        self.layer_number = nn.Embedding(quantizers, width)
        self.places = PositionCodes(width)
        self.body = transformer_encoder(width, layers, heads, dropout)
        self.heads = nn.ModuleList(nn.Linear(width, codes) for _ in range(P * (quantizers - 1)))

    def forward(self, below: Tensor, layer: int, condition: Tensor, padding: Tensor) -> Tensor:
        """Logits (B, L, P, codes) of ``layer`` >= 1 from the tokens (B, L, P, layer) below."""
        offsets = torch.arange(layer, device=below.device) * self.codes
        x = sum(embed(below[:, :, i] + offsets).sum(dim=2) for i, embed in enumerate(self.embed))
        x = self.places(x + self.layer_number.weight[layer], padding)
        slots = condition.shape[1]
        full_padding = F.pad(padding, (slots, 0), value=False)
        hidden = run_encoder(self.body, torch.cat([condition.to(x), x], dim=1), full_padding)[:, slots:]
        return torch.stack([self.heads[(layer - 1) * P + i](hidden) for i in range(P)], dim=2)

    def loss(self, tokens: Tensor, condition: Tensor, padding: Tensor, generator: torch.Generator) -> Tensor:
        """Cross-entropy of tokens (B, L, P, Q): half of the rows learn layer 1, which matters most.

        The others learn one of the rest, lower ones more often."""
        rest = torch.arange(self.quantizers - 2, 0, -1, dtype=torch.float32).square()
        other = int(torch.multinomial(rest, 1, generator=generator)) + 2 if len(rest) else 1
        order = torch.randperm(len(tokens), generator=generator).to(tokens.device)  # any half: batches are sorted by length
        found = []
        for layer, rows in zip((1, other), order.tensor_split(2), strict=True):
            if len(rows):
                logits, valid = self(tokens[rows, ..., :layer], layer, condition[rows], padding[rows]), ~padding[rows]
                found.append(F.cross_entropy(logits[valid].float().flatten(0, 1), tokens[rows, ..., layer][valid].flatten()))
        return torch.stack(found).mean()

    @torch.no_grad()
    def complete(
        self,
        base: Tensor,
        condition: Tensor,
        lengths: Tensor,
        *,
        temperature: float,
        keep: float,
        generator: torch.Generator,
        kept: KeptTokens | None = None,
        after_layer: Callable[[float], None] | None = None,
    ) -> Tensor:
        """All layers (B, L, P, Q) from base tokens (B, L, P); ``kept`` tokens stay.

        Codes are sampled at a low temperature. The likeliest ones would flatten fast movement (a wave stops waving), since the
        likeliest detail of an uncertain moment is none."""
        padding = torch.arange(base.shape[1], device=lengths.device) >= lengths[:, None]
        tokens = base[..., None]
        for layer in range(1, self.quantizers):
            logits = self(tokens, layer, condition, padding)
            sampled, _ = sample_codes(logits.float() / temperature, keep, generator)
            if kept is not None:
                sampled = kept.layer(layer, sampled)
            tokens = torch.cat([tokens, sampled[..., None]], dim=-1)
            if after_layer is not None:
                after_layer(layer / (self.quantizers - 1))
        return tokens
