"""Quaternion algebra on arrays: unit quaternions wxyz in the last axis, as in Blender.

Conversions from rotation vectors and matrices, and continuous signs, are in `coordinates`.
"""

from __future__ import annotations

import numpy as np

IDENTITY = np.array([1.0, 0.0, 0.0, 0.0])
IDENTITY.setflags(write=False)


def as_complex(q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Quaternions (..., 4) as pairs of complex numbers, (...) each: w + x i and y + z i.

    With j i = -i j every quaternion is (w + x i) + (y + z i) j, which takes a third of the operations on arrays.
    """
    pairs = np.ascontiguousarray(q, dtype=np.float64).view(np.complex128)
    return pairs[..., 0], pairs[..., 1]


def from_complex(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(..., 4) the quaternions of `as_complex`."""
    return np.stack([first, second], axis=-1).view(np.float64)


def multiply(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The rotation ``b`` followed by ``a``; (..., 4) each, broadcast."""
    (a0, a1), (b0, b1) = as_complex(a), as_complex(b)
    return from_complex(a0 * b0 - a1 * b1.conj(), a0 * b1 + a1 * b0.conj())


def conjugate(q: np.ndarray) -> np.ndarray:
    """The inverse rotation of unit quaternions."""
    return q * np.array([1.0, -1.0, -1.0, -1.0])


def rotate(q: np.ndarray, v: np.ndarray) -> np.ndarray:
    """(..., 3) vectors ``v`` turned by ``q``: v + 2 w (u x v) + 2 u x (u x v)."""
    w, x, y, z = (q[..., i] for i in range(4))
    a, b, c = (v[..., i] for i in range(3))
    ta, tb, tc = 2.0 * (y * c - z * b), 2.0 * (z * a - x * c), 2.0 * (x * b - y * a)
    return np.stack([a + w * ta + (y * tc - z * tb), b + w * tb + (z * ta - x * tc), c + w * tc + (x * tb - y * ta)], axis=-1)


def lengths(v: np.ndarray) -> np.ndarray:
    """(...) lengths of vectors or quaternions (..., D), faster than `np.linalg.norm`."""
    return np.sqrt(np.einsum("...i,...i", v, v))


def normalized(q: np.ndarray) -> np.ndarray:
    """Unit quaternions; zero becomes the identity."""
    length = lengths(q)[..., None]
    if length.min(initial=1.0) > 1e-12:
        return q / length
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
    chord = np.minimum(lengths(a - b), lengths(a + b))
    return 4.0 * np.arcsin(np.minimum(chord / 2, 1.0))


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
