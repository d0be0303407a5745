"""Which files of a folder are recordings, in the order people expect."""

from __future__ import annotations

import re
from pathlib import Path

from ..takes.audio import SUFFIXES

MAX_FILES = 1000


def recordings(folder: Path, deep: bool) -> list[Path]:
    """Sound files in a folder, and with ``deep`` in those below it; hidden ones are left out. Raises OSError."""
    found = folder.rglob("*") if deep else folder.iterdir()
    files = [
        path
        for path in found
        if path.suffix.lower() in SUFFIXES
        and path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    return sorted(files, key=_natural)[:MAX_FILES]


def _natural(path: Path) -> list:
    """Take 2 comes before Take 10."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]
