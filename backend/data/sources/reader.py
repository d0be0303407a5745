"""Reads motion made elsewhere: any supported file becomes a `Motion` of the default body."""

from __future__ import annotations

from pathlib import Path

from ...errors import UserError
from ...motion.motion import Motion
from ...motion.retarget import retarget
from ...motion.rig import detect
from ...packs.npz import NpzError, read_arrays
from .amass import load_amass
from .asf_amc import load_amc
from .bvh import load_bvh
from .clips import load_clip
from .rig_maps import rig_maps

SUFFIXES = (".npz", ".bvh", ".amc")


def read_motion(path: Path | str) -> Motion:
    """A motion from BVH, AMC, AMASS / SMPL-X npz or clip npz, at the file's frame rate.

    An AMC needs its ASF beside it.

    Raises UserError when the file is none of these, is damaged, or its skeleton fits no rig map.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise UserError("unknown_motion_file", f"{path.name} is not one of {', '.join(SUFFIXES)}.")
    if path.suffix.lower() == ".npz" and not _is_clip(path):
        return load_amass(path)
    loaders = {".npz": load_clip, ".bvh": load_bvh, ".amc": load_amc}
    clip = loaders[path.suffix.lower()](path)
    rig, found = detect(clip.names, list(rig_maps()))
    return retarget(clip, rig, found).motion


def _is_clip(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return bool(read_arrays(stream, {"rest_gpos": ("fiu", 2**20)}))
    except (OSError, NpzError):
        return False
