"""Reads the rest pose of an armature's mapped bones; linked and overridden ones work too."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Matrix, Vector

from .alignment import AlignmentError, MappedRest
from .detection import Match
from .joints import joint_label

_LIMBS = (("hip", "knee", "ankle", "foot"), ("shoulder", "elbow", "wrist"))


def read_rest(target: bpy.types.Object, match: Match) -> MappedRest:
    """The mapped bones of an armature object with what carries them.

    Raises:
        AlignmentError: bones carry each other in a circle, do not hang from the pelvis, or the pelvis cannot move.
    """
    armature = target.data
    pelvis = armature.bones[match.bones["pelvis"]]
    if pelvis.use_connect:
        parent = pelvis.parent.name
        raise AlignmentError(f"{pelvis.name} is connected to {parent} and cannot move: choose {parent} as Pelvis in the bone map.")
    keys_of = {name: key for key, name in match.bones.items()}
    carriers = {key: _carrier(armature.bones[name], key, keys_of, match) for key, name in match.bones.items()}
    hangs_from = _joined(carriers)
    for key in (key for key in hangs_from if hangs_from[key] != carriers[key]):
        bone = armature.bones[match.bones[key]]
        if bone.use_connect:
            said, parent = f"{joint_label(key)} ({bone.name})", bone.parent.name
            raise AlignmentError(f"{said} is connected to {parent} and cannot follow: disconnect it in Edit Mode.")
    keys = _carriers_first(hangs_from)
    for key in keys:
        if key != "pelvis" and "pelvis" not in _carriers_above(key, hangs_from):
            raise AlignmentError(
                f"{joint_label(key)} ({match.bones[key]}) does not hang from the pelvis bone {pelvis.name}: check the bone map."
            )
    bones = [armature.bones[match.bones[key]] for key in keys]
    return MappedRest(
        keys=keys,
        bones=tuple(bone.name for bone in bones),
        parents=tuple(keys.index(carriers[key]) if carriers[key] else -1 for key in keys),
        hangs_from=tuple(keys.index(hangs_from[key]) if hangs_from[key] else -1 for key in keys),
        turns_with_parent=tuple(_inherits_rotation(bone, key, keys_of, match) for bone, key in zip(bones, keys, strict=True)),
        heads=np.array([bone.head_local for bone in bones], dtype=np.float64),
        tails=np.array([bone.tail_local for bone in bones], dtype=np.float64),
        orientations=np.array([bone.matrix_local.to_3x3().normalized() for bone in bones], dtype=np.float64),
        local_location=tuple(bone.use_local_location for bone in bones),
        scene_up=scene_up(target),
    )


def scene_up(target: bpy.types.Object) -> np.ndarray:
    """(3,) the scene's up in an object's space."""
    turn = _world(target).to_3x3().normalized()
    return np.array(turn.inverted_safe() @ Vector((0.0, 0.0, 1.0)))


def _world(target: bpy.types.Object) -> Matrix:
    """`matrix_world`, also where Blender has not evaluated it yet."""
    if target.constraints or (target.parent is not None and target.parent_type != "OBJECT"):
        return target.matrix_world
    if target.parent is None:
        return target.matrix_basis
    return _world(target.parent) @ target.matrix_parent_inverse @ target.matrix_basis


def _joined(carriers: dict[str, str]) -> dict[str, str]:
    """What each joint hangs from in a body, also where baked feet hang from the root."""
    found = dict(carriers)
    for key, carrier in carriers.items():
        side, _, joint = key.rpartition("_")
        limb = next((limb for limb in _LIMBS if joint in limb), ())
        place = limb.index(joint) if limb else 0
        loose = key != "pelvis" and "pelvis" not in _carriers_above(key, carriers)
        if limb and place > 0:
            own = [f"{side}_{above}" for above in limb[:place]]
            # Toes below a loose foot hang from it rightly.
            if carrier not in own and (loose or joint in ("ankle", "wrist")) and own[-1] in carriers:
                found[key] = own[-1]
        elif loose and not carrier and (joint == "hip" or key == "spine.0"):
            found[key] = "pelvis"
    return found


def _carrier(bone: bpy.types.Bone, key: str, keys_of: dict[str, str], match: Match) -> str:
    """The joint that carries this one: the map's, else the nearest mapped ancestor, or empty."""
    said = match.rig_map.follows.get(key, "")
    if said in match.bones:
        return said
    for ancestor in bone.parent_recursive:
        if ancestor.name in keys_of:
            return keys_of[ancestor.name]
    return ""


def _inherits_rotation(bone: bpy.types.Bone, key: str, keys_of: dict[str, str], match: Match) -> bool:
    """Whether the carrier's rotation reaches the bone: every bone from it down must pass it on."""
    if match.rig_map.follows.get(key, "") in match.bones:
        return True
    while bone is not None:
        if not bone.use_inherit_rotation:
            return False
        bone = bone.parent
        if bone is not None and bone.name in keys_of:
            return True
    return True


def _carriers_above(key: str, carriers: dict[str, str]) -> list[str]:
    """What carries a joint, what carries that, and so on."""
    found: list[str] = []
    while (key := carriers[key]) and key not in found:
        found.append(key)
    return found


def _carriers_first(carriers: dict[str, str]) -> tuple[str, ...]:
    ordered: list[str] = []
    waiting = list(carriers)
    while waiting:
        ready = [key for key in waiting if not carriers[key] or carriers[key] in ordered]
        if not ready:
            raise AlignmentError("The bone map lets bones carry each other in a circle: check the bone map.")
        ordered += ready
        waiting = [key for key in waiting if key not in ready]
    return tuple(ordered)
