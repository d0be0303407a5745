"""Results as JSON files that appear whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

from backend.errors import UserError

ABLATIONS = Path(__file__).parents[1] / "docs" / "evaluation" / "ablations.json"  # in git, because it takes hours


def write_json(report: dict, path: Path) -> None:
    """Write a file and the folders above it; an old one is replaced at once. Raises OSError."""
    write_text(json.dumps(report, indent=1) + "\n", path)


def write_text(text: str, path: Path) -> None:
    """The same of a text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def read_json(path: Path) -> dict:
    """A file of results. Raises UserError ``no_results``."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        hint = f"Measure first: python -m backend evaluate all --json {path}"
        raise UserError("no_results", f"There are no results in {path} ({error}).", hint) from error
