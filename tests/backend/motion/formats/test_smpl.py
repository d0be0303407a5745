"""AMASS, SMPL-X, SMPL-H, SMPL, BEAT2 and GVHMR files: all dialects mean the same motion, and bad ones one sentence."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.errors import UserError
from backend.motion.files import load_motion, save_motion
from backend.motion.formats.reading import read_motion
from backend.motion.motion import Motion
from tests.backend.motion import source_rigs as rigs
from tests.backend.motion.formats.samples import smpl_arrays

BEAT2 = Path(__file__).resolve().parents[5] / "shared" / "data" / "beat2" / "2_scott_0_1_1.npz"
RATE = {"mocap_frame_rate": np.float64(60.0)}


@pytest.fixture(scope="module")
def motion() -> Motion:
    return rigs.walking(40)


def read(folder: Path, arrays: dict) -> tuple[Motion, tuple[str, ...]]:
    np.savez(folder / "m.npz", **arrays)
    found = read_motion(folder / "m.npz")
    return found.motion, found.notes


def assert_same(back: Motion, motion: Motion) -> None:
    expected = motion.placed_at_origin()
    assert rigs.angles_between(back, expected).max() < 0.1
    assert np.ptp(back.pelvis - expected.pelvis, axis=0) == pytest.approx([0, 0, 0], abs=1e-3)
    assert back.headings()[0] == pytest.approx(0.0, abs=1e-4)
    assert back.positions()[:, [7, 8, 10, 11], 1].min() == pytest.approx(0.02, abs=0.05)  # soles on the floor


@pytest.mark.parametrize("width", [165, 156, 72, 66])
@pytest.mark.parametrize("up", ["Y", "Z", "-Y"])
def test_widths_and_up_axes(tmp_path: Path, motion: Motion, width: int, up: str):
    back, notes = read(tmp_path, smpl_arrays(motion, width, up) | RATE)
    assert back.fps == 60.0 and notes == ()
    assert_same(back, motion)


def split(arrays: dict[str, np.ndarray], body: str, root: str, place: str) -> dict[str, np.ndarray]:
    poses = arrays["poses"]
    return {root: poses[:, :3], body: poses[:, 3:66], place: arrays["trans"]}


DIALECTS = {
    "AMASS with parts": lambda a: split(a, "pose_body", "root_orient", "trans") | {"pose_hand": a["poses"][:, 75:], **RATE},
    "SMPL-X package": lambda a: split(a, "body_pose", "global_orient", "transl") | {"fps": np.int64(60)},
    "with a batch of one": lambda a: {k: v[None] for k, v in split(a, "body_pose", "global_orient", "transl").items()} | RATE,
    "joints in rows": lambda a: a | {"poses": a["poses"].reshape(-1, 55, 3), **RATE},
    "SMPL body without root": lambda a: {"poses": np.pad(a["poses"][:, 3:66], [(0, 0), (0, 6)]), "root_orient": a["poses"][:, :3],
                                         "trans": a["trans"], **RATE},
    "GVHMR with slashes": lambda a: {f"smpl_params_global/{k}": v
                                     for k, v in split(a, "body_pose", "global_orient", "transl").items()}
    | {"mocap_framerate": np.array([60.0])},
    "GVHMR with underscores": lambda a: {f"smpl_params_global_{k}": v
                                         for k, v in split(a, "body_pose", "global_orient", "transl").items()} | RATE,
    "WHAM in the world": lambda a: {"pose_world": a["poses"][:, :72], "trans_world": a["trans"], "pose": np.zeros((40, 72)),
                                    "trans": np.zeros((40, 3)), **RATE},
    "matrices": lambda a: {"poses": Rotation.from_rotvec(a["poses"][:, :66].reshape(-1, 3)).as_matrix().reshape(-1, 22, 3, 3),
                           "trans": a["trans"], **RATE},
    "AIST++": lambda a: {"smpl_poses": a["poses"][:, :72], "smpl_trans": a["trans"] * 93.0, "smpl_scaling": np.float64(93)} | RATE,
    "half precision": lambda a: {k: v.astype("f4") for k, v in a.items()} | RATE,
    "AMASS's length": lambda a: a | {"mocap_time_length": np.float64(40 / 60)},
    "gender in bytes": lambda a: a | {"gender": np.array(b"female"), "betas": np.zeros(16), **RATE},
    "gender in a list": lambda a: a | {"gender": np.array(["male"]), "surface_model_type": np.array("smplx"), **RATE},
    "axis in bytes": lambda a: a | {"up_axis": np.array(b"y"), **RATE},
    "a gender that is an object": lambda a: a | {"gender": np.array(None), **RATE},
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects(tmp_path: Path, motion: Motion, dialect: str):
    back, notes = read(tmp_path, DIALECTS[dialect](smpl_arrays(motion)))
    assert back.fps == pytest.approx(60.0) and notes == ()
    assert_same(back, motion)


def test_rows_of_motion_x(tmp_path: Path, motion: Motion):
    arrays = smpl_arrays(motion)
    rows = np.zeros((40, 322), np.float32)
    rows[:, :66], rows[:, 66:156], rows[:, 309:312] = arrays["poses"][:, :66], arrays["poses"][:, 75:], arrays["trans"]
    np.save(tmp_path / "m.npy", rows)
    found = read_motion(tmp_path / "m.npy")
    assert found.motion.fps == 30.0 and len(found.notes) == 1
    assert_same(found.motion, motion)


def test_what_is_missing_is_said(tmp_path: Path, motion: Motion):
    arrays = smpl_arrays(motion)
    back, notes = read(tmp_path, {"poses": arrays["poses"]})
    assert back.fps == 30.0 and len(notes) == 2 and "frame rate" in notes[0] and "no path" in notes[1]
    assert np.ptp(back.pelvis[:, [0, 2]]) == 0.0


def test_fingers_are_read_or_relaxed(tmp_path: Path, motion: Motion):
    turned = motion.rotations.copy()
    turned[:, 30] = [0.0, 0.6, 0.0, 0.8]
    with_fingers = Motion(turned, motion.pelvis, motion.fps)
    assert read(tmp_path, smpl_arrays(with_fingers) | RATE)[0].rotations[5, 30] == pytest.approx([0.0, 0.6, 0.0, 0.8], abs=1e-5)
    flat = smpl_arrays(motion) | RATE
    flat["poses"][:, 75:] = 0.0
    assert read(tmp_path, flat)[0].rotations[0, 25:] == pytest.approx(motion.rotations[0, 25:], abs=1e-5)


def test_our_own_files_come_back_as_they_are(tmp_path: Path, motion: Motion):
    away = motion.transformed(1.0, np.array([3.0, 0.05, -2.0]))
    save_motion(tmp_path / "own.npz", away)
    back = read_motion(tmp_path / "own.npz").motion
    assert np.abs(back.positions() - away.positions()).max() < 1e-5 and back.fps == away.fps
    save_motion(tmp_path / "again.npz", back)
    assert np.abs(load_motion(tmp_path / "again.npz").positions() - away.positions()).max() < 1e-5


@pytest.mark.skipif(not BEAT2.is_file(), reason="the recording of BEAT2 is not in ../shared")
def test_a_real_file_of_beat2():
    found = read_motion(BEAT2)
    heights = found.motion.body_positions()[..., 1]
    assert (len(found.motion), found.motion.fps, found.notes) == (1906, 30.0, ())
    assert np.median(heights[:, [10, 11]]) < 0.05 and np.median(heights[:, 15]) > 1.4  # he stands on his feet


BAD = {
    "nothing known": ({"poses": None, "trans": None, "betas": np.zeros(10)}, "has no poses; it has .*betas"),
    "width": ({"poses": np.zeros((40, 99))}, "poses of 99 numbers"),
    "no threes": ({"poses": np.zeros((40, 100))}, "no rotations of joints"),
    "NaN": ({"poses": np.full((40, 165), np.nan)}, "not finite in poses"),
    "infinite": ({"trans": np.full((40, 3), np.inf)}, "not finite in trans"),
    "far": ({"trans": np.full((40, 3), 1e9)}, "too large for a motion in trans"),
    "short path": ({"trans": np.zeros((3, 3))}, "40 poses and a path of the shape"),
    "no root": ({"poses": None, "body_pose": np.zeros((40, 63))}, "how the body is turned"),
    "short root": ({"poses": None, "body_pose": np.zeros((40, 63)), "global_orient": np.zeros((7, 3))},
                   "another number of the root"),
    "zero rate": ({"mocap_frame_rate": np.float64(0)}, "0 frames per second"),
    "high rate": ({"mocap_frame_rate": np.float64(1e9)}, "1e\\+09 frames per second"),
    "no number": ({"mocap_frame_rate": np.float64(np.nan)}, "not finite in mocap_frame_rate"),
    "two rates": ({"mocap_frame_rate": np.array([30.0, 60.0])}, "nan frames per second"),
    "no frames": ({"poses": np.zeros((0, 165)), "trans": np.zeros((0, 3))}, "no frames"),
    "objects": ({"poses": np.array([object()])}, "poses is not made of what it should be"),
    "nested": ({"poses": None, "trans": None, "smpl_params_global": np.array({"body_pose": 1})}, "no poses; it has .*smpl_params"),
    "matrices": ({"poses": np.zeros((40, 22, 3, 3))}, "matrices that are no rotations"),
    "texts": ({"poses": np.array("hello")}, "poses is not made of what it should be"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_bad_ones_are_one_sentence(tmp_path: Path, motion: Motion, kind: str):
    change, says = BAD[kind]
    arrays = {k: v for k, v in (smpl_arrays(motion) | RATE | change).items() if v is not None}
    with pytest.raises(UserError, match=says) as error:
        read(tmp_path, arrays)
    assert error.value.code == "bad_motion_file" and error.value.message.count(". ") == 0 and error.value.hint


def test_other_files_are_one_sentence(tmp_path: Path):
    (tmp_path / "m.npz").write_text("hello", encoding="utf-8")
    with pytest.raises(UserError, match="is no npz"):
        read_motion(tmp_path / "m.npz")
    with pytest.raises(UserError, match="cannot be read"):
        read_motion(tmp_path / "gone.npz")
    with pytest.raises(UserError, match="is not one of"):
        read_motion(tmp_path / "m.fbx")
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 165), }".ljust(117) + b"\n"
    with zipfile.ZipFile(tmp_path / "huge.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("poses.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(1000))
    with pytest.raises(UserError, match=r"impossible shape|too large"):
        read_motion(tmp_path / "huge.npz")


@pytest.mark.parametrize("suffix", [".pt", ".pkl"])
def test_pickles_are_never_opened(tmp_path: Path, suffix: str):
    class Trap:
        def __reduce__(self):
            return Path.touch, (tmp_path / "opened",)

    path = tmp_path / f"hmr4d_results{suffix}"
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(UserError, match="is a pickle") as error:
        read_motion(path)
    assert "numpy.savez" in error.value.hint and not (tmp_path / "opened").exists()
