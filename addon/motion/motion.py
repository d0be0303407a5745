"""A motion in memory, and resampling it in time. Only numpy.

SMPL-X space throughout: Y up, metres, floor at y = 0, the character's left at +X.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .coordinates import continuous_signs, quaternions_from_rotation_vectors
from .files import MotionData
from .quaternions import slerp


@dataclass(frozen=True)
class Motion:
    """T frames of J joints.

    Attributes:
        rotations: (T, J, 4) local rotations wxyz, signs continuous in time.
        pelvis: (T, 3) position of the pelvis joint.
        fps: frames per second.
    """

    rotations: np.ndarray
    pelvis: np.ndarray
    fps: float

    def __len__(self) -> int:
        return len(self.pelvis)


def from_motion_data(data: MotionData) -> Motion:
    """The motion of a file, with quaternions of continuous signs."""
    return Motion(continuous_signs(quaternions_from_rotation_vectors(data.rotations)), data.pelvis, data.fps)


def sampled(motion: Motion, times: np.ndarray, fps: float) -> Motion:
    """The poses at ``times`` as a motion at ``fps``, interpolated by slerp.

    Args:
        times: seconds from the first frame; outside of the motion its first and last pose are held.
    """
    place = np.clip(np.asarray(times) * motion.fps, 0.0, len(motion) - 1.0)
    before = np.minimum(place.astype(int), max(len(motion) - 2, 0))
    after = np.minimum(before + 1, len(motion) - 1)
    part = place - before
    part = np.where(np.abs(part - np.round(part)) < 1e-9, np.round(part), part)
    if not part.any():  # every time is a frame: exactly its numbers
        return Motion(motion.rotations[before], motion.pelvis[before], fps)
    rotations = slerp(motion.rotations[before], motion.rotations[after], part[:, None])
    pelvis = motion.pelvis[before] + (motion.pelvis[after] - motion.pelvis[before]) * part[:, None]
    return Motion(continuous_signs(rotations), pelvis, fps)


def resampled_length(motion: Motion, fps: float, speed: float = 1.0, skipped: float = 0.0) -> int:
    """Number of frames that `resampled` gives."""
    seconds = ((len(motion) - 1) / motion.fps - skipped) / speed
    return max(round(seconds * fps), 1 if len(motion) > 1 else 0) + 1


def resampled(motion: Motion, fps: float, speed: float = 1.0, skipped: float = 0.0) -> Motion:
    """The motion at another frame rate and speed.

    The first pose stays the first; the last stays the last to the nearest frame.

    Args:
        speed: times as fast.
        skipped: seconds of its own time left out at the start.
    """
    if speed == 1.0 and skipped == 0.0 and abs(fps - motion.fps) < 1e-6:
        return motion
    return sampled(motion, skipped + np.arange(resampled_length(motion, fps, speed, skipped)) / fps * speed, fps)
