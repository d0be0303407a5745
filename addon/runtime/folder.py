"""The folder of a runtime: what lies where in it, and which state it is in.

    ready.json     written last: which lock file, versions, device; a runtime without it is not used
    venv/          the virtual environment
    wheels/        what was downloaded; gone when the set-up is finished
    temporary/     pip's own, and the self-test's
    venv.partial/  the same while it is made or copied
    setup.lock     held while something works here
    setup.log      everything pip said, last time

Only these names are ever touched, so the folder may be shared with anything else.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

NAME = "voice-to-motion-runtime"  # of our folder inside one that the user chose
FORMAT = 1
WINDOWS_LIMIT = 259  # characters of a path, where long paths are not switched on


@dataclass(frozen=True)
class RuntimeFolder:
    """Paths below ``root``."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / "venv"

    @property
    def partial_venv(self) -> Path:
        return self.root / "venv.partial"

    @property
    def python(self) -> Path:
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def sentinel(self) -> Path:
        return self.root / "ready.json"

    @property
    def wheels(self) -> Path:
        return self.root / "wheels"

    @property
    def temporary(self) -> Path:
        return self.root / "temporary"

    @property
    def lock(self) -> Path:
        return self.root / "setup.lock"

    @property
    def log(self) -> Path:
        return self.root / "setup.log"

    @property
    def site_packages(self) -> Path:
        """Where packages are; of the one Python that the environment is made for."""
        if os.name == "nt":
            return self.venv / "Lib" / "site-packages"
        found = sorted(self.venv.glob("lib/python3*/site-packages"))
        return found[-1] if found else self.venv / "lib" / "site-packages"

    @property
    def parts(self) -> tuple[Path, ...]:
        """Everything of ours but the lock, in the order in which it is removed: the sentinel first."""
        return (self.sentinel, self.venv, self.partial_venv, self.wheels, self.temporary, self.log)


@dataclass(frozen=True)
class State:
    """``kind`` is "absent", "partial", "ready", "outdated" or "broken".

    Attributes:
        reason: why it is broken, in one sentence; empty otherwise.
        facts: of a runtime that was finished: lock, python, torch, device, bytes, seconds, product.
    """

    kind: str
    reason: str = ""
    facts: dict = field(default_factory=dict)


def read_state(folder: RuntimeFolder, known: Iterable[str]) -> State:
    """Look at a runtime: three small questions to the file system, no process.

    Args:
        folder: where it would be.
        known: SHA-256 of the lock files that this version of the add-on brings.
    """
    try:
        facts = json.loads(folder.sentinel.read_text(encoding="utf-8"))
        mark = facts["lock_sha256"] if facts["format"] == FORMAT else ""
    except FileNotFoundError:
        return State("partial" if folder.venv.exists() or folder.wheels.exists() else "absent")
    except (OSError, ValueError, KeyError, TypeError):
        return State("broken", "The record of the set-up cannot be read.")
    if not folder.python.exists():
        # The environment's interpreter is a link to (or starts) the one it was made with.
        reason = "The Python it was made with is gone: Blender or that Python has been updated, moved or removed."
        return State("broken", reason, facts)
    return State("ready" if mark in known else "outdated", "", facts)


def write_sentinel(folder: RuntimeFolder, facts: dict) -> None:
    """Write the record of a finished set-up, whole or not at all, and flush it to the disk."""
    partial = folder.root / "ready.partial"
    with partial.open("w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, **facts}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder.sentinel)


def folder_size(path: Path) -> int:
    """Bytes of all files below a folder, links not followed; 0 when it is not there."""
    total = 0
    for parent, _, files in os.walk(path):
        for name in files:
            total += Path(parent, name).lstat().st_size
    return total


def too_long(folder: RuntimeFolder, longest_path: int) -> bool:
    """Whether files below this folder would have paths too long for this Windows."""
    if sys.platform != "win32":
        return False
    length = len(str(folder.venv / "Lib" / "site-packages")) + 1 + longest_path
    return length > WINDOWS_LIMIT and not _long_paths_on()


def _long_paths_on() -> bool:
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SYSTEM\CurrentControlSet\Control\FileSystem") as key:
            return bool(winreg.QueryValueEx(key, "LongPathsEnabled")[0])
    except OSError:
        return False
