"""What is left out, refused and told of typed instructions, with the shipped pack."""

import numpy as np
import pytest

from backend.errors import NotUnderstood
from backend.generation.pipeline import Generation, Generator
from tests.backend.generation.test_confidence import generator, needs_pack  # noqa: F401  (a fixture)


@pytest.fixture
def answer(generator):  # noqa: F811
    """A function from a text to its `Generation`."""
    return lambda text, **options: generator.generate(text, seed=0, seconds=1.0, **options)


def states(made: Generation) -> dict[str, str]:
    return {word.text: word.state for word in made.words}


@needs_pack
def test_what_is_done_without_and_what_it_stands_for(answer):
    made = answer("a person saunters forward with an umbrella")
    assert states(made) == {"saunters": "nearly", "forward": "done", "umbrella": "not known"}
    assert made.meaning.startswith("walk.forward")
    assert made.confidence < 0.9 < answer("walk forward").confidence


@needs_pack
def test_a_step_with_an_unknown_verb_is_left_out(answer):
    made = answer("walk forward, then scratch your head")
    assert made.meaning == "walk.forward" and states(made)["scratch"] == "not known"


@needs_pack
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("teleport the castle to the left", "not known: “teleport”, “castle”"), ("play the piano", "not known: “piano”"),
        ("what time is it", "asks something"), ("i'm going to lunch now", "somebody else"),
        ("don't wave your hand", "No word|not to be done"), ("look to the left", "not known: “look”"),
    ],
)  # fmt: skip
def test_no_instruction_that_it_can_do(answer, text: str, said: str):
    with pytest.raises(Exception, match=said) as caught:
        answer(text)
    assert not isinstance(caught.value, NotUnderstood) or caught.value.nearest == ()


@needs_pack
def test_the_account_comes_before_anything_is_composed(generator: Generator, answer):  # noqa: F811
    told = []
    answer("wave slowly", on_heard=lambda *heard: told.append(heard), on_progress=lambda phase, _: told.append(phase))
    accounted = [number for number, heard in enumerate(told) if isinstance(heard, tuple) and heard[2]]
    assert len(accounted) == 1 and "composing" not in told[: accounted[0]]


@needs_pack
def test_numbers_of_every_clause_are_asked(answer):
    made = answer("turn 90 degrees left, then walk 2 metres")
    assert {number.name for number in made.reached[0]} == {"turn", "way"}
    assert set(states(made).values()) == {"done"}


@needs_pack
def test_heard_words_are_accounted_for(generator: Generator):  # noqa: F811
    noise = np.random.default_rng(1).standard_normal(16_000).astype(np.float32) * 0.05
    made = generator.generate(noise, seed=0, seconds=1.0, force=True)
    assert all(word.state in ("done", "not done", "nearly") for word in made.words)
