"""The layers of a transformer, run fast: generation runs them dozens of times a motion.

In training it is torch's own encoder. Afterwards the same layers run without what short sequences of a few rows do not need, in the
precision of their weights: bfloat16 on processors that have it (`use_bfloat16`), where four draws of a motion take 0.7 of the time.
Sizes are `memory_attention.transformer_encoder`'s.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def run_encoder(body: nn.TransformerEncoder, x: Tensor, padding: Tensor) -> Tensor:
    """Sequences x (B, L, width) through the layers, in x's precision.

    ``padding`` (B, L) is True behind the end."""
    if body.training:
        return body(x, src_key_padding_mask=padding)
    seen, hidden = ~padding[:, None, None], x.to(body.norm.weight.dtype)
    for layer in body.layers:
        hidden = hidden + _attended(layer.self_attn, layer.norm1(hidden), seen)
        hidden = hidden + layer.linear2(F.gelu(layer.linear1(layer.norm2(hidden))))
    return body.norm(hidden).to(x.dtype)


def _attended(attention: nn.MultiheadAttention, x: Tensor, seen: Tensor) -> Tensor:
    projected = F.linear(x, attention.in_proj_weight, attention.in_proj_bias)
    query, key, value = projected.unflatten(-1, (3, attention.num_heads, -1)).permute(2, 0, 3, 1, 4)  # (B, heads, L, D) each
    found = F.scaled_dot_product_attention(query, key, value, attn_mask=seen)
    return attention.out_proj(found.transpose(1, 2).flatten(2))


def has_bfloat16() -> bool:
    """Whether this processor multiplies in bfloat16; elsewhere it is 100 times slower."""
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def use_bfloat16(bodies: list[nn.TransformerEncoder], device: torch.device) -> None:
    """Put the weights into bfloat16 if the processor has it (`has_bfloat16`)."""
    if device.type == "cpu" and has_bfloat16():
        for body in bodies:
            body.bfloat16()
