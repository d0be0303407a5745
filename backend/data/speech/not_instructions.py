"""What is no instruction, to learn and to measure when to refuse: read speech, coffee orders, other talk, noise, silence.

Everything is parted into what is fitted on and what is only measured: read speech by its speakers, noise by its recordings,
everyday sentences (``other_talk.json``) by sentence and voice. Coffee orders are only measured: who speaks them is not known. What
the confidence makes of all this is `training.confidence`'s and `evaluation.confidence`'s matter.
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

Named = Iterator[tuple[str, np.ndarray]]  # who or what sounds, and the (N,) float32 wave at 16 kHz

CUT = (1.5, 5.0)  # seconds, as long as instructions are


def for_fitting(name: str) -> bool:
    """Whether a speaker or a recording is fitted on, by name alone: about half of them are."""
    return hashlib.sha256(name.encode()).digest()[0] < 128


def read_speech(shared: Path, fitting: bool, cut: bool) -> Named:
    """LibriSpeech by speaker; whole (2 to 17 s), or a stretch of each that is as long as an instruction."""
    rng = np.random.default_rng(5)
    for path in _files(shared / "speech" / "librispeech"):
        length, start = rng.uniform(*CUT), rng.random()  # drawn for all, so that the cuts do not depend on the split
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
    """ESC-10's everyday noises, by recording; those that are silent are left out."""
    for path in _files(shared / "speech" / "noise_esc10"):
        if for_fitting(path.stem) == fitting:
            try:
                yield path.stem, read_instruction(path)
            except UserError as error:
                if error.code != "silent_audio":
                    raise


def silences(seed: int, count: int = 40) -> Named:
    """Quiet rooms: noise between white and brown at -60 to -30 dB of full scale, half of it with mains hum, 1 to 6 s."""
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
    """Everyday sentences, requests for what the model cannot do among them."""
    parts = json.loads((Path(__file__).parent / "other_talk.json").read_text(encoding="utf-8"))
    return tuple(parts["fitting" if fitting else "measuring"])


def other_talk(fitting: bool, engines: Collection[str] = ENGINES) -> Named:
    """Everyday sentences: each by two training identities to fit on, others by the two held-out voices to measure.

    They are why a confidence cannot be had by telling synthetic voices, which speak all instructions here, from people."""
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
