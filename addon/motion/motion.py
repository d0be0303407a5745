"""A motion as the steps of this folder pass it on, resampling, and forward kinematics. Only numpy.

SMPL-X space throughout: Y up, metres, floor at y = 0, the character's left at +X.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .coordinates import continuous_signs, quaternions_from_rotation_vectors
from .files import MotionData
from .quaternions import multiply, rotate, slerp


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


@dataclass(frozen=True)
class Skeleton:
    """What turns rotations into places.

    Attributes:
        names: J joint names in SMPL-X order.
        parents: parent row of each joint, -1 for the pelvis; a parent comes before its children.
        offsets: (J, 3) child minus parent at rest, metres of the default body's size; row 0 is not used.
        ankle_height, ball_height: of a foot that stands flat, metres.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    ankle_height: float = 0.07
    ball_height: float = 0.02

    def index(self, name: str) -> int:
        """Row of a joint."""
        return self.names.index(name)

    @cached_property
    def levels(self) -> list[np.ndarray]:
        """Joints by depth below the pelvis, so that each level is one product."""
        depth = [0] * len(self.parents)
        for joint, parent in enumerate(self.parents):
            depth[joint] = 0 if parent < 0 else depth[parent] + 1
        return [np.array([j for j, d in enumerate(depth) if d == level]) for level in range(1, max(depth) + 1)]

    @cached_property
    def reach(self) -> np.ndarray:
        """(J) the longest way along bones from each joint to one below it, metres."""
        reach = np.zeros(len(self.parents))
        for joint in range(len(self.parents) - 1, 0, -1):
            parent = self.parents[joint]
            reach[parent] = max(reach[parent], reach[joint] + float(np.linalg.norm(self.offsets[joint])))
        return reach

    def ancestors(self, joint: int) -> list[int]:
        """The joint's parents up to the pelvis, nearest first."""
        found = []
        while self.parents[joint] >= 0:
            joint = self.parents[joint]
            found.append(joint)
        return found


def from_motion_data(data: MotionData) -> Motion:
    """The motion of a file."""
    return Motion(continuous_signs(quaternions_from_rotation_vectors(data.rotations)), data.pelvis, data.fps)


def forward_kinematics(rotations: np.ndarray, pelvis: np.ndarray, skeleton: Skeleton) -> tuple[np.ndarray, np.ndarray]:
    """Where the joints are.

    Args:
        rotations: (T, J, 4) local; pelvis: (T, 3).

    Returns:
        positions (T, J, 3) in metres and global rotations (T, J, 4).
    """
    positions = np.empty((*rotations.shape[:2], 3))
    turned = np.empty(rotations.shape)
    positions[:, 0], turned[:, 0] = pelvis, rotations[:, 0]
    parents = np.array(skeleton.parents)
    for level in skeleton.levels:
        up = turned[:, parents[level]]
        positions[:, level] = positions[:, parents[level]] + rotate(
            up, np.broadcast_to(skeleton.offsets[level], (*up.shape[:2], 3))
        )
        turned[:, level] = multiply(up, rotations[:, level])
    return positions, turned


def sampled(motion: Motion, times: np.ndarray, fps: float) -> Motion:
    """The poses at ``times`` (seconds from the first frame, held at the ends), between frames by slerp, as a motion at
    ``fps``.
    """
    place = np.clip(np.asarray(times) * motion.fps, 0.0, len(motion) - 1.0)
    before = np.minimum(place.astype(int), max(len(motion) - 2, 0))
    after = np.minimum(before + 1, len(motion) - 1)
    part = place - before
    part = np.where(np.abs(part - np.round(part)) < 1e-9, np.round(part), part)
    if not part.any():  # every time is a frame: the same numbers, not nearly the same
        return Motion(motion.rotations[before], motion.pelvis[before], fps)
    rotations = slerp(motion.rotations[before], motion.rotations[after], part[:, None])
    pelvis = motion.pelvis[before] + (motion.pelvis[after] - motion.pelvis[before]) * part[:, None]
    return Motion(continuous_signs(rotations), pelvis, fps)


def resampled_length(motion: Motion, fps: float, speed: float = 1.0, skipped: float = 0.0) -> int:
    """How many frames `resampled` gives."""
    seconds = ((len(motion) - 1) / motion.fps - skipped) / speed
    return max(round(seconds * fps), 1 if len(motion) > 1 else 0) + 1


def resampled(motion: Motion, fps: float, speed: float = 1.0, skipped: float = 0.0) -> Motion:
    """The motion at another frame rate, ``speed`` times as fast, from ``skipped`` seconds of its own time on; first and last pose
    stay the first and last, the latter to the nearest frame.
    """
    if speed == 1.0 and skipped == 0.0 and abs(fps - motion.fps) < 1e-6:
        return motion
    return sampled(motion, skipped + np.arange(resampled_length(motion, fps, speed, skipped)) / fps * speed, fps)
