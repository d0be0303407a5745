"""Set-up, removal or move of the runtime, as Blender sees it: start, progress, cancel.

The work is done by a process of its own (`__main__`), so Blender never waits; when Blender ends, so does the process. Plain
Python, no bpy.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ..link.process import ChildProcess

PHASES = {
    "starting": "Starting",
    "checking": "Checking this machine",
    "environment": "Making a Python environment",
    "downloading": "Downloading the packages",
    "unpacking": "Unpacking the packages",
    "installing": "Installing the packages",
    "testing": "Testing: generating a motion",
    "removing": "Removing",
    "moving": "Moving",
    "cancelling": "Cancelling",
}
_PACKAGE = Path(__file__).resolve().parent


class RuntimeTask:
    """At most one piece of work at a time.

    Attributes:
        work: "set-up", "remove" or "move" while one is under way; empty otherwise.
        phase, fraction: what it is doing (a key of PHASES) and how far that is, 0..1.
        message, hint: the error of the last work; empty where there was none.
        note: what the last work did, in one sentence.
    """

    def __init__(self) -> None:
        self.work = self.phase = self.message = self.hint = self.note = ""
        self.fraction = 0.0
        self._process: ChildProcess | None = None
        self._last: dict = {}

    @property
    def measured(self) -> bool:
        """Whether the phase has a percentage."""
        return self.phase in ("downloading", "unpacking", "installing", "moving")

    def begin(self, work: str, options: dict[str, object], python: Path = Path(sys.executable)) -> None:
        """Start a piece of work.

        Args:
            work: "set-up", "remove" or "move".
            options: the process's options, without dashes; those without a value are left out.
            python: runs the process; it need not be the runtime's.

        Raises:
            RuntimeError: something is under way.
        """
        if self.work:
            raise RuntimeError("one piece of work at a time")
        self.work, self.phase, self.fraction = work, "starting", 0.0
        self.message = self.hint = self.note = ""
        self._last = {}
        command = [str(python), "-s", "-m", _PACKAGE.name, work]
        command += [part for name, value in options.items() if value for part in (f"--{name}", str(value))]
        try:
            self._process = ChildProcess(command, _PACKAGE.parent)
        except OSError as error:
            self._end(f"{python} cannot be started: {error.strerror}.", "Choose a Python in the add-on's preferences.")

    def step(self) -> dict | None:
        """Take in progress, without waiting; returns the last event, once, at the end."""
        if not self.work:
            return None
        for line in self._process.read_lines():
            self._take(line)
        return self._finish() if self._process.ended else None

    def cancel(self) -> None:
        """Ask it to stop; what has been downloaded is kept."""
        if self._process is not None and self.work:
            self.phase = "cancelling"
            self._process.close_input()

    def shutdown(self) -> None:
        """Let the process end by itself, without waiting: Blender ends, or the add-on is disabled."""
        self.cancel()
        self.work = ""

    def _take(self, line: str) -> None:
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict) or "event" not in event:
            self._last = {"event": "text", "text": line.strip()}
        elif event["event"] == "progress":
            if self.phase != "cancelling" and event.get("phase") in PHASES:
                self.phase = event["phase"]
            fraction = event.get("fraction")
            if isinstance(fraction, (int, float)) and 0.0 <= fraction <= 1.0:
                self.fraction = float(fraction)
        else:
            self._last = event

    def _finish(self) -> dict:
        last, code = self._last, self._process.returncode
        self._process.stop()
        kind = last.get("event")
        if kind == "result":
            self._end()
        elif kind == "cancelled":
            self._end("Cancelled.", "Press the button again to go on from here.")
        elif kind == "error":
            self._end(str(last.get("message", ""))[:600], str(last.get("hint", ""))[:600])
        else:
            said = str(last.get("text", ""))[:300]
            self._end(f"The set-up ended without a result (exit code {code}). {said}".strip(), "Press the button again to go on.")
        return last

    def _end(self, message: str = "", hint: str = "") -> None:
        self.work = self.phase = ""
        self.message, self.hint = message, hint
        self._process = None


task = RuntimeTask()
