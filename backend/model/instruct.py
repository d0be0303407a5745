"""The instruction model: paper A's stages (`audio_to_motion`) with our additions.

Ours are the meaning slots (`meaning_slots`), which tell the transformers what was understood, and a length predictor that reads the
condition as well. The losses of all parts are here; `backend.training.instruct` minimises them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..language.meaning import MeaningClasses
from .audio_to_motion import AudioToMotion, InstructConfig
from .meaning_slots import MeaningSlots

HIDDEN = 0.15  # share of training rows whose meaning is not told, so that the transformers use y as well
WEIGHTS = {"masked": 1.0, "residual": 0.5, "length": 0.1, "meaning": 1.0}  # of the losses in their sum
UNCONDITIONAL = 0.1  # share of training rows without any condition, for classifier-free guidance


class InstructModel(AudioToMotion):
    """All trained networks between the audio encoder and the tokenizer.

    Raises ValueError for motions that this version does not know."""

    def __init__(self, config: InstructConfig) -> None:
        self.classes = MeaningClasses(config.kinds, config.directions, config.styles)
        super().__init__(config)
        width = config.width
        self.meaning = MeaningSlots(config.slots * width, self.classes, width)
        whole = (config.slots + self.meaning.places) * width
        self.length = nn.Sequential(nn.Linear(whole, 64), nn.GELU(), nn.Linear(64, config.longest))

    def loss(
        self, batch: dict[str, Tensor], generator: torch.Generator, only: str | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Loss of a batch, and its parts.

        The batch has speech (B, T, D), words and shares (B, T, K), speech_padding (B, T), silent (B,), tokens (B, L, P, Q), padding
        (B, L) and meaning (B, fields). ``only`` "residual" trains the residual transformer on a fixed condition, "base" and
        "masked" all the rest."""
        tokens, padding = batch["tokens"], batch["padding"]

        def some(share: float) -> Tensor:
            return (torch.rand(len(tokens), generator=generator) < share).to(tokens.device)

        with torch.set_grad_enabled(torch.is_grad_enabled() and only != "residual"):
            y = self.memory_retrieval_attention(batch)
            condition = torch.cat([y, self.meaning(batch["meaning"], some(HIDDEN)).to(y)], dim=1)
        losses = {}
        if only != "residual":
            dropped = self.masked.drop_condition(condition, some(UNCONDITIONAL))
            losses["masked"] = self.masked.loss(tokens[..., 0], dropped, padding, generator)
            near = self.soft_length_targets((~padding).sum(1))
            losses["length"] = F.cross_entropy(self.length(condition.flatten(1)).float(), near)
            losses["meaning"] = self.meaning.loss(y.flatten(1), batch["meaning"])
        if only in (None, "residual"):
            losses["residual"] = self.residual.loss(tokens, condition, padding, generator)
        return sum(WEIGHTS[name] * loss for name, loss in losses.items()), losses

    def soft_length_targets(self, counts: Tensor) -> Tensor:
        """Soft targets (B, longest): a length a token off is nearly as good."""
        grid = torch.arange(1, self.config.longest + 1, device=counts.device)
        return torch.softmax(-((grid - counts[:, None]) ** 2) / 2.0, dim=-1)

    def full_condition(self, y: Tensor, meant: Tensor | None = None) -> Tensor:
        """The condition (B, S, width), S = slots + places: y and the slots of a meaning.

        The slots are those of ``meant`` (B, fields), or without it of an untold meaning."""
        untold = torch.full((len(y),), meant is None, device=y.device)
        if meant is None:
            meant = torch.zeros(len(y), len(self.classes.counts), dtype=torch.long, device=y.device)
        return torch.cat([y, self.meaning(meant, untold)], dim=1)

    @torch.no_grad()
    def understand(self, batch: dict[str, Tensor], told: bool = True) -> tuple[Tensor, Tensor, Tensor]:
        """The condition (B, S, width), its meaning (B, fields) and that log-probability (B,).

        Unless ``told``, the transformers do without the meaning."""
        y = self.memory_retrieval_attention(batch)
        meant, sureness = self.meaning.likeliest(y.flatten(1))
        return self.full_condition(y, meant if told else None), meant, sureness

    @torch.no_grad()
    def draw_length(self, condition: Tensor, generator: torch.Generator) -> Tensor:
        """Token counts (B,), drawn from the likelier half of the probability mass: no odd lengths."""
        probabilities = self.length(condition.flatten(1)).softmax(-1)
        ordered, order = probabilities.sort(dim=-1, descending=True)
        ordered[(ordered.cumsum(-1) - ordered) > 0.5] = 0.0
        drawn = torch.multinomial(ordered.cpu(), 1, generator=generator).to(order.device)
        return order.gather(-1, drawn)[:, 0] + 1
