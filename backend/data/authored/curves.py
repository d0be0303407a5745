"""Curves in time: minimum-jerk easing, ballistic arcs, and slow noise for held poses.

Numbers only; bodies and poses are `take`'s, `arms`' and `legs`'.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

Keys = Sequence[tuple[float, float | Sequence[float] | np.ndarray]]


def min_jerk(progress: np.ndarray) -> np.ndarray:
    """Minimum-jerk profile 0 -> 1 (Flash and Hogan 1985).

    Velocity and acceleration are zero at both ends.
    """
    s = np.clip(progress, 0.0, 1.0)
    return s**3 * (10 - 15 * s + 6 * s * s)


def ease(t: np.ndarray, keys: Keys) -> np.ndarray:
    """Values (T,) or (T, k) through ``keys`` (seconds, value), resting at each.

    They are constant outside the keys.
    """
    times = np.array([key[0] for key in keys], dtype=float)
    values = np.array([key[1] for key in keys], dtype=float)
    segment, weight = _segments(t, times)
    weight = weight.reshape(weight.shape + (1,) * (values.ndim - 1))
    return values[segment] + (values[np.minimum(segment + 1, len(keys) - 1)] - values[segment]) * weight


def ease_rotations(
    t: np.ndarray, times: Sequence[float], rotations: Rotation, vias: Sequence[Rotation | None] | None = None
) -> Rotation:
    """Rotations (T,) through keyed ``rotations`` (K,) at ``times``, resting at each.

    A stretch runs along the shortest arc, or, where ``vias`` has a rotation for the key it ends at, along a quadratic
    Bezier curve drawn towards it without a stop (de Casteljau with slerps): an arm goes overhead past the front or the
    side.
    """
    segment, weight = _segments(t, np.asarray(times, dtype=float))
    after = np.minimum(segment + 1, len(times) - 1)
    start, end = rotations[segment], rotations[after]
    out = _slerp(start, end, weight)
    for key, via in enumerate(vias or ()):
        rows = np.flatnonzero((after == key) & (segment < key))
        if via is not None and len(rows):
            corner = via[np.zeros(len(rows), dtype=int)]
            w = weight[rows]
            bent = _slerp(_slerp(start[rows], corner, w), _slerp(corner, end[rows], w), w)
            quaternions = out.as_quat()
            quaternions[rows] = bent.as_quat()
            out = Rotation.from_quat(quaternions)
    return out


def _slerp(first: Rotation, second: Rotation, weight: np.ndarray) -> Rotation:
    return first * Rotation.from_rotvec((first.inv() * second).as_rotvec() * weight[:, None])


def _segments(t: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if (np.diff(times) < 0).any():
        raise ValueError(f"keys out of order: {times.round(3).tolist()}")
    segment = np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 1)
    span = np.maximum(times[np.minimum(segment + 1, len(times) - 1)] - times[segment], 1e-6)
    return segment, min_jerk((t - times[segment]) / span)


def hermite(t: np.ndarray, keys: Sequence[tuple[float, float, float]]) -> np.ndarray:
    """Cubic curve (T,) through (time, value, velocity) keys.

    It may pass a key at speed, as a take-off does.
    """
    times, values, speeds = (np.array(column, dtype=float) for column in zip(*keys, strict=True))
    i = np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2)
    h = times[i + 1] - times[i]
    s = np.clip((t - times[i]) / h, 0.0, 1.0)
    return (
        values[i] * (1 + 2 * s) * (1 - s) ** 2
        + speeds[i] * h * s * (1 - s) ** 2
        + values[i + 1] * s**2 * (3 - 2 * s)
        + speeds[i + 1] * h * s**2 * (s - 1)
    )


def smooth_noise(
    rng: np.random.Generator, t: np.ndarray, size: float, dims: int = 1, low: float = 0.1, high: float = 0.7
) -> np.ndarray:
    """(T, dims) sum of four slow sines per dimension.

    ``size`` is about its standard deviation.
    """
    frequency = rng.uniform(low, high, (4, dims))
    phase = rng.uniform(0, 2 * np.pi, (4, dims))
    weight = rng.uniform(0.4, 1.0, (4, dims)) * (low / frequency) ** 0.3
    waves = np.sin(2 * np.pi * t[:, None, None] * frequency + phase) * weight
    return size * waves.sum(1) / np.sqrt((weight**2).sum(0) / 2 + 1e-9)


def blur(values: np.ndarray, seconds: float, fps: float = 30.0) -> np.ndarray:
    """Gaussian smoothing along time with this standard deviation."""
    return gaussian_filter1d(values, seconds * fps, axis=0, mode="nearest")


def about(axis: str, degrees: np.ndarray | float) -> Rotation:
    """Rotations (N,) about "x", "y" or "z" by an array of degrees."""
    degrees = np.atleast_1d(np.asarray(degrees, dtype=float))
    return Rotation.from_rotvec(np.radians(degrees)[:, None] * np.eye(3)["xyz".index(axis)])


def soften(rotation: Rotation, seconds: float) -> Rotation:
    """Gaussian smoothing of rotations (T,) along time: rounds the stops between quick keys."""
    quaternions = rotation.as_quat()
    flips = np.where((quaternions[1:] * quaternions[:-1]).sum(-1) < 0, -1.0, 1.0)
    quaternions[1:] *= np.cumprod(flips)[:, None]
    return Rotation.from_quat(blur(quaternions, seconds))
