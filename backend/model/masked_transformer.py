"""Masked generative transformer over base tokens, paper A's first generation stage.

Structure after MoMask. It learns to fill in masked base tokens under the condition, and generates by unmasking in a few rounds, the
most confident tokens first. A position has a token for each body part; they are masked independently, so the network learns legs
given arms and arms given legs. The condition is `memory_attention`'s matter, layers above the base are `residual_transformer`'s.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .fast_layers import run_encoder
from .inpainting import KeptTokens
from .memory_attention import PositionCodes, transformer_encoder
from .unmasking import training_mask, unmask

P = 2  # body parts a position carries
# Guidance acts while more than this share is still masked (after Kynkäänniemi et al. 2024, who guide images in an interval only):
# the action is decided early, and later rounds need half the work.
GUIDED = 0.6


class MaskedTransformer(nn.Module):
    """Predicts base tokens (B, L, P) from partly masked ones and a condition (B, S, width).

    Ids 0..codes-1 are codes; ``mask_id`` is [MASK]. The condition's S slots are prepended to the sequence."""

    def __init__(self, codes: int, width: int, layers: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.codes, self.mask_id = codes, codes
        self.embed = nn.ModuleList(nn.Embedding(codes + 1, width) for _ in range(P))
        self.places = PositionCodes(width)
        self.body = transformer_encoder(width, layers, heads, dropout)
        self.heads = nn.ModuleList(nn.Linear(width, codes) for _ in range(P))
        self.unconditional = nn.Parameter(torch.zeros(1, 1, width))  # stands for a dropped condition (guidance)

    def forward(self, tokens: Tensor, condition: Tensor | None, padding: Tensor) -> Tensor:
        """Logits (B, L, P, codes); ``condition`` None is the unconditional one.

        ``padding`` (B, L) is True behind the end."""
        x = self.places(sum(embed(tokens[..., i]) for i, embed in enumerate(self.embed)), padding)
        if condition is None:
            condition = self.unconditional.expand(len(x), 1, -1)
        slots = condition.shape[1]
        full_padding = F.pad(padding, (slots, 0), value=False)
        hidden = run_encoder(self.body, torch.cat([condition.to(x), x], dim=1), full_padding)[:, slots:]
        return torch.stack([head(hidden) for head in self.heads], dim=2)

    def drop_condition(self, condition: Tensor, dropped: Tensor) -> Tensor:
        """The condition, replaced by the unconditional one in rows ``dropped`` (B,); for training."""
        return torch.where(dropped[:, None, None], self.unconditional.to(condition).expand_as(condition), condition)

    def loss(
        self, tokens: Tensor, condition: Tensor, padding: Tensor, generator: torch.Generator, given: Tensor | None = None
    ) -> Tensor:
        """Cross-entropy of masked tokens; what is ``given`` (B, L) is never masked.

        The mask ratio is cos(pi u / 2), u ~ U(0, 1). Of the masked tokens 10 % become random and 10 % stay (as in MoMask,
        rounded)."""
        chosen, device = training_mask(padding if given is None else padding | given, P, generator), tokens.device
        fate = torch.rand(tokens.shape, generator=generator).to(device)
        noise = torch.randint(self.codes, tokens.shape, generator=generator).to(device)
        seen = torch.where(chosen & (fate < 0.8), self.mask_id, tokens)
        seen = torch.where(chosen & (fate > 0.9), noise, seen)
        logits = self(seen, condition, padding)
        return F.cross_entropy(logits[chosen].float(), tokens[chosen], label_smoothing=0.05)

    @torch.no_grad()
    def generate(
        self,
        condition: Tensor,
        lengths: Tensor,
        *,
        rounds: int,
        guidance: float,
        temperature: float,
        keep: float,
        generator: torch.Generator,
        kept: KeptTokens | None = None,
        after_round: Callable[[float], None] | None = None,
    ) -> Tensor:
        """Iterative unmasking: (B, S, width) and token counts (B,) to base tokens (B, L, P).

        Args:
            rounds, temperature, keep, after_round: see `unmask`.
            guidance: s of classifier-free guidance, l = l_u + s (l_c - l_u); 1 switches it off.
            kept: tokens that are given; only the others are sampled.
        """
        batch, length = len(condition), int(lengths.max())
        padding = torch.arange(length, device=lengths.device) >= lengths[:, None]  # (B, L)
        tokens = torch.full((batch, length, P), self.mask_id, device=condition.device)
        if kept is not None:
            tokens = kept.layer(0, tokens)

        def predict(now: Tensor, share: float) -> Tensor:
            return self.guided(now, condition, padding, guidance if share > GUIDED else 1.0)

        return unmask(
            predict, tokens, padding, self.mask_id, generator,
            rounds=rounds, temperature=temperature, keep=keep, after_round=after_round,
        )  # fmt: skip

    def guided(self, tokens: Tensor, condition: Tensor, padding: Tensor, guidance: float) -> Tensor:
        """Logits under classifier-free guidance; both passes run as one batch."""
        if guidance == 1.0:
            return self(tokens, condition, padding).float()
        empty = self.unconditional.expand_as(condition)
        both = self(tokens.repeat(2, 1, 1), torch.cat([condition, empty]), padding.repeat(2, 1)).float()
        with_condition, without = both.chunk(2)
        return without + guidance * (with_condition - without)
