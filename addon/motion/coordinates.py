"""SMPL-X space (Y up) to Blender space (Z up), and conversions of rotations. Only numpy.

Both spaces are right-handed and call the character's left +X. SMPL-X: up +Y, facing +Z. Blender: up +Z, facing -Y
(what the front view, Numpad 1, looks at). So

    x_b =  x_s                  | 1  0  0 |
    y_b = -z_s       that is C =| 0  0 -1 |,  det C = 1: a turn of +90 degrees about X, v_b = C v_s.
    z_b =  y_s                  | 0  1  0 |

Quaternions are wxyz here, as everywhere in Blender.
"""

from __future__ import annotations

import numpy as np

SMPLX_TO_BLENDER = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
SMPLX_TO_BLENDER.setflags(write=False)


def to_blender(points: np.ndarray) -> np.ndarray:
    """(..., 3) points of SMPL-X space in Blender space."""
    return points @ SMPLX_TO_BLENDER.T


def quaternions_from_rotation_vectors(vectors: np.ndarray) -> np.ndarray:
    """(..., 3) rotation vectors (axis times angle, radians) as (..., 4) unit quaternions wxyz."""
    angle = np.linalg.norm(vectors, axis=-1, keepdims=True)
    # sin(a/2)/a tends to 1/2; below 1e-8 the series' next term is smaller than double precision.
    small = angle < 1e-8
    scale = np.where(small, 0.5, np.sin(angle / 2) / np.where(small, 1.0, angle))
    return np.concatenate([np.cos(angle / 2), vectors * scale], axis=-1)


def matrices_from_quaternions(quaternions: np.ndarray) -> np.ndarray:
    """(..., 4) unit quaternions wxyz as (..., 3, 3) rotation matrices."""
    w, x, y, z = np.moveaxis(quaternions, -1, 0)
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def quaternions_from_matrices(matrices: np.ndarray) -> np.ndarray:
    """(..., 3, 3) rotation matrices as (..., 4) unit quaternions wxyz of either sign."""
    m = matrices
    a, b, c = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    # Each row is 4 q_i q for one component q_i; the row of the largest is divided by, so that nothing small is.
    x, y, z = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]
    xy, xz, yz = m[..., 0, 1] + m[..., 1, 0], m[..., 0, 2] + m[..., 2, 0], m[..., 1, 2] + m[..., 2, 1]
    table = np.stack([
        np.stack([1 + a + b + c, x, y, z], axis=-1),
        np.stack([x, 1 + a - b - c, xy, xz], axis=-1),
        np.stack([y, xy, 1 - a + b - c, yz], axis=-1),
        np.stack([z, xz, yz, 1 - a - b + c], axis=-1),
    ], axis=-2)  # fmt: skip
    largest = np.argmax(np.diagonal(table, axis1=-2, axis2=-1), axis=-1)
    row = np.take_along_axis(table, largest[..., None, None], axis=-2)[..., 0, :]
    return row / np.linalg.norm(row, axis=-1, keepdims=True)


def continuous_signs(quaternions: np.ndarray, before: np.ndarray | None = None) -> np.ndarray:
    """The same rotations with signs that do not flip from frame to frame.

    q and -q are one rotation, but Blender interpolates the four channels one by one: between q and -q it would pass
    through zero and flip the bone.

    Args:
        quaternions: (T, ..., 4), time first.
        before: (..., 4) the preceding pose, if there is one; NaN rows are ignored.
    """
    dots = np.ones(quaternions.shape[:-1])
    dots[1:] = np.einsum("...c,...c", quaternions[1:], quaternions[:-1])
    if before is not None:
        dots[0] = np.nan_to_num((quaternions[0] * before).sum(-1))
    if not (dots < 0).any():  # nearly always: motion comes with continuous signs
        return quaternions.copy()
    signs = np.cumprod(np.where(dots < 0, -1.0, 1.0), axis=0)
    return quaternions * signs[..., None]


def nearest_rotation(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(3, 3) rotation of ``source`` to ``target`` (N, 3) about their means, by Kabsch's method."""
    source = source - source.mean(axis=0)
    target = target - target.mean(axis=0)
    u, _, vt = np.linalg.svd(target.T @ source)
    return u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt


def snapped_to_axes(rotation: np.ndarray, within_degrees: float = 20.0) -> np.ndarray:
    """The closest axis-aligned rotation if it is ``within_degrees``, else ``rotation``."""
    rounded = np.zeros((3, 3))
    largest = np.abs(rotation).argmax(axis=0)
    rounded[largest, range(3)] = np.sign(rotation[largest, range(3)])
    if len(set(largest.tolist())) < 3 or np.linalg.det(rounded) < 0:
        return rotation
    angle = np.degrees(np.arccos(np.clip((np.trace(rounded.T @ rotation) - 1) / 2, -1.0, 1.0)))
    return rounded if angle <= within_degrees else rotation
