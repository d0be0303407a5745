"""The instruction model: speech features to motion tokens, and what it understood on the way.

Memory-retrieval attention makes the condition; a masked transformer generates base tokens, a residual transformer the layers above;
a length predictor and a meaning head read the condition. The meaning head is ours: predicting the instruction's actions from
the condition keeps semantics in it that motion tokens alone teach slowly (two sides of one gesture differ little in
tokens). Audio comes in as features of `backend.audio.encoder`; tokens go out to `tokenizer`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .masked_transformer import MaskedTransformer
from .memory_attention import MemoryRetrievalAttention, PooledCondition
from .residual_transformer import ResidualTransformer


@dataclass(frozen=True)
class InstructConfig:
    """Sizes; ours, small enough to train on a CPU in an hour."""

    speech_width: int = 192
    width: int = 256
    layers: int = 5
    residual_layers: int = 2
    heads: int = 8
    memories: int = 128  # M of the memory bank
    slots: int = 8  # the condition is slots x width, whatever the length of the speech
    codes: int = 256
    quantizers: int = 6
    longest: int = 75  # tokens: 10 s
    meaning_classes: tuple[int, ...] = ()  # classes of every field of `backend.data.meaning`
    condition: str = "memory"  # or "pooled", the ablation

    def to_dict(self) -> dict:
        return asdict(self)


class InstructModel(nn.Module):
    """All trained parts of instruction mode that stand between the audio encoder and the tokenizer."""

    def __init__(self, config: InstructConfig) -> None:
        super().__init__()
        self.config = config
        width, heads = config.width, config.heads
        if config.condition == "memory":
            self.condition = MemoryRetrievalAttention(config.speech_width, width, config.memories, config.slots, heads)
        else:
            self.condition = PooledCondition(config.speech_width, width, config.slots, heads)
        self.masked = MaskedTransformer(config.codes, width, config.layers, heads)
        self.residual = ResidualTransformer(config.codes, config.quantizers, width, config.residual_layers, heads)
        whole = config.slots * width
        self.length = nn.Sequential(nn.Linear(whole, 64), nn.GELU(), nn.Linear(64, config.longest))
        self.meaning = nn.Linear(whole, sum(config.meaning_classes))

    def loss(self, batch: dict[str, Tensor], generator: torch.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """Loss of a batch: speech (B, T, D), speech_padding (B, T), tokens (B, L, P, Q), padding (B, L), meaning (B, fields)."""
        condition = self.condition(batch["speech"], batch["speech_padding"])
        tokens, padding = batch["tokens"], batch["padding"]
        dropped = torch.rand(len(tokens), generator=generator).to(tokens.device) < 0.1
        masked = self.masked.loss(tokens[..., 0], self.masked.drop_condition(condition, dropped), padding, generator)
        # layers above the base are easier: half of the rows teach them as well (any half: batches are sorted by length)
        half = torch.randperm(len(tokens), generator=generator)[: (len(tokens) + 1) // 2].to(tokens.device)
        residual = self.residual.loss(tokens[half], condition[half], padding[half], generator)
        flat = condition.flatten(1).float()
        counts = (~padding).sum(1)
        length = F.cross_entropy(self.length(flat).float(), self.near_lengths(counts))
        meaning = self.meaning_loss(flat, batch["meaning"])
        loss = masked + 0.5 * residual + 0.1 * length + 0.2 * meaning
        return loss, {"masked": masked, "residual": residual, "length": length, "meaning": meaning}

    def near_lengths(self, counts: Tensor) -> Tensor:
        """Soft targets (B, longest): a length a token off is nearly as good."""
        grid = torch.arange(1, self.config.longest + 1, device=counts.device)
        return torch.softmax(-((grid - counts[:, None]) ** 2) / 2.0, dim=-1)

    def meaning_loss(self, flat: Tensor, meaning: Tensor) -> Tensor:
        logits = self.meaning(flat).float().split(self.config.meaning_classes, dim=-1)
        return sum(F.cross_entropy(logit, meaning[:, i]) for i, logit in enumerate(logits)) / len(logits)

    @torch.no_grad()
    def understand(self, speech: Tensor, padding: Tensor) -> tuple[Tensor, Tensor]:
        """Condition (B, slots, width) and the likeliest meaning (B, fields)."""
        condition = self.condition(speech, padding)
        logits = self.meaning(condition.flatten(1)).split(self.config.meaning_classes, dim=-1)
        return condition, torch.stack([logit.argmax(-1) for logit in logits], dim=-1)

    @torch.no_grad()
    def draw_length(self, condition: Tensor, generator: torch.Generator) -> Tensor:
        """Token counts (B,), drawn among the likelier half of the probability so that no odd length comes up."""
        probabilities = self.length(condition.flatten(1)).softmax(-1)
        ordered, order = probabilities.sort(dim=-1, descending=True)
        ordered[(ordered.cumsum(-1) - ordered) > 0.5] = 0.0
        drawn = torch.multinomial(ordered.cpu(), 1, generator=generator).to(order.device)
        return order.gather(-1, drawn)[:, 0] + 1

    @torch.no_grad()
    def generate(
        self,
        condition: Tensor,
        lengths: Tensor,
        generator: torch.Generator,
        *,
        guidance: float,
        rounds: int = 12,
        temperature: float = 1.0,
        residual_temperature: float = 0.5,
        keep: float = 0.1,
        report: Callable[[str, float], None] | None = None,
    ) -> Tensor:
        """Tokens (B, L, P, Q). ``report`` gets ("composing" or "refining", fraction) and may raise to cancel."""
        tell = report or (lambda phase, fraction: None)
        base = self.masked.generate(
            condition, lengths, rounds=rounds, guidance=guidance, temperature=temperature, keep=keep, generator=generator,
            after_round=lambda fraction: tell("composing", fraction),
        )  # fmt: skip
        return self.residual.complete(
            base, condition, lengths, temperature=residual_temperature, keep=keep, generator=generator,
            after_layer=lambda fraction: tell("refining", fraction),
        )  # fmt: skip
