"""The first layers of Whisper base's encoder, as the stem of the audio encoder.

They know how people's voices differ, from 680,000 hours of speech (Radford et al. 2022; OpenAI, MIT), which a few hundred synthetic
speakers cannot teach. Lower layers hear sounds rather than sentences, so only these are used and trained on; paper A takes WavLM's
features for the same reason. The published weights come from `data.speech.whisper_weights`.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .features import BANDS, FFT, HIGHEST, LOWEST, SAMPLE_RATE, hz_to_mel, mel_to_hz, valid_mask

WIDTH, HEADS = 512, 8  # of Whisper base
LONGEST = 1500  # positions of 20 ms that it knows: 30 s
WHISPER_FFT = 400
LOUDEST = 1.0  # log10 power that the loudest band of a recording is scaled to
DEPTH = 8.0  # log10 below the loudest that Whisper hears


class WhisperStem(nn.Module):
    """Two convolutions and ``layers`` layers of Whisper: (B, T, 80) -> (B, ceil(T / 4), width)."""

    def __init__(self, layers: int, width: int) -> None:
        super().__init__()
        self.convolutions = nn.ModuleList((nn.Conv1d(BANDS, WIDTH, 3, padding=1), nn.Conv1d(WIDTH, WIDTH, 3, stride=2, padding=1)))
        self.layers = nn.ModuleList(StemLayer() for _ in range(layers))
        self.norm = nn.LayerNorm(WIDTH)
        self.out = nn.Linear(2 * WIDTH, width)
        matrix, offset = whisper_band_map()
        self.register_buffer("bands", matrix, persistent=False)
        self.register_buffer("offset", offset, persistent=False)
        self.register_buffer("positions", _position_code(LONGEST, WIDTH), persistent=False)

    def forward(self, mel: Tensor, lengths: Tensor) -> Tensor:
        """mel (B, T, 80) of `features.log_mel`, at any level; lengths (B,) of valid frames."""
        valid = valid_mask(mel.shape[1], lengths)
        first, second = self.convolutions
        x = functional.gelu(first(self.to_whisper_mel(mel, valid).transpose(1, 2)))
        # padding stays 0, so an utterance does not depend on its batch
        x = functional.gelu(second(x * valid[:, None])).transpose(1, 2)  # (B, ceil(T/2), 512)
        valid = valid_mask(x.shape[1], (lengths + 1) // 2)
        x = x + self.positions[torch.arange(x.shape[1], device=x.device) % LONGEST]  # wraps after 30 s
        for layer in self.layers:
            x = layer(x, valid)
        x = self.norm(x) * valid[..., None]
        x = functional.pad(x, (0, 0, 0, x.shape[1] % 2))
        return self.out(x.unflatten(1, (-1, 2)).flatten(2))

    def to_whisper_mel(self, mel: Tensor, valid: Tensor) -> Tensor:
        """The frames as Whisper's front end makes them, at one level; 0 where not ``valid`` (B, T)."""
        power = (mel / math.log(10)) @ self.bands + self.offset
        loudest = power.masked_fill(~valid[..., None], -torch.inf).amax((1, 2), keepdim=True)
        power = (power - loudest + LOUDEST).clamp_min(LOUDEST - DEPTH)
        return ((power + 4.0) / 4.0).masked_fill(~valid[..., None], 0.0)


class StemLayer(nn.Module):
    """A layer of Whisper's encoder: attention and feed-forward, pre-norm; (B, T, 512)."""

    def __init__(self) -> None:
        super().__init__()
        self.attention_norm, self.qkv, self.attention_out = (
            nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        )  # fmt: skip
        self.feed_norm, self.feed_in, self.feed_out = (
            nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        )  # fmt: skip

    def forward(self, x: Tensor, valid: Tensor) -> Tensor:
        B, T, _ = x.shape
        q, k, v = self.qkv(self.attention_norm(x)).view(B, T, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        # written out, as in `encoder.ConformerBlock`
        scores = (q @ k.transpose(-2, -1)).float() * q.shape[-1] ** -0.5
        attended = scores.masked_fill(~valid[:, None, None, :], -1e4).softmax(-1).to(v.dtype) @ v
        x = x + self.attention_out(attended.transpose(1, 2).reshape(B, T, WIDTH))
        return x + self.feed_out(functional.gelu(self.feed_in(self.feed_norm(x))))


def whisper_band_map() -> tuple[Tensor, Tensor]:
    """Matrix (80, 80) and offset (80,) from log10 power in our bands to Whisper's.

    Both have 80 triangular filters: ours of unit height on the HTK mel scale from an FFT of 512, Whisper's of unit area on Slaney's
    scale from an FFT of 400. Power per hertz is interpolated between our bands' centres and multiplied by the area.
    """
    ours = mel_to_hz(np.linspace(hz_to_mel(LOWEST), hz_to_mel(HIGHEST), BANDS + 2))
    at = slaney_hz(np.linspace(0.0, slaney_mel(SAMPLE_RATE / 2), BANDS + 2))[1:-1].clip(ours[1], ours[-2])
    upper = np.searchsorted(ours[1:-1], at).clip(1, BANDS - 1)
    low, high = ours[1:-1][upper - 1], ours[1:-1][upper]
    share = ((at - low) / (high - low)).clip(0.0, 1.0)
    matrix = np.zeros((BANDS, BANDS))
    matrix[upper - 1, np.arange(BANDS)] += 1 - share
    matrix[upper, np.arange(BANDS)] += share
    bins = (ours[2:] - ours[:-2]) / 2 / (SAMPLE_RATE / FFT)  # area of our filters, in bins of the FFT
    offset = -np.log10(bins.clip(1.0)) @ matrix + math.log10(WHISPER_FFT / SAMPLE_RATE)
    return torch.from_numpy(matrix.astype(np.float32)), torch.from_numpy(offset.astype(np.float32))


def slaney_mel(hz: float) -> float:
    """Slaney's mel scale above 1 kHz, where it is logarithmic."""
    return 15.0 + 27.0 * math.log(hz / 1000.0) / math.log(6.4)


def slaney_hz(mel: np.ndarray) -> np.ndarray:
    """Hertz of Slaney's mel scale: linear up to 1 kHz, then logarithmic."""
    return np.where(mel < 15.0, mel * 200.0 / 3.0, 1000.0 * np.exp((mel - 15.0) * (math.log(6.4) / 27.0)))


def _position_code(count: int, width: int) -> Tensor:
    """Whisper's position code (count, width): sines, then cosines, of frequencies 1 to 1/10,000."""
    rates = np.exp(-math.log(10_000.0) / (width // 2 - 1) * np.arange(width // 2))
    angles = np.arange(count)[:, None] * rates[None]
    return torch.from_numpy(np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32))
