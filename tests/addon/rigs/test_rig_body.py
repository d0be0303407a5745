"""Where the body that motions move on a rig has its joints, there Blender puts the bones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.addon.rigs import make, measure

LEGS = [f"{side}_{joint}" for side in ("left", "right") for joint in ("hip", "knee", "ankle", "foot")]
ARMS = [f"{side}_{joint}" for side in ("left", "right") for joint in ("elbow", "wrist")]
FEET_ON_ROOT = Path(__file__).with_name("feet_on_root.json")
LOPSIDED = replace(make.SHORT, thigh=0.5, shin=0.26)


@pytest.fixture(params=[*make.KINDS, "rigify", "metarig", "feet on root", "knees far down"])
def target(request, blender, scene):
    if request.param in make.KINDS:
        return make.make(make.KINDS[request.param])
    makers = {"rigify": make.rigify, "metarig": make.metarig, "feet on root": lambda: make.from_facts(FEET_ON_ROOT)}
    lopsided = replace(make.KINDS["mixamo"], body=LOPSIDED)
    return makers.get(request.param, lambda: make.make(lopsided))()


def test_its_limbs_are_where_blender_puts_the_bones(extension, blender, scene, target):
    scene.render.fps, scene.voice_to_motion.character = 30, target
    assert blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION)) == {"FINISHED"}
    target.animation_data.action.voice_to_motion.clips[0].reduction = "NONE"
    rig = extension("rigs.reading").read_rig(scene, target)
    motion = extension("clips.current_motion").rig_motion(rig, 1, 150, 30.0, {})
    body = rig.skeleton
    places, _ = extension("motion.body").forward_kinematics(motion.rotations, motion.pelvis, body)
    points = {"ankle": body.ankle_height, "foot": body.ball_height}
    heads = {joint: rig.match.bones[joint] for joint in LEGS + ARMS if joint in rig.match.bones}
    seen = {joint: [] for joint in heads}
    for frame in range(1, 151, 12):
        scene.frame_set(frame)
        for joint, bone in heads.items():
            seen[joint].append(tuple(target.pose.bones[bone].head))
    for joint in heads:
        own = places[::12, body.index(joint)]
        shown = np.array(seen[joint]) @ rig.space.axes / rig.space.scale
        if joint in LEGS:
            np.testing.assert_allclose(shown[:, [0, 2]] - shown[0, [0, 2]], (own - own[0])[:, [0, 2]], atol=5e-4, err_msg=joint)
        name = joint.partition("_")[2]
        if name in points:
            rest = np.array(target.data.bones[heads[joint]].head_local) @ rig.space.axes / rig.space.scale
            np.testing.assert_allclose(shown[:, 1] - rest[1], own[:, 1] - points[name], atol=5e-4, err_msg=joint)
        if name in ("knee", "ankle", "foot", "elbow", "wrist"):
            above = body.names[body.parents[body.index(joint)]]
            bone = np.array(seen[joint]) - np.array(seen[above]) if above in seen else None
            if bone is not None:
                length = np.linalg.norm(bone, axis=1) / rig.space.scale
                np.testing.assert_allclose(length, np.linalg.norm(body.offsets[body.index(joint)]), atol=5e-4, err_msg=joint)


@pytest.mark.parametrize("kind", ["vroid", "unreal 5"])
def test_what_the_model_goes_on_from_is_the_default_bodys(extension, blender, scene, kind):
    scene.render.fps, scene.voice_to_motion.character = 30, make.make(make.KINDS[kind])
    blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION))
    rig = extension("rigs.reading").read_rig(scene, scene.voice_to_motion.character)
    raw = extension("motion.files").load_motion(measure.MOTION)
    look = extension("clips.current_motion")
    np.testing.assert_allclose(look.current_motion(rig, 1, 100, 30.0, {}).pelvis, raw.pelvis[:100], atol=1e-6)
    assert np.abs(look.rig_motion(rig, 1, 100, 30.0, {}).pelvis - raw.pelvis[:100]).max() > 1e-3


def test_a_leg_without_a_shin_gets_the_default_bodys(extension, blender, scene, skeleton):
    target = make.make(replace(make.KINDS["mixamo"], body=replace(make.T_POSE, thigh=0.8, shin=0.02)))
    body = extension("rigs.reading").read_rig(scene, target).skeleton
    rows = [body.index("left_knee"), body.index("left_ankle")]
    np.testing.assert_array_equal(body.offsets[rows], skeleton.offsets[rows])


def test_our_own_character_has_the_default_body(extension, scene, character, skeleton):
    body = extension("rigs.reading").read_rig(scene, character).skeleton
    np.testing.assert_allclose(body.offsets[1:], skeleton.offsets[1:], atol=1e-6)
    assert body.ankle_height == pytest.approx(skeleton.ankle_height, abs=1e-6)
    assert body.ball_height == pytest.approx(skeleton.ball_height, abs=1e-6)
