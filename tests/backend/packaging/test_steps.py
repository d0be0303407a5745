"""Steps of `build.py test`: the time limit holds, the output is shown and kept, and a failure is told by names."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from backend.packaging.steps import TOO_LONG, Result, run_program


def test_the_time_limit_kills_what_does_not_want_to_end_and_what_it_started(tmp_path: Path):
    note = tmp_path / "child"
    code = (
        "import signal, subprocess, sys, time, pathlib\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid))\n"
        "time.sleep(60)"
    )
    started = time.monotonic()
    assert run_program([sys.executable, "-c", code], tmp_path, 2 / 60, {}) == TOO_LONG
    assert time.monotonic() - started < 10
    stat = Path(f"/proc/{note.read_text()}/stat")
    deadline = time.monotonic() + 5
    while stat.exists() and stat.read_text().split()[2] != "Z" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not stat.exists() or stat.read_text().split()[2] == "Z"


def test_exit_codes_come_through(tmp_path: Path):
    assert run_program([sys.executable, "-c", "raise SystemExit(3)"], tmp_path, 1, {}) == 3


def test_the_output_is_shown_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture):
    log = tmp_path / "logs" / "step.log"
    code = "import sys; print('out', flush=True); print('err ü', file=sys.stderr)"
    assert run_program([sys.executable, "-X", "utf8", "-c", code], tmp_path, 1, {}, log) == 0
    assert log.read_text(encoding="utf-8") == capsys.readouterr().out == "out\nerr ü\n"


def test_the_limit_holds_with_a_log_too(tmp_path: Path):
    log = tmp_path / "step.log"
    code = "import time; print('before', flush=True); time.sleep(60)"
    assert run_program([sys.executable, "-c", code], tmp_path, 2 / 60, {}, log) == TOO_LONG
    assert log.read_text() == "before\n"


def test_a_step_that_is_no_pytest_says_its_last_words(tmp_path: Path):
    log = tmp_path / "window.log"
    log.write_text("one\ntwo\n\nthree\nthe check of the panel failed\n")
    assert Result("panel in a window", 1, 12.4, log).lines == [
        "panel in a window        FAILED (exit code 1)         12 s",
        "    two",
        "    three",
        "    the check of the panel failed",
        f"    log: {log}",
    ]


def test_one_that_passed_takes_one_line(tmp_path: Path):
    assert Result("lint", 0, 1.0, tmp_path / "lint.log").lines == [f"{'lint':<24} {'passed':<24}      1 s"]
