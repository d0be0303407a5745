"""History names motions by their instructions and when they were made."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def history(extension):
    return extension("panels.history")


def test_the_row_says_instruction_and_time(blender, scene, ready, peer, history):
    peer("good")
    blender.ops.voice_to_motion.generate()
    action = ready.character.animation_data.action
    assert history.instruction_text(action) == "walk forward"
    assert re.fullmatch(r"\d\d:\d\d", history.time_text(action))
    action.name = "something else"
    assert history.instruction_text(action) == "walk forward", "not the name of an older motion in the same action"


def test_several_motions_in_one_action_stand_in_their_order(blender, scene, ready, peer, history):
    peer("good")
    scene.frame_set(200)
    blender.ops.voice_to_motion.generate()
    action = ready.character.animation_data.action
    action.voice_to_motion.clips[0].name = "wave"
    scene.frame_set(1)
    blender.ops.voice_to_motion.generate()
    assert history.instruction_text(action) == "walk forward, wave"


def test_older_motions(blender, history):
    action = blender.data.actions.new("Walk")
    action["heard"], action["seed"] = "walk", 1
    assert history.instruction_text(action) == "walk" and history.time_text(action) == ""
    action["made"] = "2020-02-03 10:11"
    assert history.time_text(action) == "2020-02-03"
