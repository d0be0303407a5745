"""Control slots: measured controls appended to the condition. Ours.

Each may be unspecified. The transformers learn what a number means from measured motions (`motion.controls`), with numbers
hidden at random. A head reads the numbers back from y, so that what was heard is known in numbers too.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ..motion.controls import CONTROLS

GROUPS = {
    "path": ("turn", "ahead", "across", "way"),
    "rhythm": ("footfalls", "repetitions", "seconds"),
    "heights": ("lowest", "end_height", "left_hand", "right_hand"),
    "manner": ("tempo", "energy", "strength"),
}  # a slot each
WAVES = 4  # sine and cosine of every octave, so that near numbers are told apart
LARGEST = 4.0  # scaled values beyond are cut
DOUBT = (-5.0, 2.0)  # limits of the logarithm of a read number's variance


class ControlSlots(nn.Module):
    """Embeddings and head of the controls ``names``, scaled by `motion.controls.normalised`."""

    def __init__(self, condition_width: int, names: tuple[str, ...], width: int) -> None:
        super().__init__()
        if unknown := set(names) - set(CONTROLS):
            raise ValueError(f"controls that this version does not know: {', '.join(sorted(map(str, unknown)))}")
        self.names = names
        groups = [[names.index(name) for name in group if name in names] for group in GROUPS.values()]
        self.groups = [group for group in groups if group]
        self.embed = nn.Parameter(torch.randn(len(names), 1 + 2 * WAVES, width) * 0.1)
        self.unspecified = nn.Parameter(torch.randn(len(names), width) * 0.02)
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(condition_width, 2 * len(names))

    @property
    def slots(self) -> int:
        return len(self.groups)

    def forward(self, values: Tensor, known: Tensor) -> Tensor:
        """Slots (B, slots, width) of values (B, C), of which only the ``known`` (B, C) count."""
        v = values.clamp(-LARGEST, LARGEST)[..., None]
        angles = v * (2.0 ** torch.arange(WAVES, device=v.device)) * (math.pi / LARGEST)
        told = torch.einsum("bcf,cfw->bcw", torch.cat([v, angles.sin(), angles.cos()], dim=-1), self.embed)
        each = torch.where(known[..., None], told, self.unspecified)
        return self.norm(torch.stack([each[:, group].sum(1) for group in self.groups], dim=1))

    def read(self, y: Tensor) -> tuple[Tensor, Tensor]:
        """Numbers (B, C) heard in a flat condition (B, *), and the logarithm of their variance."""
        mean, doubt = self.head(y).float().chunk(2, dim=-1)
        return mean, doubt.clamp(*DOUBT)

    def loss(self, y: Tensor, values: Tensor, known: Tensor) -> Tensor:
        """Gaussian negative log-likelihood of the known values."""
        mean, doubt = self.read(y)
        error = 0.5 * ((values.clamp(-LARGEST, LARGEST) - mean).square() * (-doubt).exp() + doubt)
        return (error * known).sum() / known.sum().clamp_min(1)
