"""The benchmark command: that it measures what it says, around a small generator and in the real Blender module."""

import importlib.util
import json
import subprocess
import sys

import pytest

from backend.commands.bench import BARS, Row, below, markdown, measure_backend, measure_keying, spoken_instruction
from backend.errors import UserError
from backend.packs.pack import WEIGHTS
from tests.backend.client import REAL, REPOSITORY, STAND_IN


def test_the_recording_in_the_repository_can_be_used():
    from backend.audio.reading import read_instruction

    assert 16_000 < len(read_instruction(spoken_instruction())) < 16_000 * 15


def test_measuring_a_backend():
    rows = {row.what: row for row in measure_backend(STAND_IN, ["--device", "cpu"], spoken_instruction(), runs=3)}
    hello, ready = rows["backend start to hello"], rows["backend start to ready (models loaded and warm)"]
    assert 0.0 < hello.value < ready.value
    warm = rows["warm generate, 6 s of motion, audio file in to npz out"]
    assert warm.holds == (warm.value <= BARS["generate"]) and f"{BARS['generate']:g} s" in warm.bar
    assert {"- of it reading", "- of it composing", "- of it writing"} <= set(rows)
    parts = sum(row.value for what, row in rows.items() if what.startswith("- of it"))
    assert 0.0 < parts < 3.0 * warm.value
    memory = rows["memory of the backend (RSS) after it"]
    assert 0.03 < memory.value < 3.0  # a Python with numpy and torch in it
    assert rows["the same as one command, start included"].value > warm.value


def test_a_backend_that_does_not_start_is_an_error(monkeypatch):
    monkeypatch.setenv("STAND_IN_FAIL", "load")
    with pytest.raises(UserError) as caught:
        list(measure_backend(STAND_IN, ["--device", "cpu"], spoken_instruction(), runs=1))
    assert caught.value.code == "missing_pack"


def test_bars_and_table():
    assert below("a", 8.0, 8.0, "s").holds is True and below("a", 8.1, 8.0, "s").holds is False
    table = markdown([below("start", 9.0, 8.0, "s"), Row("note", "5", 5.0)])
    assert table.splitlines()[2:] == ["| start | 9.00 s | <= 8 s | **no** |", "| note | 5 |  |  |"]


def test_keying_is_left_out_where_there_is_no_blender(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert list(measure_keying(sys.executable)) == []


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="bpy is not in this environment")
def test_keying_in_blender():
    time, ratio, clips, multiple = measure_keying(sys.executable)
    assert "55 bones x 180 frames" in time.what and time.value > 0 and ratio.value > 1
    assert "by one of 300 frames" in clips.what and clips.value > 0 and multiple.value > 1


@pytest.mark.slow
@pytest.mark.skipif(not (WEIGHTS / "open" / "pack.json").exists(), reason="the pack of weights is not there yet")
def test_the_whole_command():
    done = subprocess.run(
        [*REAL, "bench", "--runs", "2", "--json"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    facts = json.loads(done.stdout)
    assert done.returncode == int(any(row["holds"] is False for row in facts["rows"]))
    assert len(facts["rows"]) >= 8 and facts["cores"] >= 1
