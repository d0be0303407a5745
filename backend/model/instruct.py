"""The instruction model: speech features to motion tokens, and what it understood on the way.

Memory-retrieval attention makes the condition; a masked transformer generates base tokens, a residual transformer the layers above;
a length predictor reads the condition, and `meaning_slots` adds to it what was understood. Audio comes in as features and word
posteriors of `backend.audio.encoder`; tokens go out to `tokenizer`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..language import meaning
from .conditions import condition_network
from .inpainting import Kept
from .masked_transformer import MaskedTransformer
from .meaning_slots import MeaningSlots
from .residual_transformer import ResidualTransformer
from .speech_stream import SpeechStream

HIDDEN = 0.15  # share of training rows whose meaning is not told, so that the generator listens to the speech itself too
WEIGHTS = {"masked": 1.0, "residual": 0.5, "length": 0.1, "meaning": 1.0}  # of the losses in their sum
UNCONDITIONAL = 0.1  # share of training rows without any condition, for classifier-free guidance


@dataclass(frozen=True)
class InstructConfig:
    """Sizes; ours, small enough to train on a CPU in an hour."""

    speech_width: int = 192
    words: int = 551
    width: int = 256
    layers: int = 5
    residual_layers: int = 4
    heads: int = 8
    memories: int = 128  # M of the memory bank
    slots: int = 8  # the condition is slots x width, whatever the length of the speech
    codes: int = 256
    quantizers: int = 6
    longest: int = 75  # tokens: 10 s
    meaning_classes: tuple[int, ...] = ()  # classes of every field of `backend.language.meaning`
    condition: str = "memory"  # or another of `conditions`, for the ablations

    def to_dict(self) -> dict:
        return asdict(self)


class InstructModel(nn.Module):
    """All trained parts of instruction mode that stand between the audio encoder and the tokenizer.

    Raises ValueError for a config of another vocabulary of motions."""

    def __init__(self, config: InstructConfig) -> None:
        super().__init__()
        if tuple(config.meaning_classes) != meaning.classes():
            raise ValueError("the meaning classes are those of another vocabulary of motions")
        self.config = config
        width, heads = config.width, config.heads
        self.condition = condition_network(config.condition, width, config.memories, config.slots, heads)
        self.stream = SpeechStream(config.speech_width, config.words, width)
        self.masked = MaskedTransformer(config.codes, width, config.layers, heads)
        self.residual = ResidualTransformer(config.codes, config.quantizers, width, config.residual_layers, heads)
        actions = torch.tensor(meaning.known_actions())
        self.meaning = MeaningSlots(config.slots * width, config.meaning_classes, actions, width)
        whole = (config.slots + self.meaning.places) * width
        self.length = nn.Sequential(nn.Linear(whole, 64), nn.GELU(), nn.Linear(64, config.longest))

    def loss(
        self, batch: dict[str, Tensor], generator: torch.Generator, only: str | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Loss of a batch: speech (B, T, D), words and shares (B, T, K), speech_padding (B, T), silent (B,), tokens (B, L, P, Q),
        padding (B, L), meaning (B, fields).

        ``only`` "residual" is that of the residual transformer on a condition that stays, "base" and "masked" that of all the
        rest."""
        tokens, padding = batch["tokens"], batch["padding"]

        def some(share: float) -> Tensor:
            return (torch.rand(len(tokens), generator=generator) < share).to(tokens.device)

        with torch.set_grad_enabled(torch.is_grad_enabled() and only != "residual"):
            heard = self.hear(batch)
            condition = torch.cat([heard, self.meaning(batch["meaning"], some(HIDDEN)).to(heard)], dim=1)
        losses = {}
        if only != "residual":
            dropped = self.masked.drop_condition(condition, some(UNCONDITIONAL))
            losses["masked"] = self.masked.loss(tokens[..., 0], dropped, padding, generator)
            near = self.near_lengths((~padding).sum(1))
            losses["length"] = F.cross_entropy(self.length(condition.flatten(1)).float(), near)
            losses["meaning"] = self.meaning.loss(heard.flatten(1), batch["meaning"])
        if only in (None, "residual"):
            losses["residual"] = self.residual.loss(tokens, condition, padding, generator)
        return sum(WEIGHTS[name] * loss for name, loss in losses.items()), losses

    def hear(self, batch: dict[str, Tensor]) -> Tensor:
        """y (B, slots, width) of speech, words, shares, speech_padding and silent; see `loss` and `speech_stream`."""
        names = ("speech", "words", "shares", "speech_padding", "silent")
        stream, padding = self.stream(*(batch[name] for name in names))
        return self.condition(stream, padding)

    def near_lengths(self, counts: Tensor) -> Tensor:
        """Soft targets (B, longest): a length a token off is nearly as good."""
        grid = torch.arange(1, self.config.longest + 1, device=counts.device)
        return torch.softmax(-((grid - counts[:, None]) ** 2) / 2.0, dim=-1)

    @torch.no_grad()
    def understand(self, batch: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """The condition (B, slots + places, width), the meaning in it (B, fields) and that meaning's log-probability (B,)."""
        heard = self.hear(batch)
        meant, sureness = self.meaning.read(heard.flatten(1))
        told = self.meaning(meant, torch.zeros(len(heard), dtype=torch.bool, device=heard.device))
        return torch.cat([heard, told], dim=1), meant, sureness

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
        kept: Kept | None = None,
        report: Callable[[str, float], None] | None = None,
    ) -> Tensor:
        """Tokens (B, L, P, Q), those of ``kept`` among them.

        ``report`` gets ("composing" or "refining", fraction) and may raise to cancel."""
        tell = report or (lambda phase, fraction: None)
        base = self.masked.generate(
            condition, lengths, rounds=rounds, guidance=guidance, temperature=temperature, keep=keep, generator=generator,
            kept=kept, after_round=lambda fraction: tell("composing", fraction),
        )  # fmt: skip
        return self.residual.complete(
            base, condition, lengths, temperature=residual_temperature, keep=keep, generator=generator,
            kept=kept, after_layer=lambda fraction: tell("refining", fraction),
        )  # fmt: skip
