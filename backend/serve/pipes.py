"""The two pipes to Blender, kept for messages alone; their meaning is `protocol`'s matter.

Libraries print where they like. So the real stdin and stdout are moved to private descriptors first, descriptor 1 becomes stderr
(the log) and descriptor 0 the null device; after that nothing but `Pipes.send` can reach Blender.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TextIO

CHUNK = 1 << 16  # bytes read at once
MAX_WAITING = 20_000  # messages nobody has read


class Pipes:
    """Bytes in from Blender, whole messages out to it, from any thread."""

    def __init__(self, source: int, sink: int) -> None:
        self._source = source
        self._sink = sink
        self._waiting: queue.Queue[bytes | None] = queue.Queue()
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._on_broken: Callable[[], None] = lambda: None
        self.broken = threading.Event()

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

    def send(self, line: bytes) -> None:
        """Queue one message. Never waits: a partner who does not read must not stop the work."""
        if self._waiting.qsize() < MAX_WAITING:
            self._waiting.put(line)
        elif not self.broken.is_set():
            self.broken.set()
            self._on_broken()

    def close(self, timeout: float) -> None:
        """Give the messages that are still queued at most ``timeout`` seconds to get out."""
        self._waiting.put(None)
        self._writer.join(timeout)

    def start(self, on_broken: Callable[[], None]) -> None:
        """Begin to write.

        ``on_broken`` is called once when the partner is gone or has not read for very long."""
        self._on_broken = on_broken
        self._writer.start()

    def _write(self) -> None:
        while (line := self._waiting.get()) is not None:
            view = memoryview(line)
            try:
                while view:
                    view = view[os.write(self._sink, view) :]
            except OSError:
                self.broken.set()
                self._on_broken()
                return


@contextlib.contextmanager
def only_results_on_stdout() -> Iterator[TextIO]:
    """For commands: libraries print to stderr, and the yielded stream leads to stdout."""
    sys.stdout.flush()
    descriptor = os.dup(1)
    os.dup2(2, 1)
    try:
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace", closefd=False) as stream:
            yield stream
    finally:
        sys.stdout.flush()
        os.dup2(descriptor, 1)
        os.close(descriptor)
