"""The product's version, stated once: in the extension's manifest, beside ``backend/`` in checkout and zip."""

from __future__ import annotations

import tomllib
from pathlib import Path


def version() -> str:
    """Version such as ``0.1.0``, or ``unknown`` where the backend was copied without its manifest."""
    manifest = Path(__file__).parents[1] / "blender_manifest.toml"
    try:
        return str(tomllib.loads(manifest.read_text(encoding="utf-8"))["version"])
    except (OSError, KeyError, ValueError):
        return "unknown"
