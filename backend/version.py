"""The product's version, from the extension's manifest beside ``backend/``."""

from __future__ import annotations

import tomllib
from pathlib import Path


def version() -> str:
    """The version, such as ``0.1.0``; ``unknown`` where there is no manifest."""
    manifest = Path(__file__).parents[1] / "blender_manifest.toml"
    try:
        return str(tomllib.loads(manifest.read_text(encoding="utf-8"))["version"])
    except (OSError, KeyError, ValueError):
        return "unknown"
