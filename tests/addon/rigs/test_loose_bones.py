"""Feet and hands that hang from the root, as in many free packs, are keyed where their limbs end."""

from __future__ import annotations

import itertools
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Matrix, Vector

from tests.addon.rigs import make, measure

FEET_ON_ROOT = Path(__file__).with_name("feet_on_root.json")


def from_facts():
    """A rig whose feet hang from its root."""
    return make.from_facts(FEET_ON_ROOT)


def rehung(parents):
    """An Unreal skeleton with some bones on other parents."""

    def build():
        target = make.make(make.KINDS["unreal 4"])
        bpy.context.view_layer.objects.active = target
        bpy.ops.object.mode_set(mode="EDIT")
        for name, parent in parents.items():
            target.data.edit_bones[name].parent = target.data.edit_bones[parent] if parent else None
        bpy.ops.object.mode_set(mode="OBJECT")
        return target

    return build


RIGS = {
    "feet on the root, from facts": from_facts,
    "feet on the root": rehung({"foot_l": "root", "foot_r": "root"}),
    "feet on nothing": rehung({"foot_l": "", "foot_r": ""}),
    "feet on the pelvis": rehung({"foot_l": "pelvis", "foot_r": "pelvis"}),
    "feet and toes on the root": rehung({"foot_l": "root", "foot_r": "root", "ball_l": "root", "ball_r": "root"}),
    "hands on the root": rehung({"hand_l": "root", "hand_r": "root"}),
    "thighs on the root": rehung({"thigh_l": "root", "thigh_r": "root"}),
    "shins on the root": rehung({"calf_l": "root", "calf_r": "root"}),
}


@pytest.mark.parametrize("mode", ["PELVIS", "ROOT"])
@pytest.mark.parametrize("name", RIGS)
def test_limbs_stay_whole(name, mode, extension, blender, scene):
    target = RIGS[name]()
    scene.render.fps, scene.voice_to_motion.character = 30, target
    scene.voice_to_motion_placement.root = mode
    assert not extension("rigs.readiness").character_reason(scene, target)
    rig = extension("rigs.reading").read_rig(scene, target)
    bones, world = rig.match.bones, target.matrix_world
    scene.frame_set(1)
    assert blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION)) == {"FINISHED"}
    target.animation_data.action.voice_to_motion.clips[0].reduction = "NONE"
    body = extension("motion.body").default_body()
    source, angles, lowest = measure.source_positions(body), [], []
    for frame in range(0, 120, 5):
        scene.frame_set(frame + 1)
        at = {key: target.pose.bones[bone].head.copy() for key, bone in bones.items()}
        for side in ("left", "right"):
            for chain in (("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist")):
                for here, there in itertools.pairwise(chain):
                    a, b = f"{side}_{here}", f"{side}_{there}"
                    rest = [target.data.bones[bones[key]].head_local for key in (a, b)]
                    assert (at[b] - at[a]).length == pytest.approx((rest[1] - rest[0]).length, rel=2e-3), (frame, b)
                    ours = Vector(source[frame, body.index(b)] - source[frame, body.index(a)])
                    angles.append((world.to_3x3() @ (at[b] - at[a])).angle(ours))
        lowest.append(min((world @ at[f"{side}_ankle"]).z for side in ("left", "right")))
    assert np.degrees(np.mean(angles)) < 3.0
    assert abs(np.median(lowest) - (world @ target.data.bones[bones["left_ankle"]].head_local).z) < 0.02


def test_they_follow_a_root_that_stands_elsewhere(extension, blender, scene):
    target = from_facts()
    scene.render.fps, scene.voice_to_motion.character = 30, target
    root = target.pose.bones["Root"]
    moved = Matrix.Translation((3, 0, 0)) @ Matrix.Rotation(1.57, 4, "Z")
    root.matrix_basis = root.bone.matrix_local.inverted() @ moved @ root.bone.matrix_local
    blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION))
    rig = extension("rigs.reading").read_rig(scene, target)
    for frame in (1, 40, 80):
        scene.frame_set(frame)
        knee, ankle = (target.pose.bones[rig.match.bones[key]].head for key in ("left_knee", "left_ankle"))
        assert (ankle - knee).length == pytest.approx(0.411, abs=5e-3) and ankle.x > 1.5


def test_with_fewer_keys_too(extension, blender, scene):
    target = from_facts()
    scene.render.fps, scene.voice_to_motion.character = 30, target
    blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION))
    target.animation_data.action.voice_to_motion.clips[0].reduction = "MIDDLE"
    bones = extension("rigs.reading").read_rig(scene, target).match.bones
    for frame in range(1, 120, 3):
        scene.frame_set(frame)
        shin, foot = target.pose.bones[bones["left_knee"]], target.pose.bones[bones["left_ankle"]]
        assert (shin.tail - foot.head).length < 0.02


def test_a_connected_one_is_told_before(extension, blender, scene):
    target = rehung({"foot_l": "root", "foot_r": "root"})()
    blender.ops.object.mode_set(mode="EDIT")
    edit = target.data.edit_bones
    helper = edit.new("helper")
    helper.head, helper.tail, helper.parent = (0, 0, 0.1), edit["foot_l"].head, edit["root"]
    edit["foot_l"].parent, edit["foot_l"].use_connect = helper, True
    blender.ops.object.mode_set(mode="OBJECT")
    reason = extension("rigs.readiness").character_reason(scene, target)
    assert reason == "Left Foot (foot_l) is connected to helper and cannot follow: disconnect it in Edit Mode"
