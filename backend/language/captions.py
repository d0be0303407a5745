"""Sentences for an instruction: written descriptions and commands ("original") and what people really say ("oral").

Sentences are only ever generated from an instruction, never parsed back, so wording can grow without touching anything
else. Phrases per kind are data (``phrases.json``, marked as `english` explains); this file composes them with sides,
directions, speeds, counts, "then" and "while". `sample` decides which instructions are worth speaking.
"""

from __future__ import annotations

import json
import random
import re
from functools import cache
from pathlib import Path

from . import frames
from .durations import SAID
from .english import BARE, FORMS, PERSONS, YOU, Person, is_clause, normalise, render
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
        "really slowly", "slow", "real slow", "at a slow pace", "nice and slow", "in slow motion",
    ),
    "fast": (
        "quickly", "quickly", "fast", "really fast",
        "very fast", "very quickly", "at a fast pace", "real quick", "nice and fast", "at full speed",
    ),
}  # fmt: skip
_BEFORE_SPEED = {"slow": ("slowly", "slowly", "very slowly"), "fast": ("quickly", "quickly")}

# what can go on for as long as one likes
_LASTING = frozenset(
    ("walk", "run", "jog", "march", "sneak", "zombie", "stand", "spin", "sidestep", "box", "wave", "raise_arm", "clap", "point",
     "nod", "shake_head", "crouch", "crawl", "kneel", "climb", "swim", "fly", "hop", "jumping_jack", "push_up", "sit_up",
     "rotate_arms", "balance", "dance", "salsa", "ballet", "breakdance", "cheer", "laugh", "talk", "dribble", "wash_window",
     "direct_traffic", "karate")
)  # fmt: skip
_TIMED = 0.08  # share of them that are said to last some seconds
# wordings of one move, or of a number of them: no seconds go with these
_MOMENTARY = re.compile(
    r"\b(?:two|three|four|five|twice|couple|few|some|gives?|giving|makes?|making|does|do|doing|takes?|taking|for a) "
)

_GOING = frozenset(("walk", "run", "jog", "march", "sneak", "sidestep"))
# ways to say that the legs have nothing to do
_STILL = (
    "{do} without moving {your} feet", "{do} without moving {your} feet", "{do} without moving {your} legs",
    "{do} without walking", "{do} while standing still", "{do} while standing in place", "{do} while standing there",
    "{do} on the spot", "{do} while keeping {your} feet still", "{do} while keeping {your} feet on the ground",
)  # fmt: skip


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
    """One step: a clause, or two clauses at once; now and then with the seconds it lasts."""
    if len(step) == 1:
        text = _clause(step[0], rng, form, person)
    else:
        text = _at_once(step, rng, form, person)
    lasting = all(action.kind in _LASTING and action.count == 1 for action in step)
    if lasting and rng.random() < _TIMED and not _MOMENTARY.search(text):
        text += " " + rng.choice(SAID)
    return text


def _at_once(step: tuple[Action, ...], rng: random.Random, form: str, person: Person) -> str:
    """Two clauses joined by "while" and its kin."""
    legs, upper = step
    if legs.kind == "stand" and rng.random() < 0.6:
        return _standing(upper, rng, form, person)
    main, other = (legs, upper) if rng.random() < 0.65 else (upper, legs)
    first = _clause(main, rng, form, person)
    draw = rng.random()
    finite = person.again_form
    if draw < 0.5:
        return f"{first} while {_clause(other, rng, 'ing', person)}"
    if draw < 0.6:
        return f"{first} while {person.subject_again} {_clause(other, rng, finite, person)}"
    if draw < 0.73:
        return f"{first} as {person.subject_again} {_clause(other, rng, finite, person)}"
    if draw < 0.76:
        return f"{first} while also {_clause(other, rng, 'ing', person)}"
    second = _clause(other, rng, form, person)
    if draw < 0.86:
        return f"{first} and {second} at the same time"
    if draw < 0.90:
        return f"{first} and at the same time {second}"
    if draw < 0.94 or main is not legs:
        return f"{first} and also {second}"
    if draw < 0.97 and legs.kind in _GOING:
        return f"{first} and {second} as {person.subject_again} {'goes' if finite == 's' else 'go'}"
    return f"{first}, meanwhile {second}"


def _standing(gesture: Action, rng: random.Random, form: str, person: Person) -> str:
    """A gesture with legs that stay where they are."""
    while True:
        said = _clause(gesture, rng, form, person)
        if "danc" not in said and "stand" not in said:
            break
    return rng.choice(_STILL).replace("{do}", said).replace("{your}", person.possessive)


def _steps(instruction: Instruction, rng: random.Random, form: str, person: Person) -> str:
    """All steps joined by "then" and its kin, each in the given form."""
    steps = instruction.steps
    if len(steps) == 2 and form != "ing" and rng.random() < 0.12:
        first, second = steps
        if rng.random() < 0.5:
            return f"{_step(first, rng, form, person)} before {_step(second, rng, 'ing', person)}"
        return f"{_step(second, rng, form, person)} after {_step(first, rng, 'ing', person)}"
    draw = rng.random() if len(steps) > 1 else 1.0
    if draw < 0.04 and form == "base":
        text = f"start by {_step(steps[0], rng, 'ing', person)}"
    else:
        text = ("first " if draw < 0.12 else "") + _step(steps[0], rng, form, person)
    for number, step in enumerate(steps[1:], start=2):
        join = _join(rng, last=number == len(steps), many=len(steps) > 2, form=form)
        its_form = "ing" if join.endswith(" by ") else form
        text += join.replace("{done}", person.is_again) + _step(step, rng, its_form, person)
    return text


def _join(rng: random.Random, last: bool, many: bool, form: str) -> str:
    """What stands between two steps. In long sequences every step is parted from the next by a word that does only that."""
    draw = rng.random()
    if draw < (0.4 if many else 0.12) and last:
        return rng.choice(frames.LAST_JOINS)
    if draw > 0.94 and form != "ing":
        return rng.choice(frames.DONE_JOINS)
    return rng.choice([join for join in frames.JOINS if join != " and "] if many else frames.JOINS)


def _speak(instruction: Instruction, rng: random.Random, style: str) -> str:
    frame = frames.pick(rng, style)
    if len(instruction.steps) > 2 and rng.random() < 0.7:
        frame = frames.COMMAND[0]
    said = _steps(instruction, rng, frame.form, frame.person)
    if BARE in said:
        frame = frames.COMMAND[0]
        while BARE not in (said := _steps(instruction, rng, frame.form, frame.person)):
            pass
    text = frame.text.replace("{do}", said.replace(BARE, ""))
    if style == "original":
        return text
    if instruction.single and text.startswith("give me "):
        text = text.replace("give me", rng.choice(frames.ASKING), 1)
    return frames.hesitate(text, rng)


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
    longest = MAX_WORDS + 9 * max(0, len(instruction.steps) - 2)
    for _ in range(n):
        options = [_speak(instruction, rng, style)]
        # long instructions in wordy frames: say it again, and keep the shortest of a few attempts
        while len(options[-1].split()) > longest and len(options) < 12:
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
    texts += ["while as and at the same time also meanwhile go goes before after first start by times", *SAID]
    texts += [render(text, "base", YOU).replace("{do}", " ") for text in _STILL]
    for person in PERSONS:
        texts += [person.subject, person.object, person.possessive, person.be, person.subject_again, person.is_again]
    for groups in _phrases().values():
        for phrase in (phrase for group in groups.values() for phrase in group):
            for form in FORMS:
                text = render(phrase, form, YOU).replace("{n}", " ")
                texts += [text.replace("{lr}", "left right").replace("{clock}", "clockwise counterclockwise")]
    return sorted({word for text in texts for word in normalise(text).split()} - {"lr", "clock", "n"})
