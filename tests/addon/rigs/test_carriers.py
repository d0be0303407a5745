"""What is above the pelvis carries a motion, as the object does: once, in each root mode."""

from __future__ import annotations

import math
from dataclasses import replace

import bpy
import numpy as np
import pytest
from mathutils import Matrix, Vector

from tests.addon.rigs import make, measure

FRAMES = (1, 2, 20, 45, 70)


def game_rig():
    """Mixamo's names under two control bones that lie askew, Y up and in centimetres."""
    bones = [("root", "", "root"), ("master", "root", "root")]
    bones += [(name, parent or "master", place) for name, parent, place in make.mixamo("mixamorig:")]
    return make.make(replace(make.KINDS["mixamo"], bones=bones))


def our_rig():
    bpy.ops.voice_to_motion.create_character()
    return bpy.context.scene.voice_to_motion.character


RIGS = {"ours": our_rig, "game": game_rig, "rigify": make.rigify}
ROOT = {"ours": "root", "game": "root", "rigify": "root"}


def pose(bone, place=(0, 0, 0), turn=0.0, tilt=0.0, scale=1.0):
    """Displace a bone from its rest pose, metres and degrees in the world; the character's object stands at the origin."""
    moved = Matrix.Translation(place) @ Matrix.Rotation(math.radians(turn), 4, "Z") @ Matrix.Rotation(math.radians(tilt), 4, "X")
    rest = bone.id_data.matrix_world @ bone.bone.matrix_local
    bone.matrix_basis = rest.inverted() @ moved @ rest @ Matrix.Scale(scale, 4)


def key(bone, frame):
    for path in ("location", f"rotation_{'quaternion' if bone.rotation_mode == 'QUATERNION' else 'euler'}"):
        bone.keyframe_insert(path, frame=frame)


def turned(target, root):
    pose(root, (3, 0, 0), 90)


def lifted(target, root):
    pose(root, (3, 0, 0.4), 90)


def scaled(target, root):
    pose(root, (1, 0, 0), 30, scale=1.5)


def tilted(target, root):
    pose(root, (0, 1, 0), 40, 10)


def keyed(target, root):
    turned(target, root)
    key(root, 1)


def animated(target, root):
    turned(target, root)
    key(root, 1)
    pose(root, (5, 2, 0), 150)
    key(root, 60)


def animated_in_one_axis(target, root):
    for frame, place in ((1, 3), (60, 5)):
        pose(root, (place, 0, 0))
        root.keyframe_insert("location", index=int(np.abs(root.location).argmax()), frame=frame)


def keyed_in_euler(target, root):
    root.rotation_mode = "XYZ"
    keyed(target, root)


def nested(target, root):
    turned(target, root)
    for child in root.children:
        if child.name == "master":
            pose(child, (0, 0.5, 0.2), -35)


def child_of(target, root):
    turned(target, root)
    holder = bpy.data.objects.new("Holder", None)
    bpy.context.scene.collection.objects.link(holder)
    holder.location, holder.rotation_euler.z = (1, 2, 0), 0.7
    constraint = root.constraints.new("CHILD_OF")
    constraint.target = holder


def copied(target, root):
    holder = bpy.data.objects.new("Holder", None)
    bpy.context.scene.collection.objects.link(holder)
    holder.location = (1, 2, 0.3)
    constraint = root.constraints.new("COPY_LOCATION")
    constraint.target = holder
    root.rotation_mode = "XYZ"
    pose(root, turn=60)


def driven(target, root):
    driver = root.driver_add("location", 0).driver
    driver.type, driver.expression = "SCRIPTED", str(2 / target.scale.x)


CASES = (turned, lifted, scaled, tilted, keyed, animated, animated_in_one_axis, keyed_in_euler, nested, child_of, copied, driven)
SCENES = {case.__name__: case for case in CASES}


def bones_to_look_at(target, match):
    feet = ["DEF-foot.L", "DEF-foot.R"]
    if feet[0] not in target.data.bones:
        feet = [match.bones["left_ankle"], match.bones["right_ankle"]]
    return [match.bones["pelvis"], *feet]


def look(scene, target, names):
    found = []
    for frame in FRAMES:
        scene.frame_set(frame)
        bpy.context.view_layer.update()
        found.append([tuple(target.matrix_world @ target.pose.bones[name].head) for name in names])
    return np.array(found)


def generate(scene, target, mode, yaw=False, frame=1):
    scene.render.fps, scene.voice_to_motion.character = 30, target
    placement = scene.voice_to_motion_placement
    placement.root, placement.root_yaw, placement.blend = mode, yaw, 0
    scene.frame_set(frame)
    assert bpy.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION)) == {"FINISHED"}


def carried_to(target, rig):
    """(4, 4) world space: where what is above the pelvis has brought the body, as Blender evaluates it."""
    bpy.context.view_layer.update()
    bone = target.pose.bones[rig.carriers[-1].name]
    world = target.matrix_world
    return world @ bone.matrix @ bone.bone.matrix_local.inverted() @ world.inverted()


@pytest.mark.parametrize("mode", ["PELVIS", "ROOT", "IN_PLACE"])
@pytest.mark.parametrize("case", SCENES)
@pytest.mark.parametrize("kind", RIGS)
def test_a_motion_lands_where_the_carriers_stand(kind, case, mode, extension, blender, scene):
    target = RIGS[kind]()
    rig = extension("rigs.reading").read_rig(scene, target)
    assert rig.root == ROOT[kind]
    names = bones_to_look_at(target, rig.match)
    generate(scene, target, mode, case == "tilted")
    plain = look(scene, target, names)
    blender.data.actions.remove(target.animation_data.action)
    for bone in target.pose.bones:
        bone.matrix_basis = Matrix.Identity(4)

    scene.frame_set(1)
    SCENES[case](target, target.pose.bones[rig.root])
    scene.frame_set(1)
    there = carried_to(target, rig)
    generate(scene, target, mode, case == "tilted")
    assert not extension("link.session").session.message
    wanted = np.array([[there @ Vector(point) for point in row] for row in plain])
    found = look(scene, target, names)
    if case in ("copied", "driven") and mode == "ROOT":  # the root cannot go
        assert "so another bone carries the way" in extension("link.session").session.note
    np.testing.assert_allclose(found, wanted, atol=2e-3)
    told = "stays where it stood" in extension("link.session").session.note
    assert told == (case.startswith("animated") and mode != "ROOT"), "the animator's keys are not replaced in silence"


@pytest.mark.parametrize("kind", RIGS)
def test_one_after_the_other_in_all_modes(kind, extension, blender, scene):
    """Each begins where the one before has brought the character, whichever bone carried it, on a root that stands elsewhere."""
    target = RIGS[kind]()
    rig = extension("rigs.reading").read_rig(scene, target)
    lifted(target, target.pose.bones[rig.root])
    frame, names = 1, bones_to_look_at(target, rig.match)
    for mode, yaw in (("ROOT", True), ("PELVIS", False), ("ROOT", False), ("IN_PLACE", False), ("PELVIS", True)):
        scene.frame_set(frame)
        before = target.matrix_world @ target.pose.bones[rig.pelvis].head
        generate(scene, target, mode, yaw, frame)
        after = target.matrix_world @ target.pose.bones[rig.pelvis].head
        assert frame == 1 or ((before.xy - after.xy).length < 0.04 and abs(after.z - before.z) < 0.06), mode
        frame = target.animation_data.action.voice_to_motion.clips[-1].last
    clips = target.animation_data.action.voice_to_motion.clips
    scene.frame_set(frame)
    world = look(scene, target, names)
    for clip in clips:  # another bone carries it: nothing moves
        if clip.root != "IN_PLACE":
            clip.root = "ROOT" if clip.root == "PELVIS" else "PELVIS"
    np.testing.assert_allclose(look(scene, target, names), world, atol=3e-3)
