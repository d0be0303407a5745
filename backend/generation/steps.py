"""What was said, as steps to be done one after another: each with its own condition, meaning and length.

Sentences are taken apart by `data.clauses`; the model itself knows two steps in one sentence, and tells here whether a clause that
could be parted at an "and" means two. Motion is made of the steps by `chain`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from ..errors import UserError
from ..language import meaning as meanings
from ..language.clauses import MAX_STEPS, split_clauses, splits_at_and, splits_at_verbs
from ..language.durations import spoken_seconds
from ..language.instruction import Instruction
from ..language.kinds import kind_of
from ..model.instruct import InstructModel
from ..model.tokenizer import FRAMES_PER_TOKEN
from ..motion.motion import FPS
from .ours import EVERYTHING, Ours
from .transcript import Transcript

# of 1,500 sentences of the grammar these part three more than the "and"s that are meant, and two of them rightly
NO_SENSE, SENSE = math.log(0.7), math.log(0.9)


@dataclass(frozen=True)
class Step:
    """Something to do: condition (1, S, width), what was understood, its log-probability, the words, and seconds if said."""

    condition: Tensor
    meaning: Instruction | None
    sureness: float
    text: str
    seconds: float | None

    @property
    def gesture(self) -> bool:
        """Whether only the upper body has something to do."""
        actions = [action for step in self.meaning.steps for action in step] if self.meaning else []
        return bool(actions) and all(kind_of(action).part == "upper" for action in actions)

    @property
    def simultaneous(self) -> bool:
        """Whether two things are to be done at once."""
        return bool(self.meaning) and any(len(step) > 1 for step in self.meaning.steps)


def steps_of(model: InstructModel, stream: Transcript, ours: Ours = EVERYTHING) -> list[Step]:
    """The steps of an instruction, at least one. Raises UserError ``too_many_steps``."""
    if not ours.clauses:
        return [_step(model, stream, None, ours)]
    found = split_clauses(stream.words, stream.pauses)
    if len(found) < 2 and len(found[0] if found else ()) == len(stream.words):
        found = [None]  # all of it, with the silence before and after
    steps: list[Step] = []
    alone = False  # whether the clause before is one step
    for number, clause in enumerate(found):
        parts = _split_clause(model, stream, clause, ours, listed=number + 1 < len(found))
        paused = number and clause.start == found[number - 1].stop  # nothing was said between them
        if paused and len(parts) == 1 and _repeats(steps[-1], parts[0]):
            steps[-1] = max(steps[-1], parts[0], key=lambda step: (step.seconds is not None, step.sureness))
            continue
        both = range(found[number - 1].start, clause.stop) if paused and alone else None
        whole = _joined_over_pause(model, stream, both, [steps[-1], *parts], ours) if both else None
        if whole is not None:
            steps[-1] = whole
        else:
            steps += parts
        alone = whole is None and len(parts) == 1
    if len(steps) > MAX_STEPS:
        raise UserError(
            "too_many_steps", f"“{stream.text[:200]}” asks for {len(steps)} things in a row; {MAX_STEPS} are the most.",
            "Say the rest in a second instruction that starts from the pose at which the first ends.",
        )  # fmt: skip
    return steps


def _repeats(before: Step, step: Step) -> bool:
    """Whether a step says in other words what was said before it ("don't move, stay right there"): that is to be done once."""
    return step.meaning is not None and step.meaning == before.meaning and step.text != before.text


def _joined_over_pause(model: InstructModel, stream: Transcript, words: range, apart: list[Step], ours: Ours) -> Step | None:
    """What is said on both sides of a pause as one step, where only that makes sense ("walk in a circle, to the right")."""
    if min(step.sureness for step in apart) > NO_SENSE:
        return None
    whole = _step(model, stream, words, ours)
    return whole if whole.sureness > SENSE and whole.meaning and len(whole.meaning.steps) == 1 else None


def _split_clause(model: InstructModel, stream: Transcript, clause: range | None, ours: Ours, listed: bool = False) -> list[Step]:
    """A clause as one step; as two where it has an "and" and its halves mean what the whole does, or where only they make sense.

    In a list only the last item has a word in front that says so ("walk forward, turn left, then wave" without its commas): before
    that (``listed``) a verb that begins something is the next item, whatever the whole could mean.

    Sentences that nobody trained on are put together in more ways than the model knows: then it is not sure of the whole ("walk
    forward and turn around", "walk forward jump twice sit down"), and of its halves it is."""
    step, words = _step(model, stream, clause, ours), clause or range(len(stream.words))
    if step.meaning is None:
        return [step]
    ands = splits_at_and(stream.words, words)
    for halves in ands if len(step.meaning.steps) > 1 else ():
        first, second = (_step(model, stream, half, ours) for half in halves)
        if first.meaning and second.meaning and first.meaning.then(second.meaning) == step.meaning:
            return [first, second]
    unsure = step.sureness < NO_SENSE
    places = [*(ands if unsure else ()), *(splits_at_verbs(stream.words, words) if unsure or listed else ())]
    if places:
        sureness = [_split_sureness(*(_step(model, stream, half, ours) for half in halves)) for halves in places]
        if max(sureness) > SENSE:
            return [
                step for half in places[sureness.index(max(sureness))] for step in _split_clause(model, stream, half, ours, listed)
            ]
    return [step]


def _split_sureness(first: Step, second: Step) -> float:
    """How sure it is that these are two steps, as a log-probability."""
    one, other = first.meaning, second.meaning
    apart = one and other and one != other and len(one.steps) == len(other.steps) == 1
    return min(first.sureness, second.sureness) if apart else -math.inf


def _step(model: InstructModel, stream: Transcript, clause: range | None, ours: Ours) -> Step:
    condition, numbers, sureness = model.understand(stream.batch(clause), told=ours.meaning)
    text = (stream.typed or stream.text) if clause is None else " ".join(stream.words[i] for i in clause)
    seconds = spoken_seconds(text) if ours.durations else None
    return Step(condition, meanings.decode(numbers[0].tolist()), float(sureness[0]), text, seconds)


def token_counts(model: InstructModel, steps: list[Step], generator: torch.Generator, frames: int | None) -> list[int]:
    """Tokens for every step: those of the seconds that were said, or drawn by the model; shared out where ``frames`` are set."""
    counts = [
        round(step.seconds * FPS / FRAMES_PER_TOKEN)
        if step.seconds is not None
        else int(model.draw_length(step.condition, generator))
        for step in steps
    ]
    if frames is None:
        return counts
    total = -(-frames // FRAMES_PER_TOKEN)
    edges = [round(total * sum(counts[:i]) / sum(counts)) for i in range(len(counts) + 1)]
    return [b - a for a, b in pairwise(edges)]
