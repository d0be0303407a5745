"""What of an instruction was understood: its steps, and the account of its words. Ours.

A step whose verb the pack does not know is left out; where no other remains, or it is no instruction at all, it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..language.account import (
    DONE,
    NEARLY,
    AccountedWord,
    UnderstoodStep,
    account_of,
    head_is_unknown,
    says_something,
    share_done,
)
from ..language.exclusions import is_question, is_talk, only_negated
from ..language.pieces import MARK
from ..language.rewriting import Known
from .steps import Step
from .transcript import Transcript


@dataclass(frozen=True)
class UnderstoodInstruction:
    """Steps that can be done, the account of all words, and why it is to be refused; "" if not.

    ``problem`` is a sentence's end, such as "asks something"."""

    steps: list[Step]
    words: list[AccountedWord]
    problem: str = ""

    @property
    def trust(self) -> float:
        """What confidence is worth, 0.5..1, by the share of words that are done."""
        return 0.5 + 0.5 * share_done(self.words)


def understand(transcript: Transcript, steps: list[Step], known: Known) -> UnderstoodInstruction:
    """Judge the steps of an instruction by its words."""
    owners = _owners(transcript, steps)
    meant = [UnderstoodStep(step.meaning, _numbers(step)) for step in steps]
    words = account_of(transcript.pieces, owners, meant, known)
    heard = [word for piece in transcript.pieces for word in (piece.told or piece.said.lower().split()) if piece.how != MARK]
    if is_question(heard, asked=bool(transcript.pieces) and transcript.pieces[-1].said == "?"):
        return UnderstoodInstruction(steps, words, "asks something")
    if not transcript.typed:
        return UnderstoodInstruction(steps, words)
    if only_negated(transcript.pieces):
        return UnderstoodInstruction(steps, words, "only says what is not to be done")
    if is_talk(heard) and any(word.state not in (DONE, NEARLY) for word in words):
        return UnderstoodInstruction(steps, words, "seems to be said to somebody else")
    done = [number for number in range(len(steps)) if not _is_strange(number, transcript, owners, words, known)]
    if not done:
        return UnderstoodInstruction(steps, words, "names no motion that is known")
    if len(done) == len(steps):
        return UnderstoodInstruction(steps, words)
    kept = [steps[number] for number in done]
    places = [done.index(owner) if owner in done else len(done) if owner >= 0 else -1 for owner in owners]
    left = [*(meant[number] for number in done), UnderstoodStep(None)]
    return UnderstoodInstruction(kept, account_of(transcript.pieces, places, left, known))


def _numbers(step: Step) -> dict[str, float]:
    return step.asked | ({} if step.seconds is None else {"seconds": step.seconds})


def _is_strange(number: int, transcript: Transcript, owners: list[int], words: list[AccountedWord], known: Known) -> bool:
    """Whether a step's verb is unknown, or nothing that was said of it is done."""
    own = [piece for piece, owner in zip(transcript.pieces, owners, strict=True) if owner == number]
    if head_is_unknown(own, known):
        return True
    return not says_something([word for word in words if word.step == number])


def _owners(transcript: Transcript, steps: list[Step]) -> list[int]:
    """The step of every piece; -1 for joining words and pieces outside.

    A piece that the model is not told belongs to the step before it, or behind a joining word to the next."""
    step_of_word = {word: number for number, step in enumerate(steps) for word in step.words}
    owners: list[int | None] = [None] * len(transcript.pieces)
    for word, piece in enumerate(transcript.piece_of):
        owners[piece] = step_of_word.get(word, -1)
    for number, piece in enumerate(transcript.pieces):
        if piece.how == MARK:
            owners[number] = -1
    found: list[int] = []
    for number, owner in enumerate(owners):
        if owner is None:
            before = found[-1] if found else -1
            behind = next((other for other in owners[number:] if other is not None and other >= 0), -1)
            earlier = next((other for other in reversed(found) if other >= 0), -1)
            owner = before if before >= 0 else behind if behind >= 0 else earlier
        found.append(owner)
    return found
