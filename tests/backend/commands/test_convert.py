"""`convert` as people run it: any kind of motion file in, ours or BVH out, one sentence for each that cannot be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.cli import main
from backend.motion.files import load_motion, save_motion
from backend.motion.formats.reading import read_motion
from tests.backend.command import run
from tests.backend.motion import source_rigs as rigs
from tests.backend.motion.formats.samples import smpl_arrays, write_bvh

WALK = Path(__file__).resolve().parents[2] / "addon" / "rigs" / "walk_then_wave.npz"


def test_many_at_once(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    motion = rigs.walking(40)
    np.savez(tmp_path / "amass.npz", **smpl_arrays(motion, 156, "Z"), mocap_framerate=np.float64(120))
    np.save(tmp_path / "joints.npy", motion.body_positions())
    write_bvh(tmp_path / "mein Gang.bvh", motion)
    (tmp_path / "bad.npz").write_text("no zip", encoding="utf-8")
    names = ("amass.npz", "joints.npy", "mein Gang.bvh", "bad.npz")
    files = [str(tmp_path / name) for name in names]
    assert main(["convert", *files, "-o", str(tmp_path / "out"), "--fps", "30"]) == 2
    told = capsys.readouterr()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["amass.npz", "joints.npz", "mein Gang.npz"]
    assert [len(load_motion(tmp_path / "out" / name)) for name in ("amass.npz", "joints.npz", "mein Gang.npz")] == [10, 59, 40]
    assert "frame rate: 20 assumed" in told.out and told.err.count("error:") == 1 and "bad.npz cannot be read" in told.err


def test_to_bvh_and_back(tmp_path: Path) -> None:
    motion = load_motion(WALK).placed_at_origin()
    save_motion(tmp_path / "a.npz", motion)
    for source, target in (("a.npz", "b.bvh"), ("b.bvh", "c.npz")):
        assert main(["convert", str(tmp_path / source), "-o", str(tmp_path / target)]) == 0
    back = load_motion(tmp_path / "c.npz")
    assert (len(back), back.fps) == (len(motion), motion.fps)
    assert np.abs(back.positions() - motion.positions()).max() < 1e-3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.npz", "b.npz", "-o", "c.bvh"], "2 files do not fit into the one"),
        (["a.npz", "-o", "out", "--fps", "0"], "frame rate must be between"),
        (["a.pkl", "-o", "out"], "is a pickle"),
        (["a.npz", "-o", "out"], "cannot be read"),
    ],
)
def test_what_cannot_be(arguments: list[str], says: str, capsys: pytest.CaptureFixture, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["convert", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_a_longer_motion_than_can_be_keyed(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    np.savez(tmp_path / "long.npz", poses=np.zeros((2000, 72), "f4"), trans=np.zeros((2000, 3), "f4"), fps=np.float64(1.0))
    assert main(["convert", str(tmp_path / "long.npz"), "-o", str(tmp_path / "o.npz"), "--fps", "30"]) == 2
    assert "at most 36000 can be keyed" in capsys.readouterr().err and not (tmp_path / "o.npz").exists()


def test_generate_goes_on_from_a_file_of_others(tmp_path: Path) -> None:
    arrays = smpl_arrays(rigs.walking(40), 156, "Z")
    np.savez(tmp_path / "amass.npz", **arrays)
    done = run("generate", "--text", "walk", "--motion", tmp_path / "amass.npz", "-o", tmp_path / "out", "--seconds", "1")
    assert done.returncode == 0, done.stderr
    assert "amass.npz: it does not say its frame rate: 30 assumed" in done.stderr
    made = load_motion(next((tmp_path / "out").iterdir()))
    assert made.pelvis[0] == pytest.approx(read_motion(tmp_path / "amass.npz").motion.pelvis[-1], abs=1e-3)
