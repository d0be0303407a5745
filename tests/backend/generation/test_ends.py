"""A motion neither begins nor ends with a twitch: issue by issue the fault came back, so it is measured on the shipped weights."""

import numpy as np
import pytest
import torch

from backend.generation.ours import Ours
from backend.generation.pipeline import Generator
from backend.model.tokenizer import MotionTokenizer, TokenizerConfig
from backend.motion.motion import Motion

SAID = ("sit down", "pick something up", "dance", "wave", "walk forward", "turn left", "bow", "raise your right hand", "kick")
EDGE = 3  # frames
LEAST = 20.0  # degrees a second: below, nobody sees a twitch


@pytest.fixture(scope="module")
def generator() -> Generator:
    return Generator.load(device="cpu")


def edge_speed(motion: Motion) -> float:
    """How fast any joint turns on the first and last frames, times its own 99th percentile in the motion."""
    one, other = motion.rotations[:-1, 1:22], motion.rotations[1:, 1:22]
    turned = 2 * np.degrees(np.arccos(np.clip(np.abs((one * other).sum(-1)), 0.0, 1.0))) * motion.fps  # (T - 1, J)
    usual = np.maximum(np.percentile(turned, 99, axis=0), LEAST)
    return float((np.concatenate([turned[:EDGE], turned[-EDGE:]]) / usual).max())


def test_no_joint_is_faster_at_an_end_than_inside(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet = [edge_speed(generator.generate(text, seed=seed).motions[0]) for text in SAID for seed in (1, 2)]
    assert np.mean(np.array(quiet) <= 1.0) >= 0.8 and max(quiet) < 1.3, quiet
    monkeypatch.setattr(generator, "ours", Ours.without("quiet_ends"))
    assert max(edge_speed(generator.generate(text, seed=1).motions[0]) for text in SAID) > 1.3


@pytest.mark.parametrize("length", [1, 2, 3, 9])
def test_a_motion_keeps_its_length_and_its_middle(length: int) -> None:
    torch.manual_seed(0)
    tokenizer = MotionTokenizer(TokenizerConfig(width=16, encoder_width=16, depth=1, code_dim=8, codes=16, layers=3)).eval()
    tokens = torch.randint(16, (2, length, 2, 3))
    plain, whole = tokenizer.decode(tokens), tokenizer.decode_whole(tokens)
    assert whole.shape == plain.shape == (2, 4 * length, 140)
