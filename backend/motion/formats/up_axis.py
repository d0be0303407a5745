"""Which way is up in a motion, found out from the motion itself, and the turn to Y up.

Datasets disagree: AMASS has Z up, BEAT2 and HumanML3D Y up, estimators' camera coordinates Y down. Few files say so. Bodies do:
trunks stand, feet stay below and still, and what is lowest stays at one height.
"""

from __future__ import annotations

import numpy as np

from ..skeleton import INDEX

# up axis -> rotation to Y up
TURNS = {
    "Y": np.eye(3),
    "Z": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]]),
    "-Y": np.diag([1.0, -1.0, -1.0]),
}
STILL = 0.25  # m/s
ENOUGH = 2000  # frames that are looked at, evenly over the motion
# Weights of the four signs below, and what the usual axis of a kind of file is worth. Measured on 591 real clips in all three
# orientations (backend/docs/LOG.md).
TRUNK, LEGS, RESTING, LEVEL, USUAL = 0.5, 1.0, 1.5, 1.0, 1.0


def find_up(positions: np.ndarray, fps: float, usual: str = "Y") -> str:
    """The up axis of a motion: "Y", "Z", or "-Y" where Y points down.

    Args:
        positions: (T, 22, 3) joints in SMPL-X order, metres; NaN where the file has no such joint.
        usual: of files of this kind; decides where the motion does not.
    """
    step = max(1, len(positions) // ENOUGH)
    positions, fps = positions[::step], fps / step
    scores = {axis: _uprightness(positions @ turn.T, fps) + USUAL * (axis == usual) for axis, turn in TURNS.items()}
    return max(scores, key=scores.get)


def _uprightness(positions: np.ndarray, fps: float) -> float:
    """How well Y serves as up."""

    def at(joint: str) -> np.ndarray:
        return positions[:, INDEX[joint]]

    trunk = (at("left_shoulder") + at("right_shoulder") - at("left_hip") - at("right_hip")) / 2
    legs = (at("left_hip") + at("right_hip") - at("left_ankle") - at("right_ankle")) / 2
    height = np.where(np.isnan(positions[..., 1]), np.inf, positions[..., 1])
    lowest = height.argmin(axis=1)
    floor = height.min(axis=1)
    score = TRUNK * _steepness(trunk) + LEGS * _steepness(legs)
    if len(positions) > 1:
        speed = np.linalg.norm(np.gradient(positions, axis=0), axis=-1) * fps
        score += RESTING * float((speed[np.arange(len(lowest)), lowest] < STILL).mean())
    return score - LEVEL * min(float(np.subtract(*np.percentile(floor, [90, 10]))), 1.0)


def _steepness(vectors: np.ndarray) -> float:
    """Mean cosine of (T, 3) to Y."""
    return float((vectors[:, 1] / np.maximum(np.linalg.norm(vectors, axis=-1), 1e-9)).mean())
