"""Statistics of motion: foot skate, jerk, penetration, speed, reach, joint errors.

Contacts are `backend.motion.contacts`'. Whether a motion does what was said is the probes' question.
"""

from __future__ import annotations

import numpy as np

from backend.motion.contacts import foot_skate
from backend.motion.motion import Motion
from backend.motion.skeleton import BODY, FEET, INDEX

# joints whose positions are compared; the networks do not output fingers, so wrists stand for the hands
PARTS = {
    "lower": [INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("hip", "knee", "ankle", "foot")],
    "upper": [INDEX[name] for name in ("spine1", "spine2", "spine3", "neck", "head")]
    + [INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("collar", "shoulder", "elbow")],
    "hands": [INDEX["left_wrist"], INDEX["right_wrist"]],
}


def jerk(motion: Motion) -> float:
    """Mean magnitude of the 22 body joints' third derivative, m/s^3 (0.0 under four frames)."""
    positions = motion.positions()[:, list(BODY)]
    if len(positions) < 4:
        return 0.0
    return float(np.linalg.norm(np.diff(positions, n=3, axis=0), axis=-1).mean() * motion.fps**3)


def penetration(motion: Motion) -> float:
    """Mean depth in metres of the lowest foot joint below the floor, over all frames."""
    feet = motion.positions()[:, list(FEET)][..., 1] - np.array([0.07, 0.07, 0.02, 0.02])
    return float(np.clip(-feet.min(axis=1), 0.0, None).mean())


def joint_speed(motion: Motion) -> float:
    """Mean speed of the 22 body joints relative to the pelvis, m/s: 0 is a statue."""
    positions = motion.positions()[:, list(BODY)]
    if len(positions) < 2:
        return 0.0
    local = positions - positions[:, :1]
    return float(np.linalg.norm(np.diff(local, axis=0), axis=-1).mean() * motion.fps)


def limb_reach(motion: Motion) -> float:
    """Metres that wrists and feet range over, seen from the pelvis; small if a model averages.

    The mean diagonal of the boxes that hold the middle 90 % of their positions.
    """
    limbs = [INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("wrist", "foot")]
    points = positions_from_character(motion)[:, limbs]
    low, high = np.percentile(points, (5, 95), axis=0)
    return float(np.linalg.norm(high - low, axis=-1).mean())


def positions_from_character(motion: Motion) -> np.ndarray:
    """(T, 22, 3) body joints as seen from the character: pelvis at the origin, facing +Z."""
    local = motion.positions()[:, list(BODY)] - motion.pelvis[:, None]
    angle = -motion.headings()[:, None]
    x, y, z = np.moveaxis(local, -1, 0)
    return np.stack([np.cos(angle) * x + np.sin(angle) * z, y, np.cos(angle) * z - np.sin(angle) * x], axis=-1)


def part_errors(first: Motion, second: Motion) -> dict[str, float]:
    """Mean joint position error (MPJPE) by body part, millimetres, seen from the character."""
    distance = np.linalg.norm(positions_from_character(first) - positions_from_character(second), axis=-1) * 1000
    return {"all": float(distance.mean())} | {part: float(distance[:, joints].mean()) for part, joints in PARTS.items()}


def statistics_of(motion: Motion) -> dict[str, float]:
    """All statistics by name, with foot skate in m/s."""
    return {
        "foot_skate_m_s": foot_skate(motion.positions(), motion.fps),
        "jerk_m_s3": jerk(motion),
        "penetration_m": penetration(motion),
        "liveliness_m_s": joint_speed(motion),
        "dynamic_range_m": limb_reach(motion),
    }
