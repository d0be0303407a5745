"""Joint positions without rotations: HumanML3D and MoMask arrays, features, batches; what is no skeleton is said so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend.errors import UserError
from backend.motion.files import load_motion
from backend.motion.formats.joints import positions_of_features
from backend.motion.formats.reading import read_motion
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX
from tests.backend.motion import source_rigs as rigs
from tests.backend.motion.formats.samples import humanml_features

WALK = Path(__file__).resolve().parents[3] / "addon" / "rigs" / "walk_then_wave.npz"


@pytest.fixture(scope="module")
def motion() -> Motion:
    """A real walk with a wave, at HumanML3D's rate."""
    return load_motion(WALK).placed_at_origin().resampled(20.0)


@pytest.fixture(scope="module")
def joints(motion: Motion) -> np.ndarray:
    """(T, 22, 3)"""
    return motion.body_positions()


def read(folder: Path, array: np.ndarray) -> tuple[Motion, tuple[str, ...]]:
    np.save(folder / "m.npy", array)
    found = read_motion(folder / "m.npy")
    return found.motion, found.notes


def test_positions_are_met_and_twists_are_a_bodys(tmp_path: Path, motion: Motion, joints: np.ndarray):
    back, notes = read(tmp_path, joints)
    assert back.fps == 20.0 and len(notes) == 1 and "20 assumed" in notes[0]
    assert np.abs(back.body_positions() - joints).max() < 1e-3
    off = rigs.angles_between(back, motion).mean(axis=0)
    told = [INDEX[name] for name in ("pelvis", "spine3", "left_hip", "right_hip", "left_knee", "right_knee", "left_shoulder",
                                     "right_shoulder", "left_elbow")]  # fmt: skip
    assert off[told].max() < 5.0 and off.max() < 20.0  # a hand's own turn is not in its position
    turn = np.degrees(np.arccos(np.clip(np.abs((back.rotations[1:, :22] * back.rotations[:-1, :22]).sum(-1)), 0, 1)) * 2)
    own = np.degrees(np.arccos(np.clip(np.abs((motion.rotations[1:, :22] * motion.rotations[:-1, :22]).sum(-1)), 0, 1)) * 2)
    assert turn.max() < 1.5 * own.max()  # no twist jumps


def test_another_body_is_scaled_by_its_legs(tmp_path: Path, motion: Motion, joints: np.ndarray):
    back, _ = read(tmp_path, joints * 0.6)
    assert np.abs(back.body_positions() - joints).max() < 1e-3


SHAPES = {
    "MoMask": (lambda a: a[:, None], 1),
    "a batch": (lambda a: np.stack([a, a * 0.5, a * 0.2]), 2),
    "a batch of one": (lambda a: a[None], 1),
    "diffusion": (lambda a: a.transpose(1, 2, 0)[None], 1),
    "one of diffusion": (lambda a: a.transpose(1, 2, 0), 1),
    "SMPL's 24": (lambda a: np.concatenate([a, a[:, 20:22]], axis=1), 1),
    "double precision": (lambda a: a.astype(float), 1),
    "columns first": (np.asfortranarray, 1),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes(tmp_path: Path, joints: np.ndarray, shape: str):
    change, notes = SHAPES[shape]
    back, said = read(tmp_path, change(joints))
    assert np.abs(back.body_positions() - joints).max() < 1e-3 and len(said) == notes


@pytest.mark.parametrize("yaw", [0.0, 2.5])
def test_features_of_humanml3d(tmp_path: Path, motion: Motion, yaw: float):
    turning = motion.transformed(0.0, np.zeros(3))
    turns = np.linspace(0.0, yaw, len(motion))
    rows = [turning.slice(k, k + 1).transformed(turn, np.zeros(3)) for k, turn in enumerate(turns)]
    joints = np.concatenate([row.body_positions() for row in rows])
    features = humanml_features(joints)
    front = positions_of_features(features)
    steps, own = (np.linalg.norm(np.diff(path[:, 0], axis=0), axis=-1) for path in (front, joints[:-1]))
    assert np.abs(steps - own).max() < 1e-6
    back, _ = read(tmp_path, features.astype(np.float32))
    expected = read(tmp_path, joints[:-1])[0]
    assert np.abs(back.body_positions() - expected.body_positions()).max() < 2e-3


BAD = {
    "shape": (np.zeros((40, 21, 3)), "shape \\(40, 21, 3\\)"),
    "numbers": (np.zeros((40, 22, 3), dtype=int), "not made of what it should be"),
    "one number": (np.array(3.0), "shape \\(\\)"),
    "objects": (np.array([{"motion": 1}]), "not made of what it should be"),
    "NaN": (np.full((40, 22, 3), np.nan), "not finite"),
    "millimetres and more": (np.full((40, 22, 3), 1e6), "too large"),
    "no frames": (np.zeros((0, 22, 3)), "no frames"),
    "no batch": (np.zeros((0, 40, 22, 3)), "shape \\(0, 40, 22, 3\\)"),
    "all in one point": (np.zeros((40, 22, 3)), "no skeleton"),
    "noise": (np.random.default_rng(0).normal(size=(40, 22, 3)), "no skeleton"),
    "normalized features": (np.random.default_rng(0).normal(size=(40, 263)), "no skeleton"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_ones_are_one_sentence(tmp_path: Path, kind: str):
    array, says = BAD[kind]
    with pytest.raises(UserError, match=says) as error:
        read(tmp_path, array)
    assert error.value.code == "bad_motion_file" and error.value.hint


def test_a_text_is_no_array(tmp_path: Path):
    (tmp_path / "m.npy").write_text("1 2 3", encoding="utf-8")
    with pytest.raises(UserError, match="damaged header"):
        read_motion(tmp_path / "m.npy")
