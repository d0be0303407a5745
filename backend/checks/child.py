"""Asking a child process, so that a crash or a hang is its own.

Whatever may be broken (torch, the sound library) is imported only there. Standard library only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PATIENCE = 120.0  # seconds for a child process; importing torch from a cold disk takes half a minute
CRASHES = {4: "illegal instruction", 6: "aborted", 9: "killed, perhaps for memory", 11: "segmentation fault"}


def run_in_child(code: str) -> tuple[dict | None, str]:
    """Run code that prints one JSON object in a child process; (object, "") or (None, why)."""
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
        return None, failure_reason(done.returncode, done.stderr.decode("utf-8", "replace"))
    try:
        found = json.loads(done.stdout.decode("utf-8", "replace").strip().splitlines()[-1])
    except (ValueError, IndexError):
        found = None
    return (found, "") if isinstance(found, dict) else (None, "an answer that makes no sense")


def failure_reason(code: int, said: str) -> str:
    """Why a child process failed, in one line."""
    if code < 0:
        return f"it crashes when it is imported ({CRASHES.get(-code, f'signal {-code}')})"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return (lines[-1] if lines else f"exit code {code}")[:300]
