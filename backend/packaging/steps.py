"""The steps of `build.py test`: processes with a time limit, a log, and a summary."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

TOO_LONG = 124  # exit code of a step that its time limit ended, as of timeout(1)
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+?::[\w:]+(?:\[.*?\](?= - |$))?|\S+\.py)", re.M)  # in pytest's short summary


@dataclass(frozen=True, eq=False)
class ProgramRun:
    """A program to run: its name in the summary, its command, the minutes it may take."""

    name: str
    command: list[str]
    minutes: float


@dataclass(frozen=True)
class Result:
    """What became of a step: its exit code, the seconds it took, and the log of its output."""

    name: str
    code: int
    seconds: float
    log: Path

    @property
    def lines(self) -> list[str]:
        """The step in the summary; below a failed one, the failed tests and its log.

        Where no pytest ran, its last words stand for the tests.
        """
        verdict = {0: "passed", TOO_LONG: "TOO LONG"}.get(self.code, f"FAILED (exit code {self.code})")
        lines = [f"{self.name:<24} {verdict:<24} {self.seconds:6.0f} s"]
        if self.code != 0:
            text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
            said = [f"failed: {name}" for name in dict.fromkeys(_FAILED.findall(text))]
            said = said or [line for line in text.splitlines() if line.strip()][-3:]
            lines += [f"    {line}" for line in [*said, f"log: {self.log}"]]
        return lines


def run_program(command: list[str], folder: Path, minutes: float, variables: dict[str, str], log: Path | None = None) -> int:
    """Run a program with a time limit that always holds; return its exit code, or `TOO_LONG`.

    Args:
        command: program and arguments.
        folder: its working folder.
        minutes: the limit.
        variables: environment variables besides our own.
        log: file that gets its output as well as the terminal; None leaves the output alone.
    """
    return start_program(command, folder, minutes, variables, log).wait()


def start_program(
    command: list[str], folder: Path, minutes: float, variables: dict[str, str], log: Path | None = None
) -> RunningProgram:
    """Start a program that runs beside others; see `run_program`."""
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if log else {}
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **variables}, start_new_session=True, **output)
    copier = None
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        copier = threading.Thread(target=_copy, args=(process.stdout, log), daemon=True)
        copier.start()
    return RunningProgram(process, minutes, copier)


class RunningProgram:
    """A program under way. Whoever starts one waits for it, or ends it."""

    def __init__(self, process: subprocess.Popen, minutes: float, copier: threading.Thread | None) -> None:
        self._process, self._minutes, self._copier = process, minutes, copier
        self._began = time.monotonic()

    def wait(self) -> int:
        """Its exit code, or `TOO_LONG` where its time limit ended it."""
        try:
            return self._process.wait(timeout=max(self._began + self._minutes * 60 - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            print(f"Stopped after {self._minutes:g} minutes: {' '.join(self._process.args)}", flush=True)
            return TOO_LONG
        finally:
            self.end()

    def end(self) -> None:
        """Kill it and everything it started: Blender as a module can hang on exit, so nobody asks."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._copier:
            self._copier.join(5.0)  # what a program left running in the background may hold the pipe for ever


def _copy(stream: IO[bytes], log: Path) -> None:
    with stream, log.open("wb") as file:
        while data := stream.read1(1 << 16):
            file.write(data)
            file.flush()
            sys.stdout.write(data.decode("utf-8", "replace"))
            sys.stdout.flush()
