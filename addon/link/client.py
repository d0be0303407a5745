"""The backend process: requests out, events in, one JSON object a line.

`messages` tells whether a line is an event, `session` what an event means. Plain Python, no bpy.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from .log import BackendLog
from .messages import parse
from .process import ChildProcess


class BackendGoneError(Exception):
    """The process has ended, or never started. The text is one sentence for the user."""


class BackendClient:
    """One running backend."""

    def __init__(self, command: list[str], folder: Path, log_folder: Path | None = None) -> None:
        """Start it.

        Args:
            command: program and arguments; never a shell line.
            folder: working folder of the process.
            log_folder: where its standard error is kept; None keeps it only while the process runs.

        Raises:
            BackendGoneError: the program cannot be started at all.
        """
        self.command = list(command)
        self._log = BackendLog(log_folder, self.command)
        self._exit_told = False
        try:
            self._process = ChildProcess(self.command, folder, self._log.file or subprocess.DEVNULL)
        except OSError as error:
            self._log.close("It could not be started.")
            raise BackendGoneError(f"The motion backend cannot be started: {error.strerror or error}.") from error

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.alive

    def send(self, message: dict) -> None:
        """Write one request. Raises BackendGoneError when nobody reads it any more."""
        try:
            self._process.write_line(json.dumps(message))
        except (OSError, ValueError) as error:  # ValueError: the pipe was closed by stop()
            raise BackendGoneError("The motion backend is not running.") from error

    def poll(self) -> list[dict]:
        """Events that have arrived, oldest first; never waits.

        Two events are made here: ``{"event": "malformed", "line": ...}`` for a line that is no event, and, once and last,
        ``{"event": "exited", "returncode": int, "log": [last lines of standard error]}``.
        """
        if self._exit_told:
            return []
        events = [parse(line) for line in self._process.read_lines() if line.strip()]
        self._log.shorten()
        if self._process.ended:
            self._exit_told = True
            code = self._process.returncode
            events.append({"event": "exited", "returncode": code, "log": self._log.last_lines()})
            self._log.close(f"exit code {code}")
        return events

    def stop(self, wait: float = 1.0) -> None:
        """End the process by closing its stdin; after ``wait`` seconds, by force."""
        self._exit_told = True
        self._process.stop(wait)
        self._log.shorten()
        self._log.close(f"exit code {self._process.returncode}")
