"""The log files of the backend: there after a crash, few, and never large."""

from __future__ import annotations

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
        log.close()
        newest = log.path
    assert len(logs(tmp_path)) == 5 and newest in logs(tmp_path)


def test_other_files_stay(log_module, tmp_path):
    (tmp_path / "notes.log").write_text("mine")
    for _ in range(8):
        log_module.BackendLog(tmp_path, ["x"]).close()
    assert (tmp_path / "notes.log").exists()


def test_a_long_log_keeps_its_end(log_module, tmp_path, monkeypatch):
    monkeypatch.setattr(log_module, "MAX_BYTES", 10_000)
    log = log_module.BackendLog(tmp_path, ["x"])
    for number in range(5000):
        log.write(f"line {number}")
        assert log.path.stat().st_size <= 10_100
    log.close()
    lines = log.path.read_text().splitlines()
    assert "left out" in lines[0] and lines[-1] == "line 4999" and lines[1].startswith("line ")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /dev/full")
def test_a_full_disk_disturbs_nobody(log_module, tmp_path):
    log = log_module.BackendLog(tmp_path, ["x"])
    log.close()
    log._stream = open("/dev/full", "wb", buffering=0)  # noqa: SIM115, PTH123
    log.write("a line")
    log.write("another")
    assert log._stream is None


def test_a_folder_that_cannot_be_made(log_module, tmp_path):
    (tmp_path / "file").write_text("")
    log = log_module.BackendLog(tmp_path / "file" / "logs", ["x"])
    log.write("a line")
    log.close()
