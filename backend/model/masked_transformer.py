"""Masked generative transformer over base tokens: the first of paper A's two generation stages (structure after MoMask).

It learns to fill masked base tokens given the condition, and generates by unmasking in a few rounds, the most confident
tokens first. A position carries the tokens of both body parts; they are masked independently, so the network learns legs
given arms and arms given legs. What the condition means is `memory_attention`'s matter, layers above the base are
`residual_transformer`'s.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional as F

from .inpainting import Kept
from .memory_attention import Places, transformer

P = 2  # body parts a position carries


class MaskedTransformer(nn.Module):
    """Predicts base tokens (B, L, P) from a partly masked sequence and a condition (B, S, width).

    Ids 0..codes-1 are codes; ``mask_id`` is [MASK]. The condition's S slots are prepended to the sequence.
    """

    def __init__(self, codes: int, width: int, layers: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.codes, self.mask_id = codes, codes
        self.embed = nn.ModuleList(nn.Embedding(codes + 1, width) for _ in range(P))
        self.places = Places(width)
        self.body = transformer(width, layers, heads, dropout)
        self.heads = nn.ModuleList(nn.Linear(width, codes) for _ in range(P))
        self.unconditional = nn.Parameter(torch.zeros(1, 1, width))  # stands for a dropped condition (guidance)

    def forward(self, tokens: Tensor, condition: Tensor | None, padding: Tensor) -> Tensor:
        """Logits (B, L, P, codes). ``padding`` is (B, L) bool, True behind the end; ``condition`` None = unconditional."""
        x = self.places(sum(embed(tokens[..., i]) for i, embed in enumerate(self.embed)), padding)
        if condition is None:
            condition = self.unconditional.expand(len(x), 1, -1)
        slots = condition.shape[1]
        full_padding = F.pad(padding, (slots, 0), value=False)
        hidden = self.body(torch.cat([condition.to(x), x], dim=1), src_key_padding_mask=full_padding)[:, slots:]
        return torch.stack([head(hidden) for head in self.heads], dim=2)

    def drop_condition(self, condition: Tensor, dropped: Tensor) -> Tensor:
        """Replace the condition of rows where ``dropped`` (B,) is True by the unconditional one (training)."""
        return torch.where(dropped[:, None, None], self.unconditional.to(condition).expand_as(condition), condition)

    def loss(self, tokens: Tensor, condition: Tensor, padding: Tensor, generator: torch.Generator) -> Tensor:
        """Cross-entropy of masked tokens. Mask ratio cos(pi u / 2), u ~ U(0, 1); of the masked 10 % get a random code and
        10 % stay as they are (as in MoMask, rounded by us)."""
        batch, device = len(tokens), tokens.device
        ratio = torch.cos(torch.rand(batch, generator=generator).to(device) * math.pi / 2)
        score = torch.rand(tokens.shape, generator=generator).to(device)
        score = score.masked_fill(padding[..., None], 2.0)
        chosen = score < ratio[:, None, None]
        chosen |= score == score.flatten(1).amin(1)[:, None, None]  # at least one a row
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
        kept: Kept | None = None,
        after_round: Callable[[float], None] | None = None,
    ) -> Tensor:
        """Iterative unmasking: (B, S, width) and token counts (B,) to base tokens (B, L, P).

        Args:
            rounds: unmasking rounds; after round t of R, cos(pi t / 2R) of the tokens it began with are masked again.
            guidance: s of classifier-free guidance, l = l_u + s (l_c - l_u); 1 switches it off.
            keep: fraction of the codes that may be sampled (the likeliest), 0..1.
            kept: tokens that are given; only the others are sampled.
            after_round: called with the finished fraction; may raise to cancel.
        """
        batch, length = len(condition), int(lengths.max())
        padding = torch.arange(length, device=lengths.device) >= lengths[:, None]  # (B, L)
        tokens = torch.full((batch, length, P), self.mask_id, device=condition.device)
        if kept is not None:
            tokens = kept.layer(0, tokens)
        total = ((tokens == self.mask_id) & ~padding[..., None]).flatten(1).sum(1).float()
        for step in range(rounds):
            logits = self.guided(tokens, condition, padding, guidance)
            sampled, confidence = sample_codes(logits / temperature, keep, generator)
            masked = (tokens == self.mask_id) & ~padding[..., None]
            tokens = torch.where(masked, sampled, tokens)
            left = (total * math.cos(math.pi / 2 * (step + 1) / rounds)).floor().long()  # (B,) tokens to mask again
            # noise that fades lets early rounds commit to different tokens each time
            noise = torch.rand(confidence.shape, generator=generator).to(confidence) * (1 - (step + 1) / rounds)
            rank = (confidence + noise).masked_fill(~masked, torch.inf)
            order = rearrange(rank, "b l p -> b (l p)").argsort(dim=-1).argsort(dim=-1)
            again = rearrange(order < left[:, None], "b (l p) -> b l p", p=P) & masked
            tokens = tokens.masked_fill(again, self.mask_id)
            if after_round is not None:
                after_round((step + 1) / rounds)
        return tokens.masked_fill(padding[..., None], 0)

    def guided(self, tokens: Tensor, condition: Tensor, padding: Tensor, guidance: float) -> Tensor:
        """Logits under classifier-free guidance; both passes run as one batch."""
        if guidance == 1.0:
            return self(tokens, condition, padding).float()
        empty = self.unconditional.expand_as(condition)
        both = self(tokens.repeat(2, 1, 1), torch.cat([condition, empty]), padding.repeat(2, 1)).float()
        with_condition, without = both.chunk(2)
        return without + guidance * (with_condition - without)


def sample_codes(logits: Tensor, keep: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Sample (..., codes) among the likeliest ``keep`` fraction. Returns codes (...) and their probabilities (...)."""
    best = logits.topk(max(1, round(logits.shape[-1] * keep)), dim=-1)
    probabilities = best.values.softmax(dim=-1)
    # drawn on the CPU from the seeded generator, so that a seed means the same on every device
    flat = probabilities.flatten(0, -2).cpu()
    drawn = torch.multinomial(flat, 1, generator=generator).view(probabilities.shape[:-1]).to(logits.device)[..., None]
    return best.indices.gather(-1, drawn)[..., 0], probabilities.gather(-1, drawn)[..., 0]
