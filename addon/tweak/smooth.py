"""Smoothing: a Gaussian over time, on the quaternions' components and on the pelvis' path."""

from __future__ import annotations

import numpy as np

from ..motion.motion import Motion
from ..motion.quaternions import normalized


def smoothed(motion: Motion, seconds: float) -> Motion:
    """The motion without what is shorter than about ``seconds``; first and last pose stay where they are.

    A weighted mean of neighbouring unit quaternions, made unit again, is their mean rotation to second order in the
    angles between them; their signs have to be continuous, which a `Motion`'s are.
    """
    # A Gaussian of sigma s halves waves of the period 2 pi s / sqrt(2 ln 2) = 5.3 s, so that those of ``seconds`` are halved.
    sigma = seconds * motion.fps / 5.3
    if sigma < 0.05 or len(motion) < 3:
        return motion
    rotations = normalized(gaussian(motion.rotations, sigma))
    return Motion(rotations, gaussian(motion.pelvis, sigma), motion.fps)


def gaussian(values: np.ndarray, sigma: float) -> np.ndarray:
    """(T, ...) values smoothed along time with a Gaussian of ``sigma`` frames.

    Beyond the ends the values go on as their point reflection, x(-t) = 2 x(0) - x(t): that keeps the first and the
    last value and the speed there.
    """
    count = len(values)
    radius = min(int(np.ceil(3 * sigma)), count - 1)
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    weights /= weights.sum()
    start = 2 * values[:1] - values[radius:0:-1]
    end = 2 * values[-1:] - values[-2 : -radius - 2 : -1]
    padded = np.concatenate([start, values, end])
    result = np.zeros_like(values, dtype=np.float64)
    for shift, weight in enumerate(weights):
        result += weight * padded[shift : shift + count]
    return result
