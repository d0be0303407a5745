"""The default SMPL-X armature: 55 bones under a `root` bone, on the floor, facing -Y.

In SMPL-X all joints have the same rest orientation, so a pose is just a list of rotations. The same holds here: every
bone's rest matrix is C of `motion.coordinates` (SMPL-X axes seen in Blender's). A Blender bone lies along its local Y, so
it points up (C's second column), with local Z towards -Y (C's third column). Then K of `rigs.smplx_transfer` is
C^-1 C = identity, and an SMPL-X rotation is the bone's rotation_quaternion unchanged. The price is that bones do not point
at their children, as in every SMPL-X armature. The skin is built in `mannequin`, the bones' shapes in `bone_shapes`.
"""

from __future__ import annotations

import bpy
import numpy as np

from ..motion.body import BodyData, default_body
from ..motion.coordinates import SMPLX_TO_BLENDER, to_blender
from .bone_shapes import apply_bone_shapes

ROOT = "root"
_SHORTEST, _LONGEST = 0.012, 0.08  # metres; bones point up, so long ones would stick out of the arms


def build_armature(
    name: str, collection: bpy.types.Collection, context: bpy.types.Context, body: BodyData | None = None
) -> bpy.types.Object:
    """A new armature object at the world's origin, active and in Object Mode.

    Args:
        collection: must be visible in the view layer, because edit bones exist only in Edit Mode.
        body: the default one unless another with the same joints is given.
    """
    body = body or default_body()
    target = bare_armature(name, collection, context, body)
    apply_bone_shapes(target, body)
    return target


def bare_armature(name: str, collection: bpy.types.Collection, context: bpy.types.Context, body: BodyData) -> bpy.types.Object:
    """The armature of `build_armature` without custom shapes; most of its time is Blender's."""
    target = bpy.data.objects.new(name, bpy.data.armatures.new(name))
    collection.objects.link(target)
    for other in context.selected_objects:
        other.select_set(False)
    target.select_set(True)
    context.view_layer.objects.active = target
    bpy.ops.object.mode_set(mode="EDIT")
    try:
        _add_bones(target.data, body)
    finally:
        bpy.ops.object.mode_set(mode="OBJECT")
    for bone in target.pose.bones:
        bone.rotation_mode = "QUATERNION"
        # In Pose Mode the Dope Sheet shows keys of selected bones only.
        (bone if hasattr(bone, "select") else bone.bone).select = True
    return target


def _add_bones(armature: bpy.types.Armature, body: BodyData) -> None:
    heads = to_blender(body.rest_positions())
    root = armature.edit_bones.new(ROOT)
    root.head, root.tail = (0.0, 0.0, 0.0), (0.0, 0.0, 0.15)
    root.align_roll(SMPLX_TO_BLENDER[:, 2])
    root.use_deform = False
    bones = []
    for joint, name in enumerate(body.names):
        bone = armature.edit_bones.new(name)
        bone.head = heads[joint]
        bone.tail = heads[joint] + SMPLX_TO_BLENDER[:, 1] * _length(joint, body)
        # Roll is an angle about the bone; align_roll turns local Z to where C sends it.
        bone.align_roll(SMPLX_TO_BLENDER[:, 2])
        parent = body.parents[joint]
        bone.parent = root if parent < 0 else bones[parent]
        bone.use_connect = False
        bones.append(bone)


def _length(joint: int, body: BodyData) -> float:
    children = [i for i, parent in enumerate(body.parents) if parent == joint]
    reach = max((float(np.linalg.norm(body.offsets[child])) for child in children), default=0.03)
    return float(np.clip(reach * 0.4, _SHORTEST, _LONGEST))
