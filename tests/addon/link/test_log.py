"""The log files of the backend: there after a crash, few, and never large."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.fixture
def log_module(extension):
    return extension("link.log")


def logs(folder) -> list:
    return sorted(folder.glob("*.log"))


def test_a_crash_can_be_read_afterwards(extension, tmp_path, wait_until):
    client = extension("link.client").BackendClient(
        [sys.executable, "-c", "raise ModuleNotFoundError('No module named torch')"], tmp_path, tmp_path / "logs"
    )
    wait_until(lambda: any(event["event"] == "exited" for event in client.poll()))
    client.stop()
    [log] = logs(tmp_path / "logs")
    text = log.read_text(encoding="utf-8")
    assert sys.executable in text and "Traceback" in text and "No module named torch" in text and text.endswith("exit code 1\n")


def test_only_the_last_five_are_kept(log_module, tmp_path):
    for number in range(12):
        log = log_module.BackendLog(tmp_path, [f"run {number}"])
        log.close("end")
        newest = log.path
    assert len(logs(tmp_path)) == 5 and newest in logs(tmp_path)


def test_other_files_stay(log_module, tmp_path):
    (tmp_path / "notes.log").write_text("mine")
    for _ in range(8):
        log_module.BackendLog(tmp_path, ["x"]).close("end")
    assert (tmp_path / "notes.log").exists()


def test_a_long_log_keeps_its_end(log_module, tmp_path, monkeypatch):
    """While the process that has inherited the file goes on writing into it."""
    monkeypatch.setattr(log_module, "MAX_BYTES", 10_000)
    log = log_module.BackendLog(tmp_path, ["x"])
    code = "import sys\nfor line in sys.stdin: print('line', line.strip(), file=sys.stderr); print('done', flush=True)"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log.file, text=True
    )
    for number in range(3000):
        child.stdin.write(f"{number}\n")
        child.stdin.flush()
        child.stdout.readline()
        log.shorten()
        assert log.path.stat().st_size <= 10_100
    child.communicate()
    log.close("exit code 0")
    lines = log.path.read_text().splitlines()
    assert "left out" in lines[0] and lines[-2:] == ["line 2999", "exit code 0"]
    assert lines[1:-1] == [f"line {number}" for number in range(3000 - len(lines[1:-1]), 3000)], "none is torn or lost"


def test_last_lines_are_the_backends_own(log_module, tmp_path):
    log = log_module.BackendLog(tmp_path, ["x"])
    assert log.last_lines() == []
    for number in range(1000):
        log.write(f"line {number} " + "x" * 5000 * (number == 999))
    last = log.last_lines()
    assert last[-2] == "line 998" and last[-1].startswith("line 999 x") and len(last[-1]) == 2000 and len(last) <= 200


def test_without_a_folder_it_is_kept_until_the_end(log_module):
    log = log_module.BackendLog(None, ["x"])
    log.write("a line")
    assert log.last_lines() == ["a line"] and log.path.exists()
    log.close("end")
    assert not log.path.exists() and log.last_lines() == []
    log.close("end")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /dev/full")
def test_a_full_disk_disturbs_nobody(log_module, tmp_path):
    log = log_module.BackendLog(tmp_path, ["x"])
    log.file.close()
    log.file = open("/dev/full", "wb", buffering=0)  # noqa: SIM115, PTH123
    log.write("a line")
    log.shorten()
    log.close("exit code 0")


def test_a_folder_that_cannot_be_made(log_module, tmp_path):
    (tmp_path / "file").write_text("")
    log = log_module.BackendLog(tmp_path / "file" / "logs", ["x"])
    log.write("a line")
    log.shorten()
    assert log.file is None and log.last_lines() == []
    log.close("end")
