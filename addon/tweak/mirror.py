"""Left becomes right: the motion seen in a mirror that stands in the plane x = 0."""

from __future__ import annotations

import numpy as np

from ..motion.motion import Motion, Skeleton


def other_side(skeleton: Skeleton) -> np.ndarray:
    """(J) for each joint the row of the one on the other side, itself in the middle of the body."""
    swap = {"left_": "right_", "right_": "left_"}
    rows = []
    for row, name in enumerate(skeleton.names):
        side = next((side for side in swap if name.startswith(side)), "")
        other = swap[side] + name.removeprefix(side) if side else name
        rows.append(skeleton.index(other) if other in skeleton.names else row)
    return np.array(rows)


def mirrored(motion: Motion, skeleton: Skeleton) -> Motion:
    """A reflection at x = 0 keeps turns about X and reverses those about Y and Z, because axes of rotation are
    pseudovectors.
    """
    rotations = motion.rotations[:, other_side(skeleton)] * np.array([1.0, 1.0, -1.0, -1.0])
    return Motion(rotations, motion.pelvis * np.array([-1.0, 1.0, 1.0]), motion.fps)
