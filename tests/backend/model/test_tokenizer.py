"""The tokenizer's shapes, and that it learns: overfitting a few windows must bring the error down."""

import numpy as np
import pytest
import torch

from backend.model.tokenizer import MotionTokenizer, TokenizerConfig
from backend.motion.features import D, to_features
from backend.training.tokenizer import TokenizerTraining, tokenizer_loss
from tests.backend.motion.make import wandering

SMALL = TokenizerConfig(width=48, depth=1, code_dim=32, codes=32, layers=3)


def test_tokens_and_features_have_the_documented_shapes() -> None:
    torch.manual_seed(0)
    model = MotionTokenizer(SMALL).eval()
    tokens = model.encode(torch.randn(2, 43, D))
    assert tokens.shape == (2, 10, 2, 3)
    assert int(tokens.min()) >= 0 and int(tokens.max()) < 32
    assert model.decode(tokens).shape == (2, 40, D)


def test_too_short_a_motion_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        MotionTokenizer(SMALL).encode(torch.randn(1, 3, D))


def test_codes_are_looked_up_as_the_quantizer_does_and_none_is_nothing() -> None:
    torch.manual_seed(0)
    model = MotionTokenizer(SMALL).eval()
    tokens = torch.randint(-1, 32, (2, 9, 3))
    part = model.parts[0]
    for indices in (tokens, tokens[..., :2]):
        assert torch.equal(part.latents_of(indices), part.quantizer.get_output_from_indices(indices))
    assert not part.latents_of(torch.full((1, 2, 3), -1)).any()


def test_parts_do_not_leak_into_each_other() -> None:
    torch.manual_seed(0)
    model = MotionTokenizer(SMALL).eval()
    model.encode(torch.randn(2, 64, D))
    features = torch.randn(1, 64, D)
    other = features.clone()
    other[..., 62:] = torch.randn(1, 64, D - 62)
    a, b = model.encode(features), model.encode(other)
    assert torch.equal(a[:, :, 0], b[:, :, 0]) and not torch.equal(a[:, :, 1], b[:, :, 1])


def test_training_brings_the_error_down() -> None:
    torch.manual_seed(0)
    model = MotionTokenizer(SMALL)
    windows = np.stack([to_features(wandering(frames=64, seed=s, strength=0.15)) for s in range(8)])
    batch = torch.from_numpy(windows)
    model.mean.copy_(batch.mean((0, 1)))
    model.std.copy_(batch.std((0, 1)) + 0.05)
    optimizer = torch.optim.AdamW(model.parameters(), 2e-3)
    errors = []
    for _ in range(120):
        loss, numbers = tokenizer_loss(model, batch, TokenizerTraining())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        errors.append(float(numbers["mm"].detach()))
    assert np.mean(errors[-5:]) < 0.5 * np.mean(errors[:3])
