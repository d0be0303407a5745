"""Motions for tests: smooth random poses on a wandering path. Deterministic by seed."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from backend.motion.motion import Motion
from backend.motion.skeleton import J


def wandering(frames: int = 120, seed: int = 0, strength: float = 0.5) -> Motion:
    """Every joint turns smoothly through random rotations of up to about ``strength`` * 180 degrees; the pelvis drifts."""
    rng = np.random.default_rng(seed)
    keys = np.linspace(0, 1, 6)
    joints = []
    for _ in range(J):
        vectors = rng.normal(size=(6, 3)) * strength
        joints.append(Slerp(keys, Rotation.from_rotvec(vectors))(np.linspace(0, 1, frames)).as_quat())
    path = np.cumsum(rng.normal(size=(frames, 3)) * 0.01, axis=0) + np.array([0.0, 0.95, 0.0])
    return Motion(np.stack(joints, axis=1).astype(np.float32), path.astype(np.float32))
