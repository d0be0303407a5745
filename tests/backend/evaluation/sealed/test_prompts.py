"""The format of a sealed set: what is read, what is refused with the line's number."""

from __future__ import annotations

import json

import pytest

from backend.errors import UserError
from backend.evaluation.sealed.prompts import Wanted, prompt_of, read_prompts, unspeakable, words_of

GREETS = [{"kinds": ["wave"], "side": ["left", "right"]}, {"kinds": ["greet"]}]
STEPS = [[{"kinds": ["walk"], "way": 2}], GREETS]
LINE = {"text": "Walk 2 m, then wave at Anna.", "sort": "numbers", "tell": ["Anna"], "steps": STEPS}


def test_a_line_is_read():
    prompt = prompt_of(LINE)
    walk, wave = prompt.readings[0]
    assert walk == (Wanted(("walk",), {}, {"way": (2.0,)}),)
    assert [each.kinds for each in wave] == [("wave",), ("greet",)] and wave[0].named == {"side": ("left", "right")}
    assert prompt.tell == ("Anna",) and not prompt.refuse


def test_other_readings_and_what_goes_on_at_once():
    steps = [[{"kinds": ["walk"], "while": {"kinds": ["wave"]}, "optional": True}]]
    prompt = prompt_of({"text": "x", "sort": "chat", "steps": steps, "or": [[[{"kinds": []}]]]})
    assert len(prompt.readings) == 2 and prompt.readings[0][0][0].during == Wanted(("wave",))
    assert prompt.readings[0][0][0].optional and prompt.readings[1][0][0].kinds == ()


@pytest.mark.parametrize(
    "change, said",
    [
        ({"sort": "poem"}, "no sort 'poem'"),
        ({"refuse": True}, "either steps or refuse"),
        ({"steps": []}, "no step"),
        ({"steps": [[]]}, "no step"),
        ({"tell": ["table"]}, "has no table"),
        ({"weight": 1}, "no field 'weight'"),
        ({"steps": [[{"kinds": ["walk"], "style": "grumpy"}]]}, "no style 'grumpy'"),
        ({"steps": [[{"kinds": ["walk"], "steps": 3}]]}, "no field 'steps'"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, change, said):
    file = tmp_path / "some.jsonl"
    file.write_text(json.dumps(LINE | {"text": "a right line about Anna"}) + "\n" + json.dumps(LINE | change) + "\n")
    with pytest.raises(UserError, match=r"Line 2 of some\.jsonl") as error:
        read_prompts(file)
    assert said in error.value.message


def test_no_sentence_is_there_twice(tmp_path):
    file = tmp_path / "some.jsonl"
    file.write_text("".join(json.dumps(LINE | {"text": text}) + "\n" for text in ("Hug Anna", "hug anna")))
    with pytest.raises(UserError, match="twice"):
        read_prompts(file)


def test_words_and_what_can_be_said():
    assert words_of("Don't turn 90° — geh rückwärts!") == ["don't", "turn", "90", "geh", "rückwärts"]
    said, not_said = (prompt_of(LINE | {"text": text, "tell": []}) for text in ("Walk, then stop.", "walk 2 m"))
    assert unspeakable([said, not_said]) == ["walk 2 m"]
