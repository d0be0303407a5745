"""Disks that are full and processes that are killed: a result is there whole or not at all, and the next request works."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from backend.motion.files import load_motion
from tests.backend.client import PATIENCE, STAND_IN, Client

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs limits of POSIX")


@pytest.fixture
def audio(tmp_path) -> str:
    path = tmp_path / "a.wav"
    soundfile.write(path, 0.3 * np.sin(np.arange(16_000) / 20), 16_000)
    return str(path)


def whole(folder: Path) -> int:
    """How many results are in a folder; each must be a motion, and nothing else may be there."""
    paths = sorted(folder.iterdir()) if folder.exists() else []
    for path in paths:
        assert path.suffix == ".npz" and len(load_motion(path)) > 0, path
    return len(paths)


def test_a_disk_that_fills_up(audio, tmp_path):
    """A limit on the size of files stands for the full disk: writing fails in the middle of a file."""
    limited = "import resource, signal, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (3500, resource.RLIM_INFINITY)); "
    limited += f"import runpy; sys.argv = sys.argv[1:]; sys.path.insert(0, {str(Path(STAND_IN[1]).parents[2])!r}); "
    limited += "runpy.run_path(sys.argv[0], run_name='__main__')"
    out = tmp_path / "out"
    with Client([sys.executable, "-c", limited, STAND_IN[1]]) as client:
        client.wait("ready")
        good = client.send(request="generate", audio=audio, out=str(out), seed=1, seconds=0.5)
        assert client.end_of(good)["event"] == "result"
        for options in ({"seconds": 10.0}, {"seconds": 10.0, "variations": 8}):
            error = client.end_of(client.send(request="generate", audio=audio, out=str(out), seed=2, **options))
            assert error["event"] == "error" and error["code"] == "cannot_write" and "free some space" in error["hint"]
            assert whole(out) == 1, "nothing of the failed request is left"
        assert client.end_of(client.send(request="generate", audio=audio, out=str(out), seed=3, seconds=0.5))["event"] == "result"
        assert client.finish() == 0
    assert whole(out) == 2


@pytest.mark.skipif(os.geteuid() != 0 if hasattr(os, "geteuid") else True, reason="needs root to mount a small disk")
def test_a_small_disk(audio, tmp_path):
    """The same with a real file system of 64 kB, where this process may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False, capture_output=True).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        with Client() as client:
            client.wait("ready")
            results = []
            for seed in range(40):
                results.append(client.end_of(client.send(request="generate", audio=audio, out=str(disk), seed=seed, seconds=0.5)))
                assert whole(disk) == sum(event["event"] == "result" for event in results)
                if results[-1]["event"] == "error":
                    break
            assert results[0]["event"] == "result" and results[-1]["code"] == "cannot_write", results[-1]
            assert client.finish() == 0
    finally:
        subprocess.run(["umount", disk], check=True)


@pytest.mark.slow
def test_kills_while_files_are_written(audio, tmp_path):
    """Killed when none and when four of eight files are complete: none of them is ever seen."""
    for complete in (0, 4):
        out = tmp_path / str(complete)
        with Client() as client:
            client.wait("ready")
            client.send(request="generate", audio=audio, out=str(out), seconds=10.0, variations=8, fps=120.0)
            limit = time.monotonic() + PATIENCE
            while len(list(out.glob(".unfinished-*/?.npz"))) < complete or not list(out.glob(".unfinished-*")):
                assert time.monotonic() < limit
                time.sleep(0.001)
            client.process.send_signal(signal.SIGKILL)
            client.process.wait()
        assert len(list(out.glob(".unfinished-*/?.npz"))) >= complete and not list(out.glob("*.npz"))


def test_two_backends_in_one_folder(audio, tmp_path):
    """They write at the same time, also the same recording and seed; nobody's file is replaced or lost."""
    with Client() as one, Client() as two:
        for client in (one, two):
            client.wait("ready")
        asked = {
            client: [
                client.send(request="generate", audio=audio, out=str(tmp_path / str(number)), seed=7, seconds=1.0) for _ in range(5)
            ]
            for number, client in enumerate((one, two))
        }
        files = []
        for client, ids in asked.items():
            for id in ids:
                event = client.end_of(id)
                assert event["event"] == "result", json.dumps(event)
                files += event["files"]
        assert len(set(files)) == 10 and all(len(load_motion(file)) == 30 for file in files)
