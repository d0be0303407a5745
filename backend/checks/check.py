"""A check's result, one line of the table, and what all checks share.

Standard library only, as everything in this room.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

OK, WARNING, FAILED = "ok", "warning", "failed"
SETUP = "Press Repair in the add-on's preferences, or run: python3 build.py setup"


@dataclass(frozen=True)
class Check:
    """One result: what was checked, its status (`OK`, `WARNING`, `FAILED`), details and fix."""

    name: str
    status: str
    detail: str
    fix: str = ""


def status_of(value: float, limits: tuple[float, float]) -> str:
    """`OK` from the first limit on, `FAILED` below the second."""
    return OK if value >= limits[0] else WARNING if value >= limits[1] else FAILED


def is_installed(module: str) -> bool:
    """Whether a module is found; importing it may fail all the same."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # ValueError: half loaded
        return False
