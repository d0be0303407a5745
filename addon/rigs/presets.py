"""Where rig maps come from: the JSON files that ship, and those the user saved.

The user's own come first: who saved a map for a rig wants it used.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from . import rig_map
from .rig_map import RigMap, RigMapError

BUNDLED = Path(__file__).with_name("presets")


@cache
def bundled() -> tuple[RigMap, ...]:
    """The maps that ship, by file name."""
    return tuple(rig_map.load(path) for path in sorted(BUNDLED.glob("*.json")))


def users(folder: Path | None) -> tuple[tuple[RigMap, ...], tuple[str, ...]]:
    """The maps in ``folder`` and a sentence for each file there that is none. Read again when a file has changed."""
    if folder is None or not folder.is_dir():
        return (), ()
    return _read(tuple((path, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.json"))))


@cache
def _read(files: tuple[tuple[Path, int], ...]) -> tuple[tuple[RigMap, ...], tuple[str, ...]]:
    maps, troubles = [], []
    for path, _ in files:
        try:
            maps.append(rig_map.load(path))
        except RigMapError as error:
            troubles.append(str(error))
    return tuple(maps), tuple(troubles)
