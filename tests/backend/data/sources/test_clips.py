"""Clips of the shared data: what they mean, and one clear sentence for every broken one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.data.sources.clips import load_clip
from backend.errors import UserError
from backend.motion.retarget import retarget
from backend.motion.rig import detect
from backend.motion.rig_maps import rig_maps
from tests.backend.motion import source_rigs as rigs


class TestClips:
    def arrays(self) -> dict[str, np.ndarray]:
        clip = rigs.source(rigs.walking(20), rigs.posed(1, {}, phase=False))
        return {
            "names": np.array(clip.names), "parents": np.arange(len(clip.names)) - 1, "gpos": clip.positions,
            "grot": Rotation.from_matrix(clip.rotations.reshape(-1, 3, 3)).as_quat().reshape(20, -1, 4).astype("f2"),
            "rest_gpos": clip.rest_positions, "rest_grot": Rotation.from_matrix(clip.rest_rotations).as_quat(),
        "fps": np.float32(30),
        }  # fmt: skip

    def test_half_precision_is_enough(self, tmp_path: Path) -> None:
        np.savez(tmp_path / "c.npz", **self.arrays())
        clip = load_clip(tmp_path / "c.npz")
        rig, found = detect(clip.names, list(rig_maps()))
        off = rigs.angles_between(retarget(clip, rig, found).motion, rigs.walking(20).placed_at_origin())
        assert off.max() < 3.0

    @pytest.mark.parametrize(
        ("key", "value", "says"),
        [
            ("grot", None, "not a motion clip"),
            ("gpos", np.zeros((20, 3, 3)), "does not fit"),
            ("gpos", np.full((20, 22, 3), np.inf), "not finite"),
            ("grot", np.zeros((20, 22, 4)), "no length"),
            ("fps", np.float32(0), "no sense"),
        ],
    )
    def test_damage_is_named(self, tmp_path: Path, key: str, value, says: str) -> None:
        arrays = {k: v for k, v in (self.arrays() | {key: value}).items() if v is not None}
        np.savez(tmp_path / "c.npz", **arrays)
        with pytest.raises(UserError, match=says):
            load_clip(tmp_path / "c.npz")
