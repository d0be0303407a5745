"""The report of a batch: one line of JSON for each file, beside the results.

A later run goes on from it.

While a batch runs, lines are appended, so whatever ends it loses nothing; at its end they are put in order, the last of each file.
Before a motion is written, a line of the outcome ``unfinished`` claims its files' names.

======================  ==============================================================================
``file``                relative to the folder of recordings
``outcome``             done, refused, failed, not_audio or unfinished
``files``               the results, relative to the report's folder
``fingerprint``         of the recording's bytes and the options
``code message hint``   why there is no result; with a refusal also ``heard confidence nearest``
``heard seeds ...``     of a result, as ``generate --json`` has them
======================  ==============================================================================
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from backend.errors import UserError, cannot_write, is_disk_error, shortened
from backend.packs.whole_files import write_whole
from backend.serve.outputs import clipped, numbered

NAME = "batch_report.jsonl"
LOCK = ".batch_lock"
_PIECE = 1 << 20  # bytes of a recording that are read at once


class BatchReport:
    """What is known of each file. In its ``with``, the folder belongs to this process.

    Raises UserError ``batch_running`` and ``cannot_write`` when entered.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._folder = folder
        self._stream: BinaryIO | None = None
        self._last: dict[str, dict] = {}
        self._claims: dict[str, str] = {}  # name of a result, as file systems compare them -> recording

    def __enter__(self) -> BatchReport:
        self._stack = contextlib.ExitStack()
        try:
            self._stack.enter_context(_only_batch(self._folder))
            torn = self._read()
            self._stream = self._stack.enter_context(self.path.open("ab", buffering=0))
            if torn:
                self._stream.write(b"\n")
        except OSError as error:
            self._stack.close()
            raise cannot_write(self._folder, error) from None
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _read(self) -> bool:
        """Take in an earlier report. Returns whether its last line was cut off, as by a full disk."""
        line = b"\n"
        with contextlib.suppress(FileNotFoundError), self.path.open("rb") as stream:
            for line in stream:
                with contextlib.suppress(ValueError):  # cut off, or a line that somebody edited
                    self._take_in(json.loads(line))
        return not line.endswith(b"\n")

    def _take_in(self, entry: object) -> None:
        files = entry.get("files", []) if isinstance(entry, dict) else None
        if not isinstance(files, list) or not isinstance(entry.get("file"), str) or not all(map(_is_inside, files)):
            return
        self._last[entry["file"]] = entry
        self._claims |= {_folded(file): entry["file"] for file in files}

    def add(self, entry: dict) -> None:
        """Write what became of a file. Raises UserError ``cannot_write``."""
        self._take_in(entry)
        line = json.dumps(entry).encode() + b"\n"
        try:
            while line:
                line = line[self._stream.write(line) :]
        except OSError as error:
            raise cannot_write(self._folder, error) from None

    def finish(self, order: Iterable[str]) -> None:
        """Put the lines in order: those of these files first. Raises UserError ``cannot_write``."""
        names = dict.fromkeys([*(name for name in order if name in self._last), *self._last])
        lines = (json.dumps(self._last[name]).encode() + b"\n" for name in names)
        try:
            write_whole(self.path, b"".join(lines))
        except OSError as error:
            if not is_disk_error(error):  # on a full disk the appended lines say the same
                raise cannot_write(self._folder, error) from None

    def is_done(self, name: str, fingerprint: str) -> bool:
        """Whether a file's results are there, whole, and of this fingerprint."""
        entry = self._last.get(name, {})
        return (
            entry.get("outcome") == "done"
            and entry.get("fingerprint") == fingerprint
            and bool(entry["files"])
            and all(zipfile.is_zipfile(self._folder / file) for file in entry["files"])
        )

    def was_stopped(self, name: str) -> bool:
        """Whether a batch ended while it was at this file."""
        return self._last.get(name, {}).get("outcome") == "unfinished"

    def is_result(self, name: str) -> bool:
        """Whether a file is of this batch's making, for recordings and results in one folder."""
        return name == NAME or _folded(name) in self._claims

    def results_of(self, name: str, variations: int) -> list[str]:
        """Names for a file's results that no other file has: the earlier ones, or new ones."""
        earlier = self._last.get(name, {}).get("files", [])
        if len(earlier) == variations:
            return earlier
        inside, stem = PurePosixPath(name).parent, clipped(PurePosixPath(name).stem)
        number = 1
        while True:
            named = stem if number == 1 else f"{stem}-{number}"
            files = [str(inside / file) for file in numbered(named, variations)]
            if not any(_folded(file) in self._claims or (self._folder / file).exists() for file in files):
                return files
            number += 1


def fingerprint_of(path: Path, options: dict) -> str:
    """A hash of a recording's bytes and of the options. Raises OSError."""
    digest = hashlib.sha256(json.dumps(options, sort_keys=True).encode() + b"\n")
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _is_inside(file: object) -> bool:
    """Whether the name of a result stays in the folder, whoever wrote the report."""
    return isinstance(file, str) and not PurePosixPath(file).is_absolute() and ".." not in PurePosixPath(file).parts


def _folded(file: str) -> str:
    return unicodedata.normalize("NFC", file).casefold()


@contextlib.contextmanager
def _only_batch(folder: Path) -> Iterator[None]:
    """Hold a lock that ends with the process. Raises UserError ``batch_running``, OSError."""
    path = folder / LOCK
    with path.open("a+b") as stream:
        try:
            if os.name == "nt":
                import msvcrt

                msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise UserError(
                "batch_running", f"Another batch is at work in {shortened(folder)}.", "Wait for its end, or choose another folder."
            ) from None
        yield
    with contextlib.suppress(OSError):  # another one has it already
        path.unlink()
