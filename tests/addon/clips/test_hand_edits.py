"""What the animator does to the keys survives the next change of a setting."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from mathutils import Quaternion

ELBOW = 'pose.bones["left_elbow"].rotation_quaternion'


@pytest.fixture
def bent(extension, scene, character, walk):
    """The walk with few keys, and one key of the left elbow bent by hand; returns its frame and pose."""
    walk.reduction = "MIDDLE"
    owner = extension("keys.keyframes").curve_owner(character)
    curve = next(c for c in owner.fcurves if c.data_path == ELBOW and c.array_index == 0)
    frame = int(curve.keyframe_points[len(curve.keyframe_points) // 2].co.x)
    scene.frame_set(frame)
    bone = character.pose.bones["left_elbow"]
    pose = bone.rotation_quaternion.copy() @ Quaternion((0.0, 1.0, 0.0), 0.8)
    bone.rotation_quaternion = pose
    bone.keyframe_insert("rotation_quaternion", frame=frame)
    return frame, pose


def turned(scene, character, frame, name="left_elbow"):
    scene.frame_set(frame)
    return character.pose.bones[name].rotation_quaternion.copy()


def between(a, b):
    return np.degrees(2 * np.arccos(min(abs(a.normalized().dot(b.normalized())), 1.0)))


def test_hand_made_pose_is_kept_through_every_tweak(walk, bent, scene, character, session):
    frame, pose = bent
    for name, value in (("foot_lock", 1.0), ("reduction", "NONE"), ("strength", 1.3), ("reduction", "STRONG"), ("smoothing", 0.2)):
        setattr(walk, name, value)
        assert not session.message
        assert walk.by_hand == 1
        assert between(turned(scene, character, frame), pose) < 0.1, name


def test_around_it_the_change_fades_out(walk, bent, scene, character):
    edited = [turned(scene, character, f) for f in range(walk.start, walk.last + 1)]
    walk.reduction = "NONE"
    kept = [turned(scene, character, f) for f in range(walk.start, walk.last + 1)]
    step = max(between(a, b) for a, b in itertools.pairwise(kept))
    assert step < 25, "with a key on every frame it must not be a spike"
    assert max(between(a, b) for a, b in zip(kept, edited, strict=True)) < 15


def test_untouched_bones_have_no_edits(walk, bent, extension):
    walk.foot_lock = 0.5
    edits = walk.stored("edits")
    assert [edit["path"] for edit in edits] == [ELBOW]


def test_faster_motion_takes_the_pose_along(walk, bent, scene, character):
    frame, pose = bent
    walk.speed = 2.0
    there = walk.start + (frame - walk.start) / 2
    assert between(turned(scene, character, round(there)), pose) < 3


def test_reset_keeps_it_and_rewrite_gives_it_up(blender, walk, bent, scene, character):
    frame, pose = bent
    blender.ops.voice_to_motion.reset_tweaks()
    assert between(turned(scene, character, frame), pose) < 0.1
    blender.ops.voice_to_motion.rewrite_keys()
    assert walk.by_hand == 0 and between(turned(scene, character, frame), pose) > 20


def test_keys_changed_as_a_whole_are_not_overwritten(extension, walk, character, curves, session):
    """As when somebody moves the keys of the second half: no edits of single keys, so the change is refused and said."""
    for curve in extension("keys.keyframes").curve_owner(character).fcurves:
        for point in reversed(curve.keyframe_points):
            if point.co.x > 30:
                point.co.x += 3 + 0.01 * point.co.x
    before = curves()
    walk.foot_lock = 1.0
    assert "Rewrite Keys" in session.message and walk.foot_lock == 0.0
    after = curves()
    assert all((before[key] == after[key]).all() for key in before)


def test_settings_go_back_when_the_character_is_gone(blender, walk, character, session):
    action = character.animation_data.action
    action.use_fake_user = True
    character.animation_data.action = None
    action.voice_to_motion.clips[0].mirror = True
    assert "No character wears" in session.message
    assert not action.voice_to_motion.clips[0].mirror
