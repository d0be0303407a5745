"""Splits of clips and voices by name: training, choosing (val), measuring (test).

Whole CMU and HDM05 subjects are held out where others show the same kinds. Kinds that only one or two people performed are held
out by trial; the salsa partners 60 and 61 stay together, because they are one recording. Game clips have no subjects and are
split by a hash of their name. ``splits.json`` has all of this, and keeps the only source of a kind in training. The voices awb
and ked are never trained or tuned on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

SPLITS = ("train", "val", "test")
HELD_VOICES = ("awb", "ked", "cmu_us_awb", "cmu_us_ked")
_DATASETS = {"cmu": "CMU", "hdm05": "HDM05", "bn": "BandaiNamco"}
_HASHED = (0.08, 0.08)  # shares of val and test for all other clips


@cache
def _table() -> dict[str, dict]:
    return json.loads((Path(__file__).parent / "splits.json").read_text(encoding="utf-8"))


def split_of(clip: str, subject: str | None = None) -> str:
    """The split of a motion clip: "train", "val" or "test". The same on every machine.

    Args:
        clip: clip id, as in the index of clips; a suffix after "~" (a derived version) is ignored.
        subject: the performer's name, or nothing where the data set has none.
    """
    clip = clip.partition("~")[0]
    table = _table()
    if clip in table["clips"]:
        return table["clips"][clip]
    dataset = _DATASETS.get(clip.partition("_")[0], "")
    if subject and f"{dataset} {subject}" in table["subjects"]:
        return table["subjects"][f"{dataset} {subject}"]
    val, test = table["hashed"].get(dataset, _HASHED)
    draw = _uniform(clip)
    return "val" if draw < val else "test" if draw < val + test else "train"


def split_of_voice(voice: str) -> str:
    """The split of a synthetic voice by name; shifts of held-out voices are held out."""
    return "test" if voice.lower().startswith(HELD_VOICES) else "train"


def _uniform(text: str) -> float:
    """A number in [0, 1) from a name, independent of Python's own salted hash."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48


def shares(rows: Iterable[tuple[str, float]]) -> dict[str, float]:
    """Fraction of the time per split, from (split, seconds) rows."""
    total = dict.fromkeys(SPLITS, 0.0)
    for split, seconds in rows:
        total[split] += seconds
    whole = sum(total.values()) or 1.0
    return {split: seconds / whole for split, seconds in total.items()}
