"""The exchange file of motions: `.npz` in the AMASS / SMPL-X layout, Y up.

Other formats are `formats`' job. Files are written to a temporary name and renamed, so none is ever half there.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import roma
import torch

from ..errors import UserError
from ..packs.npz import NpzError, read_arrays
from ..packs.whole_files import npz_bytes, write_whole
from .body import default_body
from .contacts import foot_contacts
from .motion import Motion
from .skeleton import J

OWN_FRAMES = 36_000  # of an exchange file: 20 minutes at 30 fps
LARGEST = 10_000.0  # radians or metres; beyond it numbers are damage
_WANTED = {
    "poses": ("f", OWN_FRAMES * J * 3 * 8),
    "trans": ("f", OWN_FRAMES * 3 * 8),
    "pelvis_rest": ("f", 64),
    "mocap_frame_rate": ("fiu", 8),
}


def save_motion(
    path: Path | str, motion: Motion, *, seed: int | None = None, heard: str = "", model: str = "", audio: str = "",
    weights_licence: str = "",
) -> None:  # fmt: skip
    """Write ``motion`` and where it came from.

    Raises OSError if the folder cannot be written; then no file is left."""
    path = Path(path)
    body = default_body()
    rotvec = roma.unitquat_to_rotvec(torch.from_numpy(np.ascontiguousarray(motion.rotations))).numpy()
    arrays = {
        "poses": rotvec.reshape(len(motion), J * 3).astype(np.float32),
        "trans": (motion.pelvis - body.rest_pelvis).astype(np.float32),
        "betas": np.zeros(16, dtype=np.float32),
        "gender": np.array("neutral"),
        "mocap_frame_rate": np.float64(motion.fps),
        "surface_model_type": np.array("smplx"),
        "up_axis": np.array("Y"),
        "pelvis_rest": body.rest_pelvis.astype(np.float32),
        "foot_contacts": foot_contacts(motion.positions(), motion.fps),
        "seed": np.int64(-1 if seed is None else seed),
        "heard": np.array(heard),
        "model": np.array(model),
        "audio": np.array(audio),
        "weights_licence": np.array(weights_licence),
    }
    write_whole(path, npz_bytes(arrays))


def load_motion(path: Path | str) -> Motion:
    """Read an exchange file. Raises UserError when it is not one."""
    try:
        with Path(path).open("rb") as stream:
            data = read_arrays(stream, _WANTED)
        poses, trans, rest = data["poses"], data["trans"], data["pelvis_rest"]
        fps = float(data["mocap_frame_rate"].item())
    except NpzError as error:
        raise UserError("bad_motion_file", f"{Path(path).name} is not a motion file of ours: {error}.") from error
    except (OSError, ValueError, KeyError) as error:
        raise UserError("bad_motion_file", f"{Path(path).name} is not a motion file of ours.", str(error)) from error
    good = poses.ndim == 2 and poses.shape[1] == J * 3 and trans.shape == (len(poses), 3) and rest.shape == (3,)
    if not good or not 0 < len(poses) <= OWN_FRAMES or not 0 < fps < 1000:
        raise UserError("bad_motion_file", f"{Path(path).name} has arrays of the wrong shape for an SMPL-X motion.")
    if not all(np.isfinite(array).all() and np.abs(array).max() <= LARGEST for array in (poses, trans, rest)):
        raise UserError("bad_motion_file", f"{Path(path).name} contains numbers that are not finite, or no motion's.")
    rotvec = torch.from_numpy(poses.reshape(-1, J, 3).astype(np.float32))
    return Motion(roma.rotvec_to_unitquat(rotvec).numpy(), (trans + rest).astype(np.float32), fps)
