"""What an answer is worth, on made-up sentences: none of them is in a sealed set."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.evaluation.sealed.answers import SealedAnswer
from backend.evaluation.sealed.judging import Outcome, judge
from backend.evaluation.sealed.prompts import SealedPrompt, prompt_of, words_of
from backend.generation.asked import Reached
from backend.language.account import DONE, NEARLY, AccountedWord
from backend.language.account import UNKNOWN as NOT_KNOWN
from backend.language.instruction import Instruction

KNOWN = {"walk", "run", "wave", "sit", "stand", "halt", "turn", "clap", "sidestep", "spin", "throw", "kick", "jump", "fly", "dodge"}


def prompt(text: str, *steps: list, **fields: object) -> SealedPrompt:
    return prompt_of({"text": text, "sort": "caption", "steps": list(steps), **fields})


def answer(meaning: str, text: str, *reached: Reached, **told: str) -> SealedAnswer:
    """All words done but those in ``told``."""
    words = tuple(AccountedWord(word, told.get(word, DONE)) for word in words_of(text))
    return SealedAnswer(Instruction.parse(meaning), reached, words, text)


def outcome(asked: SealedPrompt, meaning: str, *reached: Reached, **told: str) -> Outcome:
    return judge(asked, answer(meaning, asked.text, *reached, **told), KNOWN).outcome


WALK_AND_WAVE = prompt("he strolls off and waves", [{"kinds": ["walk"], "direction": "forward"}], [{"kinds": ["wave"]}])


@pytest.mark.parametrize(
    "meaning, expected",
    [
        ("walk.forward>wave.right", Outcome.DONE),
        ("walk.forward@slow>wave", Outcome.DONE),  # a speed that was not asked for is a matter of taste
        ("stand>walk.forward>wave+stand>halt", Outcome.DONE),  # standing in between is nothing else
        ("walk.forward", Outcome.PARTLY),
        ("wave>walk.forward", Outcome.WRONG),
        ("walk.forward>wave>sit", Outcome.WRONG),
        ("walk.backward>wave", Outcome.WRONG),
        ("walk.forward~drunk>wave", Outcome.WRONG),
        ("walk.forward+wave", Outcome.WRONG),
        ("run.forward", Outcome.WRONG),
    ],
)
def test_steps_in_their_order(meaning, expected):
    assert outcome(WALK_AND_WAVE, meaning) == expected


def test_what_is_left_out_has_to_be_told():
    assert outcome(WALK_AND_WAVE, "walk.forward", waves=NOT_KNOWN) == Outcome.TOLD
    assert outcome(WALK_AND_WAVE, "walk.forward>sit", waves=NEARLY) == Outcome.WRONG  # sitting is not nearly waving


def test_other_readings_and_optional_steps():
    asked = prompt(
        "strolls and halts", [{"kinds": ["walk"]}], [{"kinds": ["halt"], "optional": True}],
        **{"or": [[[{"kinds": ["run"], "speed": "slow"}]]]},
    )  # fmt: skip
    assert {outcome(asked, meaning) for meaning in ("walk.forward", "walk.forward>halt", "run.forward@slow")} == {Outcome.DONE}
    assert outcome(asked, "run.forward") == Outcome.PARTLY and outcome(asked, "run.forward@fast") == Outcome.WRONG


def test_sides_and_directions():
    kick = prompt("left boot", [{"kinds": ["kick"], "side": "left"}])
    assert [outcome(kick, f"kick{side}") for side in (".left", "", ".right")] == [Outcome.DONE, Outcome.PARTLY, Outcome.WRONG]
    around = prompt("rounds", [{"kinds": ["run"], "direction": "circle"}])
    found = [outcome(around, f"run.{way}") for way in ("circle-left", "circle-right", "forward", "backward")]
    assert found == [Outcome.DONE, Outcome.DONE, Outcome.PARTLY, Outcome.WRONG]
    roll = prompt("rolls ahead", [{"kinds": ["dive_roll", "walk"], "direction": "forward"}])
    assert judge(roll, answer("dive_roll", "rolls ahead"), {*KNOWN, "dive_roll"}).outcome == Outcome.DONE  # by nature
    any_way = prompt("evades", [{"kinds": ["dodge"]}])
    assert outcome(any_way, "dodge.left") == Outcome.DONE  # it has no direction of its own


def test_at_the_same_time():
    asked = prompt("waves walking", [{"kinds": ["walk"], "while": {"kinds": ["wave"], "side": "left"}}])
    assert outcome(asked, "walk.forward+wave.left") == Outcome.DONE
    assert outcome(asked, "walk.forward") == Outcome.PARTLY
    assert outcome(asked, "walk.forward", waves=NOT_KNOWN) == Outcome.TOLD
    assert outcome(asked, "walk.forward+wave.right") == outcome(asked, "walk.forward+clap") == Outcome.WRONG


def test_numbers_are_understood_and_reached():
    asked = prompt("seven feet on", [{"kinds": ["walk"], "way": 2.134}])
    near, far, other = (Reached(0, "way", *numbers) for numbers in ((2.1336, 2.3), (2.1336, 3.0), (7.0, 7.0)))
    assert outcome(asked, "walk.forward", near) == Outcome.DONE
    assert outcome(asked, "walk.forward", far) == Outcome.TOLD  # the panel shows both numbers
    assert outcome(asked, "walk.forward", other) == Outcome.WRONG
    assert outcome(asked, "walk.forward") == Outcome.PARTLY
    assert outcome(asked, "walk.forward", replace(near, step=1)) == Outcome.PARTLY
    assert outcome(asked, "walk.forward", seven=NOT_KNOWN) == Outcome.TOLD


def test_turns_and_repetitions():
    right = prompt("a right angle", [{"kinds": ["turn"], "turn": -90}])
    turns = [outcome(right, "turn.right", Reached(0, "turn", asked, asked)) for asked in (-90.0, 90.0)]
    assert turns == [Outcome.DONE, Outcome.WRONG]
    half = prompt("half way round", [{"kinds": ["turn"], "turn": [180, -180]}])
    assert outcome(half, "turn.around") == Outcome.DONE and outcome(half, "turn.left") == Outcome.PARTLY
    twice = prompt("twice", [{"kinds": ["clap"], "count": 2}])
    assert outcome(twice, "clap*2") == outcome(twice, "clap", Reached(0, "repetitions", 2, 2)) == Outcome.DONE
    assert outcome(twice, "clap*2", Reached(0, "repetitions", 2, 3)) == Outcome.TOLD
    assert outcome(twice, "clap") == Outcome.PARTLY


def test_words_that_need_not_be_done_must_not_vanish():
    asked = prompt("sits on a throne", [{"kinds": ["sit"]}], tell=["throne"])
    assert outcome(asked, "sit") == Outcome.DONE and outcome(asked, "sit", throne=NOT_KNOWN) == Outcome.TOLD
    assert judge(asked, answer("sit", "sits on"), KNOWN).outcome == Outcome.PARTLY
    quick = replace(asked, readings=prompt("", [{"kinds": ["sit"], "speed": "fast"}]).readings)
    assert outcome(quick, "sit", throne=NOT_KNOWN) == Outcome.PARTLY  # the throne says nothing about the speed


def test_refusals():
    no, yes = SealedAnswer(None, said="Did not understand."), answer("walk.forward", "")
    weather = prompt_of({"text": "sunny today", "sort": "no_instruction", "refuse": True})
    assert judge(weather, no, KNOWN).outcome == Outcome.REFUSED_RIGHTLY
    assert judge(weather, yes, KNOWN).outcome == Outcome.WRONG
    judged = judge(WALK_AND_WAVE, no, KNOWN)
    assert judged.outcome == Outcome.REFUSED_WRONGLY and judged.why == no.said


def test_an_unknown_verb_may_be_done_nearly_if_that_is_told():
    verb = prompt_of({"text": "hover", "sort": "unknown_verb", "refuse": True, "nearly": ["fly"]})
    assert outcome(verb, "fly", hover=NEARLY) == Outcome.TOLD
    assert outcome(verb, "fly") == Outcome.PARTLY
    assert outcome(verb, "jump", hover=NEARLY) == Outcome.WRONG
    assert judge(verb, SealedAnswer(None), KNOWN).outcome == Outcome.REFUSED_RIGHTLY


@pytest.mark.parametrize("kinds", [[], ["golf"]])
def test_what_the_pack_lacks_has_to_be_told(kinds):
    asked = prompt("walks and putts", [{"kinds": ["walk"]}], [{"kinds": kinds}], tell=["putts"])
    assert outcome(asked, "walk.forward", putts=NOT_KNOWN) == Outcome.TOLD
    assert judge(asked, SealedAnswer(None), KNOWN).outcome == Outcome.REFUSED_RIGHTLY
    assert judge(asked, answer("walk.forward", "walks and"), KNOWN).outcome == Outcome.PARTLY
    assert outcome(asked, "walk.forward>throw", putts=NEARLY) == Outcome.WRONG
    assert outcome(replace(asked, nearly=("throw",)), "walk.forward>throw", putts=NEARLY) == Outcome.TOLD
