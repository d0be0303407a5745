"""Legs of authored clips: hip, knee and ankle rotations from pelvis and feet.

Only authored clips use it; the models decode straight to rotations (design section 2).
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from backend.motion.body import default_body
from backend.motion.rotations import perpendicular, unit
from backend.motion.skeleton import INDEX
from backend.motion.two_bone import reach_with_pole

from .curves import about

_OFFSETS = default_body().offsets.astype(float)
THIGH = float(np.linalg.norm(_OFFSETS[INDEX["left_knee"]]))
SHIN = float(np.linalg.norm(_OFFSETS[INDEX["left_ankle"]]))
ANKLE_HEIGHT = float(default_body().rest_positions()[INDEX["left_ankle"], 1])
HIP = {side: _OFFSETS[INDEX[f"{side}_hip"]] for side in ("left", "right")}
BALL = {side: _OFFSETS[INDEX[f"{side}_foot"]] for side in ("left", "right")}


def solve_leg(
    pelvis: np.ndarray, root: Rotation, ankle: np.ndarray, foot: Rotation, side: str, splay: np.ndarray | float = 0.0
) -> tuple[Rotation, Rotation, Rotation]:
    """Local rotations (T,) of hip, knee and ankle.

    Args:
        pelvis: (T, 3) world position of the pelvis joint.
        root: (T,) world rotation of the pelvis.
        ankle: (T, 3) world position the ankle should have; out of reach means a nearly straight leg towards it.
        foot: (T,) world rotation of the foot.
        side: "left" or "right".
        splay: degrees the knee opens outward from where foot and pelvis point, a number or (T,).
    """
    hip = pelvis + root.apply(HIP[side])
    to_ankle = ankle - hip
    outward = np.broadcast_to(np.asarray(splay, dtype=float) * (1 if side == "left" else -1), len(pelvis))
    knee_way = (foot.apply((0, 0, 1)) * 0.6 + root.apply((0, 0, 1))) * np.array([1.0, 0.0, 1.0])
    knee_way = about("y", outward).apply(knee_way)
    # the knee is a hinge about the sideways axis, so a leg raised to the front bends upwards and never flips
    sideways = np.cross(np.array([0.0, 1.0, 0.0]), knee_way)
    return _bent_leg(root, to_ankle, unit(np.cross(to_ankle, sideways)), foot, side)


def leg_with_pole(
    pelvis: np.ndarray, root: Rotation, ankle: np.ndarray, foot: Rotation, side: str, pole: np.ndarray
) -> tuple[Rotation, Rotation, Rotation]:
    """As `solve_leg`, with the knee towards directions ``pole`` (T, 3) of the world."""
    to_ankle = ankle - (pelvis + root.apply(HIP[side]))
    return _bent_leg(root, to_ankle, perpendicular(pole, unit(to_ankle)), foot, side)


def _bent_leg(
    root: Rotation, to_ankle: np.ndarray, bend: np.ndarray, foot: Rotation, side: str
) -> tuple[Rotation, Rotation, Rotation]:
    thigh, shin = reach_with_pole(to_ankle, bend, THIGH, SHIN, 0.25 * (THIGH + SHIN), 0.9995 * (THIGH + SHIN))
    thigh, shin = unit(thigh), unit(shin)
    hip_frame = _frame(thigh, bend) * _rest_frame(f"{side}_knee").inv()
    knee_frame = _frame(shin, bend) * _rest_frame(f"{side}_ankle").inv()
    return root.inv() * hip_frame, hip_frame.inv() * knee_frame, knee_frame.inv() * foot


def solve_loose_leg(
    pelvis: np.ndarray, root: Rotation, ankle: np.ndarray, foot: Rotation, side: str, splay: np.ndarray | float = 0.0
) -> tuple[Rotation, Rotation, Rotation]:
    """Like `solve_leg` for a body that may lie.

    The knee's hinge is the sideways axis of pelvis and foot, wherever up is.
    """
    hip = pelvis + root.apply(HIP[side])
    to_ankle = ankle - hip
    outward = np.broadcast_to(np.asarray(splay, dtype=float) * (-1 if side == "left" else 1), len(pelvis))
    sideways = unit(root.apply((1, 0, 0)) + 0.6 * foot.apply((1, 0, 0)))
    sideways = Rotation.from_rotvec(unit(to_ankle) * np.radians(outward)[:, None]).apply(sideways)
    bend = unit(np.cross(to_ankle, sideways))
    thigh, shin = reach_with_pole(to_ankle, bend, THIGH, SHIN, 0.25 * (THIGH + SHIN), 0.9995 * (THIGH + SHIN))
    return _rotations(root, unit(thigh), unit(shin), sideways, foot, side)


def kneeling_leg(
    pelvis: np.ndarray, root: Rotation, knee: np.ndarray, ankle: np.ndarray, foot: Rotation, side: str
) -> tuple[Rotation, Rotation, Rotation]:
    """Local rotations (T,) of hip, knee and ankle of a leg whose knee is at a place.

    The thigh points there, the shin to the ankle.

    Args:
        knee, ankle: (T, 3) world positions; bones keep their lengths, so they are directions where the places do not agree.
    """
    hip = pelvis + root.apply(HIP[side])
    thigh = unit(knee - hip)
    shin = unit(ankle - hip - THIGH * thigh)
    return _rotations(root, thigh, shin, root.apply((1, 0, 0)), foot, side)


def _rotations(
    root: Rotation, thigh: np.ndarray, shin: np.ndarray, sideways: np.ndarray, foot: Rotation, side: str
) -> tuple[Rotation, Rotation, Rotation]:
    """Local rotations of a leg whose bones have these directions and bend about ``sideways``."""
    hip_frame = _frame(thigh, np.cross(thigh, sideways)) * _rest_frame(f"{side}_knee").inv()
    knee_frame = _frame(shin, np.cross(shin, sideways)) * _rest_frame(f"{side}_ankle").inv()
    return root.inv() * hip_frame, hip_frame.inv() * knee_frame, knee_frame.inv() * foot


def highest_pelvis(pelvis: np.ndarray, root: Rotation, ankle: np.ndarray, side: str) -> np.ndarray:
    """(T,) largest pelvis height at which the leg reaches its ankle without locking."""
    offset = root.apply(HIP[side])
    across = np.linalg.norm((pelvis + offset - ankle)[:, [0, 2]], axis=-1)
    reach = 0.996 * (THIGH + SHIN)
    return ankle[:, 1] + np.sqrt(np.maximum(reach**2 - across**2, 0.04)) - offset[:, 1]


def _frame(bone: np.ndarray, forward: np.ndarray) -> Rotation:
    """World rotation with -y along the bone and +z as near ``forward`` as it can be."""
    z = forward - (forward * bone).sum(-1, keepdims=True) * bone
    z /= np.linalg.norm(z, axis=-1, keepdims=True)
    y = -bone
    return Rotation.from_matrix(np.stack([np.cross(y, z), y, z], axis=-1))


def _rest_frame(child: str) -> Rotation:
    bone = _OFFSETS[INDEX[child]][None]
    return _frame(bone / np.linalg.norm(bone), np.array([[0.0, 0.0, 1.0]]))
