"""Variations become actions, arrows step through them, and the history puts any of them on the character."""

from __future__ import annotations

import time

import pytest


@pytest.fixture
def four(blender, scene, character, ready, peer):
    peer("good")
    ready.variations = 4
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
    return list(blender.data.actions)


def worn(character):
    return character.animation_data.action


def test_every_variation_is_an_action(extension, blender, character, four):
    siblings = extension("clips.variations").variations_of(worn(character))
    assert len(four) == len(siblings) == 4
    assert [action["seed"] for action in siblings] == [123, 124, 125, 126]
    assert [action["variation"] for action in siblings] == [1, 2, 3, 4] and worn(character) == siblings[0]
    assert all(action.use_fake_user for action in siblings), "those that are not worn must survive saving"


def test_arrows_step_and_the_character_moves(extension, blender, scene, character, four):
    step = blender.ops.voice_to_motion.step_variation
    seen = [worn(character)["seed"]]
    for _ in range(4):
        step(direction="NEXT")
        seen.append(worn(character)["seed"])
        scene.frame_set(48)
        assert character.pose.bones["pelvis"].location.length > 0.5, "slot unbound"
    assert seen == [123, 124, 125, 126, 123]
    step(direction="PREVIOUS")
    assert worn(character)["seed"] == 126


def test_keys_made_before_are_in_every_variation(extension, blender, scene, character, ready, peer):
    from tests.addon.operators.test_operators import key_frames

    peer("good")
    blender.ops.voice_to_motion.generate()
    before = worn(character)
    ready.variations = 2
    scene.frame_set(101)
    blender.ops.voice_to_motion.generate()
    for _ in range(2):
        frames = key_frames(extension, character)
        assert frames[0] == 1 and frames[-1] == 148
        blender.ops.voice_to_motion.step_variation()
    assert before not in extension("clips.variations").variations_of(worn(character)), "the action worn before is left as it was"


def test_keep_one(extension, blender, character, four):
    blender.ops.voice_to_motion.step_variation()
    kept = worn(character)
    assert blender.ops.voice_to_motion.keep_variation() == {"FINISHED"}
    assert list(blender.data.actions) == [kept] and worn(character) == kept
    assert not blender.ops.voice_to_motion.keep_variation.poll()


def test_one_that_cannot_be_read_leaves_none(blender, character, ready, peer, session, failing):
    peer("broken")
    ready.variations = 3
    assert "not finite" in failing(blender.ops.voice_to_motion.generate)
    assert not blender.data.actions and (character.animation_data is None or worn(character) is None)


def test_history_follows_the_character_and_a_click_changes_it(extension, blender, character, ready, four):
    assert all(extension("clips.active_action").is_generated(action) for action in four)
    assert blender.data.actions[ready.history_index] == worn(character)
    other = next(action for action in four if action != worn(character))
    ready.history_index = blender.data.actions.find(other.name)
    assert worn(character) == other and blender.data.actions[ready.history_index] == other
    ready.history_index = 99  # clicks may be late
    assert worn(character) == other


def test_recall_repeats_the_motion(extension, blender, character, ready, four, audio):
    blender.ops.voice_to_motion.step_variation()
    wanted = worn(character)["seed"]
    ready.use_random_seed, ready.seed = True, 5
    blender.ops.voice_to_motion.recall()
    assert not ready.use_random_seed and ready.seed == wanted == 124 and ready.variations == 1
    assert ready.audio_path == str(audio)


def test_eight_variations_of_ten_seconds(blender, scene, character, ready, tmp_path):
    """One apply step, in processor time; the bar of 150 ms is for one motion of 300 frames."""
    from tests.addon import peer as peer_module

    scene.render.fps = 30
    files = []
    for number in range(8):
        peer_module.write_motion(tmp_path / f"{number}.npz", number, 30.0, 10.0)
        files.append({"name": str(tmp_path / f"{number}.npz")})
    started = time.thread_time()
    blender.ops.voice_to_motion.apply_variations(files=files, character=character.name, frame=1)
    assert len(blender.data.actions) == 8
    assert time.thread_time() - started < 8 * 0.15
