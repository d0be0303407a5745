"""What is shown where in the motion clips: segments with keys, read from ``annotations/*.json``.

Those files are our own text about the clips (ids, frames, keys), made by `annotating` and checked by eye. This file only reads them; it knows neither
the motion nor the words.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .instruction import Instruction
from .splits import split_of

FPS = 30
TIERS = {"open": "open.json", "sharealike": "open.json", "noncommercial": "noncommercial.json"}


@dataclass(frozen=True)
class Segment:
    """Frames ``start`` to ``end`` (exclusive, at 30 fps, of the clip as it came) of a clip show ``key``.

    Attributes:
        clip, dataset, tier, subject: where it is from.
        weight: how much it should count where takes are drawn at random (1 = as good as any).
        loop: it ends where it begins and may be repeated.
        in_place: the legs go, the root does not: the path has to be added.
        split: "train", "val" or "test".
    """

    clip: str
    start: int
    end: int
    key: str
    tier: str
    dataset: str
    subject: str
    split: str
    weight: float = 1.0
    loop: bool = False
    in_place: bool = False

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end - self.start) / FPS

    @property
    def instruction(self) -> Instruction:
        """The key as an instruction."""
        return Instruction.parse(self.key)


@cache
def _read(name: str) -> tuple[Segment, ...]:
    path = Path(__file__).parent / "annotations" / name
    if not path.exists():
        return ()
    segments = []
    for clip, entry in json.loads(path.read_text(encoding="utf-8")).items():
        tier, dataset, subject = entry["tier"], entry["dataset"], entry["subject"]
        for start, end, key, weight, flags in entry["segments"]:
            marks = flags.split()
            segments.append(
                Segment(
                    clip, start, end, key, tier, dataset, subject, split_of(clip, subject),
                    float(weight), "loop" in marks, "in-place" in marks,
                )
            )  # fmt: skip
    return tuple(segments)


def load_segments(tiers: Iterable[str] = ("open", "sharealike")) -> list[Segment]:
    """All segments of some tiers, in a fixed order. Raises ValueError for a tier that is not known."""
    wanted = list(tiers)
    for tier in wanted:
        if tier not in TIERS:
            raise ValueError(f"unknown tier {tier!r}; known: {', '.join(TIERS)}")
    return [s for name in dict.fromkeys(TIERS[tier] for tier in wanted) for s in _read(name) if s.tier in wanted]


def seconds_by_key(segments: Iterable[Segment]) -> dict[str, float]:
    """Total seconds of each key, most first."""
    total: dict[str, float] = defaultdict(float)
    for segment in segments:
        total[segment.key] += segment.seconds
    return dict(sorted(total.items(), key=lambda item: -item[1]))
