"""The installation: the add-on's version and the backend's folder.

Plain Python, so that it is tested without Blender.

There are two layouts. In the extension's zip, `backend/` and the manifest lie inside the add-on's folder; in a checkout
they lie beside it.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

ADDON = __package__  # as Blender's preferences know it
PACKAGE_FOLDER = Path(__file__).resolve().parent


class BackendNotFoundError(Exception):
    """The backend cannot be started. The text and ``hint`` are sentences for the user."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@cache
def add_on_version() -> str:
    """The version in `blender_manifest.toml`; "unknown" without that file."""
    for candidate in (PACKAGE_FOLDER, PACKAGE_FOLDER.parent):
        try:
            return str(tomllib.loads((candidate / "blender_manifest.toml").read_text(encoding="utf-8"))["version"])
        except (OSError, ValueError, KeyError):
            continue
    return "unknown"


def backend_folder(package_folder: Path | None = None) -> Path:
    """The folder `backend/`, in either layout.

    Raises:
        BackendNotFoundError: neither layout has it.
    """
    package_folder = package_folder or PACKAGE_FOLDER
    for candidate in (package_folder / "backend", package_folder.parent / "backend"):
        if (candidate / "motion" / "default_body.json").is_file():
            return candidate
    raise BackendNotFoundError(
        "The add-on's own files are incomplete: the backend folder is missing.", "Install the extension again."
    )
