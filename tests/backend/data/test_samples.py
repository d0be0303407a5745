"""Meaning numbers, corpus windows, sample lengths, and samples of more data than there were."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from backend.data import samples
from backend.data.authored import build_authored
from backend.data.compose import Library, Take
from backend.data.corpus import Clip, Corpus, held
from backend.data.samples import SHORTEST, KnownSamples, build_samples, fitted
from backend.language.instruction import Action, Instruction
from backend.language.meaning import all_classes
from backend.motion.features import D
from tests.backend.motion.make import wandering


@pytest.mark.parametrize("key", ["walk.forward", "kick.left*2>wave.right@slow", "walk.forward+wave.both", "jump.up*3"])
def test_meaning_is_read_back(key: str) -> None:
    numbers = all_classes().encode(Instruction.parse(key))
    assert len(numbers) == len(all_classes().counts)
    assert all(0 <= number < size for number, size in zip(numbers, all_classes().counts, strict=True))
    assert all_classes().decode(numbers).key == key


def test_no_action_means_nothing() -> None:
    assert all_classes().decode([0] * len(all_classes().counts)) is None


def test_windows_hold_short_clips_still_at_their_end() -> None:
    array = np.random.default_rng(0).normal(size=(30, D)).astype(np.float32)
    corpus = Corpus(array, [Clip("a", "open", "x", "train", 0, 20), Clip("b", "open", "x", "train", 20, 10)])
    windows = corpus.windows(np.random.default_rng(1), 8, 16)
    assert windows.shape == (8, 16, D)
    assert (windows[:, 0, :3] == 0).all(), "a window starts without a step"
    short = windows[np.isclose(windows[:, 9, 10], array[29, 10])]
    assert len(short) and (short[:, 10:, :3] == 0).all() and (short[:, 10:, 3:] == array[29, 3:]).all()


@pytest.mark.parametrize(("frames", "expected"), [(5, SHORTEST), (25, 28), (28, 28), (400, 300)])
def test_samples_are_whole_tokens(frames: int, expected: int) -> None:
    features = np.random.default_rng(0).normal(size=(frames, D)).astype(np.float32)
    out = fitted(features)
    assert len(out) == expected
    kept = min(frames, expected)
    np.testing.assert_array_equal(out[:kept], features[:kept])
    np.testing.assert_array_equal(out[kept:], np.repeat(held(features[kept - 1])[None], expected - kept, axis=0))


def test_more_data_change_only_what_they_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Samples of other kinds may be taken from those there were: composing all of them anew gives the same ones."""
    takes = {"open": [("nod", 1), ("bow", 2)], "more": [("bow", 3), ("wave.left", 4)]}

    def library(data: Path, tiers: tuple[str, ...]) -> Library:
        of = [shown for tier in tiers for shown in takes[tier]]
        return Library([Take(wandering(50, seed), Action.parse(key), f"{key} {seed}") for key, seed in of])

    monkeypatch.setattr(samples, "load_library", library)
    segments = [SimpleNamespace(instruction=Instruction.parse(key)) for key, _ in takes["more"]]
    monkeypatch.setattr(samples, "load_segments", lambda tiers, derived: segments if tiers == ["more"] else [])
    folders = [tmp_path / name for name in ("before", "anew", "taken")]
    keys = ("nod", "nod*2", "bow", "nod>bow", "bow>nod*2", "wave.left>nod")
    for folder in folders:
        (folder / "speech").mkdir(parents=True)
        lines = [json.dumps({"key": key, "split": "train"}) + "\n" for key in keys]
        (folder / "speech" / "utterances.jsonl").write_text("".join(lines))
    before, anew, taken = folders
    assert build_samples(before, ("open",), written=0)["keys without motion"] == 1
    build_samples(anew, ("open", "more"), written=0)
    known = KnownSamples(before, ("open",), ("open", "more"))
    assert set(known.rows) == {"nod", "nod*2"}
    build_samples(taken, ("open", "more"), known=known, written=0)
    for name in ("samples.jsonl", "samples.npy"):
        assert (taken / name).read_bytes() == (anew / name).read_bytes() != (before / name).read_bytes()
    assert "bow 3" in (taken / "samples.jsonl").read_text()


def test_two_workers_make_what_one_makes(tmp_path: Path) -> None:
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        build_authored(folder / "authored", 0, 1, ("wave", "bow", "nod", "clap"))
        (folder / "speech").mkdir()
        keys = ("bow>nod", "clap*3", "jump.up", "nod*2", "wave.left~sad")
        lines = [json.dumps({"key": key, "split": "train"}) + "\n" for key in keys]
        (folder / "speech" / "utterances.jsonl").write_text("".join(lines))
        counts = build_samples(folder, ("open",), written=0, most=3, workers=workers)
        assert counts["keys"] == 5 and counts["keys without motion"] == 1
    for name in ("samples.npy", "samples.jsonl", "missing_keys.json"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
