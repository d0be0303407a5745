"""Reads joint positions from `.npy`: HumanML3D, MoMask and their kind.

They are positions or HumanML3D's 263 features. The joints are SMPL's first 22 in its order. `pose_fit` finds the rotations.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from ...errors import UserError
from ..body import default_body
from ..hands import relaxed_hands
from ..motion import Motion
from ..skeleton import INDEX, JOINT_NAMES, NUM_BODY, PARENTS, J
from .arrays import check_length
from .pose_fit import bone_lengths_vary, fit_rotations
from .up_axis import TURNS, find_up

RATE = 20.0  # of HumanML3D, whose files do not say
FEATURES = 263
KNOWN = (22, 24, 52, 55)  # joints of SMPL without and with hand lumps, SMPL-H and SMPL-X; the first 22 are the same
RIGID = 0.1  # spread of bone lengths over a clip, above which numbers are no skeleton; generated ones reach 0.03


def read_joints(path: Path, array: np.ndarray) -> tuple[Motion, list[str]]:
    """The motion of a file's array, Y up, and what the user should know.

    Raises UserError ``bad_motion_file``."""
    notes = [f"it does not say its frame rate: {RATE:g} assumed, as HumanML3D has"]
    array, others = _one_of_a_batch(array)
    if others:
        notes.append(f"the first of its {others + 1} motions was taken")
    if array.ndim == 2 and array.shape[1] == FEATURES:
        check_length(path, len(array))
        positions = positions_of_features(array.astype(np.float64))
    elif array.ndim == 3 and array.shape[1] in KNOWN and array.shape[2] == 3:
        check_length(path, len(array))
        positions = array[:, :NUM_BODY].astype(np.float64)
    else:
        raise UserError(
            "bad_motion_file", f"{path.name} has an array of the shape {array.shape}, which is no motion that is known.",
            "Joints have (frames, 22, 3), HumanML3D's features (frames, 263).",
        )  # fmt: skip
    at = {name: positions[:, INDEX[name]] for name in JOINT_NAMES[:NUM_BODY]}
    if bone_lengths_vary(at) > RIGID or np.ptp(positions, axis=1).max() < 1e-6:
        raise UserError(
            "bad_motion_file", f"{path.name} has joints whose distances change, so they are no skeleton.",
            "Undo the normalization first: times the standard deviation, plus the mean.",
        )  # fmt: skip
    return motion_of_positions(positions, RATE), notes


def motion_of_positions(positions: np.ndarray, fps: float) -> Motion:
    """The motion of the default body through positions (T, 22, 3) of another's joints.

    They are scaled by the length of the legs."""
    turn = TURNS[find_up(positions, fps)]
    at = {name: positions[:, INDEX[name]] @ turn.T for name in JOINT_NAMES[:NUM_BODY]}
    body = default_body()
    world = fit_rotations(at, body)
    local = world.copy()
    for joint in range(1, NUM_BODY):
        local[:, joint] = world[:, PARENTS[joint]].transpose(0, 2, 1) @ world[:, joint]
    quaternions = np.zeros((len(positions), J, 4))
    quaternions[..., 3] = 1.0
    quaternions[:, :NUM_BODY] = Rotation.from_matrix(local.reshape(-1, 3, 3)).as_quat().reshape(-1, NUM_BODY, 4)
    quaternions[:, 25:] = relaxed_hands()
    legs = [np.linalg.norm(at[f"{s}_{a}"] - at[f"{s}_{b}"], axis=-1) for s in ("left", "right") for a, b in
            (("hip", "knee"), ("knee", "ankle"))]  # fmt: skip
    scale = body.leg_length / max(float(np.median(legs, axis=1).sum()) / 2, 1e-6)
    own = (body.offsets[INDEX["left_hip"]] + body.offsets[INDEX["right_hip"]]) / 2
    pelvis = (at["left_hip"] + at["right_hip"]) / 2 * scale - world[:, 0] @ own
    return Motion(quaternions.astype(np.float32), pelvis.astype(np.float32), fps)


def positions_of_features(features: np.ndarray) -> np.ndarray:
    """Joint positions (T, 22, 3) from HumanML3D's features (T, 263).

    Of a frame: the root's turn to the next about Y, its step in X and Z in its own heading, its height, and the other 21 joints
    relative to the root in that heading (Guo et al. 2022); the rest is not needed."""
    half = np.concatenate([[0.0], np.cumsum(features[:-1, 0])])  # half the angle: they keep the quaternion's
    heading = Rotation.from_rotvec(np.stack([np.zeros_like(half), 2 * half, np.zeros_like(half)], axis=-1)).inv()
    step = np.zeros((len(features), 3))
    step[1:, [0, 2]] = features[:-1, 1:3]
    root = np.cumsum(heading.apply(step), axis=0)
    root[:, 1] = features[:, 3]
    joints = features[:, 4 : 4 + 63].reshape(-1, NUM_BODY - 1, 3)
    turned = np.einsum("tij,tkj->tki", heading.as_matrix(), joints)
    return np.concatenate([root[:, None], turned + root[:, None] * [1.0, 0.0, 1.0]], axis=1)


def _one_of_a_batch(array: np.ndarray) -> tuple[np.ndarray, int]:
    """The first motion of a batch, whatever the order of its axes, and how many others follow."""
    if array.ndim == 0 or len(array) == 0:
        return array, 0
    if array.ndim == 4 and array.shape[3] == 3:  # (B, T, J, 3), or (T, 1, J, 3) of one person
        return (array[:, 0], 0) if array.shape[1] == 1 and len(array) > 1 else (array[0], len(array) - 1)
    if array.ndim == 4 and array.shape[2] == 3 and array.shape[1] in KNOWN:  # (B, J, 3, T) of diffusion models
        return array[0].transpose(2, 0, 1), len(array) - 1
    if array.ndim == 3 and array.shape[2] == FEATURES:
        return array[0], len(array) - 1
    if array.ndim == 3 and array.shape[1] == 3 and array.shape[0] in KNOWN:  # (J, 3, T)
        return array.transpose(2, 0, 1), 0
    return array, 0
