"""Thumbnails of motions: three moments of a stick figure, the later the darker. Only numpy.

Blender renders no previews of motions, and none without a window.
"""

from __future__ import annotations

import numpy as np

from ..motion.body import BODY_JOINTS, default_body, forward_kinematics
from ..motion.files import MotionData
from ..motion.motion import Motion, from_motion_data

SIZE = 128  # pixels
_MOMENTS = ((0.08, 0.35), (0.5, 0.6), (0.92, 1.0))  # share of the motion, and how solid the figure is
_COLOUR = np.array((0.95, 0.62, 0.25))
_FAR = np.array((0.45, 0.55, 0.75))  # the character's right, so that left and right can be told
_BACK = np.array((0.16, 0.16, 0.17))
_VIEW = np.radians(35.0)  # from the front, a little from its left


def draw_thumbnail(motion: MotionData) -> np.ndarray:
    """(SIZE, SIZE, 4) float32 RGBA 0..1, lower row first, as Blender's previews are."""
    body = default_body()
    places, _ = forward_kinematics(*_moments(from_motion_data(motion)), body)
    places = places[:, :BODY_JOINTS]  # (3, J, 3)
    flat = np.stack([places[..., 0] * np.cos(_VIEW) - places[..., 2] * np.sin(_VIEW), places[..., 1]], axis=-1)
    low, high = flat.min(axis=(0, 1)), flat.max(axis=(0, 1))
    scale = (SIZE - 24) / max(*(high - low), 1.0)
    flat = (flat - (low + high) / 2) * scale + SIZE / 2
    image = np.tile(_BACK, (SIZE, SIZE, 1))
    for points, (_, solid) in zip(flat, _MOMENTS, strict=True):
        for joint in range(1, BODY_JOINTS):
            colour = _FAR if body.names[joint].startswith("right") else _COLOUR
            ink = _line(points[body.parents[joint]], points[joint], 2.2)[..., None] * solid
            image = image * (1.0 - ink) + colour * ink
        head = _line(points[body.index("head")], points[body.index("head")] + (0.0, 0.08 * scale), 0.09 * scale)[..., None]
        image = image * (1.0 - head * solid) + _COLOUR * head * solid
    return np.concatenate([image, np.ones((SIZE, SIZE, 1))], axis=-1).astype(np.float32)


def _moments(motion: Motion) -> tuple[np.ndarray, np.ndarray]:
    rows = [round(share * (len(motion) - 1)) for share, _ in _MOMENTS]
    return motion.rotations[rows], motion.pelvis[rows]


def _line(start: np.ndarray, end: np.ndarray, width: float) -> np.ndarray:
    """(SIZE, SIZE) how much of each pixel a line with round ends covers, 0..1."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] + 0.5
    along = end - start
    share = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / max(float(along @ along), 1e-9)
    share = np.clip(share, 0.0, 1.0)
    distance = np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
    return np.clip(width + 0.5 - distance, 0.0, 1.0)
