"""What keeps a character from showing its keys.

Constraints, drivers, muted channels, Rest Position and the like: one note for all of them, which the panel shows before a
motion is made, and the result after.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import bpy
import numpy as np

from ..keys.channels import bone_name
from ..keys.keyframes import curve_holders, groups_can_mute
from .detection import Match

_MOVING = (".location", ".rotation_quaternion", ".rotation_euler", ".rotation_axis_angle")


def hindrances(character: bpy.types.Object, match: Match) -> tuple[str, ...]:
    """What will keep a character from showing its keys, in short sentences without final period."""
    bones, found = dict.fromkeys(match.bones.values()), []
    if character.data.pose_position == "REST":
        found.append(f"{character.name} is in Rest Position and will not move: choose Pose Position in the armature's properties")
    if character.mode == "EDIT":
        found.append(f"{character.name} is in Edit Mode and will not move: press Tab to leave it")
    constrained = [] if match.rig_map.settings else _constrained(character, bones)  # switches turn a rig's own constraints off
    if constrained:
        found.append(f"Constraints may keep {_listed(constrained)} from following: mute them, or map the bones that control them")
    data = character.animation_data
    if data is None:
        return tuple(found)
    driven = _of(bones, (driver.data_path for driver in data.drivers if not driver.mute))
    if driven:
        found.append(f"Drivers keep {_listed(driven)} from following: mute or remove them")
    muted = _of(bones, _muted_paths(character))
    if muted:
        found.append(f"Muted channels keep {_listed(muted)} from following: unmute them in the Graph Editor")
    if data.use_nla and any(track.is_solo for track in data.nla_tracks):
        found.append("An NLA track plays solo and hides the motion: turn its star off")
    if data.action_influence < 0.999 and _plays_strips(data):  # else it does not count
        found.append(f"The active action has an influence of {data.action_influence:.2f}: set it to 1 in the NLA editor")
    return tuple(found)


def _plays_strips(data: bpy.types.AnimData) -> bool:
    return data.use_nla and any(not strip.mute for track in data.nla_tracks if not track.mute for strip in track.strips)


def held_root_note(name: str) -> str:
    """That the root bone cannot carry the way."""
    return f"A constraint or a driver holds {name}, so another bone carries the way"


def _constrained(character: bpy.types.Object, bones: Iterable[str]) -> list[str]:
    poses = [character.pose.bones[name] for name in bones]
    return [bone.name for bone in poses if any(not each.mute and each.influence > 0 for each in bone.constraints)]


def _muted_paths(character: bpy.types.Object) -> list[str]:
    data, found = character.animation_data, []
    for owner in curve_holders(data.action) if data.action is not None else []:
        if getattr(owner, "slot_handle", None) == getattr(data, "action_slot_handle", None):
            if groups_can_mute(data.action):
                found += [curve.data_path for group in owner.groups if group.mute for curve in group.channels]
            mutes = np.zeros(len(owner.fcurves), dtype=bool)
            owner.fcurves.foreach_get("mute", mutes)
            found += [owner.fcurves[int(row)].data_path for row in np.flatnonzero(mutes)]
    return found


def _of(bones: Collection[str], paths: Iterable[str]) -> list[str]:
    """The bones whose place or rotation these data paths are, in their order."""
    names = [bone_name(path) for path in paths if path.startswith('pose.bones["') and path.endswith(_MOVING)]
    return list(dict.fromkeys(name for name in names if name in bones))


def _listed(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
