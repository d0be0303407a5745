"""What the instruction model's training makes before it begins: tokens of the samples, by a run's tokenizer or a pack's."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.errors import UserError
from backend.model.tokenizer import MotionTokenizer, TokenizerConfig, load_tokenizer
from backend.motion.features import to_features
from backend.packs.files import load_module, save_module, saved_config
from backend.packs.pack import WEIGHTS
from backend.training.instruct import prepare_tokens, trains
from tests.backend.motion.make import wandering


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """One sample."""
    features = to_features(wandering(48, 3))
    np.save(tmp_path / "samples.npy", features)
    (tmp_path / "samples.jsonl").write_text(json.dumps({"key": "walk.forward", "start": 0, "frames": 48, "sources": []}) + "\n")
    return tmp_path


def test_a_checkout_without_runs_tokenizes_with_the_pack(data: Path) -> None:
    prepare_tokens(data, WEIGHTS / "open")
    weights = WEIGHTS / "open" / "tokenizer.safetensors"
    tokenizer = load_module(weights, MotionTokenizer(TokenizerConfig(**saved_config(weights))))
    tokens, features = np.load(data / "tokens.npy"), np.load(data / "samples.npy")
    assert tokens.shape == (12, 2, 6) and tokens.dtype == np.uint16
    assert np.array_equal(tokens, tokenizer.encode(torch.from_numpy(features)[None])[0].numpy())


def test_a_refined_decoder_changes_no_token_and_another_code_does(data: Path, tmp_path: Path) -> None:
    weights = WEIGHTS / "open" / "tokenizer.safetensors"
    prepare_tokens(data, weights.parent)
    made = (data / "tokens.npy").stat().st_mtime_ns
    for part, again in (("decoder", False), ("encoder", True)):
        model = load_tokenizer(weights)
        with torch.no_grad():
            next(getattr(model.parts[0], part).parameters()).add_(0.01)
        (tmp_path / part).mkdir()
        save_module(tmp_path / part / "tokenizer.safetensors", model, model.config.to_dict())
        prepare_tokens(data, tmp_path / part)
        assert ((data / "tokens.npy").stat().st_mtime_ns != made) == again


def test_without_a_tokenizer_it_says_what_to_do(data: Path) -> None:
    with pytest.raises(UserError, match=r"tokenizer\.safetensors is missing\. Run `python -m backend train tokenizer`"):
        prepare_tokens(data, data / "nowhere")


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (None, {"masked.head.weight", "residual.head.weight", "stream.words.weight"}),
        ("text", {"masked.head.weight"}),
        ("words", set()),
        ("sound", {"stream.words.weight"}),
        ("residual", {"residual.head.weight"}),
        ("masked", {"masked.head.weight"}),
    ],
)
def test_what_is_trained(only: str | None, expected: set[str]) -> None:
    names = ("masked.head.weight", "residual.head.weight", "stream.words.weight")
    assert {name for name in names if trains(name, only)} == expected
