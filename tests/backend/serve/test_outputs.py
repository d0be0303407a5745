"""Names of output files and the folder they go to."""

import os
import time
from pathlib import Path

from backend.serve.outputs import clipped, discard_stale, free_files, plan_files, prepare_folder


def test_names_never_collide(tmp_path):
    recordings = [
        Path(folder) / name for folder in ("/a", "/b", "/a") for name in ("x.wav", "X.flac", "x_1.wav", "x-2.wav")
    ]
    for variations in (1, 3):
        plan = plan_files(recordings, tmp_path, variations)
        names = [path.name.casefold() for paths in plan for path in paths]
        assert len(plan) == len(recordings) and len(set(names)) == len(names) == variations * len(recordings)
    assert plan_files([Path("/a/x.wav")], tmp_path, 1) == [[tmp_path / "x.npz"]]


def test_inputs_are_not_replaced(tmp_path):
    (tmp_path / "in").mkdir()
    for given in (tmp_path / "Walk.npz", tmp_path / "in" / ".." / "Walk.npz"):
        assert plan_files([Path("/a/walk.wav")], tmp_path, 1, [given]) == [[tmp_path / "a-walk.npz"]]
    assert plan_files([Path("/a/walk.wav")], tmp_path, 1, [tmp_path / "in" / "walk.npz"]) == [[tmp_path / "walk.npz"]]


def test_long_names_stay_legal(tmp_path):
    recording = Path("/" + "ordner" * 40) / ("走" * 83 + ".wav")
    for paths in [*plan_files([recording] * 3, tmp_path, 8), free_files(recording, tmp_path, 2**31 - 1, 8)]:
        for path in paths:
            path.touch()
    assert len(list(tmp_path.iterdir())) == 32
    assert clipped("走" * 83) == "走" * 36
    assert clipped("\udcff\udcfe") == "\ufffd\ufffd"  # a name that is not UTF-8 still has a stem


def test_prepare_folder_tells_what_it_made(tmp_path):
    assert prepare_folder(tmp_path) == []
    assert prepare_folder(tmp_path / "a" / "b") == [tmp_path / "a" / "b", tmp_path / "a"]
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_leftovers_of_a_killed_process_go_after_an_hour(tmp_path):
    old, young, other = (tmp_path / name for name in (".unfinished-a", ".unfinished-b", "unfinished"))
    for folder in (old, young, other):
        folder.mkdir()
        (folder / "0.npz").touch()
    for folder in (old, other):
        os.utime(folder, (time.time() - 4000,) * 2)
    discard_stale(tmp_path)
    assert not old.exists() and young.exists() and other.exists()
