"""Small numbers about motion that need no model: foot skate, jerk, penetration, how much moves.

Contacts are `backend.motion.contacts`; whether a motion does what was said is the probes' question.
"""

from __future__ import annotations

import numpy as np

from backend.motion.contacts import foot_skate
from backend.motion.motion import Motion
from backend.motion.skeleton import BODY, FEET


def jerk(motion: Motion) -> float:
    """Mean magnitude of the third derivative of the 22 body joints' positions, m/s^3 (0.0 under four frames)."""
    positions = motion.positions()[:, list(BODY)]
    if len(positions) < 4:
        return 0.0
    return float(np.linalg.norm(np.diff(positions, n=3, axis=0), axis=-1).mean() * motion.fps**3)


def penetration(motion: Motion) -> float:
    """Mean depth in metres of the lowest foot joint below the floor, over all frames."""
    feet = motion.positions()[:, list(FEET)][..., 1] - np.array([0.07, 0.07, 0.02, 0.02])
    return float(np.clip(-feet.min(axis=1), 0.0, None).mean())


def liveliness(motion: Motion) -> float:
    """Mean speed of the 22 body joints relative to the pelvis, m/s: 0 is a statue."""
    positions = motion.positions()[:, list(BODY)]
    if len(positions) < 2:
        return 0.0
    local = positions - positions[:, :1]
    return float(np.linalg.norm(np.diff(local, axis=0), axis=-1).mean() * motion.fps)


def summary(motion: Motion) -> dict[str, float]:
    """All of them by name, with foot skate in m/s."""
    return {
        "foot_skate_m_s": foot_skate(motion.positions(), motion.fps),
        "jerk_m_s3": jerk(motion),
        "penetration_m": penetration(motion),
        "liveliness_m_s": liveliness(motion),
    }
