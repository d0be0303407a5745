"""The motions nearest to something that was not understood, as sentences one may say or type instead.

Which they are, the meaning head says; how one asks for them, the phrases that speech and text were trained on. Only what this
very model understands in that wording is offered, so that no offer is refused in its turn.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from ..data import meaning as meanings
from ..data.captions import phrases_of
from ..data.english import YOU, render
from ..data.instruction import Action, Instruction
from ..data.kinds import all_kinds
from .instruct import InstructModel

TRIED = 5  # wordings of an action
KINDS_TRIED = 12

Read = Callable[[str], dict[str, Tensor]]


def nearest_motions(
    model: InstructModel, speech: dict[str, Tensor], read: Read, passes: Callable[[float], bool], count: int = 3
) -> tuple[str, ...]:
    """The likeliest single actions of different kinds, in words, likeliest first.

    Args:
        model: whose meaning head is asked.
        speech: what was said, as `InstructModel.understand` wants it.
        read: the same of a text. UserError where no word of it is known.
        passes: whether a text whose meaning has this log-probability is understood.
        count: how many at most; there may be fewer.
    """
    scores = model.meaning.single_actions(model.hear(speech).flatten(1))[0]
    found: list[str] = []
    for action in likeliest_of_each_kind(scores, model.meaning.actions)[:KINDS_TRIED]:
        said = wording(model, action, read, passes)
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
        instruction = meanings.decode(actions[row + 1].tolist() + [0] * (len(meanings.classes()) - meanings.FIELDS))
        action = instruction.steps[0][0]
        best.setdefault(action.kind, Action(action.kind, action.side, action.direction))
        if len(best) == len(all_kinds()):
            break
    return list(best.values())


def wording(model: InstructModel, action: Action, read: Read, passes: Callable[[float], bool]) -> str:
    """The first phrase for an action that is understood as just that; empty where none is."""
    wanted = torch.tensor(meanings.encode(Instruction.of(action)))
    for phrase in dict.fromkeys(phrases_of(action)[:TRIED]):
        text = render(phrase, "base", YOU)
        _, numbers, sureness = model.understand(read(text))
        if torch.equal(numbers[0].cpu(), wanted) and passes(float(sureness)):
            return text
    return ""
