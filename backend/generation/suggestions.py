"""What one could say instead: the actions nearest to something that was not understood.

The meaning head ranks the actions; their wordings are the phrases of the training data. Only a wording that this very model
understands is suggested, so that no suggestion is refused in its turn.
"""

from __future__ import annotations

from torch import Tensor

from ..audio.encoder import AudioEncoder
from ..errors import UserError
from ..language.captions import phrases_of
from ..language.english import YOU, inflect_phrase
from ..language.instruction import Action, Instruction
from ..language.lexicon import base_of, frame_words, words_of
from ..language.meaning import MeaningClasses
from ..model.instruct import InstructModel
from .confidence import LIMIT, ConfidenceModel
from .steps import steps_of
from .transcript import Transcript, transcript_of_text

TRIED = 5  # wordings of an action
KINDS_TRIED = 12
# words that many kinds share, so that sharing them says nothing
_SAY_LITTLE = frozenset([
    "left", "leave", "right", "hand", "arm", "foot", "leg", "head", "body", "up", "down", "forward", "back", "play",
    "take", "put", "hold", "big",
    "little", "two", "floor", "ground",
])


def suggest_instructions(
    model: InstructModel, encoder: AudioEncoder, judge: ConfidenceModel, transcript: Transcript, count: int = 3
) -> tuple[str, ...]:
    """The likeliest actions of different kinds in words, likeliest first, at most ``count``.

    Of a typed text only those that share a content word with it: others would be noise."""
    scores = model.meaning.action_scores(model.y_of(transcript.batch()).flatten(1))[0]
    found: list[str] = []
    for action in likeliest_of_each_kind(scores, model.meaning.actions, model.classes)[:KINDS_TRIED]:
        if transcript.typed and not _shares_word(action, transcript):
            continue
        said = understood_wording(model, encoder, judge, action)
        if said:
            found.append(said)
        if len(found) == count:
            break
    return tuple(found)


def _shares_word(action: Action, transcript: Transcript) -> bool:
    """Whether an action is said with a content word of a text."""
    said = {base_of(word) for piece in transcript.pieces for word in piece.told if word not in frame_words()}
    return bool(said & (words_of(action) - frame_words() - _SAY_LITTLE))


def likeliest_of_each_kind(scores: Tensor, actions: Tensor, classes: MeaningClasses) -> list[Action]:
    """The likeliest variant of every kind without speed and count, likeliest kind first.

    scores (A,) belong to actions (A, fields); row 0 of both is no action."""
    best: dict[str, Action] = {}
    for row in scores[1:].argsort(descending=True).tolist():
        action = classes.decode_action(actions[row + 1].tolist())
        best.setdefault(action.kind, Action(action.kind, action.side, action.direction))
        if len(best) == len(classes.kinds):
            break
    return list(best.values())


def understood_wording(model: InstructModel, encoder: AudioEncoder, judge: ConfidenceModel, action: Action) -> str:
    """The first phrase for an action that is understood as that action; empty if none is."""
    wanted = Instruction.of(action)
    for phrase in dict.fromkeys(phrases_of(action)[:TRIED]):
        text = inflect_phrase(phrase, "base", YOU)
        try:
            steps = steps_of(model, transcript_of_text(encoder, text, model.reads_text))
        except UserError:  # of words that this encoder does not have
            continue
        if [step.meaning for step in steps] == [wanted] and judge.of_text(steps[0].sureness) >= LIMIT:
            return text
    return ""
