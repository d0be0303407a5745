"""Runs a fuzz target in a child process, so that a crash of a C library, a hang or a hunger for memory is seen and survived.

The child (`tests.fuzz.child`) writes the number of the case it is at into a small mapped file; the parent looks at it. A
child that dies or stands still has found something: the case is noted and another child goes on behind it. Cases depend on
seed and number alone.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("protocol", "npz", "safetensors", "audio")
HANG = 5.0  # seconds of processor time in one case
STILL = 60.0  # seconds of waiting in one case, on a machine that may be busy with other things
START = 300.0  # seconds to import torch on such a machine
MAX_FINDINGS = 50  # then it is clear enough
STATE = struct.Struct("<qqq")  # case at work, cases done, failures


@dataclass
class Report:
    """What came of one target."""

    target: str
    cases: int = 0
    crashes: int = 0
    hangs: int = 0
    peak: int = 0  # bytes
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)

    def line(self) -> str:
        """For people and for programs."""
        return (
            f"{self.target}: {self.cases} cases, {self.crashes} crashes, {self.hangs} hangs, "
            f"peak RSS {self.peak / 2**20:.0f} MB, {self.seconds:.0f} s"
        )


def fuzz(target: str, cases: int, seed: int = 0, first: int = 0) -> Report:
    """Run cases first..first+cases-1 of a target."""
    report = Report(target)
    began = time.monotonic()
    following, end = first, first + cases
    while following < end and len(report.findings) < MAX_FINDINGS:
        following = _one_child(report, seed, following, end)
    report.cases, report.seconds = following - first, time.monotonic() - began
    return report


def _one_child(report: Report, seed: int, first: int, end: int) -> int:
    """One child until it is through or something happens; the number of the case to go on with."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        state, log = Path(folder) / "state", Path(folder) / "log"
        state.write_bytes(STATE.pack(-1, first, 0))
        command = [sys.executable, "-m", "tests.fuzz.child", report.target, str(seed), str(first), str(end), folder]
        with log.open("wb") as stream:
            child = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
                env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "MALLOC_ARENA_MAX": "2"},
            )  # fmt: skip
            hung, status, peak = _watch(child.pid, state)
        code = os.waitstatus_to_exitcode(status)
        child.returncode = code  # collected by _watch
        report.peak = max(report.peak, peak)
        case, done, failures = STATE.unpack(state.read_bytes())
        said = log.read_text(encoding="utf-8", errors="replace")
        report.crashes += failures
        report.findings += [line for line in said.splitlines() if line.startswith("case ")]
        if done >= end and code == 0:
            return end
        if hung:
            report.hangs += 1
            report.findings.append(f"case {case}: hangs")
        else:
            report.crashes += 1
            report.findings.append(f"case {case}: the process ended with code {code}: {said[-2000:]}")
        return max(case, first) + 1


def _watch(pid: int, state: Path) -> tuple[bool, int, int]:
    """Wait for a child; kill it when a case takes too long. Returns (whether it hung, its wait status, its peak RSS in bytes)."""
    last, since, used, peak = None, time.monotonic(), 0.0, 0
    pause = 0.02
    while True:
        peak = max(peak, _peak_memory(pid))
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return False, status, peak
        now = STATE.unpack(state.read_bytes())
        if now != last:
            last, since, used = now, time.monotonic(), _processor_time(pid)
        else:
            waited = time.monotonic() - since
            started = now[0] >= 0
            if (started and (_processor_time(pid) - used > HANG or waited > STILL)) or waited > START:
                os.kill(pid, 9)
                return True, os.waitpid(pid, 0)[1], peak
        time.sleep(pause)
        pause = min(0.25, pause * 1.5)


def _peak_memory(pid: int) -> int:
    """The most memory a process has held so far, in bytes.

    Not wait4's: that one counts the memory of the parent, too, which the child had until it became another program."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def _processor_time(pid: int) -> float:
    """Seconds a process has computed so far."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
