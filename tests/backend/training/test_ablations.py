"""The ablations on a small folder of data: every variant is trained and tried, finished ones are kept, registers are kept apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from backend.audio.encoder import load_encoder
from backend.data.speech.corpus import VERSIONS, features_file, offsets_file
from backend.evaluation.report.tables import TRIED
from backend.packs.pack import WEIGHTS
from backend.training import ablations
from backend.training.ablations import REGISTERS, VARIANTS, PairsInRegisters, Variant, run_all

KEYS = ("walk.forward", "wave.left", "jump.up>bow", "walk.forward+clap")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four keys, eight utterances of each register and split, with noise for speech and tokens."""
    folder, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    (folder / "speech").mkdir()
    samples = [{"key": key, "start": 24 * i, "frames": 24, "sources": []} for i, key in enumerate(KEYS)]
    spoken = [
        {"key": KEYS[i % 4], "split": split, "style": register, "text": "", "voice": "x"}
        for split in ("train", "val") for register in REGISTERS for i in range(8)
    ]  # fmt: skip
    for path, rows in ((folder / "samples.jsonl", samples), (folder / "speech" / "utterances.jsonl", spoken)):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    np.save(folder / "tokens.npy", rng.integers(256, size=(24, 2, 6)).astype(np.uint16))
    lengths = rng.integers(20, 40, size=len(spoken))
    for version in range(VERSIONS):
        np.save(features_file(folder / "speech", version), rng.normal(size=(lengths.sum(), 192)).astype(np.float16))
        np.save(offsets_file(folder / "speech", version), np.concatenate([[0], np.cumsum(lengths)]))
    return folder


def test_a_register_has_its_own_utterances_and_sentences(data: Path):
    rows = [json.loads(line) for line in (data / "speech" / "utterances.jsonl").read_text().splitlines()]
    pairs = PairsInRegisters(data, "train", load_encoder(WEIGHTS / "ear"), ("oral",))
    assert {rows[number]["style"] for _, number, *_ in pairs.rows} == {"oral"} and len(pairs.rows) == 8


def test_every_variant_is_trained_once(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    two = (Variant("mean", "mean"), Variant("few memories", memories=4, registers=("original",)))
    monkeypatch.setattr(ablations, "VARIANTS", two)
    monkeypatch.setattr(ablations, "BATCH", 4)
    out, told = tmp_path / "ablations.json", []
    for _ in range(2):
        report = run_all(2, 1, data, WEIGHTS / "ear", tmp_path / "runs", out, told.append)
    assert [row["variant"] for row in report["runs"]] == ["mean", "few memories"] and len(told) == 2
    assert json.loads(out.read_text()) == report
    shares = [row[name] for row in report["runs"] for name in TRIED]
    assert len(shares) == 12 and all(0 <= share <= 100 for share in shares)
    assert report["setting"]["utterances"] == {"original": 8, "oral": 8}


def test_the_variants_differ_in_one_thing_each_and_have_names_of_their_own():
    first = VARIANTS[0]
    for variant in VARIANTS[1:]:
        changed = [field for field in ("condition", "memories", "registers") if getattr(variant, field) != getattr(first, field)]
        assert len(changed) == 1, variant
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS)
