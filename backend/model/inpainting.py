"""Tokens that are given: generation fills in the rest around them.

The masked transformer learns from random masks, so it can be told any part of a motion without further training. Which tokens are
kept, and why, is `generation.windows`' matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class KeptTokens:
    """Tokens (B, L, P, Q), and a mask (B, L, P) of those that are kept, in all layers."""

    tokens: Tensor
    mask: Tensor

    @classmethod
    def of(cls, tokens: Tensor, mask: Tensor) -> KeptTokens:
        """With a mask (B, L) both body parts of a position are kept.

        Raises ValueError if the shapes do not fit."""
        if mask.dim() == 2:
            mask = mask[..., None].expand(*mask.shape, tokens.shape[2])
        if mask.shape != tokens.shape[:3]:
            raise ValueError(f"a mask {tuple(mask.shape)} does not fit tokens {tuple(tokens.shape)}")
        return cls(tokens, mask)

    def layer(self, number: int, others: Tensor) -> Tensor:
        """Tokens (B, L, P) of one layer: the kept ones where there are any, else ``others``."""
        return torch.where(self.mask, self.tokens[..., number], others)
