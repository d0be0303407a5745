"""Motions on an SMPL-X body, from a generated model file: `smplx`'s numbers, feet on the floor, shapes that fit."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.cli import main
from backend.commands.bodies import Bodies, body_file
from backend.errors import UserError
from backend.motion import smplx_body
from backend.motion.body import default_body
from backend.motion.files import load_motion, save_motion
from backend.motion.smplx_body import fitted_betas, load_body_model, on_body
from tests.addon.smplx import make_model

from . import smplx_reference
from .make import wandering

try:
    INSTALLED = importlib.util.find_spec("smplx.lbs") is not None
except ModuleNotFoundError:
    INSTALLED = False


@pytest.fixture
def skinning(monkeypatch):
    """`smplx` itself where it is installed, else its formula, which is held against it below."""
    if not INSTALLED:
        monkeypatch.setattr(smplx_body, "_skinning", lambda: smplx_reference.formula)


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    return make_model.write(tmp_path_factory.mktemp("model") / "SMPLX_NEUTRAL.npz", smplx_reference.arrays())


@pytest.fixture
def model(skinning, file) -> smplx_body.BodyModel:
    return load_body_model(file)


def test_the_formula_gives_what_smplx_gave():
    """Within 0.1 mm; where `smplx` is installed, the stored numbers are still its own."""
    stored = np.load(smplx_reference.REFERENCE)
    ways = [smplx_reference.formula]
    if INSTALLED:
        from smplx.lbs import lbs

        ways.append(lbs)
    for way in ways:
        found = smplx_reference.posed(way)
        np.testing.assert_array_equal(found["pose"], stored["pose"])
        assert np.abs(found["vertices"] - stored["vertices"]).max() < 1e-4
        assert np.abs(found["joints"] - stored["joints"]).max() < 1e-4


def test_joints_are_the_motions_and_the_lowest_vertex_is_on_the_floor(model):
    motion = wandering(frames=70)
    found = on_body(model, motion, np.zeros(10), vertices=True)
    assert found.joints.shape == (70, 55, 3) and found.vertices.shape == (70, 2640, 3) and found.fps == motion.fps
    from_pelvis = motion.positions() - motion.pelvis[:, None]
    assert np.abs(found.joints - found.joints[:, :1] - from_pelvis).max() < 1e-4  # the model has the default body's bones
    assert np.percentile(found.vertices[..., 1].min(axis=1), smplx_body.LOWEST) == pytest.approx(0.0, abs=1e-4)
    scale = np.ptp(found.joints[:, 0, 0]) / np.ptp(motion.pelvis[:, 0])
    assert 1.0 < scale < 1.1  # soles 3 cm below the foot joints make it taller
    assert on_body(model, motion).vertices is None


def test_the_shape_is_fitted_to_the_default_body(model):
    """A model half a head taller gets betas that take it back most of the way."""
    taller = replace(model, template=model.template + 3.0 * model.shapes[:, :, 0])

    def bones_off(betas: np.ndarray) -> float:
        joints = taller.joints_at_rest(torch.from_numpy(betas)).numpy()
        parents = list(smplx_body.PARENTS[1:22])
        return float(np.abs(joints[1:22] - joints[parents] - default_body().offsets[1:22]).max())

    assert bones_off(fitted_betas(taller)) < 0.3 * bones_off(np.zeros(10, np.float32))
    assert np.abs(fitted_betas(model)).max() < 0.1  # it has the default body's bones already


def test_a_body_is_written_beside_the_motion(skinning, file, tmp_path):
    save_motion(tmp_path / "walk.npz", wandering(frames=40))
    for vertices in (False, True):
        target = Bodies(file, "0.5,-1", vertices=vertices).write(tmp_path / "walk.npz")
        assert target == body_file(tmp_path / "walk.npz") == tmp_path / "walk_body.npz"
        with np.load(target, allow_pickle=False) as data:
            assert data["joints"].shape == (40, 55, 3) and data["betas"].tolist() == [0.5, -1.0] + [0.0] * 8
            assert ("vertices" in data) == ("faces" in data) == vertices and float(data["mocap_frame_rate"]) == 30.0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["walk.npz", "walk_body.npz"]
    assert len(load_motion(tmp_path / "walk.npz")) == 40


def test_without_the_package_it_is_one_sentence(monkeypatch, file, tmp_path, capsys):
    for name in ("smplx", "smplx.lbs"):
        monkeypatch.setitem(sys.modules, name, None)
    assert main(["generate", "--text", "walk", "-o", str(tmp_path / "out"), "--body", str(file)]) == 1
    error = capsys.readouterr().err
    assert "non-commercial research" in error and error.count("\n") == 1 and not (tmp_path / "out").exists()


@pytest.mark.parametrize(("changes", "dropped", "said"), [
    ({"J_regressor": np.array([{"a": 1}], dtype=object)}, (), "J_regressor is not made of what it should be"),
    ({}, ("weights", "f"), "lacks f, weights"),
    ({"weights": np.ones((2640, 24))}, (), "other sizes"),
    ({"kintree_table": np.zeros((2, 55), np.uint32)}, (), "other sizes"),
    ({"v_template": np.full((2640, 3), np.nan)}, (), "not finite"),
])  # fmt: skip
def test_files_that_are_no_model(skinning, tmp_path, changes, dropped, said):
    file = make_model.write(tmp_path / "model.npz", smplx_reference.arrays(), dropped, **changes)
    with pytest.raises(UserError, match=said):
        load_body_model(file)


@pytest.mark.parametrize("betas", ["x", "1,,2", "nan", ",".join(["0"] * 11)])
def test_betas_that_are_none(betas, file):
    with pytest.raises(UserError, match="ten numbers"):
        Bodies(file, betas)


def test_a_body_never_replaces_a_motion(tmp_path):
    with pytest.raises(UserError, match="walk_body"):
        Bodies.refuse_collisions([tmp_path / "walk.npz", tmp_path / "walk_body.npz"])
