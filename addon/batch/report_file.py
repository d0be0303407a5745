"""The report of a batch: one line of JSON for each file, beside its motions.

A later batch goes on from it.
Lines are appended while a batch runs, so whatever ends it loses nothing; at its end they are put in order, the last of each file.
The fields are those of the backend's `batch`, and ``action``. Plain Python, no bpy; what takes long is done in steps.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import zipfile
from collections.abc import Generator, Iterable
from pathlib import Path

from .listing import STEP

NAME = "batch_report.jsonl"
_PIECE = 1 << 20  # bytes of a recording that are hashed in a step, about a millisecond


def batch_folder(cache: Path, recordings: Path) -> Path:
    """The folder in the cache for what is made of a folder of recordings; the same each time."""
    where = str(recordings.resolve()).encode("utf-8", "surrogatepass")
    name = "".join(letter for letter in recordings.name if letter.isalnum() or letter in " -_")[:40].strip()
    return cache / "batch" / f"{name or 'folder'}-{hashlib.sha256(where).hexdigest()[:8]}"


class ReportFile:
    """What became of each file, by its name relative to the folder of recordings."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._last: dict[str, str] = {}  # lines: of 100,000 dicts Python's garbage collector would make pauses
        self._lines: list[str] = []

    def read(self) -> Generator[None, None, None]:
        """Take in the report of an earlier batch, in steps. Raises OSError."""
        with contextlib.suppress(FileNotFoundError), self.path.open(encoding="utf-8", errors="replace") as stream:
            line = "\n"
            for number, line in enumerate(stream):
                with contextlib.suppress(ValueError):  # cut off, or a line that somebody edited
                    entry = json.loads(line)
                    if isinstance(entry, dict) and isinstance(entry.get("file"), str):
                        self._last[entry["file"]] = line.rstrip("\n")
                if number % STEP == STEP - 1:
                    yield
            if not line.endswith("\n"):
                self._lines.append("")

    def add(self, entry: dict) -> None:
        """Note what became of a file; `flush` writes it."""
        self._last[entry["file"]] = line = json.dumps(entry)
        self._lines.append(line)

    def flush(self) -> None:
        """Write what was added. Raises OSError."""
        if self._lines:
            with self.path.open("a", encoding="utf-8") as stream:
                stream.write("".join(line + "\n" for line in self._lines))
            self._lines.clear()

    def _entry(self, name: str) -> dict:
        return json.loads(self._last.get(name, "{}"))

    def has(self, name: str, fingerprint: str) -> bool:
        """Whether a file is known to be done, from the same bytes and options."""
        entry = self._entry(name)
        return bool(fingerprint) and entry.get("outcome") == "done" and entry.get("fingerprint") == fingerprint

    def motion_of(self, name: str, fingerprint: str) -> tuple[str, str]:
        """The motion file made before from the same bytes and options, and its words, or empty."""
        entry = self._entry(name)
        files = entry.get("files")
        if not self.has(name, fingerprint) or not isinstance(files, list) or not files:
            return "", ""
        path = self.path.parent / Path(str(files[0])).name  # whoever wrote the report, it stays in the folder
        return (str(path), str(entry.get("heard", ""))) if zipfile.is_zipfile(path) else ("", "")

    def in_order(self, names: Iterable[str]) -> Generator[None, None, None]:
        """Write the report anew, these files first, in steps. Raises OSError, losing nothing."""
        part = self.path.with_name(f".{NAME}.part")
        try:
            with part.open("w", encoding="utf-8") as stream:
                left = dict(self._last)
                for number, name in enumerate(names):
                    if name in left:
                        stream.write(left.pop(name) + "\n")
                    if number % STEP == STEP - 1:
                        yield
                for number, line in enumerate(left.values()):
                    stream.write(line + "\n")
                    if number % STEP == STEP - 1:
                        yield
            part.replace(self.path)
        finally:
            part.unlink(missing_ok=True)


def fingerprint_of(path: Path, options: dict) -> Generator[None, None, str]:
    """A hash of a recording's bytes and of the options, in steps. Raises OSError."""
    digest = hashlib.sha256(json.dumps(options, sort_keys=True).encode() + b"\n")
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            if len(piece) == _PIECE:
                yield
    return digest.hexdigest()
