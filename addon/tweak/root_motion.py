"""Where the way over the floor is kept: on the pelvis, on a root bone below it, or nowhere (in place)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.coordinates import continuous_signs
from ..motion.motion import Motion
from ..motion.quaternions import about_y, conjugate, multiply, rotate, yaw_of


@dataclass(frozen=True)
class Root:
    """What a root bone does. T frames; the pelvis is then counted in its space.

    Attributes:
        rotations: (T, 4) turn about Y; positions: (T, 3) on the floor, metres.
    """

    rotations: np.ndarray
    positions: np.ndarray


def heading(motion: Motion) -> np.ndarray:
    """(T) which way the pelvis faces, radians about Y, without jumps by whole turns."""
    return np.unwrap(yaw_of(motion.rotations[:, 0]))


def extracted(motion: Motion, with_yaw: bool) -> tuple[Motion, Root]:
    """The way, and with ``with_yaw`` the heading, moved to a root on the floor below the pelvis."""
    positions = motion.pelvis * np.array([1.0, 0.0, 1.0])
    turns = about_y(heading(motion) if with_yaw else np.zeros(len(motion)))
    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply(conjugate(turns), motion.rotations[:, 0])
    pelvis = rotate(conjugate(turns), motion.pelvis - positions)
    return Motion(continuous_signs(rotations), pelvis, motion.fps), Root(continuous_signs(turns), positions)


def put_back(motion: Motion, root: Root) -> Motion:
    """What `extracted` began with."""
    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply(root.rotations, rotations[:, 0])
    return Motion(continuous_signs(rotations), rotate(root.rotations, motion.pelvis) + root.positions, motion.fps)


def in_place(motion: Motion, with_yaw: bool, row: int = 0) -> Motion:
    """The motion above where it is at a row; with ``with_yaw`` also facing where it faces there."""
    still, root = extracted(motion, with_yaw)
    turn, start = root.rotations[[row]], root.positions[[row]]
    rotations = still.rotations.copy()
    rotations[:, 0] = multiply(turn, still.rotations[:, 0])
    return Motion(continuous_signs(rotations), rotate(turn, still.pelvis) + start, motion.fps)
