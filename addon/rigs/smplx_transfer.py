"""SMPL-X rotations for pose bones of SMPL-X's names, in any rest orientation. Only numpy.

Let A be the rotation from SMPL-X space to armature space, B_j the rest orientation of bone j in armature space
(`Bone.matrix_local`) and R_j the SMPL-X local rotation. In SMPL-X all rest orientations are identity, so the joint's
global turn away from rest is G_j = G_p R_j (p the parent), and seen in armature space D_j = A G_j A^-1. A bone turned
away from its rest by D_j has the pose orientation

    P_j = D_j B_j.                                                              (1)

Blender builds the same orientation from the parent's pose, the rest step between the two, and the stored rotation b_j:

    P_j = P_p (B_p^-1 B_j) b_j.                                                 (2)

Solving (2) for b_j with (1) for both bones, B_p cancels:

    b_j = B_j^-1 B_p P_p^-1 P_j = B_j^-1 (D_p^-1 D_j) B_j = B_j^-1 (A R_j A^-1) B_j = K_j^-1 R_j K_j,   K_j = A^-1 B_j.

So every bone needs one fixed rotation K_j, and only its own rotation: a parent that is not an SMPL-X joint does not
matter as long as it is not posed. K_j is identity for the armatures built here and by SMPL-X add-ons: the rotation
passes unchanged. As quaternions, conjugating R by K turns R's axis by K^-1 and leaves the angle: the vector part is
multiplied by K^T.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.coordinates import quaternions_from_rotation_vectors
from ..motion.files import MotionData


@dataclass(frozen=True)
class SmplxRest:
    """What must be known of a target armature. N bones, each one of the SMPL-X joints.

    Attributes:
        joints: N row numbers into the SMPL-X joints.
        bones: N bone names.
        orientations: (N, 3, 3) B_j, rest orientation of each bone in armature space.
        to_armature: (3, 3) A, SMPL-X space to armature space.
        scale: armature units of the target per metre of the default body, by leg length.
        standing_height: (metres) pelvis height at which the default body stands; there the target's pelvis is at rest.
    """

    joints: tuple[int, ...]
    bones: tuple[str, ...]
    orientations: np.ndarray
    to_armature: np.ndarray
    scale: float
    standing_height: float


def bone_rotations(motion: MotionData, rest: SmplxRest) -> np.ndarray:
    """(T, N, 4) quaternions wxyz for `PoseBone.rotation_quaternion`, signs not yet continuous."""
    quaternions = quaternions_from_rotation_vectors(motion.rotations[:, list(rest.joints)])
    k = np.einsum("ji,njk->nik", rest.to_armature, rest.orientations)
    quaternions[..., 1:] = np.einsum("nij,tni->tnj", k, quaternions[..., 1:])
    return quaternions


def pelvis_locations(motion: MotionData, rest: SmplxRest) -> np.ndarray:
    """(T, 3) values for the pelvis bone's `PoseBone.location`.

    The motion's pelvis is measured from the point where the default body stands; that vector is scaled by leg length,
    brought into armature space and then into the bone's rest orientation, because a bone's location is counted in it.
    """
    moved = (motion.pelvis - np.array([0.0, rest.standing_height, 0.0])) * rest.scale
    pelvis_orientation = rest.orientations[rest.joints.index(0)]
    return moved @ rest.to_armature.T @ pelvis_orientation
