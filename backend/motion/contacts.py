"""Which feet stand on the floor, and how far standing feet slide.

These are measures; nothing here moves a foot.
"""

from __future__ import annotations

import numpy as np

from .skeleton import FEET

# a joint is in contact when it is near its standing height and nearly still; heights include the joint's own (ankle, ball)
HEIGHT_LIMITS = np.array([0.14, 0.14, 0.075, 0.075], dtype=np.float32)  # metres: ankles stand at 0.07, balls at 0.02
SPEED_LIMIT = 0.35  # metres per second


def foot_contacts(positions: np.ndarray, fps: float = 30.0) -> np.ndarray:
    """(T, 4) bool: left ankle, right ankle, left ball, right ball touch the floor.

    ``positions`` is (T, J, 3), metres."""
    feet = positions[:, list(FEET)]
    return (feet[..., 1] < HEIGHT_LIMITS) & (_speed(feet, fps) < SPEED_LIMIT)


def foot_skate(positions: np.ndarray, fps: float = 30.0) -> float:
    """Mean horizontal speed, m/s, of ankles and balls at contact height; 0.0 if they never are.

    Height alone decides here, so that a sliding foot counts instead of losing its contact."""
    feet = positions[:, list(FEET)]
    low = feet[1:, :, 1] < HEIGHT_LIMITS - np.array([0.04, 0.04, 0.03, 0.03], dtype=np.float32)
    horizontal = np.linalg.norm(np.diff(feet[..., [0, 2]], axis=0), axis=-1) * fps
    return float(horizontal[low].mean()) if low.any() else 0.0


def _speed(points: np.ndarray, fps: float) -> np.ndarray:
    if len(points) < 2:
        return np.zeros(points.shape[:-1], dtype=np.float32)
    return np.linalg.norm(np.gradient(points, axis=0), axis=-1) * fps
