"""Whatever a rig's rest pose, its character walks on the floor, upright, level and facing forward."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np
import pytest
from mathutils import Matrix, Vector

from tests.addon.rigs import make, measure

KIND = replace(make.KINDS["unreal 4"], body=make.T_POSE, lie="along", scale=1.0)
HUNCHED = Path(__file__).with_name("hunched_25.json")


def turn(target, name, degrees, axis="X"):
    """Turn a bone and what hangs from it about a world axis through its head."""
    bone = target.pose.bones[name]
    pivot = Matrix.Translation(bone.head)
    bone.matrix = pivot @ Matrix.Rotation(math.radians(degrees), 4, axis) @ pivot.inverted() @ bone.matrix
    bpy.context.view_layer.update()


def apply(target):
    """Make the pose the rest pose."""
    bpy.context.view_layer.objects.active = target
    bpy.ops.object.mode_set(mode="POSE")
    bpy.ops.pose.armature_apply(selected=False)
    bpy.ops.object.mode_set(mode="OBJECT")
    bpy.context.view_layer.update()


def posed(*turns, kind=KIND, lower=0.0):
    def build():
        target = make.make(kind)
        for name, degrees, *axis in turns:
            for each in (name.replace("~", "l"), name.replace("~", "r")) if "~" in name else (name,):
                turn(target, each, degrees, *axis)
        target.pose.bones["root"].matrix = Matrix.Translation((0, 0, -lower)) @ target.pose.bones["root"].matrix
        apply(target)
        return target

    return build


def arms(down):
    return [("upperarm_l", down, "Y"), ("upperarm_r", -down, "Y")]


def turned_object(axis_angle, kind=KIND, **more):
    """Data turned one way, and the object turned back."""

    def build():
        target = posed(("root", *axis_angle), **more, kind=kind)()
        target.rotation_euler = Matrix.Rotation(-math.radians(axis_angle[0]), 3, axis_angle[1]).to_euler()
        bpy.context.view_layer.update()
        return target

    return build


def hunched():
    return make.from_facts(HUNCHED)


def smplx_on_its_back():
    bpy.ops.voice_to_motion.create_character()
    target = bpy.context.scene.voice_to_motion.character
    turn(target, "root", -90)
    apply(target)
    return target


def hung_from_a_turned_parent():
    """As files with Y up come in where an empty is turned instead of the armature."""
    target = posed(("root", -90))()
    holder = bpy.data.objects.new("Holder", None)
    bpy.context.scene.collection.objects.link(holder)
    holder.rotation_euler.x = math.radians(90)
    target.parent = holder
    bpy.context.view_layer.update()
    return target


# name -> how to build it, and how many degrees it is turned to its left from facing -Y; None where it lies on its side or head
LANDING = [("thigh_l", -80), ("calf_l", 100), ("foot_l", -20), ("thigh_r", 10), ("calf_r", 80), ("spine_01", 40), ("head", 20)]
STANCE = [("thigh_l", -35), ("calf_l", 45), ("foot_l", -10), ("thigh_r", -20), ("calf_r", 40), ("foot_r", -20)]
POSES = {
    "T": (posed(), 0),
    "A": (posed(*arms(47)), 0),
    "arms down": (posed(*arms(85)), 0),
    "hunched 25 degrees": (hunched, 0),
    "trunk leans 40 degrees": (posed(("spine_01", 40)), 0),
    "trunk leans back 30 degrees": (posed(("spine_01", -30)), 0),
    "on the back": (posed(("root", -90)), 0),
    "on the belly": (posed(("root", 90)), 0),
    "on the back, head to the left": (posed(("root", -90), ("root", 90, "Z")), 90),
    "on the side": (posed(("root", 90, "Y")), None),
    "upside down": (posed(("root", 180)), None),
    "sitting on a chair": (posed(("thigh_~", -90), ("calf_~", 90), lower=0.42), 0),
    "sitting on the floor": (posed(("thigh_~", -90), lower=0.8), 0),
    "kneeling": (posed(("calf_~", 90), lower=0.42), 0),
    "on all fours": (posed(("spine_01", 90), ("thigh_~", -10), *arms(0)), 0),
    "one knee raised": (posed(("thigh_l", -60), ("calf_l", 60)), 0),
    "one leg bent back": (posed(("thigh_r", -20), ("calf_r", 80)), 0),
    "facing Y": (posed(("root", 180, "Z")), 180),
    "facing X": (posed(("root", 90, "Z")), 90),
    "facing half way": (posed(("root", 40, "Z")), 40),
    "Y up, object turned": (turned_object((-90, "X")), 0),
    "Z down, object turned": (turned_object((180, "X")), 0),
    "X up, object turned": (turned_object((90, "Y")), 0),
    "slanted data, object turned back": (turned_object((35, "X")), 0),
    "centimetres, Y up": (lambda: make.make(make.KINDS["mixamo"]), 0),
    "superhero": (posed(*STANCE, *arms(40), lower=0.06), 0),
    "three-point landing, trunk leans": (posed(*LANDING, lower=0.37), 0),
    "squatting, trunk leans": (posed(("thigh_~", -100), ("calf_~", 130), ("foot_~", -30), ("spine_01", 30), lower=0.5), 0),
    "hung from a turned parent": (hung_from_a_turned_parent, 0),
    "head down": (posed(("neck_01", 50)), 0),
    "SMPL-X's bones, on the back": (smplx_on_its_back, 0),
}  # fmt: skip


def leg_length(at):
    joints = ("left_hip", "left_knee", "left_ankle")
    return sum(np.linalg.norm(at[b] - at[a], axis=-1).mean() for a, b in itertools.pairwise(joints))


def facing(at):
    left = (at["left_hip"] - at["right_hip"]).sum(axis=0)
    return math.atan2(left[1], left[0])


@pytest.mark.parametrize("name", POSES)
def test_walks_on_the_floor(name, extension, blender, scene, session):
    build, degrees = POSES[name]
    target = build()
    assert not extension("rigs.readiness").character_reason(scene, target)
    bones = extension("rigs.reading").read_rig(scene, target).match.bones
    scene.render.fps, scene.voice_to_motion.character = 30, target
    scene.frame_set(1)
    assert blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION)) == {"FINISHED"}
    body = extension("motion.body").default_body()
    source = measure.source_positions(body)
    names = ["pelvis", *{n for pair in measure.LIMBS for n in pair}, "left_foot", "right_foot"]
    at = {key: [] for key in names}
    frames = range(0, 100, 3)
    for frame in frames:
        scene.frame_set(frame + 1)
        for key in names:
            at[key].append(target.matrix_world @ target.pose.bones[bones[key]].head)
    at = {key: np.array(points) for key, points in at.items()}
    ours = {key: source[list(frames), body.index(key)] for key in names}
    scale = leg_length(at) / leg_length(ours)

    path = at["pelvis"][-1] - at["pelvis"][0]
    assert abs(path[2]) < 0.04 and np.linalg.norm(path[:2]) == pytest.approx(
        scale * np.linalg.norm((ours["pelvis"][-1] - ours["pelvis"][0])[:2]), rel=0.06
    )
    toes, ankles = [np.minimum(at[f"left_{joint}"][:, 2], at[f"right_{joint}"][:, 2]) for joint in ("foot", "ankle")]
    assert np.abs(np.median(toes) - 0.02).max() < 0.025 and toes.min() > -0.02 and 0.04 < np.median(ankles) < 0.12
    trunk = (at["left_shoulder"] + at["right_shoulder"] - at["left_hip"] - at["right_hip"]).mean(axis=0)
    leans = 45 if "leans" in name or "hunched" in name else 15
    assert trunk[2] / np.linalg.norm(trunk) > math.cos(math.radians(leans))
    heading = facing(at) - facing(ours)
    if degrees is not None:
        assert math.cos(heading - math.radians(degrees)) > math.cos(math.radians(3))
    turned = Matrix.Rotation(heading, 3, "Z")
    angles = [
        Vector(a).angle(turned @ Vector(b))
        for one, two in measure.LIMBS
        for a, b in zip(at[two] - at[one], ours[two] - ours[one], strict=True)
    ]
    assert np.degrees(np.mean(angles)) < 3.0


def test_a_pose_that_nothing_decides_is_told_before(extension, scene):
    """The object is tilted half way, and the body lies across."""
    target = posed(("root", 90, "Y"))()
    target.rotation_euler.x = math.radians(45)
    bpy.context.view_layer.update()
    reason = extension("rigs.readiness").character_reason(scene, target)
    assert reason.startswith("Which way is up in this rest pose cannot be told")
