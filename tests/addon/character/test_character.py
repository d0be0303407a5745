"""The default character: bones as in SMPL-X, a mannequin that is closed, weighted, on the floor and stays whole when
it bends."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from mathutils import Matrix, Quaternion, Vector


@pytest.fixture
def body(extension):
    return extension("motion.body").default_body()


@pytest.fixture
def skin(character):
    return next(child for child in character.children if child.type == "MESH")


def positions(blender, skin):
    evaluated = skin.evaluated_get(blender.context.evaluated_depsgraph_get())
    out = np.empty(len(evaluated.data.vertices) * 3, np.float32)
    evaluated.data.vertices.foreach_get("co", out)
    return out.reshape(-1, 3)


def test_bones_are_smplx(character, body):
    bones = character.data.bones
    assert [bone.name for bone in bones if bone.name != "root"] and set(body.names) | {"root"} == {b.name for b in bones}
    for joint, name in enumerate(body.names):
        parent = body.parents[joint]
        assert bones[name].parent.name == ("root" if parent < 0 else body.names[parent])
        assert character.pose.bones[name].rotation_mode == "QUATERNION"


def test_every_bone_is_selected(character):
    """In Pose Mode the Dope Sheet shows keys of selected bones only."""
    assert all((bone if hasattr(bone, "select") else bone.bone).select for bone in character.pose.bones)


def test_every_bone_has_the_same_rest_orientation(character):
    expected = np.array(Matrix.Rotation(math.radians(90), 3, "X"))
    for bone in character.data.bones:
        np.testing.assert_allclose(np.array(bone.matrix_local.to_3x3()), expected, atol=1e-6)


def test_joints_lie_where_the_body_says(character, body):
    heads = np.array([character.data.bones[name].head_local for name in body.names])
    expected = body.rest_positions()[:, [0, 2, 1]] * (1, -1, 1)
    np.testing.assert_allclose(heads, expected, atol=1e-6)
    # left is +X, the toes are in front (-Y)
    assert character.data.bones["left_hip"].head_local.x > 0
    assert character.data.bones["left_foot"].head_local.y < character.data.bones["left_ankle"].head_local.y


def test_mannequin_stands_on_the_floor_with_its_full_height(blender, skin):
    points = positions(blender, skin)
    assert points[:, 2].min() == pytest.approx(0.0, abs=0.004)
    assert points[:, 2].max() == pytest.approx(1.70, abs=0.01)
    assert points[:, 0].max() == pytest.approx(-points[:, 0].min(), abs=1e-5), "left and right mirror each other"


def test_mesh_is_closed_and_faces_outwards(skin):
    mesh = skin.data
    edges = {}
    assert not mesh.validate(), "Blender finds nothing to correct"
    for polygon in mesh.polygons:
        loop = list(polygon.vertices)
        for a, b in zip(loop, loop[1:] + loop[:1], strict=True):
            assert (a, b) not in edges, "two faces run along an edge in the same direction"
            edges[a, b] = polygon.index
    assert all((b, a) in edges for a, b in edges), "a hole"
    # the signed volume of a closed surface is positive when its faces look outwards; for every connected part
    corners = np.array([[mesh.vertices[i].co for i in (p.vertices[0], p.vertices[k], p.vertices[k + 1])]
                        for p in mesh.polygons for k in range(1, len(p.vertices) - 1)])  # fmt: skip
    owner = [p.index for p in mesh.polygons for _ in range(1, len(p.vertices) - 1)]
    part = connected_parts(mesh)
    volume = np.einsum("ni,ni->n", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
    total = np.zeros(max(part) + 1)
    np.add.at(total, [part[mesh.polygons[i].vertices[0]] for i in owner], volume)
    assert (total > 0).all()


def connected_parts(mesh):
    parent = list(range(len(mesh.vertices)))

    def find(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for edge in mesh.edges:
        a, b = find(edge.vertices[0]), find(edge.vertices[1])
        parent[a] = b
    numbers = {}
    return [numbers.setdefault(find(i), len(numbers)) for i in range(len(mesh.vertices))]


def test_weights_add_up_and_name_bones(character, skin):
    assert {group.name for group in skin.vertex_groups} <= {bone.name for bone in character.data.bones}
    for vertex in skin.data.vertices:
        assert sum(group.weight for group in vertex.groups) == pytest.approx(1.0, abs=0.005)


def test_two_materials_are_used(skin):
    used = {polygon.material_index for polygon in skin.data.polygons}
    assert used == {0, 1} and len(skin.data.materials) == 2


BENDS = {
    "elbow": [("left_elbow", "Y", -120)],
    "knee": [("left_knee", "X", 130)],
    "hip": [("left_hip", "X", -110)],
    "forearm twist": [("left_wrist", "X", 90)],
    "waist": [("spine1", "X", 30), ("spine2", "X", 20), ("spine3", "Y", 40)],
    "fist": [(f"left_{finger}{i}", "Z", -80) for finger in ("index", "middle", "ring", "pinky") for i in (1, 2, 3)],
    "shrug": [("left_collar", "Z", 20), ("right_collar", "Z", -20)],
    "neck": [("neck", "Y", 40), ("head", "Y", 40)],
}


@pytest.mark.parametrize("bend", BENDS)
def test_bending_does_not_collapse(blender, character, skin, bend):
    """No edge shrinks to a fifth or grows to five times its length: a candy wrapper or a tear would do either."""
    pairs = np.array([edge.vertices[:] for edge in skin.data.edges])
    rest = positions(blender, skin)
    for bone, axis, degrees in BENDS[bend]:
        character.pose.bones[bone].rotation_quaternion = Quaternion([float(axis == name) for name in "XYZ"], math.radians(degrees))
    blender.context.view_layer.update()
    bent = positions(blender, skin)
    length = [np.linalg.norm(p[pairs[:, 0]] - p[pairs[:, 1]], axis=1) for p in (rest, bent)]
    long_enough = length[0] > 0.002
    ratio = (length[1] / np.maximum(length[0], 1e-9))[long_enough]
    assert ratio.min() > 0.2 and ratio.max() < 5.0
    assert np.abs(bent - rest).max() > 0.01, "nothing moved"


def test_character_stands_at_the_cursor(blender, scene):
    scene.cursor.location = (1, 2, 3)
    blender.ops.voice_to_motion.create_character()
    assert tuple(scene.voice_to_motion.character.location) == (1, 2, 3)


def test_hidden_collection_does_not_stop_it(blender, scene):
    collection = blender.data.collections.new("Hidden")
    scene.collection.children.link(collection)
    layer = blender.context.view_layer.layer_collection.children["Hidden"]
    blender.context.view_layer.active_layer_collection = layer
    layer.exclude = True
    assert blender.ops.voice_to_motion.create_character() == {"FINISHED"}
    assert len(scene.voice_to_motion.character.data.bones) == 56


def test_other_selected_objects_are_left_as_they_are(blender, scene):
    blender.ops.mesh.primitive_cube_add()
    cube = blender.context.object
    before = [tuple(vertex.co) for vertex in cube.data.vertices]
    blender.ops.voice_to_motion.create_character()
    assert [tuple(vertex.co) for vertex in cube.data.vertices] == before
    assert blender.context.object == scene.voice_to_motion.character


def test_second_character_shares_materials(blender, scene):
    blender.ops.voice_to_motion.create_character()
    first = scene.voice_to_motion.character
    blender.ops.voice_to_motion.create_character()
    assert scene.voice_to_motion.character != first and len(blender.data.materials) == 2


def test_creating_is_quick(blender):
    started = time.thread_time()  # processor time: tests run beside other work
    blender.ops.voice_to_motion.create_character()
    assert time.thread_time() - started < 0.1


def test_shapes_of_limbs_run_from_joint_to_joint(character, body):
    """Custom shapes change what is seen; seen are the limbs, although the bones themselves all point up."""
    for name in ("left_hip", "right_knee", "left_shoulder", "right_elbow", "left_index1", "right_thumb2"):
        bone = character.pose.bones[name]
        shape = Matrix.LocRotScale(bone.custom_shape_translation, bone.custom_shape_rotation_euler, bone.custom_shape_scale_xyz)
        following = next(child for child in bone.children if not child.name.startswith("MCH"))
        placed = bone.bone.matrix_local @ shape
        assert (placed @ Vector((0, 0, 0)) - bone.bone.head_local).length < 1e-5
        assert (placed @ Vector((0, 1, 0)) - following.bone.head_local).length < 1e-5
        assert not bone.use_custom_shape_bone_size
    assert {c.name for c in character.data.collections} >= {"Body", "Fingers", "Face"}
    assert character.data.bones["left_knee"].color.palette != character.data.bones["right_knee"].color.palette
