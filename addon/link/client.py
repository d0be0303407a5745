"""The backend process and its pipe: newline-delimited JSON out, events in. Plain Python, no bpy.

A thread reads stdout into a queue and another keeps the last lines of stderr, so that nothing here ever waits for the
process. Whether a line is an event says `messages`, what it means is `session`'s business. A process that talks faster than
anybody listens has to wait, as the queue is bounded. Both threads end when the process does: its end of the pipes closes.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import threading
from collections import deque
from pathlib import Path

from .log import BackendLog
from .messages import LONGEST_LINE, parse

_LOG_LINES = 200
_LOG_WIDTH = 2000  # characters of a line that are kept
_MAX_WAITING = 1000  # events
_MAX_TAKEN = 500  # events taken in by one `poll`, so that it always is quick


class BackendGoneError(Exception):
    """The process has ended, or never started. The text is one sentence for the user."""


class BackendClient:
    """One running backend.

    Args:
        command: program and arguments; never a shell line.
        folder: working folder of the process.
        log_folder: where what it says on stderr is kept; None keeps only the last lines in `log`.

    Raises:
        BackendGoneError: the program cannot be started at all.
    """

    def __init__(self, command: list[str], folder: Path, log_folder: Path | None = None) -> None:
        self.command = list(command)
        self.log: deque[str] = deque(maxlen=_LOG_LINES)
        self._events: queue.Queue[dict] = queue.Queue(_MAX_WAITING)
        self._said_goodbye = False
        self._stopped = threading.Event()
        try:
            self._process = subprocess.Popen(
                self.command,
                cwd=folder,
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                bufsize=1,
                # Without this a console window flashes up on Windows.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise BackendGoneError(f"The motion backend cannot be started: {error.strerror or error}.") from error
        self._log_file = BackendLog(log_folder, self.command)
        self._threads = [
            threading.Thread(target=self._read_events, name="voice-to-motion-events", daemon=True),
            threading.Thread(target=self._read_log, name="voice-to-motion-log", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def send(self, message: dict) -> None:
        """Write one request. Raises BackendGoneError when nobody reads it any more."""
        try:
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError) as error:  # ValueError: the pipe was closed by stop()
            raise BackendGoneError("The motion backend is not running.") from error

    def poll(self) -> list[dict]:
        """Events that have arrived, oldest first; never waits.

        Two events are made here: ``{"event": "malformed", "line": ...}`` for a line that is no JSON object, and, once
        and last, ``{"event": "exited", "returncode": int, "log": [...]}``.
        """
        through = not any(thread.is_alive() for thread in self._threads)  # asked first, or last words would be lost
        events: list[dict] = []
        with contextlib.suppress(queue.Empty):
            while len(events) < _MAX_TAKEN:
                events.append(self._events.get_nowait())
        if through and not self.alive and not self._said_goodbye and self._events.empty():
            self._said_goodbye = True
            events.append({"event": "exited", "returncode": self._process.returncode, "log": list(self.log)})
        return events

    def stop(self, wait: float = 1.0) -> None:
        """End the process: by closing its stdin, and by force if it has not ended after ``wait`` seconds."""
        self._stopped.set()
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.close()
        if wait > 0:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(wait)
        if self.alive:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)  # a killed process ends at once; this only collects it
        for thread in self._threads:
            thread.join(0.2)

    def _read_events(self) -> None:
        with self._process.stdout as stream:
            whole = True  # whether the next piece begins a line
            while piece := stream.readline(LONGEST_LINE + 1):
                begins, whole = whole, piece.endswith("\n")
                if begins and piece.strip():  # of a line that is too long, only that it was there
                    self._put(parse(piece.rstrip("\n")))

    def _put(self, event: dict) -> None:
        while not self._stopped.is_set():
            with contextlib.suppress(queue.Full):
                self._events.put(event, timeout=0.1)
                return

    def _read_log(self) -> None:
        with self._process.stderr as stream:
            while line := stream.readline(_LOG_WIDTH):
                self.log.append(line.rstrip())
                self._log_file.write(line.rstrip())
        # A backend ends by itself only when it is told to or something is wrong; which of the two, the code says.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._log_file.write(f"exit code {self._process.wait(5.0)}")
        self._log_file.close()


def environment() -> dict[str, str]:
    """Ours, without what would make another Python load Blender's modules, and with UTF-8 pipes on every platform."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP")}
    return kept | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
