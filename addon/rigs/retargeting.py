"""A motion on another rig: rotations and pelvis location for every mapped bone. Only numpy.

`alignment` gives E_j(t), how far bone j is turned from its rest pose in armature space. Blender stores the turn against
the parent, in the bone's own rest axes B_j. With p the mapped bone that carries j (bones between are not posed and hand its
turn on unchanged), solving Blender's P_j = P_p B_p^-1 B_j b_j for b_j with P = E B gives

    b_j = B_j^-1 E_p^-1 E_j B_j,

in which B_p has cancelled. Limbs so point exactly where SMPL-X's point. The pelvis is where the body's is, scaled by leg length.
That body has the rig's own legs and feet (`rig_body`), so both stand on the floor alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.body import BodyData, forward_kinematics
from ..motion.coordinates import matrices_from_quaternions, quaternions_from_matrices, quaternions_from_rotation_vectors
from ..motion.files import MotionData
from .alignment import Alignment, MappedRest
from .joints import SIDES


@dataclass(frozen=True)
class RetargetedMotion:
    """Attributes:
    rotations: (T, N, 4) quaternions wxyz for `PoseBone.rotation_quaternion`, signs not yet continuous.
    locations: bone -> (T, 3) for `PoseBone.location` of the pelvis bone and of loose ones.
    """

    rotations: np.ndarray
    locations: dict[str, np.ndarray]


def retarget_motion(motion: MotionData, rest: MappedRest, alignment: Alignment, body: BodyData) -> RetargetedMotion:
    """Carry ``motion`` of ``body``, the rig's own, over to the rig."""
    positions, turns = forward_kinematics(quaternions_from_rotation_vectors(motion.rotations), motion.pelvis, body)
    world = matrices_from_quaternions(turns)
    a = alignment.to_armature
    turned = np.stack([_followed_rotation(world, key, rest.keys, body) for key in rest.keys], axis=1)  # (T, N, 3, 3)
    turned = a @ turned @ a.T @ alignment.turns
    local = turned.copy()
    for row, parent in enumerate(rest.parents):
        if parent >= 0 and rest.turns_with_parent[row]:
            local[:, row] = turned[:, parent].transpose(0, 2, 1) @ turned[:, row]
    b = rest.orientations
    rotations = quaternions_from_matrices(b.transpose(0, 2, 1) @ local @ b)

    moved = _pelvis_offset(turned, positions, rest, alignment, body)
    offsets = {rest.keys.index("pelvis"): moved, **_loose_offsets(turned, moved, rest)}
    locations = {rest.bones[row]: at @ b[row] if rest.local_location[row] else at for row, at in offsets.items()}
    return RetargetedMotion(rotations, locations)


def _loose_offsets(turned: np.ndarray, moved: np.ndarray, rest: MappedRest) -> dict[int, np.ndarray]:
    """Row -> (T, 3) a loose bone's way from its rest place, under its parent."""
    if not rest.loose:
        return {}
    at, offsets = bone_heads(turned, rest) + moved[:, None], {}
    for row in rest.loose:
        parent, place = rest.parents[row], at[:, row]
        if parent >= 0:
            place = rest.heads[parent] + np.einsum("tji,tj->ti", turned[:, parent], place - at[:, parent])
        offsets[row] = place - rest.heads[row]
    return offsets


def _followed_rotation(world: np.ndarray, key: str, keys: tuple[str, ...], body: BodyData) -> np.ndarray:
    """(T, 3, 3) what a joint follows; spines and necks of other counts share the turn evenly."""
    chain, dot, number = key.partition(".")
    if not dot:
        name = {"left_eye": "left_eye_smplhf", "right_eye": "right_eye_smplhf"}.get(key, key)
        return world[:, body.index(name)]
    count = sum(other.startswith(chain + ".") for other in keys)
    if chain == "spine":  # its last bone is the chest
        way, place = ("pelvis", "spine1", "spine2", "spine3"), (int(number) + 1) / count
    else:  # the head comes after the last one
        way, place = ("spine3", "neck", "head"), (int(number) + 1) / (count + 1)
    step = place * (len(way) - 1)
    low = min(int(step + 1e-9), len(way) - 2)
    return _between(world[:, body.index(way[low])], world[:, body.index(way[low + 1])], step - low)


def _between(first: np.ndarray, last: np.ndarray, part: float) -> np.ndarray:
    """(T, 3, 3) from ``first`` the shortest way ``part`` of the way to ``last``."""
    if part < 1e-6 or part > 1 - 1e-6:
        return first if part < 0.5 else last
    step = quaternions_from_matrices(first.transpose(0, 2, 1) @ last)
    step *= np.where(step[..., :1] < 0, -1.0, 1.0)
    sine = np.linalg.norm(step[..., 1:], axis=-1, keepdims=True)
    half = np.arctan2(sine, step[..., :1]) * part
    # sin(part x) / sin(x) tends to part
    factor = np.where(sine > 1e-9, np.sin(half) / np.maximum(sine, 1e-12), part)
    return first @ matrices_from_quaternions(np.concatenate([np.cos(half), step[..., 1:] * factor], axis=-1))


def bone_heads(turned: np.ndarray, rest: MappedRest) -> np.ndarray:
    """(T, N, 3) bones' heads in armature space while the pelvis bone's head stays at rest."""
    at = np.empty((*turned.shape[:2], 3))
    for row, parent in enumerate(rest.hangs_from):
        if parent < 0:
            at[:, row] = rest.heads[row]
        else:
            at[:, row] = at[:, parent] + turned[:, parent] @ (rest.heads[row] - rest.heads[parent])
    return at


def _pelvis_offset(turned: np.ndarray, positions: np.ndarray, rest: MappedRest, alignment: Alignment, body: BodyData) -> np.ndarray:
    """(T, 3) how far the pelvis bone's head is from its rest place, in armature space."""
    a, ours = alignment.to_armature, body.rest_positions()
    hips = [rest.keys.index(f"{side}_hip") for side in SIDES]
    rows = [body.index(f"{side}_hip") for side in SIDES]
    # The middle of the hip joints travels as the body's does, from where it is when both stand.
    travelled = alignment.scale * (positions[:, rows].mean(axis=1) - ours[rows].mean(axis=0)) @ a.T
    leaning = bone_heads(turned, rest)[:, hips].mean(axis=1) - rest.heads[hips].mean(axis=0)
    return travelled - leaning + _standing_rise(rest, alignment) * a[:, 1]


def _standing_rise(rest: MappedRest, alignment: Alignment) -> float:
    """Armature units by which the rig is higher than at rest when it stands as SMPL-X rests."""
    up, at = alignment.to_armature[:, 1], bone_heads(alignment.turns[None], rest)[0]
    hips = [rest.keys.index(f"{side}_hip") for side in SIDES]
    sunk = (rest.heads[hips] - at[hips]).mean(axis=0) @ up
    return float(np.mean([height - at[rest.keys.index(key)] @ up for key, height in alignment.foot_heights.items()]) - sunk)
