"""Bone maps: detected, guessed from names, edited, saved, loaded; damaged files refused in a sentence."""

from __future__ import annotations

import json

import pytest

from tests.addon.rigs import make


@pytest.fixture
def maps(extension):
    return extension("rigs.rig_map")


@pytest.fixture(autouse=True)
def users_folder(extension, monkeypatch, tmp_path):
    """The user's presets folder is an empty one."""
    folder = tmp_path / "presets"

    def place(create=False):
        if create:
            folder.mkdir(exist_ok=True)
        return folder

    for module in ("rigs.scene_maps", "operators.bone_map", "panels.rig"):
        monkeypatch.setattr(extension(module), "users_folder", place)
    return folder


@pytest.fixture
def mixamo(scene):
    target = make.make(make.KINDS["mixamo"])
    scene.voice_to_motion.character = target
    return target


def table(kind: make.Kind) -> dict[str, str]:
    return {name: parent for name, parent, _ in kind.bones}


def by_names(extension, parents):
    """Joint key -> bone name, where nothing but names and hierarchy is known."""
    return extension("rigs.body_matching").match_body(extension("rigs.bone_tree").bone_tree(parents)).bones


@pytest.mark.parametrize("name", make.KINDS)
def test_names_alone_give_the_body_away(extension, name):
    """As for a rig no preset knows: the same bones as the preset's, spine and all; fingers too where they have names."""
    kind = make.KINDS[name]
    parents = table(kind)
    known = extension("rigs.detection").detect_rig(parents, extension("rigs.rig_map").bundled_maps())
    guessed = by_names(extension, parents)
    fingers = ("thumb", "index", "middle", "ring", "pinky")
    for key, bone in known.bones.items():
        if name == "makehuman" and any(finger in key for finger in fingers):
            continue  # finger1 to finger5 do not say which they are
        assert guessed.get(key) == bone, key


UNKNOWN = {
    "biped": (
        "Bip01 Pelvis:Bip01,Bip01 Spine:Bip01 Pelvis,Bip01 Spine1:Bip01 Spine,Bip01 Neck:Bip01 Spine1,Bip01 Head:Bip01 Neck,"
        "Bip01 L Clavicle:Bip01 Neck,Bip01 L UpperArm:Bip01 L Clavicle,Bip01 L Forearm:Bip01 L UpperArm,"
        "Bip01 L Hand:Bip01 L Forearm,Bip01 R Clavicle:Bip01 Neck,Bip01 R UpperArm:Bip01 R Clavicle,"
        "Bip01 R Forearm:Bip01 R UpperArm,Bip01 R Hand:Bip01 R Forearm,Bip01 L Thigh:Bip01 Pelvis,Bip01 L Calf:Bip01 L Thigh,"
        "Bip01 L Foot:Bip01 L Calf,Bip01 L Toe0:Bip01 L Foot,Bip01 R Thigh:Bip01 Pelvis,Bip01 R Calf:Bip01 R Thigh,"
        "Bip01 R Foot:Bip01 R Calf,Bip01 R Toe0:Bip01 R Foot"
    ),
    "metarig": (
        "spine:,spine.001:spine,spine.002:spine.001,spine.003:spine.002,spine.004:spine.003,spine.005:spine.004,"
        "spine.006:spine.005,pelvis.L:spine,pelvis.R:spine,thigh.L:spine,shin.L:thigh.L,foot.L:shin.L,toe.L:foot.L,"
        "heel.02.L:foot.L,thigh.R:spine,shin.R:thigh.R,foot.R:shin.R,toe.R:foot.R,shoulder.L:spine.003,"
        "upper_arm.L:shoulder.L,forearm.L:upper_arm.L,hand.L:forearm.L,shoulder.R:spine.003,upper_arm.R:shoulder.R,"
        "forearm.R:upper_arm.R,hand.R:forearm.R"
    ),
}
EXPECTED = {
    "biped": {"pelvis": "Bip01 Pelvis", "spine.1": "Bip01 Spine1", "left_hip": "Bip01 L Thigh", "right_foot": "Bip01 R Toe0"},
    "metarig": {
        "pelvis": "spine", "spine.0": "spine.001", "spine.2": "spine.003", "neck.0": "spine.004", "head": "spine.006",
        "left_collar": "shoulder.L", "left_shoulder": "upper_arm.L", "left_hip": "thigh.L",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN)
def test_other_rigs_are_matched_by_name(extension, name):
    parents = dict(pair.split(":") for pair in UNKNOWN[name].split(","))
    match = extension("rigs.detection").detect_rig(parents, extension("rigs.rig_map").bundled_maps())
    assert match.rig_map.name == "Matched by name" and not match.lacking
    assert EXPECTED[name].items() <= match.bones.items()


def test_unknown_names_match_nothing(extension):
    assert by_names(extension, {f"Bone.{i:03}": "" for i in range(30)}) == {}


def test_every_preset_is_sound(extension, maps, tmp_path):
    bundled = extension("rigs.rig_map").bundled_maps()
    assert len({each.name for each in bundled}) == len(bundled) == 11
    for each in bundled:
        maps.save_map(each, tmp_path / "map.json")
        assert maps.load_map(tmp_path / "map.json") == each
        assert extension("rigs.detection").fit_map(each, set(each.bones.values())).lacking == []


def test_edit_save_and_recognize_again(extension, blender, scene, mixamo, users_folder):
    assert blender.ops.voice_to_motion.edit_bone_map() == {"FINISHED"}
    edited = scene.voice_to_motion_rigs[0]
    row = next(row for row in edited.rows if row.key == "head")
    assert (row.name, row.bone) == ("Head", "mixamorig:Head")
    row.bone = "mixamorig:HeadTop_End"
    match_of = extension("rigs.scene_maps").match_of
    assert match_of(scene, mixamo).bones["head"] == "mixamorig:HeadTop_End"
    assert blender.ops.voice_to_motion.save_bone_map(name="My Ogre") == {"FINISHED"}
    assert json.loads((users_folder / "My_Ogre.json").read_text())["bones"]["head"] == "mixamorig:HeadTop_End"
    assert blender.ops.voice_to_motion.reset_bone_map() == {"FINISHED"}
    assert match_of(scene, mixamo).score == "My Ogre, 52 of 52 bones", "saved maps are found, and come first"


def test_names_in_the_editor_are_short(extension, blender, scene, mixamo):
    """What all bones begin with is left out where a line of the list is narrow; what is chosen there is the whole bone."""
    blender.ops.voice_to_motion.edit_bone_map()
    row = extension("rigs.scene_maps").edited_map(scene, mixamo).rows["Left Hand"]
    assert (row.bone, row.shown) == ("mixamorig:LeftHand", "LeftHand")
    arm = "mixamorig:LeftArm"
    for typed, bone in (("RightHand", "mixamorig:RightHand"), (arm, arm), ("nobody", arm)):
        row.shown = typed
        assert row.bone == bone
    row.shown = ""
    assert row.bone == "" == row.shown
    prefix = extension("rigs.scene_maps").common_prefix
    assert prefix(["J_Bip_C_Hips", "J_Bip_L_Hand", "J_Bip_R_Hand"]) == "J_Bip_"
    assert prefix(["Hips", "LeftHand", "LeftArm"]) == prefix(["left_hand", "left_arm"]) == prefix([]) == ""
    assert prefix(["left_hand", "right_hand", "pelvis"]) == ""


def test_two_characters_keep_their_own_maps(extension, blender, scene, mixamo):
    blender.ops.voice_to_motion.edit_bone_map()
    other = make.make(make.KINDS["unreal 4"], "Other")
    scene.voice_to_motion.character = other
    blender.ops.voice_to_motion.edit_bone_map()
    mixamo.name = "Renamed"
    match_of = extension("rigs.scene_maps").match_of
    assert match_of(scene, mixamo).rig_map.name == "Mixamo" and match_of(scene, other).rig_map.name.startswith("Unreal")


def test_a_gap_in_the_spine_is_closed(extension, blender, scene, mixamo):
    blender.ops.voice_to_motion.edit_bone_map()
    rows = {row.key: row for row in scene.voice_to_motion_rigs[0].rows}
    rows["spine.4"].bone, rows["spine.1"].bone, rows["spine.2"].bone = rows["spine.2"].bone, "", ""
    match = extension("rigs.scene_maps").match_of(scene, mixamo)
    assert [match.bones[key] for key in ("spine.0", "spine.1")] == ["mixamorig:Spine", "mixamorig:Spine2"]
    assert "spine.2" not in match.bones


def test_fingers_toes_and_eyes_are_told_as_groups(extension):
    joints = extension("rigs.joints")
    hands = {side: [f"{side}_{finger}{i}" for finger in joints.FINGERS for i in (1, 2, 3)] for side in joints.SIDES}
    told = joints.list_labels
    both = [*hands["left"], *hands["right"]]
    assert told(["jaw", "left_eye", "right_eye", "left_foot", "right_foot", *both]) == "Jaw, Eyes, Toes, Fingers"
    assert told([key for key in both if key[-1] != "3"]) == "Fingers"
    assert told(["jaw", *hands["right"], "left_thumb3"]) == "Jaw, Right Fingers, Left Thumb 3"
    assert told(["left_eye", "left_index1", "left_index2"]) == "Left Eye, Left Index 1, Left Index 2"
    assert told([f"{side}_{finger}3" for side in joints.SIDES for finger in joints.FINGERS]).endswith("Left Ring 3 and 6 more")


def test_missing_bones_are_named_and_the_rest_is_keyed(extension, blender, scene, mixamo, failing, tmp_path):
    from tests.addon.rigs import measure

    blender.context.view_layer.objects.active = mixamo
    blender.ops.object.mode_set(mode="EDIT")
    for name in ("mixamorig:Neck", "mixamorig:LeftToeBase"):
        mixamo.data.edit_bones.remove(mixamo.data.edit_bones[name])
    blender.ops.object.mode_set(mode="OBJECT")
    match = extension("rigs.scene_maps").match_of(scene, mixamo)
    assert match.score == "Mixamo, 50 of 52 bones"
    assert extension("rigs.joints").list_labels(list(match.missing)) == "Neck 1, Left Toes"
    assert blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION)) == {"FINISHED"}

    blender.ops.object.mode_set(mode="EDIT")
    mixamo.data.edit_bones.remove(mixamo.data.edit_bones["mixamorig:RightLeg"])
    blender.ops.object.mode_set(mode="OBJECT")
    said = failing(blender.ops.voice_to_motion.apply_motion, filepath=str(measure.MOTION))
    assert "No bone was found for Right Shin: choose them under Bone Map." in said


def test_limbs_beside_the_pelvis_are_refused(extension, blender, scene, mixamo, failing):
    from tests.addon.rigs import measure

    blender.context.view_layer.objects.active = mixamo
    blender.ops.object.mode_set(mode="EDIT")
    mixamo.data.edit_bones["mixamorig:LeftShoulder"].parent = None  # thighs and feet may hang from elsewhere, arms may not
    blender.ops.object.mode_set(mode="OBJECT")
    said = failing(blender.ops.voice_to_motion.apply_motion, filepath=str(measure.MOTION))
    assert "(mixamorig:LeftShoulder) does not hang from the pelvis bone" in said


def test_a_pelvis_that_cannot_move_is_refused(extension, blender, scene, mixamo, failing):
    from tests.addon.rigs import measure

    blender.context.view_layer.objects.active = mixamo
    blender.ops.object.mode_set(mode="EDIT")
    bones = mixamo.data.edit_bones
    bones["mixamorig:Hips"].parent = below = bones.new("base")
    below.tail = bones["mixamorig:Hips"].head
    bones["mixamorig:Hips"].use_connect = True
    blender.ops.object.mode_set(mode="OBJECT")
    said = failing(blender.ops.voice_to_motion.apply_motion, filepath=str(measure.MOTION))
    assert "mixamorig:Hips is connected to base and cannot move" in said


BROKEN = {
    "no json": ("{", "not a JSON file"),
    "another format": ('{"format": "gltf"}', "not a rig map"),
    "no bones": ('{"format": "voice_to_motion rig map", "version": 1}', "lists no bones"),
    "unknown joint": ('{"format": "voice_to_motion rig map", "version": 1, "bones": {"tail": "x"}}', "does not exist: tail"),
    "no name": ('{"format": "voice_to_motion rig map", "version": 1, "bones": {"head": 3}}', "no usable bone for head"),
    "too many": (json.dumps({"format": "voice_to_motion rig map", "version": 1, "bones": {"spine": ["a"] * 9}}), "spine"),
    "bad setting": (
        json.dumps({"format": "voice_to_motion rig map", "version": 1, "bones": {"head": "a"}, "settings": [{"bone": "a"}]}),
        "without bone, property and value",
    ),
    "huge": (" " * 200_000, "too large"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_map_is_refused(blender, scene, mixamo, failing, tmp_path, name):
    text, words = BROKEN[name]
    (tmp_path / "map.json").write_text(text)
    assert words in failing(blender.ops.voice_to_motion.load_bone_map, filepath=str(tmp_path / "map.json"))
    assert len(scene.voice_to_motion_rigs) == 0, "and nothing has changed"


def test_a_damaged_map_among_the_users_is_told_and_left_out(extension, scene, mixamo, users_folder):
    users_folder.mkdir()
    (users_folder / "bad.json").write_text("{")
    maps, troubles = extension("rigs.rig_map").saved_maps(users_folder)
    assert maps == () and troubles == ("bad.json is not a JSON file.",)
    assert extension("rigs.scene_maps").match_of(scene, mixamo).rig_map.name == "Mixamo"


def test_saving_where_nothing_can_be_written(extension, blender, mixamo, failing, monkeypatch, users_folder):
    blender.ops.voice_to_motion.edit_bone_map()
    users_folder.mkdir()
    (users_folder / "Ogre.json.partial").mkdir()
    assert "cannot be saved" in failing(blender.ops.voice_to_motion.save_bone_map, name="Ogre")
    assert not (users_folder / "Ogre.json").exists()
