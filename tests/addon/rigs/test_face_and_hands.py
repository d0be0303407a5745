"""Fingers, jaw, eyes, eyelids and sets of shape keys are found and listed."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from tests.addon.rigs import families, make
from tests.addon.rigs.families import FAMILIES


@pytest.fixture
def listed(extension):
    """A function from a skeleton to what is listed of it."""
    tree_of, detect = extension("rigs.bone_tree").bone_tree, extension("rigs.detection").detect_rig
    find = extension("rigs.face_and_hands").find_face_bones

    def run(skeleton: families.Skeleton):
        bones = detect(skeleton.parents, (), skeleton.heads, skeleton.tails).bones
        return find(tree_of(skeleton.parents, skeleton.heads), bones)

    return run


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if family.fingers])
def test_fingers_are_chains_with_their_bones(listed, name):
    skeleton = families.hang(families.build(FAMILIES[name]), 14, 5)
    found = listed(skeleton)
    wanted: dict[str, list[str]] = {}
    for key in sorted(skeleton.expect):
        if key[-1].isdigit() and "." not in key:
            wanted.setdefault(key[:-1], []).append(skeleton.expect[key])
    for finger, bones in wanted.items():
        assert list(found.fingers[finger][: len(bones)]) == bones
        assert len(found.fingers[finger]) <= 4
    assert found.fingers.keys() == wanted.keys()


def test_thumbs_are_found_by_their_direction(listed):
    """Also where nothing is called a finger, and fingers are numbered from the little one."""
    skeleton = families.build(FAMILIES["makehuman default"])
    bare = families.nameless(skeleton, 4)
    found = listed(bare)
    for side in families.SIDES:
        assert found.fingers[f"{side}_thumb"][0] == bare.expect[f"{side}_thumb1"]
    new = {bone: re.sub(r"^finger(\d)", lambda number: f"finger{6 - int(number[1])}", bone) for bone in skeleton.parents}
    backwards = families.renamed(skeleton, new)
    found = listed(backwards)
    for finger in families.FINGERS:
        assert found.fingers[f"left_{finger}"][0] == backwards.expect[f"left_{finger}1"]


def test_hands_with_fewer_fingers(listed):
    skeleton = families.build(FAMILIES["vroid"])
    gone = {bone for key, bone in skeleton.expect.items() if "pinky" in key or "ring" in key}
    fewer = families.Skeleton({b: p for b, p in skeleton.parents.items() if b not in gone}, skeleton.heads, skeleton.tails, {})
    found = listed(fewer)
    assert found.hand("left") == "Thumb 3, Index 3, Middle 3" == found.hand("right")


FACES = {
    "rigify metarig": (("jaw", "eye.L", "eye.R"), 2),
    "character creator": (("CC_Base_JawRoot", "CC_Base_L_Eye", "CC_Base_R_Eye"), 0),
    "daz genesis 8": (("lowerJaw", "lEye", "rEye"), 0),
    "rocketbox": (("Bip01 MJaw", "Bip01 LEye", "Bip01 REye"), 2),
    "smpl-x": (("jaw", "left_eye_smplhf", "right_eye_smplhf"), 0),
    "ready player me": ((None, "LeftEye", "RightEye"), 0),
    "unreal 4": ((None, None, None), 0),
}


@pytest.mark.parametrize("name", FACES)
def test_bones_of_the_face(listed, name):
    bones, lids = FACES[name]
    found = listed(families.build(FAMILIES[name]))
    assert tuple(found.bones.get(key) for key in ("jaw", "left_eye", "right_eye")) == bones
    assert len(found.lids) == lids


OCULUS = ["sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U"]
VRCHAT = ["sil", "pp", "ff", "th", "dd", "kk", "ch", "ss", "nn", "rr", "aa", "e", "ih", "oh", "ou"]


def _arkit(extension) -> list[str]:
    return list(extension("rigs.face_keys").SETS[0].keys)


def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


KEYS = {
    "arkit": (lambda arkit, _: arkit, ["ARKit, 52 of 52 shape keys"]),
    "arkit, sides as letters": (
        lambda arkit, _: [key.replace("Left", "_L").replace("Right", "_R") for key in arkit],
        ["ARKit, 52 of 52 shape keys"],
    ),
    "arkit in other cases": (lambda arkit, _: [key[0].upper() + key[1:] for key in arkit], ["ARKit, 52 of 52 shape keys"]),
    "arkit with underscores": (lambda arkit, _: [_snake(key) for key in arkit], ["ARKit, 52 of 52 shape keys"]),
    "arkit of a mesh": (lambda arkit, _: ["Face.M_F00." + key for key in arkit], ["ARKit, 52 of 52 shape keys"]),
    "arkit without tongue": (lambda arkit, _: [key for key in arkit if key != "tongueOut"], ["ARKit, 51 of 52 shape keys"]),
    "oculus": (lambda *_: ["viseme_" + key for key in OCULUS], ["Oculus visemes, 15 of 15 shape keys"]),
    "vrchat": (lambda *_: ["vrc.v_" + key for key in VRCHAT], ["Oculus visemes, 15 of 15 shape keys"]),
    "vrm 0": (lambda *_: ["A", "I", "U", "E", "O", "Blink", "Joy"], ["VRM 0, 7 of 13 shape keys"]),
    "vroid": (lambda *_: [f"Fcl_MTH_{key}" for key in "AIUEO"] + ["Fcl_ALL_Joy", "Fcl_EYE_Close"], ["VRM 0, 6 of 13 shape keys"]),
    "vrm 1": (lambda *_: ["aa", "ih", "ou", "ee", "oh", "blinkLeft", "blinkRight"], ["VRM 1, 7 of 14 shape keys"]),
    "rhubarb": (lambda *_: list("ABCDEFGHX"), ["Rhubarb, 9 of 9 shape keys"]),
    "rhubarb with a prefix": (lambda *_: [f"mouth_{key}" for key in "ABCDEF"], ["Rhubarb, 6 of 9 shape keys"]),
    "mmd": (lambda *_: ["あ", "い", "う", "え", "お", "まばたき"], ["MMD, 6 of 12 shape keys"]),
    "mpfb": (
        lambda arkit, sets: [*arkit, *sets["MPFB visemes"]],
        ["ARKit, 52 of 52 shape keys", "MPFB visemes, 22 of 22 shape keys"],
    ),
    "character creator": (
        lambda *_: ["V_Open", "V_Explosive", "V_Dental_Lip", "V_Tight_O", "V_Tight", "V_Wide", "V_Affricate", "V_Lip_Open"],
        ["Character Creator visemes, 8 of 10 shape keys"],
    ),
    "metahuman": (
        lambda _, sets: ["CTRL_expressions_" + key for key in sets["MetaHuman"]],
        ["MetaHuman, 74 of 74 shape keys"],
    ),
    "of a body": (lambda *_: ["Fat", "Muscles", "Smile", "A", "Key 1"], []),
    "none": (lambda *_: [], []),
}


@pytest.mark.parametrize("name", KEYS)
def test_sets_of_shape_keys(extension, name):
    module = extension("rigs.face_keys")
    make_keys, scores = KEYS[name]
    keys = make_keys(_arkit(extension), {each.name: each.keys for each in module.SETS})
    found = module.find_key_sets(["Basis", *keys])
    assert [each.score for each in found] == scores
    assert all(own in keys for each in found for own in each.names.values())


@pytest.fixture
def talking(blender, scene, extension):
    """A Rigify metarig with a mesh that it deforms, which has ARKit's keys, and one that it does not deform."""
    target = make.metarig()
    for name, bound in (("Face", True), ("Somebody Else", False)):
        mesh = blender.data.objects.new(name, blender.data.meshes.new(name))
        mesh.data.from_pydata([(0, 0, 0), (1, 0, 0), (0, 1, 0)], [], [(0, 1, 2)])
        scene.collection.objects.link(mesh)
        for key in ("Basis", *_arkit(extension)):
            mesh.shape_key_add(name=key)
        if bound:
            mesh.modifiers.new("Armature", "ARMATURE").object = target
    scene.voice_to_motion.character = target
    return target


def test_meshes_of_the_character(extension, scene, talking):
    match = extension("rigs.scene_maps").match_of(scene, talking)
    found = extension("rigs.face_and_hands").face_and_hands(scene, talking, match)
    assert [(mesh.name, [each.score for each in mesh.key_sets]) for mesh in found.meshes] == [
        ("Face", ["ARKit, 52 of 52 shape keys"])
    ]
    assert extension("rigs.face_and_hands").face_and_hands(scene, talking, match) is found, "remembered for the next redraw"


class Layout:
    """Collects the labels that a panel draws."""

    def __init__(self, said: list[str]) -> None:
        self.said = said

    def label(self, text: str = "", **_: object) -> None:
        self.said.append(text)

    def __getattr__(self, name: str):
        return lambda *_, **__: Layout(self.said) if name in ("row", "column", "split", "box") else SimpleNamespace()


def test_the_panel_lists_them_and_says_how_sure_the_map_is(extension, blender, scene, talking):
    panel, said = extension("panels.rig"), []
    region = SimpleNamespace(width=4000)
    preferences = SimpleNamespace(system=SimpleNamespace(ui_scale=1.0))  # without a window Blender says 0
    context = SimpleNamespace(scene=scene, region=region, preferences=preferences)
    panel.BoneMapSection(Layout(said)).draw(context)
    assert "ARKit, 52 of 52 shape keys on Face" in said
    said.clear()
    panel.draw_score(Layout(said), context, talking)
    assert said == ["Matched by name, 23 of 23 bones; sure"]
