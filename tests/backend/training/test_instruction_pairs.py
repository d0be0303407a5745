"""Batches of instructions and motions: made from a small folder of data as `data build` leaves it."""

import json
from pathlib import Path

import numpy as np
import pytest

from backend.audio.encoder import load_encoder
from backend.data.speech.speaking import for_validation
from backend.language.instruction import Instruction
from backend.language.meaning import all_classes
from backend.model.speech_stream import likeliest_words
from backend.packs.pack import WEIGHTS
from backend.training.instruction_pairs import InstructionPairs

KEYS = ("walk.forward", "wave.left", "jump.up>bow", "walk.forward+clap")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> InstructionPairs:
    folder, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    (folder / "speech").mkdir()
    samples, utterances, start = [], [], 0
    for number in range(12):
        frames = 24 + 8 * (number % 4)
        samples.append({"key": KEYS[number % 4], "start": start, "frames": frames, "sources": []})
        utterances.append({"key": KEYS[number % 4], "split": "train", "text": "", "voice": "x"})
        start += frames
    write_jsonl(folder / "samples.jsonl", samples)
    write_jsonl(folder / "speech" / "utterances.jsonl", utterances)
    np.save(folder / "tokens.npy", rng.integers(256, size=(start // 4, 2, 6)).astype(np.uint16))
    lengths = rng.integers(20, 60, size=12)
    for version in ("plain", "augmented"):
        np.save(folder / "speech" / f"features_{version}.npy", rng.normal(size=(lengths.sum(), 192)).astype(np.float16))
        np.save(folder / "speech" / f"features_{version}_offsets.npy", np.concatenate([[0], np.cumsum(lengths)]))
    return InstructionPairs(folder, "train", load_encoder(WEIGHTS / "ear"))


def write_jsonl(path: Path, rows: list[dict]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_a_batch_is_the_same_whenever_it_is_drawn(pairs: InstructionPairs) -> None:
    one, two = (pairs.batch(5, np.random.default_rng(5), 8, 0.1, 0.5) for _ in range(2))
    assert one.keys() == two.keys() and all((one[name] == two[name]).all() for name in one)
    assert any((one[name].shape != other.shape) or (one[name] != other).any()
               for name, other in pairs.batch(6, np.random.default_rng(6), 8, 0.1, 0.5).items())  # fmt: skip


def test_rows_of_a_batch_belong_together(pairs: InstructionPairs) -> None:
    batch = pairs.batch(0, np.random.default_rng(0), 16, 0.1, 0.5)
    known = {tuple(all_classes().encode(Instruction.parse(key))) for key in KEYS}
    assert {tuple(row) for row in batch["meaning"].tolist()} <= known
    lengths = (~batch["padding"]).sum(1)
    assert lengths.min() >= 6 and batch["tokens"].shape[:2] == batch["padding"].shape
    assert batch["tokens"].masked_fill(~batch["padding"][..., None, None], 0).sum() == 0, "nothing behind the end"
    assert ((batch["shares"] >= 0) & (batch["shares"] <= 1)).all() and batch["words"].min() >= 1


def test_only_typed_rows_and_only_spoken_rows(pairs: InstructionPairs) -> None:
    typed = pairs.batch(0, np.random.default_rng(0), 8, 0.0, 1.0)
    assert typed["silent"].all() and typed["speech"].abs().sum() == 0 and typed["shares"].max() > 0.4
    spoken = pairs.batch(0, np.random.default_rng(0), 8, 0.0, 0.0)
    assert not spoken["silent"].any() and (spoken["speech"].abs().sum((1, 2)) > 0).all()


def test_sentences_alone_need_no_speech(pairs: InstructionPairs, tmp_path: Path) -> None:
    for name in ("samples.jsonl", "tokens.npy"):
        (tmp_path / name).write_bytes((Path(pairs.tokens.filename).parent / name).read_bytes())
    alone = InstructionPairs(tmp_path, "train", pairs.encoder, spoken=False)
    one, other = (p.batch(3, np.random.default_rng(3), 8, 0.0, 1.0) for p in (alone, pairs))
    assert alone.utterances == [] and one["silent"].all() and one["tokens"].shape[2:] == other["tokens"].shape[2:]


def test_word_posteriors_are_the_encoders(pairs: InstructionPairs) -> None:
    batch = pairs.batch(0, np.random.default_rng(0), 8, 0.0, 0.0)
    expected, shares = likeliest_words(pairs.encoder.word_head(batch["speech"]).softmax(-1))
    valid = ~batch["speech_padding"]
    assert (batch["words"] == expected)[valid].float().mean() > 0.99
    assert (batch["shares"] - shares)[valid].abs().max() < 1e-4


def test_sentences_of_training_are_never_those_of_validation(pairs: InstructionPairs) -> None:
    rng = np.random.default_rng(1)
    texts = {pairs.sentence(key, rng) for key in KEYS for _ in range(60)}
    assert len(texts) > 60 and not any(map(for_validation, texts))
