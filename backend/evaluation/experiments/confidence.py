"""How well the confidence tells instructions from the rest: AUROC, and who is wrongly refused or let through."""

from __future__ import annotations

from ..understanding import measure
from .context import Context, Tell


def run(context: Context, tell: Tell) -> dict:
    """See `backend.evaluation.understanding.measure`. Raises UserError where recordings or test speech are missing."""
    tell(0, 1)
    return measure(context.generator, context.data, context.shared)
