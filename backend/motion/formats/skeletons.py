"""Clips of named skeletons (BVH, AMC) as motions of the default body.

A rig map serves where one fits, else `named_joints` finds the body. Up is found from the motion. Where the rest pose is no standing
person (many exporters leave all bones along one axis), bones are aligned by the motion instead.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from ...errors import UserError
from ..body import default_body
from ..hands import relaxed_hands
from ..motion import Motion
from ..retarget import retarget
from ..rig import CHAINS, RigMap, SourceClip, detect, normalised
from ..rig_maps import rig_maps
from ..rotations import angle_between, unit
from ..skeleton import INDEX, JOINT_NAMES, NUM_BODY, PARENTS, J
from .named_joints import find_joints
from .pose_fit import calibrated_axes, fit_rotations
from .up_axis import TURNS, find_up

STANDING = 0.8  # cosine between trunk and legs of a rest pose that stands
ASTRAY = 10.0  # degrees between bones as a map or rest pose turns them and as they lie; at most 1.2 in our data
ALIKE = np.radians(15.0)  # between the bones of a rest pose and SMPL-X's, where rotations mean the same


def motion_of_clip(clip: SourceClip) -> Motion:
    """The motion of the default body at the clip's rate, Y up. Raises UserError ``unknown_rig``."""
    rig, found = _rig_of(clip)
    at = {joint: clip.positions[:, hits[0]] for joint, hits in found.items() if joint in INDEX}
    legs = np.linalg.norm(at["left_hip"] - at["left_knee"], axis=-1) + np.linalg.norm(at["left_knee"] - at["left_ankle"], axis=-1)
    scale = default_body().leg_length / max(float(np.median(legs)), 1e-6)
    points = np.full((len(clip), NUM_BODY, 3), np.nan)
    for joint, path in at.items():
        points[:, INDEX[joint]] = path * scale
    turn = TURNS[find_up(points, clip.fps)]
    clip = replace(
        clip, positions=clip.positions @ turn.T, rotations=turn @ clip.rotations,
        rest_positions=clip.rest_positions @ turn.T, rest_rotations=turn @ clip.rest_rotations,
    )  # fmt: skip
    direct = _direct(clip, scale)
    if direct is not None:
        return direct
    rig = replace(rig, up="Y")
    if rig.axes or _stands(clip, found):
        result = retarget(clip, rig, found)
        if result.bone_error < ASTRAY:
            return result.motion
    fitted = fit_rotations({joint: path @ turn.T for joint, path in at.items()}, default_body())
    rig = replace(rig, axes=calibrated_axes(fitted, clip.rotations, found, CHAINS), twist={})
    return retarget(clip, rig, found).motion


def _rig_of(clip: SourceClip) -> tuple[RigMap, dict[str, tuple[int, ...]]]:
    try:
        return detect(clip.names, list(rig_maps()))
    except UserError:
        found = find_joints(clip.names, clip.parents) if clip.parents else None
        if found is None:
            raise
        return RigMap("by names", {}), found


def _stands(clip: SourceClip, found: dict[str, tuple[int, ...]]) -> bool:
    """Whether a rest pose is a standing person, to be compared with the default body's."""
    def at(joint: str) -> np.ndarray:
        return clip.rest_positions[found[joint][0]]

    trunk = unit(at("left_shoulder") + at("right_shoulder") - at("left_hip") - at("right_hip"))
    hips = unit(at("left_hip") - at("right_hip"))
    legs = [unit(at(f"{side}_hip") - at(f"{side}_ankle")) for side in ("left", "right")]
    return bool(all(leg @ trunk > STANDING for leg in legs) and abs(hips @ trunk) < 0.5)


def _direct(clip: SourceClip, scale: float) -> Motion | None:
    """The motion of a clip with SMPL-X's own joints and rest pose; None for any other."""
    names = {_smplx_name(name): joint for joint, name in reversed(list(enumerate(clip.names)))}
    if any(name not in names for name in JOINT_NAMES[:NUM_BODY]):
        return None
    body = default_body()
    for joint in range(1, NUM_BODY):
        bone = clip.rest_positions[names[JOINT_NAMES[joint]]] - clip.rest_positions[names[JOINT_NAMES[PARENTS[joint]]]]
        turned = clip.rest_rotations[names["pelvis"]].T @ bone
        if angle_between(turned, body.offsets[joint].astype(np.float64)) > ALIKE:
            return None
    quaternions = np.zeros((len(clip), J, 4))
    quaternions[..., 3] = 1.0
    quaternions[:, 25:] = relaxed_hands()
    for joint, name in enumerate(JOINT_NAMES):
        if name in names and (joint == 0 or JOINT_NAMES[PARENTS[joint]] in names):
            own = clip.rotations[:, names[name]]
            up = clip.rotations[:, names[JOINT_NAMES[PARENTS[joint]]]].transpose(0, 2, 1) @ own if joint else own
            quaternions[:, joint] = Rotation.from_matrix(up).as_quat()
    return Motion(quaternions.astype(np.float32), (clip.positions[:, names["pelvis"]] * scale).astype(np.float32), clip.fps)


def _smplx_name(name: str) -> str:
    """A joint's name as SMPL-X has it: ``L_Hip`` is left_hip."""
    plain = normalised(name)
    for short, side in (("l_", "left_"), ("r_", "right_")):
        if plain.startswith(short):
            return side + plain.removeprefix(short)
    return plain
