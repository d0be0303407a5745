"""Work on the runtime as Blender sees it: started, asked from a timer how far it is, cancelled. Plain Python, no bpy.

The work itself is a process of its own (`__main__`), so Blender never waits for it; when Blender ends, so does the process.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path

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
_LONGEST_LINE = 1 << 16


class RuntimeTask:
    """At most one piece of work at a time.

    Attributes:
        work: "set-up", "remove" or "move" while one is under way; empty otherwise.
        phase, fraction: what it is doing (a key of PHASES) and how far that is, 0..1.
        message, hint: what went wrong the last time; empty when nothing did.
        note: what was done the last time, in one sentence.
    """

    def __init__(self) -> None:
        self.work = self.phase = self.message = self.hint = self.note = ""
        self.fraction = 0.0
        self._process: subprocess.Popen | None = None
        self._events: queue.SimpleQueue[dict | None] = queue.SimpleQueue()
        self._last: dict = {}

    @property
    def measured(self) -> bool:
        """Whether the phase has a percentage."""
        return self.phase in ("downloading", "unpacking", "installing", "moving")

    def begin(self, work: str, options: dict[str, object], python: Path = Path(sys.executable)) -> None:
        """Start. ``options`` are those of the process; ``python`` runs it and need not be the runtime's.

        Raises:
            RuntimeError: something is under way.
        """
        if self.work:
            raise RuntimeError("one piece of work at a time")
        self.work, self.phase, self.fraction = work, "starting", 0.0
        self.message = self.hint = self.note = ""
        self._last = {}
        self._events = queue.SimpleQueue()
        command = [str(python), "-s", "-m", _PACKAGE.name, work]
        command += [part for name, value in options.items() if value for part in (f"--{name}", str(value))]
        kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP")}
        try:
            self._process = subprocess.Popen(
                command,
                cwd=_PACKAGE.parent,
                env=kept | {"PYTHONUTF8": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            self._end(f"{python} cannot be started: {error.strerror}.", "Choose a Python in the add-on's preferences.")
            return
        threading.Thread(target=_read, args=(self._process.stdout, self._events), name="voice-to-motion-setup", daemon=True).start()

    def step(self) -> dict | None:
        """Take in what has been said, without waiting; the last event once, when all is over."""
        with contextlib.suppress(queue.Empty):
            while self.work:
                event = self._events.get_nowait()
                if event is None:
                    return self._finish()
                self._take(event)
        return None

    def cancel(self) -> None:
        """Ask it to stop; what has been downloaded is kept."""
        if self._process is not None and self.work:
            self.phase = "cancelling"
            with contextlib.suppress(OSError, ValueError):
                self._process.stdin.close()

    def shutdown(self) -> None:
        """Blender ends, or the add-on is switched off. Nothing is waited for: the process sees that nobody listens."""
        self.cancel()
        self.work = ""

    def _take(self, event: dict) -> None:
        if event.get("event") == "progress":
            if self.phase != "cancelling" and event.get("phase") in PHASES:
                self.phase = event["phase"]
            fraction = event.get("fraction")
            if isinstance(fraction, (int, float)) and 0.0 <= fraction <= 1.0:
                self.fraction = float(fraction)
        else:
            self._last = event

    def _finish(self) -> dict:
        process, last = self._process, self._last
        with contextlib.suppress(OSError, ValueError):
            process.stdin.close()
        code = process.wait()  # its output has ended, so it has
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


def _read(stream, events: queue.SimpleQueue) -> None:
    with stream:
        while line := stream.readline(_LONGEST_LINE):
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                event = None
            events.put(event if isinstance(event, dict) and "event" in event else {"event": "text", "text": line.strip()})
    events.put(None)


task = RuntimeTask()
