"""The add-on's version, from its manifest."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def add_on_version() -> str:
    """As in `blender_manifest.toml`, which lies in the extension's folder, and in a checkout beside it; else empty."""
    folder = Path(__file__).resolve().parent
    for candidate in (folder, folder.parent):
        try:
            return str(tomllib.loads((candidate / "blender_manifest.toml").read_text(encoding="utf-8"))["version"])
        except (OSError, ValueError, KeyError):
            continue
    return ""
