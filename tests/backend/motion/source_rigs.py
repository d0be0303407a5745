"""Source rigs made from the default body, so that the right answer of a retargeting is known."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from backend.motion.body import default_body
from backend.motion.hands import relaxed_hands
from backend.motion.motion import Motion
from backend.motion.rig import SourceClip
from backend.motion.skeleton import INDEX, JOINT_NAMES, J

MIXAMO = {
    "pelvis": "Hips", "spine1": "Spine", "spine2": "Spine1", "spine3": "Spine2", "neck": "Neck", "head": "Head",
    **{f"{side}_{joint}": f"{side.capitalize()}{name}" for side in ("left", "right") for joint, name in (
        ("collar", "Shoulder"), ("shoulder", "Arm"), ("elbow", "ForeArm"), ("wrist", "Hand"), ("hip", "UpLeg"),
        ("knee", "Leg"), ("ankle", "Foot"), ("foot", "ToeBase"))},
}  # fmt: skip


def posed(frames: int, angles: dict[str, tuple[float, float, float]], phase: bool = True) -> Motion:
    """The default body with joints turned by rotation vectors in degrees; they swell and ebb over the clip when
    ``phase``.
    """
    quaternions = np.zeros((frames, J, 4), dtype=np.float32)
    quaternions[..., 3] = 1.0
    wave = np.sin(np.linspace(0, 2 * np.pi, frames)) * 0.5 + 0.5 if phase else np.ones(frames)
    for joint, vector in angles.items():
        turn = Rotation.from_rotvec(np.radians(vector)[None] * wave[:, None])
        quaternions[:, INDEX[joint]] = turn.as_quat()
    quaternions[:, 25:] = relaxed_hands()
    pelvis = np.zeros((frames, 3), dtype=np.float32)
    pelvis[:, 1] = default_body().standing_pelvis_height
    return Motion(quaternions, pelvis, 30.0)


def walking(frames: int = 60) -> Motion:
    """Something like a walk: legs and arms swing, knees and elbows bend as knees and elbows do, the trunk turns a
    little.
    """
    motion = posed(frames, {
        "left_hip": (-35, 0, 0), "left_knee": (55, 0, 0), "right_hip": (20, 0, 0), "right_knee": (30, 0, 0),
        "left_shoulder": (0, 30, -65), "right_shoulder": (0, 20, 65), "left_elbow": (0, -60, 0),
        "right_elbow": (0, 70, 0),
        "spine1": (3, 10, 0), "spine3": (5, 8, 2), "neck": (0, 10, 0), "head": (10, -20, 0), "pelvis": (0, 12, 3),
    })  # fmt: skip
    pelvis = motion.pelvis.copy()
    pelvis[:, 2] = np.linspace(0, 1.5, frames)
    pelvis[:, 1] += 0.01 * np.sin(np.linspace(0, 12, frames))
    return Motion(motion.rotations, pelvis, 30.0)


def source(
    motion: Motion,
    rest: Motion,
    names: dict[str, str] = MIXAMO,
    seed: int = 0,
    scale: float = 1.0,
    yaw: float = 0.0,
) -> SourceClip:
    """``motion`` as a rig of its own recorded it: bones with arbitrary axes, a rest pose, another scale, turned by
    ``yaw`` degrees.
    """
    rng = np.random.default_rng(seed)
    joints = [INDEX[joint] for joint in JOINT_NAMES if joint in names]
    own = Rotation.random(len(joints), random_state=rng).as_matrix()  # the orientation of each bone within its joint
    turn = Rotation.from_euler("y", yaw, degrees=True).as_matrix()

    def world(m: Motion) -> tuple[np.ndarray, np.ndarray]:
        rotations = Rotation.from_quat(m.global_rotations()[:, joints].reshape(-1, 4)).as_matrix()
        rotations = turn @ rotations.reshape(len(m), len(joints), 3, 3) @ own
        return m.positions()[:, joints] @ turn.T * scale, rotations

    positions, rotations = world(motion)
    rest_positions, rest_rotations = world(rest)
    labels = tuple(names[JOINT_NAMES[joint]] for joint in joints)
    return SourceClip(labels, positions.astype(float), rotations, rest_positions[0].astype(float), rest_rotations[0], motion.fps)


def angles_between(first: Motion, second: Motion) -> np.ndarray:
    """(T, 22) degrees between world orientations of body joints."""
    a = Rotation.from_quat(first.global_rotations()[:, :22].reshape(-1, 4))
    b = Rotation.from_quat(second.global_rotations()[:, :22].reshape(-1, 4))
    return np.degrees((a.inv() * b).magnitude()).reshape(len(first), 22)
