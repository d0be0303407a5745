"""Knees and elbows are hinges: lost twist of limbs is repaired by their plane of bending.

Optical capture loses the twist of a limb now and then (a thigh turned by 180 degrees for a few frames while its ends stay where
they are), and game rigs put it on helper bones. Where a limb is bent, its plane says what the twist must be; where it is straight,
the source's own twist is kept unless it is impossible, and then bridged from the frames around. Directions of bones never change.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import binary_dilation
from scipy.spatial.transform import Rotation, Slerp

from .body import Body
from .rotations import shortest_turn, unit
from .skeleton import INDEX, PARENTS

# upper joint, lower joint, end, the hinge axis in the target's rest pose by side, how far forearm or shin may twist
# (degrees)
HINGES = (
    ("hip", "knee", "ankle", {"left": (1.0, 0.0, 0.0), "right": (1.0, 0.0, 0.0)}, 60.0),
    ("shoulder", "elbow", "wrist", {"left": (0.0, -1.0, 0.0), "right": (0.0, 1.0, 0.0)}, 130.0),
)
BENT = 20.0  # degrees of bend from which the plane is believed at all
SURE = 45.0  # ... and from which it alone decides
UPPER_LIMIT = 80.0  # degrees of twist against the hinge that mark a lost upper limb
STRAIGHT_LIMIT = 120.0  # degrees of twist against the parent that no straight limb reaches
JUMP = 60.0  # degrees between two frames
END_LIMITS = {"ankle": 85.0, "wrist": 115.0, "foot": 70.0}  # degrees between a foot or hand and its limb


def twist_against_hinge(world: np.ndarray, side: str, limb: tuple, body: Body) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Twist of upper and lower bone against the plane of bending, and the bend; degrees (T,)."""
    upper, lower, end, axes, _ = limb
    first, second, hinge, bend = _plane(world, side, upper, lower, end, body)
    rest = np.asarray(axes[side])
    up = _twist(world[:, INDEX[f"{side}_{upper}"]] @ rest, hinge, first)
    low = _twist(world[:, INDEX[f"{side}_{lower}"]] @ rest, hinge, second)
    return up, low, bend


def mend_limbs(world: np.ndarray, body: Body) -> int:
    """Repair twists of arms and legs in ``world`` (T, 22, 3, 3) in place.

    Returns how many joint frames were bridged or flipped."""
    mended = 0
    for side in ("left", "right"):
        for limb in HINGES:
            upper, lower, end, axes, limit = limb
            bones = [INDEX[f"{side}_{joint}"] for joint in (upper, lower, end)]
            before, jumps, found = world[:, bones].copy(), _jumps(world, bones), 0
            first, second, hinge, bend = _plane(world, side, upper, lower, end, body)
            weight = np.clip((bend - BENT) / (SURE - BENT), 0, 1)
            weight = weight * weight * (3 - 2 * weight)
            rest = np.asarray(axes[side])
            for joint, direction, child, most in ((upper, first, lower, UPPER_LIMIT), (lower, second, end, limit)):
                index = INDEX[f"{side}_{joint}"]
                own = world[:, index] @ rest
                angle = _twist(own, hinge, direction)
                parent = world[:, PARENTS[index]]
                offset = body.offsets[INDEX[f"{side}_{child}"]]
                reference = (shortest_turn(parent @ offset, direction) @ parent) @ rest
                lost = np.where(bend > BENT, np.abs(angle) > most, np.abs(_twist(own, reference, direction)) > STRAIGHT_LIMIT)
                pull = np.zeros_like(weight) if joint == "elbow" else weight  # a forearm turns freely
                turn = np.where(lost & (bend > SURE), 1.0, np.where(lost, 0.0, pull)) * -np.radians(angle)
                world[:, index] = Rotation.from_rotvec(direction * turn[:, None]).as_matrix() @ world[:, index]
                bridge = lost & (bend <= SURE)
                if bridge.any():
                    local = _bridged(parent.transpose(0, 2, 1) @ world[:, index], bridge)
                    bridged = parent @ local
                    bridged = shortest_turn(bridged @ offset, direction) @ bridged
                    world[bridge, index] = bridged[bridge]
                found += int(lost.sum())
            if _jumps(world, bones) > jumps:  # the plane itself was not to be trusted here
                world[:, bones] = before
            else:
                mended += found
        for joint, most in END_LIMITS.items():
            index = INDEX[f"{side}_{joint}"]
            parent = world[:, PARENTS[index]]
            local = parent.transpose(0, 2, 1) @ world[:, index]
            angle = np.degrees(Rotation.from_matrix(local).magnitude())
            turn = np.zeros(len(local))
            turn[1:] = np.degrees(Rotation.from_matrix(local[:-1].transpose(0, 2, 1) @ local[1:]).magnitude())
            lost = (angle > most) | (turn > 75.0)
            if lost.any():
                world[:, index] = parent @ _bridged(local, binary_dilation(lost, iterations=1))
                mended += int(lost.sum())
    return mended


def _jumps(world: np.ndarray, bones: list[int]) -> int:
    """How often one of ``bones`` turns by more than `JUMP` between two frames."""
    local = world[:, [PARENTS[bone] for bone in bones]].swapaxes(-1, -2) @ world[:, bones]
    cosine = (np.einsum("tjab,tjab->tj", local[:-1], local[1:]) - 1) / 2
    return int((cosine < np.cos(np.radians(JUMP))).sum())


def _plane(world: np.ndarray, side: str, upper: str, lower: str, end: str, body: Body) -> tuple[np.ndarray, ...]:
    """Unit directions (T, 3) of both bones, unit hinge axis (T, 3), and bend in degrees (T,).

    The axis of a straight limb is any vector."""
    first = unit(world[:, INDEX[f"{side}_{upper}"]] @ body.offsets[INDEX[f"{side}_{lower}"]])
    second = unit(world[:, INDEX[f"{side}_{lower}"]] @ body.offsets[INDEX[f"{side}_{end}"]])
    cross = np.cross(first, second)
    bend = np.degrees(np.arctan2(np.linalg.norm(cross, axis=-1), (first * second).sum(-1)))
    return first, second, unit(cross), bend


def _twist(own: np.ndarray, reference: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Signed angle in degrees (T,) from ``reference`` to ``own`` about ``direction``, (T, 3)."""
    own = own - direction * (own * direction).sum(-1, keepdims=True)
    reference = reference - direction * (reference * direction).sum(-1, keepdims=True)
    return np.degrees(np.arctan2((np.cross(reference, own) * direction).sum(-1), (reference * own).sum(-1)))


def _bridged(local: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """``local`` (T, 3, 3) with lost frames interpolated; at rest if no frame is good."""
    good = np.flatnonzero(~lost)
    if len(good) == 0:
        return np.broadcast_to(np.eye(3), local.shape)
    if len(good) == 1:
        return np.where(lost[:, None, None], local[good[0]], local)
    frames = np.clip(np.flatnonzero(lost), good[0], good[-1])
    out = local.copy()
    out[lost] = Slerp(good, Rotation.from_matrix(local[good]))(frames).as_matrix()
    return out
