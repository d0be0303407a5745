"""The way over the floor: where it starts and ends, and which bone carries it.

The pelvis carries it in a raw result. A root bone below it can take it over, or nothing (in place).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.coordinates import continuous_signs
from ..motion.motion import Motion
from ..motion.quaternions import about_y, conjugate, multiply, rotate, yaw_of


@dataclass(frozen=True)
class Spot:
    """A place on the floor (metres, SMPL-X space) and a heading (radians about Y, 0 is +Z)."""

    x: float
    z: float
    yaw: float


@dataclass(frozen=True)
class Root:
    """The motion of a root bone over T frames; the pelvis is then given in its space.

    Attributes:
        rotations: (T, 4) turn about Y.
        positions: (T, 3) on the floor, metres.
    """

    rotations: np.ndarray
    positions: np.ndarray


def move_start(motion: Motion, spot: Spot) -> Motion:
    """The whole motion moved over the floor and turned so that it starts at ``spot``."""
    first = spot_of(motion.pelvis[0], motion.rotations[0, 0])
    return _moved(motion, np.ones(len(motion)), first, spot)


def brought_home(motion: Motion) -> tuple[Motion, Spot]:
    """The motion with its last frame at the origin, facing +Z, and where that frame stood."""
    last = spot_of(motion.pelvis[-1], motion.rotations[-1, 0])
    return _moved(motion, np.ones(len(motion)), last, Spot(0.0, 0.0, 0.0)), last


def carried_to(motion: Motion, spot: Spot) -> Motion:
    """The motion with the origin moved to ``spot``: the inverse of `brought_home`."""
    return _moved(motion, np.ones(len(motion)), Spot(0.0, 0.0, 0.0), spot)


def bend_to_end(motion: Motion, spot: Spot) -> Motion:
    """The motion bent so that it ends at ``spot``; its start stays.

    The missing way is spread over all frames, slowly at both ends, so that no step becomes much longer.
    """
    part = np.linspace(0.0, 1.0, len(motion)) if len(motion) > 1 else np.ones(1)
    last = spot_of(motion.pelvis[-1], motion.rotations[-1, 0])
    return _moved(motion, part * part * (3 - 2 * part), last, spot)


def spot_of(pelvis: np.ndarray, rotation: np.ndarray) -> Spot:
    """Where a body with this pelvis position (3,) and rotation (4,) stands and faces."""
    return Spot(float(pelvis[0]), float(pelvis[2]), float(yaw_of(rotation)))


def carried_spot(spot: Spot, old: Spot, new: Spot) -> Spot:
    """A spot on a floor that is moved so that ``old`` comes to ``new``."""
    turn, x, z = new.yaw - old.yaw, spot.x - old.x, spot.z - old.z
    sine, cosine = np.sin(turn), np.cos(turn)
    return Spot(float(new.x + cosine * x + sine * z), float(new.z - sine * x + cosine * z), spot.yaw + turn)


def _moved(motion: Motion, weight: np.ndarray, here: Spot, there: Spot) -> Motion:
    """The motion moved and turned by ``weight`` (T, 0..1) of the way from ``here`` to ``there``."""
    turn = about_y(weight * ((there.yaw - here.yaw + np.pi) % (2 * np.pi) - np.pi))
    pivot = np.array([here.x, 0.0, here.z])
    moved = weight[:, None] * np.array([there.x - here.x, 0.0, there.z - here.z])
    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply(turn, motion.rotations[:, 0])
    return Motion(continuous_signs(rotations), rotate(turn, motion.pelvis - pivot) + pivot + moved, motion.fps)


def extract_root(motion: Motion, with_yaw: bool) -> tuple[Motion, Root]:
    """Give the way over the floor to a root below the pelvis; with ``with_yaw`` the heading too."""
    positions = motion.pelvis * np.array([1.0, 0.0, 1.0])
    heading = np.unwrap(yaw_of(motion.rotations[:, 0]))
    turns = about_y(heading if with_yaw else np.zeros(len(motion)))
    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply(conjugate(turns), motion.rotations[:, 0])
    pelvis = rotate(conjugate(turns), motion.pelvis - positions)
    return Motion(continuous_signs(rotations), pelvis, motion.fps), Root(continuous_signs(turns), positions)


def apply_root(motion: Motion, root: Root) -> Motion:
    """The motion with the way back on its pelvis: the inverse of `extract_root`."""
    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply(root.rotations, rotations[:, 0])
    return Motion(continuous_signs(rotations), rotate(root.rotations, motion.pelvis) + root.positions, motion.fps)


def in_place(motion: Motion, with_yaw: bool, row: int = 0) -> Motion:
    """The motion kept where it is at ``row``; with ``with_yaw`` also facing as it does there."""
    still, root = extract_root(motion, with_yaw)
    turn, start = root.rotations[[row]], root.positions[[row]]
    rotations = still.rotations.copy()
    rotations[:, 0] = multiply(turn, still.rotations[:, 0])
    return Motion(continuous_signs(rotations), rotate(turn, still.pelvis) + start, motion.fps)
