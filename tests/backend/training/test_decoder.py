"""Refining the decoder: motion comes nearer, codes and what gives them stay what they are."""

import json

import numpy as np
import pytest
import torch

from backend.errors import UserError
from backend.model.tokenizer import FRAMES_PER_TOKEN, MotionTokenizer, TokenizerConfig
from backend.motion.features import to_features
from backend.training.decoder import LENGTHS, DecoderTraining, SampleWindows, decoder_loss
from tests.backend.motion.make import wandering

SIZES = TokenizerConfig(width=48, encoder_width=48, depth=1, code_dim=32, codes=32, layers=2)


@pytest.fixture
def data(tmp_path):
    """Four samples, one too short for the longest window, with the tokens of an untrained tokenizer."""
    torch.manual_seed(0)
    tokenizer = MotionTokenizer(SIZES)
    clips = [to_features(wandering(frames, seed)) for seed, frames in enumerate((96, 96, 80, 24))]
    tokenizer(torch.from_numpy(np.stack([clip[:24] for clip in clips])))  # codebooks come from the first batch
    tokenizer.eval()
    rows, start = [], 0
    for clip, key in zip(clips, ("walk.forward", "kick.left", "walk.forward>bow", "nod"), strict=True):
        rows.append({"key": key, "start": start, "frames": len(clip), "sources": []})
        start += len(clip)
    np.save(tmp_path / "samples.npy", np.concatenate(clips).astype(np.float32))
    (tmp_path / "samples.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    tokens = [tokenizer.encode(torch.from_numpy(clip)[None])[0].numpy() for clip in clips]
    np.save(tmp_path / "tokens.npy", np.concatenate(tokens).astype(np.uint16))
    return tmp_path, tokenizer


def test_windows_are_tokens_beside_their_motion(data) -> None:
    folder, _ = data
    windows, stored = SampleWindows(folder), np.load(folder / "samples.npy")
    for step, length in enumerate(LENGTHS):
        tokens, features = windows.draw(step, np.random.default_rng(step), 8)
        assert tokens.shape == (8, length, 2, 2) and features.shape == (8, length * FRAMES_PER_TOKEN, 140)
        for codes, motion in zip(tokens.numpy(), features.numpy(), strict=True):
            start = int(np.flatnonzero((stored == motion[0]).all(1))[0])
            assert np.array_equal(stored[start : start + length * FRAMES_PER_TOKEN], motion)
            assert np.array_equal(np.load(folder / "tokens.npy")[start // FRAMES_PER_TOKEN :][:length], codes)


def test_only_the_decoder_learns(data) -> None:
    folder, tokenizer = data
    windows, config = SampleWindows(folder), DecoderTraining()
    tokenizer.requires_grad_(False)
    decoders = torch.nn.ModuleList(part.decoder for part in tokenizer.parts).requires_grad_(True)
    before = {k: v.clone() for k, v in tokenizer.state_dict().items() if ".decoder." not in k}
    optimizer = torch.optim.AdamW(decoders.parameters(), 2e-3)
    losses = []
    for _ in range(60):
        loss, numbers = decoder_loss(tokenizer, *windows.draw(1, np.random.default_rng(0), 8), config)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(numbers["mm"].detach()))
    assert losses[-1] < 0.6 * losses[0]
    after = tokenizer.state_dict()
    assert all(torch.equal(after[k], v) for k, v in before.items())


def test_without_tokens_it_says_what_to_do(tmp_path) -> None:
    with pytest.raises(UserError, match=r"tokens\.npy is missing"):
        SampleWindows(tmp_path)
