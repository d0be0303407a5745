"""A child process whose output is read without blocking and without threads. Plain Python, no bpy.

Python threads inside Blender can crash it, as Blender's manual warns, so nothing of this add-on starts one. A look takes what
the pipe holds at that moment and returns at once. The pipe itself bounds what is kept: a process that writes faster than
it is read has to wait.
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
MOST_LINES = 500  # of one look
MOST_BYTES = 1 << 20  # of one look; what a pipe holds by itself is 64 kB or less
_CHUNK = 1 << 16  # bytes of one read


def environment() -> dict[str, str]:
    """This process's environment without what would make another Python load Blender's modules; UTF-8, unbuffered."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP")}
    return kept | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


class ChildProcess:
    """One running program, never through a shell; lines in and out are UTF-8.

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
        """Close its standard input, by which our programs know that they shall end."""
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.close()

    def read_lines(self) -> list[str]:
        """Complete lines that have arrived, at most `MOST_LINES`, without their ends; never waits.

        A line of more than `LONGEST_LINE` bytes is given once, cut to that length and one byte, so that it can be told. An
        unfinished last line is given when the output has ended.
        """
        exited = not self.alive  # asked before reading, or its last words would be lost
        lines: list[str] = []
        left = MOST_BYTES
        while len(lines) < MOST_LINES and not self.ended:
            if self._take_line(lines):
                continue
            data = self._read(min(left, _CHUNK)) if left else None
            if data:
                left -= len(data)
                self._buffer += data
            elif exited and left:  # a pipe that others still hold open says no more than this one wrote
                self._closed = self.ended = True
                if self._buffer and not self._skipping:
                    lines.append(_decoded(self._buffer))
                self._buffer.clear()
            else:
                break
        return lines

    def stop(self, wait: float = 0.0) -> None:
        """End it: by closing its input, and by force where it still runs after ``wait`` seconds."""
        self.close_input()
        until = time.monotonic() + wait
        while self.alive and time.monotonic() < until:
            if not self._read(_CHUNK):  # a process that is still writing could not end
                time.sleep(0.005)
        if self.alive:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)  # a killed process ends at once; this only collects it
        self._closed = self.ended = True
        self._process.stdout.close()

    def _take_line(self, lines: list[str]) -> bool:
        """Move a line from the buffer to ``lines``; False where the buffer holds none."""
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
        """What is in the pipe; empty when that is nothing, or when it has ended."""
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
    """Bytes that can be read from a pipe of Windows without waiting. Raises BrokenPipeError at its end."""
    import _winapi
    import msvcrt

    return _winapi.PeekNamedPipe(msvcrt.get_osfhandle(descriptor), 0)[0]


def _decoded(line: bytearray) -> str:
    return line.decode("utf-8", "replace").rstrip("\r\n")
