"""The relaxed pose hands keep until the co-speech mode drives them. Constant data."""

from __future__ import annotations

from functools import cache

import numpy as np

from .skeleton import JOINT_NAMES

# flexion in degrees of the first, second and third joint of each finger of a hand hanging loosely
_FLEXION = {"index": (18, 24, 14), "middle": (22, 28, 16), "ring": (26, 30, 18), "pinky": (28, 30, 18), "thumb": (8, 10, 12)}


@cache
def relaxed_hands() -> np.ndarray:
    """(30, 4) local quaternions xyzw of joints 25..54: fingers slightly curled.

    They curl towards the palm, which faces down at rest."""
    out = np.zeros((30, 4), dtype=np.float32)
    out[:, 3] = 1.0
    for row, name in enumerate(JOINT_NAMES[25:]):
        side, finger = name.split("_")
        angle = np.radians(_FLEXION[finger[:-1]][int(finger[-1]) - 1]) / 2
        mirror = 1.0 if side == "left" else -1.0
        if finger.startswith("thumb"):  # the thumb folds across the palm: about the vertical axis
            out[row] = (0.0, mirror * np.sin(angle), 0.0, np.cos(angle))
        else:  # fingers curl about the axis across the palm
            out[row] = (0.0, 0.0, -mirror * np.sin(angle), np.cos(angle))
    out.setflags(write=False)
    return out
