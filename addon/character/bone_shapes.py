"""Custom shapes of the default armature's bones: rings, and along limbs two lines as well.

SMPL-X bones all point the same way, so drawn as sticks they do not show the body. Custom shapes change what is drawn and
clicked, never what a bone does. Bone collections and colours are set here, too.
"""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Vector

from ..motion.body import BodyData

_RING, _LIMB = "WGT-Voice to Motion Ring", "WGT-Voice to Motion Limb"
_LINES = (0.12, 0.88)  # of a limb's length, where the lines along it begin and end
# radius in metres, and place between the joint (0) and the next one (1); all others are fingers
_RADII = {
    "pelvis": (0.200, 0.0), "hip": (0.115, 0.45), "knee": (0.085, 0.4), "ankle": (0.060, 0.1), "foot": (0.062, 0.1),
    "spine1": (0.165, 0.0), "spine2": (0.175, 0.0), "spine3": (0.195, 0.2), "neck": (0.075, 0.4), "head": (0.125, 0.75),
    "collar": (0.075, 0.55), "shoulder": (0.075, 0.5), "elbow": (0.062, 0.45), "wrist": (0.050, 0.35),
    "jaw": (0.02, 0.0), "eye": (0.02, 0.0),
}  # fmt: skip
_FINGER = (0.0145, 0.5)
_FACE = ("jaw", "left_eye_smplhf", "right_eye_smplhf")
# the next joint of bones with several children
_NEXT = {"pelvis": "spine1", "spine3": "neck", "left_wrist": "left_middle1", "right_wrist": "right_middle1"}


def apply_bone_shapes(target: bpy.types.Object, body: BodyData) -> None:
    """Give every bone its shape, colour and collection.

    ``target`` is made by `armature.build_armature` for ``body``.
    """
    ring, limb = ring_shape(), _limb_shape()
    collections = {name: target.data.collections.new(name) for name in ("Body", "Fingers", "Face")}
    collections["Face"].is_visible = False
    for bone in target.pose.bones:
        fingers = bone.name in body.names[25:]
        collections["Face" if bone.name in _FACE else "Fingers" if fingers else "Body"].assign(bone.bone)
        side = bone.name.partition("_")[0]
        bone.bone.color.palette = {"left": "THEME04", "right": "THEME01"}.get(side, "THEME09")
        bone.bone.show_wire = True
        bone.custom_shape = ring
        bone.use_custom_shape_bone_size = False
        if bone.name not in body.names:
            bone.custom_shape_scale_xyz = (0.35,) * 3  # the root: a large ring on the floor
            continue
        radius, place = _measure(bone.name)
        along = _direction(bone.name, body)
        # Shapes lie about Y. Bones rest unturned in SMPL-X space, so its offsets are in the bone's own axes.
        if side in ("left", "right") and bone.name not in _FACE:
            bone.custom_shape = limb
            bone.custom_shape_scale_xyz = (radius, along.length, radius)
        else:
            bone.custom_shape_scale_xyz = (radius,) * 3
            bone.custom_shape_translation = along * place
        bone.custom_shape_rotation_euler = Vector((0, 1, 0)).rotation_difference(along).to_euler()


def _measure(name: str) -> tuple[float, float]:
    part = name.removeprefix("left_").removeprefix("right_").removesuffix("_smplhf")
    return _RADII.get(part, _FINGER)


def _direction(name: str, body: BodyData) -> Vector:
    """From a joint to the next, in SMPL-X axes; from the last one on in the same direction."""
    joint = body.index(name)
    children = [i for i, parent in enumerate(body.parents) if parent == joint and body.names[i] not in _FACE]
    if name == "head":
        return Vector((0.0, 0.13, 0.01))
    if name in _NEXT:
        return Vector(body.offsets[body.index(_NEXT[name])])
    if not children:
        return Vector(np.array(body.offsets[joint]) * 0.8)
    return Vector(body.offsets[children[0]])


def ring_shape() -> bpy.types.Object:
    """The one mesh all rings share: a circle of radius 1 across Y.

    Its radius is the bone's shape scale.
    """
    circle = _circle(0.0)
    return _shape(_RING, circle, [(i, (i + 1) % len(circle)) for i in range(len(circle))])


def _limb_shape() -> bpy.types.Object:
    """The mesh shared by all limbs, from 0 to 1 on Y: a circle and a line on either side."""
    circle = _circle(0.5)
    count = len(circle)
    lines = [(x, y, 0.0) for x in (1.0, -1.0) for y in _LINES]
    edges = [(i, (i + 1) % count) for i in range(count)]
    for line, crossing in ((count, 0), (count + 2, count // 2)):  # each line meets the circle where that crosses X
        edges += [(line, crossing), (crossing, line + 1)]
    return _shape(_LIMB, [*circle, *lines], edges)


def _circle(height: float) -> list[tuple[float, float, float]]:
    angle = np.linspace(0.0, 2 * np.pi, 32, endpoint=False)
    return np.stack([np.cos(angle), 0 * angle + height, np.sin(angle)], axis=-1).tolist()


def _shape(name: str, vertices: list, edges: list[tuple[int, int]]) -> bpy.types.Object:
    """A mesh object in no scene, shared by all characters of the file."""
    found = bpy.data.objects.get(name)
    if found is not None and found.library is None:
        return found
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(vertices, edges, [])
    return bpy.data.objects.new(name, mesh)
