"""How sure the backend is of having understood, and what can be done where it is not. Plain Python, no bpy."""

from __future__ import annotations

from dataclasses import dataclass

from .tasks import Outcome, Task

NOT_SURE = 0.75  # below it the panel says so; the backend refuses below 0.5
CODE = "not_understood"


@dataclass(frozen=True)
class Refusal:
    """A request that was taken for no instruction.

    Attributes:
        operator: the one that asked, and can ask again; empty where it has no button of its own.
        nearest: instructions that are understood, likeliest first.
    """

    operator: str
    nearest: tuple[str, ...]


def refusal_of(task: Task, outcome: Outcome) -> Refusal | None:
    """The refusal in which a task has ended; None where it ended otherwise."""
    if outcome.event.get("event") != "error" or outcome.event["code"] != CODE:
        return None
    return Refusal(task.operator, tuple(outcome.event["nearest"]))


def is_unsure(confidence: float | None) -> bool:
    """Whether it is so little sure that the user should know."""
    return confidence is not None and confidence < NOT_SURE
