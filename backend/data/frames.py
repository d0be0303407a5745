"""Sentence frames: what people wrap around an instruction, and the hesitations of unprepared speech.

A frame holds ``{do}`` for the instruction, and says in which verb form and about whom it wants it. Nothing here knows
kinds of motion.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from .english import CHARACTER, GUY, HE, SHE, SOMEBODY, THEY, YOU, Person

JOINS = (
    " and then ", " and then ", " and then ", ", then ", ", then ", ", then ",
    ", and then ", " and ", ", after that ", " and after that ",
)  # fmt: skip

_HESITATIONS = ("um", "uh", "uh", "er", "like", "you know")


@dataclass(frozen=True)
class Frame:
    """A sentence with a hole: its text, the verb form wanted in the hole, and who acts."""

    text: str
    form: str
    person: Person


def _frames(texts: str, form: str, person: Person) -> list[Frame]:
    return [Frame(line.strip(), form, person) for line in texts.strip().splitlines()]


COMMAND = [Frame("{do}", "base", YOU)]

DESCRIPTIONS = [
    *(Frame(f"{person.subject} {{do}}", "s", person) for person in SOMEBODY),
    *(Frame("a person {do}", "s", person) for person in SOMEBODY[:1] * 4),
    *(Frame(f"{person.subject} is {{do}}", "ing", person) for person in SOMEBODY),
    Frame("he {do}", "s", HE),
    Frame("she {do}", "s", SHE),
    Frame("they {do}", "base", THEY),
]

ORAL_COMMANDS = _frames(
    """
    please {do}
    {do} please
    {do}, please
    now {do}
    okay, {do}
    okay now {do}
    so, {do}
    {do} now
    just {do}
    alright, {do}
    hey, {do}
    go ahead and {do}
    can you {do}
    could you {do}
    could you please {do}
    can you please {do}
    could you, uh, {do}
    would you {do}
    will you {do}
    can you {do} for me
    could you {do} for me
    i want you to {do}
    i'd like you to {do}
    i need you to {do}
    you should {do}
    let's {do}
    let me see you {do}
    please just {do}
    well, {do}
    now please {do}
    okay so {do}
    um, {do}
    uh, {do}
    try to {do}
    next, {do}
    yeah, {do}
    """,
    "base",
    YOU,
) + _frames("how about {do}\ntry {do}\nstart {do}\nyou are {do}", "ing", YOU)

ORAL_ABOUT = [
    *_frames(
        """
        i want him to {do}
        make him {do}
        have him {do}
        let him {do}
        he should {do}
        okay now i want him to {do}
        let's have him {do}
        can he {do}
        """,
        "base",
        HE,
    ),
    *_frames(
        """
        i want her to {do}
        make her {do}
        have her {do}
        let her {do}
        she should {do}
        now i want her to {do}
        let's make her {do}
        can she {do}
        """,
        "base",
        SHE,
    ),
    *_frames(
        """
        i want them to {do}
        make them {do}
        have them {do}
        they should {do}
        """,
        "base",
        THEY,
    ),
    *_frames(
        """
        make the character {do}
        have the character {do}
        the character should {do}
        i want the character to {do}
        """,
        "base",
        CHARACTER,
    ),
    *_frames(
        """
        make the guy {do}
        let's see the guy {do}
        i want this guy to {do}
        """,
        "base",
        GUY,
    ),
    *_frames(
        """
        he {do}
        okay so he {do}
        now he {do}
        so he just {do}
        """,
        "s",
        HE,
    ),
    *_frames(
        """
        she {do}
        now she {do}
        okay she {do}
        """,
        "s",
        SHE,
    ),
    *_frames(
        """
        the guy {do}
        so this guy {do}
        """,
        "s",
        GUY,
    ),
    *_frames(
        """
        he's {do}
        he is {do}
        """,
        "ing",
        HE,
    ),
    *_frames(
        """
        she's {do}
        she is {do}
        """,
        "ing",
        SHE,
    ),
]


def pick(rng: random.Random, style: str) -> Frame:
    """A frame for a style: commands dominate, since that is what users speak."""
    draw = rng.random()
    if style == "original":
        return COMMAND[0] if draw < 0.72 else rng.choice(DESCRIPTIONS)
    if draw < 0.22:
        return COMMAND[0]
    return rng.choice(ORAL_COMMANDS) if draw < 0.7 else rng.choice(ORAL_ABOUT)


def hesitate(text: str, rng: random.Random) -> str:
    """Put hesitations between words of a sentence (mostly none, seldom two)."""
    words = text.split()
    for _ in range(rng.choices((0, 1, 2), (0.65, 0.29, 0.06))[0]):
        place = rng.randrange(0, len(words))
        before = "" if place == 0 or words[place - 1].endswith(",") else ","
        if place:
            words[place - 1] += before
        words.insert(place, rng.choice(_HESITATIONS) + ",")
    return " ".join(words)


def all_texts() -> list[str]:
    """All words frames can add, for the vocabulary (the hole removed)."""
    frames = [*COMMAND, *DESCRIPTIONS, *ORAL_COMMANDS, *ORAL_ABOUT]
    return [frame.text.replace("{do}", " ") for frame in frames] + list(JOINS) + list(_HESITATIONS)
