"""Encoder features of a whole corpus of speech, as `training.encoder.encode_corpus` leaves them on disk.

Reading only: what is in the utterances stands in the corpus' own utterances.jsonl, in the same order.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from backend.errors import UserError

VERSIONS = ("plain", "augmented")


class SpeechFeatures:
    """Memory-mapped features: ``get(n, version)`` is (T', D) float16 of utterance n; version 0 is plain, 1 augmented.

    UserError when the corpus has not been encoded yet.
    """

    def __init__(self, folder: Path) -> None:
        self.versions = len(VERSIONS)
        try:
            self._frames = [np.load(folder / f"features_{v}.npy", mmap_mode="r", allow_pickle=False) for v in VERSIONS]
            self._offsets = [np.load(folder / f"features_{v}_offsets.npy", allow_pickle=False) for v in VERSIONS]
        except FileNotFoundError as error:
            raise UserError(
                "no_speech_features",
                f"The speech in {folder} has not been turned into features.",
                "Run: python -m backend train encoder --encode " + str(folder),
            ) from error

    def __len__(self) -> int:
        return len(self._offsets[0]) - 1

    def get(self, number: int, version: int = 0) -> np.ndarray:
        """Features of one utterance, (T', D) float16, a view of the file."""
        offsets = self._offsets[version]
        return self._frames[version][offsets[number] : offsets[number + 1]]
