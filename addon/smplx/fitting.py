"""Fitting the armature to changed betas: joints where the shape has them, feet on the floor.

Joints are linear in the betas, so the few numbers kept with the mesh suffice; the model file is not needed.
"""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Vector

from ..motion.body import default_body
from ..motion.coordinates import to_blender
from .character import JOINT_SHAPES, JOINTS, SHAPE, SHIFT, smplx_skin
from .model_file import SHAPES


def betas_of(skin: bpy.types.Object) -> np.ndarray:
    """The betas that its shape keys are set to, (S,)."""
    keys = skin.data.shape_keys.key_blocks
    return np.array([keys[SHAPE.format(i + 1)].value for i in range(SHAPES)])


def fits_shape(armature: bpy.types.Object) -> bool:
    """Whether the joints are where the shape has them."""
    skin = smplx_skin(armature)
    return skin is None or np.allclose(betas_of(skin), list(armature.get("betas", [])) or 0.0, atol=1e-5)


def fit_to_shape(armature: bpy.types.Object, context: bpy.types.Context) -> None:
    """Move bones to the joints of the shape, then bones and mesh to stand on the floor.

    In Object Mode. No bone's orientation changes, so rotations keep their meaning.
    """
    skin = smplx_skin(armature)
    mesh, betas, names = skin.data, betas_of(skin), default_body().names
    joints = np.array(mesh[JOINTS][:]).reshape(len(names), 3)
    joints = joints + np.array(mesh[JOINT_SHAPES][:]).reshape(len(names), 3, SHAPES) @ betas
    before = np.array(mesh[SHIFT][:])
    lowest = _shaped(skin, betas)[:, 2].min() - to_blender(before)[2]  # in model space, Z up
    after = np.array((-joints[0, 0], -lowest, -joints[0, 2]))
    _translate(skin, to_blender(after - before))
    mesh[SHIFT] = after.tolist()
    _move_bones(armature, dict(zip(names, to_blender(joints + after), strict=True)), context)
    armature["betas"] = betas.tolist()


def _coordinates(key: bpy.types.ShapeKey) -> np.ndarray:
    flat = np.empty(len(key.data) * 3, np.float32)
    key.data.foreach_get("co", flat)
    return flat.reshape(-1, 3)


def _shaped(skin: bpy.types.Object, betas: np.ndarray) -> np.ndarray:
    """The mesh with these betas and no expression, (V, 3) in Blender's axes."""
    keys = skin.data.shape_keys.key_blocks
    basis = _coordinates(keys[0])
    return basis + sum(beta * (_coordinates(keys[SHAPE.format(i + 1)]) - basis) for i, beta in enumerate(betas))


def _translate(skin: bpy.types.Object, by: np.ndarray) -> None:
    for key in skin.data.shape_keys.key_blocks:
        key.data.foreach_set("co", (_coordinates(key) + by.astype(np.float32)).ravel())
    flat = _coordinates(skin.data.shape_keys.key_blocks[0])
    skin.data.vertices.foreach_set("co", flat.ravel())
    skin.data.update()


def _move_bones(armature: bpy.types.Object, heads: dict[str, np.ndarray], context: bpy.types.Context) -> None:
    context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    try:
        for name, head in heads.items():
            bone = armature.data.edit_bones[name]
            bone.translate(Vector(head) - bone.head)
    finally:
        bpy.ops.object.mode_set(mode="OBJECT")
