"""The instruction model of packs with a closed condition: y, and slots of the meaning.

Such packs are used, no longer trained. Leaves with the last of them; `instruct` has the open condition.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..language.meaning import MeaningClasses
from .audio_to_motion import AudioToMotion, InstructConfig
from .length_predictor import LengthPredictor
from .meaning_slots import MeaningSlots


class ClosedInstructModel(AudioToMotion):
    """All trained networks between the audio encoder and the tokenizer.

    Raises ValueError for motions that this version does not know."""

    def __init__(self, config: InstructConfig) -> None:
        self.classes = MeaningClasses(config.kinds, config.directions, config.styles, config.variants)
        super().__init__(config)
        width = config.width
        self.meaning = MeaningSlots(config.slots * width, self.classes, width)
        whole = (config.slots + self.meaning.places) * width
        self.length = LengthPredictor(whole, config.longest)

    reads_text = False  # typed text comes in as the posteriors of certain words

    def y_of(self, batch: dict[str, Tensor]) -> Tensor:
        """y (B, slots, width) of a `speech_batch`."""
        return self.memory_retrieval_attention(batch)

    def full_condition(self, y: Tensor, asked: list[dict[str, float]] | None = None, meant: Tensor | None = None) -> Tensor:
        """The condition (B, S, width), S = slots + places: y and the slots of a meaning.

        The slots are those of ``meant`` (B, fields), or without it of an untold meaning. Numbers cannot be told."""
        untold = torch.full((len(y),), meant is None, device=y.device)
        if meant is None:
            meant = torch.zeros(len(y), len(self.classes.counts), dtype=torch.long, device=y.device)
        return torch.cat([y, self.meaning(meant, untold)], dim=1)

    def draw_length(self, condition: Tensor, generator: torch.Generator) -> Tensor:
        """Token counts (B,) for a condition (B, S, width)."""
        return self.length.draw(condition, generator)
