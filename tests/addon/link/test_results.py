"""Results in a folder of each Blender's own, tidied without touching what is not ours."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture
def results(extension):
    return extension("link.results")


def old(path, days: float):
    os.utime(path, (time.time() - days * 86_400,) * 2)
    return path


def remove_old(results, *folders) -> int:
    """All steps of it; returns how many."""
    return sum(1 for _ in results.remove_old(*folders))


def test_one_folder_for_this_blender(results, tmp_path):
    folder = results.own_folder(tmp_path)
    assert folder == results.own_folder(tmp_path) and folder.parent == tmp_path / "results" and folder.is_dir()
    folder.rmdir()
    assert results.own_folder(tmp_path).is_dir(), "a folder that was deleted meanwhile is made again"


def test_another_blender_gets_another_folder(results, tmp_path):
    code = (
        "import sys, types; from pathlib import Path; package = types.ModuleType('addon'); package.__path__ = [sys.argv[1]]; "
        "sys.modules['addon'] = package; from addon.link import results; print(results.own_folder(Path(sys.argv[2])))"
    )
    addon = Path(__file__).resolve().parents[3] / "addon"
    other = subprocess.run([sys.executable, "-c", code, str(addon), str(tmp_path)], capture_output=True, text=True, check=True)
    assert Path(other.stdout.strip()).is_dir() and Path(other.stdout.strip()) != results.own_folder(tmp_path)


def test_old_results_go_and_nothing_else(results, tmp_path):
    own, other, gone, young = (tmp_path / name for name in ("own", "other", "gone", "young"))
    for folder in (own, other, gone, young):
        folder.mkdir()
    keep = [own / "a.npz", other / "new.npz", other / "b.npz", other / "notes.txt", tmp_path / "mine.npz"]
    for path in (*keep, other / "c.npz", gone / "d.npz"):
        path.write_bytes(b"x")
    for path, days in zip(keep, (90, 0, 5, 90, 90), strict=True):
        old(path, days)
    old(other / "c.npz", 40)
    old(gone / "d.npz", 40)
    (other / ".unfinished-1").mkdir()
    (other / ".unfinished-2").mkdir()
    old(other / ".unfinished-1", 1)
    remove_old(results, tmp_path, own)
    assert all(path.exists() for path in keep)
    assert not (other / "c.npz").exists() and not (gone / "d.npz").exists()
    assert not (other / ".unfinished-1").exists() and (other / ".unfinished-2").exists()
    old(gone, 1)
    remove_old(results, tmp_path, own)
    assert not gone.exists() and young.exists() and other.exists() and own.exists()


def test_too_much_goes_oldest_first(results, tmp_path, monkeypatch):
    monkeypatch.setattr(results, "KEPT_BYTES", 2500)
    own, other = tmp_path / "own", tmp_path / "other"
    own.mkdir()
    other.mkdir()
    for number in range(5):
        (other / f"{number}.npz").write_bytes(bytes(1000))
        old(other / f"{number}.npz", 10 - number)
    remove_old(results, tmp_path, own)
    assert sorted(path.name for path in other.iterdir()) == ["3.npz", "4.npz"]


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_links_lead_nowhere(results, tmp_path):
    elsewhere, base = tmp_path / "elsewhere", tmp_path / "results"
    elsewhere.mkdir()
    base.mkdir()
    (base / "own").mkdir()
    (elsewhere / "precious.npz").write_bytes(b"x")
    old(elsewhere / "precious.npz", 90)
    (base / "link").symlink_to(elsewhere)
    remove_old(results, base, base / "own")
    assert (elsewhere / "precious.npz").exists()


def test_half_written_files_of_a_dead_backend(results, tmp_path):
    (tmp_path / ".unfinished-x").mkdir()
    (tmp_path / ".unfinished-x" / "0.npz").write_bytes(b"x")
    (tmp_path / "good.npz").write_bytes(b"x")
    results.discard_unfinished(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["good.npz"]
    results.discard_unfinished(tmp_path / "none")


def test_a_thousand_files_are_removed_in_small_steps(results, tmp_path):
    (tmp_path / "other").mkdir()
    for number in range(1000):
        (tmp_path / "other" / f"{number}.npz").write_bytes(b"x")
        old(tmp_path / "other" / f"{number}.npz", 90)
    assert remove_old(results, tmp_path, tmp_path / "own") >= 2 * 1000 / 50
    assert not any((tmp_path / "other").iterdir())


def test_old_results_go_while_blender_is_used(extension, results, tmp_path):
    """The first call only adds the work; the timer, or a script that waits for a result, does it."""
    work = extension("link.incremental").incremental_work
    work.run_all()
    forgotten = tmp_path / "results" / "other" / "a.npz"
    forgotten.parent.mkdir(parents=True)
    forgotten.write_bytes(b"x")
    old(forgotten, 90)
    results.own_folder(tmp_path)
    assert work and forgotten.exists()
    work.run_all()
    assert not forgotten.exists()


def test_a_folder_that_vanishes_meanwhile(results, tmp_path):
    import shutil

    (tmp_path / "results" / "other").mkdir(parents=True)
    steps = results.remove_old(tmp_path / "results", tmp_path / "own")
    (tmp_path / "results" / "other" / "a.npz").write_bytes(b"x")
    next(steps)
    shutil.rmtree(tmp_path / "results")
    assert list(steps) is not None
