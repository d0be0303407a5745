"""A range made anew, and a motion gone on from, in the command line and over the pipes; the stand-in makes the motions."""

import json

import numpy as np
import pytest

from backend.cli import main
from backend.motion.files import load_motion, save_motion
from tests.backend.client import Client
from tests.backend.motion.make import wandering
from tests.backend.stand_in import SwayGenerator


@pytest.fixture
def given(tmp_path) -> str:
    save_motion(tmp_path / "given.npz", wandering(61))
    return str(tmp_path / "given.npz")


def _same(first: np.ndarray, second: np.ndarray) -> bool:
    """The file keeps rotation vectors: going there and back is exact to float32's last digits."""
    return float(np.abs(np.abs((first * second).sum(-1)) - 1).max()) < 1e-6


def _quietly(device: str, pack: str, ours: object) -> SwayGenerator:
    return SwayGenerator(pack)


def test_serve(given, tmp_path):
    with Client() as client:

        def ask(**options) -> dict:
            return client.end_of(client.send(request="generate", text="sway", out=str(tmp_path / "out"), **options))

        done = ask(motion=given, first=16, last=31, fps=24.0, seed=1)
        assert done["event"] == "result" and done["frames"] == [49] and done["fps"] == 24.0
        made, was = load_motion(done["files"][0]), load_motion(given).resampled(24.0)
        for piece in (slice(0, 16), slice(32, None)):
            assert _same(made.rotations[piece], was.rotations[piece])
            np.testing.assert_allclose(made.pelvis[piece], was.pelvis[piece], atol=1e-6)
        assert not _same(made.rotations[16:32], was.rotations[16:32])
        assert ask(motion=given, first=16, last=31, fixed=[20, 31], seed=1)["event"] == "result"
        done = ask(motion=given, seconds=1.0, seed=1)
        went_on = load_motion(done["files"][0])
        assert _same(went_on.rotations[:1], load_motion(given).rotations[-1:])
        for options, code in (
            ({"motion": given, "first": 40, "last": 61}, "bad_range"),
            ({"motion": given, "first": 40}, "bad_range"),
            ({"first": 3, "last": 5}, "bad_range"),
            ({"motion": str(tmp_path / "none.npz")}, "bad_motion_file"),
            ({"motion": given, "first": "3", "last": 5}, "bad_request"),
            ({"motion": given, "first": 16, "last": 31, "fixed": [40]}, "bad_range"),
            ({"motion": given, "first": 16, "last": 31, "fixed": ["20"]}, "bad_request"),
        ):
            error = ask(**options)
            assert error["event"] == "error" and error["code"] == code, options
        assert client.finish() == 0


def test_command_line(given, tmp_path, capfd):
    out = str(tmp_path / "out")
    ask = ["generate", "--text", "sway", "-o", out, "--device", "cpu", "--json", "--motion", given]
    assert main([*ask, "--first", "10", "--last", "20"], load=_quietly) == 0
    (result,) = json.loads(capfd.readouterr().out)["results"]
    assert result["frames"] == [61]
    assert main([*ask, "--first", "10", "--last", "99"], load=_quietly) == 2
    (result,) = json.loads(capfd.readouterr().out)["results"]
    assert result["code"] == "bad_range" and "frames 0 to 60" in result["message"]
    assert main([*ask, "--first", "10"], load=_quietly) == 2
    assert json.loads(capfd.readouterr().out)["code"] == "bad_range"
