"""Two bones that reach for a goal, bent towards a pole: what Blender's solver does with the bones `controls` makes, in closed
form. Only numpy.

The bones hinge about their common X. With S the upper bone's head, W the goal, both bones' lengths a and b known and the
distance d from S to W (at most a + b), the middle joint E lies in the plane of S, W and the pole:

    along the line S to W   (a^2 - b^2 + d^2) / 2d
    off it, to the pole     sqrt(a^2 - along^2)
"""

from __future__ import annotations

import numpy as np


def solve(
    start: np.ndarray, goal: np.ndarray, pole: np.ndarray, upper: float, lower: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place the bones.

    Args:
        start, goal, pole: (T, 3).
        upper, lower: lengths.

    Returns:
        (T, 3) the middle joint, and (T, 3, 3) orientations of the two bones: Y along the bone, X the hinge.
    """
    way = goal - start
    distance = np.linalg.norm(way, axis=-1, keepdims=True)
    line = way / np.maximum(distance, 1e-9)
    reach = np.clip(distance, abs(upper - lower) + 1e-6, upper + lower)
    along = (upper**2 - lower**2 + reach**2) / (2 * reach)
    off = np.sqrt(np.maximum(upper**2 - along**2, 0.0))
    toward = square_to(pole - start, line)
    middle = start + along * line + off * toward
    hinge = np.cross(line, toward)
    end = start + reach * line
    return middle, _bone(middle - start, hinge), _bone(end - middle, hinge)


def square_to(vectors: np.ndarray, line: np.ndarray) -> np.ndarray:
    """(T, 3) unit directions of what is left of ``vectors`` without their part along the unit ``line``."""
    rest = vectors - line * (vectors * line).sum(-1, keepdims=True)
    return rest / np.maximum(np.linalg.norm(rest, axis=-1, keepdims=True), 1e-12)


def _bone(along: np.ndarray, hinge: np.ndarray) -> np.ndarray:
    y = along / np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-12)
    return np.stack([hinge, y, np.cross(hinge, y)], axis=-1)
