"""IK for hands and feet: adding it changes nothing, snapping moves nothing, either way (bars: 1 mm, 0.1 degree)."""

from __future__ import annotations

import time

import numpy as np
import pytest
from mathutils import Quaternion, Vector

from tests.addon.rigs import measure

BONES = [f"{side}_{joint}" for side in ("left", "right") for joint in (
    "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "foot", "middle1", "thumb2",
)]  # fmt: skip
MILLIMETRE, TENTH = 0.001, np.radians(0.1)


@pytest.fixture
def moving(blender, scene, character):
    """The character with a motion of 176 frames."""
    scene.render.fps, scene.render.fps_base = 30, 1.0
    scene.frame_set(1)
    assert blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION)) == {"FINISHED"}
    return character


def poses(blender, scene, target, frames) -> tuple[np.ndarray, list]:
    heads, turns = [], []
    for frame in frames:
        scene.frame_set(int(frame), subframe=frame - int(frame))
        blender.context.view_layer.update()
        bones = [target.pose.bones[name] for name in BONES]
        heads.append([bone.head[:] for bone in bones])
        turns.append([bone.matrix.to_quaternion() for bone in bones])
    return np.array(heads), turns


def jump(before, after) -> tuple[float, float]:
    """Largest distance in metres and largest angle in radians."""
    distance = np.linalg.norm(before[0] - after[0], axis=-1).max()
    turns = [a.rotation_difference(b) for x, y in zip(before[1], after[1], strict=True) for a, b in zip(x, y, strict=True)]
    # From the vector part: the cosine of small angles is 1 in single precision.
    return float(distance), float(max(2 * np.arctan2(np.linalg.norm(turn[1:]), abs(turn[0])) for turn in turns))


def test_adding_controls_moves_nothing_and_keeps_the_rest_pose(extension, blender, scene, moving):
    frames = range(1, 176, 12)
    before = poses(blender, scene, moving, frames)
    rest = {bone.name: (bone.matrix_local.copy(), bone.parent and bone.parent.name) for bone in moving.data.bones}
    assert blender.ops.voice_to_motion.add_ik() == {"FINISHED"}
    assert {name: (moving.data.bones[name].matrix_local, rest[name][1]) for name in rest} == rest
    distance, angle = jump(before, poses(blender, scene, moving, frames))
    assert distance < 1e-6 and angle < 1e-3
    assert extension("rigs.scene_maps").match_of(scene, moving).score == "SMPL-X with IK, 55 of 55 bones"
    assert not any(bone.use_deform for bone in moving.data.bones if bone.name not in rest)
    assert not blender.ops.voice_to_motion.add_ik.poll(), "once is enough"


def test_controls_are_added_while_posing(extension, blender, scene, moving):
    create = blender.types.VOICE_TO_MOTION_OT_create_character.disabled_reason
    blender.context.view_layer.objects.active = moving
    for mode, key in (("EDIT", "press Tab to"), ("POSE", "press Ctrl Tab to")):
        blender.ops.object.mode_set(mode=mode)
        assert key in create(blender.context)
    assert blender.ops.voice_to_motion.add_ik() == {"FINISHED"}
    assert blender.context.mode == "POSE" and extension("ik.controls").has_controls(moving)
    blender.ops.object.mode_set(mode="OBJECT")


def test_snapping_to_ik_and_back_without_a_jump(blender, scene, moving, capsys):
    blender.ops.voice_to_motion.add_ik()
    frames = [*range(1, 177, 3), 50.5, 100.25]
    before = poses(blender, scene, moving, frames)
    started = time.thread_time()
    assert blender.ops.voice_to_motion.snap_to_ik() == {"FINISHED"}
    seconds = time.thread_time() - started
    whole = poses(blender, scene, moving, frames[:-2])
    distance, angle = jump((before[0][:-2], before[1][:-2]), whole)
    with capsys.disabled():
        print(
            f"\nFK to IK: {distance * 1000:.3f} mm, {np.degrees(angle):.4f} degrees; 176 frames in {seconds * 1000:.0f} ms", end=""
        )
    assert moving.pose.bones["left_hand_ik"]["ik"] == 1.0
    assert distance < MILLIMETRE and angle < TENTH
    between = poses(blender, scene, moving, frames[-2:])
    assert jump((before[0][-2:], before[1][-2:]), between)[0] < 0.005, "between keys too it stays close"

    # The FK bones are made useless first: what comes back can only come from the controls.
    owner = moving.animation_data.action
    assert owner is not None
    for limb in ("left_shoulder", "left_elbow", "right_hip", "right_knee", "right_ankle"):
        moving.pose.bones[limb].keyframe_delete("rotation_quaternion", frame=40)
    assert blender.ops.voice_to_motion.snap_to_fk() == {"FINISHED"}
    assert moving.pose.bones["left_hand_ik"]["ik"] == 0.0
    distance, angle = jump(whole, poses(blender, scene, moving, frames[:-2]))
    with capsys.disabled():
        print(f"\nIK to FK: {distance * 1000:.3f} mm, {np.degrees(angle):.4f} degrees", end="")
    assert distance < MILLIMETRE and angle < TENTH


def test_what_was_done_in_ik_survives_in_fk(blender, scene, moving):
    """Controls, poles and even a control out of reach, moved by an animator."""
    blender.ops.voice_to_motion.add_ik()
    blender.ops.voice_to_motion.snap_to_ik()
    owner_frames = range(1, 177)
    for frame in owner_frames:
        scene.frame_set(frame)
        hand, foot = moving.pose.bones["left_hand_ik"], moving.pose.bones["right_foot_ik"]
        hand.location += Vector((0.05, 0.1 + 0.6 * (frame > 120), 0.1))
        hand.rotation_quaternion = Quaternion((0.9, 0.3, 0.1, 0.2)).normalized() @ hand.rotation_quaternion
        foot.location.y += 0.12
        pole = moving.pose.bones["right_knee_pole"]
        pole.location.x += 0.3
        for bone, channel in ((hand, "location"), (hand, "rotation_quaternion"), (foot, "location"), (pole, "location")):
            bone.keyframe_insert(channel, frame=frame)
    frames = range(1, 177, 5)
    before = poses(blender, scene, moving, frames)
    blender.ops.voice_to_motion.snap_to_fk()
    distance, angle = jump(before, poses(blender, scene, moving, frames))
    assert distance < MILLIMETRE and angle < TENTH


def test_control_reaches_its_hand(blender, scene, character):
    """IK really moves the limb: the wrist goes where the control is put."""
    blender.ops.voice_to_motion.add_ik()
    blender.ops.voice_to_motion.snap_to_ik()  # no action: the pose itself is snapped
    assert character.animation_data is None or character.animation_data.action is None
    control = character.pose.bones["left_hand_ik"]
    assert control["ik"] == 1.0
    control.location += Vector((-0.2, 0.15, 0.1))
    character.update_tag()
    scene.frame_set(scene.frame_current)
    blender.context.view_layer.update()
    wrist, goal = character.pose.bones["left_wrist"].head, character.pose.bones["left_hand_ik"].head
    assert (wrist - goal).length < MILLIMETRE
    elbow, shoulder = character.pose.bones["left_elbow"].head, character.pose.bones["left_shoulder"].head
    assert elbow.y > min(wrist.y, shoulder.y), "elbows bend backwards"
    blender.ops.voice_to_motion.snap_to_fk()
    scene.frame_set(scene.frame_current)
    blender.context.view_layer.update()
    assert (character.pose.bones["left_wrist"].head - goal).length < MILLIMETRE and control["ik"] == 0.0


def test_a_new_motion_switches_back_to_fk_and_says_so(blender, scene, moving, session):
    blender.ops.voice_to_motion.add_ik()
    blender.ops.voice_to_motion.snap_to_ik()
    scene.frame_set(1)
    blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION))
    scene.frame_set(60)
    assert moving.pose.bones["left_foot_ik"]["ik"] == 0.0
    assert "from IK to FK" in session.note


def test_other_rigs_are_told_to_use_their_own(extension, blender, scene):
    from tests.addon.rigs import make

    scene.voice_to_motion.character = make.make(make.KINDS["mixamo"])
    reason = blender.types.VOICE_TO_MOTION_OT_add_ik.disabled_reason(blender.context)
    assert "use the IK that its own rig has" in reason
    assert "add them first" in blender.types.VOICE_TO_MOTION_OT_snap_to_ik.disabled_reason(blender.context)
