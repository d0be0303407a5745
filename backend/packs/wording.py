"""Small helpers for sentences about files, shared by everything that refuses something."""

from __future__ import annotations

from pathlib import Path

from backend.errors import UserError


def shortened(path: Path) -> str:
    """A path fit for one sentence: no control characters, only the end of it if it is very long."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(path))
    return text if len(text) <= 160 else "..." + text[-150:]


def reason(error: Exception) -> str:
    """The system's words for a failure, without number and path, e.g. ``permission denied``."""
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]


def cannot_write(folder: Path, error: Exception) -> UserError:
    """The sentence for a folder that takes no files."""
    return UserError(
        "cannot_write",
        f"Nothing can be written to the folder {shortened(folder)} ({reason(error)}).",
        "Choose another output folder or free some space.",
    )
