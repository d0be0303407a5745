"""Asks the backend's doctor, in a process and a thread of their own, and keeps its answer. Plain Python, no bpy.

`backend/doctor/checks.py` says what is checked; `panels.doctor` draws the table, `report` writes the report. Where the backend's
Python cannot even be started, that is the table's one line.
"""

from __future__ import annotations

import json
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from ..link.client import environment

PATIENCE = 600.0  # seconds; the doctor itself gives each of its checks two minutes at most
MOST = 1 << 18  # characters of an answer; an honest one has two thousand
STATES = ("ok", "warning", "failed")


@dataclass(frozen=True)
class Check:
    """One line of the table."""

    name: str
    status: str
    detail: str
    fix: str = ""


class Doctor:
    """One examination at a time.

    Attributes:
        checks: of the last examination.
        running: whether one is under way.
    """

    def __init__(self) -> None:
        self.checks: tuple[Check, ...] = ()
        self._process: subprocess.Popen | None = None
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether an examination is under way."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def failures(self) -> int:
        """How many checks of the last examination failed."""
        return sum(check.status == "failed" for check in self.checks)

    def start(self, command: list[str], folder: Path, protocol: int, cache: Path | None) -> None:
        """Begin an examination; `checks` are there when `running` turns false.

        Args:
            command, folder: what starts the backend, from `backend_location.command`.
            protocol: version of the messages that this add-on speaks.
            cache: folder in which results are kept, if there is one.
        """
        if self.running:
            return
        begin = command[: command.index("serve")] if "serve" in command else command
        arguments = ["doctor", "--json", "--protocol", str(protocol), *(["--folder", str(cache)] if cache else [])]
        self.checks = ()
        self._thread = threading.Thread(
            target=self._examine, args=([*begin, *arguments], folder), name="voice-to-motion-doctor", daemon=True
        )
        self._thread.start()

    def refuse(self, message: str, hint: str) -> None:
        """Say why there can be no examination."""
        self.checks = (Check("Motion backend", "failed", message, hint),)

    def stop(self) -> None:
        """End an examination at once."""
        process, thread = self._process, self._thread
        if process is not None and process.poll() is None:
            process.kill()
        if thread is not None:
            thread.join(1.0)

    def _examine(self, command: list[str], folder: Path) -> None:
        try:
            self._process = process = subprocess.Popen(
                command, cwd=folder, env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, encoding="utf-8", errors="replace", creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        except OSError as error:
            hint = "Set the motion backend up in the add-on's preferences."
            self.refuse(f"The backend's Python cannot be started: {error.strerror or error}.", hint)
            return
        timer = threading.Timer(PATIENCE, process.kill)
        timer.daemon = True
        timer.start()
        try:
            with process.stdout as stream:
                said = stream.read(MOST)
            if process.poll() is None and len(said) == MOST:
                process.kill()  # it would never stop
            process.wait()
        finally:
            timer.cancel()
        self.checks = read_answer(said)
        if not self.checks:
            last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
            hint = "Set the motion backend up again, or install the extension again."
            self.refuse(f"The backend's doctor ended without an answer. {last[:200]}".strip(), hint)


def read_answer(said: str) -> tuple[Check, ...]:
    """The checks in what the doctor printed, which other programs may have printed into; empty where there are none."""
    start = said.find("{")
    try:
        answer, _ = json.JSONDecoder().raw_decode(said[start:] if start >= 0 else "")
        rows = answer["checks"]
        checks = tuple(Check(*(row.get(key, "") for key in ("name", "status", "detail", "fix"))) for row in rows[:100])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()
    good = all(isinstance(text, str) and len(text) <= 2000 for check in checks for text in vars(check).values())
    return checks if good and all(check.status in STATES for check in checks) else ()


doctor = Doctor()
"""The one examination that this Blender makes at a time."""
