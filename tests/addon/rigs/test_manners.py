"""What keying any rig must not do: touch a linked rig, lose earlier keys of switches, or take long."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from mathutils import Quaternion

from tests.addon.rigs import make, measure
from tests.addon.rigs.test_retargeting import bones_by_place


@pytest.fixture
def body(extension):
    return extension("motion.body").default_body()


@pytest.fixture
def key(blender, scene):
    def run(target, frame=1) -> None:
        scene.render.fps, scene.render.fps_base = 30, 1.0
        scene.voice_to_motion.character = target
        scene.frame_set(frame)
        assert blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION)) == {"FINISHED"}

    return run


def test_overridden_rigs_get_a_local_action_and_nothing_else(extension, blender, scene, body, key, tmp_path, failing):
    kind = make.KINDS["unreal 4"]
    target = make.make(kind)
    target.pose.bones["calf_l"].rotation_mode = "ZYX"
    blender.ops.wm.save_as_mainfile(filepath=str(tmp_path / "rig.blend"))
    blender.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    scene = blender.context.scene
    with blender.data.libraries.load(str(tmp_path / "rig.blend"), link=True) as (_, wanted):
        wanted.objects = ["Rig"]
    linked = wanted.objects[0]
    scene.collection.objects.link(linked)
    scene.voice_to_motion.character = linked
    said = failing(blender.ops.voice_to_motion.apply_motion, filepath=str(measure.MOTION))
    assert "make a library override" in said

    own = linked.override_create(remap_local_usages=True)
    before = [(bone.rotation_mode, tuple(bone.location), tuple(bone.lock_location)) for bone in own.pose.bones]
    world = own.matrix_world.copy()
    scene.render.fps, scene.render.fps_base = 30, 1.0
    scene.voice_to_motion.character = own
    scene.frame_set(1)
    assert blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION)) == {"FINISHED"}
    assert own.animation_data.action.library is None and own.data.library is not None
    assert own.matrix_world == world
    modes = [bone.rotation_mode for bone in own.pose.bones]
    assert modes == [mode for mode, *_ in before]
    paths = {prop.rna_path for prop in own.override_library.properties}
    assert not any("rotation_mode" in path or path in ("location", "scale") for path in paths), paths
    found = measure.follow(own, bones_by_place(kind), body)
    assert found["angle"] < 3.0 and found["height"] < 1.0


def test_a_character_that_stands_elsewhere_and_turned(blender, scene, body, key):
    """Everything goes with the object: limbs point the source's way, seen from the character."""
    kind = make.KINDS["vroid"]
    target = make.make(kind)
    target.location, target.scale = (3.0, -2.0, 1.0), (1.5,) * 3
    target.rotation_euler.z = math.radians(130)
    blender.context.view_layer.update()
    key(target)
    target.rotation_euler.z = 0.0  # the keys are bones', so the character can be turned at any time
    target.location.z = 0.0
    blender.context.view_layer.update()
    found = measure.follow(target, bones_by_place(kind), body)
    assert found["angle"] < 3.0 and found["height"] < 1.0 and found["way"] == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("name", ["mixamo", "unreal 5", "makehuman"])
def test_palms_and_chest_face_the_same_way(name, extension, blender, scene, body, key):
    """Twist, which limb directions do not show: the palm's normal, and the line through the shoulders."""
    kind = make.KINDS[name]
    target, bones = make.make(kind), bones_by_place(kind)
    key(target)
    source = measure.source_positions(body)
    triples = [(f"{s}_wrist", f"{s}_middle1", f"{s}_index1", f"{s}_pinky1") for s in ("left", "right")]
    angles = []
    for frame in range(0, len(source), 8):
        scene.frame_set(frame + 1)
        blender.context.view_layer.update()
        ours = {key: source[frame, body.index(key)] for names in triples for key in names}
        ours |= {f"{s}_shoulder": source[frame, body.index(f"{s}_shoulder")] for s in ("left", "right")}
        theirs = {key: np.array(target.matrix_world @ target.pose.bones[bones[key]].head) for key in ours}
        for at in (ours, theirs):
            for wrist, middle, index, pinky in triples:
                at[wrist + " normal"] = np.cross(at[middle] - at[wrist], at[index] - at[pinky])
            at["chest"] = at["left_shoulder"] - at["right_shoulder"]
        for what in ("left_wrist normal", "right_wrist normal", "chest"):
            a, b = ours[what], theirs[what]
            angles.append(np.degrees(np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1))))
    assert np.mean(angles) < 3.0 and np.max(angles) < 6.0


def test_earlier_values_of_switches_stay_where_they_were(extension, blender, scene, key):
    """An animator's own IK animation before and after the new range is not faded into FK."""
    target = make.rigify()
    switch = target.pose.bones["upper_arm_parent.L"]
    for frame, value in ((1, 0.0), (400, 0.25)):
        switch["IK_FK"] = value
        assert switch.keyframe_insert('["IK_FK"]', frame=frame)
    key(target, frame=100)
    values = {}
    for frame in (1, 98, 100, 200, 275, 277, 400):
        scene.frame_set(frame)
        values[frame] = round(switch["IK_FK"], 3)
    assert values[1] == 0.0 and values[100] == values[200] == values[275] == 1.0
    assert values[98] < 0.1 and values[277] < 0.3 and values[400] == 0.25


def test_constraints_that_keep_bones_from_following_are_told(blender, scene, key, session):
    target = make.make(make.KINDS["mixamo"])
    key(target)
    assert "Constraints" not in session.note
    limit = target.pose.bones["mixamorig:LeftLeg"].constraints.new("LIMIT_ROTATION")
    key(target)
    assert "Constraints may keep mixamorig:LeftLeg from following" in session.note
    limit.mute = True
    key(target)
    assert "Constraints" not in session.note


def test_turning_away_from_rest_is_what_is_carried_over(extension):
    """A swing is the smallest rotation, and a whole turn back has an axis too."""
    alignment = extension("rigs.alignment")
    for a, b in (((1, 0, 0), (0, 1, 0)), ((0, 0, 2), (0, 0, -1)), ((1, 2, 3), (1, 2, 3.0001))):
        turn = alignment.shortest_rotation(np.array(a, float), np.array(b, float))
        np.testing.assert_allclose(turn @ (np.array(a) / np.linalg.norm(a)), np.array(b) / np.linalg.norm(b), atol=1e-6)
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)


def test_quaternions_and_matrices(extension):
    coordinates = extension("motion.coordinates")
    random = np.random.default_rng(2)
    quaternions = random.normal(size=(500, 4))
    quaternions[:4] = np.eye(4)  # none, and half turns about the axes
    quaternions /= np.linalg.norm(quaternions, axis=-1, keepdims=True)
    matrices = coordinates.matrices_from_quaternions(quaternions)
    np.testing.assert_allclose(matrices[7], np.array(Quaternion(quaternions[7]).to_matrix()), atol=1e-6)
    back = coordinates.quaternions_from_matrices(matrices)
    np.testing.assert_allclose(np.abs((back * quaternions).sum(-1)), 1.0, atol=1e-9)


def test_carrying_over_is_fast(extension, scene, body, key):
    """300 frames: the whole apply step has 150 ms; this part of it, in processor time, beside other work."""
    target = make.make(make.KINDS["unreal 5"])
    data = extension("motion.files").load_motion(measure.MOTION)
    data = type(data)(np.resize(data.rotations, (300, 55, 3)), np.resize(data.pelvis, (300, 3)), 30.0)
    motion = extension("motion.motion").from_motion_data(data)
    channels, rig = extension("rigs.channels").motion_channels, extension("rigs.reading").read_rig(scene, target)
    channels(rig, motion)
    durations = []
    for _ in range(3):
        started = time.thread_time()
        channels(rig, motion)
        durations.append(time.thread_time() - started)
    print(f"{min(durations) * 1000:.0f} ms")
    assert min(durations) < 0.1, durations
