"""Quaternion algebra on arrays: unit quaternions wxyz in the last axis, as in Blender.

Conversions from rotation vectors and matrices, and continuous signs, are in `coordinates`.
"""

from __future__ import annotations

import numpy as np

IDENTITY = np.array([1.0, 0.0, 0.0, 0.0])
IDENTITY.setflags(write=False)


def multiply(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The rotation ``b`` followed by ``a``; (..., 4) each, broadcast."""
    aw, ax, ay, az = (a[..., i] for i in range(4))
    bw, bx, by, bz = (b[..., i] for i in range(4))
    return np.stack(
        [
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ],
        axis=-1,
    )


def conjugate(q: np.ndarray) -> np.ndarray:
    """The inverse rotation of unit quaternions."""
    return q * np.array([1.0, -1.0, -1.0, -1.0])


def rotate(q: np.ndarray, v: np.ndarray) -> np.ndarray:
    """(..., 3) vectors ``v`` turned by ``q``: v + 2 w (u x v) + 2 u x (u x v)."""
    w, u = q[..., :1], q[..., 1:]
    t = 2.0 * _cross(u, v)
    return v + w * t + _cross(u, t)


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    # Several times faster than numpy's cross, which inspects the shapes first.
    ax, ay, az = a[..., 0], a[..., 1], a[..., 2]
    bx, by, bz = b[..., 0], b[..., 1], b[..., 2]
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=-1)


def normalized(q: np.ndarray) -> np.ndarray:
    """Unit quaternions; zero becomes the identity."""
    length = np.sqrt((q * q).sum(-1, keepdims=True))
    return np.where(length > 1e-12, q / np.maximum(length, 1e-12), IDENTITY)


def rotation_vectors(q: np.ndarray) -> np.ndarray:
    """(..., 3) axis times angle in radians, at most pi long.

    The inverse of `coordinates.quaternions_from_rotation_vectors`.
    """
    q = np.where(q[..., :1] < 0, -q, q)
    length = np.sqrt((q[..., 1:] ** 2).sum(-1, keepdims=True))
    angle = 2.0 * np.arctan2(length, q[..., :1])
    return q[..., 1:] * np.where(length < 1e-9, 2.0, angle / np.maximum(length, 1e-9))


def angles(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(...) angle between rotations, radians.

    From the chord, because an arc cosine cannot resolve small angles.
    """
    chord = np.minimum(((a - b) ** 2).sum(-1), ((a + b) ** 2).sum(-1))
    return 4.0 * np.arcsin(np.minimum(np.sqrt(chord) / 2, 1.0))


def slerp(a: np.ndarray, b: np.ndarray, t: np.ndarray | float) -> np.ndarray:
    """Spherical interpolation from ``a`` (t = 0) to ``b`` (t = 1) along the shorter way.

    ``t`` has their shape without the last axis.
    """
    t = np.asarray(t, dtype=np.float64)[..., None]
    cosine = (a * b).sum(-1, keepdims=True)
    b = np.where(cosine < 0, -b, b)
    angle = np.arccos(np.clip(np.abs(cosine), 0.0, 1.0))
    sine = np.sin(angle)
    near = sine < 1e-6  # then the straight line is the arc
    sine = np.where(near, 1.0, sine)
    from_a = np.where(near, 1.0 - t, np.sin((1.0 - t) * angle) / sine)
    to_b = np.where(near, t, np.sin(t * angle) / sine)
    return normalized(from_a * a + to_b * b)


def yaw_of(q: np.ndarray) -> np.ndarray:
    """(...) yaw of a rotation about Y, radians; 0 faces +Z, pi/2 faces +X.

    The twist of the swing-twist decomposition: it continues without a jump while a body lies down, and is undefined only
    upside down.
    """
    return 2.0 * np.arctan2(q[..., 2], q[..., 0])


def about_y(angle: np.ndarray | float) -> np.ndarray:
    """(..., 4) turn by ``angle`` radians about Y."""
    half = np.asarray(angle, dtype=np.float64) / 2
    zero = np.zeros_like(half)
    return np.stack([np.cos(half), zero, np.sin(half), zero], axis=-1)


def shortest_turn(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(..., 4) the smallest rotation that points vectors ``a`` (..., 3) where ``b`` point."""
    a = a / np.maximum(np.linalg.norm(a, axis=-1, keepdims=True), 1e-9)
    b = b / np.maximum(np.linalg.norm(b, axis=-1, keepdims=True), 1e-9)
    w = 1.0 + (a * b).sum(-1, keepdims=True)
    return normalized(np.concatenate([w, np.cross(a, b)], axis=-1))
