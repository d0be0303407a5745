"""Joins: a channel starts with the value and speed of what is before it.

The difference fades out within some frames, along the quintic polynomial that starts with its value and speed and ends
with value, speed and acceleration zero; at the channel's end the same backwards. Only the nearest two frames outside
count, so the new motion keeps its own shape everywhere else. Works on channels as they are keyed, for any rig, one or many
of a kind at once: four components are a quaternion.
"""

from __future__ import annotations

import numpy as np

from ..motion.coordinates import continuous_signs, quaternions_from_rotation_vectors
from ..motion.quaternions import conjugate, multiply, rotation_vectors


def join_channels(
    values: np.ndarray, near: np.ndarray, far: np.ndarray, frames: int, at_end: bool = False, own: np.ndarray | None = None
) -> np.ndarray:
    """Channels joined to their neighbours in time.

    Args:
        values: (T, ..., C) with C 3 or 4, one row a frame.
        near, far: (..., C) the values one and two frames before the first row; with ``at_end`` after the last one.
        frames: how long the difference lasts; at most the channels' length.
        at_end: join the last row instead of the first.
        own: (2, ..., C) the motion itself one and two frames before its first row, where known; else an even speed is assumed.
    """
    if at_end:
        return join_channels(values[::-1], near, far, frames, own=own)[::-1]
    frames = min(frames, len(values))
    if frames < 1:
        return values
    quaternion = values.shape[-1] == 4
    # The new motion itself, one frame before its first.
    if own is not None:
        earlier, speed = own[0], difference(own[0], own[1])
    else:
        speed = difference(values[1], values[0]) if len(values) > 1 else np.zeros((*near.shape[:-1], 3))
        earlier = multiply(quaternions_from_rotation_vectors(-speed), values[0]) if quaternion else values[0] - speed
    off = difference(near, earlier)
    off_speed = difference(near, far) - speed
    shift = _fading(off, off_speed, frames + 1)[1 : frames + 1]  # its row 0 is the frame outside
    result = values.copy()
    result[:frames] = multiply(quaternions_from_rotation_vectors(shift), values[:frames]) if quaternion else values[:frames] + shift
    return continuous_signs(result) if quaternion else result


def difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(..., 3) ``a`` minus ``b``, values (..., C); of quaternions the rotation vector."""
    return rotation_vectors(multiply(a, conjugate(b))) if a.shape[-1] == 4 else a - b


def _fading(value: np.ndarray, speed: np.ndarray, frames: int) -> np.ndarray:
    """(frames + 1, ..., 3) from ``value`` with ``speed`` (per frame) to zero."""
    t = np.linspace(0.0, 1.0, frames + 1).reshape(-1, *[1] * value.ndim)
    # p(t) = x h0 + v h1 with h0(0) = 1, h1'(0) = 1, and everything else 0 up to the second derivative at both ends.
    h0 = 1 - 10 * t**3 + 15 * t**4 - 6 * t**5
    h1 = t - 6 * t**3 + 8 * t**4 - 3 * t**5
    return value * h0 + speed * frames * h1
