"""The bone map each character of a scene uses: the detected one, unless the user edited it.

Edited maps are kept in the scene, never on the character, which may be linked.

No postponed annotations here: Blender reads the properties from them.
"""

import itertools
from pathlib import Path

import bpy
import numpy as np
from bpy.props import BoolProperty, CollectionProperty, IntProperty, PointerProperty, StringProperty

from .detection import Match, detect_rig, fit_map
from .joints import KEYS, joint_label
from .rig_map import RigMap, bundled_maps, chains_closed, saved_maps


def _bone_without_prefix(row: bpy.types.PropertyGroup) -> str:
    return row.bone.removeprefix(row.prefix)


def _set_bone(row: bpy.types.PropertyGroup, name: str) -> None:
    bones = _bone_names(bpy.context)
    row.bone = row.prefix + name if row.prefix + name in bones else name if name in bones else "" if not name else row.bone


def _matching_bones(row: bpy.types.PropertyGroup, context: bpy.types.Context, typed: str) -> list[str]:
    return [name.removeprefix(row.prefix) for name in _bone_names(context) if typed.casefold() in name.casefold()]


def _bone_names(context: bpy.types.Context) -> list[str]:
    """Bones of the panel's character, whose map is the one being edited."""
    return context.scene.voice_to_motion.character.data.bones.keys()


class VoiceToMotionRigRow(bpy.types.PropertyGroup):
    """One line of a bone map. ``name`` is the label, so that the list's search finds it."""

    key: StringProperty(name="Joint", description="Joint of the body")
    bone: StringProperty(name="Bone", description="Bone of the armature that is keyed for this joint. Empty leaves the joint out")
    prefix: StringProperty(options={"HIDDEN"})  # what the names of all mapped bones begin with
    shown: StringProperty(
        name="Bone",
        description="Bone of the armature that is keyed for this joint, without what the names of all bones begin with",
        get=_bone_without_prefix,
        set=_set_bone,
        search=_matching_bones,
        search_options={"SORT"},
    )


class VoiceToMotionRig(bpy.types.PropertyGroup):
    """The edited bone map of one character."""

    character: PointerProperty(name="Character", description="Armature this map belongs to", type=bpy.types.Object)
    rows: CollectionProperty(type=VoiceToMotionRigRow)
    active: IntProperty(name="Joint", description="Joint whose bone is chosen", default=0, min=0)
    preset: StringProperty(name="Kind of Rig", description="What the map was made from")
    only_missing: BoolProperty(name="Only Missing", description="Show only joints without a bone", default=False)


def users_folder(create: bool = False) -> Path | None:
    """The folder of the user's maps; None for none. Raises OSError where it cannot be made."""
    folder = bpy.utils.user_resource("SCRIPTS", path="presets/voice_to_motion/rigs", create=create)
    return Path(folder) if folder else None


def known_maps() -> tuple[RigMap, ...]:
    """All maps. The user's own come first: who saved a map for a rig wants it used."""
    return (*saved_maps(users_folder())[0], *bundled_maps())


def parents_of(armature: bpy.types.Armature) -> dict[str, str]:
    """Bone name -> name of its parent, empty for none."""
    return {bone.name: bone.parent.name if bone.parent else "" for bone in armature.bones}


def places_of(armature: bpy.types.Armature) -> tuple[np.ndarray, np.ndarray]:
    """(N, 3) heads and tails of the bones at rest, in armature space."""
    heads, tails = (np.empty(3 * len(armature.bones), dtype=np.float32) for _ in range(2))
    armature.bones.foreach_get("head_local", heads)
    armature.bones.foreach_get("tail_local", tails)
    return heads.reshape(-1, 3), tails.reshape(-1, 3)


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
        heads, tails = places_of(character.data)
        asked = (tuple(parents.items()), heads.tobytes(), _maps_key(maps))
        if asked not in _cache:
            while len(_cache) >= 8:
                _cache.pop(next(iter(_cache)))
            _cache[asked] = detect_rig(parents, maps, *_by_name(parents, (heads, tails)))
        return _cache[asked]
    base = next((rig_map for rig_map in maps if rig_map.name == edited.preset), None)
    bones = chains_closed({row.key: row.bone for row in edited.rows if row.bone})
    rig_map = base.with_bones(bones) if base else RigMap(edited.preset or "Own map", bones)
    prefix = fit_map(base, parents).prefix if base else ""
    there = {key: bone for key, bone in bones.items() if bone in parents}
    return Match(rig_map, there, tuple(key for key in bones if key not in there), prefix)


def match_without_presets(armature: bpy.types.Armature) -> Match:
    """Which bone is which joint by names and shape of the body alone."""
    parents = parents_of(armature)
    return detect_rig(parents, (), *_by_name(parents, places_of(armature)))


def _by_name(parents: dict[str, str], places: tuple[np.ndarray, ...]) -> list[dict[str, np.ndarray]]:
    return [dict(zip(parents, each, strict=True)) for each in places]


def _maps_key(maps: tuple[RigMap, ...]) -> tuple[int, ...]:
    """Identifies maps for as long as they are in memory."""
    return tuple(id(rig_map) for rig_map in maps)


def fill_rows(edited: VoiceToMotionRig, bones: dict[str, str], preset: str) -> None:
    """Replace the rows of an edited map by ``bones``."""
    prefix = common_prefix(list(bones.values()))
    edited.preset = preset
    edited.rows.clear()
    for key in KEYS:
        row = edited.rows.add()
        row.name, row.key, row.bone, row.prefix = joint_label(key), key, bones.get(key, ""), prefix


def common_prefix(names: list[str]) -> str:
    """What many names begin with, up to a separator, such as "mixamorig:"; empty for few names."""
    if len(names) < 3:
        return ""
    ends = zip(min(names), max(names), strict=False)  # what these two share, those between them do too
    shared = "".join(letter for letter, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], ends))
    return shared[: max(shared.rfind(sign) for sign in ":|_.-") + 1]


def register() -> None:
    """Give every scene its maps."""
    bpy.types.Scene.voice_to_motion_rigs = CollectionProperty(type=VoiceToMotionRig)


def unregister() -> None:
    """Take them away again."""
    _cache.clear()
    del bpy.types.Scene.voice_to_motion_rigs


CLASSES = (VoiceToMotionRigRow, VoiceToMotionRig)
