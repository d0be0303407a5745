"""Sentences for an instruction: written descriptions and commands ("original") and what people really say ("oral").

Sentences are only ever generated from an instruction, never parsed back, so wording can grow without touching anything
else. Phrases per kind are data (``phrases.json``, marked as `english` explains); this file composes them with sides,
directions, speeds, counts, "then" and "while". `sample` decides which instructions are worth speaking.
"""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path

from . import frames
from .english import FORMS, PERSONS, YOU, Person, is_clause, normalise, render
from .instruction import Action, Instruction
from .kinds import all_kinds, check, variant_of
from .sample import sample_instruction

__all__ = ["MAX_WORDS", "STYLES", "normalise", "phrases_of", "sample_instruction", "sentences", "vocabulary"]

STYLES = ("original", "oral")
MAX_WORDS = 22

_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
_TIMES = {2: ("twice", "two times"), 3: ("three times",), 4: ("four times",), 5: ("five times",)}
_CLOCK = {"left": ("counterclockwise",), "right": ("clockwise",)}
_AFTER_SPEED = {
    "slow": (
        "slowly", "slowly", "slowly", "very slowly",
        "really slowly", "slow", "real slow", "at a slow pace", "nice and slow",
    ),
    "fast": ("quickly", "quickly", "fast", "really fast", "very fast", "very quickly", "at a fast pace", "real quick"),
}  # fmt: skip
_BEFORE_SPEED = {"slow": ("slowly", "slowly", "very slowly"), "fast": ("quickly", "quickly")}


@cache
def _phrases() -> dict[str, dict[str, list[str]]]:
    return json.loads((Path(__file__).parent / "phrases.json").read_text(encoding="utf-8"))


def phrases_of(action: Action) -> list[str]:
    """The marked phrases for an action's kind and variant, left/right filled in; nothing of speed and count."""
    groups, variant = _phrases()[action.kind], variant_of(action)
    found = [phrase for name in sorted(_group_names(variant)) for phrase in groups.get(name, ())]
    if not found:
        raise ValueError(f"no words for {action.key!r}")
    return [_fill(phrase, variant) for phrase in found]


def _group_names(variant: str) -> set[str]:
    """The groups of phrases for a variant: its own, and the one shared by left and right."""
    return {variant, variant.replace("left", "lr").replace("right", "lr")}


def _fill(phrase: str, variant: str) -> str:
    hand = "left" if "left" in variant else "right"
    return phrase.replace("{lr}", hand).replace("{clock}", _CLOCK[hand][0])


def _counted(action: Action, rng: random.Random) -> str:
    """A marked phrase with the count said in it: "... three times", or a counting phrase ("do three kicks")."""
    variant = variant_of(action)
    plain = phrases_of(action)
    if action.count == 1:
        return rng.choice(plain)
    groups = _phrases()[action.kind]
    nouns = [phrase for name in sorted(_group_names(variant)) for phrase in groups.get(name + "#", ())]
    if nouns and rng.random() < 0.4:
        return _fill(rng.choice(nouns), variant).replace("{n}", _NUMBERS[action.count])
    usable = [phrase for phrase in plain if "some" not in phrase.split() and "start" not in phrase]
    times = _TIMES.get(action.count, (f"{_NUMBERS[action.count]} times",))
    return f"{rng.choice(usable or plain)} {rng.choice(times)}"


def _clause(action: Action, rng: random.Random, form: str, person: Person) -> str:
    """An action as words in a verb form, for instance "slowly walking forward"."""
    phrase = _counted(action, rng)
    while form != "base" and not is_clause(phrase):
        phrase = _counted(action, rng)
    if action.speed:
        if rng.random() < 0.25 and is_clause(phrase):
            phrase = f"{rng.choice(_BEFORE_SPEED[action.speed])} {phrase}"
        else:
            phrase = f"{phrase} {rng.choice(_AFTER_SPEED[action.speed])}"
    return render(phrase, form, person)


def _step(step: tuple[Action, ...], rng: random.Random, form: str, person: Person) -> str:
    """One step: a clause, or two clauses joined by "while" / "as"."""
    if len(step) == 1:
        return _clause(step[0], rng, form, person)
    legs, upper = step
    main, other = (legs, upper) if rng.random() < 0.65 else (upper, legs)
    first = _clause(main, rng, form, person)
    draw = rng.random()
    finite = person.again_form
    if draw < 0.6:
        return f"{first} while {_clause(other, rng, 'ing', person)}"
    if draw < 0.7:
        return f"{first} while {person.subject_again} {_clause(other, rng, finite, person)}"
    if draw < 0.85:
        return f"{first} as {person.subject_again} {_clause(other, rng, finite, person)}"
    return f"{first} and {_clause(other, rng, form, person)} at the same time"


def _steps(instruction: Instruction, rng: random.Random, form: str, person: Person) -> str:
    """All steps joined by "then" and its kin, each in the given form."""
    if len(instruction.steps) == 2 and form != "ing" and rng.random() < 0.12:
        first, second = instruction.steps
        if rng.random() < 0.5:
            return f"{_step(first, rng, form, person)} before {_step(second, rng, 'ing', person)}"
        return f"{_step(second, rng, form, person)} after {_step(first, rng, 'ing', person)}"
    text = _step(instruction.steps[0], rng, form, person)
    if len(instruction.steps) > 1 and rng.random() < 0.1:
        text = f"first {text}"
    for step in instruction.steps[1:]:
        text += rng.choice(frames.JOINS) + _step(step, rng, form, person)
    return text


def _speak(instruction: Instruction, rng: random.Random, style: str) -> str:
    frame = frames.pick(rng, style)
    text = frame.text.replace("{do}", _steps(instruction, rng, frame.form, frame.person))
    return frames.hesitate(text, rng) if style == "oral" else text


def sentences(instruction: Instruction, rng: random.Random, style: str = "original", n: int = 1) -> list[str]:
    """`n` sentences that say the instruction, lower case, with commas where a speaker would pause.

    Args:
        instruction: what to say; must be in the table of kinds (ValueError otherwise).
        rng: the only source of variety: the same state gives the same sentences.
        style: "original" (commands and written descriptions) or "oral" (how people talk to a tool).
        n: how many; they may repeat where the instruction has few wordings.
    """
    if style not in STYLES:
        raise ValueError(f"unknown style {style!r}")
    check(instruction)
    made: list[str] = []
    for _ in range(n):
        options = [_speak(instruction, rng, style)]
        # long instructions in wordy frames: say it again, and keep the shortest of a few attempts
        while len(options[-1].split()) > MAX_WORDS and len(options) < 12:
            options.append(_speak(instruction, rng, style))
        made.append(min(options, key=lambda text: len(text.split())))
    return made


@cache
def vocabulary() -> list[str]:
    """Every word `sentences` can produce, sorted. Made by enumeration, so it is the same on every machine."""
    texts = [*frames.all_texts()]
    for table in (_TIMES, _AFTER_SPEED, _BEFORE_SPEED):
        texts += [text for group in table.values() for text in group]
    texts += [_NUMBERS[count] for count in range(2, max(kind.max_count for kind in all_kinds().values()) + 1)]
    texts += ["while as and at the same time before after first times"]
    for person in PERSONS:
        texts += [person.subject, person.object, person.possessive, person.be, person.subject_again]
    for groups in _phrases().values():
        for phrase in (phrase for group in groups.values() for phrase in group):
            for form in FORMS:
                text = render(phrase, form, YOU).replace("{n}", " ")
                texts += [text.replace("{lr}", "left right").replace("{clock}", "clockwise counterclockwise")]
    return sorted({word for text in texts for word in normalise(text).split()} - {"lr", "clock", "n"})
