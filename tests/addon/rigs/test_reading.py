"""A rig is found out once in an operation, and what was read of it does not depend on the armature any more."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from tests.addon.rigs import make, measure


@pytest.fixture
def matches(extension, monkeypatch):
    """The functions that looked up a bone map, one entry a call."""
    found, scene_maps = [], extension("rigs.scene_maps")
    match_of = scene_maps.match_of

    def counting(scene, armature):
        found.append(sys._getframe(1).f_code.co_name)
        return match_of(scene, armature)

    for name in ("rigs.scene_maps", "rigs.reading", "rigs.readiness", "clips.ranges", "operators.bone_map", "panels.rig"):
        assert extension(name).match_of is match_of, "patched wherever it is used"
        monkeypatch.setattr(extension(name), "match_of", counting)
    return found


@pytest.fixture(params=["ours", "unreal 5", "rigify"])
def target(request, blender, scene):
    """Our character, a rig with a root bone, and a rig of controls."""
    if request.param == "ours":
        assert blender.ops.voice_to_motion.create_character() == {"FINISHED"}
    else:
        scene.voice_to_motion.character = make.rigify() if request.param == "rigify" else make.make(make.KINDS[request.param])
    scene.render.fps = 30
    return scene.voice_to_motion.character


def test_placing_a_motion_finds_the_rig_out_once(blender, scene, target, matches):
    for root in ("PELVIS", "ROOT" if target.name != "Character" and target.data.bones.get("root") else "IN_PLACE"):
        scene.voice_to_motion_placement.root = root
        matches.clear()
        assert blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION)) == {"FINISHED"}
        assert matches == ["read_rig"]


def test_rewriting_a_clip_finds_the_rig_out_once(blender, target, matches):
    blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION))
    clip = target.animation_data.action.voice_to_motion.clips[0]
    matches.clear()
    clip.strength = 1.2
    assert matches == ["read_rig"]


def test_generating_reads_the_rig_once_to_ask_and_once_to_place(blender, scene, target, matches, peer, tmp_path, session):
    """Between the two the backend works, and the armature may change. Whether the button may be pressed is asked apart."""
    peer("good")
    blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION))
    scene.voice_to_motion.typed, scene.voice_to_motion_placement.use_current_pose = "wave", True
    scene.frame_set(60)
    matches.clear()
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
    assert [caller for caller in matches if caller != "rig_reason"] == ["read_rig", "read_rig"] and not session.message
    requests = [json.loads(line) for line in next(tmp_path.rglob("requests.jsonl")).read_text().splitlines()]
    assert "motion" in requests[-1], "what the character does was read"


def test_a_rig_is_read_whole(extension, blender, scene, target, matches):
    """What comes of a motion follows from the rig alone, also when the armature has changed since, as in a pause."""
    data = extension("motion.files").load_motion(measure.MOTION)
    motion = extension("motion.motion").from_motion_data(data)
    rig = extension("rigs.reading").read_rig(scene, target)
    motion_channels = extension("rigs.channels").motion_channels
    before = {channel.data_path: channel.values for channel in motion_channels(rig, motion)}
    names = set(rig.joints)
    blender.context.view_layer.objects.active = target
    blender.ops.object.mode_set(mode="EDIT")
    for name in sorted(names)[:5]:
        target.data.edit_bones.remove(target.data.edit_bones[name])
    blender.ops.object.mode_set(mode="OBJECT")
    after = {channel.data_path: channel.values for channel in motion_channels(rig, motion)}
    assert before.keys() == after.keys()
    for path, values in before.items():
        np.testing.assert_array_equal(values, after[path])
