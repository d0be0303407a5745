"""Armature and mesh of the user's SMPL-X body: linear blend skinning, betas as shape keys.

A body has 10,475 vertices, about 40,000 weights and 21 shape keys, so it is built by generators whose steps take some
milliseconds each. Closing a generator before its end removes what it has made.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import bmesh
import bpy
import numpy as np

from ..character.armature import bare_armature
from ..character.bone_shapes import apply_bone_shapes
from ..motion.body import BodyData
from ..motion.coordinates import to_blender
from .model_file import SmplxModel, standing_body
from .unfinished import removed_unless_finished, selection_restored

SHAPE, EXPRESSION = "Beta {}", "Expression {}"
# Custom properties of the mesh, for `fitting`: joints, how betas move them, and the shift from model space to the floor.
JOINTS, JOINT_SHAPES, SHIFT = "smplx_joints", "smplx_joint_shapes", "smplx_shift"
_RANGE = 5.0  # of betas and expressions, standard deviations
_WEIGHTS = 4000  # set in one step
LONG_STEP = "long"  # yielded before a step that needs a tick of its own


def build_character(
    name: str, model: SmplxModel, collection: bpy.types.Collection, context: bpy.types.Context
) -> Generator[str | None, None, bpy.types.Object]:
    """Build an armature object with its skinned mesh, on the floor; the last step returns it.

    The mesh comes first and is in no scene before the armature is made, so Blender never draws or saves a body half done.
    """
    joints = model.joints()
    body = standing_body(joints, float(model.vertices[:, 1].min()))
    shift = np.array((0.0, body.standing_pelvis_height, 0.0)) - joints[0]
    with removed_unless_finished() as made:
        mesh = bpy.data.meshes.new(f"{name} Body")
        made.append(mesh)
        skin = bpy.data.objects.new(mesh.name, mesh)
        made.append(skin)
        yield from _skin_steps(skin, model, body, joints, shift)
        yield LONG_STEP  # Blender evaluates the scene twice, on the way into Edit Mode and out of it
        with selection_restored(context):
            armature = bare_armature(name, collection, context, body)
            made += [armature.data, armature]
            yield LONG_STEP
        apply_bone_shapes(armature, body)
        collection.objects.link(skin)
        skin.parent = armature
        modifier = skin.modifiers.new("Armature", "ARMATURE")
        modifier.object = armature
        modifier.use_deform_preserve_volume = False  # linear, as SMPL-X is defined
        armature["betas"] = [0.0] * model.shapes.shape[2]
    return armature


def _skin_steps(skin: bpy.types.Object, model: SmplxModel, body: BodyData, joints: np.ndarray, shift: np.ndarray) -> Iterator[None]:
    """Build the mesh; ``joints`` (J, 3) of the mean body and ``shift`` (3,) are in SMPL-X axes."""
    mesh = skin.data
    mesh[JOINTS] = joints.ravel().tolist()
    mesh[JOINT_SHAPES] = model.joint_shapes().ravel().tolist()
    mesh[SHIFT] = shift.tolist()
    yield
    placed = model.vertices + shift
    mesh.vertices.add(len(placed))
    mesh.vertices.foreach_set("co", to_blender(placed).astype(np.float32).ravel())
    for bone in body.names:
        skin.vertex_groups.new(name=bone)
    yield
    yield from _weigh(mesh, model.weights)  # before faces and keys, which bmesh would copy, too
    _add_faces(mesh, model.faces)
    yield
    yield from _shape_keys(skin, placed, model)


def smplx_skin(armature: bpy.types.Object) -> bpy.types.Object | None:
    """The mesh object that `build_character` made for this armature; None where there is none."""
    return next((each for each in armature.children if each.type == "MESH" and JOINTS in each.data), None)


def _add_faces(mesh: bpy.types.Mesh, faces: np.ndarray) -> None:
    """Add triangles, smooth as new faces are."""
    mesh.loops.add(faces.size)
    mesh.attributes[".corner_vert"].data.foreach_set("value", faces.ravel())  # copied whole, unlike vertex_index of loops
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, 3, dtype=np.int32))
    mesh.update(calc_edges=True)


def _shape_keys(skin: bpy.types.Object, placed: np.ndarray, model: SmplxModel) -> Iterator[None]:
    """Add basis, betas and expressions, one key a step.

    Args:
        placed: (V, 3) the mean body where it stands, in SMPL-X axes.
    """
    skin.shape_key_add(name="Basis", from_mix=False)
    for pattern, directions in ((SHAPE, model.shapes), (EXPRESSION, model.expressions)):
        for index in range(directions.shape[2]):
            key = skin.shape_key_add(name=pattern.format(index + 1), from_mix=False)
            moved = to_blender(placed + directions[:, :, index]).astype(np.float32)
            key.data.foreach_set("co", moved.ravel())
            key.slider_min, key.slider_max, key.value = -_RANGE, _RANGE, 0.0
            yield


def _weigh(mesh: bpy.types.Mesh, weights: np.ndarray) -> Iterator[None]:
    """Set the model's weights, some thousand a step; vertex groups are in joint order."""
    work = bmesh.new()
    try:
        work.from_mesh(mesh)
        layer = work.verts.layers.deform.verify()
        vertices, groups = np.nonzero(weights > 0)
        values = weights[vertices, groups].tolist()
        work.verts.ensure_lookup_table()
        for number, (vertex, group, weight) in enumerate(zip(vertices.tolist(), groups.tolist(), values, strict=True), 1):
            work.verts[vertex][layer][group] = weight
            if number % _WEIGHTS == 0:
                yield
        work.to_mesh(mesh)
    finally:
        work.free()
    yield
