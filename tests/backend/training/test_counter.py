"""Training the counter: sequences say what was done when, tiny training learns to count, and the pack stays whole."""

from pathlib import Path

import numpy as np
import pytest
import torch

from backend.generation.repetition_counter import COUNTED, FILE
from backend.language.instruction import Action
from backend.training import counter as training
from backend.training.counter_data import FRAMES, CountedMotion, CounterBatches, number_in, through_tokenizer, varied


def _motion(key: str, frames: int = 40) -> CountedMotion:
    """Its last feature is up for two frames in every repetition."""
    action = Action.parse(key)
    features = (0.1 * np.random.default_rng(frames).standard_normal((frames, 140))).astype(np.float32)
    for number in range(action.count):
        at = 6 + (frames - 12) * number // action.count
        features[at : at + 3, -1] = 1.0
    return CountedMotion(action, features, features)


MOTIONS = [_motion(f"{kind}*{count}" if count > 1 else kind) for kind in ("squat", "bow") for count in (1, 2, 3)]


def test_a_sequence_says_whose_a_frame_is() -> None:
    rows = CounterBatches([*MOTIONS, _motion("walk.forward", 60)])
    batch = rows.batch(np.random.default_rng(0), 5)
    assert batch["features"].shape == (5, FRAMES, 140) and batch["whose"].shape == (5, FRAMES)
    for numbers, whose in zip(batch["numbers"], batch["whose"], strict=True):
        known = int((~numbers.isnan()).sum())
        assert torch.equal(whose.unique(), torch.arange(known)) and bool((whose.diff() >= 0).all())
    assert set(batch["kind"].tolist()) <= {COUNTED.index("squat"), COUNTED.index("bow")}
    again = rows.batch(np.random.default_rng(0), 5)
    assert torch.equal(batch["features"], again["features"])


@pytest.mark.parametrize(
    ("done", "kind", "number"),
    [
        ("squat*3", "squat", 3),
        ("kick.left*2", "kick", 2),
        ("clap", "clap", None),
        ("walk.forward", "clap", 0),
        ("hop", "jump", None),
    ],
)
def test_what_is_known_of_a_motion(done: str, kind: str, number: float | None) -> None:
    assert number_in(Action.parse(done), kind) == number


def test_another_tempo_is_another_length() -> None:
    features = _motion("squat").features
    lengths = {len(varied(features, np.random.default_rng(seed))) for seed in range(9)}
    assert len(lengths) > 3 and min(lengths) >= 30 and max(lengths) <= 52


def test_the_tokenizer_makes_faults_only_where_they_are_asked_for() -> None:
    class Tokenizer:
        """A token for every four frames; decoding gives its numbers back, and 0 for what was dropped."""

        def encode(self, features: torch.Tensor) -> torch.Tensor:
            return features[:, ::4, :12].reshape(1, -1, 2, 6).long()

        def decode(self, tokens: torch.Tensor) -> torch.Tensor:
            return tokens.clamp(min=0).flatten(2).float()

    features = 1 + np.arange(40 * 140, dtype=np.float32).reshape(40, 140)
    whole = through_tokenizer(Tokenizer(), features)
    assert np.array_equal(whole, features[::4, :12])
    faulty = [through_tokenizer(Tokenizer(), features, np.random.default_rng(seed)) for seed in range(12)]
    assert all(np.array_equal(one[:, [0, 6]], whole[:, [0, 6]]) for one in faulty), "the base codes stay"
    assert sum((one == 0).any() for one in faulty) in range(1, 9) and not all(np.array_equal(one, whole) for one in faulty)


def test_a_little_training_learns_to_count(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(training, "counted_motions", lambda *_: MOTIONS)
    config = training.CounterTraining(batch=4)
    config.loop.steps, config.loop.warmup, config.loop.ema, config.loop.device = 40, 5, 0.0, "cpu"
    numbers = training.fit_counter(config, tmp_path, None, tmp_path / "run").metrics
    assert set(numbers) == {"plain", "decoded", "squat", "bow"}
    rows = (tmp_path / "run" / "curves.csv").read_text().splitlines()
    assert len(rows) >= 2 and (tmp_path / "run" / FILE).stat().st_size < 2**20
