"""Segments of motion clips with instruction keys, from ``annotations/*.json``.

The files are our own text about the clips (ids, frames, keys), made by `annotating` and checked by eye. This module reads them
and cuts segments out of motions. A few actions played backwards show another kind (lying down reversed is getting up), and a
straight walk without its travel is one on a treadmill: such derived segments are returned on request.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from ..language.instruction import Instruction
from ..motion.motion import Motion
from .sources.treadmill import without_travel
from .splits import split_of

FPS = 30
ENOUGH = 0.8  # of a segment has to be left after trimming
# what a kind shows when it is played backwards, where that looks like a person doing it, and how much it then counts
BACKWARDS = {
    "lie_down": ("get_up", 1.0),
    "climb.up": ("climb.down", 0.5),
    "put_down.right": ("pick_up", 1.0),
    "walk.forward": ("walk.backward", 0.3),
    "walk.forward@slow": ("walk.backward@slow", 0.5),
    "run.forward": ("run.backward", 0.7),
    "rotate_arms.backward": ("rotate_arms.forward", 1.0),
}
# what a kind shows without its travel, and how much it then counts
ON_TREADMILL = {
    "walk.forward": ("treadmill_walk", 1.0),
    "walk.forward@slow": ("treadmill_walk@slow", 1.0),
    "walk.forward@fast": ("treadmill_walk@fast", 1.0),
    "jog.forward": ("treadmill_run", 1.0),
    "run.forward": ("treadmill_run", 1.0),
}

TIERS = {"open": "open.json", "sharealike": "open.json", "noncommercial": "noncommercial.json"}


@dataclass(frozen=True)
class Segment:
    """Frames ``start`` to ``end`` of a clip show the instruction ``key``.

    Frames count at 30 fps in the original clip; ``end`` is exclusive.

    Attributes:
        clip, dataset, tier, subject: its origin.
        weight: sampling weight among segments of the same key.
        loop: ends where it begins, so it may repeat.
        in_place: legs walk but the root stays; the path has to be added.
        split: "train", "val" or "test".
        backwards: shows the key when played from the end to the start.
        on_treadmill: shows the key when its travel is taken away.
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
    backwards: bool = False
    on_treadmill: bool = False

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
            origin = (tier, dataset, subject, split_of(clip, subject))
            marks = flags.split()
            segments.append(
                Segment(clip, start, end, key, *origin, float(weight), "loop" in marks, "in-place" in marks)
            )
    return tuple(segments)


def load_segments(tiers: Iterable[str] = ("open", "sharealike"), derived: bool = False) -> list[Segment]:
    """All segments of some tiers, in a fixed order.

    With ``derived``, also those that are played backwards or without their travel.

    Raises ValueError for a tier that is not known.
    """
    wanted = list(tiers)
    for tier in wanted:
        if tier not in TIERS:
            raise ValueError(f"unknown tier {tier!r}; known: {', '.join(TIERS)}")
    found = [s for name in dict.fromkeys(TIERS[tier] for tier in wanted) for s in _read(name) if s.tier in wanted]
    return found + [more for segment in found for more in derived_segments(segment)] if derived else found


def derived_segments(segment: Segment) -> list[Segment]:
    """The segment played backwards or without its travel, where that shows another action."""
    out = []
    if segment.key in BACKWARDS:
        key, factor = BACKWARDS[segment.key]
        out.append(replace(segment, key=key, weight=segment.weight * factor, backwards=True))
    if segment.key in ON_TREADMILL and not segment.in_place:  # a game cycle's own speed is too rough a guess
        key, factor = ON_TREADMILL[segment.key]
        out.append(replace(segment, key=key, weight=segment.weight * factor, on_treadmill=True))
    return out


def cut(motion: Motion, segment: Segment, trimmed: int = 0) -> Motion:
    """Cut a segment out of its clip's motion (30 fps); derived ones backwards or without travel.

    Args:
        motion: the whole retargeted clip.
        segment: what to cut out.
        trimmed: frames that retargeting cut from the clip's start.

    Raises ValueError when less than `ENOUGH` of the segment is left: half a kick is no kick.
    """
    start, end = max(segment.start - trimmed, 0), min(segment.end - trimmed, len(motion))
    if end - start < ENOUGH * (segment.end - segment.start):
        raise ValueError(f"{segment.clip} has too few of the frames {segment.start}..{segment.end} after trimming")
    piece = motion.slice(start, end)
    if segment.on_treadmill:
        return without_travel(piece)
    if not segment.backwards:
        return piece
    rotations, pelvis = np.ascontiguousarray(piece.rotations[::-1]), np.ascontiguousarray(piece.pelvis[::-1])
    return replace(piece, rotations=rotations, pelvis=pelvis)


def seconds_by_key(segments: Iterable[Segment]) -> dict[str, float]:
    """Total seconds of each key, most first."""
    total: dict[str, float] = defaultdict(float)
    for segment in segments:
        total[segment.key] += segment.seconds
    return dict(sorted(total.items(), key=lambda item: -item[1]))
