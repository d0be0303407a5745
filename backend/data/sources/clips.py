"""Reads clip `.npz` of the shared data: world-space joints at 30 fps, with rest pose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from ...errors import UserError
from ...motion.rig import SourceClip
from ...packs.npz import read_arrays

SHAPES = {"gpos": 3, "grot": 3, "rest_gpos": 2, "rest_grot": 2}
_WANTED = {"names": ("U", 2**20), "fps": ("fiu", 8), **dict.fromkeys(SHAPES, ("fiu", 2**30))}


def load_clip(path: Path | str) -> SourceClip:
    """A clip from names, gpos, grot, rest_gpos, rest_grot and fps.

    names (J), gpos (T, J, 3) metres, grot (T, J, 4) xyzw, rest_gpos (J, 3), rest_grot (J, 4).

    Raises UserError("bad_clip") for a file that is not such a clip or holds numbers that are not finite.
    """
    name = Path(path).name
    try:
        with Path(path).open("rb") as stream:
            data = read_arrays(stream, _WANTED)
        names = tuple(str(n) for n in data["names"])
        arrays = {key: data[key].astype(np.float64) for key in SHAPES}
        fps = float(data["fps"].item())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError("bad_clip", f"{name} is not a motion clip.", str(error)) from error
    for key, dimensions in SHAPES.items():
        array, last = arrays[key], 4 if key.endswith("rot") else 3
        if array.ndim != dimensions or array.shape[-2:] != (len(names), last):
            raise UserError(
                "bad_clip", f"{name} has '{key}' of shape {array.shape}, which does not fit {len(names)} joints."
            )
        if not np.isfinite(array).all():
            raise UserError("bad_clip", f"{name} holds numbers that are not finite in '{key}'.")
    if len(arrays["gpos"]) == 0 or len(arrays["grot"]) != len(arrays["gpos"]) or not 0 < fps < 1000:
        raise UserError("bad_clip", f"{name} has no frames, or a frame count or rate that makes no sense.")
    if any((np.linalg.norm(arrays[key], axis=-1) < 0.5).any() for key in ("grot", "rest_grot")):
        raise UserError("bad_clip", f"{name} holds quaternions of no length.")
    return SourceClip(
        names, arrays["gpos"], _matrices(arrays["grot"]), arrays["rest_gpos"], _matrices(arrays["rest_grot"]), fps
    )


def _matrices(quaternions: np.ndarray) -> np.ndarray:
    shape = quaternions.shape[:-1]
    return Rotation.from_quat(quaternions.reshape(-1, 4)).as_matrix().reshape(*shape, 3, 3)
