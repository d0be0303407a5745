"""Where the floor is under a clip: one constant height, from frames that rest on it.

Jumps stay jumps and steps stay steps because nothing is clamped per frame (but see `lost_height`). Every joint counts with the
thickness of the body around it, so a clip of somebody lying is not lowered until the raised feet stand on the floor.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from .body import Body
from .skeleton import INDEX, NUM_BODY

# metres from a joint to the skin that touches the floor, typical of an adult; ankles and balls are measured on the body
THICKNESS = {
    "pelvis": 0.10, "left_hip": 0.09, "right_hip": 0.09, "spine1": 0.10, "spine2": 0.10, "spine3": 0.10, "neck": 0.06,
    "head": 0.09, "left_collar": 0.07, "right_collar": 0.07, "left_shoulder": 0.05, "right_shoulder": 0.05,
    "left_knee": 0.055, "right_knee": 0.055, "left_elbow": 0.04, "right_elbow": 0.04, "left_wrist": 0.025,
    "right_wrist": 0.025,
}  # fmt: skip
STILL = 0.25  # m/s of the lowest joint
NEAR = 0.06  # metres above the clip's low mark that still counts as resting on the floor


def skin_heights(positions: np.ndarray, body: Body) -> np.ndarray:
    """(T, 22) heights of the lowest skin around each body joint: y minus the thickness there."""
    standing = body.rest_positions()
    thickness = np.zeros(NUM_BODY)
    for name, value in THICKNESS.items():
        thickness[INDEX[name]] = value
    for name in ("left_ankle", "right_ankle", "left_foot", "right_foot"):
        thickness[INDEX[name]] = standing[INDEX[name], 1]
    return positions[:, :NUM_BODY, 1] - thickness


def lost_height(source_root: np.ndarray, positions: np.ndarray, body: Body) -> np.ndarray | None:
    """Floor heights (T,) for a clip whose root lost its vertical motion; None for any other.

    Some converted game clips hold the root at one height while the character sits down: the legs fold and the feet rise. Then the
    lowest point is on the floor in every frame; a jump in such a clip is lost."""
    height = skin_heights(positions, body).min(axis=1)
    if len(height) < 3 or np.ptp(source_root[:, 1]) > 1e-3 or np.ptp(height) < 0.05:
        return None
    return gaussian_filter1d(height, 1.0, mode="nearest")


def floor_height(positions: np.ndarray, fps: float, body: Body) -> float:
    """Height in metres of the floor in a clip of the default body.

    Args:
        positions: (T, J, 3) with J >= 22, any vertical placement.

    Returns:
        y of the floor: the median height of what touches it while it is nearly still; the 5th percentile of the
        lowest point where nothing is ever still (running on a treadmill, say).
    """
    skin = skin_heights(positions, body)
    lowest = skin.argmin(axis=1)
    height = skin.min(axis=1)
    if len(positions) < 2:
        return float(height.min())
    speed = np.linalg.norm(np.gradient(positions[:, :NUM_BODY], axis=0), axis=-1) * fps
    resting = (speed[np.arange(len(lowest)), lowest] < STILL) & (height < np.percentile(height, 5) + NEAR)
    if resting.sum() >= 3:
        return float(np.median(height[resting]))
    return float(np.percentile(height, 5))
