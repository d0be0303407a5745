"""Running a fuzz target in a child process, to survive crashes of C libraries and hangs.

The child (`tests.fuzz.child`) writes the number of its case into a small mapped file, which the parent watches. Where a child dies
or hangs, the case is noted and another child continues after it. A case depends on seed and number alone.
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
TARGETS = ("protocol", "npz", "motion_files", "safetensors", "audio")
HANG = 5.0  # seconds of processor time in one case
STILL = 60.0  # seconds of waiting in one case, on a busy machine
START = 300.0  # seconds to import torch on a busy machine
MAX_FINDINGS = 50  # per target
STATE = struct.Struct("<qqq")  # current case, cases done, failures


@dataclass
class Report:
    """The result of one target."""

    target: str
    cases: int = 0
    crashes: int = 0
    hangs: int = 0
    peak: int = 0  # bytes
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for people and programs."""
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
    """Run one child until it is done or finds something; returns the next case's number."""
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
    """Wait for a child and kill it where a case hangs; (hung, wait status, peak RSS in bytes)."""
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
    """A process's peak memory so far, in bytes.

    Not wait4's, which includes the parent's memory that the child had before exec.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def _processor_time(pid: int) -> float:
    """A process's processor time so far, in seconds."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
