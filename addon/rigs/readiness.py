"""Whether a character can get keys: all that keying would refuse, asked before.

Panels and buttons ask at every redraw, so this takes less than a millisecond.
"""

from __future__ import annotations

import bpy

from ..keys.keyframes import key_disabled_reason
from .hindrances import held_root_note, hindrances
from .reading import bones_above, held_root, rig_reason
from .scene_maps import match_of


def character_reason(scene: bpy.types.Scene, character: bpy.types.Object | None) -> str:
    """Why this object cannot get keys in this scene, without final period; empty when it can."""
    return (
        object_reason(scene, character)
        or key_disabled_reason(character)
        or rig_reason(scene, character)
        or _placement_reason(scene, character)
    )


def object_reason(scene: bpy.types.Scene, character: bpy.types.Object | None) -> str:
    """Why this object is no character of this scene."""
    if character is None:
        return "Create a character or pick an armature first"
    if character.type != "ARMATURE":
        return f"{character.name} is no armature"
    if character.library is not None:  # also where it is only seen as an instance
        return key_disabled_reason(character)
    # A linked object may have the same name, so the first one found is not enough.
    if scene.objects.get(character.name) != character and all(each != character for each in scene.objects):
        return f"{character.name} is no longer in this scene: pick another character"
    return ""


def _placement_reason(scene: bpy.types.Scene, character: bpy.types.Object) -> str:
    placement = scene.voice_to_motion_placement
    if placement.destination == "RANGE" and placement.range_end <= placement.range_start:
        return "The frame range ends before it begins: set its last frame after its first"
    if placement.root != "ROOT" or bones_above(character, match_of(scene, character).bones["pelvis"]):
        return ""
    return f"{character.name} has no bone above the pelvis: keep the root motion on the pelvis, or in place"


def character_hindrances(scene: bpy.types.Scene, character: bpy.types.Object) -> tuple[str, ...]:
    """What will keep a character from showing its keys; sentences without final period."""
    match = match_of(scene, character)
    held = held_root(character, match) if scene.voice_to_motion_placement.root == "ROOT" else ""
    found = hindrances(character, match)
    return (*found, held_root_note(held)) if held else found
