"""Confidence: its measures on real synthetic speech with the shipped weights, refusing and forcing, and packs without it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from backend.data.speech.voices import available, say
from backend.errors import NotUnderstood, UserError
from backend.evaluation.confidence import auroc
from backend.generation import confidence
from backend.generation.confidence import LIMIT, ConfidenceModel, Levenshtein, Logistic, read_confidence_model, speech_measures
from backend.generation.pipeline import Generator
from backend.generation.transcript import transcribe
from backend.packs.pack import WEIGHTS, find_pack

needs_pack = pytest.mark.skipif(not (WEIGHTS / "open" / "pack.json").exists(), reason="the pack of weights is not there yet")
needs_flite = pytest.mark.skipif(not available()["flite"], reason="flite is not installed")
ALWAYS, NEVER = Logistic(50.0, {}), Logistic(-50.0, {})
INSTRUCTIONS = ("walk forward", "jump", "wave with your right hand", "turn around", "sit down", "do a jumping jack")
OTHER = ("the committee will meet in October", "add salt and pepper to the soup", "my sister lives in another city",
         "remind me to water the plants", "who won the election", "yesterday the market was full of people")  # fmt: skip


@pytest.fixture(scope="module")
def generator() -> Generator:
    """The shipped pack, whatever its own confidence is."""
    return Generator.load("open", "cpu")


@given(st.lists(st.integers(1, 4), max_size=8), st.lists(st.integers(1, 4), max_size=8))
def test_the_edit_distance_is_the_one_the_weights_were_fitted_with(first: list[int], second: list[int]) -> None:
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        previous, row[0] = row[0], i
        for j, b in enumerate(second, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    assert Levenshtein.normalized_distance(first, second) == row[-1] / max(len(first), len(second), 1)


def test_nothing_heard_is_no_instruction() -> None:
    judge = ConfidenceModel(ALWAYS, ALWAYS)
    assert judge.of_speech({}) == 0.0 and judge.of_speech({"phones": 0.1, "doubt": -0.1, "wording": -2.0}) > 0.99
    assert ConfidenceModel(ALWAYS, Logistic(1.0, {"meaning": 1.0})).of_text(-np.inf) < 1e-6


def test_measures_of_nothing() -> None:
    assert speech_measures(None, None, "") == {}


@pytest.mark.parametrize("text", [
    "", "[]", "{", '{"spoken": {"offset": 0, "weights": {}}}', '{"spoken": 1, "typed": 2}',
    '{"spoken": {"offset": 0, "weights": {"loudness": 1}}, "typed": {"offset": 0, "weights": {}}}',
    '{"spoken": {"offset": 1e999, "weights": {}}, "typed": {"offset": 0, "weights": {}}}',
    '{"spoken": {"offset": 0, "weights": {"phones": "1"}}, "typed": {"offset": 0, "weights": {}}}',
])  # fmt: skip
def test_damaged(tmp_path: Path, text: str) -> None:
    path = tmp_path / confidence.FILE
    path.write_text(text)
    with pytest.raises(UserError, match="is damaged") as caught:
        read_confidence_model(path)
    assert caught.value.code == "damaged_pack" and caught.value.hint


@needs_pack
def test_a_file_that_the_card_does_not_state_counts_for_nothing(tmp_path: Path) -> None:
    """After `train pack` the confidence of the weights before may still lie there."""
    about = {name: value for name, value in find_pack("open").sha256.items() if name != confidence.FILE}
    (tmp_path / confidence.FILE).write_text(json.dumps({"spoken": "of other weights"}))
    assert ConfidenceModel.from_pack(replace(find_pack("open"), folder=tmp_path, sha256=about)) is None


@needs_pack
@needs_flite
def test_instructions_are_told_from_other_talk_of_the_same_voice(generator: Generator) -> None:
    """Each of the measures tells them apart; how well all together do is measured by `train confidence`."""

    @torch.inference_mode()
    def measures(texts: tuple[str, ...]) -> list[dict[str, float]]:
        return [transcribe(generator.encoder, say(text, "slt"), True).measures for text in texts]

    said, other = measures(INSTRUCTIONS), measures(OTHER)
    for name, sign in (("phones", -1), ("doubt", 1), ("wording", 1)):
        assert auroc(*(np.array([sign * row[name] for row in rows if row]) for rows in (said, other))) > 0.7, name
    assert all(0.0 <= row["phones"] <= 1.0 and row["doubt"] <= 0.0 and row["wording"] <= 0.0 for row in said)


@needs_pack
@needs_flite
@pytest.mark.skipif(confidence.FILE not in find_pack("open").sha256, reason="this pack has no confidence")
def test_the_shipped_confidence(generator: Generator) -> None:
    """Instructions pass; other talk, silence and noise do not, and nothing is composed for them."""
    passed = [generator.hear(say(text, "slt"))[1] >= LIMIT for text in INSTRUCTIONS]
    assert sum(passed) >= len(passed) - 1
    assert sum(generator.hear(say(text, "slt"))[1] >= LIMIT for text in OTHER) <= 1
    noise = np.random.default_rng(0).standard_normal(48_000).astype(np.float32)
    for level in (0.001, 0.1):
        with pytest.raises(NotUnderstood) as caught:
            generator.generate(noise * level, seed=0)
        assert caught.value.code == "not_understood" and caught.value.confidence < LIMIT
    for text in ("walk forward", "wave with your left hand"):
        assert generator.generate(text, seed=0, seconds=1.0).confidence >= LIMIT
    with pytest.raises(NotUnderstood, match="“defenestrate”"):
        generator.generate("defenestrate the cat", seed=0)


@needs_pack
def test_refused_with_what_it_can_do_and_forced(generator: Generator) -> None:
    own, generator.judge = generator.judge, ConfidenceModel(NEVER, ALWAYS)
    said = []
    try:
        wave = np.random.default_rng(0).standard_normal(32_000).astype(np.float32) * 0.05
        with pytest.raises(NotUnderstood, match="Did not understand") as caught:
            generator.generate(wave, seed=0, on_heard=lambda *heard: said.append(heard))
        error = caught.value
        assert said == [(error.heard, pytest.approx(error.confidence, abs=1e-3), ())] and error.confidence < 1e-3
        assert len(error.nearest) == len(set(error.nearest)) == 3 and all(words in error.hint for words in error.nearest)
        for words in error.nearest:  # no offer is refused in its turn, and each is one thing to do
            made = generator.generate(words, seed=0, seconds=1.0)
            assert made.confidence >= LIMIT and ">" not in made.meaning and "+" not in made.meaning
        forced = generator.generate(wave, seed=0, seconds=1.0, force=True)
        assert len(forced.motions) == 1 and forced.confidence < 1e-3
        generator.judge = ConfidenceModel(ALWAYS, NEVER)
        with pytest.raises(NotUnderstood, match="“walk forward zounds”; not known: “zounds”") as caught:
            generator.generate("walk forward zounds", seed=0)
        assert caught.value.nearest == ()
    finally:
        generator.judge = own


@needs_pack
def test_a_pack_without_confidence_refuses_nothing(generator: Generator) -> None:
    own, generator.judge = generator.judge, None
    try:
        noise = np.random.default_rng(0).standard_normal(16_000).astype(np.float32) * 0.05
        made = generator.generate(noise, seed=0, seconds=1.0)
        assert made.confidence is None and generator.hear(noise)[1] is None
    finally:
        generator.judge = own
