"""Style in Tweak, as the panel sets it: what Blender does then, on our character and on others' rigs."""

from __future__ import annotations

import numpy as np
import pytest
from mathutils import Quaternion

from tests.addon.clips import dope_sheet
from tests.addon.clips.conftest import WALK
from tests.addon.rigs import make

ELBOW = 'pose.bones["left_elbow"].rotation_quaternion'


def same(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[key], other[key]) for key in one)


def test_without_strength_nothing_changes_bit_by_bit(walk, curves, session):
    plain, length = curves(), walk.length
    for style in ("robot", "drunk", "happy"):
        walk.style_strength = 1.0
        walk.style = style
        assert not same(curves(), plain) and walk.length != length
        assert walk.note.startswith("Style “") and not session.message
        walk.style_strength = 0.0
        assert same(curves(), plain), style
        assert not walk.note
    walk.style_strength = 1.0
    walk.style = "NONE"
    assert same(curves(), plain)


@pytest.mark.parametrize("rig", ["ours", "mixamo", "rigify"])
def test_standing_feet_slide_no_faster_on_any_rig(extension, blender, scene, rig):
    """Measured on posed bones, against the plain motion at the pace of the style."""
    if rig == "ours":
        blender.ops.voice_to_motion.create_character()
    else:
        scene.voice_to_motion.character = make.make(make.KINDS["mixamo"]) if rig == "mixamo" else make.rigify()
    target, scene.render.fps = scene.voice_to_motion.character, 30
    assert blender.ops.voice_to_motion.apply_motion(filepath=str(WALK)) == {"FINISHED"}
    clip, read = target.animation_data.action.voice_to_motion.clips[0], extension("rigs.reading").read_rig(scene, target)
    contacts, style, recipe = extension("tweak.contacts"), extension("tweak.style"), extension("clips.recipe").Recipe
    bones = [next(bone for bone, rows in read.joints.items() if read.skeleton.index(name) in rows) for name in contacts.POINTS]
    clip.reduction = "NONE"

    def slide() -> float:
        """Centimetres a second."""
        tweaks = recipe.from_text(clip.written).tweaks
        standing = extension("tweak.pipeline").tweak_motion(clip.raw, tweaks, read.skeleton, 30.0).standing
        points = []
        for frame in range(clip.start, clip.last + 1):
            scene.frame_set(frame)
            points.append([target.matrix_world @ target.pose.bones[name].head for name in bones])
        return contacts.skate_speed(np.array(points)[..., [0, 2, 1]], standing, 30.0)  # over the floor: x and z

    for name, strength in (("happy", 1.0), ("angry", 2.0), ("proud", 2.0), ("sneaky", 2.0), ("zombie", 1.0), ("heavy", 1.0)):
        clip.style, clip.speed = "NONE", style.tempo(name, strength)
        plain, length = slide(), clip.length
        clip.speed, clip.style_strength = 1.0, strength
        clip.style = name
        styled = slide()
        print(f"{rig}, {name}, strength {strength:g}: standing feet slide {plain:.1f} cm/s, in the style {styled:.1f}")
        assert clip.length == length and plain > 2
        assert styled <= 1.01 * plain, name


def test_what_a_style_looks_like(extension, walk, joints):
    """On posed joints, metres: sad bows the head, sneaky is low, old walks less far, a robot stops in ticks."""
    row = extension("motion.body").default_body().index

    def bowed(places):
        return float((places[:, row("neck"), 1] - places[:, row("head"), 1]).mean())  # forwards is -Y

    plain = joints(walk.start, walk.last)
    found = {}
    for name in ("sad", "sneaky", "old", "robot"):
        walk.style = name
        found[name] = joints(walk.start, walk.last)
    assert bowed(found["sad"]) > bowed(plain) + 0.02
    heights = {name: places[:, row("pelvis"), 2].mean() for name, places in found.items()}
    assert heights["sneaky"] < plain[:, row("pelvis"), 2].mean() - 0.07
    ways = {name: np.linalg.norm(np.ptp(places[:, row("pelvis")], axis=0)[:2]) for name, places in found.items()}
    assert ways["old"] < 0.75 * np.linalg.norm(np.ptp(plain[:, row("pelvis")], axis=0)[:2])
    speeds = {name: np.linalg.norm(np.diff(places[:, row("pelvis")], axis=0), axis=-1) for name, places in found.items()}
    still = {name: (speed[: len(speed) // 3] < 0.15 * speed.max()).mean() for name, speed in speeds.items()}  # while it walks
    assert still["robot"] > 0.3 and max(still["sad"], still["old"], still["sneaky"]) < 0.1
    for name, places in found.items():
        hand = places[:, row("right_wrist"), 2] - places[:, row("right_shoulder"), 2]
        assert hand.max() > 0.1, f"{name}: it still waves"


def test_what_is_behind_makes_room_and_goes_on(put, scene, character):
    put(1)
    put(177)
    first, second = character.animation_data.action.voice_to_motion.clips
    began, length = second.start, first.length
    first.style = "old"
    assert first.length == pytest.approx(length / 0.66, abs=1) and second.start == began + first.length - length
    assert first.last == second.start - 1
    scene.frame_set(first.last)
    here = character.pose.bones["pelvis"].head.copy()
    scene.frame_set(second.start)
    assert (character.pose.bones["pelvis"].head - here).length < 0.05
    first.style = "NONE"
    assert (second.start, first.length) == (began, length)


def test_a_pose_made_by_hand_and_scaled_keys_are_kept(walk, character, scene, extension):
    walk.style = "tired"
    scene.frame_set(walk.start + 40)
    bone = character.pose.bones["left_elbow"]
    pose = bone.rotation_quaternion.copy() @ Quaternion((0.0, 1.0, 0.0), 0.8)
    bone.rotation_quaternion = pose
    bone.keyframe_insert("rotation_quaternion", frame=scene.frame_current)
    place = scene.frame_current - walk.start
    walk.style_strength = 0.0
    assert walk.by_hand == 1
    scene.frame_set(round(walk.start + place * 0.78))
    assert bone.rotation_quaternion.rotation_difference(pose).angle < 0.1
    walk.style_strength = 1.0
    length = walk.length
    dope_sheet.scale(list(extension("keys.keyframes").curve_owner(character).fcurves), 2.0, walk.start)
    walk.foot_lock = 0.01
    assert walk.speed == pytest.approx(0.5, rel=0.02) and walk.length == pytest.approx(2 * length, abs=2)


def test_saved_recalled_and_reset(blender, walk, curves, extension, scene, character, tmp_path):
    plain = curves()
    walk.style, walk.style_strength = "sad", 1.5
    styled = curves()
    blender.ops.wm.save_as_mainfile(filepath=str(tmp_path / "styled.blend"))
    blender.ops.wm.open_mainfile(filepath=str(tmp_path / "styled.blend"))
    target = blender.context.scene.voice_to_motion.character
    clip = target.animation_data.action.voice_to_motion.clips[0]
    assert (clip.style, clip.style_strength) == ("sad", 1.5)
    blender.context.scene.frame_set(clip.start)
    owner = extension("keys.keyframes").curve_owner(target)

    def keys():
        return {(c.data_path, c.array_index): [tuple(point.co) for point in c.keyframe_points] for c in owner.fcurves}

    assert keys() == {path: [tuple(point) for point in points.tolist()] for path, points in styled.items()}
    clip.foot_lock = 0.5  # rewritten from the file: nothing counts as made by hand
    assert clip.by_hand == 0
    assert blender.ops.voice_to_motion.reset_tweaks() == {"FINISHED"}
    assert (clip.style, clip.style_strength, clip.speed) == ("NONE", 1.0, 1.0)
    clip.reduction = "NONE"
    assert keys() == {path: [tuple(point) for point in points.tolist()] for path, points in plain.items()}


def test_a_setting_that_cannot_be_written_is_put_back(walk, character, session):
    """The style comes back with the speed beside it, as both were."""
    walk.style, walk.speed = "old", 1.5
    length = walk.length
    walk.trim_start = 10_000
    assert "trim" in session.message
    assert (walk.style, walk.length) == ("old", length) and walk.speed == pytest.approx(1.5, rel=1e-4)
