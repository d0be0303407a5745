"""Piper's voice joe (CC0), who speaks the sealed test and nothing else.

onnxruntime runs the voice on phonemes from espeak-ng, as `kokoro` does. The package piper-tts (GPL-3.0-or-later) is not used: its
34 MB are other languages and a second espeak-ng, and this voice needs the thirty lines below. `downloads` fetches the voice.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from ...errors import UserError
from .downloads import folder_of

RATE = 22_050
PAD, START, END = "_", "^", "$"  # symbols of the voice's table; padding stands between all others


def speak(text: str, speaker: str, rate: float, run: Callable[[list[str]], str]) -> np.ndarray:
    """One sentence, (N,) float32 at 22.05 kHz.

    ``run`` runs espeak-ng and returns what it printed. UserError where the voice or onnxruntime is missing."""
    settings = _settings(speaker)
    table = settings["phoneme_id_map"]
    said = unicodedata.normalize("NFD", _symbols(text, settings["espeak"]["voice"], run))
    numbers = [*table[START], *table[PAD]]
    for symbol in said:
        numbers += [*table[symbol], *table[PAD]] if symbol in table else []
    numbers += table[END]
    scales = settings["inference"]
    inputs = {
        "input": np.array([numbers], dtype=np.int64),
        "input_lengths": np.array([len(numbers)], dtype=np.int64),
        "scales": np.array([scales["noise_scale"], scales["length_scale"] / rate, scales["noise_w"]], dtype=np.float32),
    }
    return _session(speaker).run(None, inputs)[0].ravel().astype(np.float32)


def _symbols(text: str, voice: str, run: Callable[[list[str]], str]) -> str:
    """Phonemes of a sentence with its stops, which espeak-ng prints as line breaks only."""
    clauses = [" ".join(line.split()) for line in run(["espeak-ng", "-q", "--ipa", "-v", voice, text]).splitlines()]
    return ", ".join(filter(None, clauses)) + (text[-1] if text[-1] in ".!?" else "")


@cache
def _settings(speaker: str) -> dict:
    return json.loads((folder_of("piper") / f"{speaker}.json").read_text(encoding="utf-8"))


@cache
def _session(speaker: str) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise UserError("no_speech_engine", "Piper needs onnxruntime.", "Run: python3 build.py setup voices") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(folder_of("piper") / f"{speaker}.onnx"), options, providers=["CPUExecutionProvider"])
