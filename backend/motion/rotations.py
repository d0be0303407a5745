"""Rotations and directions, each helper once: for numpy arrays, then for torch tensors.

What scipy's `Rotation` and roma have is not written again here. Matrices act on columns; quaternions are xyzw.
"""

from __future__ import annotations

import numpy as np
import roma
import torch
from torch import Tensor

TINY = 1e-12


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (..., 3) at length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def perpendicular(vectors: np.ndarray, line: np.ndarray) -> np.ndarray:
    """Unit part of vectors (..., 3) at right angles to the unit vectors ``line``."""
    return unit(vectors - (vectors * line).sum(-1, keepdims=True) * line)


def angle_between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Angles (...,) in radians between vectors (..., 3)."""
    return np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), (a * b).sum(-1))


def about_axis(axis: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Rotation matrices (..., 3, 3) by radians (...,) about unit axes (..., 3) (Rodrigues)."""
    x, y, z = np.moveaxis(axis, -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(*axis.shape, 3)
    s, c = np.sin(angle)[..., None, None], np.cos(angle)[..., None, None]
    return np.eye(3) + s * cross + (1 - c) * (cross @ cross)


def shortest_turn(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The smallest rotations (..., 3, 3) that turn directions (..., 3) ``source`` to ``target``."""
    a, b = np.broadcast_arrays(unit(source), unit(target))
    axis = np.cross(a, b)
    sine, cosine = np.linalg.norm(axis, axis=-1), (a * b).sum(-1)
    axis = axis / np.maximum(sine, TINY)[..., None]
    opposite = ((sine <= TINY) & (cosine < 0))[..., None]  # leaves the axis open: any at right angles will do
    other = perpendicular(np.where(np.abs(a[..., :1]) < 0.9, [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]), a)
    return about_axis(np.where(opposite, other, axis), np.arctan2(sine, cosine))


def to_six_d(rotmats: Tensor) -> Tensor:
    """Rotation matrices (T, n, 3, 3) to 6-D (T, n * 6): first column, then second.

    Zhou et al. 2019."""
    return rotmats[..., :2].transpose(-1, -2).flatten(-3)


def from_six_d(values: Tensor) -> Tensor:
    """6-D (..., 6) to rotation matrices (..., 3, 3) by Gram-Schmidt."""
    return roma.special_gramschmidt(values.unflatten(-1, (2, 3)).transpose(-1, -2))


def about_y(angle: Tensor) -> Tensor:
    """Rotation matrices (..., 3, 3) by angles (...,) in radians about Y, the vertical."""
    c, s, zero, one = torch.cos(angle), torch.sin(angle), torch.zeros_like(angle), torch.ones_like(angle)
    return torch.stack([c, zero, s, zero, one, zero, -s, zero, c], dim=-1).unflatten(-1, (3, 3))


def product(a: Tensor, b: Tensor) -> Tensor:
    """a @ b for matrices (..., 3, 3), as one sum of vectorised products.

    On a CPU several times faster than bmm."""
    return sum(a[..., :, k, None] * b[..., None, k, :] for k in range(3))


def slerp(first: Tensor, second: Tensor, steps: Tensor) -> Tensor:
    """Unit quaternions (..., 4) between two, by a step (...,) each from 0 to 1.

    roma's takes one list of steps for all."""
    dot = (first * second).sum(-1).clamp(-1.0, 1.0)
    angle = torch.acos(dot)
    sine = torch.sin(angle)
    straight = sine < 1e-5  # nearly equal: a straight line is exact enough and does not divide by zero
    sine = torch.where(straight, torch.ones_like(sine), sine)
    a = torch.where(straight, 1 - steps, torch.sin((1 - steps) * angle) / sine)
    b = torch.where(straight, steps, torch.sin(steps * angle) / sine)
    return torch.nn.functional.normalize(a[..., None] * first + b[..., None] * second, dim=-1)
