"""Clips one after the other: each goes on where the one before ends, whatever happens to those before it."""

from __future__ import annotations

import numpy as np
import pytest
from mathutils import Quaternion

from tests.addon.clips.conftest import WALK
from tests.addon.rigs import make

MIDDLE = 40  # a frame on the first clip, which begins at frame 1


@pytest.fixture
def pieces(tmp_path):
    """Parts of the walk that ends with a wave, as files: a short walk, a walk, a wave."""
    found = {}
    for name, rows in {"short": (5, 50), "walk": (0, 90), "wave": (95, 170)}.items():
        with np.load(WALK) as data:
            parts = {key: data[key] for key in data.files}
        parts["poses"], parts["trans"] = parts["poses"][slice(*rows)], parts["trans"][slice(*rows)]
        parts["heard"] = np.array(name)
        found[name] = tmp_path / f"{name}.npz"
        np.savez_compressed(found[name], **parts)
    return found


@pytest.fixture
def clips(character):
    """A function to (name, first, last) of the clips, in time."""

    def look():
        action = character.animation_data.action
        found = [clip for clip in action.voice_to_motion.clips if not clip.muted]
        return [(clip.name, clip.start, clip.last) for clip in sorted(found, key=lambda clip: clip.start)]

    return look


@pytest.fixture
def find(character):
    """A function from a name to the first clip of that name."""
    return lambda name: next(clip for clip in character.animation_data.action.voice_to_motion.clips if clip.name == name)


@pytest.fixture
def two(put, pieces):
    """A walk from frame 1, and a wave behind it."""
    put(1, pieces["walk"])
    put(90, pieces["wave"])


def speeds(places):
    """(T - 1, J) metres a frame."""
    return np.linalg.norm(np.diff(places, axis=0), axis=-1)


@pytest.fixture
def goes_on(joints, clips):
    """Asserts that no clip begins with a jump, and that nobody glides."""

    def check():
        found = clips()
        places = joints(found[0][1], found[-1][2])
        speed = speeds(places)
        usual = np.percentile(speed, 99, axis=0).max()
        for _, first, _ in found[1:]:
            border = first - found[0][1]
            assert speed[border - 2 : border + 3].max() <= 1.2 * usual
        return places

    return check


def test_on_its_last_frame_a_clip_is_continued(two, clips, goes_on):
    assert clips() == [("walk", 1, 90), ("wave", 91, 165)]
    places = goes_on()
    assert np.linalg.norm(places[110, 0, :2] - places[89, 0, :2]) < 0.8, "it waves where the walk has ended"


def test_on_a_clip_it_replaces_that_one(put, pieces, two, clips, goes_on, curves, session):
    for name, last in (("short", 45), ("walk", 90)):
        put(MIDDLE if name == "walk" else 1, pieces[name])
        assert clips() == [(name, 1, last), ("wave", last + 1, last + 75)]
        assert max(keys[-1, 0] for keys in curves().values()) == last + 75, "no old key is left behind"
        goes_on()
    assert not session.message


def test_what_replaces_the_first_begins_where_that_began_whatever_the_frame(put, pieces, joints):
    put(1, pieces["walk"])
    began = joints(1, 1)
    for frame in (MIDDLE, 70):
        put(frame, pieces["walk"])
        assert np.abs(joints(1, 1) - began).max() < 0.02


def test_what_moves_into_the_frames_of_a_replaced_clip_is_keyed_there(put, pieces, clips, joints):
    put(1, pieces["walk"])
    for frame, name in ((90, "short"), (135, "wave")):
        put(frame, pieces[name])
    put(MIDDLE, pieces["short"])
    assert clips() == [("short", 1, 45), ("short", 46, 90), ("wave", 91, 165)]
    assert np.ptp(joints(46, 90)[:, 0], axis=0).max() > 0.2, "it walks in the frames the longer walk had"


def test_the_scene_grows_with_its_motions(blender, scene, two, clips, find):
    scene.frame_end = 100
    find("wave").repeats = 2
    assert scene.frame_end == 100, "it ended before the motions did"
    find("wave").repeats = 1
    scene.frame_end = 165
    find("wave").repeats = 2
    assert scene.frame_end == clips()[-1][2] > 165 and find("wave").note == f"Scene now ends at {scene.frame_end}"
    blender.ops.voice_to_motion.duplicate_clip()
    assert scene.frame_end == clips()[-1][2]


def test_the_playhead_goes_along_with_its_clip(blender, scene, two, clips, find):
    """So that the same clip is moved on by the next press."""
    scene.frame_set(MIDDLE)
    blender.ops.voice_to_motion.reorder_clip(direction="LATER")
    assert find("walk").start == 76 and scene.frame_current == 76 + MIDDLE - 1
    find("walk").frame = 100
    assert scene.frame_current == 100 + MIDDLE - 1
    find("wave").strength = 1.1
    assert scene.frame_current == 100 + MIDDLE - 1
    find("wave").frame = 3
    assert scene.frame_current == 100 + MIDDLE - 1, "it was not on that one"


@pytest.mark.parametrize(("frame", "shown"), [(90, 91), (91, 91), (80, 1), (20, 1), (120, 120)])
def test_the_playhead_is_on_the_new_clip(blender, scene, put, pieces, frame, shown):
    """So the panel is about it, and Generate makes it again instead of one more."""
    put(1, pieces["walk"])
    scene.frame_set(frame)
    blender.ops.voice_to_motion.apply_motion(filepath=str(pieces["short"]))
    assert scene.frame_current == (frame if frame == 20 else shown)


def test_the_playhead_stays_where_the_user_has_gone_meanwhile(blender, scene, put, pieces):
    put(1, pieces["walk"])
    scene.frame_set(5)
    blender.ops.voice_to_motion.apply_motion(filepath=str(pieces["short"]), frame=90)
    assert scene.frame_current == 5


def test_a_note_goes_when_something_else_changes(put, pieces, two, find):
    put(1, pieces["short"])
    assert "begins at frame 46 now" in find("short").note
    find("wave").strength = 1.2
    assert not find("short").note


def test_in_free_time_it_begins_there(put, pieces, clips, goes_on, joints):
    put(1, pieces["short"])
    put(80, pieces["wave"])
    assert clips() == [("short", 1, 45), ("wave", 80, 154)]
    goes_on()
    held = joints(46, 79)
    assert np.ptp(held, axis=0).max() < 1e-4, "it holds its pose meanwhile"


def test_between_two_it_makes_room(put, pieces, two, clips, goes_on):
    put(90, pieces["short"])
    assert clips() == [("walk", 1, 90), ("short", 91, 135), ("wave", 136, 210)]
    goes_on()


def test_before_all_it_makes_room(put, pieces, clips, goes_on):
    put(60, pieces["wave"])
    put(1, pieces["walk"])
    assert clips() == [("walk", 1, 90), ("wave", 91, 165)]
    goes_on()


def test_moved_later_and_earlier(two, clips, find, goes_on, joints):
    find("wave").frame = 120
    assert clips() == [("walk", 1, 90), ("wave", 120, 194)]
    goes_on()
    assert np.ptp(joints(91, 119), axis=0).max() < 1e-4
    find("wave").frame = 1
    assert [name for name, *_ in clips()] == ["wave", "walk"]
    goes_on()


def test_deleted_and_what_follows_goes_on_from_what_is_before(blender, scene, put, pieces, two, clips, find, goes_on, joints):
    put(165, pieces["short"])
    assert clips()[-1] == ("short", 166, 210)
    assert blender.ops.voice_to_motion.delete_clip(clip=find("wave").uid) == {"FINISHED"}
    assert clips() == [("walk", 1, 90), ("short", 166, 210)]
    goes_on()
    assert np.ptp(joints(91, 165), axis=0).max() < 1e-4


def test_muted_and_back(two, put, pieces, clips, find, joints, goes_on):
    before = joints(1, 165)
    find("walk").muted = True
    assert clips() == [("wave", 91, 165)]
    find("walk").muted = False
    assert clips() == [("walk", 1, 90), ("wave", 91, 165)]
    np.testing.assert_allclose(joints(1, 165), before, atol=1e-3)


def test_duplicated_reordered_trimmed_and_looped(blender, scene, two, clips, find, goes_on):
    assert blender.ops.voice_to_motion.duplicate_clip(clip=find("walk").uid) == {"FINISHED"}
    assert clips() == [("walk", 1, 90), ("walk", 91, 180), ("wave", 181, 255)]
    goes_on()
    assert blender.ops.voice_to_motion.reorder_clip(clip=find("wave").uid, direction="EARLIER") == {"FINISHED"}
    assert clips() == [("walk", 1, 90), ("wave", 91, 165), ("walk", 166, 255)]
    goes_on()
    scene.frame_set(60)
    assert blender.ops.voice_to_motion.trim_clip(end="END") == {"FINISHED"}
    assert clips() == [("walk", 1, 60), ("wave", 61, 135), ("walk", 136, 225)]
    goes_on()
    scene.frame_set(21)
    assert blender.ops.voice_to_motion.trim_clip(end="START") == {"FINISHED"}
    assert clips()[:2] == [("walk", 1, 40), ("wave", 41, 115)]
    find("wave").repeats = 2
    assert clips()[1][2] - clips()[1][1] >= 110, "twice, from the pose that fits best"
    goes_on()


def test_a_clip_on_the_root_bone_moves_no_other(put, pieces, two, clips, find, joints, goes_on):
    put(165, pieces["short"])
    before = joints(1, 210)
    wave = find("wave")
    wave.root = "ROOT"
    for smoothing in (0.1, 0.0):
        wave.smoothing = smoothing
    np.testing.assert_allclose(joints(1, 210), before, atol=0.015)  # few keys are within a centimetre


def test_slower_pushes_what_follows(two, clips, find, goes_on):
    find("walk").speed = 0.5
    assert clips() == [("walk", 1, 179), ("wave", 180, 254)]
    goes_on()


def test_an_imported_animation_is_kept_and_ends_where_the_motion_begins(scene, character, put, pieces, session, joints, walk):
    """Its keys belong to no clip, as those of an imported file."""
    dance = character.animation_data.action
    dance.voice_to_motion.clips.clear()
    clip = put(60, pieces["short"])
    action = character.animation_data.action
    assert action != dance and dance.use_fake_user and "is kept" in session.note
    assert (clip.start, clip.last) == (60, 104) and action.frame_range[1] == 104
    speed = speeds(joints(1, 104))
    assert speed[56:62].max() <= 1.2 * np.percentile(speed, 99, axis=0).max()


def test_an_action_of_two_characters_is_not_rewritten_for_both(blender, scene, character, put, pieces, session):
    put(1, pieces["walk"])
    shared = character.animation_data.action
    other = character.copy()
    scene.collection.objects.link(other)
    assert other.animation_data.action == shared
    put(1, pieces["short"])
    assert other.animation_data.action == shared and character.animation_data.action != shared
    assert [clip.name for clip in shared.voice_to_motion.clips] == ["walk"] and other.name in session.note


def test_where_a_clip_is_damaged_nothing_changes_and_it_is_said(
    blender, scene, put, pieces, two, clips, find, curves, session, failing
):
    """Its raw result, as in a file that something else has written to."""
    before, keys = clips(), curves()
    find("wave").raw = "damaged"
    scene.frame_set(MIDDLE)
    apply_motion = blender.ops.voice_to_motion.apply_motion
    assert "is damaged" in failing(lambda: apply_motion(filepath=str(pieces["short"])))
    scene.voice_to_motion_placement.use_current_pose = True  # this would cut the first one off
    assert "is damaged" in failing(lambda: apply_motion(filepath=str(pieces["short"])))
    assert find("walk").most == 0
    find("wave").muted = True
    assert "is damaged" in session.message and not find("wave").muted
    assert clips() == before and all((keys[key] == now).all() for key, now in curves().items())


def test_sound_goes_along(blender, scene, put, pieces, audio, find, clips, session):
    def strips():
        editor = scene.sequence_editor
        found = editor.strips if hasattr(editor, "strips") else editor.sequences
        return sorted(int(strip.frame_start) for strip in found)

    if not blender.app.build_options.audaspace:  # bpy 4.2 from PyPI: no sound, which must not keep the keys away
        put(1, pieces["walk"])
        blender.ops.voice_to_motion.apply_motion(filepath=str(pieces["short"]), audio=str(audio))
        assert "could not be put on the timeline" in session.note and [name for name, *_ in clips()] == ["short"]
        return
    scene.render.fps = 30
    for frame, name in ((1, "walk"), (90, "wave")):
        scene.frame_set(frame)
        blender.ops.voice_to_motion.apply_motion(filepath=str(pieces[name]), audio=str(audio))
    assert strips() == [1, 91]
    find("walk").speed = 2.0
    assert strips() == [1, find("wave").start]
    scene.frame_set(1)
    blender.ops.voice_to_motion.apply_motion(filepath=str(pieces["short"]), audio=str(audio))
    assert strips() == [1, 46], "the replaced take takes its strip along"
    blender.ops.voice_to_motion.delete_clip(clip=find("wave").uid)
    assert strips() == [1]


@pytest.mark.parametrize("edited", [False, True])
def test_between_few_keys_a_step_needs_no_other_join(extension, blender, scene, pieces, edited):
    """Another rig's last poses are known without what key reduction changed; only hand edits are joined to."""
    scene.voice_to_motion.character = target = make.make(make.KINDS["vroid"])
    for frame, name in ((1, "short"), (45, "walk")):
        scene.render.fps, scene.frame_current = 30, frame
        assert blender.ops.voice_to_motion.apply_motion(filepath=str(pieces[name])) == {"FINISHED"}
    walk = target.animation_data.action.voice_to_motion.clips[1]
    arm = target.pose.bones["J_Bip_L_UpperArm"]
    if edited:
        scene.frame_set(walk.start - 1)
        arm.rotation_quaternion = arm.rotation_quaternion @ Quaternion((1.0, 0.0, 0.0), 0.4)
        arm.keyframe_insert("rotation_quaternion")
        walk.smoothing = 0.01  # written again
    rig = extension("rigs.reading").read_rig(scene, target)
    recipe = extension("clips.recipe").Recipe.from_text(walk.written)
    found = extension("clips.clip_channels").compute_channels(rig, walk.raw, recipe, [])
    assert recipe.tweaks.before and walk.keys < walk.all_keys / 3
    joined = {channel.group for channel, rows in zip(found.channels, found.joined, strict=True) if rows.any()}
    assert joined == ({arm.name} if edited else set())
