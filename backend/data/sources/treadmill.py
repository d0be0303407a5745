"""Adds travel to game clips that walk on the spot, or takes it from walks.

Game engines move the character, so that the clip itself stays.

The feet tell the speed: while one stands, it slides backwards at exactly the speed the engine would add. A clip is
only changed when the root stays put, the standing feet slide steadily in one direction, and feet take turns.
The other way round, a walk becomes one on a treadmill whose belt runs as fast as the walker goes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ...motion.body import default_body
from ...motion.motion import Motion
from ...motion.skeleton import FEET, INDEX

CLEAR = 0.03  # metres above its resting height within which a foot stands
SLOWEST = 0.35  # m/s of sliding that count as walking on the spot
BELT = 12  # frames over which the belt's speed follows the walker's, so that the sway within a step stays
STEADY = 0.5  # share of the standing frames that slide as the median does, give or take half


def with_travel(motion: Motion) -> tuple[Motion, float]:
    """The motion with its travel, and the added speed in m/s (0.0 where nothing was added)."""
    if len(motion) < 10:
        return motion, 0.0
    positions = motion.positions()
    if (positions[:, INDEX["head"], 1] - positions[:, 0, 1]).min() < 0.2:  # rolls and crawls are not walks
        return motion, 0.0
    feet = positions[:, list(FEET)]  # (T, 4, 3)
    resting = default_body().rest_positions()[list(FEET), 1]
    above = feet[..., 1] - resting
    velocity = np.gradient(feet, axis=0)[..., [0, 2]] * motion.fps
    lowest = above.argmin(axis=1)
    rows = np.arange(len(motion))
    stands = above[rows, lowest] < max(CLEAR, float(np.percentile(above.min(axis=1), 20)))
    if stands.sum() < 5 or len(set(lowest[stands] % 2)) < 2:  # both a left and a right foot have to stand
        return motion, 0.0
    sliding = velocity[rows, lowest][stands]
    root = np.ptp(motion.pelvis[:, [0, 2]], axis=0).max() / motion.seconds
    middle = np.median(sliding, axis=0)
    speed = float(np.linalg.norm(middle))
    shares = [np.mean(lowest[stands] % 2 == side) for side in (0, 1)]
    steady = np.mean(np.linalg.norm(sliding - middle, axis=-1) < 0.5 * speed)
    if speed < SLOWEST or steady < STEADY or root > 0.3 * speed or min(shares) < 0.2:
        return motion, 0.0
    travel = np.zeros_like(motion.pelvis)
    travel[:, [0, 2]] = -middle * (rows / motion.fps)[:, None]
    return replace(motion, pelvis=(motion.pelvis + travel).astype(np.float32)), speed


def without_travel(motion: Motion) -> Motion:
    """A walk or run as on a treadmill: the root stays, standing feet go back with the belt.

    The sway of the pelvis within a step is kept.
    """
    path = motion.pelvis[:, [0, 2]].astype(np.float64)
    straight = path[0] + (path[-1] - path[0]) * np.linspace(0, 1, len(path))[:, None]
    way = straight + gaussian_filter1d(path - straight, BELT, axis=0, mode="nearest")
    pelvis = motion.pelvis.copy()
    pelvis[:, [0, 2]] += (way[0] - way).astype(np.float32)
    return replace(motion, pelvis=pelvis)
