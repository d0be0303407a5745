"""Kokoro-82M: neural speech by 54 speakers (hexgrad, Apache-2.0).

onnxruntime runs it on phonemes from espeak-ng.

Speakers are vectors, so the mean of two is a new person; most of the encoder's training voices are made so. `downloads` fetches the
model; `speakers` lists the identities.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import UserError
from .downloads import folder_of
from .published import check_published

RATE = 24_000
STYLE = 256  # width of a speaker's vector, of which there is one for each sentence length
# espeak-ng's tied symbols -> those Kokoro was trained on (misaki's, from its model card)
_SYMBOLS = (
    ("t^ʃ", "ʧ"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("a^ɪ", "I"), ("ɔ^ɪ", "Y"), ("a^ʊ", "W"), ("o^ʊ", "O"), ("ə^ʊ", "Q"),
    ("ə^l", "ᵊl"), ("ɚ", "əɹ"), ("r", "ɹ"), ("x", "k"), ("ɐ", "ə"), ("^", ""),
)  # fmt: skip
_AMERICAN = (("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""), ("ɾ", "T"), ("e", "A"), ("o", "ɔ"))


def speak(text: str, speaker: str, rate: float, run: Callable[[list[str]], str]) -> np.ndarray:
    """One sentence by a speaker such as ``af_heart``, (N,) float32 at 24 kHz.

    ``af_heart+bm_lewis`` is a blend of two.

    ``run`` runs espeak-ng and returns what it printed. UserError where the model or onnxruntime is missing.
    """
    british = speaker.startswith("b")
    vocabulary = _vocabulary()
    tokens = [vocabulary[symbol] for symbol in _symbols(text, british, run) if symbol in vocabulary]
    style = np.mean([_style(name)[min(len(tokens), 510) - 1] for name in speaker.split("+")], axis=0)
    inputs = {
        "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
        "style": style[None].astype(np.float32),
        "speed": np.array([rate], dtype=np.float32),
    }
    return _trimmed(_session().run(None, inputs)[0].ravel().astype(np.float32))


def _trimmed(wave: np.ndarray) -> np.ndarray:
    """The wave without silence at its ends; `augment.settle` adds the same to every voice."""
    loud = np.flatnonzero(np.abs(wave) > 0.01)
    if not len(loud):
        raise UserError("speech_failed", "Kokoro said nothing.")
    return wave[max(0, loud[0] - RATE // 50) : loud[-1] + RATE // 20]


def _symbols(text: str, british: bool, run: Callable[[list[str]], str]) -> str:
    printed = run(["espeak-ng", "-q", "--ipa", "--tie=^", "-v", "en-gb" if british else "en-us", text])
    symbols = " ".join(printed.split())
    for theirs, ours in (*_SYMBOLS, *(() if british else _AMERICAN)):
        symbols = symbols.replace(theirs, ours)
    return symbols + ("" if text[-1] not in ".!?" else text[-1])


@cache
def _session() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise UserError("no_speech_engine", "Kokoro needs onnxruntime.", "Run: python3 build.py setup voices") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # several processes make a corpus
    return onnxruntime.InferenceSession(str(check_published(_folder(), "model.onnx")), options, providers=["CPUExecutionProvider"])


@cache
def _folder() -> Path:
    return folder_of("kokoro")


@cache
def _vocabulary() -> dict[str, int]:
    return json.loads((_folder() / "vocab.json").read_text(encoding="utf-8"))["vocab"]


@cache
def _style(name: str) -> np.ndarray:
    """(lengths, STYLE) float32: the speaker's vector for a sentence of each length."""
    file = _folder() / "styles" / f"{name}.bin"
    if not file.exists():
        raise UserError("speech_failed", f"Kokoro has no speaker {name}.")
    return np.fromfile(file, np.float32).reshape(-1, STYLE)
