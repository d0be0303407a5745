"""The default character's skin as a Blender mesh.

`mannequin_parts` with materials, vertex groups and an armature modifier.
"""

from __future__ import annotations

import bpy
import numpy as np

from ..motion.body import default_body
from .mannequin_parts import mannequin_parts
from .mannequin_shapes import Part

# name, base colour (linear), roughness: oiled beech and dark walnut
_MATERIALS = (("Mannequin Shell", (0.72, 0.43, 0.20), 0.42), ("Mannequin Joint", (0.085, 0.047, 0.030), 0.5))


def build_mannequin(name: str, armature: bpy.types.Object) -> bpy.types.Object:
    """A new mesh object, skinned and parented to ``armature``, in its collection.

    Args:
        name: of the object and its mesh.
        armature: made by `armature.build_armature`, in its rest pose.
    """
    parts = mannequin_parts(default_body())
    skin = bpy.data.objects.new(name, _mesh(name, parts))
    armature.users_collection[0].objects.link(skin)
    skin.parent = armature
    first = 0
    for part in parts:
        for bone, weights in part.weights.items():
            _weigh(skin, bone, first, weights)
        first += len(part.vertices)
    modifier = skin.modifiers.new("Armature", "ARMATURE")
    modifier.object = armature
    modifier.use_deform_preserve_volume = True  # dual quaternions keep the girth of a twisted waist
    return skin


def _mesh(name: str, parts: list[Part]) -> bpy.types.Mesh:
    mesh = bpy.data.meshes.new(name)
    vertices = np.concatenate([part.vertices for part in parts])
    firsts = np.cumsum([0] + [len(part.vertices) for part in parts])
    faces = np.concatenate([part.faces + first for part, first in zip(parts, firsts, strict=False)])
    triangles = faces[:, 3] == faces[:, 2]
    loops = faces[np.column_stack([np.ones((len(faces), 3), bool), ~triangles])]
    sizes = np.where(triangles, 3, 4)
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", vertices.astype(np.float32).ravel())
    mesh.loops.add(len(loops))
    # Attributes are copied as whole arrays, properties of loops and faces number by number.
    mesh.attributes[".corner_vert"].data.foreach_set("value", loops.astype(np.int32))
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", (np.cumsum(sizes) - sizes).astype(np.int32))
    slots = mesh.attributes.new("material_index", "INT", "FACE")
    slots.data.foreach_set("value", np.concatenate([part.materials for part in parts]).astype(np.int32))
    mesh.update(calc_edges=True)
    for material in _MATERIALS:
        mesh.materials.append(_material(*material))
    return mesh


def _weigh(skin: bpy.types.Object, bone: str, first: int, weights: np.ndarray) -> None:
    """Add the weights of consecutive vertices, from the vertex ``first`` on, to a bone's group."""
    group = skin.vertex_groups.get(bone) or skin.vertex_groups.new(name=bone)
    reached = np.flatnonzero(weights > 0.0005)
    if not len(reached):
        return
    rounded = np.round(weights[reached], 3)
    # One call per different weight; most vertices hang on one bone alone.
    order = np.argsort(rounded, kind="stable")
    for same in np.split(order, np.flatnonzero(np.diff(rounded[order])) + 1):
        group.add((reached[same] + first).tolist(), float(rounded[same[0]]), "REPLACE")


def _material(name: str, colour: tuple[float, float, float], roughness: float) -> bpy.types.Material:
    found = bpy.data.materials.get(name)
    if found is not None and found.library is None:
        return found  # a second character shares the materials of the first
    material = bpy.data.materials.new(name)
    if bpy.app.version < (5, 0, 0):  # from then on materials always have nodes, and asking is deprecated
        material.use_nodes = True
    material.diffuse_color = (*colour, 1.0)
    material.roughness = roughness
    shader = next((node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED"), None)
    if shader is not None:
        shader.inputs["Base Color"].default_value = (*colour, 1.0)
        shader.inputs["Roughness"].default_value = roughness
    return material
