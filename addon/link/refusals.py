"""Refused requests: those the backend did not understand, and what it could do instead."""

from __future__ import annotations

from dataclasses import dataclass

from .tasks import Outcome, Task

NOT_SURE = 0.75  # confidence below which the panel warns; the backend refuses below 0.5
CODE = "not_understood"


@dataclass(frozen=True)
class Refusal:
    """A request that the backend took for no instruction.

    Attributes:
        operator: the one that asked, and can ask again; empty where it has no button of its own.
        nearest: instructions that the backend understands, likeliest first.
    """

    operator: str
    nearest: tuple[str, ...]


def refusal_of(task: Task, outcome: Outcome) -> Refusal | None:
    """The refusal that ended a task; None where it ended otherwise."""
    if outcome.event.get("event") != "error" or outcome.event["code"] != CODE:
        return None
    return Refusal(task.operator, tuple(outcome.event["nearest"]))


def is_unsure(confidence: float | None) -> bool:
    """Whether the user should be told that the backend may have misheard."""
    return confidence is not None and confidence < NOT_SURE
