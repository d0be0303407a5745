"""Motion on any SMPL-X-named armature ends up where SMPL-X forward kinematics puts it, whatever way its bones lie."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mathutils import Matrix, Quaternion, Vector

TO_BLENDER = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)


@pytest.fixture
def body(extension):
    return extension("motion.body").default_body()


@pytest.fixture
def motion(extension, body):
    """Six frames of large random rotations and a walk of the pelvis."""
    random = np.random.default_rng(3)
    rotations = random.normal(scale=0.8, size=(6, len(body.names), 3))
    start = np.array([0.3, body.standing_pelvis_height, -0.2])
    pelvis = start + np.cumsum(random.normal(scale=0.1, size=(6, 3)), axis=0)
    return extension("motion.files").MotionData(rotations, pelvis, 30.0)


def smplx_positions(motion, body, offsets):
    """Forward kinematics written with mathutils only: (T, J, 3), Y up."""
    out = []
    for frame in range(len(motion.pelvis)):
        turned, placed = [], []
        for joint, parent in enumerate(body.parents):
            vector = Vector(motion.rotations[frame, joint])
            local = Matrix.Rotation(vector.length, 3, vector) if vector.length else Matrix.Identity(3)
            if parent < 0:
                turned.append(local)
                placed.append(Vector(motion.pelvis[frame]))
            else:
                turned.append(turned[parent] @ local)
                placed.append(placed[parent] + turned[parent] @ Vector(offsets[joint]))
        out.append(placed)
    return np.array(out)


def key(extension, blender, scene, target, motion, tmp_path):
    np.savez(tmp_path / "m.npz", poses=motion.rotations.reshape(len(motion.pelvis), -1).astype(np.float32),
             trans=motion.pelvis.astype(np.float32), pelvis_rest=np.zeros(3, np.float32), mocap_frame_rate=30.0,
             up_axis=np.array("Y"))  # fmt: skip
    scene.render.fps = 30
    scene.voice_to_motion.character = target
    scene.frame_set(1)
    assert blender.ops.voice_to_motion.apply_motion(filepath=str(tmp_path / "m.npz")) == {"FINISHED"}


def pose_heads(blender, scene, target, names, frame):
    scene.frame_set(frame)
    blender.context.view_layer.update()
    return np.array([target.matrix_world @ target.pose.bones[name].head for name in names])


def test_default_character_follows_forward_kinematics(extension, blender, scene, character, body, motion, tmp_path):
    key(extension, blender, scene, character, motion, tmp_path)
    expected = smplx_positions(motion, body, body.offsets) @ TO_BLENDER.T
    for row in range(6):
        np.testing.assert_allclose(pose_heads(blender, scene, character, body.names, row + 1), expected[row], atol=1e-5)


def rebuilt(blender, scene, character, turn_bone, scale=1.0, frame=None, drop=(), name="Other"):
    """Another armature with the same joints, each bone turned by turn_bone(i), in other units and another space."""
    frame = frame or Matrix.Identity(3)
    heads = {bone.name: frame @ bone.head_local * scale for bone in character.data.bones}
    parents = {bone.name: bone.parent.name if bone.parent else "" for bone in character.data.bones}
    target = blender.data.objects.new(name, blender.data.armatures.new(name))
    scene.collection.objects.link(target)
    blender.context.view_layer.objects.active = target
    blender.ops.object.mode_set(mode="EDIT")
    for number, (bone_name, head) in enumerate(heads.items()):
        if bone_name in drop:
            continue
        bone = target.data.edit_bones.new(bone_name)
        turned = turn_bone(number)
        bone.head, bone.tail = head, head + turned @ Vector((0, 0.05 * scale, 0))
        bone.align_roll(turned @ Vector((0, 0, 1)))
        parent = parents[bone_name]
        if parent and parent not in drop:
            bone.parent = target.data.edit_bones[parent]
    blender.ops.object.mode_set(mode="OBJECT")
    return target


def random_turns(seed):
    random = np.random.default_rng(seed)
    quaternions = [Quaternion(random.normal(size=4)).normalized() for _ in range(80)]
    return lambda number: quaternions[number].to_matrix()


def test_any_rest_orientation(extension, blender, scene, character, body, motion, tmp_path):
    target = rebuilt(blender, scene, character, random_turns(1))
    key(extension, blender, scene, target, motion, tmp_path)
    expected = smplx_positions(motion, body, body.offsets) @ TO_BLENDER.T
    for row in range(6):
        np.testing.assert_allclose(pose_heads(blender, scene, target, body.names, row + 1), expected[row], atol=1e-4)


def test_meshcapade_layout_in_centimetres_and_y_up(extension, blender, scene, character, body, motion, tmp_path):
    """Bones only translated, Y up, times 100; the object is turned upright and scaled by 0.01 and stands elsewhere."""
    y_up = Matrix.Rotation(math.radians(-90), 3, "X")
    target = rebuilt(blender, scene, character, lambda _: Matrix.Identity(3), scale=100.0, frame=y_up)
    target.rotation_euler.x, target.scale, target.location = math.radians(90), (0.01,) * 3, (2, 3, 0.5)
    blender.context.view_layer.update()
    key(extension, blender, scene, target, motion, tmp_path)
    expected = smplx_positions(motion, body, body.offsets) @ TO_BLENDER.T + (2, 3, 0.5)
    for row in range(6):
        np.testing.assert_allclose(pose_heads(blender, scene, target, body.names, row + 1), expected[row], atol=1e-4)
    # and there the rotation is the rotation vector itself
    scene.frame_set(1)
    vector = Vector(motion.rotations[0, body.index("left_elbow")])
    got = target.pose.bones["left_elbow"].rotation_quaternion
    assert abs(got.dot(Quaternion(vector.normalized(), vector.length))) == pytest.approx(1, abs=1e-5)


def test_a_taller_body_takes_longer_steps(extension, blender, scene, character, body, motion, tmp_path):
    target = rebuilt(blender, scene, character, lambda _: Matrix.Identity(3), scale=1.3)
    rest = extension("rigs.smplx_rig").rest_pose(target.data)
    assert rest.scale == pytest.approx(1.3, abs=1e-5)
    key(extension, blender, scene, target, motion, tmp_path)
    expected = 1.3 * smplx_positions(motion, body, body.offsets) @ TO_BLENDER.T
    np.testing.assert_allclose(pose_heads(blender, scene, target, body.names, 4), expected[3], atol=1e-4)


@pytest.mark.parametrize("mode", ["XYZ", "ZXY", "AXIS_ANGLE"])
def test_bones_are_keyed_in_their_own_rotation_mode(extension, blender, scene, character, body, motion, tmp_path, mode):
    for name in ("pelvis", "left_knee", "right_shoulder"):
        character.pose.bones[name].rotation_mode = mode
    key(extension, blender, scene, character, motion, tmp_path)
    assert character.pose.bones["left_knee"].rotation_mode == mode
    expected = smplx_positions(motion, body, body.offsets) @ TO_BLENDER.T
    for row in range(6):
        np.testing.assert_allclose(pose_heads(blender, scene, character, body.names, row + 1), expected[row], atol=1e-4)


def test_fingers_are_optional(extension, blender, scene, character, body, motion, tmp_path):
    target = rebuilt(blender, scene, character, lambda _: Matrix.Identity(3), drop=set(body.names[22:]) | {"root"})
    key(extension, blender, scene, target, motion, tmp_path)
    expected = smplx_positions(motion, body, body.offsets)[:, :22] @ TO_BLENDER.T
    np.testing.assert_allclose(pose_heads(blender, scene, target, body.names[:22], 6), expected[5], atol=1e-5)


def test_missing_bones_are_named(extension, blender, scene, character):
    rig = extension("rigs.smplx_rig")
    target = rebuilt(blender, scene, character, lambda _: Matrix.Identity(3), drop={"left_knee", "neck"})
    assert rig.missing_bones_sentence(target.data) == "This armature lacks the SMPL-X bones left_knee, neck"
    with pytest.raises(rig.RigError):
        rig.rest_pose(target.data)
    empty = blender.data.armatures.new("Empty")
    assert "none of the SMPL-X bones" in rig.missing_bones_sentence(empty)


def test_no_t_pose_is_refused(extension, blender, scene, character):
    rig = extension("rigs.smplx_rig")
    target = rebuilt(blender, scene, character, lambda _: Matrix.Identity(3))
    blender.context.view_layer.objects.active = target
    blender.ops.object.mode_set(mode="EDIT")
    for bone in target.data.edit_bones:
        if bone.name in ("left_elbow", "left_wrist"):
            bone.translate(Vector((-0.25, 0, -0.3)) * (1 if bone.name == "left_elbow" else 1.8))
    blender.ops.object.mode_set(mode="OBJECT")
    with pytest.raises(rig.RigError, match="T-pose"):
        rig.rest_pose(target.data)


def test_snapping_to_axes(extension):
    snapped = extension("motion.coordinates").snapped_to_axes
    lean = np.array(Matrix.Rotation(math.radians(8), 3, "X")) @ TO_BLENDER
    np.testing.assert_array_equal(snapped(lean), TO_BLENDER)
    slanted = np.array(Matrix.Rotation(math.radians(40), 3, "X"))
    np.testing.assert_array_equal(snapped(slanted), slanted)
