"""A small sample of the shared data for a recipe's smoke run: a few clips and recordings.

The sample has the shared folder's layout; its files are links.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from ..data.annotations import load_segments
from ..data.corpus import read_jsonl
from ..data.tiers import RESEARCH_TIERS
from ..errors import UserError

CLIPS = {"train": 28, "val": 8, "test": 2}  # clips of each split, the shortest first
OF_A_KIND = 2  # clips of a split that begin with the same kind of action
RECORDINGS = 12  # of each folder


def link_sample(shared: Path, out: Path) -> Path:
    """Make the sample of ``shared`` in ``out``; returns ``out``. UserError without clips."""
    rows = {row["id"]: row for row in read_jsonl(shared / "motion" / "clips.jsonl") if row["tier"] in RESEARCH_TIERS}
    if not rows:
        raise UserError("no_shared_data", f"{shared} holds no motion/clips.jsonl.", "Say where the data folder is with --shared.")
    chosen = _chosen(rows)
    (out / "motion").mkdir(parents=True, exist_ok=True)
    (out / "motion" / "clips.jsonl").write_text("".join(json.dumps(rows[clip]) + "\n" for clip in chosen), encoding="utf-8")
    _link(out / "motion" / "clips", shared / "motion" / "clips")
    for folder in sorted(path for path in (shared / "speech").iterdir() if path.is_dir()):
        (out / "speech" / folder.name).mkdir(parents=True, exist_ok=True)
        recordings = sorted(path for path in folder.rglob("*") if path.suffix in (".ogg", ".flac", ".wav"))
        for recording in recordings[:: max(1, len(recordings) // RECORDINGS)][:RECORDINGS]:
            _link(out / "speech" / folder.name / recording.name, recording)
    return out


def _chosen(rows: dict[str, dict]) -> list[str]:
    """Annotated clips: of each split the shortest of every kind."""
    segments = sorted(load_segments(RESEARCH_TIERS), key=lambda s: (rows[s.clip]["frames"], s.clip) if s.clip in rows else (0, ""))
    found: dict[str, str] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for segment in segments:
        kind = segment.instruction.steps[0][0].kind
        splits = Counter(found.values())
        if segment.clip not in rows or segment.clip in found or not segment.instruction.single:
            continue
        if splits[segment.split] < CLIPS[segment.split] and counts[segment.split, kind] < OF_A_KIND:
            found[segment.clip] = segment.split
            counts[segment.split, kind] += 1
    return sorted(found)


def _link(link: Path, target: Path) -> None:
    if not link.exists():
        link.symlink_to(target.resolve())
