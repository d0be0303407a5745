"""`build.py demo`, as the README says it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_demo_writes_what_the_readme_promises(tmp_path: Path):
    out = tmp_path / "out"
    # A second of motion instead of six, so that rendering takes seconds.
    command = [sys.executable, "build.py", "demo", "--seconds", "1", "--out", str(out)]
    # As from a terminal: without what the rest of the tests is told.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("VOICE_TO_MOTION", "PYTEST"))}
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Heard:  walk forward and then wave with your right hand" in done.stdout
    assert {path.name for path in out.iterdir()} == {"demo.blend", "demo.npz", "demo.mp4", "demo.png"}
    assert min(path.stat().st_size for path in out.iterdir()) > 1000
    with np.load(out / "demo.npz", allow_pickle=False) as motion:
        assert motion["poses"].shape[1] == 165 and 20 <= len(motion["poses"]) <= 40


def test_an_output_folder_that_cannot_be_made_is_said_before_anything_is_generated(tmp_path: Path):
    (tmp_path / "file").touch()
    command = [sys.executable, "tests/demo/scene.py", "--extension", "none.zip", "--audio", "none.wav"]
    done = subprocess.run([*command, "--out", tmp_path / "file" / "out"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "cannot be made: Not a directory." in done.stderr
