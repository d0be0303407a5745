"""Motion files of others: damaged npz, npy and BVH, and whole ones with lying numbers."""

from __future__ import annotations

import io
import json
from pathlib import Path
from random import Random

import numpy as np

from backend.errors import UserError
from backend.motion.formats.bvh_writing import save_bvh
from backend.motion.formats.reading import read_motion
from backend.motion.motion import Motion
from tests.fuzz.mutate import INTERESTING, damaged

KEYS = ("poses", "trans", "pose_body", "root_orient", "body_pose", "global_orient", "transl", "mocap_framerate", "fps",
        "pelvis_rest", "up_axis", "left_hand_pose", "mocap_time_length", "smpl_params_global/body_pose")  # fmt: skip
SHAPES = ((4, 165), (4, 72), (4, 66), (4, 63), (4, 3), (4, 22, 3), (4, 22, 3, 3), (1, 4, 66), (3,), (), (0, 66), (4,), (1,) * 5)


class Target:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rotations = np.zeros((4, 55, 4), np.float32)
        rotations[..., 3] = 1.0
        motion = Motion(rotations, np.tile(np.float32([0, 0.95, 0]), (4, 1)))
        save_bvh(folder / "seed.bvh", motion)
        amass = {"poses": np.zeros((4, 156)), "trans": np.zeros((4, 3)), "mocap_framerate": np.float64(120)}
        self.seeds = {
            ".bvh": (folder / "seed.bvh").read_bytes(),
            ".npy": self.saved(np.save, motion.body_positions()),
            ".npz": self.saved(lambda stream, arrays: np.savez(stream, **arrays), amass),
        }

    @staticmethod
    def saved(save, what) -> bytes:
        stream = io.BytesIO()
        save(stream, what)
        return stream.getvalue()

    def case(self, rng: Random) -> bytes:
        """A line with the ending and the file; JSON, so that the runner can keep it."""
        ending = rng.choice(tuple(self.seeds))
        how = rng.random()
        if how < 0.6 or ending == ".bvh":
            content = damaged(rng, self.seeds[ending], list(self.seeds.values()))
        elif ending == ".npy":
            content = self.saved(np.save, self.array(rng))
        else:
            arrays = {rng.choice(KEYS): self.array(rng) for _ in range(rng.randint(0, 5))}
            content = self.saved(lambda stream, found: np.savez(stream, **found), arrays)
        return json.dumps([ending, content.hex()]).encode()

    @staticmethod
    def array(rng: Random) -> np.ndarray:
        shape = rng.choice(SHAPES)
        value = rng.choice((0, 1, 30.0, -1.0, 1e-300, 1e300, float("nan"), float("inf"), *INTERESTING[:3]))
        array = np.full(shape, float(value) if isinstance(value, int | float) else 0.0)
        if rng.random() < 0.3:
            array = array + np.random.default_rng(rng.randrange(1000)).normal(size=shape)
        return array.astype(rng.choice(("f8", "f4", "f2", "i4", "U8")))

    def run(self, content: bytes) -> None:
        ending, raw = json.loads(content)
        path = self.folder / f"case{ending}"
        path.write_bytes(bytes.fromhex(raw))
        try:
            motion = read_motion(path).motion
        except UserError as error:
            assert error.message.endswith(".") and "\n" not in error.message
        else:
            assert np.isfinite(motion.rotations).all() and np.isfinite(motion.pelvis).all() and 1 <= motion.fps <= 1000
            assert np.abs(np.linalg.norm(motion.rotations, axis=-1) - 1).max() < 1e-3
