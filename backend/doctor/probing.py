"""How the doctor finds out: by asking a child process, which may crash or hang in its place, and by asking the system for memory.

Standard library only, like `backend.doctor.checks`, which says what is asked and what the answers mean.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PATIENCE = 120.0  # seconds for a child process; importing torch from a cold disk takes half a minute
CRASHES = {4: "illegal instruction", 6: "aborted", 9: "killed, perhaps for memory", 11: "segmentation fault"}


def ask(code: str) -> tuple[dict | None, str]:
    """Run a piece of Python in a child process that prints one JSON object; (object, "") or (None, why not)."""
    environment = os.environ | {"PYTHONUTF8": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=Path(__file__).resolve().parents[2], env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=PATIENCE, check=False, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None, f"no answer within {PATIENCE:.0f} s"
    except OSError as error:
        return None, f"Python cannot be started: {error.strerror}"
    if done.returncode:
        return None, death(done.returncode, done.stderr.decode("utf-8", "replace"))
    try:
        found = json.loads(done.stdout.decode("utf-8", "replace").strip().splitlines()[-1])
    except (ValueError, IndexError):
        found = None
    return (found, "") if isinstance(found, dict) else (None, "an answer that makes no sense")


def death(code: int, said: str) -> str:
    """Why a child process failed, in one line."""
    if code < 0:
        return f"it crashes when it is imported ({CRASHES.get(-code, f'signal {-code}')})"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return (lines[-1] if lines else f"exit code {code}")[:300]


def free_memory() -> int | None:
    """Bytes that a new process could have; None where this is not known."""
    readers: dict[str, Callable[[], int]] = {"linux": linux_memory, "win32": windows_memory}
    try:
        return readers[sys.platform]()
    except (KeyError, OSError, ValueError, AttributeError, StopIteration):
        return None


def linux_memory() -> int:
    """MemAvailable, or what the control group leaves if that is less."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    group = Path("/sys/fs/cgroup")
    try:
        most, used = (int((group / name).read_text()) for name in ("memory.max", "memory.current"))
        cached = next(int(line.split()[1]) for line in (group / "memory.stat").read_text().splitlines() if line.startswith("file "))
        return min(free, most - used + cached)
    except (OSError, ValueError, StopIteration):  # "max": no limit
        return free


def windows_memory() -> int:
    """What GlobalMemoryStatusEx calls available."""
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [(f"n{i}", ctypes.c_ulonglong) for i in range(7)]

    status = Status(length=ctypes.sizeof(Status))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        raise OSError("no answer")
    return status.n1
