"""An instruction as steps in a row, each with its own condition, meaning and length. Ours.

`language.clauses` takes sentences apart. The model knows sentences of two steps itself, and decides here whether an "and" parts a
clause. `windows` generates the motion of the steps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor

from ..audio.words import split_words
from ..errors import UserError
from ..language.clauses import MAX_STEPS, split_clauses, splits_at_and, splits_at_verbs
from ..language.durations import spoken_seconds
from ..language.instruction import Instruction
from ..language.kinds import kind_of
from ..language.numbers import asked_numbers, in_range, turn_has_side
from ..language.said_styles import asked_strength
from ..model.instruct import InstructModel
from ..model.tokenizer import FRAMES_PER_TOKEN
from ..motion.motion import FPS
from .ours import EVERYTHING, Ours
from .transcript import Transcript

SIDED = frozenset({"left", "right", "circle-left", "circle-right"})  # directions that say where a turn goes
# log-probabilities; of 1,500 sentences of the grammar they split three that are no lists, two of them rightly
NO_SENSE, SENSE = math.log(0.7), math.log(0.9)


@dataclass(frozen=True)
class Step:
    """Something to do.

    Attributes:
        condition: (1, S, width) for the transformers.
        meaning: what was understood; None if nothing was.
        sureness: the meaning's log-probability.
        text: the words.
        seconds: the duration that was said, if any.
        asked: numbers that were said, by name of `motion.controls`.
        sided: whether left or right is known of a turn that was said.
        words: which words of the transcript.
    """

    condition: Tensor
    meaning: Instruction | None
    sureness: float
    text: str
    seconds: float | None
    asked: dict[str, float] = field(default_factory=dict)
    sided: bool = False
    words: range = range(0)

    @property
    def gesture(self) -> bool:
        """Whether only the upper body has something to do."""
        actions = [action for step in self.meaning.steps for action in step] if self.meaning else []
        return bool(actions) and all(kind_of(action).part == "upper" for action in actions)

    @property
    def simultaneous(self) -> bool:
        """Whether two actions are asked for at once."""
        return bool(self.meaning) and any(len(step) > 1 for step in self.meaning.steps)


def steps_of(model: InstructModel, transcript: Transcript, ours: Ours = EVERYTHING) -> list[Step]:
    """The steps of an instruction, at least one. Raises UserError ``too_many_steps``."""
    if not ours.clauses:
        return [_step(model, transcript, None, ours)]
    found = split_clauses(transcript.words, transcript.pauses)
    if len(found) < 2 and len(found[0] if found else ()) == len(transcript.words):
        found = [None]  # all of it, with the silence before and after
    steps: list[Step] = []
    alone = False  # whether the clause before is one step
    for number, clause in enumerate(found):
        parts = _split_clause(model, transcript, clause, ours, listed=number + 1 < len(found))
        paused = number and clause.start == found[number - 1].stop  # nothing was said between them
        if paused and len(parts) == 1 and _repeats(steps[-1], parts[0]):
            steps[-1] = max(steps[-1], parts[0], key=lambda step: (step.seconds is not None, step.sureness))
            continue
        both = range(found[number - 1].start, clause.stop) if paused and alone else None
        whole = _joined_over_pause(model, transcript, both, [steps[-1], *parts], ours) if both else None
        if whole is not None:
            steps[-1] = whole
        else:
            steps += parts
        alone = whole is None and len(parts) == 1
    if len(steps) > MAX_STEPS:
        raise UserError(
            "too_many_steps", f"“{transcript.text[:200]}” asks for {len(steps)} things in a row; {MAX_STEPS} are the most.",
            "Say the rest in a second instruction that starts from the pose at which the first ends.",
        )  # fmt: skip
    return steps


def _repeats(before: Step, step: Step) -> bool:
    """Whether a step repeats the one before in other words ("don't move, stay right there")."""
    return step.meaning is not None and step.meaning == before.meaning and step.text != before.text


def _joined_over_pause(model: InstructModel, transcript: Transcript, words: range, apart: list[Step], ours: Ours) -> Step | None:
    """The words on both sides of a pause as one step, if only that makes sense; else None.

    For example "walk in a circle, to the right"."""
    if min(step.sureness for step in apart) > NO_SENSE:
        return None
    whole = _step(model, transcript, words, ours)
    return whole if whole.sureness > SENSE and whole.meaning and len(whole.meaning.steps) == 1 else None


def _split_clause(
    model: InstructModel, transcript: Transcript, clause: range | None, ours: Ours, listed: bool = False
) -> list[Step]:
    """A clause as one step, or as two.

    It is two if it has an "and" and its halves mean what the whole means, or if only its halves make sense. The model is unsure of
    constructions it was not trained on ("walk forward and turn around", "walk forward jump twice sit down") and sure of their
    halves.

    In a list only the last item is announced by a word ("walk forward, turn left, then wave"). Before it (``listed``) a verb that
    can begin an item does, whatever the whole could mean."""
    step, words = _step(model, transcript, clause, ours), clause or range(len(transcript.words))
    if step.meaning is None:
        return [step]
    ands = splits_at_and(transcript.words, words)
    for halves in ands if len(step.meaning.steps) > 1 else ():
        first, second = (_step(model, transcript, half, ours) for half in halves)
        if first.meaning and second.meaning and first.meaning.then(second.meaning) == step.meaning:
            return [first, second]
    unsure = step.sureness < NO_SENSE
    places = [*(ands if unsure else ()), *(splits_at_verbs(transcript.words, words) if unsure or listed else ())]
    if places:
        sureness = [_split_sureness(*(_step(model, transcript, half, ours) for half in halves)) for halves in places]
        if max(sureness) > SENSE:
            return [
                step
                for half in places[sureness.index(max(sureness))]
                for step in _split_clause(model, transcript, half, ours, listed)
            ]
    return [step]


def _split_sureness(first: Step, second: Step) -> float:
    """The log-probability that these are two steps."""
    one, other = first.meaning, second.meaning
    apart = one and other and one != other and len(one.steps) == len(other.steps) == 1
    return min(first.sureness, second.sureness) if apart else -math.inf


def _step(model: InstructModel, transcript: Transcript, clause: range | None, ours: Ours) -> Step:
    with torch.inference_mode():
        y = model.y_of(transcript.batch(clause))
        numbers, sureness = model.meaning.likeliest(y.flatten(1))
        meaning = model.classes.decode(numbers[0].tolist())
        part = range(len(transcript.words)) if clause is None else clause
        text = (transcript.typed or transcript.text) if clause is None else " ".join(transcript.told(part))
        asked, sided = asked_of(split_words(text), meaning) if ours.controls else ({}, False)
        condition = model.full_condition(y, [asked], numbers if ours.meaning else None)
    seconds = spoken_seconds(text) if ours.durations else None
    return Step(condition, meaning, float(sureness[0]), text, seconds, asked, sided, part)


def asked_of(words: Sequence[str], meaning: Instruction | None) -> tuple[dict[str, float], bool]:
    """Numbers that were said of one step, and whether a turn's side is known.

    By name of `motion.controls`. Where no side was said it is that of the meaning."""
    asked, sided = in_range(asked_numbers(words)), turn_has_side(words)
    directions = {action.direction for step in meaning.steps for action in step} if meaning else set()
    if "turn" in asked and not sided and directions & SIDED:
        asked["turn"] *= -1.0 if directions & {"right", "circle-right"} else 1.0
        sided = True
    style = next((action.style for step in meaning.steps for action in step if action.style), "") if meaning else ""
    return asked | ({"strength": asked_strength(words, style)} if style else {}), sided


def token_counts(model: InstructModel, steps: list[Step], generator: torch.Generator, frames: int | None) -> list[int]:
    """Tokens of each step: from the seconds that were said, or drawn by the model.

    Where ``frames`` are set they are shared out in proportion."""
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
