"""Runs the backend's doctor in a process of its own and keeps its answer.

`backend/checks/` says what is checked, `panels.installation` draws the table, `report` writes the report. Where
the backend's Python cannot even be started, the table's one line says so. Plain Python, no bpy.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from ..link.process import ChildProcess

PATIENCE = 600.0  # seconds; the doctor itself gives each of its checks two minutes at most
LONGEST_ANSWER = 1 << 18  # characters; a usual one has two thousand
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
    """

    def __init__(self) -> None:
        self.checks: tuple[Check, ...] = ()
        self._process: ChildProcess | None = None
        self._said = ""
        self._started = 0.0

    @property
    def running(self) -> bool:
        """Whether an examination is under way."""
        return self._process is not None

    @property
    def failures(self) -> int:
        """How many checks of the last examination failed."""
        return sum(check.status == "failed" for check in self.checks)

    def start(self, command: list[str], folder: Path, protocol: int, cache: Path | None) -> None:
        """Begin an examination, unless one is under way; `step` takes in its answer.

        Args:
            command, folder: what starts the backend, from `configuration.backend_command`.
            protocol: version of the messages that this add-on speaks.
            cache: folder in which results are kept, if there is one.
        """
        if self.running:
            return
        begin = command[: command.index("serve")] if "serve" in command else command
        arguments = ["doctor", "--json", "--protocol", str(protocol), *(["--folder", str(cache)] if cache else [])]
        self.checks, self._said, self._started = (), "", time.monotonic()
        try:
            self._process = ChildProcess([*begin, *arguments], folder)
        except OSError as error:
            hint = "Set the motion backend up in the add-on's preferences."
            self.refuse(f"The backend's Python cannot be started: {error.strerror or error}.", hint)
        else:
            self._process.close_input()

    def refuse(self, message: str, hint: str) -> None:
        """Fill the table with one failed check: there can be no examination."""
        self.checks = (Check("Motion backend", "failed", message, hint),)

    def step(self) -> None:
        """Take in what the doctor said, without waiting; sets `checks` at its end."""
        if self._process is None:
            return
        self._said += "".join(f"{line}\n" for line in self._process.read_lines())
        if len(self._said) > LONGEST_ANSWER or time.monotonic() - self._started > PATIENCE:
            self._process.stop()  # it would never end
        if not self._process.ended:
            return
        self.stop()
        self.checks = read_answer(self._said)
        if not self.checks:
            last = next((line.strip() for line in reversed(self._said.splitlines()) if line.strip()), "")
            hint = "Set the motion backend up again, or install the extension again."
            self.refuse(f"The backend's doctor ended without an answer. {last[:200]}".strip(), hint)

    def stop(self) -> None:
        """End an examination at once."""
        process, self._process = self._process, None
        if process is not None:
            process.stop()


def read_answer(said: str) -> tuple[Check, ...]:
    """The checks in what the doctor printed; empty where there are none.

    Libraries may have printed before and after it.
    """
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
