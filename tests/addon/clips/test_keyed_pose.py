"""Poses and places computed from F-curves are those that Blender evaluates; and asking for them evaluates nothing."""

from __future__ import annotations

import numpy as np
import pytest

from tests.addon.rigs import make, measure

FRAMES = np.array([1.0, 7.0, 20.0, 33.5])


def evaluated(scene, target, name):
    found = []
    for frame in FRAMES:
        scene.frame_set(int(frame), subframe=frame % 1)
        found.append(np.array(target.pose.bones[name].matrix))
    return np.array(found)


@pytest.mark.parametrize("root", ["PELVIS", "ROOT"])
def test_poses_are_blenders_own(extension, scene, character, walk, root):
    walk.root_yaw, walk.root = True, root
    character.pose.bones["spine2"].rotation_mode = "XYZ"
    character.pose.bones["spine2"].rotation_euler = (0.1, 0.2, 0.3)
    character.pose.bones["neck"].rotation_mode = "AXIS_ANGLE"
    character.pose.bones["neck"].rotation_axis_angle = (0.5, 0.0, 2.0, 0.0)
    keyed_pose = extension("keys.keyed_pose")
    assert not keyed_pose.decided_elsewhere(character, keyed_pose.with_parents(character, "right_wrist"))
    pose = keyed_pose.KeyedPose(character)
    for name in ("root", "pelvis", "spine3", "head", "left_ankle", "right_wrist"):
        np.testing.assert_allclose(np.array(pose.poses(name, FRAMES)), evaluated(scene, character, name), atol=2e-5, err_msg=name)


@pytest.mark.parametrize("kind", ["mixamo", "unreal 5"])
def test_also_of_other_rigs(extension, blender, scene, kind):
    target = make.make(make.KINDS[kind])
    scene.voice_to_motion.character = target
    scene.render.fps = 30
    blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION))
    match = extension("rigs.scene_maps").match_of(scene, target)
    pose = extension("keys.keyed_pose").KeyedPose(target)
    for key in ("pelvis", "head", "left_ankle"):
        name = match.bones[key]
        np.testing.assert_allclose(np.array(pose.poses(name, FRAMES)), evaluated(scene, target, name), atol=1e-4, rtol=1e-4)


def test_asking_evaluates_nothing(extension, blender, scene, character, walk, put):
    """No handler of another add-on runs before the one frame change that shows the result."""
    standing_spots, seen = extension("clips.standing_place").standing_spots, []
    rig = extension("rigs.reading").read_rig(scene, character)
    blender.app.handlers.frame_change_pre.append(lambda scene, *_: seen.append(scene.frame_current))
    try:
        here, there = standing_spots(scene, rig, [1, walk.last])
        assert not seen and there.z - here.z > 0.3, "SMPL-X faces +Z, where the walk goes"
        put(frame=20)
        assert set(seen) == {20}
    finally:
        blender.app.handlers.frame_change_pre.clear()


def test_a_constraint_or_a_driver_is_noticed(extension, blender, scene, character, walk):
    keyed_pose = extension("keys.keyed_pose")
    names = keyed_pose.with_parents(character, "pelvis")
    assert names == ["root", "pelvis"]
    constraint = character.pose.bones["root"].constraints.new("COPY_LOCATION")
    assert keyed_pose.decided_elsewhere(character, names) == "a constraint on root"
    constraint.mute = True
    character.pose.bones["pelvis"].driver_add("location", 0)
    assert "a driver of" in keyed_pose.decided_elsewhere(character, names)
