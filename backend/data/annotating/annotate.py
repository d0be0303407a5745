"""Annotates all clips of the shared motion data: ``python -m backend data annotate CLIPS``.

Rules on labels (`labels`) annotate labelled clips; measurements (`measured`) annotate CMU clips. `corrections.json`, made by
looking at the clips, overrides both.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from ...language.instruction import Instruction
from ...language.kinds import check_instruction
from . import measured
from .labels import rule_for
from .measured import Found
from .track import FPS, Track, load_track

FOLDER = Path(__file__).parents[1] / "annotations"
MEASURES: tuple[tuple[str, Callable[[Track], list[Found]]], ...] = (
    ("cmu_01_01", lambda t: measured.jumping(t) + measured.turning(t)),
    ("cmu_01_*", lambda t: measured.walking(t, speeds=False)),
    ("cmu_02_03", lambda t: [(0, len(t), "jog.forward")]),
    ("cmu_02_04", measured.jumping),
    ("cmu_02_05", lambda t: [*measured.punching(t), (20, 170, "box"), (150, 300, "box"), (235, 400, "box")]),
    ("cmu_02_06", measured.lifting),
    ("cmu_06_1[0-2]", measured.dribbling),
    ("cmu_09_12", measured.walking),
    ("cmu_09_*", lambda t: [(0, len(t), "run.forward")]),
    ("cmu_x_running_2", lambda t: [(0, len(t), "run.forward")]),
    ("cmu_10_04", measured.walking),
    ("cmu_10_*", measured.kicking),
    ("cmu_11_01", measured.kicking),
    ("cmu_13_01", lambda t: measured.seating(t) + measured.turning(t)),
    ("cmu_14_2[789]", lambda t: measured.seating(t) + measured.turning(t)),
    ("cmu_14_3[0126]", lambda t: measured.seating(t) + measured.turning(t)),
    ("cmu_13_0[789]", measured.drinking),
    ("cmu_14_0[45]", measured.drinking),
    ("cmu_14_37", measured.drinking),
    ("cmu_13_10", measured.reaching),
    ("cmu_14_0[78]", measured.reaching),
    ("cmu_13_3[34]", lambda t: measured.climbing(t, "climb.up", 0.35)),
    ("cmu_14_3[345]", lambda t: measured.climbing(t, "climb.up", 0.35)),
    ("cmu_13_3[5678]", lambda t: measured.climbing(t, "stairs.up", 0.35) + measured.turning(t)),
    ("cmu_14_2[123]", lambda t: measured.climbing(t, "stairs.up", 0.35) + measured.turning(t)),
    ("cmu_13_*", measured.jumping),
    ("cmu_49_1[89]", measured.balancing),
    ("cmu_49_20", measured.balancing),
    ("cmu_x_jumping_?", measured.jumping),
    ("mass_balance", measured.balancing),
    ("bn_*_walk_*", measured.walking),
    ("quaternius_smooth_*_sitting", lambda t: [(0, 90, "sit")]),
    ("cmu_*", lambda t: measured.walking(t) if _is_walk(t) else []),
)

LONGEST_TAKE = 8 * FPS


def _is_walk(track: Track) -> bool:
    ahead, aside = track.travel(0, len(track))
    return len(track) < 200 and (ahead**2 + aside**2) ** 0.5 > 1.5


def segments_of(clip: dict, track: Track) -> list[list]:
    """Rows [start, end, key, weight, flags] of one clip; empty where no rule applies."""
    rule = rule_for(clip["id"])
    rows: list[list] = []
    if rule is not None:
        longest = 5.0 if len(track) > LONGEST_TAKE else LONGEST_TAKE / FPS
        for start, end, key in measured.windows(track, rule.key, longest):
            rows.append([start, end, key, rule.weight, " ".join(rule.flags)])
            if rule.also:
                rows.append([start, end, rule.also, rule.weight / 2, " ".join(rule.flags)])
    else:
        walk = "walk" in str(clip.get("description")) and "uneven" not in str(clip.get("description"))
        for pattern, measure in MEASURES:
            if fnmatch.fnmatchcase(clip["id"], pattern):
                if pattern == "cmu_*" and not walk:
                    break
                rows = [[a, b, key, 1.0, ""] for a, b, key in measure(track)]
                break
    for row in rows:
        check_instruction(Instruction.parse(row[2]))
    captured = clip["dataset"] in ("CMU", "HDM05", "BandaiNamco")
    shortest = 24 if captured and rule is None else 30 if clip["dataset"] == "BandaiNamco" else 12
    rows = [row for row in rows if row[1] - row[0] >= shortest]
    rows = [row for row in rows if not (captured and measured.broken(track, row[0], row[1]))]
    return sorted(rows, key=lambda row: (row[0], row[1]))


def command(
    clips: Annotated[Path, typer.Argument(help="Folder with clips.jsonl and clips/.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the annotations.")] = FOLDER,
) -> None:
    """Annotate clips with what they show: one file a tier."""
    # a correction replaces everything found for its clip
    corrections = json.loads((Path(__file__).parent / "corrections.json").read_text(encoding="utf-8"))
    tiers: dict[str, dict[str, dict]] = {"open": {}, "noncommercial": {}}
    index = [json.loads(line) for line in (clips / "clips.jsonl").read_text(encoding="utf-8").splitlines()]
    for clip in index:
        name = {"open": "open", "sharealike": "open", "noncommercial": "noncommercial"}.get(clip["tier"])
        known = any(fnmatch.fnmatchcase(clip["id"], pattern) for pattern, _ in MEASURES)
        if name is None or not (known or rule_for(clip["id"]) or clip["id"] in corrections):
            continue
        rows = corrections.get(clip["id"])
        if rows is None:
            rows = segments_of(clip, load_track(clips / "clips" / f"{clip['id']}.npz"))
        if rows:
            origin = {"tier": clip["tier"], "dataset": clip["dataset"], "subject": clip["subject"] or ""}
            tiers[name][clip["id"]] = {**origin, "segments": rows}
    out.mkdir(parents=True, exist_ok=True)
    for name, found in tiers.items():
        if found:
            lines = [f"{json.dumps(clip)}: {json.dumps(row, separators=(',', ':'))}" for clip, row in found.items()]
            (out / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        rows = [row for clip in found.values() for row in clip["segments"]]
        minutes = sum(row[1] - row[0] for row in rows) / FPS / 60
        print(f"{name}: {len(found)} clips, {len(rows)} segments, {minutes:.1f} minutes")
