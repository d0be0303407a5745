"""The caption grammar: sentences that say an instruction.

Two registers: "original" (written descriptions and commands) and "oral" (how people talk). The phrases of each kind are data
(`vocabulary`, marked as `english` explains); this file adds sides, directions, speeds, counts, "then" and "while". Sentences
are generated from instructions and never parsed back. `sampling` draws the instructions.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import cache

from . import sentence_frames
from .durations import SPOKEN_DURATIONS
from .english import BARE, FORMS, PERSONS, YOU, Person, has_verb, inflect_phrase, normalise
from .instruction import Action, Instruction
from .kinds import all_kinds, check_instruction, kind_of, variant_of
from .numbers import asked_numbers
from .said_numbers import number_phrase, spelled
from .said_styles import style_words, with_style
from .vocabulary import rows

REGISTERS = ("original", "oral")
Measured = Mapping[str, float] | None
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

_TIMED = 0.08  # how often their length is said
# wordings of a single move or a number of moves: no length is said with these
_MOMENTARY = re.compile(
    r"\b(?:two|three|four|five|twice|couple|few|some|gives?|giving|makes?|making|does|do|doing|takes?|taking|for a) "
)

# wordings that say a vague distance or number themselves
_VAGUE = re.compile(
    r"\b(?:few|couple|some|around|circle|steps?|all the way|half|full|one eighty|three sixty|over|up to|off|away)\b"
)
_GOING = frozenset(("walk", "run", "jog", "march", "sneak", "sidestep", "tiptoe", "limp", "shuffle", "skip"))
# ways to say that the legs stay still
_STILL = (
    "{do} without moving {your} feet", "{do} without moving {your} feet", "{do} without moving {your} legs",
    "{do} without walking", "{do} while standing still", "{do} while standing in place", "{do} while standing there",
    "{do} on the spot", "{do} while keeping {your} feet still", "{do} while keeping {your} feet on the ground",
)  # fmt: skip


def _phrases(kind: str) -> dict[str, list[str]]:
    """The phrases of a kind by the name of their group."""
    return rows()[kind]["phrases"]


def phrases_of(action: Action) -> list[str]:
    """Marked phrases of an action's kind and variant, with its side; without speed and count."""
    groups, variant = _phrases(action.kind), variant_of(action)
    found = [phrase for name in sorted(phrase_groups(variant)) for phrase in groups.get(name, ())]
    if not found:
        raise ValueError(f"no words for {action.key!r}")
    return [_fill_sides(phrase, variant) for phrase in found]


def phrase_groups(variant: str) -> set[str]:
    """Phrase groups of a variant: its own, and the one that left and right share."""
    return {variant, variant.replace("left", "lr").replace("right", "lr")}


def _fill_sides(phrase: str, variant: str) -> str:
    hand = "left" if "left" in variant else "right"
    return phrase.replace("{lr}", hand).replace("{clock}", _CLOCK[hand][0])


def _counted_phrase(action: Action, rng: random.Random) -> str:
    """A marked phrase that says the count: "... three times" or "do three kicks"."""
    variant = variant_of(action)
    plain = phrases_of(action)
    if action.count == 1:
        return rng.choice(plain)
    groups = _phrases(action.kind)
    nouns = [phrase for name in sorted(phrase_groups(variant)) for phrase in groups.get(name + "#", ())]
    if nouns and rng.random() < 0.4:
        return _fill_sides(rng.choice(nouns), variant).replace("{n}", _NUMBERS[action.count])
    usable = [phrase for phrase in plain if "some" not in phrase.split() and "start" not in phrase]
    times = _TIMES.get(action.count, (f"{_NUMBERS[action.count]} times",))
    return f"{rng.choice(usable or plain)} {rng.choice(times)}"


def _say_action(action: Action, rng: random.Random, form: str, person: Person, measured: Measured = None) -> str:
    """An action in a verb form, such as "slowly walking forward for two metres"."""
    phrase = _counted_phrase(action, rng)
    while form != "base" and not has_verb(phrase):
        phrase = _counted_phrase(action, rng)
    if measured and has_verb(phrase) and not asked_numbers(normalise(phrase).split()) and not _VAGUE.search(phrase):
        phrase += number_phrase(action, measured, rng)
    if action.speed:
        if rng.random() < 0.25 and has_verb(phrase):
            phrase = f"{rng.choice(_BEFORE_SPEED[action.speed])} {phrase}"
        else:
            phrase = f"{phrase} {rng.choice(_AFTER_SPEED[action.speed])}"
    if action.style:
        phrase = with_style(phrase, action.style, (measured or {}).get("strength", 1.0), has_verb(phrase), rng)
    return inflect_phrase(phrase, form, person)


def _say_step(step: tuple[Action, ...], rng: random.Random, form: str, person: Person, measured: Measured = None) -> str:
    """One step: a clause or two simultaneous clauses, sometimes with its length in seconds."""
    if len(step) == 1:
        text = _say_action(step[0], rng, form, person, measured)
    else:
        text = _simultaneous(step, rng, form, person)
    lasting = all(kind_of(action).lasting and action.count == 1 for action in step)
    if lasting and rng.random() < _TIMED and not _MOMENTARY.search(text) and not asked_numbers(normalise(text).split()):
        text += " " + rng.choice(SPOKEN_DURATIONS)
    return text


def _simultaneous(step: tuple[Action, ...], rng: random.Random, form: str, person: Person) -> str:
    """Two simultaneous clauses, joined by "while" and similar words."""
    legs, upper = step
    if legs.kind == "stand" and rng.random() < 0.6:
        return _gesture_standing_still(upper, rng, form, person)
    main, other = (legs, upper) if rng.random() < 0.65 else (upper, legs)
    first = _say_action(main, rng, form, person)
    draw = rng.random()
    finite = person.again_form
    if draw < 0.5:
        return f"{first} while {_say_action(other, rng, 'ing', person)}"
    if draw < 0.6:
        return f"{first} while {person.subject_again} {_say_action(other, rng, finite, person)}"
    if draw < 0.73:
        return f"{first} as {person.subject_again} {_say_action(other, rng, finite, person)}"
    if draw < 0.76:
        return f"{first} while also {_say_action(other, rng, 'ing', person)}"
    second = _say_action(other, rng, form, person)
    if draw < 0.86:
        return f"{first} and {second} at the same time"
    if draw < 0.90:
        return f"{first} and at the same time {second}"
    if draw < 0.94 or main is not legs:
        return f"{first} and also {second}"
    if draw < 0.97 and legs.kind in _GOING:
        return f"{first} and {second} as {person.subject_again} {'goes' if finite == 's' else 'go'}"
    return f"{first}, meanwhile {second}"


def _gesture_standing_still(gesture: Action, rng: random.Random, form: str, person: Person) -> str:
    """A gesture while the legs stay still."""
    while True:
        said = _say_action(gesture, rng, form, person)
        if "danc" not in said and "stand" not in said:
            break
    return rng.choice(_STILL).replace("{do}", said).replace("{your}", person.possessive)


def _join_steps(instruction: Instruction, rng: random.Random, form: str, person: Person, measured: Measured = None) -> str:
    """All steps in the given verb form, joined by "then" and similar words."""
    steps = instruction.steps
    if len(steps) == 2 and form != "ing" and rng.random() < 0.12:
        first, second = steps
        if rng.random() < 0.5:
            return f"{_say_step(first, rng, form, person)} before {_say_step(second, rng, 'ing', person)}"
        return f"{_say_step(second, rng, form, person)} after {_say_step(first, rng, 'ing', person)}"
    draw = rng.random() if len(steps) > 1 else 1.0
    if draw < 0.04 and form == "base":
        text = f"start by {_say_step(steps[0], rng, 'ing', person)}"
    else:
        text = ("first " if draw < 0.12 else "") + _say_step(steps[0], rng, form, person, measured)
    for number, step in enumerate(steps[1:], start=2):
        join = _pick_join(rng, last=number == len(steps), many=len(steps) > 2, form=form)
        its_form = "ing" if join.endswith(" by ") else form
        text += join.replace("{done}", person.is_again) + _say_step(step, rng, its_form, person)
    return text


def _pick_join(rng: random.Random, last: bool, many: bool, form: str) -> str:
    """The words between two steps; never a bare "and" where there are more than two."""
    draw = rng.random()
    if draw < (0.4 if many else 0.12) and last:
        return rng.choice(sentence_frames.LAST_JOINS)
    if draw > 0.94 and form != "ing":
        return rng.choice(sentence_frames.DONE_JOINS)
    return rng.choice([join for join in sentence_frames.JOINS if join != " and "] if many else sentence_frames.JOINS)


def _say_instruction(instruction: Instruction, rng: random.Random, register: str, measured: Measured) -> str:
    frame = sentence_frames.pick_frame(rng, register)
    if len(instruction.steps) > 2 and rng.random() < 0.7:
        frame = sentence_frames.COMMAND[0]
    said = _join_steps(instruction, rng, frame.form, frame.person, measured if instruction.single else None)
    if BARE in said:
        frame = sentence_frames.COMMAND[0]
        while BARE not in (said := _join_steps(instruction, rng, frame.form, frame.person)):
            pass
    text = frame.text.replace("{do}", said.replace(BARE, ""))
    if register == "original":
        return text
    if instruction.single and text.startswith("give me "):
        text = text.replace("give me", rng.choice(sentence_frames.ASKING), 1)
    return sentence_frames.add_hesitations(text, rng)


def sentences(
    instruction: Instruction, rng: random.Random, register: str = "original", n: int = 1, measured: Measured = None
) -> list[str]:
    """`n` sentences for an instruction, in lower case, with commas at pauses.

    Args:
        instruction: what to say; ValueError where it is not in the table of kinds.
        rng: the only source of randomness: the same state gives the same sentences.
        register: "original" (commands and written descriptions) or "oral" (how people talk to a tool).
        n: how many; an instruction with few wordings may get repeats.
        measured: numbers of the motion, by name of `motion.controls`; a quarter of single actions that have any says one.
    """
    if register not in REGISTERS:
        raise ValueError(f"unknown register {register!r}")
    check_instruction(instruction)
    made: list[str] = []
    longest = MAX_WORDS + 9 * max(0, len(instruction.steps) - 2)
    for _ in range(n):
        options = [_say_instruction(instruction, rng, register, measured)]
        # a long instruction in a wordy frame is too long: keep the shortest of a few attempts
        while len(options[-1].split()) > longest and len(options) < 12:
            options.append(_say_instruction(instruction, rng, register, measured))
        made.append(min(options, key=lambda text: len(text.split())))
    return made


@cache
def vocabulary(kinds: tuple[str, ...] | None = None) -> list[str]:
    """Every word that `sentences` can use for some kinds, sorted; by default for all."""
    texts = [*sentence_frames.all_frame_texts()]
    for table in (_TIMES, _AFTER_SPEED, _BEFORE_SPEED):
        texts += [text for group in table.values() for text in group]
    texts += [_NUMBERS[count] for count in range(2, max(kind.max_count for kind in all_kinds().values()) + 1)]
    texts += [*map(spelled, range(1, 13)), *map(spelled, range(15, 361, 15)), "degrees one step steps paces metres meters feet for"]
    texts += ["while as and at the same time also meanwhile go goes before after first start by times", *SPOKEN_DURATIONS]
    texts += [inflect_phrase(text, "base", YOU).replace("{do}", " ") for text in _STILL]
    texts += [] if kinds is not None else style_words()
    for person in PERSONS:
        texts += [person.subject, person.object, person.possessive, person.be, person.subject_again, person.is_again]
    for kind in all_kinds() if kinds is None else kinds:
        for phrase in (phrase for group in _phrases(kind).values() for phrase in group):
            for form in FORMS:
                text = inflect_phrase(phrase, form, YOU).replace("{n}", " ")
                texts += [text.replace("{lr}", "left right").replace("{clock}", "clockwise counterclockwise")]
    return sorted({word for text in texts for word in normalise(text).split()} - {"lr", "clock", "n"})
