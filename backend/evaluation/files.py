"""Results as JSON files that appear whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

ABLATIONS = Path(__file__).parents[1] / "docs" / "evaluation" / "ablations.json"  # in git, because it takes hours


def write_json(report: dict, path: Path) -> None:
    """Write a file and the folders above it; an old one is replaced at once. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    temporary.replace(path)
