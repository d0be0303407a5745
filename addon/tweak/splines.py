"""Cubic splines through some of many samples, for many channels at once: what Blender's Bezier keys draw between keys.

A Bezier segment whose handles lie a third of the way to the neighbouring key runs evenly in time, and is then the cubic
Hermite polynomial with the keys' values and the handles' slopes. So what is computed here is what Blender evaluates.
Arrays are (C, T, D): C channels, T frames, D components; masks (C, T) say where keys are, always at both ends.
"""

from __future__ import annotations

import numpy as np


def slopes_of(values: np.ndarray) -> np.ndarray:
    """(C, T, D) change per frame, by second order differences."""
    if values.shape[1] < 3:
        return np.gradient(values, axis=1) if values.shape[1] == 2 else np.zeros_like(values)
    return np.gradient(values, axis=1, edge_order=2)


def interpolated(values: np.ndarray, slopes: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """(C, T, D) what the curves through the keys are at every frame."""
    channels, count, _ = values.shape
    frames = np.arange(count)
    before = np.maximum.accumulate(np.where(keys, frames, 0), axis=1)
    after = np.minimum.accumulate(np.where(keys, frames, count - 1)[:, ::-1], axis=1)[:, ::-1]
    span = (after - before).astype(np.float64)[..., None]
    u = (frames - before)[..., None] / np.maximum(span, 1.0)
    start = (np.arange(channels)[:, None] * count + before).ravel()
    end = (np.arange(channels)[:, None] * count + after).ravel()
    flat, steep = values.reshape(channels * count, -1), slopes.reshape(channels * count, -1)
    x0, x1 = flat[start].reshape(values.shape), flat[end].reshape(values.shape)
    m0, m1 = steep[start].reshape(values.shape), steep[end].reshape(values.shape)
    rest = 1.0 - u
    even = u * u * (3.0 - 2.0 * u)
    return x0 + even * (x1 - x0) + span * u * rest * (rest * m0 - u * m1)


def split_worst(errors: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """(C, T) ``keys`` with one more in every stretch between two keys where the error exceeds 1: where it is largest."""
    starts = np.flatnonzero(keys)  # rows begin with a key, so no stretch reaches from one channel into the next
    flat = errors.ravel()
    largest = np.repeat(np.maximum.reduceat(flat, starts), np.diff(np.append(starts, flat.size)))
    return keys | ((flat > 1.0) & (flat >= largest)).reshape(keys.shape)


def without_needless(error_of, keys: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """(C, T) ``keys`` without those that can go with the error staying within 1; ``fixed`` ones stay.

    Every second key is tried at once, since two neighbours cannot be judged together; then the others.

    Args:
        error_of: from a mask to (C, T) errors.
    """
    for parity in (1, 0):
        number = np.cumsum(keys, axis=1)
        tried = keys & (number % 2 == parity) & ~fixed
        fewer = keys & ~tried
        errors = error_of(fewer).ravel()
        starts = np.flatnonzero(fewer)
        largest = np.repeat(np.maximum.reduceat(errors, starts), np.diff(np.append(starts, errors.size)))
        keys = fewer | (tried & (largest > 1.0).reshape(keys.shape))
    return keys
