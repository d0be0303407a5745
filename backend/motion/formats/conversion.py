"""From a motion file of any kind to an exchange file or a BVH.

For the command line and for Blender."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ...errors import UserError, cannot_write
from ..files import OWN_FRAMES, save_motion
from ..motion import Motion
from .bvh_writing import save_bvh
from .reading import read_motion

WRITERS = {".npz": save_motion, ".bvh": save_bvh}
READ = 0.9  # share of the work that is done when the file is read


@dataclass(frozen=True)
class Conversion:
    """What was written, and what the user should know about what was read."""

    file: Path
    frames: int
    fps: float
    notes: tuple[str, ...]


def convert_motion(
    source: Path, target: Path, fps: float | None = None, report: Callable[[float], None] = lambda share: None
) -> Conversion:
    """Write the motion of ``source`` as ``target``, whose ending says the kind.

    An existing file is replaced.

    Args:
        fps: of the new file; None keeps the source's.
        report: called with the share that is done, 0..1; what it raises ends the work before anything is written.

    Raises:
        UserError: as `read_motion` says, ``unknown_motion_file`` for another ending, ``cannot_write``.
    """
    write = WRITERS.get(target.suffix.lower())
    if write is None:
        endings = ", ".join(WRITERS)
        raise UserError("unknown_motion_file", f"{target.name} is not one of {endings}.", "Give it one of these endings.")
    found = read_motion(source, lambda share: report(READ * share))
    motion = found.motion if fps is None else _at_rate(found.motion, fps)
    if len(motion) > OWN_FRAMES:
        raise UserError(
            "bad_motion_file", f"{source.name} is {len(motion)} frames long; at most {OWN_FRAMES} can be keyed.",
            "Cut it, or lower the frame rate.",
        )  # fmt: skip
    report(READ)
    try:
        write(target, motion)
    except OSError as error:
        raise cannot_write(target.parent, error) from None
    return Conversion(target, len(motion), motion.fps, found.notes)


def _at_rate(motion: Motion, fps: float) -> Motion:
    """The motion at another frame rate and its own tempo; up to a frame is cut off at its end."""
    if len(motion) == 1 or abs(fps - motion.fps) < 1e-6:
        return replace(motion, fps=fps)
    count = int((len(motion) - 1) * fps / motion.fps + 1e-6) + 1
    frames = np.minimum(np.arange(count) * motion.fps / fps, len(motion) - 1)
    return replace(motion.at_frames(frames), fps=fps)
