"""The motions nearest to something that was not understood, as sentences one may say or type instead.

Which they are, the meaning head says; how one asks for them, the phrases that speech and text were trained on. Only what this
very model understands in that wording is offered, so that no offer is refused in its turn.
"""

from __future__ import annotations

from torch import Tensor

from ..audio.encoder import AudioEncoder
from ..errors import UserError
from ..language import meaning as meanings
from ..language.captions import phrases_of
from ..language.english import YOU, inflect_phrase
from ..language.instruction import Action, Instruction
from ..language.kinds import all_kinds
from ..model.instruct import InstructModel
from .confidence import LIMIT, ConfidenceModel
from .steps import steps_of
from .transcript import Transcript, transcript_of_text

TRIED = 5  # wordings of an action
KINDS_TRIED = 12


def suggest_instructions(
    model: InstructModel, encoder: AudioEncoder, judge: ConfidenceModel, stream: Transcript, count: int = 3
) -> tuple[str, ...]:
    """The likeliest single actions of different kinds, in words, likeliest first; ``count`` at most, there may be fewer."""
    scores = model.meaning.action_scores(model.memory_retrieval_attention(stream.batch()).flatten(1))[0]
    found: list[str] = []
    for action in likeliest_of_each_kind(scores, model.meaning.actions)[:KINDS_TRIED]:
        said = understood_wording(model, encoder, judge, action)
        if said:
            found.append(said)
        if len(found) == count:
            break
    return tuple(found)


def likeliest_of_each_kind(scores: Tensor, actions: Tensor) -> list[Action]:
    """The best variant of every kind, likeliest kind first, without speed and count.

    scores (A,) are of actions (A, FIELDS); row 0 of both is no action.
    """
    best: dict[str, Action] = {}
    for row in scores[1:].argsort(descending=True).tolist():
        instruction = meanings.decode(actions[row + 1].tolist() + [0] * (len(meanings.class_counts()) - meanings.FIELDS))
        action = instruction.steps[0][0]
        best.setdefault(action.kind, Action(action.kind, action.side, action.direction))
        if len(best) == len(all_kinds()):
            break
    return list(best.values())


def understood_wording(model: InstructModel, encoder: AudioEncoder, judge: ConfidenceModel, action: Action) -> str:
    """The first phrase for an action that is understood as just that; empty where none is."""
    wanted = Instruction.of(action)
    for phrase in dict.fromkeys(phrases_of(action)[:TRIED]):
        text = inflect_phrase(phrase, "base", YOU)
        try:
            steps = steps_of(model, transcript_of_text(encoder, text))
        except UserError:  # of words that this encoder does not have
            continue
        if [step.meaning for step in steps] == [wanted] and judge.of_text(steps[0].sureness) >= LIMIT:
            return text
    return ""
