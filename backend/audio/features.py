"""The encoder's log-mel spectrogram: 80 bands, 16 kHz, 25 ms windows every 10 ms.

Computed with torch alone, because torchaudio does not load everywhere (see `wavlm`). Normalisation is part of the encoder, which
knows the padding; augmentation is in `data.speech.augment`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

SAMPLE_RATE = 16_000
WINDOW = 400
HOP = 160
BANDS = 80
FFT = 512
LOWEST, HIGHEST = 20.0, 7600.0  # Hz
RANGE = 14.0  # nats of power (61 dB) below the loudest value; deeper lies the noise floor or digital silence


def hz_to_mel(hz: np.ndarray | float) -> np.ndarray:
    """Mel scale after O'Shaughnessy (the "HTK" formula)."""
    return 2595.0 * np.log10(1.0 + np.asarray(hz) / 700.0)


def mel_to_hz(mel: np.ndarray | float) -> np.ndarray:
    """Inverse of `hz_to_mel`."""
    return 700.0 * (10.0 ** (np.asarray(mel) / 2595.0) - 1.0)


def band_centres() -> np.ndarray:
    """Centre of each band in Hz, (80,)."""
    return mel_to_hz(np.linspace(hz_to_mel(LOWEST), hz_to_mel(HIGHEST), BANDS + 2))[1:-1]


@cache
def _mel_filters() -> Tensor:
    """Triangular filters of unit height, (FFT/2+1, 80)."""
    edges = mel_to_hz(np.linspace(hz_to_mel(LOWEST), hz_to_mel(HIGHEST), BANDS + 2))
    bins = np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT
    rising = (bins[:, None] - edges[None, :-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[None, 2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    return torch.from_numpy(np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32))


def log_mel(wave: np.ndarray) -> np.ndarray:
    """Log power in mel bands, clamped at 61 dB below the loudest value.

    Args:
        wave: (N,) float mono at 16 kHz, N >= 1; any level.
    Returns:
        (T, 80) float32 in nats, T = 1 + N // 160, frame t centred on sample 160 t. ValueError where the wave is empty or not
        mono.
    """
    if wave.ndim != 1 or wave.size == 0:
        raise ValueError(f"expected one channel of sound, got an array of shape {wave.shape}")
    padded = torch.nn.functional.pad(torch.from_numpy(wave.astype(np.float32)), (FFT // 2, FFT // 2))
    spectrum = torch.stft(padded, FFT, HOP, WINDOW, torch.hann_window(WINDOW), center=False, return_complex=True)
    power = spectrum.abs().square().T @ _mel_filters()  # (T, 80)
    mel = power.clamp_min(1e-10).log()
    return mel.clamp_min(float(mel.max()) - RANGE).numpy()


def valid_mask(frames: int, lengths: Tensor) -> Tensor:
    """(B, frames) bool: which frames of a padded batch are no padding; lengths (B,)."""
    return torch.arange(frames, device=lengths.device)[None] < lengths[:, None]
