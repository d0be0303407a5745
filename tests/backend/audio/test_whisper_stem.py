"""The stem: a quarter of the frames, deaf to padding and loudness, and its frames are what Whisper's own front end makes."""

import math

import numpy as np
import pytest
import torch

from backend.audio.features import log_mel
from backend.audio.whisper_stem import DEPTH, LOUDEST, WhisperStem, slaney_hz, slaney_mel, whisper_band_map


@pytest.fixture(scope="module")
def stem() -> WhisperStem:
    torch.manual_seed(0)
    return WhisperStem(layers=1, width=24).eval()


def buzz(seconds: float = 1.0) -> np.ndarray:
    """As a voice: a gliding tone with all its harmonics, now louder and now softer, and some breath."""
    time = np.arange(int(seconds * 16_000)) / 16_000
    tone = 2 * ((110 * time + 20 * time**2) % 1) - 1
    return (0.2 * tone * (1.2 + np.sin(9 * time)) + 0.02 * np.random.default_rng(0).standard_normal(len(time))).astype(np.float32)


@pytest.mark.parametrize("frames", [1, 2, 3, 4, 5, 97, 100])
def test_a_quarter_of_the_frames(stem, frames):
    assert stem(torch.randn(2, frames, 80), torch.tensor([frames, 1])).shape == (2, -(-frames // 4), 24)


def test_what_lies_behind_the_end_changes_nothing(stem):
    mel = torch.randn(1, 61, 80)
    alone = stem(mel, torch.tensor([61]))
    padded = torch.cat([torch.cat([mel, 7 * torch.randn(1, 60, 80)], 1), torch.randn(1, 121, 80)])
    together = stem(padded, torch.tensor([61, 121]))
    assert torch.allclose(alone[0, :15], together[0, :15], atol=1e-4)


def test_loudness_changes_nothing(stem):
    mel, lengths = torch.randn(1, 40, 80), torch.tensor([40])
    assert torch.allclose(stem(mel, lengths), stem(mel - 6.0, lengths), atol=1e-4)


def test_more_than_half_a_minute_can_be_heard(stem):
    assert torch.isfinite(stem(torch.randn(1, 3100, 80), torch.tensor([3100]))).all()


def whispers_own(wave: np.ndarray) -> np.ndarray:
    """(T, 80) log10 mel power by Whisper's recipe, computed from its description: 400-point FFT, Slaney's filters of unit area."""
    padded = torch.nn.functional.pad(torch.from_numpy(wave)[None], (200, 200), mode="reflect")[0]
    power = torch.stft(padded, 400, 160, 400, torch.hann_window(400), center=False, return_complex=True).abs().square().T
    edges = torch.from_numpy(slaney_hz(np.linspace(0.0, slaney_mel(8000.0), 82)))
    bins = torch.arange(201, dtype=torch.float64)[:, None] * 40.0
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    filters = torch.minimum(rising, falling).clamp_min(0) * 2 / (edges[2:] - edges[:-2])
    return (power.double() @ filters).clamp_min(1e-10).log10().numpy()


def test_the_frames_are_whispers(stem):
    wave = buzz()
    wanted = whispers_own(wave)
    mel = torch.from_numpy(log_mel(wave))[None]
    got = 4 * stem.to_whisper_mel(mel, torch.ones(1, mel.shape[1], dtype=torch.bool))[0].numpy() - 4
    assert got.max() == pytest.approx(LOUDEST, abs=1e-4) and got.min() >= LOUDEST - DEPTH - 1e-4
    frames = min(len(wanted), len(got))
    far = (got[:frames] - got.max()) - (wanted[:frames] - wanted.max())
    loud = wanted[:frames] > wanted.max() - 3
    assert np.abs(far[loud]).mean() < 0.2  # two decibels, of single harmonics; of real speech it is half a decibel


def test_the_map_of_bands_shares_out_whole_bands():
    matrix, offset = whisper_band_map()
    assert torch.allclose(matrix.sum(0), torch.ones(80)) and (matrix >= 0).all()
    assert torch.isfinite(offset).all() and math.isclose(float(slaney_hz(np.array(15.0))), 1000.0)
