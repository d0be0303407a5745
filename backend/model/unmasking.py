"""Iterative unmasking (MaskGIT): masked tokens are filled in over a few rounds.

The most confident tokens come first. What predicts them is `masked_transformer`'s matter. Both generation stages sample codes
here.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from einops import rearrange
from torch import Tensor


def unmask(
    predict: Callable[[Tensor, float], Tensor],
    tokens: Tensor,
    padding: Tensor,
    mask_id: int,
    generator: torch.Generator,
    *,
    rounds: int,
    temperature: float,
    keep: float,
    after_round: Callable[[float], None] | None = None,
) -> Tensor:
    """Fill in the masked tokens of (B, L, P); behind the end they become 0.

    Args:
        predict: logits (B, L, P, codes) from tokens and the share, 0..1, of what was to be filled in that is still masked.
        padding: (B, L), True behind the end.
        rounds: after round t of R, cos(pi t / 2R) of the tokens it began with are masked again.
        keep: fraction of the codes that may be sampled (the likeliest), 0..1.
        after_round: called with the finished fraction; may raise to cancel.
    """
    total = ((tokens == mask_id) & ~padding[..., None]).flatten(1).sum(1).float()
    whole = int(total.sum())
    for step in range(rounds):
        masked = (tokens == mask_id) & ~padding[..., None]
        share = int(masked.sum()) / max(1, whole)
        sampled, confidence = sample_codes(predict(tokens, share).float() / temperature, keep, generator)
        tokens = torch.where(masked, sampled, tokens)
        left = (total * math.cos(math.pi / 2 * (step + 1) / rounds)).floor().long()  # (B,) tokens to mask again
        # noise that fades lets early rounds commit to different tokens each time
        noise = torch.rand(confidence.shape, generator=generator).to(confidence) * (1 - (step + 1) / rounds)
        rank = (confidence + noise).masked_fill(~masked, torch.inf)
        order = rearrange(rank, "b l p -> b (l p)").argsort(dim=-1).argsort(dim=-1)
        again = rearrange(order < left[:, None], "b (l p) -> b l p", p=tokens.shape[2]) & masked
        tokens = tokens.masked_fill(again, mask_id)
        if after_round is not None:
            after_round((step + 1) / rounds)
    return tokens.masked_fill(padding[..., None], 0)


def sample_codes(logits: Tensor, keep: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Codes (...) sampled from the likeliest ``keep`` of logits (..., codes), and probabilities."""
    best = logits.topk(max(1, round(logits.shape[-1] * keep)), dim=-1)
    probabilities = best.values.softmax(dim=-1)
    # drawn on the CPU from the seeded generator, so that a seed means the same on every device
    flat = probabilities.flatten(0, -2).cpu()
    drawn = torch.multinomial(flat, 1, generator=generator).view(probabilities.shape[:-1]).to(logits.device)[..., None]
    return best.indices.gather(-1, drawn)[..., 0], probabilities.gather(-1, drawn)[..., 0]


def training_mask(padding: Tensor, parts: int, generator: torch.Generator) -> Tensor:
    """Which tokens (B, L, P) training masks: a share cos(pi u / 2), u ~ U(0, 1), at least one.

    ``padding`` (B, L) is never masked."""
    ratio = torch.cos(torch.rand(len(padding), generator=generator).to(padding.device) * math.pi / 2)
    score = torch.rand(*padding.shape, parts, generator=generator).to(padding.device).masked_fill(padding[..., None], 2.0)
    return (score < ratio[:, None, None]) | (score == score.flatten(1).amin(1)[:, None, None])
