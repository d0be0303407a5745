"""The tokenizer's training corpus: clips as features, split by subject, in windows.

A corpus holds every accepted retargeted clip and every authored one, with mirror images in training. `splits` decides which
subjects are held out; `sources` retargets.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..motion.features import D, to_features
from ..motion.files import load_motion

TIERS = ("open", "sharealike", "authored")


@dataclass(frozen=True)
class Clip:
    """One row of a corpus' index."""

    name: str
    tier: str
    dataset: str
    split: str
    start: int  # first row in the feature array
    frames: int


class Corpus:
    """Clips laid end to end in one (N, 140) array."""

    def __init__(self, array: np.ndarray, clips: list[Clip]) -> None:
        self.array, self.clips = array, clips
        weights = np.array([clip.frames for clip in clips], dtype=np.float64) * self._liveliness()
        self._weights = weights / weights.sum() if len(clips) else weights

    def __len__(self) -> int:
        return len(self.clips)

    def _liveliness(self) -> np.ndarray:
        """(clips,) relative movement of each clip, plus a constant.

        Short kicks matter more than minutes of standing.
        """
        moved = np.array(
            [np.abs(np.diff(self.features(i)[:, 4:], axis=0)).mean() if c.frames > 1 else 0.0 for i, c in enumerate(self.clips)]
        )
        return 0.4 + moved / max(float(moved.mean()), 1e-9) if len(moved) else moved

    def tiers(self) -> set[str]:
        """The tiers of all its clips."""
        return {clip.tier for clip in self.clips}

    def features(self, index: int) -> np.ndarray:
        """(T, 140) of one clip."""
        clip = self.clips[index]
        return self.array[clip.start : clip.start + clip.frames]

    def windows(self, rng: np.random.Generator, count: int, length: int) -> np.ndarray:
        """(count, length, 140) random windows, weighted by length and movement.

        Short clips hold their last frame.
        """
        out = np.empty((count, length, D), dtype=np.float32)
        for row, index in enumerate(rng.choice(len(self), size=count, p=self._weights)):
            features = self.features(int(index))
            start = int(rng.integers(0, max(len(features) - length, 0) + 1))
            piece = features[start : start + length]
            out[row, : len(piece)] = piece
            if len(piece) < length:
                out[row, len(piece) :] = held(piece[-1])
            out[row, 0, :3] = 0.0  # a window starts like a clip: no step has been made yet
        return out


def held(frame: np.ndarray) -> np.ndarray:
    """The frame (140,) without root motion, for holding a pose."""
    still = frame.copy()
    still[:3] = 0.0
    return still


def build_corpus(data: Path) -> None:
    """Write ``data/corpus.npy`` and ``corpus.jsonl`` from the retargeted and authored clips."""
    from .splits import split_of

    arrays, rows, start = [], [], 0
    for path, tier, dataset, subject in _clip_files(data):
        motion = load_motion(path).placed_at_origin()
        split = subject if tier == "authored" else split_of(path.stem, subject)
        versions = [(path.stem, motion)] + ([(path.stem + "~mirror", motion.mirrored())] if split == "train" else [])
        for name, version in versions:
            features = to_features(version)
            arrays.append(features)
            rows.append(Clip(name, tier, dataset, split, start, len(features)))
            start += len(features)
    if not rows:
        raise UserError("no_motion_data", f"{data} holds no motion clips.", "Run `python -m backend data build` first.")
    temporary = data / "corpus.part.npy"
    np.save(temporary, np.concatenate(arrays))
    os.replace(temporary, data / "corpus.npy")
    (data / "corpus.jsonl").write_text("".join(json.dumps(vars(row)) + "\n" for row in rows), encoding="utf-8")


def load_corpus(data: Path, split: str, tiers: tuple[str, ...] = TIERS) -> Corpus:
    """Read one split. Raises UserError where `data build` has not been run."""
    if not (data / "corpus.npy").exists():
        raise UserError("no_motion_data", f"{data / 'corpus.npy'} is missing.", "Run `python -m backend data build` first.")
    array = np.load(data / "corpus.npy", mmap_mode="r", allow_pickle=False)
    rows = [Clip(**json.loads(line)) for line in (data / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    return Corpus(array, [row for row in rows if row.split == split and row.tier in tiers])


def _clip_files(data: Path) -> list[tuple[Path, str, str, str]]:
    """(path, tier, dataset, subject) of every accepted clip of the shipped tiers."""
    found = []
    for row in read_jsonl(data / "motions" / "index.jsonl"):
        if row.get("accepted") and row["tier"] in TIERS:
            found.append((data / "motions" / f"{row['clip']}.npz", row["tier"], row["dataset"], str(row.get("subject", ""))))
    for row in read_jsonl(data / "authored" / "index.jsonl"):
        found.append((data / "authored" / f"{row['name']}.npz", "authored", "authored", row["split"]))
    return sorted(found)


def read_jsonl(path: Path) -> list[dict]:
    """Rows of a JSON-lines file; none where the file is missing."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
