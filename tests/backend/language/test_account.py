"""The account of every content word: with the grammar's own sentences, and with sentences of people."""

import random

import pytest

from backend.language.account import (
    DONE,
    LEFT_OUT,
    NEARLY,
    NOT_DONE,
    UNKNOWN,
    AccountedWord,
    UnderstoodStep,
    account_of,
    asked_of_words,
    head_is_unknown,
    says_something,
    share_done,
)
from backend.language.captions import sentences
from backend.language.instruction import Instruction
from backend.language.rewriting import Known, everything_known, rewritten
from backend.language.sampling import sample_instruction

KNOWN = everything_known()
FEW = Known.of((), ("walk", "run", "sit", "jump", "wave", "stand", "turn", "kick", "nod"), styles=False, reads_text=True)


def judged(text: str, key: str, known: Known = KNOWN) -> dict[str, str]:
    """The state of every content word of a text that was understood as a key; with what stands for it."""
    pieces = rewritten(text, known)
    step = UnderstoodStep(Instruction.parse(key), asked_of_words([word for piece in pieces for word in piece.told]))
    words = account_of(pieces, [-1] * len(pieces), [step], known)
    return {word.text: f"{word.state}: {word.by}" if word.by else word.state for word in words}


def test_sentences_of_the_grammar_are_done_and_stay_as_they_are():
    """Of 400 sentences all words are done where the meaning is right; none is rewritten, and none has an unknown verb."""
    rng, undone = random.Random(3), 0
    for number in range(400):
        meaning = sample_instruction(rng)
        text = sentences(meaning, rng, ("original", "oral")[number % 2])[0]
        pieces = rewritten(text, KNOWN)
        assert not [piece for piece in pieces if piece.changed], text
        assert not head_is_unknown(pieces, KNOWN), text
        undone += any(state != DONE for state in judged(text, meaning.key).values())
    assert undone <= 4  # "for, uh, eight, uh, seconds" is not read as a length


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("a person walked forward", "walk.forward", {"walked": DONE, "forward": DONE}),
        ("the man sat down", "sit", {"sat": DONE, "down": DONE}),
        ("she swam", "swim", {"swam": DONE}),
        ("wave with your left hand", "wave.right", {"wave": DONE, "left": NOT_DONE, "hand": DONE}),
        ("wave with your left hand", "wave.left", {"wave": DONE, "left": DONE, "hand": DONE}),
        ("turn right right now", "turn.right", {"turn": DONE, "right": DONE}),
        ("walk slowly", "walk.forward", {"walk": DONE, "slowly": NOT_DONE}),
        ("walk slowly", "walk.forward@slow", {"walk": DONE, "slowly": DONE}),
        ("walk very sadly", "walk.forward~sad", {"walk": DONE, "very": DONE, "sadly": DONE}),
        ("walk sadly", "walk.forward", {"walk": DONE, "sadly": NOT_DONE}),
        ("jump three times", "jump.up*3", {"jump": DONE, "three": DONE, "times": DONE}),
        ("turn 90 degrees left", "turn.left", {"turn": DONE, "90": DONE, "degrees": DONE, "left": DONE}),
        ("walk and wave", "walk.forward", {"walk": DONE, "wave": NOT_DONE}),
        ("walk like a flamingo", "walk.forward", {"walk": DONE, "flamingo": UNKNOWN}),
        ("could you please have her nod", "nod", {"nod": DONE}),
        ("um, like, you know, jump", "jump.up", {"jump": DONE}),
        ("someone saunters away", "walk.forward@slow", {"saunters": "nearly: walks slowly", "away": DONE}),
        ("walk without waving", "walk.forward", {"walk": DONE, "waving": "done: left out"}),
        ("walk but don't wave", "walk.forward+wave", {"walk": DONE, "wave": NOT_DONE}),
        ("two men jump", "jump.up", {"two men": "nearly: one person", "jump": DONE}),
        ("wave to each other", "wave", {"wave": DONE, "to each other": NOT_DONE}),
        ("geh langsam nach vorne", "walk.forward@slow", {"geh": DONE, "langsam": DONE, "nach vorne": DONE}),
        ("winke mit der linken Hand", "wave.right", {"winke": DONE, "mit der linken Hand": NOT_DONE}),
        ("setz dich hin", "sit", {"setz dich hin": DONE}),
        ("walk 1234 metres", "walk.forward", {"walk": DONE, "1234": UNKNOWN, "metres": NOT_DONE}),
    ],
)
def test_every_content_word_is_accounted_for(text: str, key: str, expected: dict):
    assert judged(text, key) == expected


def test_a_pack_that_knows_less_says_so():
    assert judged("mop the floor", "walk.forward", FEW) == {"mop": UNKNOWN, "floor": NOT_DONE}
    assert judged("limp away", "walk.forward@slow", FEW)["limp"] == "nearly: walk slowly"


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("teleport away", "teleport"), ("he teleports to the castle", "teleports"), ("quickly assemble a robot", "assemble"),
        ("the person defenestrates it", "defenestrates"), ("scratch your head", "scratch"), ("could you please yawn", "yawn"),
        ("walk forward", ""), ("the dragon walks", ""), ("a tall man jumps", ""), ("slowly turn left", ""), ("do a flip", ""),
        ("wave like a politician", ""), ("the monkey jumps", ""),
    ],
)  # fmt: skip
def test_the_verb_that_is_not_known(text: str, head: str):
    assert head_is_unknown(rewritten(text, FEW), FEW) == head


def test_light_verbs_and_limbs_alone_say_nothing():
    word = AccountedWord
    assert not says_something([word("play", DONE), word("piano", UNKNOWN)])
    assert not says_something([word("scratch", UNKNOWN), word("head", DONE)])
    assert not says_something([word("two people", NEARLY, "one person"), word("shake", NOT_DONE), word("hands", DONE)])
    assert (
        says_something([word("raise", DONE), word("left", NOT_DONE)])
        and says_something([])
        and says_something([word("left", DONE)])
    )
    assert not says_something([word("waving", DONE, LEFT_OUT), word("skate", NOT_DONE)])


def test_the_share_of_words_that_are_done():
    words = [
        AccountedWord("walk", DONE),
        AccountedWord("amble", NEARLY, "walk"),
        AccountedWord("x", UNKNOWN),
        AccountedWord("y", NOT_DONE),
    ]
    assert share_done(words) == 0.5 and share_done([]) == 1.0
