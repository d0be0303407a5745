"""Armature and mesh of the user's SMPL-X body: exact linear blend skinning, betas and expressions as shape keys."""

from __future__ import annotations

import bmesh
import bpy
import numpy as np

from ..armature import build_armature
from ..coordinates import to_blender
from .model_file import SmplxModel, standing_body

SHAPE, EXPRESSION = "Beta {}", "Expression {}"
# Custom properties of the mesh, for `fitting`: joints, how they move with betas, and from model space to where it stands.
JOINTS, JOINT_SHAPES, SHIFT = "smplx_joints", "smplx_joint_shapes", "smplx_shift"
_RANGE = 5.0  # of betas and expressions, standard deviations


def build_character(name: str, model: SmplxModel, collection: bpy.types.Collection, context: bpy.types.Context) -> bpy.types.Object:
    """A new armature object with its skinned mesh, standing on the floor. As `armature.build_armature` otherwise."""
    joints = model.joints()
    body = standing_body(joints, float(model.vertices[:, 1].min()))
    armature = build_armature(name, collection, context, body)
    mesh = _mesh(f"{name} Body", model)
    skin = bpy.data.objects.new(mesh.name, mesh)
    collection.objects.link(skin)
    skin.parent = armature
    shift = np.array((0.0, body.standing_pelvis_height, 0.0)) - joints[0]
    _shape_keys(skin, model.vertices + shift, model)
    for bone in body.names:
        skin.vertex_groups.new(name=bone)
    _weigh(mesh, model.weights)
    modifier = skin.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature
    modifier.use_deform_preserve_volume = False  # linear, as SMPL-X is defined
    mesh[JOINTS] = joints.ravel().tolist()
    mesh[JOINT_SHAPES] = model.joint_shapes().ravel().tolist()
    mesh[SHIFT] = shift.tolist()
    armature["betas"] = [0.0] * model.shapes.shape[2]
    return armature


def smplx_skin(armature: bpy.types.Object) -> bpy.types.Object | None:
    """The mesh that `build_character` made for this armature object."""
    return next((each for each in armature.children if each.type == "MESH" and JOINTS in each.data), None)


def _mesh(name: str, model: SmplxModel) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(model.vertices))
    mesh.loops.add(model.faces.size)
    mesh.loops.foreach_set("vertex_index", model.faces.ravel())
    mesh.polygons.add(len(model.faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, model.faces.size, 3, dtype=np.int32))
    mesh.polygons.foreach_set("use_smooth", np.ones(len(model.faces), bool))
    return mesh


def _shape_keys(skin: bpy.types.Object, placed: np.ndarray, model: SmplxModel) -> None:
    """Basis, betas and expressions; ``placed`` (V, 3) is where the mean body stands, in SMPL-X axes."""
    mesh = skin.data
    mesh.vertices.foreach_set("co", to_blender(placed).astype(np.float32).ravel())
    mesh.update(calc_edges=True)
    skin.shape_key_add(name="Basis", from_mix=False)
    for pattern, directions in ((SHAPE, model.shapes), (EXPRESSION, model.expressions)):
        for index in range(directions.shape[2]):
            key = skin.shape_key_add(name=pattern.format(index + 1), from_mix=False)
            moved = to_blender(placed + directions[:, :, index]).astype(np.float32)
            key.data.foreach_set("co", moved.ravel())
            key.slider_min, key.slider_max, key.value = -_RANGE, _RANGE, 0.0


def _weigh(mesh: bpy.types.Mesh, weights: np.ndarray) -> None:
    """Vertex groups in joint order, with the model's weights as they are."""
    work = bmesh.new()
    work.from_mesh(mesh)
    layer = work.verts.layers.deform.verify()
    vertices, groups = np.nonzero(weights > 0)
    work.verts.ensure_lookup_table()
    for vertex, group, weight in zip(vertices.tolist(), groups.tolist(), weights[vertices, groups].tolist(), strict=True):
        work.verts[vertex][layer][group] = weight
    work.to_mesh(mesh)
    work.free()
