"""The two pipes to Blender: kept for messages alone. Moves bytes; what the messages mean is `protocol`'s matter.

Libraries print where they like. So the real stdin and stdout are moved to private descriptors first, descriptor 1
becomes stderr (the log) and descriptor 0 the null device; after that nothing but `Pipes.send` can reach Blender.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

CHUNK = 1 << 16


class Pipes:
    """Bytes in from Blender, whole messages out to it, from any thread."""

    def __init__(self, source: int, sink: int) -> None:
        self._source = source
        self._sink = sink
        self._lock = threading.Lock()

    @classmethod
    def take_over(cls) -> Pipes:
        """Take stdin and stdout away from everything else in this process."""
        source, sink = os.dup(0), os.dup(1)  # os.dup: not inherited by child processes
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        try:
            os.fstat(2)
        except OSError:  # started without stderr
            os.dup2(null, 2)
        os.dup2(2, 1)
        os.close(null)
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
        return cls(source, sink)

    def chunks(self) -> Iterator[bytes]:
        """Whatever arrives, until the other end is closed."""
        while True:
            try:
                data = os.read(self._source, CHUNK)
            except OSError:  # a pipe broken by a killed parent, on Windows
                return
            if not data:
                return
            yield data

    def send(self, line: bytes, timeout: float = -1) -> bool:
        """Write a message as a whole; false when the other end is gone or others write for over ``timeout`` seconds."""
        if not self._lock.acquire(timeout=timeout):
            return False
        try:
            view = memoryview(line)
            while view:
                view = view[os.write(self._sink, view) :]
        except OSError:
            return False
        finally:
            self._lock.release()
        return True
