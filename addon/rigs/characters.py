"""The map each character of a scene uses: detected, unless the user edited one. Kept in the scene, never on the character,
which may be linked.

No postponed annotations here: Blender reads the properties from them.
"""

from pathlib import Path

import bpy
from bpy.props import BoolProperty, CollectionProperty, IntProperty, PointerProperty, StringProperty

from . import presets
from .detection import Match, detect, fit
from .joints import KEYS, label
from .rig_map import RigMap, chains_closed


class VoiceToMotionRigRow(bpy.types.PropertyGroup):
    """One line of a bone map. ``name`` is the label, so that the list's search finds it."""

    key: StringProperty(name="Joint", description="Joint of the body")
    bone: StringProperty(name="Bone", description="Bone of the armature that is keyed for this joint. Empty leaves the joint out")


class VoiceToMotionRig(bpy.types.PropertyGroup):
    """The edited bone map of one character."""

    character: PointerProperty(name="Character", description="Armature this map belongs to", type=bpy.types.Object)
    rows: CollectionProperty(type=VoiceToMotionRigRow)
    active: IntProperty(name="Joint", description="Joint whose bone is chosen", default=0, min=0)
    preset: StringProperty(name="Kind of Rig", description="What the map was made from")
    only_missing: BoolProperty(name="Only Missing", description="Show only joints without a bone", default=False)


def users_folder(create: bool = False) -> Path | None:
    """Where the user's own maps are; None while there is no such folder. Raises OSError when it cannot be made."""
    folder = bpy.utils.user_resource("SCRIPTS", path="presets/voice_to_motion/rigs", create=create)
    return Path(folder) if folder else None


def known_maps() -> tuple[RigMap, ...]:
    """All maps, the user's own first."""
    return (*presets.users(users_folder())[0], *presets.bundled())


def parents_of(armature: bpy.types.Armature) -> dict[str, str]:
    """Bone name -> name of its parent, empty for none."""
    return {bone.name: bone.parent.name if bone.parent else "" for bone in armature.bones}


def edited_map(scene: bpy.types.Scene, character: bpy.types.Object) -> VoiceToMotionRig | None:
    """The map the user edited for this character in this scene."""
    return next((rig for rig in scene.voice_to_motion_rigs if rig.character == character), None)


_cache: dict[tuple, Match] = {}  # panels ask at every redraw


def match_of(scene: bpy.types.Scene, character: bpy.types.Object) -> Match:
    """Which bone of ``character``, an armature object, is which joint in this scene."""
    parents = parents_of(character.data)
    edited = edited_map(scene, character)
    maps = known_maps()
    if edited is None:
        asked = (tuple(parents.items()), maps_key(maps))
        if asked not in _cache:
            while len(_cache) >= 8:
                _cache.pop(next(iter(_cache)))
            _cache[asked] = detect(parents, maps)
        return _cache[asked]
    base = next((rig_map for rig_map in maps if rig_map.name == edited.preset), None)
    bones = chains_closed({row.key: row.bone for row in edited.rows if row.bone})
    rig_map = base.with_bones(bones) if base else RigMap(edited.preset or "Own map", bones)
    prefix = fit(base, parents).prefix if base else ""
    there = {key: bone for key, bone in bones.items() if bone in parents}
    return Match(rig_map, there, tuple(key for key in bones if key not in there), prefix)


def maps_key(maps: tuple[RigMap, ...]) -> tuple[int, ...]:
    """Which maps these are, for as long as they are in memory."""
    return tuple(id(rig_map) for rig_map in maps)


def fill(edited: VoiceToMotionRig, bones: dict[str, str], preset: str) -> None:
    """Make ``bones`` the rows of an edited map."""
    edited.preset = preset
    edited.rows.clear()
    for key in KEYS:
        row = edited.rows.add()
        row.name, row.key, row.bone = label(key), key, bones.get(key, "")


def register() -> None:
    """Give every scene its maps."""
    bpy.types.Scene.voice_to_motion_rigs = CollectionProperty(type=VoiceToMotionRig)


def unregister() -> None:
    """Take them away again."""
    _cache.clear()
    del bpy.types.Scene.voice_to_motion_rigs


CLASSES = (VoiceToMotionRigRow, VoiceToMotionRig)
