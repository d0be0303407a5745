"""The files that the backend's standard error goes to: few are kept, each bounded.

The panel shows one sentence of a crash; the file has all of it, for a report. The backend writes into it directly, so
nothing is lost while Blender is busy. Without a folder it is a temporary file, kept only while the backend runs. Plain
Python, no bpy.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

KEPT = 5  # files
MAX_BYTES = 1 << 20  # of one file at a look; the older half of a longer one is dropped
PREFIX = "backend-"
_TAIL = 1 << 16  # bytes in which the last lines are looked for
_LINES, _WIDTH = 200, 2000  # of the last lines, and characters of each
_SHORTENED = b"... (older lines were left out)\n"


class BackendLog:
    """The log file of one run; its first line is not the backend's.

    Attributes:
        path: where it is; None where it could not be made, and then nothing is kept.
        file: open for appending, to be inherited by the backend; None without ``path``.
    """

    def __init__(self, folder: Path | None, command: list[str]) -> None:
        """``folder`` None keeps the file only until `close`."""
        self.path: Path | None = None
        self.file: BinaryIO | None = None
        self._temporary = folder is None
        stamp = f"{datetime.now():%Y%m%d-%H%M%S-%f}"  # sorts by time; the process id tells two Blenders apart
        with contextlib.suppress(OSError):
            if folder is None:
                descriptor, name = tempfile.mkstemp(prefix=PREFIX, suffix=".log")
                os.close(descriptor)
                path = Path(name)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / f"{PREFIX}{stamp}-{os.getpid()}.log"
            self.file = path.open("ab", buffering=0)
            self.path = path
            if folder is not None:
                discard_old(folder)
            self.write(f"{stamp} {' '.join(command)}")

    def write(self, line: str) -> None:
        """Append a line; a full disk is no reason to fail."""
        if self.file is not None:
            with contextlib.suppress(OSError):
                self.file.write(line.encode("utf-8", "replace") + b"\n")

    def shorten(self) -> None:
        """Drop the older half of a file that has become too long: its end says more about a crash."""
        if self.file is None or os.fstat(self.file.fileno()).st_size <= MAX_BYTES:
            return
        with contextlib.suppress(OSError):
            newer = self._tail(MAX_BYTES // 2)
            # Through the file the backend has inherited: on Windows both share one position, on POSIX both append.
            self.file.seek(0)
            self.file.truncate(0)
            self.file.write(_SHORTENED + newer)

    def last_lines(self) -> list[str]:
        """The last lines of the backend, each cut to a bearable width."""
        if self.path is None:
            return []
        with contextlib.suppress(OSError):
            return [line.rstrip()[:_WIDTH] for line in self._tail(_TAIL).decode("utf-8", "replace").splitlines()[-_LINES:]]
        return []

    def close(self, last: str) -> None:
        """Append a last line and close the file, once; a temporary one is deleted."""
        if self.file is None:
            return
        self.write(last)
        self.file.close()
        self.file = None
        if self._temporary:
            with contextlib.suppress(OSError):
                self.path.unlink()

    def _tail(self, most: int) -> bytes:
        """The last bytes, from the beginning of a line on; without the first line of the file."""
        with self.path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - most))
            tail = stream.read(most)
        _, found, rest = tail.partition(b"\n")
        return rest if found else tail


def discard_old(folder: Path) -> None:
    """Delete all but the newest `KEPT` logs; one that another Blender has open on Windows stays."""
    for path in sorted(folder.glob(f"{PREFIX}*.log"))[:-KEPT]:
        with contextlib.suppress(OSError):
            path.unlink()
