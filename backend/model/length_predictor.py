"""How long a motion is to be, read from the condition. Ours.

How the paper finds the length is not known to us; MoMask reads it from the text in a similar way.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

HIDDEN = 64  # width of the hidden layer


class LengthPredictor(nn.Sequential):
    """Token counts 1..longest from a condition (B, S, width) of ``size`` = S * width numbers."""

    def __init__(self, size: int, longest: int) -> None:
        super().__init__(nn.Linear(size, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, longest))
        self.longest = longest

    def loss(self, condition: Tensor, counts: Tensor) -> Tensor:
        """Cross-entropy with soft targets, counts (B,): a length a token off is nearly as good."""
        grid = torch.arange(1, self.longest + 1, device=counts.device)
        near = torch.softmax(-((grid - counts[:, None]) ** 2) / 2.0, dim=-1)
        return F.cross_entropy(self(condition.flatten(1)).float(), near)

    @torch.no_grad()
    def draw(self, condition: Tensor, generator: torch.Generator) -> Tensor:
        """Token counts (B,), drawn from the likelier half of the probability mass: no odd lengths."""
        probabilities = self(condition.flatten(1)).softmax(-1)
        ordered, order = probabilities.sort(dim=-1, descending=True)
        ordered[(ordered.cumsum(-1) - ordered) > 0.5] = 0.0
        drawn = torch.multinomial(ordered.cpu(), 1, generator=generator).to(order.device)
        return order.gather(-1, drawn)[:, 0] + 1
