"""Draws of the shipped pack for sentences of the grammar: what is kept is right, the same again, and the model learns from it."""

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from backend.audio.encoder import load_encoder
from backend.data.samples import tokenize_samples
from backend.errors import UserError
from backend.generation.pipeline import Generator
from backend.generation.windows import OVERLAP
from backend.language.instruction import Instruction
from backend.language.meaning import all_classes
from backend.model.instruct import InstructModel
from backend.model.tokenizer import load_tokenizer
from backend.motion.features import to_features
from backend.packs.files import save_module
from backend.packs.pack import WEIGHTS
from backend.training import draws, instruct
from backend.training.draws import BestDraws, write_draws
from backend.training.instruct import InstructTraining
from backend.training.instruction_pairs import NAMES, InstructionPairs
from tests.backend.motion.make import wandering

KEYS = ("wave.left", "walk.forward")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    np.save(folder / "samples.npy", np.concatenate([to_features(wandering(48, seed)) for seed in range(2)]))
    rows = [{"key": key, "start": 48 * i, "frames": 48, "sources": []} for i, key in enumerate(KEYS)]
    (folder / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    tokenize_samples(folder, load_tokenizer(WEIGHTS / "open" / "tokenizer.safetensors"))
    return folder


@pytest.fixture(scope="module")
def loaded(data: Path) -> tuple[Generator, InstructionPairs]:
    """The shipped pack with an untrained model with an open condition."""
    generator = Generator.load(device="cpu")
    pairs = InstructionPairs(data, "train", generator.encoder.words)
    torch.manual_seed(0)
    sizes = replace(generator.model.config, **asdict(all_classes()), controls=NAMES, layers=1, residual_layers=1)
    generator.model = InstructModel(sizes).eval()
    return generator, pairs


@pytest.fixture(scope="module")
def init(loaded, data: Path) -> Path:
    """The model's weights as a file."""
    save_module(data / "instruct.safetensors", loaded[0].model, loaded[0].model.config.to_dict())
    return data / "instruct.safetensors"


@pytest.fixture(scope="module")
def folder(data: Path, loaded) -> Iterator[Path]:
    """With one file of three sentences."""
    threads = torch.get_num_threads()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(draws, "_loaded", lambda *_: loaded)
        try:
            for name in ("drawn", "again"):
                (data / name).mkdir()
                write_draws(data / name, data, "open", WEIGHTS, 3, 3, 0)
        finally:
            torch.set_num_threads(threads)
        yield data / "drawn"


def test_what_is_kept_is_the_best_and_the_same_each_time(folder: Path) -> None:
    made, again = (np.load(place / "00000.npz", allow_pickle=False) for place in (folder, folder.parent / "again"))
    assert all(np.array_equal(made[name], again[name]) for name in made.files)
    rows = json.loads(str(made["rows"]))
    assert rows and {Instruction.parse(row["key"]).key for row in rows} <= set(KEYS)
    for sentence in {row["sentence"] for row in rows}:
        faults = [row["fault"] for row in rows if row["sentence"] == sentence]
        assert faults == sorted(faults) and len(faults) <= draws.KEPT
        assert len(faults) == 1 or all(number == 0 and outside <= draws.LEARNED for number, outside in faults)
    assert set(made["first"].tolist()) <= {0, OVERLAP} and (made["length"] > made["first"]).all()


def test_a_file_that_is_there_is_not_made_again(folder: Path, data: Path) -> None:
    path = folder / "00000.npz"
    before = path.stat().st_mtime_ns
    write_draws(folder, data, "open", WEIGHTS, 3, 3, 0)
    assert path.stat().st_mtime_ns == before


def test_a_batch_says_what_is_given_and_where_it_ends(folder: Path) -> None:
    draws = BestDraws(folder)
    assert draws.shares.sum() == pytest.approx(1.0)
    batch = draws.batch(np.random.default_rng(0), 6)
    condition, tokens, padding, given = (batch[f"drawn_{name}"] for name in ("condition", "tokens", "padding", "given"))
    assert len(condition) == 6 and tokens.shape[:2] == padding.shape == given.shape
    assert set(given.sum(1).tolist()) <= {0, OVERLAP} and not padding.all(1).any() and not (padding & given).any()


def test_the_masked_transformer_alone_learns_from_them(
    folder: Path, data: Path, init: Path, loaded, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(instruct, "validation", lambda *_: {"loss": 0.0})
    config = InstructTraining(batch=2, only="masked", drawn=str(folder))
    config.loop.steps, config.loop.log_every, config.loop.device = 2, 1, "cpu"
    config.model = loaded[0].model.config
    instruct.fit_instruct(config, data, tmp_path / "run", load_encoder(WEIGHTS / "ear"), init)
    before, after = (load_file(path) for path in (init, tmp_path / "run" / "instruct.safetensors"))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed and all(name.startswith(("masked.", "length.")) for name in changed)
    with (tmp_path / "run" / "curves.csv").open(newline="") as file:
        assert all(float(row["drawn"]) > 0 for row in csv.DictReader(file))


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no drawn motions") as caught:
        BestDraws(tmp_path)
    assert "train draws" in caught.value.hint
