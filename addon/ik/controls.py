"""IK controls of the default character: a control and a pole for each hand and foot.

SMPL-X bones do not point at their children, so Blender's IK cannot move them. It moves two mechanism bones along the
limb. Each carries a bone with the rest orientation of the body's bone, and the body's bone copies that one's rotation, by
as much as the switch says. No bone of the body changes, so motions fit as before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector

from ..character.bone_shapes import ring_shape
from ..motion.coordinates import SMPLX_TO_BLENDER

SWITCH = "ik"  # custom property of the control: 0 is FK, 1 is IK
POLE_DISTANCE = 0.45  # metres from elbow or knee
_STRAIGHT = 1e-3  # of the limb's length: less bend at rest does not tell which way it bends


@dataclass(frozen=True)
class Limb:
    """Names of the bones of one arm or leg.

    Attributes:
        side, name: such as ``left`` and ``arm``.
        upper, lower, end: FK bones, such as ``left_shoulder``, ``left_elbow``, ``left_wrist``.
        control, pole: bones the animator moves in IK.
        bend: SMPL-X direction in which a straight limb bends: elbows back, knees forward.
    """

    side: str
    name: str
    upper: str
    lower: str
    end: str
    control: str
    pole: str
    bend: tuple[float, float, float]

    @property
    def label(self) -> str:
        """Its name in the panel."""
        return f"{self.side.capitalize()} {'Hand' if self.name == 'arm' else 'Foot'}"

    @property
    def solved(self) -> tuple[str, str]:
        """Mechanism bones along the limb, which Blender's IK moves."""
        return f"MCH-{self.side}_{self.name}_upper", f"MCH-{self.side}_{self.name}_lower"

    @property
    def turned(self) -> tuple[str, str]:
        """Mechanism bones that the FK bones copy.

        Their own rotation is the twist that IK leaves out.
        """
        return f"MCH-{self.upper}_turn", f"MCH-{self.lower}_turn"

    @property
    def fk(self) -> tuple[str, str, str]:
        """The body's own bones."""
        return self.upper, self.lower, self.end


def _limb(side: str, name: str) -> Limb:
    if name == "arm":
        joints, control, pole, bend = ("shoulder", "elbow", "wrist"), "hand_ik", "elbow_pole", (0.0, 0.0, -1.0)
    else:
        joints, control, pole, bend = ("hip", "knee", "ankle"), "foot_ik", "knee_pole", (0.0, 0.0, 1.0)
    return Limb(side, name, *(f"{side}_{joint}" for joint in joints), f"{side}_{control}", f"{side}_{pole}", bend)


LIMBS: tuple[Limb, ...] = tuple(_limb(side, name) for name in ("arm", "leg") for side in ("left", "right"))


def has_controls(target: bpy.types.Object) -> bool:
    """Whether all four limbs have IK controls."""
    return all(name in target.pose.bones for limb in LIMBS for name in (limb.control, limb.pole, *limb.solved, *limb.turned))


def add_controls(target: bpy.types.Object, context: bpy.types.Context) -> None:
    """Give a default character IK controls, switched to FK.

    Needs Object Mode and a visible object.
    """
    context.view_layer.objects.active = target
    bpy.ops.object.mode_set(mode="EDIT")
    try:
        for limb in LIMBS:
            _add_bones(target.data, limb)
    finally:
        bpy.ops.object.mode_set(mode="OBJECT")
    collections = {name: target.data.collections.get(name) or target.data.collections.new(name) for name in ("IK", "Mechanism")}
    collections["Mechanism"].is_visible = False
    for limb in LIMBS:
        _constrain(target, limb)
        _dress(target, limb, collections)


def _add_bones(armature: bpy.types.Armature, limb: Limb) -> None:
    bones = armature.edit_bones
    upper, lower, end = (bones[name] for name in limb.fk)
    start, middle, goal = (np.array(bone.head) for bone in (upper, lower, end))
    toward = _bend_direction(start, middle, goal, SMPLX_TO_BLENDER @ np.array(limb.bend))
    root = _root(upper)

    control = bones.new(limb.control)
    control.head, control.tail, control.parent = end.head, end.head + (end.tail - end.head), root
    control.align_roll(end.z_axis)
    pole = bones.new(limb.pole)
    pole.head = Vector(middle + toward * POLE_DISTANCE)
    pole.tail, pole.parent = pole.head + Vector((0.0, 0.0, 0.05)), root

    above, roll = upper.parent, toward
    line = (goal - start) / np.linalg.norm(goal - start)
    hinge = np.cross(line, toward)
    for name, turned, bone, head, tail in (
        (limb.solved[0], limb.turned[0], upper, start, middle),
        (limb.solved[1], limb.turned[1], lower, middle, goal),
    ):
        solved = bones.new(name)
        solved.head, solved.tail, solved.parent = Vector(head), Vector(tail), above
        roll = np.cross(hinge, (tail - head) / np.linalg.norm(tail - head))
        solved.align_roll(Vector(roll))
        copy = bones.new(turned)
        copy.head, copy.tail, copy.parent = bone.head, bone.head + (bone.tail - bone.head), solved
        copy.align_roll(bone.z_axis)
        above = solved
    bones[limb.solved[1]].use_connect = True
    for name in (limb.control, limb.pole, *limb.solved, *limb.turned):
        bones[name].use_deform = False


def _bend_direction(start: np.ndarray, middle: np.ndarray, goal: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """(3,) direction of the bend at rest; for a straight limb the usual one."""
    line = (goal - start) / np.linalg.norm(goal - start)
    off = (middle - start) - line * ((middle - start) @ line)
    if np.linalg.norm(off) < _STRAIGHT * np.linalg.norm(goal - start) or off @ usual <= 0:
        off = usual - line * (usual @ line)
    return off / np.linalg.norm(off)


def _root(bone: bpy.types.EditBone) -> bpy.types.EditBone | None:
    """The topmost bone, which carries the whole character."""
    while bone.parent is not None:
        bone = bone.parent
    return bone


def _constrain(target: bpy.types.Object, limb: Limb) -> None:
    pose = target.pose.bones
    for name in (limb.control, limb.pole, *limb.turned):
        pose[name].rotation_mode = "QUATERNION"
    pose[limb.control][SWITCH] = 0.0
    ui = pose[limb.control].id_properties_ui(SWITCH)
    ui.update(min=0.0, max=1.0, default=0.0, description="0: the limb is posed bone by bone (FK). 1: it follows its control (IK)")
    lower = pose[limb.solved[1]]
    lower.lock_ik_y = lower.lock_ik_z = True  # a hinge
    for name in limb.solved:
        pose[name].ik_stretch = 0.0
    reach = lower.constraints.new("IK")
    reach.target, reach.subtarget, reach.chain_count = target, limb.control, 2
    reach.pole_target, reach.pole_subtarget, reach.pole_angle = target, limb.pole, math.radians(90.0)
    reach.use_stretch = False
    for bone, source in zip(limb.fk, (*limb.turned, limb.control), strict=True):
        copied = pose[bone].constraints.new("COPY_ROTATION")
        copied.name = "IK"
        copied.target, copied.subtarget = target, source
        copied.owner_space = copied.target_space = "POSE"
        driver = copied.driver_add("influence").driver
        driver.type = "SUM"
        variable = driver.variables.new()
        variable.targets[0].id = target
        variable.targets[0].data_path = f'pose.bones["{limb.control}"]["{SWITCH}"]'


def _dress(target: bpy.types.Object, limb: Limb, collections: dict[str, bpy.types.BoneCollection]) -> None:
    for name in (*limb.solved, *limb.turned):
        collections["Mechanism"].assign(target.data.bones[name])
    for name, size in ((limb.control, 0.11 if limb.name == "leg" else 0.085), (limb.pole, 0.03)):
        bone = target.pose.bones[name]
        collections["IK"].assign(bone.bone)
        bone.custom_shape, bone.use_custom_shape_bone_size = ring_shape(), False
        bone.custom_shape_scale_xyz = (size,) * 3
        # across the arm for hands, flat on the floor for feet
        bone.custom_shape_rotation_euler = (0.0, 0.0, math.radians(90.0)) if limb.name == "arm" else (0.0, 0.0, 0.0)
        bone.bone.color.palette = "THEME03" if limb.side == "left" else "THEME02"
        bone.bone.show_wire = True
