"""Numbers in instructions: how people say them, and that a said number is read back."""

import random

import pytest

from backend.language.captions import sentences
from backend.language.english import normalise
from backend.language.instruction import Instruction
from backend.language.numbers import asked_numbers, in_range, turn_has_side
from backend.language.said_numbers import spelled, spelled_out
from backend.motion.controls import CONTROLS

SAID = {
    "turn ninety degrees to the left": {"turn": 90}, "turn right ninety degrees": {"turn": -90},
    "do a three sixty": {"turn": 360}, "turn a hundred and eighty degrees": {"turn": 180},
    "rotate forty five degrees clockwise": {"turn": -45}, "walk two metres forward": {"way": 2},
    "take three big steps back": {"footfalls": 3}, "jump five times": {"repetitions": 5}, "wave twice": {"repetitions": 2},
    "walk for ten seconds": {"seconds": 10}, "run in place": {"way": 0}, "take a couple of steps": {"footfalls": 2},
    "walk half a metre": {"way": 0.5}, "walk two and a half meters": {"way": 2.5}, "one and a half meters": {"way": 1.5},
    "turn one hundred thirty five degrees": {"turn": 135}, "spin seven twenty": {"turn": 720},
    "spin three hundred and sixty": {"turn": 360}, "walk six feet": {"way": 1.8288},
    "take a step to the right": {"footfalls": 1}, "do a half turn to the right": {"turn": -180},
    "jump rope for a minute": {"seconds": 60}, "make a quarter turn": {"turn": 90}, "walk two point five metres": {"way": 2.5},
    "march on the spot": {"way": 0}, "walk in a circle": {}, "raise one hand": {}, "a person waves": {}, "walk a few steps": {},
    "stand on your right foot": {}, "turn to your right": {}, "two people dance": {},
    "spin on one foot": {}, "jump with two feet": {},
}  # fmt: skip


@pytest.mark.parametrize(("text", "numbers"), SAID.items())
def test_numbers_are_read(text: str, numbers: dict[str, float]) -> None:
    assert asked_numbers(text.split()) == pytest.approx(numbers)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("turn 90° left", "turn ninety degrees left"), ("walk 2.5 m", "walk two point five metres"),
        ("jump 3x", "jump three times"),
        ("turn 180deg", "turn a hundred and eighty degrees"), ("wait 5s", "wait five seconds"),
        ("take 12 steps", "take twelve steps"),
        ("run 10m", "run ten metres"), ("spin 360", "spin three hundred and sixty"), ("in 2026", "in 2026"),
    ],
)  # fmt: skip
def test_digits_are_spelled_out(typed: str, said: str) -> None:
    assert " ".join(spelled_out(typed).split()) == said


@pytest.mark.parametrize("number", [1, 7, 12, 15, 20, 45, 90, 99, 100, 120, 135, 180, 270, 360, 999])
def test_a_spelled_number_is_read_back(number: int) -> None:
    assert asked_numbers(f"turn {spelled(number)} degrees".split()) == {"turn": number}


def test_sentences_say_what_was_measured() -> None:
    rng = random.Random(0)
    for key, measured, name in (("turn.left", {"turn": 91.0}, "turn"), ("walk.forward", {"way": 2.05, "footfalls": 4.0}, "way")):
        texts = [sentences(Instruction.parse(key), rng, "original", 1, measured)[0] for _ in range(300)]
        said = [asked_numbers(normalise(text).split()) for text in texts if "met" in text or "degrees" in text]
        assert len(said) > 3 and all(numbers[name] == pytest.approx(measured[name], abs=3.0) for numbers in said if name in numbers)


def test_names_are_those_of_the_controls_and_wild_numbers_are_left_out() -> None:
    assert {name for numbers in SAID.values() for name in numbers} <= set(CONTROLS)
    assert in_range({"turn": 90.0, "way": 900.0, "repetitions": 100.0}) == {"turn": 90.0}
    assert turn_has_side(["turn", "left"]) and not turn_has_side(["turn", "around"])
    assert not turn_has_side(["make", "a", "right", "angle"])
