"""The instruction model: paper A's stages (`audio_to_motion`) with an open condition.

Speech gives y by memory retrieval, typed text gives the same y by a stream of its own. Appended to y are measured controls, each of
which may be unspecified. Ours besides: the text stream, the controls, the head that reads the closed key, and a length predictor.
The losses of all parts are here; `backend.training.instruct` minimises them.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from ..language.meaning import MeaningClasses
from ..motion.controls import normalised
from .audio_to_motion import AudioToMotion, InstructConfig
from .control_slots import ControlSlots
from .length_predictor import LengthPredictor
from .meaning_head import MeaningHead
from .text_stream import SummedPooling, TextStream

Only = Literal["text", "words", "sound", "masked", "residual"]
UNCONDITIONAL = 0.1  # share of training rows without any condition, for classifier-free guidance
UNSPECIFIED = 0.3  # share of training rows without any control
TOLD = 0.4  # share of the controls that the other rows are told
BLURRED = 0.15  # noise on y in training, times its deviation: y of speech is near y of text, not equal
WEIGHTS = {
    "masked": 1.0, "residual": 0.5, "length": 0.1, "meaning": 1.0, "numbers": 0.1,
    "sound_meaning": 1.0, "sound_numbers": 0.1, "distance": 1.0, "contrast": 0.2,
}  # fmt: skip
SHARPNESS = 0.1  # temperature of the contrast


class InstructModel(AudioToMotion):
    """All trained networks between the audio encoder and the tokenizer.

    Raises ValueError for motions or controls that this version does not know."""

    def __init__(self, config: InstructConfig) -> None:
        self.classes = MeaningClasses(config.kinds, config.directions, config.styles, config.variants)
        super().__init__(config)
        width, flat = config.width, config.slots * config.width
        self.text_stream = TextStream(config.words, width, config.heads)
        self.text_pool = SummedPooling(width, config.slots)
        self.meaning = MeaningHead(flat, self.classes)
        self.controls = ControlSlots(flat, config.controls, width)
        whole = flat + self.controls.slots * width
        self.length = LengthPredictor(whole, config.longest)

    reads_text = True  # typed text has a stream of its own

    def y_of(self, batch: dict[str, Tensor]) -> Tensor:
        """y (B, slots, width) of a `text_batch`, or of an `audio_to_motion.speech_batch`."""
        if "text" in batch:
            return self.text_pool(*self.text_stream(batch["text"], batch["letters"], batch["text_padding"]))
        return self.memory_retrieval_attention(batch)

    def full_condition(self, y: Tensor, asked: list[dict[str, float]] | None = None, meant: Tensor | None = None) -> Tensor:
        """The condition (B, S, width): y, and slots of the controls ``asked`` of each row.

        ``meant``, the meaning that was read, is not told."""
        rows = [normalised(values, self.controls.names) for values in asked or [{}] * len(y)]
        values, known = (torch.stack([torch.from_numpy(row[i]) for row in rows]).to(y.device) for i in (0, 1))
        return torch.cat([y, self.controls(values, known).to(y)], dim=1)

    def loss(
        self, batch: dict[str, Tensor], generator: torch.Generator, only: Only | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Loss of a batch, and its parts.

        Every batch has a `text_batch`, meaning (B, fields), numbers and known (B, C) of the controls; for the generator tokens
        (B, L, P, Q) and padding (B, L), for the sound what `memory_retrieval_attention` takes.

        Args:
            only: "text" trains text stream, heads and masked transformer; "words" does so without motions, at a tenth of the time;
                "sound" the speech stream and memory retrieval towards the text's y; "masked" or "residual" one transformer on a y
                that stays. None trains everything at once."""
        losses: dict[str, Tensor] = {}
        with torch.set_grad_enabled(torch.is_grad_enabled() and only in (None, "text", "words")):
            y = self.y_of({name: batch[name] for name in ("text", "letters", "text_padding")})
        if only in (None, "text", "words"):
            losses["meaning"] = self.meaning.loss(y.flatten(1), batch["meaning"])
            losses["numbers"] = self.controls.loss(y.detach().flatten(1), batch["numbers"], batch["heard"])
        if only in (None, "sound"):
            losses |= self.sound_losses(batch, y)
        if only not in ("sound", "words"):
            losses |= self.generator_losses(batch, y, generator, only)
        return sum(WEIGHTS[name] * loss for name, loss in losses.items()), losses

    def sound_losses(self, batch: dict[str, Tensor], y: Tensor) -> dict[str, Tensor]:
        """How far the y of the sound is from the y (B, slots, width) of the same words typed."""
        heard, aim = self.memory_retrieval_attention(batch), y.detach()
        one, other = (F.normalize(x.flatten(1).float(), dim=-1) for x in (heard, aim))
        return {
            "sound_meaning": self.meaning.loss(heard.flatten(1), batch["meaning"]),
            "sound_numbers": self.controls.loss(heard.detach().flatten(1), batch["numbers"], batch["heard"]),
            "distance": F.smooth_l1_loss(heard.float(), aim.float()),
            "contrast": F.cross_entropy(one @ other.T / SHARPNESS, torch.arange(len(y), device=y.device)),
        }

    def generator_losses(
        self, batch: dict[str, Tensor], y: Tensor, generator: torch.Generator, only: Only | None
    ) -> dict[str, Tensor]:
        """Losses of both transformers and of the length, under y with some of the controls."""
        tokens, padding = batch["tokens"], batch["padding"]

        def some(share: float, *size: int) -> Tensor:
            return (torch.rand(*size, generator=generator) < share).to(tokens.device)

        blur = torch.randn(y.shape, generator=generator).to(y) * (BLURRED * y.detach().std())
        rows = len(tokens)
        told = batch["known"] & some(TOLD, *batch["known"].shape) & ~some(UNSPECIFIED, rows, 1)
        condition = torch.cat([y + blur, self.controls(batch["numbers"], told).to(y)], dim=1)
        losses: dict[str, Tensor] = {}
        if only != "residual":
            dropped = self.masked.drop_condition(condition, some(UNCONDITIONAL, rows))
            losses["masked"] = self.masked.loss(tokens[..., 0], dropped, padding, generator)
            losses["length"] = self.length.loss(condition, (~padding).sum(1))
        if only in (None, "residual"):
            losses["residual"] = self.residual.loss(tokens, condition, padding, generator)
        return losses

    def draw_length(self, condition: Tensor, generator: torch.Generator) -> Tensor:
        """Token counts (B,) for a condition (B, S, width)."""
        return self.length.draw(condition, generator)
