"""The seal of the sets: their SHA-256, and every run with its date and number.

A run is written down before the first sentence is asked, so that a second look, or one that was stopped, cannot be hidden.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from backend.errors import UserError
from backend.evaluation.results import write_json
from backend.packs.pack import sha256_of

FOLDER = Path(__file__).parents[3] / "tests" / "sealed"
NAME = "SEALED.json"


def open_sealed(name: str, folder: Path = FOLDER) -> Path:
    """The file of the set "voice" or "asks". UserError where it is not the sealed one."""
    path, sets = folder / f"{name}.jsonl", read_seal(folder)["sets"]
    if name not in sets or not path.exists():
        raise UserError("sealed_set", f"There is no sealed set {name!r} in {folder}.", "Run it in a checkout of the repository.")
    if sha256_of(path) != sets[name]["sha256"]:
        raise UserError(
            "sealed_set", f"{path} is not the file that was sealed on {sets[name]['sealed']}.", "Take it back from version control."
        )
    return path


def begin_run(name: str, about: dict, folder: Path = FOLDER) -> int:
    """Write a run of a set down and return its number, from 1 over both sets."""
    seal = read_seal(folder)
    number = len(seal["runs"]) + 1
    seal["runs"].append({"number": number, "date": now(), "set": name, **about, "result": "not finished"})
    write_json(seal, folder / NAME)
    return number


def end_run(number: int, result: dict, folder: Path = FOLDER) -> None:
    """Write down what came out of a run."""
    seal = read_seal(folder)
    seal["runs"][number - 1]["result"] = result
    write_json(seal, folder / NAME)


def read_seal(folder: Path = FOLDER) -> dict:
    """The seal: ``sets`` (name -> sha256, sentences, sealed) and ``runs``. Raises UserError."""
    try:
        seal = json.loads((folder / NAME).read_text(encoding="utf-8"))
        return {"sets": dict(seal["sets"]), "runs": list(seal["runs"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError("sealed_set", f"{folder / NAME} cannot be read ({error}).", "Take it back from version control.") from error


def now() -> str:
    """The date and minute, UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
