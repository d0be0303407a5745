"""Sentence frames ("could you please {do}"), joining words and hesitations.

A frame has a gap ``{do}`` for the instruction, and says in which verb form and about whom it wants it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from .english import CHARACTER, GUY, HE, IT, SHE, SOMEBODY, THEY, YOU, Person

# between two steps; {done} is "you're", "he's" ..., and after "by" the verb has the form "-ing"
JOINS = (
    " and then ", " and then ", " and then ", ", then ", ", then ", ", then ",
    ", and then ", " and ", ", after that ", " and after that ", ", next ", " and next ",
)  # fmt: skip
LAST_JOINS = (" and finally ", ", and finally ", ", then finally ", ", followed by ", " followed by ")
DONE_JOINS = (", once {done} done, ", ", and when {done} done, ", " and once {done} done ")

_HESITATIONS = ("um", "uh", "uh", "er", "like", "you know", "i mean")


@dataclass(frozen=True)
class Frame:
    """A sentence with a gap: its text, the verb form for the gap, and who acts."""

    text: str
    form: str
    person: Person


def _frames(texts: str, form: str, person: Person) -> list[Frame]:
    return [Frame(line.strip(), form, person) for line in texts.strip().splitlines()]


COMMAND = [Frame("{do}", "base", YOU)]

# spoken alternatives to "give me" before a noun ("i need a jump")
ASKING = (
    "give me", "give me", "i need", "i want", "i'd like", "let me see", "show me",
    "can i get", "can i have", "can you give me",
)  # fmt: skip

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
    come on, {do}
    come on and {do}
    go {do}
    go and {do}
    now go {do}
    okay, go {do}
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
    if you can, {do}
    {do} if you can
    uh, can you {do}
    so um, {do}
    okay um, {do}
    you know, {do}
    i mean, {do}
    actually, {do}
    maybe {do}
    {do}, thanks
    {do} for me
    {do} for me please
    please go ahead and {do}
    could you go ahead and {do}
    can you just {do}
    could you maybe {do}
    i want to see you {do}
    i wanna see you {do}
    i'd like to see you {do}
    i'd love to see you {do}
    we need you to {do}
    i think you should {do}
    show me how you {do}
    let me see you {do} now
    okay, let's {do}
    and now {do}
    this time, {do}
    """,
    "base",
    YOU,
) + _frames("how about {do}\ntry {do}\nstart {do}\nyou are {do}\nwould you mind {do}\nlet's try {do}\nmaybe try {do}", "ing", YOU)

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
        i need him to {do}
        i'd like him to {do}
        can you make him {do}
        could you have him {do}
        go ahead and make him {do}
        can we have him {do}
        i wanna see him {do}
        maybe have him {do}
        i think he should {do}
        can you get him to {do}
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
        i need her to {do}
        i'd like her to {do}
        can you make her {do}
        could you have her {do}
        i wanna see her {do}
        get her to {do}
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
        can you make them {do}
        i need them to {do}
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
        please make the character {do}
        can you make the character {do}
        could you make the character {do}
        go ahead and make the character {do}
        i need the character to {do}
        i'd like the character to {do}
        get the character to {do}
        can the character {do}
        """,
        "base",
        CHARACTER,
    ),
    *_frames(
        """
        make it {do}
        have it {do}
        let it {do}
        it should {do}
        can you make it {do}
        i want it to {do}
        """,
        "base",
        IT,
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


def pick_frame(rng: random.Random, register: str) -> Frame:
    """A random frame of a register; mostly commands, as users mostly give commands."""
    draw = rng.random()
    if register == "original":
        return COMMAND[0] if draw < 0.72 else rng.choice(DESCRIPTIONS)
    if draw < 0.32:
        return COMMAND[0]
    return rng.choice(ORAL_COMMANDS) if draw < 0.74 else rng.choice(ORAL_ABOUT)


def add_hesitations(text: str, rng: random.Random) -> str:
    """A sentence with 0, 1 or 2 hesitations (65, 29 and 6 %) between its words."""
    words = text.split()
    for _ in range(rng.choices((0, 1, 2), (0.65, 0.29, 0.06))[0]):
        place = rng.randrange(0, len(words))
        before = "" if place == 0 or words[place - 1].endswith(",") else ","
        if place:
            words[place - 1] += before
        words.insert(place, rng.choice(_HESITATIONS) + ",")
    return " ".join(words)


def all_frame_texts() -> list[str]:
    """All texts that frames, joins and hesitations can add, for the vocabulary."""
    frames = [*COMMAND, *DESCRIPTIONS, *ORAL_COMMANDS, *ORAL_ABOUT]
    joins = [join.replace("{done}", " ") for join in (*JOINS, *LAST_JOINS, *DONE_JOINS)]
    return [frame.text.replace("{do}", " ") for frame in frames] + [*_HESITATIONS, *joins, *ASKING]
