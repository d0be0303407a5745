"""Batches of sentences with motions, and of speech: made from a small folder of data as `data build` leaves it."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.audio.encoder import AudioEncoder, load_encoder
from backend.audio.words import split_words
from backend.data.speech.corpus import VERSIONS, features_file, offsets_file
from backend.data.speech.speaking import for_validation
from backend.errors import UserError
from backend.language.instruction import Instruction
from backend.language.meaning import all_classes
from backend.language.numbers import asked_numbers
from backend.model.meaning_head import UNKNOWN
from backend.model.speech_stream import likeliest_words
from backend.packs.pack import WEIGHTS
from backend.training.instruction_pairs import NAMES, InstructionPairs
from backend.training.spoken_pairs import SpokenPairs

KEYS = ("walk.forward", "wave.left", "jump.up>bow", "walk.forward+clap")
CAPTION = "a person does what no key says"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    (folder / "speech").mkdir()
    samples, utterances, start = [], [], 0
    for number in range(15):
        frames, key = 24 + 8 * (number % 4), [*KEYS, ""][number % 5]
        row = {"start": start, "frames": frames, "sources": [], "controls": {"seconds": frames / 30, "way": 2.0}}
        samples.append(row | ({"key": key} if key else {"text": CAPTION}))
        start += frames
        split = "val" if number % 5 == 0 else "train"
        utterances.append({"key": key, "split": split, "text": "walk two metres", "voice": "x", "style": "original"})
    write_jsonl(folder / "samples.jsonl", samples)
    write_jsonl(folder / "speech" / "utterances.jsonl", utterances)
    np.save(folder / "tokens.npy", rng.integers(256, size=(start // 4, 2, 6)).astype(np.uint16))
    lengths = rng.integers(20, 60, size=15)
    for version in range(VERSIONS):
        np.save(features_file(folder / "speech", version), rng.normal(size=(lengths.sum(), 192)).astype(np.float16))
        np.save(offsets_file(folder / "speech", version), np.concatenate([[0], np.cumsum(lengths)]))
    return folder


@pytest.fixture(scope="module")
def encoder() -> AudioEncoder:
    return load_encoder(WEIGHTS / "ear")


@pytest.fixture(scope="module")
def pairs(data: Path, encoder: AudioEncoder) -> InstructionPairs:
    return InstructionPairs(data, "train", encoder.words)


@pytest.fixture(scope="module")
def spoken(data: Path, encoder: AudioEncoder, pairs: InstructionPairs) -> SpokenPairs:
    return SpokenPairs([data / "speech"], "train", encoder, pairs)


def write_jsonl(path: Path, rows: list[dict]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.mark.parametrize("source", ["pairs", "spoken"])
def test_a_batch_is_the_same_whenever_it_is_drawn(source: str, request: pytest.FixtureRequest) -> None:
    of = request.getfixturevalue(source)
    one, two = (of.batch(5, np.random.default_rng(5), 8) for _ in range(2))
    assert one.keys() == two.keys() and all((one[name] == two[name]).all() for name in one)
    assert any((one[name].shape != other.shape) or (one[name] != other).any()
               for name, other in of.batch(6, np.random.default_rng(6), 8).items())  # fmt: skip


def test_rows_of_a_batch_belong_together(pairs: InstructionPairs) -> None:
    batch = pairs.batch(0, np.random.default_rng(0), 40)
    meanings = {tuple(row) for step in range(8) for row in pairs.batch(step, np.random.default_rng(0), 40)["meaning"].tolist()}
    known = {tuple(all_classes().encode(Instruction.parse(key))) for key in KEYS} | {(UNKNOWN,) * len(all_classes().counts)}
    assert meanings == known
    lengths = (~batch["padding"]).sum(1)
    assert lengths.min() >= 6 and batch["tokens"].shape[:2] == batch["padding"].shape
    assert batch["tokens"].masked_fill(~batch["padding"][..., None, None], 0).sum() == 0, "nothing behind the end"
    seconds = batch["numbers"][:, NAMES.index("seconds")] * 2.0 + 3.5
    torch.testing.assert_close(seconds, lengths * 4 / 30, atol=1e-4, rtol=1e-4)
    assert batch["known"].sum(1).eq(2).all(), "seconds and way were measured, nothing else"


def test_numbers_are_said_as_they_were_measured(pairs: InstructionPairs) -> None:
    rng = np.random.default_rng(0)
    sample = pairs.samples[0] | {"controls": {"way": 2.0, "footfalls": 4.0}}
    said = [split_words(text) for text in (pairs.sentence(sample, rng) for _ in range(300))]
    said = [(words, numbers) for words in said if (numbers := asked_numbers(words))]
    numbers = [of for words, of in said if not {"two", "three", "few", "couple"} & set(words) or "metres" in words]
    assert len(numbers) > 10 and all(of.get("way", 2.0) == pytest.approx(2.0, abs=0.35) for of in numbers)
    assert all(of.get("footfalls", 4.0) == 4.0 for of in numbers)


def test_speech_needs_no_motion_and_says_its_numbers(spoken: SpokenPairs) -> None:
    batch = spoken.batch(0, np.random.default_rng(0), 8)
    assert "tokens" not in batch and (batch["speech"].abs().sum((1, 2)) > 0).all()
    way = NAMES.index("way")
    assert batch["heard"][:, way].all() and torch.allclose(batch["numbers"][:, way], torch.tensor((2.0 - 1.0) / 1.5))


def test_word_posteriors_are_the_encoders(data: Path, encoder: AudioEncoder, pairs: InstructionPairs) -> None:
    held_back = SpokenPairs([data / "speech"], "val", encoder, pairs)
    batch = held_back.batch(0, np.random.default_rng(0), 8)
    assert not batch["silent"].any()
    expected, shares = likeliest_words(encoder.word_head(batch["speech"]).softmax(-1))
    valid = ~batch["speech_padding"]
    assert (batch["words"] == expected)[valid].float().mean() > 0.99
    assert (batch["shares"] - shares)[valid].abs().max() < 1e-4


def test_a_corpus_without_this_split_is_named(tmp_path: Path, data: Path, encoder: AudioEncoder, pairs: InstructionPairs) -> None:
    for file in (data / "speech").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    write_jsonl(tmp_path / "utterances.jsonl", [{"key": "", "split": "train", "text": ""}] * 15)
    with pytest.raises(UserError, match=f"{tmp_path.name} hold no train utterance"):
        SpokenPairs([tmp_path], "train", encoder, pairs)


def test_sentences_of_training_are_never_those_of_validation(pairs: InstructionPairs) -> None:
    rng = np.random.default_rng(1)
    texts = {pairs.sentence(sample, rng) for sample in pairs.samples[:4] for _ in range(60)}
    assert len(texts) > 60 and not any(map(for_validation, texts))
    assert pairs.sentence(pairs.samples[4], rng) == CAPTION
