"""Where motions go: what they begin with, what they replace, and what is left alone."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tests.addon.clips.conftest import WALK


@pytest.fixture
def placement(scene):
    return scene.voice_to_motion_placement


def bones_near(a, b, tolerance=1e-3):
    assert np.abs(a - b).max() < tolerance


@pytest.fixture
def part(tmp_path):
    """A second and a half out of the walk, as a file: what the model makes when it is asked for the range's length."""
    with np.load(WALK) as data:
        parts = {name: data[name] for name in data.files}
    parts["poses"], parts["trans"] = parts["poses"][10:50], parts["trans"][10:50]
    np.savez_compressed(tmp_path / "part.npz", **parts)
    return tmp_path / "part.npz"


def test_range_is_replaced_and_nothing_else(walk, put, placement, joints, curves, session, part):
    """The bar: keys outside bit-identical, no jump of speed at the borders beyond what the walk has by itself."""
    before, last = curves(), walk.last
    own = np.linalg.norm(np.diff(joints(1, last), 2, axis=0), axis=-1).max(axis=1)  # change of speed at frames 2 to last - 1
    usual = np.percentile(own, 99)
    placement.destination, placement.range_start, placement.range_end, placement.blend = "RANGE", 25, 64, 10
    clip = put(frame=1, path=part)
    after = curves()
    assert before.keys() == after.keys() and (clip.start, clip.last) == (25, 64)
    for key, keys in before.items():
        new = after[key]
        for outside in (lambda k: k[k[:, 0] < 25], lambda k: k[k[:, 0] > 64]):
            # q and -q are one pose: a whole run of keys may be turned to the side of the new ones.
            assert (np.abs(outside(keys)) == np.abs(outside(new))).all(), key
    changes = np.linalg.norm(np.diff(joints(1, last), 2, axis=0), axis=-1).max(axis=1)
    for border in (25, 65):  # between the frame before and this one
        assert changes[border - 3 : border - 1].max() <= 1.5 * usual
    assert not session.message


def test_what_was_replaced_comes_back_when_the_older_clip_changes(walk, put, placement, joints, character, part):
    placement.destination, placement.range_start, placement.range_end = "RANGE", 25, 64
    put(frame=1, path=part)
    clips = character.animation_data.action.voice_to_motion.clips
    inside = joints(40, 45)
    clips[0].foot_lock = 1.0
    bones_near(joints(40, 45), inside, 0.02)
    outside = joints(70, 75)
    clips[1].mirror = True
    bones_near(joints(70, 75), outside, 1e-6)
    assert np.abs(joints(40, 45) - inside).max() > 0.05


def test_new_action_keeps_the_old_one(walk, put, placement, character, curves, session):
    old = character.animation_data.action
    before = curves()
    placement.destination = "ACTION"
    clip = put(frame=20)
    assert character.animation_data.action != old and old.use_fake_user and "is kept" in session.note
    after = curves(old) if not hasattr(old, "slots") else None
    assert after is None or all((before[key] == after[key]).all() for key in before)
    assert clip.start == 20


def test_strip_and_what_hides_it(blender, walk, put, placement, character, session, joints):
    old = character.animation_data.action
    placement.destination = "NLA"
    put(frame=30)
    data = character.animation_data
    assert data.action == old and len(data.nla_tracks) == 1
    strip = data.nla_tracks[0].strips[0]
    assert strip.frame_start == 30 and "hidden by the active action" in session.note
    strip_action = strip.action
    assert blender.ops.voice_to_motion.push_down() == {"FINISHED"}
    assert data.action is None and [track.strips[0].action for track in data.nla_tracks] == [old, strip_action]
    moved = joints(30, 80)
    assert np.ptp(moved[:, 0], axis=0).max() > 0.3, "the strip moves the character"
    clip = strip_action.voice_to_motion.clips[0]
    clip.foot_lock = 1.0
    assert not session.message and clip.skate_after < 0.3 * clip.skate_before
    clip.speed = 0.5
    strip = data.nla_tracks[1].strips[0]
    assert strip.action == strip_action and strip.frame_end == pytest.approx(clip.last), "the strip grows with its action"


def test_strip_without_an_action_moves_the_character(put, placement, character, joints, session):
    placement.destination = "NLA"
    put(frame=1)
    assert character.animation_data.action is None and "plays from an NLA strip" in session.note
    assert np.ptp(joints(1, 60)[:, 0], axis=0).max() > 0.3


def test_starts_where_the_character_stands_and_faces(extension, walk, put, joints, character):
    ends = joints(walk.last, walk.last)[0]
    clip = put(frame=walk.last + 1)
    starts = joints(clip.start, clip.start)[0]
    assert np.linalg.norm(starts[0, :2] - ends[0, :2]) < 0.06, "hips within a step of one frame"
    facing = [(place[1] - place[2])[:2] for place in (ends, starts)]  # from hip to hip
    cosine = facing[0] @ facing[1] / np.linalg.norm(facing[0]) / np.linalg.norm(facing[1])
    assert np.degrees(np.arccos(cosine)) < 10


def test_can_start_at_the_origin(walk, put, placement, joints):
    placement.use_current_place, placement.blend = False, 0
    first = joints(1, 1)[0]
    clip = put(frame=walk.last + 1)
    bones_near(joints(clip.start, clip.start)[0], first)


def test_blends_from_an_unkeyed_pose(put, placement, character, joints, scene):
    character.pose.bones["right_shoulder"].rotation_quaternion = (0.8, 0.0, 0.0, 0.6)
    scene.frame_set(1)
    posed = joints(1, 1)[0]
    placement.use_current_pose, placement.blend = True, 12
    clip = put(frame=1)
    assert np.linalg.norm(joints(1, 1)[0] - posed, axis=-1).max() < 0.1
    clip.foot_lock = 1.0
    assert np.linalg.norm(joints(1, 1)[0] - posed, axis=-1).max() < 0.1, "also when written again"


@pytest.mark.parametrize("turns", [False, True])
def test_root_bone_carries_the_way(walk, joints, character, scene, curves, turns, session):
    plain = joints(walk.start, walk.last)
    walk.root_yaw, walk.root = turns, "ROOT"
    assert not session.message
    np.testing.assert_allclose(joints(walk.start, walk.last), plain, atol=1e-4)
    pelvis = np.stack([curves()['pose.bones["pelvis"].location', i][:, 1] for i in range(3)])
    assert np.ptp(pelvis[[0, 2]]) < 1e-4 < np.ptp(pelvis[1]), "the pelvis only goes up and down"
    scene.frame_set(walk.last)
    assert character.pose.bones["root"].location.length > 0.3
    walk.root = "PELVIS"
    np.testing.assert_allclose(joints(walk.start, walk.last), plain, atol=1e-4)


def test_root_motion_with_fewer_keys_keeps_the_bound(walk, joints):
    plain = joints(walk.start, walk.last)
    walk.root_yaw, walk.root, walk.reduction = True, "ROOT", "MIDDLE"
    assert np.linalg.norm(joints(walk.start, walk.last) - plain, axis=-1).max() < 0.01
    assert walk.all_keys > 5 * walk.keys


def test_in_place(walk, joints):
    walk.root = "IN_PLACE"
    assert np.ptp(joints(walk.start, walk.last)[:, 0, :2], axis=0).max() < 1e-4


def test_rig_without_a_root_is_told(blender, put, placement, character, failing, session):
    blender.context.view_layer.objects.active = character
    blender.ops.object.mode_set(mode="EDIT")
    character.data.edit_bones.remove(character.data.edit_bones["root"])
    blender.ops.object.mode_set(mode="OBJECT")
    placement.root = "ROOT"
    assert "no bone above the pelvis" in failing(blender.ops.voice_to_motion.apply_motion, filepath=str(WALK))
    assert not blender.data.actions


@pytest.mark.parametrize(("fps", "base"), [(24, 1.0), (60, 1.0), (30, 1.001)])
def test_scene_rate_is_kept_and_the_tempo_too(scene, put, joints, fps, base):
    scene.render.fps_base = base
    slow = put(fps=fps)
    assert (scene.render.fps, scene.render.fps_base) == (fps, pytest.approx(base))
    seconds = (slow.length - 1) / (fps / base)
    assert seconds == pytest.approx((slow.stored("source")["frames"] - 1) / 30, abs=0.6 / fps)


def test_everything_that_repeats_a_result_is_on_the_action(ready, blender, scene, character, peer, put):
    peer("good")
    ready.use_random_seed, ready.seed = False, 42
    ready.use_auto_length, ready.seconds = False, 1.5
    blender.ops.voice_to_motion.generate()
    action = character.animation_data.action
    assert {key: action[key] for key in ("heard", "seed", "model", "weights_licence", "seconds", "guidance", "frames")} == {
        "heard": "walk forward", "seed": 42, "model": "peer", "weights_licence": "CC BY 9.0", "seconds": 1.5,
        "guidance": "automatic", "frames": 36,
    }  # fmt: skip
    assert action["audio"] == ready.audio_path and action["add_on"].count(".") == 2
    assert json.loads(action.voice_to_motion.clips[0].source)["seed"] == 42


def test_range_asks_for_its_length(blender, scene, ready, peer, placement, tmp_path, character):
    peer("good")
    scene.render.fps = 30
    placement.destination, placement.range_start, placement.range_end = "RANGE", 11, 70
    blender.ops.voice_to_motion.generate()
    request = json.loads(next(tmp_path.rglob("requests.jsonl")).read_text().splitlines()[-1])
    assert request["seconds"] == 2.0
    clip = character.animation_data.action.voice_to_motion.clips[0]
    assert (clip.start, clip.last) == (11, 70)


def test_range_the_wrong_way_round(failing, blender, placement, put):
    placement.destination, placement.range_start, placement.range_end = "RANGE", 50, 20
    assert "ends before it begins" in failing(blender.ops.voice_to_motion.apply_motion, filepath=str(WALK))
