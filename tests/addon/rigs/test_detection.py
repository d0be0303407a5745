"""Bodies are found whatever bones are called and whatever hangs on them; what is no body is refused with the reason."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.addon.rigs import families, make
from tests.addon.rigs.families import FAMILIES, Skeleton

CASES = Path(__file__).resolve().parents[4] / "shared" / "cases" / "rigs"
COUNTS = (0, 8, 14, 40)  # further bones
FACE = ("jaw", "left_eye", "right_eye")


@pytest.fixture
def detect(extension):
    """A function from a skeleton to its match; with names alone, or with places too, with the presets or without."""
    detection, maps = extension("rigs.detection"), extension("rigs.rig_map").bundled_maps()

    def run(skeleton: Skeleton, places: bool = True, presets: bool = False):
        where = (skeleton.heads, skeleton.tails) if places else (None, None)
        return detection.detect_rig(skeleton.parents, maps if presets else (), *where)

    return run


def wrong(match, expect: dict[str, str]) -> dict[str, tuple[str | None, str | None]]:
    """Joint -> what was expected and what was found, where these differ; a face may be found besides."""
    keys = set(expect) | {key for key in match.bones if key not in FACE}
    return {key: (expect.get(key), match.bones.get(key)) for key in sorted(keys) if expect.get(key) != match.bones.get(key)}


def check_one_each(match) -> None:
    assert len(set(match.bones.values())) == len(match.bones), "no bone is two joints"
    assert not match.refusal and not match.sentence()


SCHEMES = [(name, True) for name in FAMILIES] + [(name, False) for name, family in FAMILIES.items() if family.names_tell]


@pytest.mark.parametrize(
    ("name", "places"), SCHEMES, ids=[f"{name}, {'places' if places else 'names'}" for name, places in SCHEMES]
)
def test_every_naming_scheme(detect, name, places):
    """With 0 to 40 further bones of every sort, in any order of bones."""
    skeleton = families.build(FAMILIES[name])
    for count in COUNTS:
        for seed in range(3 if count else 1):
            dressed = families.shuffled(families.hang(skeleton, count, seed), seed)
            match = detect(dressed, places)
            assert not wrong(match, skeleton.expect), (count, seed)
            assert not match.doubts and match.summary.endswith("; sure")
            check_one_each(match)


@pytest.mark.parametrize("name", FAMILIES)
def test_presets_find_the_same_as_the_body(detect, name):
    skeleton = families.build(FAMILIES[name])
    match = detect(families.hang(skeleton, 14, 1), presets=True)
    assert not wrong(match, skeleton.expect) and not match.doubts


@pytest.mark.parametrize("name", FAMILIES)
def test_names_that_say_nothing(detect, name):
    """The shape alone decides; which side is left follows from where the body faces."""
    family = FAMILIES[name]
    skeleton = families.build(family)
    for count in COUNTS:
        bare = families.nameless(families.hang(skeleton, count, 1), 1)
        match = detect(bare)
        fingered = lambda key: bool(family.fingers) or not key[-1].isdigit() or "." in key  # noqa: E731
        missed = {key: pair for key, pair in wrong(match, bare.expect).items() if fingered(key)}
        assert not missed, count
        assert match.rig_map.name == "Matched by shape"
        shown = "left_foot" in skeleton.expect or bool(family.fingers)
        assert match.doubts == (() if shown else ("nothing shows which way it faces",))
        check_one_each(match)


TURNS = {"away": (180, False, 1.0), "sideways": (90, False, 1.0), "other programs": (0, True, 100.0), "both": (180, True, 0.01)}


@pytest.mark.parametrize("turn", TURNS)
def test_any_axes_and_units(detect, turn):
    """Nothing is said about where a body looks, which axis is up, and how large it is: its toes show it."""
    for name in ("unreal 5", "character creator", "daz genesis 8", "rigify metarig", "biovision"):
        skeleton = families.turned(families.hang(families.build(FAMILIES[name]), 14, 2), *TURNS[turn])
        assert not wrong(detect(skeleton), skeleton.expect)
        bare = families.nameless(skeleton, 3)
        assert not wrong(detect(bare), bare.expect)


def exchanged(name: str) -> str:
    """A bone's name with the other side's mark."""
    other = {"l": "r", "L": "R", "Left": "Right"}
    other |= {right: left for left, right in other.items()}
    return re.sub(r"(?<=[._])[lrLR](?=$|[._])|Left|Right", lambda mark: other[mark[0]], name)


@pytest.mark.parametrize("name", ["unreal 4", "rigify metarig", "character creator", "mixamo"])
@pytest.mark.parametrize("presets", [False, True], ids=["body", "presets"])
def test_names_with_the_wrong_sides(detect, name, presets):
    """The body decides, and the match says that it is unsure."""
    skeleton = families.build(FAMILIES[name])
    mirrored = families.renamed(skeleton, {bone: exchanged(bone) for bone in skeleton.parents})
    match = detect(mirrored, presets=presets)
    assert match.doubts == ("names and body disagree about left and right",)
    assert match.summary.endswith("; unsure: names and body disagree about left and right")
    assert not wrong(match, mirrored.expect)
    assert detect(mirrored, places=False).summary.endswith("; sure"), "names alone show no such thing"


def test_a_limb_that_is_longer_than_the_other(detect):
    skeleton = families.build(FAMILIES["cascadeur"])
    for bone in ("forearm_l", "hand_l"):
        skeleton.heads[bone][0] += 0.4
    assert detect(skeleton).doubts == ("its arms differ in length",)


def test_the_summary_says_what_is_missing(detect):
    match = detect(families.build(FAMILIES["kaykit"]))
    assert match.score == "Matched by name, 18 of 21 bones"
    assert match.summary == "Matched by name, 18 of 21 bones, no Neck 1, Left Collar, Right Collar; sure"
    assert match.sentence() == "", "what is missing is nothing that a motion needs"


def test_what_the_hand_hangs_from_is_the_forearm(detect):
    """Whatever it is called; a helper beside it with the right name never wins."""
    for called in ("Elbow", "Forearm", "xyz", "Unterarmdings", "LowerArm_Twist"):
        skeleton = families.build(FAMILIES["valve"])
        real = skeleton.expect["left_elbow"]
        new = {bone: bone for bone in skeleton.parents} | {real: f"ValveBiped.Bip01_L_{called}"}
        if called == "Elbow":
            new["ValveBiped.Bip01_L_Elbow"] = "ValveBiped.Bip01_L_Forearm"
        odd = families.renamed(skeleton, new)
        for places in (False, True):
            assert detect(odd, places).bones["left_elbow"] == new[real], (called, places)


def test_a_missing_bone_is_named_and_no_other_takes_its_place(detect):
    skeleton = families.build(FAMILIES["unreal 4"])
    parents = {bone: parent for bone, parent in skeleton.parents.items() if bone != "calf_r"}
    parents = {bone: "thigh_r" if parent == "calf_r" else parent for bone, parent in parents.items()}
    match = detect(replace(skeleton, parents=parents))
    assert match.lacking == ["right_knee"] and match.bones["right_ankle"] == "foot_r"
    assert match.sentence() == "No bone was found for Right Shin: choose them under Bone Map"
    assert "no Right Shin" in match.summary


def skeleton(bones: dict[str, tuple[str, tuple[float, float, float]]]) -> Skeleton:
    heads = {name: np.array(at, dtype=float) for name, (_, at) in bones.items()}
    parents = {name: parent for name, (parent, _) in bones.items()}
    return Skeleton(parents, heads, families.tails_of(parents, heads), {})


def quadruped(words: tuple[str, ...]) -> Skeleton:
    """A dog: trunk along Y, four legs on the floor, tail and head."""
    front, hind = words[:4], words[4:]
    bones = {"hips": ("", (0, 0.4, 0.6)), "spine": ("hips", (0, 0.2, 0.62)), "chest": ("spine", (0, -0.2, 0.62))}
    bones |= {"neck": ("chest", (0, -0.35, 0.7)), "head": ("neck", (0, -0.5, 0.85))}
    bones |= {"tail1": ("hips", (0, 0.5, 0.6)), "tail2": ("tail1", (0, 0.65, 0.65))}
    for side, x in ((".L", 0.1), (".R", -0.1)):
        for names, start, y in ((front, "chest", -0.25), (hind, "hips", 0.42)):
            parent = start
            for name, dy, z in zip(names, (0.0, 0.08, -0.02, -0.08), (0.55, 0.35, 0.08, 0.0), strict=True):
                bones[name + side] = (parent, (x, y + dy, z))
                parent = name + side
    return skeleton(bones)


DOG = ("front_thigh", "front_shin", "front_foot", "front_toe", "thigh", "shin", "foot", "toe")
HUMAN_NAMES = ("upper_arm", "forearm", "hand", "f_middle.01", "thigh", "shin", "foot", "toe")


def fish() -> Skeleton:
    bones = {f"spine.{i:03}": (f"spine.{i - 1:03}" if i else "", (0, 0.2 * i, 0.5)) for i in range(8)}
    bones |= {"jaw": ("spine.000", (0, -0.1, 0.45)), "dorsal_fin": ("spine.003", (0, 0.6, 0.7))}
    for side, x in ((".L", 0.1), (".R", -0.1)):
        bones |= {f"fin{side}": ("spine.001", (x, 0.2, 0.45)), f"fin_tip{side}": (f"fin{side}", (2 * x, 0.3, 0.4))}
    return skeleton(bones)


def spider() -> Skeleton:
    bones = {"thorax": ("", (0, 0, 0.3)), "abdomen": ("thorax", (0, 0.3, 0.35)), "head": ("thorax", (0, -0.2, 0.3))}
    for i in range(4):
        for side, x in ((".L", 1), (".R", -1)):
            y = 0.15 - 0.1 * i
            parent = "thorax"
            for k, (reach, z) in enumerate(((0.1, 0.3), (0.4, 0.6), (0.7, 0.1), (0.8, 0.0))):
                name = f"leg{i}_{k}{side}"
                bones[name] = (parent, (x * reach, y * (1 + k), z))
                parent = name
    return skeleton(bones)


def part(name: str, start: str) -> Skeleton:
    """What hangs from one bone of a family."""
    whole = families.build(FAMILIES[name])
    kept = [start]
    for bone, parent in whole.parents.items():
        if parent in kept:
            kept.append(bone)
    parents = {bone: whole.parents[bone] if whole.parents[bone] in kept else "" for bone in kept}
    return replace(whole, parents=parents, heads={b: whole.heads[b] for b in kept}, tails={b: whole.tails[b] for b in kept})


def prop() -> Skeleton:
    return skeleton(
        {"root": ("", (0, 0, 0)), "door": ("root", (0.5, 0, 1)), "handle_l": ("door", (0.9, 0, 1)), "hinge": ("door", (0, 0, 1))}
    )


NO_LIMBS = "No human body was recognized: no legs and arms were found in its bones. Choose the bones under Bone Map"
FOUR_LEGS = "No human body was recognized: it stands on four legs. Choose the bones under Bone Map"
REFUSED = {
    "empty": (lambda: Skeleton({}, {}, {}, {}), "No human body was recognized: it has no bones. Choose the bones under Bone Map"),
    "hand": (lambda: part("unreal 4", "hand_l"), NO_LIMBS),
    "arm": (lambda: part("mixamo", "mixamorig:LeftShoulder"), NO_LIMBS),
    "legs": (
        lambda: part("unreal 4", "thigh_l"),
        "No human body was recognized: no legs and arms were found in its bones. Choose the bones under Bone Map",
    ),
    "prop": (prop, NO_LIMBS),
    "fish": (fish, NO_LIMBS),
    "spider": (spider, NO_LIMBS.replace("legs and arms", "arms")),
    "one bone": (lambda: skeleton({"Bone": ("", (0, 0, 0))}), NO_LIMBS),
    "dog": (lambda: quadruped(HUMAN_NAMES), FOUR_LEGS),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_body_is_refused_with_the_reason(detect, name):
    made, sentence = REFUSED[name]
    match = detect(made(), presets=True)
    assert match.sentence() == sentence


@pytest.mark.parametrize("words", [DOG, tuple(f"b{i}" for i in range(8))], ids=["names of a dog", "nameless"])
def test_four_legs_without_the_names_of_arms(detect, words):
    match = detect(quadruped(words), presets=True)
    assert match.sentence(), match.bones


@pytest.mark.parametrize("kind", ["basic_quadruped", "wolf", "horse", "cat", "bird", "shark"])
def test_animals_of_rigify(blender, scene, extension, kind):
    import addon_utils

    addon_utils.enable("rigify", default_set=True)
    getattr(blender.ops.object, f"armature_{kind}_metarig_add")()
    assert extension("rigs.reading").rig_reason(scene, blender.context.object)


def minimal(path: Path) -> Skeleton:
    data = json.loads(path.read_text(encoding="utf-8"))
    parents = {bone["name"]: bone["parent"] for bone in data["bones"]}
    heads, tails = ({bone["name"]: np.array(bone[end], dtype=float) for bone in data["bones"]} for end in ("head", "tail"))
    return Skeleton(parents, heads, tails, {key: bone for key, bone in data["expect"].items() if bone in parents})


@pytest.mark.skipif(not CASES.exists(), reason="the cases of faults.md are not there")
@pytest.mark.parametrize("path", sorted(CASES.glob("*.json")) if CASES.exists() else [], ids=lambda path: path.stem)
def test_the_cases_of_faults(detect, path):
    data = json.loads(path.read_text(encoding="utf-8"))
    if "bones" in data:
        found = minimal(path)
        match = detect(found, presets=True)
        assert found.expect.items() <= match.bones.items() and not match.doubts
        check_one_each(match)
        return
    for scheme in data["schemes"]:
        for count in COUNTS:
            parents = scheme["parents"] | {f"HairStrand_{i:02}": scheme["expect"]["head"] for i in range(count)}
            match = detect(Skeleton(parents, {}, {}, {}), places=False, presets=True)
            assert scheme["expect"].items() <= match.bones.items(), (scheme["name"], count)
            check_one_each(match)


def test_a_thousand_bones_are_found_between_two_redraws(detect, stopwatch):
    """The first drawing of the panel has 50 ms; after that the match is remembered."""
    whole = families.hang(families.build(FAMILIES["character creator"]), 960, 4)
    assert len(whole.parents) > 1000
    for seed in range(3):
        fresh = families.renamed(whole, {name: f"{name}.{seed}" for name in whole.parents})
        with stopwatch.piece():
            match = detect(fresh, presets=True)
        assert not match.lacking
    assert stopwatch.shortest < 50, stopwatch.took


def test_a_match_is_remembered_until_bones_change(blender, scene, extension, monkeypatch):
    """Also until one is moved: places are part of what is judged."""
    scene_maps, asked = extension("rigs.scene_maps"), []
    detect_rig = scene_maps.detect_rig
    monkeypatch.setattr(scene_maps, "detect_rig", lambda *given: asked.append(0) or detect_rig(*given))
    target = make.make(make.KINDS["unreal 5"])
    for _ in range(3):
        scene_maps.match_of(scene, target)
    assert len(asked) == 1
    blender.ops.object.mode_set(mode="EDIT")
    target.data.edit_bones["thigh_l"].head.x += 3.0
    blender.ops.object.mode_set(mode="OBJECT")
    scene_maps.match_of(scene, target)
    assert len(asked) == 2
