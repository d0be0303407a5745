"""Armatures with SMPL-X bones: which ones they have, and their rest pose.

Names are SMPL-X's, as written by this add-on and by Meshcapade's. Other rigs are retargeted (`rest`, `alignment`, `retargeting`).
"""

from __future__ import annotations

import bpy
import numpy as np

from ..motion.body import BODY_JOINTS, BodyData, default_body
from ..motion.coordinates import nearest_rotation, snapped_to_axes, to_blender
from .rig import RigError
from .smplx_transfer import SmplxRest

# SMPL-X's own joint list calls the eyes *_smplhf; some exporters drop that.
_OTHER_NAMES = {"left_eye_smplhf": ("left_eye",), "right_eye_smplhf": ("right_eye",)}
_T_POSE_DEGREES = 25.0  # shape and shoulders of SMPL-X bodies lower the arms' line by less than ten degrees


def smplx_bones(armature: bpy.types.Armature) -> dict[int, str]:
    """SMPL-X joint row -> bone name, for the joints the armature has."""
    found = {}
    for joint, name in enumerate(default_body().names):
        for candidate in (name, *_OTHER_NAMES.get(name, ())):
            if candidate in armature.bones:
                found[joint] = candidate
                break
    return found


def missing_bones_sentence(armature: bpy.types.Armature) -> str:
    """Which of the body's 22 bones an armature lacks, in a sentence; empty when it has all."""
    found = smplx_bones(armature)
    missing = [name for joint, name in enumerate(default_body().names[:BODY_JOINTS]) if joint not in found]
    if not missing:
        return ""
    if len(missing) == BODY_JOINTS:
        return "This armature has none of the SMPL-X bones (pelvis, left_hip, spine1 and so on)"
    shown = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
    return f"This armature lacks the SMPL-X bones {shown}" if len(missing) > 1 else f"This armature lacks the bone {shown}"


def rest_pose(armature: bpy.types.Armature) -> SmplxRest:
    """The rest pose of an armature with SMPL-X bones.

    SMPL-X space to armature space is the rotation that brings the default body's joints onto the bones' heads, taken
    to the nearest whole axes: bodies lean and differ, but armatures are made along axes.

    Raises:
        RigError: bones are missing, coincide, or the rest pose is no T-pose.
    """
    sentence = missing_bones_sentence(armature)
    if sentence:
        raise RigError(sentence + ".")
    bones = smplx_bones(armature)
    joints = tuple(sorted(bones))
    body = default_body()
    heads = np.array([armature.bones[bones[joint]].head_local for joint in joints], dtype=np.float64)
    ours = body.rest_positions()
    leg = _leg_length(heads, body)
    if leg <= 1e-6:
        raise RigError("The armature's leg bones all lie in one point.")
    to_armature = snapped_to_axes(nearest_rotation(ours[:BODY_JOINTS], heads[:BODY_JOINTS]))
    _check_t_pose(heads @ to_armature, body)
    return SmplxRest(
        joints=joints,
        bones=tuple(bones[joint] for joint in joints),
        orientations=np.array([armature.bones[bones[joint]].matrix_local.to_3x3() for joint in joints]),
        to_armature=to_armature,
        scale=leg / _leg_length(to_blender(ours), body),
        standing_height=body.standing_pelvis_height,
    )


def _leg_length(heads: np.ndarray, body: BodyData) -> float:
    """Hip to ankle along the bones, mean of both legs."""
    total = 0.0
    for side in ("left", "right"):
        hip, knee, ankle = (heads[body.index(f"{side}_{name}")] for name in ("hip", "knee", "ankle"))
        total += np.linalg.norm(knee - hip) + np.linalg.norm(ankle - knee)
    return float(total / 2)


def _check_t_pose(heads: np.ndarray, body: BodyData) -> None:
    """Heads (N, 3) in SMPL-X axes: left arm to +X, right one to -X, legs down."""
    for side, sign in (("left", 1.0), ("right", -1.0)):
        limbs = [("shoulder", "wrist", 0, sign), ("hip", "knee", 1, -1.0), ("knee", "ankle", 1, -1.0)]
        ways = [(heads[body.index(f"{side}_{end}")] - heads[body.index(f"{side}_{start}")], *way) for start, end, *way in limbs]
        angles = [np.arccos(np.clip(to * limb[axis] / max(np.linalg.norm(limb), 1e-9), -1.0, 1.0)) for limb, axis, to in ways]
        if np.degrees(max(angles)) > _T_POSE_DEGREES:
            raise RigError("The armature's rest pose is not a T-pose, so SMPL-X rotations would bend it wrongly.")
