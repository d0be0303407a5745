"""The exchange file: what is written is read back; what is not a motion is refused in one sentence."""

from pathlib import Path

import numpy as np
import pytest

from backend.errors import UserError
from backend.motion.files import load_motion, save_motion

from .make import wandering


def test_written_file_has_the_smplx_layout_and_reads_back(tmp_path: Path) -> None:
    motion = wandering()
    path = tmp_path / "Ünïcode name.npz"
    save_motion(path, motion, seed=7, heard="walk forward", model="open", audio="a.wav", weights_licence="CC")
    with np.load(path, allow_pickle=False) as data:
        assert data["poses"].shape == (len(motion), 165) and data["poses"].dtype == np.float32
        assert str(data["surface_model_type"]) == "smplx" and str(data["up_axis"]) == "Y" and str(data["gender"]) == "neutral"
        assert int(data["seed"]) == 7 and str(data["heard"]) == "walk forward"
        assert str(data["model"]) == "open" and str(data["weights_licence"]) == "CC"
        np.testing.assert_allclose(data["trans"] + data["pelvis_rest"], motion.pelvis, atol=1e-6)
    np.testing.assert_allclose(load_motion(path).positions(), motion.positions(), atol=1e-4)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_nothing_is_left_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="space"):
        save_motion(tmp_path / "a.npz", wandering())
    assert list(tmp_path.iterdir()) == []


def _broken(tmp_path: Path, **changes: object) -> Path:
    path = tmp_path / "broken.npz"
    save_motion(path, wandering(frames=10))
    with np.load(path) as data:
        arrays = dict(data)
    for name, value in changes.items():
        if value is None:
            del arrays[name]
        else:
            arrays[name] = value
    np.savez(path, **arrays)
    return path


@pytest.mark.parametrize(
    "changes",
    [
        {"poses": None},
        {"poses": np.zeros((10, 66), np.float32)},
        {"trans": np.zeros((9, 3), np.float32)},
        {"trans": np.full((10, 3), np.nan, np.float32)},
        {"mocap_frame_rate": np.float64(0)},
        {"poses": np.array([{"a": 1}], dtype=object)},
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, changes: dict) -> None:
    with pytest.raises(UserError, match=r"broken\.npz"):
        load_motion(_broken(tmp_path, **changes))


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "note.npz"
    path.write_text("not a zip")
    with pytest.raises(UserError, match=r"note\.npz"):
        load_motion(path)
    with pytest.raises(UserError, match=r"gone\.npz"):
        load_motion(tmp_path / "gone.npz")
