"""Reads a rig from an armature: bone map, rest pose, root bone, proportions, switches."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np

from ..keys.channels import Channel, bone_path
from ..motion.body import BodyData, default_body
from ..motion.motion import Motion
from .alignment import AlignmentError, align_rests
from .carriers import Carrier
from .channels import motion_channels, pelvis_positions
from .detection import Match
from .hindrances import hindrances
from .rest import read_rest, scene_up
from .rig import Retargeting, Rig, RigError, Space
from .rig_body import body_of_rest, body_of_smplx_rest
from .scene_maps import match_of
from .smplx_rig import missing_bones_sentence, rest_pose
from .smplx_transfer import SmplxRest
from .upright import find_up

_CHAINS = {"spine": ("spine1", "spine2", "spine3"), "neck": ("neck", "head")}
_UPRIGHT = 0.8  # cosine of the largest lean of a body whose SMPL-X rotations pass unchanged
_CARRYING = ("ARMATURE", "CHILD_OF")  # constraints that carry a bone as a parent does
_HARMLESS = ("FOLLOW_PATH", "COPY_SCALE", "LIMIT_SCALE", "MAINTAIN_VOLUME")  # under these, too, its own place counts
_UNKNOWN = Space(np.eye(3), 1.0, np.zeros(3), np.eye(3))  # until it is measured


def rig_reason(scene: bpy.types.Scene, armature: bpy.types.Object) -> str:
    """Why no motion can be put on an armature object, without final period; empty when it can."""
    match = match_of(scene, armature)
    return _match_reason(armature, match) or _rest_reason(armature, match)


def _match_reason(armature: bpy.types.Object, match: Match) -> str:
    if not match.bones and not match.refusal:
        return f"{armature.name} has no bones with names known here: choose them under Bone Map"
    return match.sentence()


_rest_reasons: dict[tuple, str] = {}  # panels ask at every redraw


def _rest_reason(armature: bpy.types.Object, match: Match) -> str:
    """What keying would say of the rest pose."""
    bones = armature.data.bones
    ends = np.empty((2, len(bones) * 3), dtype=np.float32)
    flags = np.empty((3, len(bones)), dtype=bool)
    for row, name in zip(ends, ("head_local", "tail_local"), strict=True):
        bones.foreach_get(name, row)
    for row, name in zip(flags, ("use_connect", "use_inherit_rotation", "use_local_location"), strict=True):
        bones.foreach_get(name, row)
    up = np.round(scene_up(armature), 4)
    key = (tuple(bones.keys()), tuple(match.bones.items()), id(match.rig_map), ends.tobytes(), flags.tobytes(), up.tobytes())
    if key not in _rest_reasons:
        while len(_rest_reasons) >= 8:
            _rest_reasons.pop(next(iter(_rest_reasons)))
        _rest_reasons[key] = _read_rest_reason(armature, match)
    return _rest_reasons[key]


def _read_rest_reason(armature: bpy.types.Object, match: Match) -> str:
    try:
        if match.bones["pelvis"] != "pelvis" or _smplx_rest(armature) is None:
            _read_retargeting(armature, match)
    except RigError as error:
        return str(error).rstrip(".")
    return ""


def read_rig(scene: bpy.types.Scene, armature: bpy.types.Object) -> Rig:
    """The rig of an armature object, as this scene maps its bones.

    Raises:
        RigError: needed bones are missing, or the rest pose is no body.
    """
    match = match_of(scene, armature)
    reason = _match_reason(armature, match)
    if reason:
        raise RigError(reason + ".")
    switches = _read_switches(armature, match)
    carriers = tuple(_read_carrier(bone) for bone in bones_above(armature, match.bones["pelvis"]))
    smplx_rest = read_smplx_rest(armature, match)
    retargeting = None if smplx_rest is not None else _read_retargeting(armature, match)
    body = body_of_rest(retargeting.rest, retargeting.alignment) if retargeting is not None else _smplx_body(armature, smplx_rest)
    wanted_root = _root_bone(_above_loose(armature, carriers, retargeting), match)
    rig = Rig(
        armature=armature,
        match=match,
        joints=_joints_by_bone(match),
        carriers=carriers,
        hips=_read_carrier(armature.data.bones[match.bones["pelvis"]]),
        root=_movable_root(armature, carriers, wanted_root),
        wanted_root=wanted_root,
        rotation_modes={bone.name: bone.rotation_mode for bone in armature.pose.bones},
        skeleton=body,
        smplx_rest=smplx_rest,
        retargeting=retargeting,
        space=_UNKNOWN,
        switches=switches,
        notes=_read_notes(armature, match, switches),
    )
    return replace(rig, space=_measure_space(rig))


def read_smplx_rest(armature: bpy.types.Object, match: Match) -> SmplxRest | None:
    """The rest pose of an armature object that takes SMPL-X rotations; None for others."""
    return _smplx_rest(armature) if match.bones.get("pelvis") == "pelvis" else None


def _smplx_rest(armature: bpy.types.Object) -> SmplxRest | None:
    if missing_bones_sentence(armature.data):
        return None
    try:
        rest = rest_pose(armature.data)
    except RigError:
        return None  # the names are right, but it does not rest in SMPL-X's T-pose
    up = rest.to_armature[:, 1]
    found = find_up(up, up, scene_up(armature))
    return rest if found is not None and found @ up > _UPRIGHT else None  # else it lies


def _read_retargeting(armature: bpy.types.Object, match: Match) -> Retargeting:
    try:
        rest = read_rest(armature, match)
        return Retargeting(rest, align_rests(rest, default_body()))
    except AlignmentError as error:
        raise RigError(str(error)) from error


def _joints_by_bone(match: Match) -> dict[str, tuple[int, ...]]:
    names = default_body().names
    found = {}
    for key, bone in match.bones.items():
        chain = key.partition(".")[0]
        joints = _CHAINS.get(chain, (key,)) if bone not in names else (bone,)
        found[bone] = tuple(names.index(name) for name in (*joints, f"{key}_smplhf") if name in names)
    return found


def bones_above(armature: bpy.types.Object, name: str) -> list[bpy.types.Bone]:
    """What carries a bone, by parents or by constraints; the uppermost first."""
    found: list[bpy.types.Bone] = []
    bone = armature.data.bones[name]
    while (bone := bone.parent or _constrained_to(armature, bone.name)) is not None and bone not in found:
        found.append(bone)
    return found[::-1]


def _constrained_to(armature: bpy.types.Object, name: str) -> bpy.types.Bone | None:
    for constraint in armature.pose.bones[name].constraints:
        if constraint.mute or not constraint.influence or constraint.type not in _CARRYING:
            continue
        targets = constraint.targets if constraint.type == "ARMATURE" else (constraint,)
        bones = [each.subtarget for each in targets if each.target == armature and getattr(each, "weight", 1.0) > 0.5]
        if len(bones) == 1 and bones[0] in armature.data.bones:
            return armature.data.bones[bones[0]]
    return None


def _read_carrier(bone: bpy.types.Bone) -> Carrier:
    return Carrier(bone.name, np.array(bone.matrix_local, dtype=float), bone.use_local_location)


def _root_bone(carriers: tuple[Carrier, ...], match: Match) -> str:
    """The map's root bone where it carries the pelvis, else the uppermost."""
    names = [carrier.name for carrier in carriers]
    said = match.prefix + match.rig_map.root
    return said if said in names else names[0] if names else ""


def _above_loose(armature: bpy.types.Object, carriers: tuple[Carrier, ...], retargeting: Retargeting | None) -> tuple[Carrier, ...]:
    """The carriers that loose bones hang from as well: another would leave the feet behind."""
    rest = retargeting.rest if retargeting is not None else None
    loose = [armature.data.bones[rest.bones[row]] for row in rest.loose] if rest is not None else []
    return tuple(each for each in carriers if all(each.name in {above.name for above in bone.parent_recursive} for bone in loose))


def _movable_root(armature: bpy.types.Object, carriers: tuple[Carrier, ...], wanted: str) -> str:
    """The wanted root bone, else the first below it that keys can move."""
    names = [carrier.name for carrier in carriers]
    below = names[names.index(wanted) :] if wanted else []
    return next((name for name in below if not _is_held(armature, name)), "")


def held_root(armature: bpy.types.Object, match: Match) -> str:
    """The root bone where constraints or drivers keep it from carrying the way, else empty."""
    carriers = tuple(_read_carrier(bone) for bone in bones_above(armature, match.bones["pelvis"]))
    wanted = _root_bone(carriers, match)
    return wanted if wanted and _is_held(armature, wanted) else ""


def _is_held(armature: bpy.types.Object, name: str) -> bool:
    """Whether constraints or drivers decide where a bone is, whatever its keys say."""
    constraints = [each for each in armature.pose.bones[name].constraints if not each.mute and each.influence > 0]
    if any(each.type not in (*_CARRYING, *_HARMLESS) for each in constraints):
        return True
    data, paths = armature.animation_data, (f"{bone_path(name)}.location", f"{bone_path(name)}.rotation")
    return data is not None and any(not driver.mute and driver.data_path.startswith(paths) for driver in data.drivers)


def _smplx_body(armature: bpy.types.Object, rest: SmplxRest) -> BodyData:
    return body_of_smplx_rest(rest, np.array([armature.data.bones[bone].head_local for bone in rest.bones], dtype=np.float64))


def _measure_space(rig: Rig) -> Space:
    """Measured on three frames: its body at the origin, and a metre along X and Z."""
    still = np.zeros((3, len(rig.skeleton.names), 4))
    still[..., 0] = 1.0
    height = rig.skeleton.standing_pelvis_height
    at = np.array([[0.0, height, 0.0], [1.0, height, 0.0], [0.0, height, 1.0]])
    places = pelvis_positions(rig, motion_channels(rig, Motion(still, at, 30.0)))
    x, z = places[1] - places[0], places[2] - places[0]
    scale = float(np.linalg.norm(x))
    x, z = x / scale, z / scale
    stood = np.eye(3)
    if rig.retargeting is not None:
        stood = rig.retargeting.alignment.turns[rig.retargeting.rest.keys.index("pelvis")]
    return Space(np.stack([x, np.cross(z, x), z], axis=-1), scale, places[0], stood)


def _read_switches(armature: bpy.types.Object, match: Match) -> tuple[Channel, ...]:
    switches = []
    for setting in match.rig_map.settings:
        bone = armature.pose.bones.get(match.prefix + setting.bone)
        if bone is not None and setting.property in bone:
            path = f'{bone_path(bone.name)}["{bpy.utils.escape_identifier(setting.property)}"]'
            switches.append(Channel(path, np.array([[setting.value]]), bone.name))
    return tuple(switches)


def _read_notes(armature: bpy.types.Object, match: Match, switches: tuple[Channel, ...]) -> tuple[str, ...]:
    switched = (match.rig_map.note.rstrip("."),) if switches and match.rig_map.note else ()
    return (*switched, *hindrances(armature, match))
