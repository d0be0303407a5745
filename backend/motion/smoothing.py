"""Filters the tremor out of decoded motion, which a decoder leaves frame by frame.

A Whittaker smoother draws curves near the decoder's values and with little jerk (as a filter, one of the sixth order without lag).
How near depends on how fast the motion is: a tremor shows where a body is calm, and a landing or a blow stays sharp.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import solveh_banded
from scipy.ndimage import gaussian_filter1d

CUTOFF = 6.0  # Hz that lose half of their swing in calm motion; at 3 Hz, as fast as hands wave, it is 2 %
QUICK = 0.005  # root mean square of the features' third differences from which the smoother holds back
AROUND = 0.15  # seconds over which quickness is measured
THIRD = (-1.0, 3.0, -3.0, 1.0)


def smooth_features(features: np.ndarray, fps: float = 30.0) -> np.ndarray:
    """Features (T, C) without tremor.

    The sum of each column stays, so that a path made of steps ends where it ended."""
    if len(features) < 4:
        return features
    values = features.astype(np.float64)
    strength = np.full(len(values) - 3, (2 * np.sin(np.pi * CUTOFF / fps)) ** -6)
    first = _drawn(values, strength)
    swing = np.square(np.diff(first, n=3, axis=0)).mean(axis=1)
    quick = gaussian_filter1d(swing, AROUND * fps, mode="nearest") / QUICK**2
    return _drawn(values, strength / (1 + quick)).astype(features.dtype)


def _drawn(values: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """The x (T, C) least in |x - values|^2 + sum of strength (T - 3,) x third differences^2."""
    count = len(values)
    bands = np.zeros((4, count))  # the upper bands of the system's matrix, as scipy wants them
    bands[3] = 1.0
    for i, one in enumerate(THIRD):
        for j in range(i, 4):
            bands[3 - (j - i), j : count - 3 + j] += strength * one * THIRD[j]
    return solveh_banded(bands, values, check_finite=False)
