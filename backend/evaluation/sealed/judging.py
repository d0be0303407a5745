"""One answer against one sentence of a sealed set.

The reading that fits best counts. Something else than what was asked for is wrong: another motion, the other side, a style that
nobody asked for. What was left out is `TOLD` if the account names at least as many words that are not done, else `PARTLY`. What the
pack has no motion for may be left out in the same way, or the whole sentence be refused.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from .answers import SealedAnswer
from .comparing import Differences, differences, lacks
from .prompts import SealedPrompt, words_of


class Outcome(StrEnum):
    """What an answer is worth."""

    DONE = "done"
    TOLD = "told"
    REFUSED_RIGHTLY = "refused rightly"
    PARTLY = "partly, silent"
    WRONG = "wrong, silent"
    REFUSED_WRONGLY = "refused wrongly"


RIGHT = (Outcome.DONE, Outcome.TOLD, Outcome.REFUSED_RIGHTLY)
SILENT = (Outcome.PARTLY, Outcome.WRONG)
_ORDER = (Outcome.DONE, Outcome.TOLD, Outcome.PARTLY, Outcome.WRONG)


@dataclass(frozen=True)
class Judged:
    """An outcome, and what is missing or wrong."""

    outcome: Outcome
    why: str = ""


def judge(prompt: SealedPrompt, answer: SealedAnswer, known: Collection[str]) -> Judged:
    """What an answer to a sentence is worth, by a pack that has the kinds ``known``."""
    if answer.meaning is None:
        if prompt.refuse:
            return Judged(Outcome.REFUSED_RIGHTLY)
        if all(lacks(reading, known) for reading in prompt.readings):
            return Judged(Outcome.REFUSED_RIGHTLY, "the pack has no such motion")
        return Judged(Outcome.REFUSED_WRONGLY, answer.said)
    if prompt.refuse:
        return _made_of_nothing(prompt, answer)
    found = [_of_reading(prompt, answer, differences(reading, answer, known, prompt.nearly)) for reading in prompt.readings]
    return min(found, key=lambda judged: _ORDER.index(judged.outcome))


def _made_of_nothing(prompt: SealedPrompt, answer: SealedAnswer) -> Judged:
    """A motion for what should have been refused: acceptable if it is near and that is told."""
    kinds = [action.kind for step in answer.meaning.steps for action in step]
    if not kinds or not set(kinds) <= set(prompt.nearly):
        return Judged(Outcome.WRONG, f"made {answer.meaning.key or 'something'}")
    return Judged(Outcome.TOLD if answer.told() else Outcome.PARTLY, f"made {answer.meaning.key}")


def _of_reading(prompt: SealedPrompt, answer: SealedAnswer, found: Differences) -> Judged:
    told, may_be_told = answer.told(), {word for each in prompt.tell for word in words_of(each)}
    unaccounted = sorted(may_be_told - answer.accounted())
    silent = [f"nothing about “{word}”" for word in unaccounted]
    why = "; ".join([*found.wrong, *found.omitted, *found.lacking, *found.off, *silent])
    if found.wrong or not found.matched:
        return Judged(Outcome.WRONG, why or "nothing of it was made")
    # A word of the sentence's objects that is told says nothing about what else was left out, except about the motion it goes with.
    left_out = len(found.omitted) + len(unaccounted) + max(0, len(found.lacking) - len(told & may_be_told))
    if left_out > len(told - may_be_told):
        return Judged(Outcome.PARTLY, why)
    if why or told & may_be_told:
        return Judged(Outcome.TOLD, why or "told: " + ", ".join(sorted(told & may_be_told)))
    return Judged(Outcome.DONE)
