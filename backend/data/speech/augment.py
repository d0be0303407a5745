"""Speech augmentation: rooms, noise, microphones, vocal tracts, tempi and masks.

The wave half (numpy) runs once, when a corpus is made. The mel half (torch, whole batches) runs at every training step, so no
utterance is heard twice alike: recorded speakers are few, and this is much of what generalizes to new ones. Rooms follow
Polack's model of decaying noise, because evaluation simulates other rooms, with pyroomacoustics. Voices are in `voices` and
`speakers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
import soxr
import torch
from scipy.signal import butter, fftconvolve, sosfilt
from torch import Tensor

from backend.audio.features import BANDS, SAMPLE_RATE, band_centres, hz_to_mel, log_mel

HELD_OUT_FOLD = "2-"  # file names of ESC-10's second fold: its noises are held out for measuring


@cache
def load_noises(folder: Path, held_out: bool = False) -> tuple[np.ndarray, ...]:
    """Noise recordings below a folder, mono 16 kHz float32; none where the folder has none.

    Args:
        held_out: the held-out fold, for measuring, instead of the one to train on.
    """
    noises = []
    for file in sorted(p for p in folder.rglob("*") if p.suffix.lower() in {".ogg", ".wav", ".flac", ".mp3"}):
        if file.name.startswith(HELD_OUT_FOLD) != held_out:
            continue
        wave, rate = soundfile.read(file, dtype="float32", always_2d=True)
        wave = wave.mean(axis=1)
        wave = wave if rate == SAMPLE_RATE else soxr.resample(wave, rate, SAMPLE_RATE).astype(np.float32)
        if np.abs(wave).max(initial=0.0) > 1e-4:
            noises.append(wave)
    return tuple(noises)


def settle(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Add silence at both ends, a level, and a microphone's noise floor.

    The floor is 40 to 75 dB below the voice.
    """
    before, after = (rng.exponential(0.18, 2).clip(0.0, 0.9) * SAMPLE_RATE).astype(int)
    wave = np.pad(wave, (before, after)) * _power_ratio(rng.uniform(-24, 0))
    floor = rng.standard_normal(len(wave)).astype(np.float32) * _rms(wave) * _power_ratio(-rng.uniform(40, 75))
    return (wave + floor).astype(np.float32)


def roughen(wave: np.ndarray, rng: np.random.Generator, noises: tuple[np.ndarray, ...]) -> np.ndarray:
    """Add a room, a noise and a microphone, each by chance; (N,) in, (N,) out.

    Args:
        noises: recordings to add at 5 to 30 dB SNR; without any, coloured noise.
    """
    length = len(wave)
    if rng.random() < 0.5:
        wave = fftconvolve(wave, room(rng))[:length]
    if rng.random() < 0.7:
        wave = wave + _noise(rng, noises, length) * _rms(wave) * _power_ratio(-rng.uniform(5, 30))
    if rng.random() < 0.4:
        low, high = rng.uniform(50, 350), np.exp(rng.uniform(np.log(3000), np.log(7500)))
        wave = sosfilt(butter(2, (low, high), "bandpass", fs=SAMPLE_RATE, output="sos"), wave)
    if rng.random() < 0.15:
        limit = np.abs(wave).max() * rng.uniform(0.25, 0.8)
        wave = np.clip(wave, -limit, limit)
    return wave.astype(np.float32)


def room(rng: np.random.Generator) -> np.ndarray:
    """Impulse response of a room by Polack's model.

    The direct sound, then noise that decays by 60 dB in 0.1 to 0.6 s.
    """
    seconds = rng.uniform(0.1, 0.6)
    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    tail = rng.standard_normal(len(time)) * 10 ** (-3 * time / seconds)
    tail[: int(rng.uniform(0.001, 0.012) * SAMPLE_RATE)] = 0.0  # until the first reflection
    tail *= _power_ratio(-rng.uniform(0, 14)) / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    return tail.astype(np.float32)


def _noise(rng: np.random.Generator, noises: tuple[np.ndarray, ...], length: int) -> np.ndarray:
    if noises and rng.random() < 0.75:
        noise = np.resize(np.roll(noises[rng.integers(len(noises))], rng.integers(SAMPLE_RATE)), length)
    else:  # between white and brown
        spectrum = np.fft.rfft(rng.standard_normal(length))
        spectrum *= np.maximum(np.arange(len(spectrum)), 20.0) ** -rng.uniform(0, 1.0)
        noise = np.fft.irfft(spectrum, length)
    return noise / (_rms(noise) + 1e-9)


def _rms(wave: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(wave))))


def _power_ratio(decibels: float) -> float:
    return float(10 ** (decibels / 20))


@dataclass(frozen=True)
class MelAugmentConfig:
    """Strengths of the mel augmentation; each is drawn once per utterance.

    The corpus' speakers already differ by half an octave of vocal tract length, so the warp stays moderate.
    """

    warp: tuple[float, float] = (0.86, 1.16)  # frequency ratio: vocal tract length
    bend: float = 2.2  # bands by which single formants move beside the warp: another mouth or accent
    speed: tuple[float, float] = (0.82, 1.2)
    wobble: float = 4.0  # frames by which time bends back and forth
    channel: float = 1.2  # nats, smooth over frequency: microphone and timbre
    recorded_chance: float = 0.35  # of a recorded noise, where there is one
    recorded_ratio: tuple[float, float] = (3.0, 25.0)  # dB SNR
    noise_chance: float = 0.25  # of a stationary noise
    noise_depth: tuple[float, float] = (4.0, 11.0)  # nats below the loudest value
    room_chance: float = 0.3
    room_seconds: tuple[float, float] = (0.15, 0.8)  # until the tail is 60 dB down
    room_ratio: tuple[float, float] = (-8.0, 6.0)  # dB of the whole tail over the direct sound
    frequency_masks: int = 2
    frequency_width: int = 9
    time_masks: int = 2
    time_width: int = 10  # frames of 10 ms


def augment_mel(
    mel: Tensor,
    lengths: Tensor,
    config: MelAugmentConfig,
    generator: torch.Generator | None = None,
    noises: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Give each utterance of a batch another speaker, tempo, microphone and noise.

    Args:
        mel: (B, T, 80) log power in nats, padded with anything.
        lengths: (B,) valid frames.
        noises: (N, T, 80) log power of recorded noises (`noise_mels`).

    Returns:
        mel (B, T', 80), lengths (B,).
    """

    def draw(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=generator).to(mel.device)

    def between(limits: tuple[float, float]) -> Tensor:
        return limits[0] + (limits[1] - limits[0]) * draw(len(mel))

    B, T, _ = mel.shape
    speed = between(config.speed)
    warped_lengths = (lengths / speed).round().long().clamp_min(1)
    frames = int(warped_lengths.max())
    time = torch.arange(frames, device=mel.device, dtype=torch.float32)[None] * speed[:, None]
    phase, waves = draw(B, 1) * 6.283, 1 + 2 * draw(B, 1)
    time = time + config.wobble * draw(B, 1) * torch.sin(phase + 6.283 * waves * time / lengths[:, None])
    time = torch.minimum(time.clamp_min(0), lengths[:, None] - 1.0)  # (B, T')
    bands = _warped_bands(between(config.warp))  # (B, 80) fractional source band of each target band
    bend = config.bend * _smooth_curves((draw(B, 4) * 2 - 1) / torch.arange(1, 5, device=mel.device))
    bands = (bands + bend).clamp(0, BANDS - 1)
    grid = torch.stack(
        ((bands / (BANDS - 1) * 2 - 1)[:, None].expand(B, frames, BANDS),
         (time / max(1, T - 1) * 2 - 1)[:, :, None].expand(B, frames, BANDS)), dim=-1,
    )  # fmt: skip
    mel = torch.nn.functional.grid_sample(mel[:, None], grid, padding_mode="border", align_corners=True)[:, 0]
    mel = mel + config.channel * (_smooth_curves(draw(B, 4) * 2 - 1))[:, None]
    mel = _in_rooms(mel, between(config.room_seconds), between(config.room_ratio) - 1e3 * (draw(B) > config.room_chance))
    # noise: power adds, so a logaddexp; the peak of each utterance is the reference
    valid = torch.arange(frames, device=mel.device)[None, :, None] < warped_lengths[:, None, None]
    peak = mel.masked_fill(~valid, -1e4).amax((1, 2))
    depth = between(config.noise_depth) + 1e3 * (draw(B) > config.noise_chance)
    shape = 1.5 * _smooth_curves(draw(B, 4) * 2 - 1)
    noise = (peak - depth)[:, None, None] + shape[:, None]
    # a power spectrum of noise scatters like the log of a chi-square; a band averages several bins
    noise = noise + 0.4 * torch.randn(mel.shape, generator=generator).to(mel.device)
    mel = torch.logaddexp(mel, noise)
    if noises is not None:
        recorded = _cut_out(noises, frames, draw(B), draw(B))
        louder = _level(mel, valid) - _level(recorded, valid) - between(config.recorded_ratio) * (np.log(10) / 10)
        louder = louder - 1e3 * (draw(B) > config.recorded_chance)
        mel = torch.logaddexp(mel, recorded + louder[:, None, None])
    mel = _mask(mel, 2, config.frequency_masks, config.frequency_width, draw)
    mel = _mask(mel, 1, config.time_masks, config.time_width, draw)
    return mel, warped_lengths


def _in_rooms(mel: Tensor, seconds: Tensor, ratio: Tensor) -> Tensor:
    """Late reverberation: a tail that decays by 60 dB in ``seconds`` (B,).

    It is ``ratio`` (B,) dB over the direct sound.

    Phases in the tail are random, so powers add (Polack). The top bands decay faster, as in real rooms.
    """
    kept = 10 ** (-6 * 0.01 / (seconds[:, None] * torch.linspace(1.0, 0.6, mel.shape[2], device=mel.device)))  # (B, 80) a frame
    power = mel.exp()
    gain = 10 ** (ratio / 10)[:, None] * (1 - kept) / kept  # the sum of the tail is the ratio
    tail, tails = torch.zeros_like(power[:, 0]), []
    for frame in power.unbind(1):
        tails.append(tail)
        tail = kept * (tail + gain * frame)
    return torch.logaddexp(mel, torch.stack(tails, 1).clamp_min(1e-30).log())


def noise_mels(waves: tuple[np.ndarray, ...], seconds: float = 5.0) -> Tensor | None:
    """(N, T, 80) log power of noises, repeated or cut to one length; None where there are none."""
    samples = int(seconds * SAMPLE_RATE)
    return torch.stack([torch.from_numpy(log_mel(np.resize(wave, samples))) for wave in waves]) if waves else None


def _cut_out(noises: Tensor, frames: int, which: Tensor, where: Tensor) -> Tensor:
    """A stretch (B, frames, 80) of one noise each, chosen by numbers (B,) in 0..1."""
    chosen = (which * len(noises)).long().clamp(max=len(noises) - 1)
    start = (where * noises.shape[1]).long()
    at = (start[:, None] + torch.arange(frames)[None].to(start)) % noises.shape[1]
    return noises[chosen[:, None], at]


def _level(mel: Tensor, valid: Tensor) -> Tensor:
    """Log mean power (B,) over the valid frames (B, T, 1)."""
    power = mel.masked_fill(~valid, -1e4).logsumexp((1, 2))
    return power - (valid.sum((1, 2)) * mel.shape[-1]).log()


def _warped_bands(ratio: Tensor) -> Tensor:
    """Source band of each band, so that formants move by ``ratio``.

    Above 4.8 kHz the warp bends back to the top.
    """
    centres = torch.from_numpy(band_centres()).float().to(ratio.device)[None]
    knee, top = 4800.0, float(centres[0, -1])
    edge = (knee * torch.minimum(torch.ones_like(ratio), 1 / ratio))[:, None] * torch.ones_like(centres)
    linear = centres / ratio[:, None]
    upper = edge / ratio[:, None] + (centres - edge) * (top - edge / ratio[:, None]) / (top - edge)
    source = torch.where(centres <= edge, linear, upper).clamp(float(centres[0, 0]), top)
    mels = 2595.0 * torch.log10(1.0 + source / 700.0)
    first, last = float(hz_to_mel(float(centres[0, 0]))), float(hz_to_mel(top))
    return (mels - first) / (last - first) * (BANDS - 1)


def _smooth_curves(weights: Tensor) -> Tensor:
    """Curves over the bands (B, 80) from weights (B, K) of the first K half-cosines."""
    position = torch.linspace(0, torch.pi, BANDS, device=weights.device)
    basis = torch.cos(position[None] * torch.arange(1, weights.shape[1] + 1, device=weights.device)[:, None])
    return weights @ basis


def _mask(mel: Tensor, axis: int, count: int, width: int, draw) -> Tensor:
    """SpecAugment: replace stretches of one axis by the utterance's mean."""
    B, size = mel.shape[0], mel.shape[axis]
    start, span = draw(B, count, 1) * size, draw(B, count, 1) * width
    position = torch.arange(size, device=mel.device)[None, None]
    hidden = ((position >= start) & (position < start + span)).any(1)  # (B, size)
    hidden = hidden[:, None] if axis == 2 else hidden[:, :, None]
    return torch.where(hidden, mel.mean((1, 2), keepdim=True), mel)
