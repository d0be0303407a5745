"""Motion files as other programs write them, made from motions whose right answer is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from backend.motion.body import default_body
from backend.motion.formats.up_axis import TURNS
from backend.motion.motion import Motion
from backend.motion.skeleton import INDEX, JOINT_NAMES, NUM_BODY, PARENTS

# columns of a whole pose by its width
COLUMNS = {165: list(range(55)), 156: [*range(22), *range(25, 55)], 72: [*range(22), 25, 40], 66: list(range(22))}
LIMB = ("collar", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot")


def _scheme(trunk: str, left: str, right: str, limbs: str) -> dict[str, str]:
    """SMPL-X joint -> name, from names of the trunk, and of the limbs with a {} in the pattern of each side."""
    names = dict(zip(("pelvis", "spine1", "spine2", "spine3", "neck", "head"), trunk.split(), strict=True))
    for side, pattern in (("left", left), ("right", right)):
        names |= {f"{side}_{joint}": pattern.format(name) for joint, name in zip(LIMB, limbs.split(), strict=True)}
    return names


SCHEMES = {
    "lafan": _scheme("Hips Spine Spine1 Spine2 Neck Head", "Left{}", "Right{}", "Shoulder Arm ForeArm Hand UpLeg Leg Foot Toe"),
    "xsens": _scheme("Hips Chest Chest2 Chest3 Neck Head", "Left{}", "Right{}", "Collar Shoulder Elbow Wrist Hip Knee Ankle Toe"),
    "mixamo": _scheme("mixamorig:Hips mixamorig:Spine mixamorig:Spine1 mixamorig:Spine2 mixamorig:Neck mixamorig:Head",
                      "mixamorig:Left{}", "mixamorig:Right{}", "Shoulder Arm ForeArm Hand UpLeg Leg Foot ToeBase"),
    "unity": _scheme("Hips Spine Chest UpperChest Neck Head", "Left{}", "Right{}",
                     "Shoulder UpperArm LowerArm Hand UpperLeg LowerLeg Foot Toes"),
    "dotted": _scheme("Root Back Back1 Rib Hals Head", "{}.L", "{}.R", "Scap Up Low Hand Th Sh Foot Toe"),
    "letters": _scheme("pelvis spineA spineB spineC neck head", "l{}", "r{}", "clav humerus radius wrist femur tibia foot toes"),
    "biped": _scheme("Bip01_Pelvis Bip01_Spine Bip01_Spine1 Bip01_Spine2 Bip01_Neck Bip01_Head", "Bip01_L_{}", "Bip01_R_{}",
                     "Clavicle UpperArm Forearm Hand Thigh Calf Foot Toe0"),
}  # fmt: skip


def write_bvh(
    path: Path, motion: Motion, names: dict[str, str] = SCHEMES["lafan"], order: str = "ZXY", up: str = "Y",
    own_axes: bool = False, units: float = 100.0,
) -> Path:  # fmt: skip
    """The body joints as BVH.

    Args:
        up: axis of the file.
        own_axes: every bone has axes of its own, so that the zero pose is a tangle of bones.
        units: of a metre.
    """
    turn = TURNS[up].T
    random = np.random.default_rng(3)
    own = np.stack([Rotation.random(random_state=random).as_matrix() if own_axes else np.eye(3) for _ in range(NUM_BODY)])
    world = Rotation.from_quat(motion.global_rotations()[:, :NUM_BODY].reshape(-1, 4)).as_matrix().reshape(-1, NUM_BODY, 3, 3)
    world, places = turn @ world @ own, motion.positions()[:, :NUM_BODY].astype(float) @ turn.T * units
    lines, joints = ["HIERARCHY"], []

    def joint(index: int, depth: int) -> None:
        pad, parent = "\t" * depth, PARENTS[index]
        offset = world[0, parent].T @ (places[0, index] - places[0, parent]) if index else np.zeros(3)
        rotations = " ".join(f"{axis}rotation" for axis in order)
        channels = f"3 {rotations}" if index else f"6 Xposition Yposition Zposition {rotations}"
        lines.extend([f"{pad}{'JOINT' if index else 'ROOT'} {names[JOINT_NAMES[index]]}", pad + "{"])
        lines.extend([f"{pad}\tOFFSET " + " ".join(f"{v:.6f}" for v in offset), f"{pad}\tCHANNELS {channels}"])
        joints.append(index)
        children = [child for child in range(NUM_BODY) if PARENTS[child] == index]
        for child in children:
            joint(child, depth + 1)
        if not children:
            lines.extend([f"{pad}\tEnd Site", pad + "\t{", f"{pad}\t\tOFFSET 0 0 5", pad + "\t}"])
        lines.append(pad + "}")

    joint(0, 0)
    turns = [world[:, 0] if j == 0 else world[:, PARENTS[j]].transpose(0, 2, 1) @ world[:, j] for j in joints]
    angles = [Rotation.from_matrix(local).as_euler(order, degrees=True) for local in turns]
    rows = np.concatenate([places[:, 0], *angles], axis=1)
    lines += ["MOTION", f"Frames: {len(motion)}", f"Frame Time: {1 / motion.fps:.6f}"]
    lines += [" ".join(f"{v:.6f}" for v in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def smpl_arrays(motion: Motion, width: int = 165, up: str = "Y") -> dict[str, np.ndarray]:
    """``poses`` (T, width) and ``trans`` (T, 3) of a motion with an up axis."""
    turn = TURNS[up].T
    vectors = Rotation.from_quat(motion.rotations.reshape(-1, 4)).as_rotvec().reshape(len(motion), 55, 3)
    vectors[:, 0] = (Rotation.from_matrix(turn) * Rotation.from_rotvec(vectors[:, 0])).as_rotvec()
    return {
        "poses": vectors[:, COLUMNS[width]].reshape(len(motion), -1),
        "trans": motion.pelvis @ turn.T - default_body().rest_pelvis,
    }


def humanml_features(positions: np.ndarray) -> np.ndarray:
    """HumanML3D's features (T - 1, 263) of positions (T, 22, 3) that stand at the origin facing +Z in frame 0.

    Only what is needed to come back is filled in: root and relative positions."""
    across = positions[:, INDEX["left_hip"]] - positions[:, INDEX["right_hip"]]
    across += positions[:, INDEX["left_shoulder"]] - positions[:, INDEX["right_shoulder"]]
    yaw = np.unwrap(np.arctan2(-across[:, 2], across[:, 0]))
    to_front = Rotation.from_rotvec(np.stack([0 * yaw, -yaw, 0 * yaw], axis=-1)).as_matrix()
    features = np.zeros((len(positions) - 1, 263))
    features[:, 0] = -np.diff(yaw) / 2  # of the quaternion that turns the body to the front
    step = np.einsum("tij,tj->ti", to_front[1:], np.diff(positions[:, 0], axis=0))
    features[:, 1:3], features[:, 3] = step[:, [0, 2]], positions[:-1, 0, 1]
    relative = positions - positions[:, :1] * [1.0, 0.0, 1.0]
    features[:, 4:67] = np.einsum("tij,tkj->tki", to_front, relative)[:-1, 1:].reshape(len(features), -1)
    return features
