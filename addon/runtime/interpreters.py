"""Questions to Python interpreters: each is asked once, by a process that nobody waits for.

For panels; the set-up's own process, which may wait, calls `machine.python_version`. Plain Python, no bpy.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

from ..link.process import ChildProcess
from .machine import VERSION_PROGRAM, VERSION_SECONDS, parsed_version
from .sources import SETTINGS_PROGRAM, SETTINGS_SECONDS, UNKNOWN, sources_of


class Question:
    """A program that interpreters are given, and what each has printed."""

    def __init__(self, program: list[str], seconds: float) -> None:
        """``program`` are arguments of an interpreter, which has to end within ``seconds``."""
        self.program = program
        self.seconds = seconds
        self._asked: dict[Path, tuple[ChildProcess, float, list[str]]] = {}  # the process, since when, lines so far
        self._answers: dict[Path, tuple[str, ...]] = {}

    def ask(self, python: Path) -> tuple[str, ...] | None:
        """The lines an interpreter has printed, none where it failed; None until it has answered."""
        if python not in self._answers and python not in self._asked:
            try:
                process = ChildProcess([str(python), *self.program], errors=subprocess.DEVNULL)
            except OSError:
                self._answers[python] = ()
            else:
                self._asked[python] = (process, time.monotonic(), [])
        if python in self._asked:
            process, since, lines = self._asked[python]
            lines += process.read_lines()
            if process.ended or time.monotonic() - since > self.seconds:
                self._answers[python] = tuple(lines) if process.ended and process.returncode == 0 else ()
                del self._asked[python]
                process.stop()
        return self._answers.get(python)


VERSION = Question(VERSION_PROGRAM, VERSION_SECONDS)
PIP_SETTINGS = Question(SETTINGS_PROGRAM, SETTINGS_SECONDS)


def interpreter_version(python: Path) -> tuple[int, int] | Literal["asking", "none"]:
    """Version of an interpreter; "asking" until it has answered, "none" where it is no Python."""
    if python == Path(sys.executable):  # Blender's own
        return (sys.version_info[0], sys.version_info[1])
    lines = VERSION.ask(python)
    return "asking" if lines is None else parsed_version("\n".join(lines)) or "none"


def package_sources(python: Path) -> tuple[str, ...]:
    """Where an interpreter's pip takes packages from, in words.

    It is `UNKNOWN` until the interpreter has answered, and where it has no pip.
    """
    lines = PIP_SETTINGS.ask(python)
    return sources_of(list(lines)) if lines is not None and lines != () else (UNKNOWN,)
