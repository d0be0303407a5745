"""Reads motion made elsewhere: any supported file becomes a `Motion` of the default body."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import UserError
from ...packs.npz import NpzError, read_arrays
from ..body import default_body
from ..files import load_motion
from ..floor import floor_height
from ..motion import Motion
from .arrays import check_length, check_rate, read_npy, unreadable
from .asf_amc import load_amc
from .bvh import load_bvh
from .joints import read_joints
from .skeletons import motion_of_clip
from .smpl import ROW, read_motion_x, read_smpl

SUFFIXES = (".npz", ".npy", ".bvh", ".amc")
PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt")
LEVEL = 0.02  # metres: a floor this near 0 is one that the file means


@dataclass(frozen=True)
class MotionFile:
    """A motion that was read, and what the user should know about it.

    The notes are short sentences without final period."""

    motion: Motion
    notes: tuple[str, ...] = ()


def read_motion(path: Path | str, report: Callable[[float], None] = lambda share: None) -> MotionFile:
    """A motion of the default body, at the file's own frame rate.

    Our own exchange files come back as they are. All others stand on the floor, at the origin, facing +Z at frame 0.

    Args:
        path: SMPL-family ``.npz``, joints ``.npy``, ``.bvh``, or ``.amc`` with its ``.asf`` beside it.
        report: called with the share that is done, 0..1; what it raises ends the reading.

    Raises:
        UserError: the file is none of these, is damaged, or its skeleton is no known body.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in PICKLES:
        raise UserError(
            "unknown_motion_file", f"{path.name} is a pickle, which can run programs when it is opened, and is not read.",
            "Open it where you trust it, and save its arrays (poses or body_pose, global_orient, transl) with numpy.savez.",
        )  # fmt: skip
    if suffix not in SUFFIXES:
        raise UserError("unknown_motion_file", f"{path.name} is not one of {', '.join(SUFFIXES)}.", "Export it as one of these.")
    report(0.0)
    if suffix == ".npz" and is_own(path):
        return MotionFile(load_motion(path))
    if suffix == ".npz":
        motion, notes = read_smpl(path)
    elif suffix == ".npy":
        array = read_npy(path)
        motion, notes = (read_motion_x if array.ndim == 2 and array.shape[1] == ROW else read_joints)(path, array)
    else:
        clip = load_bvh(path) if suffix == ".bvh" else load_amc(path)
        check_length(path, len(clip))
        check_rate(path, clip.fps)
        report(0.4)
        motion = motion_of_clip(clip)
        notes = [f"it does not say its frame rate: {clip.fps:g} assumed, as CMU has"] if suffix == ".amc" else []
    report(0.8)
    return MotionFile(_grounded(motion).placed_at_origin(), tuple(notes))


def is_own(path: Path) -> bool:
    """Whether an npz is an exchange file of ours. Raises UserError where it cannot be opened."""
    try:
        with path.open("rb") as stream:
            found = read_arrays(stream, {"pelvis_rest": ("f", 64), "up_axis": ("U", 64)})
    except NpzError:
        return False
    except OSError as error:
        raise unreadable(path, error) from error
    return "pelvis_rest" in found and str(found.get("up_axis", "")) == "Y"


def _grounded(motion: Motion) -> Motion:
    """The motion with its floor at 0, unless it is there already."""
    floor = floor_height(motion.body_positions(), motion.fps, default_body())
    if abs(floor) < LEVEL:
        return motion
    return Motion(motion.rotations, motion.pelvis - np.array([0.0, floor, 0.0], dtype=np.float32), motion.fps)
