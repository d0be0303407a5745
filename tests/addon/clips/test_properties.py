"""The raw result goes where its action goes: into the file, into copies, and out with Make Final."""

from __future__ import annotations

import numpy as np


def test_saved_and_loaded(blender, walk, tmp_path, extension):
    walk.foot_lock, walk.reduction = 1.0, "MIDDLE"
    path = str(tmp_path / "kept.blend")
    blender.ops.wm.save_as_mainfile(filepath=path, check_existing=False)
    blender.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    blender.ops.wm.open_mainfile(filepath=path)
    character = blender.context.scene.voice_to_motion.character
    clip = character.animation_data.action.voice_to_motion.clips[0]
    assert clip.foot_lock == 1.0 and clip.reduction == "MIDDLE"
    session = extension("link.session").session
    session.clear_message()
    extension("clips.clip_channels")._cache.clear()  # another session remembers nothing
    clip.reduction = "NONE"
    assert not session.message and clip.by_hand == 0 and clip.keys == clip.all_keys


def test_copy_of_an_action_is_tweaked_by_itself(walk, character, curves):
    first = character.animation_data.action
    second = first.copy()
    assert second.voice_to_motion.clips[0].raw == walk.raw
    before = curves()
    character.animation_data.action = second
    if hasattr(second, "slots"):
        character.animation_data.action_slot = second.slots[0]
    second.voice_to_motion.clips[0].mirror = True
    assert not first.voice_to_motion.clips[0].mirror
    after = curves()
    assert any((before[key] != after[key]).any() for key in before)
    character.animation_data.action = first
    if hasattr(first, "slots"):
        character.animation_data.action_slot = first.slots[0]
    again = curves()
    assert all((before[key] == again[key]).all() for key in before)


def test_make_final_leaves_the_keys(blender, walk, character, curves):
    walk.reduction = "LIGHT"
    before = curves()
    assert blender.ops.voice_to_motion.keep_keys() == {"FINISHED"}
    assert not character.animation_data.action.voice_to_motion.clips
    after = curves()
    assert all((before[key] == after[key]).all() for key in before)
    assert not blender.ops.voice_to_motion.reset_tweaks.poll()


def test_raw_result_is_small_and_exact(extension, walk):
    archive, motion = extension("tweak.archive"), extension("motion.motion")
    from tests.addon.rigs import measure

    data = extension("motion.files").load_motion(measure.MOTION)
    kept = archive.unpack_motion(walk.raw)
    fresh = motion.from_motion_data(data)
    assert np.abs(kept.pelvis - fresh.pelvis).max() < 1e-6
    assert np.abs((kept.rotations * fresh.rotations).sum(-1)).min() > 1 - 1e-6
    assert len(walk.raw) < 400 * walk.length


def test_damaged_raw_result_is_said(walk, session, curves):
    before = curves()
    walk.raw = walk.raw[:200] + "AAAA" + walk.raw[204:]
    walk.foot_lock = 1.0
    assert "damaged" in session.message and walk.foot_lock == 0.0
    after = curves()
    assert all((before[key] == after[key]).all() for key in before)


def test_several_clips_in_one_action(put, walk, character, joints):
    second = put(frame=walk.last + 20)
    clips = character.animation_data.action.voice_to_motion.clips
    assert len(clips) == 2
    first = joints(clips[0].start, clips[0].last)
    second.mirror = True
    assert np.abs(joints(clips[0].start, clips[0].last) - first).max() < 1e-6
    put(frame=1)
    assert len(clips) == 2 and clips[0].start > 1, "the one that is covered goes"
