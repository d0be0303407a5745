"""Where the skin of the default body is: how far points are from trunk and head, negative inside."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from backend.motion.body import default_body
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX

_REST = default_body().rest_positions()
# as the mannequin is: height over the joint, half width, front, back, how far back the middle lies
_HEAD = np.array([
    [-0.082, .026, .062, .004, -.020], [-0.045, .057, .088, .048, -.014], [0.028, .0755, .086, .092, -.008],
    [0.068, .074, .080, .092, -.006], [0.100, .060, .064, .076, -.004], [0.129, .016, .016, .022, -.001],
])  # fmt: skip
_TRUNK = np.array([
    [-0.128, .035, .040, .045, .004], [-0.075, .112, .088, .100, .004], [0.015, .154, .098, .104, .005],
    [0.105, .128, .085, .082, .008], [0.150, .126, .086, .080, .009], [0.250, .150, .108, .092, .008],
    [0.365, .150, .110, .104, .010], [0.415, .120, .096, .100, .014], [0.452, .100, .076, .084, .018],
    [0.496, .060, .050, .054, .022],
])  # fmt: skip
HAND = {"wrist": 0.0, "middle1": 0.0, "middle2": 0.0, "middle3": 0.0, "index3": 0.0, "pinky3": 0.0}


def _loft(points: np.ndarray, table: np.ndarray) -> np.ndarray:
    """(...,) about how far points in the frame of a loft are from it, metres."""
    height = np.clip(points[..., 1], table[0, 0], table[-1, 0])
    side, front, back, middle = (np.interp(height, table[:, 0], column) for column in table.T[1:])
    z = points[..., 2] + middle
    depth = np.where(z > 0, front, back)
    ratio = np.hypot(points[..., 0] / side, z / depth)
    flat = np.hypot(points[..., 0], z)
    across = np.where(ratio > 1e-6, flat * (1 - 1 / np.maximum(ratio, 1e-6)), -np.minimum(side, depth))
    over = points[..., 1] - height
    return np.where(over == 0, across, np.hypot(np.maximum(across, 0), over))


def skin_distance(motion: Motion, points: np.ndarray) -> np.ndarray:
    """(T, N) metres from points (T, N, 3) to the skin of head and trunk."""
    places, turned = motion.positions(), motion.global_rotations()

    def seen(joint: str) -> np.ndarray:
        frame = Rotation.from_quat(turned[:, INDEX[joint]])
        local = (points - places[:, INDEX[joint], None]).transpose(1, 0, 2)
        return np.stack([frame.inv().apply(p) for p in local], axis=1)

    found = [_loft(seen("head"), _HEAD)]
    levels = ("pelvis", "spine1", "spine2", "spine3")
    bounds = [-1.0, *((_REST[INDEX[n], 1] - _REST[0, 1]) for n in levels[1:]), 2.0]
    for i, joint in enumerate(levels):  # each piece of the trunk goes with its joint
        rest = _REST[INDEX[joint]] - _REST[0]
        low, high = bounds[i] - 0.02, bounds[i + 1] + 0.02
        table = _TRUNK[(_TRUNK[:, 0] > low - 0.08) & (_TRUNK[:, 0] < high + 0.08)]
        local = seen(joint) + rest
        inside = (local[..., 1] > low) & (local[..., 1] < high)
        found.append(np.where(inside, _loft(local, table), 9.0))
    return np.min(found, axis=0)


def arm_points(motion: Motion, side: str) -> dict[str, np.ndarray]:
    """(T, 3) points of an arm: the hand's joints, the middle of the forearm, the elbow."""
    places = motion.positions()
    at = {name: places[:, INDEX[f"{side}_{name}"]] for name in (*HAND, "elbow")}
    at["forearm"] = (at["elbow"] + at["wrist"]) / 2
    return at
