"""Recordings under test conditions: clean, with noise at 10 dB, or in a room.

The noises are everyday recordings that no model was trained with (ESC-10's second fold) where they are on this machine, else
coloured noise. pyroomacoustics simulates the room by the reflections of its walls. Training uses decaying noise instead
(`backend.data.speech.augment.room`), so these rooms are new to the encoder.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np

from backend.audio.features import SAMPLE_RATE


class Condition(StrEnum):
    """How a recording is heard."""

    CLEAN = "clean"
    NOISE = "noise"
    REVERB = "reverb"


CONDITIONS = tuple(map(str, Condition))
SIGNAL_TO_NOISE = 10.0  # decibels
NOISES = Path(__file__).parents[3] / "shared" / "data" / "speech" / "noise_esc10"
ACTIVE = 30.0  # decibels under the loudest moment at which a voice counts as speaking


def degraded(wave: np.ndarray, condition: str, seed: int) -> np.ndarray:
    """A recording under a condition.

    Args:
        wave: (N,) float32 mono at 16 kHz.
        condition: one of `CONDITIONS`.
        seed: chooses the noise and its part, or the room and the places in it.

    Returns:
        (N,) float32, or longer by the reverberation; unchanged when clean. ValueError for an unknown name.
    """
    if condition not in CONDITIONS:
        raise ValueError(f"no condition called {condition!r}; there are {', '.join(CONDITIONS)}")
    if condition == "clean":
        return wave
    rng = np.random.default_rng([seed, CONDITIONS.index(condition)])
    return _with_noise(wave, rng) if condition == "noise" else _in_a_room(wave, rng)


def level(wave: np.ndarray) -> float:
    """Root mean square of the speech: of 20 ms pieces within `ACTIVE` decibels of the loudest."""
    step = SAMPLE_RATE // 50
    power = np.square(np.pad(wave.astype(float), (0, -len(wave) % step))).reshape(-1, step).mean(axis=1)
    return float(np.sqrt(power[power >= power.max(initial=0.0) * 10 ** (-ACTIVE / 10)].mean()))


def _with_noise(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    found = _noises(NOISES)
    if found:
        noise = found[rng.integers(len(found))]
        noise = np.resize(np.roll(noise, -int(rng.integers(len(noise)))), len(wave)).astype(float)
    else:  # between white and brown
        spectrum = np.fft.rfft(rng.standard_normal(len(wave)))
        noise = np.fft.irfft(spectrum * np.maximum(np.arange(len(spectrum)), 20.0) ** -rng.uniform(0, 1), len(wave))
    loudness = float(np.sqrt(np.mean(np.square(noise))))
    mixed = wave + noise / max(loudness, 1e-9) * level(wave) * 10 ** (-SIGNAL_TO_NOISE / 20)
    return _without_clipping(mixed)


@cache
def _noises(folder: Path) -> tuple[np.ndarray, ...]:
    """Recordings of steady noise; a single bark in five seconds would leave most words clean."""
    from backend.data.speech.augment import load_noises

    def steady(noise: np.ndarray) -> bool:
        loud = np.square(noise[: len(noise) // SAMPLE_RATE * SAMPLE_RATE]).reshape(-1, SAMPLE_RATE).mean(axis=1)
        return len(loud) > 0 and float(loud.min()) > 0.1 * float(loud.max())

    return tuple(noise for noise in load_noises(folder, held_out=True) if steady(noise)) if folder.is_dir() else ()


def _in_a_room(wave: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A room of 3-7 x 3-6 m with 0.3-0.7 s of reverberation, the microphone 0.8-2.2 m away."""
    import pyroomacoustics

    size = rng.uniform((3.0, 3.0, 2.4), (7.0, 6.0, 3.2))
    absorption, order = pyroomacoustics.inverse_sabine(rng.uniform(0.3, 0.7), size)
    shape = {"fs": SAMPLE_RATE, "materials": pyroomacoustics.Material(absorption), "max_order": min(order, 25)}
    space = pyroomacoustics.ShoeBox(size, **shape)
    mouth = np.array([*rng.uniform(0.8, size[:2] - 0.8), 1.5])
    angle, distance = rng.uniform(0, 2 * np.pi), rng.uniform(0.8, 2.2)
    away = np.array([np.cos(angle), np.sin(angle), -0.3]) * distance
    microphone = np.clip(mouth + away, 0.3, size - 0.3)
    space.add_source(mouth, signal=wave.astype(float))
    space.add_microphone(microphone)
    space.simulate()
    heard = space.mic_array.signals[0]
    return _without_clipping(heard / max(level(heard), 1e-9) * level(wave))


def _without_clipping(wave: np.ndarray) -> np.ndarray:
    """float32, turned down where it would clip."""
    return (wave / max(1.0, float(np.abs(wave).max(initial=0.0)))).astype(np.float32)
