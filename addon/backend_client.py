"""The backend process and its pipe: newline-delimited JSON out, events in. Plain Python, no bpy.

A thread reads stdout into a queue and another keeps the last lines of stderr, so that nothing here ever waits for the
process. What the events mean is `session`'s business. Both threads end when the process does: its end of the pipes
closes.
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

_LOG_LINES = 200
_LONGEST_LINE = 1 << 20  # characters; an event is some hundred


class BackendGoneError(Exception):
    """The process has ended, or never started. The text is one sentence for the user."""


class BackendClient:
    """One running backend.

    Args:
        command: program and arguments; never a shell line.
        folder: working folder of the process.

    Raises:
        BackendGoneError: the program cannot be started at all.
    """

    def __init__(self, command: list[str], folder: Path) -> None:
        self.command = list(command)
        self.log: deque[str] = deque(maxlen=_LOG_LINES)
        self._events: queue.SimpleQueue[dict] = queue.SimpleQueue()
        self._said_goodbye = False
        try:
            self._process = subprocess.Popen(
                self.command,
                cwd=folder,
                env=_environment(),
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
        events = []
        while True:
            try:
                events.append(self._events.get_nowait())
            except queue.Empty:
                break
        # The reader has to be through first, or the last words of a dying backend would be lost.
        if not self._said_goodbye and not self.alive and not any(thread.is_alive() for thread in self._threads):
            self._said_goodbye = True
            events += self._drain()
            events.append({"event": "exited", "returncode": self._process.returncode, "log": list(self.log)})
        return events

    def stop(self, wait: float = 1.0) -> None:
        """End the process: by closing its stdin, and by force if it has not ended after ``wait`` seconds."""
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

    def _drain(self) -> list[dict]:
        events = []
        with contextlib.suppress(queue.Empty):
            while True:
                events.append(self._events.get_nowait())
        return events

    def _read_events(self) -> None:
        with self._process.stdout as stream:
            while line := stream.readline(_LONGEST_LINE):
                if line.strip():
                    self._events.put(_parse(line))

    def _read_log(self) -> None:
        with self._process.stderr as stream:
            for line in stream:
                self.log.append(line.rstrip())


def _parse(line: str) -> dict:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        event = None
    if isinstance(event, dict) and isinstance(event.get("event"), str):
        return event
    return {"event": "malformed", "line": line.strip()[:200]}


def _environment() -> dict[str, str]:
    """Ours, without what would make another Python load Blender's modules, and with UTF-8 pipes on every platform."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP")}
    return kept | {"PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
