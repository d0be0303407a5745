"""Every way in which a file can be no motion is one sentence, and nothing in it is executed or trusted."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest


@pytest.fixture
def motion_file(extension):
    return extension("motion.files")


def arrays(frames: int = 4) -> dict:
    return {
        "poses": np.full((frames, 165), 0.1, np.float32),
        "trans": np.tile(np.float32([0, 1.3, 0]), (frames, 1)),
        "pelvis_rest": np.float32([0, -0.35, 0]),
        "mocap_frame_rate": np.float64(30),
        "up_axis": np.array("Y"),
        "heard": np.array("walk – langsam"),
        "seed": np.int64(77),
    }


def test_good_file(motion_file, tmp_path):
    np.savez_compressed(tmp_path / "a.npz", **arrays())
    motion = motion_file.load_motion(tmp_path / "a.npz")
    assert motion.rotations.shape == (4, 55, 3) and motion.fps == 30
    assert (motion.heard, motion.seed, motion.model) == ("walk – langsam", 77, "")
    np.testing.assert_allclose(motion.pelvis[0], [0, 0.95, 0], atol=1e-6)


BAD = {
    "no poses": ({"poses": None}, "not a motion file"),
    "wrong joints": ({"poses": np.zeros((4, 66), np.float32)}, "wrong shape"),
    "no frames": ({"poses": np.zeros((0, 165), np.float32), "trans": np.zeros((0, 3), np.float32)}, "0 frames"),
    "lengths differ": ({"trans": np.zeros((5, 3), np.float32)}, "wrong shape"),
    "not finite": ({"trans": np.full((4, 3), np.nan, np.float32)}, "not finite"),
    "infinite": ({"poses": np.full((4, 165), np.inf, np.float32)}, "not finite"),
    "z up": ({"up_axis": np.array("Z")}, "Y is up"),
    "does not say": ({"up_axis": None}, "Y is up"),
    "no speed": ({"mocap_frame_rate": np.float64(0)}, "no usable motion"),
    "nan speed": ({"mocap_frame_rate": np.float64("nan")}, "no usable motion"),
    "text": ({"poses": np.full((4, 165), "x")}, "not made of what it should be"),
    "whole numbers": ({"poses": np.zeros((4, 165), np.int32)}, "not made of what it should be"),
    "two speeds": ({"mocap_frame_rate": np.float32([30, 30])}, "not a motion file"),
    "light years": ({"trans": np.full((4, 3), 1e30, np.float32)}, "too large for a motion"),
    "pickle": ({"poses": np.array([{"a": 1}] * 4, dtype=object)}, "not a motion file"),
    "far too long": (
        {"poses": np.zeros((40_000, 165), np.float32), "trans": np.zeros((40_000, 3), np.float32)},
        "frames",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_content(motion_file, tmp_path, case):
    change, words = BAD[case]
    content = {key: value for key, value in (arrays() | change).items() if value is not None}
    np.savez_compressed(tmp_path / "a.npz", **content)
    with pytest.raises(motion_file.MotionFileError, match=words) as error:
        motion_file.load_motion(tmp_path / "a.npz")
    assert str(error.value).startswith("a.npz") and str(error.value).endswith(".")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04broken", bytes(100)])
def test_no_npz_at_all(motion_file, tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(motion_file.MotionFileError, match="not a motion file"):
        motion_file.load_motion(tmp_path / "a.npz")


@pytest.mark.parametrize("number", [0xD800, 0x110000, 0xFFFFFFFF])
def test_words_that_are_no_letters_are_left_out(motion_file, tmp_path, number):
    words = np.frombuffer(number.to_bytes(4, "little"), "<U1")[0:1].reshape(())
    np.savez(tmp_path / "a.npz", **(arrays() | {"heard": words}))
    assert len(motion_file.load_motion(tmp_path / "a.npz").heard.encode("utf-8")) <= 1


def test_missing_and_folder(motion_file, tmp_path):
    with pytest.raises(motion_file.MotionFileError, match="does not exist"):
        motion_file.load_motion(tmp_path / "none.npz")
    with pytest.raises(motion_file.MotionFileError):
        motion_file.load_motion(tmp_path)


def test_zip_bomb_is_not_unpacked(motion_file, tmp_path):
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (300000, 165), }".ljust(117) + b"\n"
    with zipfile.ZipFile(tmp_path / "a.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("poses.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(200 * 2**20))
    with pytest.raises(motion_file.MotionFileError, match="poses is too large"):
        motion_file.load_motion(tmp_path / "a.npz")


def test_the_peer_writes_such_files(motion_file, tmp_path):
    from tests.addon import peer

    assert peer.write_motion(tmp_path / "p.npz", 5, 24.0, 2.0) == 48
    motion = motion_file.load_motion(tmp_path / "p.npz")
    assert (motion.fps, motion.seed, motion.heard, len(motion.pelvis)) == (24.0, 5, "walk forward", 48)
