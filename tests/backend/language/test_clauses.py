"""Instructions taken apart into what is to be done one after another."""

import random

import pytest

from backend.language.captions import sentences
from backend.language.clauses import PAUSE, split_clauses, splits_at_and, splits_at_verbs
from backend.language.english import normalise
from backend.language.instruction import Instruction


def _parts(text: str) -> list[str]:
    """The clauses of a text; a comma is a pause."""
    words, pauses = [], []
    for piece in text.split(","):
        for number, word in enumerate(normalise(piece).split()):
            words.append(word)
            pauses.append(PAUSE if number == 0 else 0.3)
    return [" ".join(words[i] for i in clause) for clause in split_clauses(words, pauses)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("walk forward", ["walk forward"]),
        ("walk forward, then turn around, then sit down, then wave", ["walk forward", "turn around", "sit down", "wave"]),
        ("okay, then walk forward and, um, then after that jump", ["walk forward", "jump"]),
        ("wave after walking forward", ["walking forward", "wave"]),
        ("sit down before waving your left hand then jump", ["sit down", "waving your left hand", "jump"]),
        ("jump followed by a kick", ["jump", "a kick"]),
        ("walk forward and when he's done wave", ["walk forward", "wave"]),
        ("walk forward, turn left, wave", ["walk forward", "turn left", "wave"]),
        ("walk forward, and clap your hands", ["walk forward", "clap your hands"]),
        ("walk, um, forward", ["walk um forward"]),
        ("walk, waving your hand", ["walk waving your hand"]),
        ("squat down and come back up", ["squat down and come back up"]),
        ("walk while waving, then bow", ["walk while waving", "bow"]),
        ("then wave", ["wave"]),
        ("come on, cheer out loud", ["cheer out loud"]),
        ("come on over here", ["come on over here"]),
        ("now then", ["now then"]),
    ],
)  # fmt: skip
def test_steps_are_found_in_the_order_of_doing(text: str, parts: list[str]) -> None:
    assert _parts(text) == parts


def test_no_words_have_no_clauses() -> None:
    assert split_clauses([]) == []


def test_what_the_grammar_says_in_a_row_is_taken_apart_again() -> None:
    """Everything the grammar can put between three or four steps is a join here too."""
    rng = random.Random(7)
    actions = ("walk.forward", "turn.around", "wave.left", "jump.up", "sit", "kick.right", "clap", "punch")
    for count in (3, 4):
        for _ in range(60):
            instruction = Instruction.parse(">".join(rng.sample(actions, count)))
            for style in ("original", "oral"):
                for text in sentences(instruction, rng, style):
                    assert len(split_clauses(normalise(text).split())) == count, text


def test_a_single_instruction_stays_whole() -> None:
    rng = random.Random(8)
    for key in ("squat", "walk.left", "get_up", "wave.right@slow", "walk.forward+wave", "hop*3", "dodge.left"):
        for style in ("original", "oral"):
            for text in sentences(Instruction.parse(key), rng, style, n=20):
                assert len(split_clauses(normalise(text).split())) == 1, text


def test_and_is_offered_where_something_to_be_done_follows() -> None:
    words = ["put", "your", "hands", "up", "and", "down", "and", "walk", "away"]
    found = splits_at_and(words, range(len(words)))
    assert [(" ".join(words[i] for i in a), " ".join(words[i] for i in b)) for a, b in found] == [
        ("put your hands up and down", "walk away")
    ]


def test_a_second_verb_is_offered_behind_a_word_that_says_something() -> None:
    for text, parts in (
        ("walk forward jump twice", [("walk forward", "jump twice")]),
        ("raise your hand to salute", []),
        ("could you jump", []),
    ):
        words = text.split()
        found = splits_at_verbs(words, range(len(words)))
        assert [(" ".join(words[i] for i in a), " ".join(words[i] for i in b)) for a, b in found] == parts, text
