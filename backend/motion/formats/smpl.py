"""Reads SMPL-family motion from `.npz`: AMASS, SMPL-X, SMPL-H, SMPL, BEAT2, GVHMR, WHAM.

And Motion-X's rows in `.npy`. The pose transfers one to one, since the default body has SMPL-X's joints and rest orientations. What
is not done: the body's shape is not known without the gated model file, so the root is not scaled to the default body's legs.
Expressions are not read.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from ...errors import UserError
from ..body import default_body
from ..hands import relaxed_hands
from ..motion import Motion
from ..skeleton import J
from .arrays import ASSUMED_RATE, RATES, NamedArrays, check_length, frame_rate, read_named, read_text
from .up_axis import TURNS, find_up

POSES = ("poses", "pose_world", "pose", "fullpose", "full_pose", "thetas", "pred_thetas", "smpl_poses")
ROOT = ("root_orient", "global_orient", "poses_root", "root_pose")
BODY = ("pose_body", "body_pose", "poses_body")
HANDS = ("pose_hand", "poses_hand")
LEFT, RIGHT = ("left_hand_pose", "pose_lhand", "lhand_pose"), ("right_hand_pose", "pose_rhand", "rhand_pose")
JAW, EYES = ("pose_jaw", "jaw_pose", "poses_jaw"), ("pose_eye",)
PLACES = ("trans_world", "trans", "transl", "translation", "root_trans", "root_translation", "smpl_trans")
OTHERS = ("mocap_time_length", "pelvis_rest", "smpl_scaling")
KEYS = (*POSES, *ROOT, *BODY, *HANDS, *LEFT, *RIGHT, *JAW, *EYES, *PLACES, *RATES, *OTHERS)
# joints of a whole pose -> the columns of our 55; SMPL's 22nd and 23rd are lumps for the hands
LAYOUTS = {
    55: (*range(55),), 52: (*range(22), *range(25, 55)), 24: (*range(22),), 23: (*range(1, 22),), 22: (*range(22),),
    21: (*range(1, 22),),
}  # fmt: skip
ROW = 322  # numbers of Motion-X's rows; those left out are the face and the shape
MOTION_X = {
    "root_orient": slice(0, 3), "pose_body": slice(3, 66), "pose_hand": slice(66, 156), "pose_jaw": slice(156, 159),
    "trans": slice(309, 312),
}  # fmt: skip
SKEW = 0.05  # of a matrix times its transpose, which single and half precision stay far below


def read_smpl(path: Path) -> tuple[Motion, list[str]]:
    """The motion of a file at its own rate, Y up; not yet on the floor.

    Returns:
        The motion, and what the user should know.

    Raises:
        UserError ``bad_motion_file``: not such a file.
    """
    arrays = read_named(path, KEYS)
    usual = "Z" if arrays.first("poses", "pose_body") is not None else "Y"
    return _motion_of(arrays, read_text(path, "up_axis").strip().upper(), usual)


def read_motion_x(path: Path, array: np.ndarray) -> tuple[Motion, list[str]]:
    """The motion of Motion-X's rows (T, 322), as `read_smpl` gives it."""
    return _motion_of(NamedArrays(path, {key: array[:, columns] for key, columns in MOTION_X.items()}, ()), "", "Y")


def _motion_of(arrays: NamedArrays, up: str, usual: str) -> tuple[Motion, list[str]]:
    """Motion and notes from the arrays of a file; ``up`` is empty where it does not say."""
    path = arrays.path
    vectors, known = _rotation_vectors(arrays)
    frames = len(vectors)
    check_length(path, frames)
    fps, said = frame_rate(arrays, frames)
    notes = [] if said else [f"it does not say its frame rate: {ASSUMED_RATE:g} assumed"]
    place = arrays.first(*PLACES)
    if place is None:
        place = np.zeros((frames, 3))
        notes.append("it has no path: the body stays in place")
    elif place.size != frames * 3:
        raise UserError(
            "bad_motion_file", f"{path.name} has {frames} poses and a path of the shape {place.shape}.", "Export it again."
        )
    quaternions = Rotation.from_rotvec(vectors.reshape(-1, 3)).as_quat().reshape(frames, J, 4)
    if not known[25:].any() or not np.abs(vectors[:, 25:]).max() > 0:
        quaternions[:, 25:] = relaxed_hands()
    scale = arrays.first("smpl_scaling")  # AIST++ has its paths in another unit
    if scale is not None and scale.size == 1 and 0.01 < (unit := float(scale.reshape(-1)[0])) < 10_000:
        place = place / unit
    rest = arrays.first("pelvis_rest")
    pelvis = place.reshape(frames, 3) + (default_body().rest_pelvis if rest is None or rest.size != 3 else rest.reshape(3))
    motion = Motion(quaternions.astype(np.float32), pelvis.astype(np.float32), fps)
    if up not in TURNS:
        up = find_up(motion.body_positions(), fps, usual)
    turn = TURNS[up]
    quaternions[:, 0] = (Rotation.from_matrix(turn) * Rotation.from_quat(quaternions[:, 0])).as_quat()
    return Motion(quaternions.astype(np.float32), (pelvis @ turn.T).astype(np.float32), fps), notes


def _rotation_vectors(arrays: NamedArrays) -> tuple[np.ndarray, np.ndarray]:
    """Local rotations (T, 55, 3) as rotation vectors, and which joints (55,) the file has."""
    whole = arrays.first(*POSES)
    body = arrays.first(*BODY) if whole is None else whole
    if body is None:
        raise _unknown(arrays)
    body = _vectors(arrays.path, body)
    frames, joints = body.shape[:2]
    if joints not in LAYOUTS:
        raise UserError(
            "bad_motion_file", f"{arrays.path.name} has poses of {joints * 3} numbers; SMPL has 72, SMPL-H 156, SMPL-X 165.",
            "Export the poses as rotation vectors.",
        )  # fmt: skip
    vectors, known = np.zeros((frames, J, 3)), np.zeros(J, dtype=bool)
    columns = list(LAYOUTS[joints])
    vectors[:, columns], known[columns] = body[:, : len(columns)], True
    parts = ((0, 1, ROOT), (22, 23, JAW), (23, 25, EYES), (25, 55, HANDS), (25, 40, LEFT), (40, 55, RIGHT))
    for first, end, names in parts:
        given, count = arrays.first(*names), end - first
        if given is None:
            continue
        if given.size in (frames * count * 3, frames * count * 9):
            shape = (frames, count * 3) if given.size == frames * count * 3 else (frames, count, 3, 3)
            vectors[:, first:end], known[first:end] = _vectors(arrays.path, given.reshape(shape)), True
        elif first == 0:  # hands as principal components are left out: they stay relaxed
            raise UserError(
                "bad_motion_file", f"{arrays.path.name} has {frames} poses of the body and another number of the root.",
                "Export it again.",
            )  # fmt: skip
    if not known[0]:
        raise UserError(
            "bad_motion_file", f"{arrays.path.name} does not say how the body is turned.",
            "Export root_orient or global_orient, too.",
        )  # fmt: skip
    return vectors, known


def _vectors(path: Path, array: np.ndarray) -> np.ndarray:
    """Rotation vectors (T, J, 3) from those, flat ones, a batch of one, or (T, J, 3, 3)."""
    if array.ndim == 3 and array.shape[0] == 1 and array.shape[2] != 3:
        array = array[0]
    if array.ndim == 4 and array.shape[2:] == (3, 3):
        matrices = array.reshape(-1, 3, 3).astype(np.float64)
        unturned = matrices @ matrices.transpose(0, 2, 1)
        if (np.abs(unturned - np.eye(3)) > SKEW).any() or (np.linalg.det(matrices) < 0).any():
            raise UserError(
                "bad_motion_file", f"{path.name} has matrices that are no rotations.", "Export the poses as rotation vectors."
            )
        turned = Rotation.from_matrix(matrices).as_rotvec()
        return turned.reshape(*array.shape[:2], 3)
    if array.ndim == 1 and array.size:
        array = array[None]
    if array.ndim not in (2, 3) or array.shape[-1] % 3 or (array.ndim == 3 and array.shape[2] != 3):
        raise UserError(
            "bad_motion_file", f"{path.name} has poses of the shape {array.shape}, which are no rotations of joints.",
            "Export the poses as rotation vectors.",
        )  # fmt: skip
    return array.reshape(len(array), array.shape[1] if array.ndim == 3 else array.shape[1] // 3, 3).astype(np.float64)


def _unknown(arrays: NamedArrays) -> UserError:
    """The error for an npz of something else."""
    names = ", ".join(arrays.names[:8]) + (" ..." if len(arrays.names) > 8 else "")
    return UserError(
        "bad_motion_file", f"{arrays.path.name} has no poses; it has {names or 'nothing'}.",
        "AMASS and SMPL-X files have poses or body_pose, and trans or transl, as plain arrays that are not nested.",
    )  # fmt: skip
