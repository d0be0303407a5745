"""What the backend writes to its standard error, kept in files: the last few runs, each bounded. Plain Python, no bpy.

The panel shows one sentence of a crash; the whole of it stands here, for a report. Writing is the reader thread's of
`backend_client`, and a disk that is full must not disturb it: then nothing more is kept.
"""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from pathlib import Path

KEPT = 5  # files
MAX_BYTES = 1 << 20  # of one file; what is older than half of it goes then
PREFIX = "backend-"


class BackendLog:
    """The log file of one run. Not thread-safe."""

    def __init__(self, folder: Path | None, command: list[str]) -> None:
        """``folder`` None keeps nothing."""
        self.path: Path | None = None
        self._stream = None
        self._size = 0
        if folder is None:
            return
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            stamp = f"{datetime.now():%Y%m%d-%H%M%S-%f}"  # sorts by time; two Blenders of one microsecond differ by process
            self.path = folder / f"{PREFIX}{stamp}-{os.getpid()}.log"
            self._stream = self.path.open("xb")
            discard_old(folder)
            self.write(f"{stamp} {' '.join(command)}")

    def write(self, line: str) -> None:
        """Add a line."""
        if self._stream is None:
            return
        try:
            data = line.encode("utf-8", "replace") + b"\n"
            self._stream.write(data)
            self._stream.flush()
            self._size += len(data)
            if self._size > MAX_BYTES:
                self._shorten()
        except OSError:
            self.close()

    def close(self) -> None:
        """No more lines."""
        stream, self._stream = self._stream, None
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()

    def _shorten(self) -> None:
        """Keep the newer half: how it ended matters more than how it began."""
        self._stream.close()
        with self.path.open("rb") as stream:
            stream.seek(-(MAX_BYTES // 2), os.SEEK_END)
            newer = stream.read().partition(b"\n")[2]
        self._stream = self.path.open("wb")
        self._size = self._stream.write(b"... (older lines were left out)\n" + newer)


def discard_old(folder: Path) -> None:
    """Delete all but the newest `KEPT` logs; one that another Blender has open on Windows stays."""
    for path in sorted(folder.glob(f"{PREFIX}*.log"))[:-KEPT]:
        with contextlib.suppress(OSError):
            path.unlink()
