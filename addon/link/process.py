"""A child process whose output is read without blocking and without threads.

Python threads can crash Blender, as its manual warns, so this add-on starts none. A read takes what the pipe holds at that
moment and returns at once. The pipe itself is the buffer: a process that writes faster than it is read has to wait. Plain
Python, no bpy.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

LONGEST_LINE = 1 << 18  # bytes; the backend's longest, `ready` with its vocabulary, has some six thousand
MOST_LINES = 500  # given at once
MOST_BYTES = 1 << 20  # read at once; a pipe by itself holds 64 kB or less
_CHUNK = 1 << 16  # bytes of one system call


def environment() -> dict[str, str]:
    """This process's environment, without what makes another Python load Blender's modules."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP")}
    return kept | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


class ChildProcess:
    """One running program, never through a shell. Lines in and out are UTF-8.

    Attributes:
        ended: whether the process has exited and `read_lines` has given all of its output.
    """

    def __init__(self, command: list[str], folder: Path | None = None, errors: BinaryIO | int = subprocess.STDOUT) -> None:
        """Start it.

        Args:
            command: program and arguments.
            folder: its working folder; None for this process's own.
            errors: where its standard error goes: a file, `subprocess.STDOUT` or `subprocess.DEVNULL`.

        Raises:
            OSError: the program cannot be started.
        """
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # no console window on Windows
        )
        self._output = self._process.stdout.fileno()
        if sys.platform != "win32":
            os.set_blocking(self._output, False)
        self._buffer = bytearray()
        self._skipping = False  # the rest of a line that was too long
        self._closed = False  # no more output can come
        self.ended = False

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def returncode(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def write_line(self, text: str) -> None:
        """Send one line. Raises OSError or ValueError when nobody reads it any more."""
        self._process.stdin.write(text.encode("utf-8") + b"\n")
        self._process.stdin.flush()

    def close_input(self) -> None:
        """Close its standard input, which tells our programs to end."""
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.close()

    def read_lines(self) -> list[str]:
        """Complete lines that have arrived, at most `MOST_LINES`; never waits.

        A line longer than `LONGEST_LINE` is given once, cut one byte after that length, so that it can be recognised. The last
        line may be unfinished; it is given when the output has ended.
        """
        exited = not self.alive  # asked before reading, or its last lines would be lost
        lines: list[str] = []
        left = MOST_BYTES
        while len(lines) < MOST_LINES and not self.ended:
            if self._take_line(lines):
                continue
            data = self._read(min(left, _CHUNK)) if left else None
            if data:
                left -= len(data)
                self._buffer += data
            elif exited and left:  # its own children may hold the pipe open; they are not waited for
                self._closed = self.ended = True
                if self._buffer and not self._skipping:
                    lines.append(_decoded(self._buffer))
                self._buffer.clear()
            else:
                break
        return lines

    def stop(self, wait: float = 0.0) -> None:
        """End it by closing its input; after ``wait`` seconds, by force."""
        self.close_input()
        until = time.monotonic() + wait
        while self.alive and time.monotonic() < until:
            if not self._read(_CHUNK):  # a process blocked by a full pipe could not end
                time.sleep(0.005)
        if self.alive:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)  # a killed process ends at once; this only collects it
        self._closed = self.ended = True
        self._process.stdout.close()

    def _take_line(self, lines: list[str]) -> bool:
        """Move one line from the buffer to ``lines``; False where it holds no complete line."""
        end = self._buffer.find(b"\n")
        too_long = end > LONGEST_LINE or (end < 0 and len(self._buffer) > LONGEST_LINE)
        if end < 0 and not too_long and not self._skipping:
            return False
        if not self._skipping:
            lines.append(_decoded(self._buffer[: LONGEST_LINE + 1 if too_long else end]))
        self._skipping = end < 0
        del self._buffer[: end + 1 if end >= 0 else len(self._buffer)]
        return end >= 0

    def _read(self, most: int) -> bytes:
        """What the pipe holds, without waiting; empty where that is nothing, or at its end."""
        if self._closed:
            return b""
        try:
            if sys.platform == "win32":
                most = min(most, _bytes_waiting(self._output))
            data = os.read(self._output, most) if most else None
        except BlockingIOError:
            return b""
        except OSError:  # a broken pipe, as Windows calls the end
            data = b""
        self._closed = data == b""
        return data or b""


def _bytes_waiting(descriptor: int) -> int:
    """Bytes that a pipe of Windows holds. Raises BrokenPipeError at its end."""
    import _winapi
    import msvcrt

    return _winapi.PeekNamedPipe(msvcrt.get_osfhandle(descriptor), 0)[0]


def _decoded(line: bytearray) -> str:
    return line.decode("utf-8", "replace").rstrip("\r\n")
