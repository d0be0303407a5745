"""What a character has to talk and gesture with: face bones, shape keys, finger chains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import bpy

from .bone_names import read_names
from .bone_tree import BoneTree, bone_tree
from .detection import Match
from .face_keys import FoundKeys, find_key_sets
from .hand_matching import finger_chains
from .joints import FACE, FINGERS
from .scene_maps import parents_of, places_of

_MOST = 4  # sets of armatures that are remembered


@dataclass(frozen=True)
class FaceMesh:
    """A mesh of the character that has a known set of shape keys."""

    name: str
    key_sets: tuple[FoundKeys, ...]


@dataclass(frozen=True)
class FaceAndHands:
    """Attributes:
    bones: "jaw", "left_eye", "right_eye" -> bone.
    lids: bones of the eyelids.
    fingers: "left_index" and so on -> bones from the palm, all there are.
    meshes: that have known sets of shape keys, by name.
    """

    bones: dict[str, str]
    lids: tuple[str, ...]
    fingers: dict[str, tuple[str, ...]]
    meshes: tuple[FaceMesh, ...] = ()

    def hand(self, side: str) -> str:
        """``Thumb 3, Index 3, Middle 3``: fingers of a side with how many bones they have."""
        own = {finger: self.fingers.get(f"{side}_{finger}", ()) for finger in FINGERS}
        return ", ".join(f"{finger.capitalize()} {len(bones)}" for finger, bones in own.items() if bones)


_cache: dict[tuple, FaceAndHands] = {}  # panels ask at every redraw


def face_and_hands(scene: bpy.types.Scene, character: bpy.types.Object, match: Match) -> FaceAndHands:
    """What an armature object whose bones ``match`` maps has of face and fingers."""
    parents = parents_of(character.data)
    heads, _ = places_of(character.data)
    meshes = tuple((mesh.name, tuple(mesh.data.shape_keys.key_blocks.keys())) for mesh in _meshes_with_keys(scene, character))
    asked = (tuple(parents.items()), heads.tobytes(), tuple(match.bones.items()), meshes)
    if asked not in _cache:
        while len(_cache) >= _MOST:
            _cache.pop(next(iter(_cache)))
        found = find_face_bones(bone_tree(parents, dict(zip(parents, heads, strict=True))), match.bones)
        sets = [FaceMesh(name, find_key_sets(keys)) for name, keys in meshes]
        _cache[asked] = FaceAndHands(found.bones, found.lids, found.fingers, tuple(each for each in sets if each.key_sets))
    return _cache[asked]


def find_face_bones(tree: BoneTree, bones: Mapping[str, str]) -> FaceAndHands:
    """Bones of face and fingers beside the known joints, ``bones``: joint key -> bone name."""
    names, rows = read_names(tree.names), {name: row for row, name in enumerate(tree.names)}
    head = rows.get(bones.get("head", ""), -1)
    inside = tree.below(head) if head >= 0 else range(len(tree.names))
    lids = tuple(tree.names[row] for row in inside if names[row].side and names[row].lid)
    face = {key: bones[key] for key in FACE if key in bones}
    for key in FACE:
        side, _, part = key.rpartition("_")
        own = [row for row in inside if names[row].part == part and names[row].side == side and not names[row].lid]
        own = [row for row in own if not names[row].helper] or own
        if key not in face and own:
            face[key] = tree.names[min(own, key=lambda row: (-names[row].weight, tree.depths[row], tree.names[row]))]
    chains = finger_chains(tree, names, {key: rows[bone] for key, bone in bones.items() if bone in rows})
    return FaceAndHands(face, lids, {key: tuple(tree.names[row] for row in chain) for key, chain in chains.items()})


def _meshes_with_keys(scene: bpy.types.Scene, character: bpy.types.Object) -> list[bpy.types.Object]:
    """Meshes that hang from the character or are deformed by it, and have shape keys, by name."""
    found = []
    for each in scene.objects:
        if each.type != "MESH" or each.data.shape_keys is None:
            continue
        deformed = any(modifier.type == "ARMATURE" and modifier.object == character for modifier in each.modifiers)
        if deformed or each.parent == character:
            found.append(each)
    return sorted(found, key=lambda mesh: mesh.name)
