"""Encoder features of a speech corpus: made once, read while the motion model trains.

Their order is that of the corpus' ``utterances.jsonl`` (`speaking`), which has the words.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from backend.audio.encoder import AudioEncoder
from backend.data.speech.augment import MelAugmentConfig, augment_mel
from backend.data.speech.speaking import SpeechCorpus
from backend.errors import UserError

VERSIONS = 4  # of every utterance: as it is in the corpus, and augmented three times


def features_file(folder: Path, version: int) -> Path:
    """Where the features of a version are."""
    return folder / f"features_{version}.npy"


def offsets_file(folder: Path, version: int) -> Path:
    """Where each utterance begins in them."""
    return folder / f"features_{version}_offsets.npy"


class SpeechFeatures:
    """Memory-mapped features of a corpus, VERSIONS of each utterance.

    UserError when the corpus has not been encoded yet.
    """

    def __init__(self, folder: Path) -> None:
        self.versions = VERSIONS
        try:
            self._frames = [np.load(features_file(folder, v), mmap_mode="r", allow_pickle=False) for v in range(VERSIONS)]
            self._offsets = [np.load(offsets_file(folder, v), allow_pickle=False) for v in range(VERSIONS)]
        except FileNotFoundError as error:
            raise UserError(
                "no_speech_features",
                f"The speech in {folder} has not been turned into features.",
                "Run: python -m backend train encoder --encode " + str(folder),
            ) from error

    def __len__(self) -> int:
        return len(self._offsets[0]) - 1

    def length(self, number: int) -> int:
        """Frames of one utterance."""
        return int(self._offsets[0][number + 1] - self._offsets[0][number])

    def get(self, number: int, version: int = 0) -> np.ndarray:
        """Features of one utterance, (T', D) float16, a view of the file."""
        offsets = self._offsets[version]
        return self._frames[version][offsets[number] : offsets[number + 1]]


@torch.inference_mode()
def encode_corpus(speech: Path, encoder: AudioEncoder, out: Path, augment: MelAugmentConfig | None = None) -> int:
    """Write the features of every utterance in all VERSIONS; returns how many, N.

    A version is two files, `features_file`, (frames, D) float16, and `offsets_file`, (N+1,) int64: utterance n of
    utterances.jsonl is rows offsets[n]:offsets[n+1].
    """
    corpus, device = SpeechCorpus(speech), encoder.word_head.weight.device
    out.mkdir(parents=True, exist_ok=True)
    order = sorted(range(len(corpus)), key=lambda n: corpus.utterances[n].frames)
    for version in range(VERSIONS):
        found: list[np.ndarray | None] = [None] * len(corpus)
        for start in range(0, len(order), 32):
            chunk = order[start : start + 32]
            mel, lengths = corpus.batch(chunk)
            if version:
                generator = torch.Generator().manual_seed(VERSIONS * start + version)
                mel, lengths = augment_mel(mel, lengths, augment or MelAugmentConfig(), generator)
            result = encoder(mel.to(device), lengths)
            rows = result.features.float().half().cpu().numpy()
            for n, features, length in zip(chunk, rows, result.lengths.tolist(), strict=True):
                found[n] = features[:length]
        offsets = np.concatenate(([0], np.cumsum([len(features) for features in found]))).astype(np.int64)
        for file, array in ((offsets_file(out, version), offsets), (features_file(out, version), np.concatenate(found))):
            np.save(file.with_suffix(".part.npy"), array)
            file.with_suffix(".part.npy").replace(file)
    return len(corpus)
