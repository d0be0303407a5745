"""Pose correctives: what SMPL-X adds to the mesh for joint rotations, as driven shape keys.

Each of the 54 joints below the pelvis has nine directions, one for each element of its rotation matrix minus the identity. A
driver computes the element from the bone's local rotation after constraints, so IK counts too. The keys are added to a copy of
the mesh that is in no scene: on the mesh itself, Blender would evaluate the body again for each of the 486.
"""

from __future__ import annotations

from collections.abc import Iterator

import bpy
import numpy as np

from ..motion.body import default_body
from ..motion.coordinates import to_blender
from .unfinished import removed_unless_finished

CORRECTIVE = "Pose {} {}{}"  # joint, row, column
# Rotation matrix minus identity, from a unit quaternion; plain arithmetic, which Blender evaluates without Python.
_ELEMENTS = (
    ("-2*(y*y+z*z)", "2*(x*y-w*z)", "2*(x*z+w*y)"),
    ("2*(x*y+w*z)", "-2*(x*x+z*z)", "2*(y*z-w*x)"),
    ("2*(x*z-w*y)", "2*(y*z+w*x)", "-2*(x*x+y*y)"),
)


def has_correctives(skin: bpy.types.Object) -> bool:
    """Whether the mesh has the correctives of all joints."""
    return CORRECTIVE.format(default_body().names[-1], 3, 3) in skin.data.shape_keys.key_blocks


def add_correctives(armature: bpy.types.Object, skin: bpy.types.Object, directions: np.ndarray) -> Iterator[None]:
    """Add keys and drivers, one a step. Closed before its end, it leaves the body as it was.

    Args:
        directions: (486, V, 3) from `model_file.load_pose_directions`.
    """
    names = default_body().names
    with removed_unless_finished() as made:
        mesh = skin.data.copy()
        made.append(mesh)
        aside = bpy.data.objects.new(mesh.name, mesh)  # keys are added through an object
        made.append(aside)
        basis = np.empty(len(mesh.vertices) * 3, np.float32)
        mesh.shape_keys.key_blocks[0].data.foreach_get("co", basis)
        yield
        for joint, name in enumerate(names[1:]):
            for element in range(9):
                row, column = divmod(element, 3)
                key = aside.shape_key_add(name=CORRECTIVE.format(name, row + 1, column + 1), from_mix=False)
                moved = to_blender(directions[joint * 9 + element]).astype(np.float32)
                key.data.foreach_set("co", basis + moved.ravel())
                key.slider_min, key.slider_max = -2.0, 1.0 if row == column else 2.0
                _drive(key, armature, name, _ELEMENTS[row][column])
                yield
    bpy.data.objects.remove(aside)
    _replace(skin.data, mesh)


def _replace(old: bpy.types.Mesh, new: bpy.types.Mesh) -> None:
    """Replace ``old`` by ``new``, a copy with more keys, and keep the values of its keys."""
    for key in old.shape_keys.key_blocks:
        new.shape_keys.key_blocks[key.name].value = key.value
    name = old.name
    old.user_remap(new)
    bpy.data.meshes.remove(old)
    new.name = name


def _drive(key: bpy.types.ShapeKey, armature: bpy.types.Object, bone: str, expression: str) -> None:
    driver = key.driver_add("value").driver
    driver.type, driver.expression = "SCRIPTED", expression
    for letter in "wxyz":
        if letter in expression:
            variable = driver.variables.new()
            variable.name, variable.type = letter, "TRANSFORMS"
            target = variable.targets[0]
            target.id, target.bone_target = armature, bone
            target.transform_type, target.transform_space = f"ROT_{letter.upper()}", "LOCAL_SPACE"
            target.rotation_mode = "QUATERNION"
