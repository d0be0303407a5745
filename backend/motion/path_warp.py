"""Warps the path of a motion so that it turns and travels as far as was asked.

Works on features, whose first dims are the root's turn and step a frame, so nothing else of the pose changes. Feet slide by what is
added while they stand; `planting` holds them afterwards.
"""

from __future__ import annotations

import math

import numpy as np

from .features import CONTACT_DIMS

SHARES = (0.6, 1.7)  # of the way: beyond, a stride is no longer one that this body takes
MOST_TURN = 100.0  # degrees that are added at most
LEAST_WAY = 0.25  # metres: who hardly moves has no way to stretch


def warp_path(
    features: np.ndarray, first: int, last: int, turn: float | None = None, way: float | None = None
) -> np.ndarray:
    """Features (T, 140) whose frames first..last turn and travel as far as is asked.

    ``turn`` is in degrees, ``way``, the length of the path, in metres; None leaves as it is. What is too far is warped as far as it
    may be. The same array where nothing changes."""
    piece = features[first:last]
    warped = piece.copy()
    if turn is not None and len(piece) > 1:
        missing = float(np.clip(turn - math.degrees(piece[:, 0].sum()), -MOST_TURN, MOST_TURN))
        warped[:, 0] += math.radians(missing) * _where_it_turns(piece)
    if way is not None and len(piece) > 1:
        now = float(np.linalg.norm(warped[1:, 1:3], axis=-1).sum())
        if now >= LEAST_WAY and way > 0:
            warped[:, 1:3] *= float(np.clip(way / now, *SHARES))
    if np.array_equal(warped, piece):
        return features
    return np.concatenate([features[:first], warped, features[last:]])


def _where_it_turns(piece: np.ndarray) -> np.ndarray:
    """Shares (T,) of a turn, 1 in all: where the root turns, and while a foot is off the floor."""
    standing = piece[:, CONTACT_DIMS].mean(-1)
    rate = np.abs(piece[:, 0]) + 0.3 * np.linalg.norm(piece[:, 1:3], axis=-1) + 1e-4
    weight = rate * (1.2 - standing)
    kernel = np.hanning(11)[1:-1]
    weight = np.convolve(weight, kernel / kernel.sum(), mode="same") if len(weight) > len(kernel) else weight
    return (weight / weight.sum()).astype(piece.dtype)
