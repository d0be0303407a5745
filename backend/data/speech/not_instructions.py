"""Negatives for the refusal: read speech, coffee orders, everyday talk, noise, silence.

Each kind is split into a fitting and a measuring half: read speech by speaker, noise by recording, everyday sentences
(``other_talk.json``) by sentence and voice. Coffee orders are for measuring only, because their speakers are unknown. The
confidence is fitted in `training.confidence`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import numpy as np

from ...audio.reading import SAMPLE_RATE, read_instruction
from ...errors import UserError
from .speakers import ENGINES, HELD_OUT_VOICES, natural_and_synthetic
from .voices import say_all

Named = Iterator[tuple[str, np.ndarray]]  # speaker or sound, and its wave (N,) float32 at 16 kHz

CUT = (1.5, 5.0)  # seconds, the length of instructions


def for_fitting(name: str) -> bool:
    """Whether a speaker or recording is in the fitting half, by its name alone."""
    return hashlib.sha256(name.encode()).digest()[0] < 128


def read_speech(shared: Path, fitting: bool, cut: bool) -> Named:
    """LibriSpeech by speaker: whole (2 to 17 s), or ``cut`` to the length of an instruction."""
    rng = np.random.default_rng(5)
    for path in _files(shared / "speech" / "librispeech"):
        length, start = rng.uniform(*CUT), rng.random()  # drawn for every file, so that cuts do not depend on the split
        speaker = path.stem.partition("-")[0]
        if for_fitting(speaker) == fitting:
            wave = read_instruction(path)
            if cut:
                count = int(length * SAMPLE_RATE)
                begin = int(start * max(0, len(wave) - count))
                wave = wave[begin : begin + count]
            yield speaker, wave


def coffee_orders(shared: Path) -> Named:
    """Spoken commands to a coffee machine, by recording."""
    for path in _files(shared / "speech" / "commands_picovoice"):
        yield path.stem, read_instruction(path)


def noise(shared: Path, fitting: bool) -> Named:
    """ESC-10's everyday noises by recording, without silent ones."""
    for path in _files(shared / "speech" / "noise_esc10"):
        if for_fitting(path.stem) == fitting:
            try:
                yield path.stem, read_instruction(path)
            except UserError as error:
                if error.code != "silent_audio":
                    raise


def silences(seed: int, count: int = 40) -> Named:
    """Quiet rooms of 1 to 6 s: noise at -60 to -30 dB of full scale, half with hum.

    The noise is between white and brown.
    """
    rng = np.random.default_rng([seed, 77])
    for number in range(count):
        length = int(rng.uniform(1, 6) * SAMPLE_RATE)
        spectrum = np.fft.rfft(rng.standard_normal(length))
        wave = np.fft.irfft(spectrum * np.maximum(np.arange(len(spectrum)), 20.0) ** -rng.uniform(0, 1), length)
        if number % 2:
            wave = wave / wave.std() + np.sin(2 * np.pi * rng.choice([50.0, 60.0]) * np.arange(length) / SAMPLE_RATE)
        yield f"silence {number}", (wave / wave.std() * 10 ** (rng.uniform(-60, -30) / 20)).astype(np.float32)


@cache
def other_texts(fitting: bool) -> tuple[str, ...]:
    """Everyday sentences, including requests beyond the model's abilities."""
    parts = json.loads((Path(__file__).parent / "other_talk.json").read_text(encoding="utf-8"))
    return tuple(parts["fitting" if fitting else "measuring"])


def other_talk(fitting: bool, engines: Collection[str] = ENGINES) -> Named:
    """Everyday sentences by training identities (fitting) or held-out voices (measuring).

    All instructions here are spoken by synthetic voices, so without these the confidence would only tell them from people.
    """
    texts = [text for text in other_texts(fitting) for _ in range(2)]
    rng = np.random.default_rng(11)
    natural, _ = natural_and_synthetic("train", engines)
    voices = [natural[int(rng.integers(len(natural)))] if fitting else HELD_OUT_VOICES[i % 2] for i in range(len(texts))]
    yield from zip(texts, say_all(texts, voices), strict=True)


def _files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.suffix in (".ogg", ".flac", ".wav"))
    if not found:
        raise UserError("no_shared_data", f"{folder} holds no recordings.", "Say where the data folder is with --shared.")
    return found
