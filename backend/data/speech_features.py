"""Encoder features of the spoken corpus, as `backend.training.encoder.encode_corpus` writes them, for the motion model."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import UserError

VERSIONS = ("plain", "augmented")  # every utterance as it was recorded, and once roughened


class SpeechFeatures:
    """Reads one utterance's features at a time; the arrays stay on disk."""

    versions = len(VERSIONS)

    def __init__(self, folder: Path) -> None:
        """Raises UserError where the corpus has not been encoded yet."""
        if not all((folder / f"features_{name}.npy").exists() for name in VERSIONS):
            raise UserError(
                "no_speech_features", f"{folder} holds no encoder features.",
                f"Run `python -m backend train encoder --encode {folder}` once the encoder is trained.",
            )  # fmt: skip
        self._rows = [np.load(folder / f"features_{name}.npy", mmap_mode="r", allow_pickle=False) for name in VERSIONS]
        self._offsets = [np.load(folder / f"features_{name}_offsets.npy", allow_pickle=False) for name in VERSIONS]

    def __len__(self) -> int:
        return len(self._offsets[0]) - 1

    def get(self, index: int, version: int) -> np.ndarray:
        """(T', D) float32 features of utterance ``index`` of utterances.jsonl."""
        start, end = self._offsets[version][index : index + 2]
        return np.asarray(self._rows[version][start:end], dtype=np.float32)
