"""Provenance of weights: rows about training runs that outlive the runs' folders.

A run's folder holds its settings and its validation numbers; a pack's `training.json` keeps a row of each. Who trains on from a
pack's weights in a checkout without the earlier runs therefore keeps their rows, and who trains from nothing does not: a run notes
the SHA-256 of the weights it started from. What is done with the rows is `pack`'s matter.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..data.tiers import sorted_tiers
from ..errors import UserError
from ..packs.pack import sha256_of
from .training_loop import CHECKPOINT

FILE = "training.json"
SETTINGS = ("config.json", "training.json")  # the second is the encoder's
COMMANDS = {"tokenizer_narrow": "narrow-encoder", "tokenizer_refined": "decoder"}

PARTS = ("encoder", "tokenizer", "instruct")

Row = dict[str, object]


def write_settings(file: Path, settings: dict, init: Path | None, tiers: Iterable[str] | None = None) -> None:
    """Write a run's settings and the weights it begins with, before training. Raises OSError.

    A run that is resumed began where it says it did: the file it started from may hold other weights by now. ``tiers`` are those of
    the motion it is trained on; what the weights it begins with were trained on is added."""
    origin = {"init": str(init) if init else None, "init_sha256": sha256_of(init) if init else None}
    if (file.parent / CHECKPOINT).exists() and file.exists():
        before = json.loads(file.read_text(encoding="utf-8"))
        origin = {name: before.get(name) for name in origin}
    if tiers is not None:
        origin["tiers"] = sorted_tiers({*tiers, *_tiers_beside(file.parent), *(_tiers_beside(init.parent) if init else ())})
    file.write_text(json.dumps(settings | origin, indent=1), encoding="utf-8")


def _tiers_beside(folder: Path) -> list[str]:
    """What the weights in a folder, a pack or a run, were trained on as far as it says so."""
    files = (folder / name for name in ("pack.json", "config.json"))
    return [tier for file in files if file.exists() for tier in json.loads(file.read_text(encoding="utf-8")).get("tiers") or ()]


def rows_of(runs: Path, part: str) -> list[Row]:
    """A row for every validated run of a part (encoder, tokenizer, instruct), by name."""
    return [_row(part, run) for run in sorted(runs.glob(f"{part}*")) if (run / "validation.csv").exists()]


def _row(part: str, run: Path) -> Row:
    with (run / "validation.csv").open(newline="") as file:
        last = list(csv.DictReader(file))[-1]
    settings = next((json.loads((run / name).read_text(encoding="utf-8")) for name in SETTINGS if (run / name).exists()), {})
    row = {
        "part": part, "run": run.name, "command": COMMANDS.get(run.name, part), "steps": int(last["step"]),
        "seconds": round(float(last["seconds"])), "init_sha256": settings.get("init_sha256"), "tiers": settings.get("tiers"),
        "validation": {k: float(f"{float(v):.4g}") for k, v in last.items() if k not in ("step", "seconds") and v},
    }  # fmt: skip
    if "corpora" in settings:  # of speech
        row["corpora"] = list(dict.fromkeys(Path(name).name for name in settings["corpora"]))
    return row


@dataclass
class Provenance:
    """Rows of the runs that led to a pack's weights.

    Attributes:
        sha256: of the weights that the rows are of, by part.
        rows: as `rows_of` gives them.
        notes: paragraphs by people on what the rows do not say, by part; gone with the part's rows.
        speech: utterances, different texts and speakers of each corpus the encoder was trained on.
        engines: what spoke in them.
    """

    sha256: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)
    speech: dict[str, list[int]] = field(default_factory=dict)
    engines: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> Provenance:
        """Of a pack's folder; empty where none was written."""
        file = folder / FILE
        return cls(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else cls()

    def write(self, folder: Path) -> None:
        """Into a pack's folder. Raises OSError."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    def update(self, part: str, sha256: str, found: list[Row]) -> None:
        """Take in that a part's weights are these now, and the runs there are of it.

        Raises UserError where the weights are new and no run is there to say how they came about."""
        earlier = [row for row in self.rows if row["part"] == part]
        if earlier and sha256 == self.sha256.get(part):
            return
        if not found:
            hint = f"Say with --runs where its run is, or put the {part} back that the rows in {FILE} are of."
            raise UserError("no_run", f"The {part} is new, and no run of it is there.", hint)
        if not self._led_to(found, earlier, part):
            earlier = []
            self.notes.pop(part, None)
        again = {_identity(row) for row in found}
        kept = [row for row in earlier if _identity(row) not in again]
        self.rows = [row for row in self.rows if row["part"] != part] + kept + found
        self.sha256[part] = sha256

    def take(self, part: str, other: Provenance) -> None:
        """Put what another pack's history says of a part in the place of what is said here."""
        self.rows = [row for row in self.rows if row["part"] != part] + [row for row in other.rows if row["part"] == part]
        for mine, theirs in ((self.sha256, other.sha256), (self.notes, other.notes)):
            mine.pop(part, None)
            mine.update({part: theirs[part]} if part in theirs else {})
        if part == "encoder":
            self.speech, self.engines = dict(other.speech), list(other.engines)

    @property
    def tiers(self) -> list[str]:
        """What all of it was trained on, as far as the rows say so."""
        return sorted_tiers(tier for row in self.rows for tier in row["tiers"] or ())

    def _led_to(self, found: list[Row], earlier: list[Row], part: str) -> bool:
        """Whether one of the runs found goes on from the weights or runs of the earlier rows."""
        known = {_identity(row) for row in earlier}
        origins = [row for row in found if row["init_sha256"]]
        return any(row["init_sha256"] == self.sha256.get(part) or _identity(row) in known for row in origins)


def _identity(row: Row) -> tuple:
    """Folders are used again for other runs, so a run is known by where it started, too."""
    return row["run"], row["init_sha256"]


def table(rows: list[Row]) -> list[str]:
    """The rows as lines of a Markdown table."""
    lines = ["| run | command | steps | seconds | validation |", "| --- | --- | ---: | ---: | --- |"]
    for row in rows:
        numbers = ", ".join(f"{name} {value:.4g}" for name, value in row["validation"].items())
        command = f"`python -m backend train {row['command']}`"
        lines.append(f"| {row['run']} | {command} | {row['steps']} | {row['seconds']} | {numbers} |")
    return lines
