"""Instructions found in a recording are listed, changed, and done where they were spoken, as one action and one undo step."""

from __future__ import annotations

import json

import numpy as np
import pytest


@pytest.fixture
def timeline(ready, scene):
    """A take is chosen; the scene has 24 frames a second."""
    scene.render.fps = 24
    scene.voice_to_motion.use_random_seed, scene.voice_to_motion.seed = False, 7
    return scene.voice_to_motion_timeline


@pytest.fixture
def direction(extension, blender):
    found = extension("timeline.direction").direction
    found.__init__()
    yield found
    extension("link.incremental").incremental_work.cancel_all()
    found.__init__()


@pytest.fixture
def listed(blender, scene, timeline, peer, direction):
    """What the peer hears, from frame 11 on."""
    peer("good")
    scene.frame_set(11)
    assert blender.ops.voice_to_motion.find_instructions() == {"FINISHED"}
    return timeline.instructions


def rows(instructions):
    return [(one.frame, one.words, one.unsure) for one in instructions]


def requests(tmp_path):
    lines = next(tmp_path.rglob("requests.jsonl")).read_text().splitlines()
    return [json.loads(line) for line in lines]


def clips(character):
    return list(character.animation_data.action.voice_to_motion.clips)


def heads(scene, character, frames, bone="pelvis"):
    places = []
    for frame in frames:
        scene.frame_set(frame)
        places.append(tuple(character.pose.bones[bone].head))
    return np.array(places)


def test_what_is_found_is_listed_where_it_was_spoken(listed, timeline, ready, session, character):
    assert rows(listed) == [(23, "walk forward", False), (59, "wave", False), (131, "um jump", True)]
    assert timeline.sound == ready.takes[0].sound and timeline.origin == 11
    assert character.animation_data is None or character.animation_data.action is None, "nothing is keyed yet"
    assert not session.message


def test_in_the_strip_only_what_is_heard_counts(blender, scene, ready, timeline, peer, audio, failing, direction):
    if not blender.app.build_options.audaspace:  # bpy 4.2 from PyPI
        pytest.skip("this Blender is built without sound")
    peer("good")
    editor = scene.sequence_editor_create()
    strips = editor.strips if hasattr(editor, "strips") else editor.sequences
    strip = strips.new_sound(name="voice", filepath=str(audio), channel=1, frame_start=101)
    editor.active_strip = strip
    assert strip.frame_final_end == 125  # a second
    assert blender.ops.voice_to_motion.find_in_strip() == {"FINISHED"}
    assert rows(timeline.instructions) == [(113, "walk forward", False)] and timeline.origin == 101
    strip.frame_offset_start = 20
    assert "that the strip shows" in failing(blender.ops.voice_to_motion.find_in_strip)
    assert len(timeline.instructions) == 1, "what was found before stays"


def test_each_is_done_at_its_time_and_cut_off_by_the_next(listed, blender, scene, character, direction, session, tmp_path):
    blender.context.scene.voice_to_motion_placement.blend = 8
    assert blender.ops.voice_to_motion.direct() == {"FINISHED"}
    assert not session.message and not direction.active
    stand, *made = clips(character)
    assert (stand.name, stand.start, stand.last) == ("stand still", 11, 22)
    assert [(clip.name, clip.start) for clip in made] == [("walk forward", 23), ("wave", 59), ("um jump", 131)]
    assert [clip.last for clip in made] == [58, 106, 178], "two seconds each, the first cut off where the second begins"
    spans = [(23, 58), (59, 106), (131, 178)]
    asked = requests(tmp_path)
    assert [request.get("part") for request in asked] == [None, [0.5, 1.25], [2.0, 2.5], [5.0, 6.5]]
    assert all(request["force"] and request["seed"] == 7 and request["follow"] == 0.5 for request in asked)
    # The peer walks 1.1 m in two seconds: nobody jumps back, and what follows goes on from there.
    places = heads(scene, character, range(20, 180))
    way = np.linalg.norm(np.diff(places, axis=0), axis=1)
    assert way.max() < 0.08, "metres in one frame"
    assert np.linalg.norm(places[-1] - places[3]) > 2.0
    assert np.linalg.norm(places[106 - 20] - places[131 - 20]) < 0.12, "between two motions the character waits"
    for (_, last), clip in zip(spans, made, strict=True):
        source = json.loads(clip.source)
        assert source["text"] == clip.name and not source["typed"] and clip.last == last


def test_one_undo_step_brings_everything_back(listed, blender, scene, character, session):
    before = [action.name for action in blender.data.actions]
    listed[1].words = "bow"
    assert blender.ops.voice_to_motion.direct() == {"FINISHED"}
    action = character.animation_data.action
    assert "direction" not in action and action["heard"] == "stand still; walk forward; bow; um jump" and action["seed"] == 7
    assert [action.name for action in blender.data.actions] != before and len(blender.data.actions) == len(before) + 1
    assert scene.frame_end >= 178 and "4 motions from frame 11 to 178" in session.note
    if blender.app.build_options.audaspace:
        editor = scene.sequence_editor
        strips = editor.strips if hasattr(editor, "strips") else editor.sequences
        assert [int(strip.frame_start) for strip in strips] == [11], "the recording is where it starts"


def test_typed_over_removed_and_moved(listed, blender, scene, timeline, character, tmp_path):
    listed[0].words, listed[2].frame = "bow", 40
    timeline.index = 1
    assert blender.ops.voice_to_motion.remove_instruction() == {"FINISHED"}
    assert blender.ops.voice_to_motion.direct() == {"FINISHED"}
    assert [(clip.name, clip.start) for clip in clips(character)] == [("stand still", 11), ("bow", 23), ("um jump", 40)]
    _, first, second = requests(tmp_path)
    assert first["text"] == "bow" and "audio" not in first and second["part"] == [5.0, 6.5] and "text" not in second
    assert blender.ops.voice_to_motion.clear_instructions() == {"FINISHED"} and not len(listed)


def test_current_action_keeps_what_it_has(listed, blender, scene, character, put_walk):
    old = character.animation_data.action
    name, kept = old.name, clips(character)[0].name
    assert blender.ops.voice_to_motion.direct() == {"FINISHED"}
    action = character.animation_data.action
    assert action.name == name and clips(character)[0].name == kept
    assert len(blender.data.actions) == 1, "the one it had has become this one"


def test_new_action_keeps_the_old_one(listed, blender, scene, character, put_walk, session):
    old = character.animation_data.action
    scene.voice_to_motion_placement.destination = "ACTION"
    assert blender.ops.voice_to_motion.direct() == {"FINISHED"}
    assert character.animation_data.action != old and old.use_fake_user and "is kept" in session.note
    assert len(clips(character)) == 4


@pytest.fixture
def put_walk(blender, scene, character):
    """The character has walked before, up to frame 30."""
    from tests.addon.rigs import measure

    frame = scene.frame_current
    scene.frame_set(1)
    blender.ops.voice_to_motion.apply_motion(filepath=str(measure.MOTION))
    scene.frame_set(frame)


def test_what_fails_is_said_and_the_others_are_done(listed, blender, character, session, peer, failing):
    peer("picky")
    listed[2].words = "fly"
    message = failing(blender.ops.voice_to_motion.direct)
    assert "2 of 3 instructions could not be done." in message and "“wave”: No word of that is known." in message
    assert [(clip.name, clip.last) for clip in clips(character)] == [("stand still", 22), ("walk forward", 70)]


def test_standing_alone_is_not_keyed_and_not_counted(listed, blender, character, session, peer, failing, direction):
    """It is no instruction of the user's."""
    peer("picky")
    for one in listed:
        one.words = "fly"
    assert "No word of that is known." in failing(blender.ops.voice_to_motion.direct)
    assert not blender.data.actions and not direction.active


def test_nothing_is_keyed_where_all_fail(listed, blender, character, peer, failing, direction):
    peer("error")
    assert "The recording is silent." in failing(blender.ops.voice_to_motion.direct)
    assert not blender.data.actions and not direction.active


@pytest.fixture
def until(session, wait_until):
    """A function that looks at the backend until something is true."""

    def run(condition, seconds: float = 30.0) -> None:
        wait_until(lambda: (session.step(), condition())[1], seconds)

    return run


@pytest.fixture
def begin(extension, scene, session, until):
    """Begin as the button does, which in a window returns at once, and wait until the first is being composed."""

    def run() -> None:
        extension("operators.direct").queue_direction(scene)
        until(lambda: session.fraction > 0.1 or not session.tasks)

    return run


def test_cancel_ends_all_and_keys_nothing(listed, blender, session, peer, direction, begin, until):
    peer("slow")
    begin()
    assert [task.title for task in session.tasks] == ["stand still", "walk forward", "wave", "um jump"]
    assert not blender.ops.voice_to_motion.direct.poll() and direction.active
    assert blender.ops.voice_to_motion.cancel() == {"FINISHED"}
    until(lambda: not direction.active)
    assert not session.tasks and not blender.data.actions and not session.message


def test_one_taken_out_of_the_queue_is_left_out(extension, listed, blender, character, session, peer, begin, until):
    peer("slow")
    begin()
    waiting = session.waiting[1]
    assert blender.ops.voice_to_motion.remove_from_queue(task=waiting.id) == {"FINISHED"}
    until(lambda: not session.tasks)
    extension("link.incremental").incremental_work.run_all()
    assert [clip.name for clip in clips(character)] == ["stand still", "walk forward", "um jump"]


def test_undone_meanwhile_it_is_made_again(extension, listed, blender, character, session, begin, until):
    work, pieces = extension("link.incremental").incremental_work, extension("clips.staged_action").PIECES
    begin()
    until(lambda: not session.tasks)

    def go_on(clips):
        while not (len(blender.data.actions) and len(blender.data.actions[0].voice_to_motion.clips) == clips):
            work.step()
        work.step()

    go_on(2)
    (half,) = blender.data.actions
    assert character.animation_data.action is None
    blender.data.actions.remove(half)  # as undo would
    go_on(3)
    (half,) = blender.data.actions
    half[pieces] = 3  # as it was some steps before, which undo would bring back
    work.run_all()
    assert len(clips(character)) == 4 and len(blender.data.actions) == 1
    assert pieces not in character.animation_data.action and not session.message


def test_no_piece_takes_long(extension, listed, blender, character, session, begin, until, stopwatch):
    """Blender draws and takes input between them: many small ones, not one for each motion."""
    begin()
    until(lambda: not session.tasks)
    work = extension("link.incremental").incremental_work
    while work:
        with stopwatch.piece():
            work.step()
    took = stopwatch.took
    print(f"{len(took)} pieces, longest {max(took):.1f} ms")
    assert len(clips(character)) == 4 and len(took) >= 15
    assert max(took) < 0.2 * sum(took) and stopwatch.longest < 50.0, took


def test_character_deleted_meanwhile(extension, listed, blender, character, session, direction, begin, until):
    begin()
    until(lambda: not session.tasks)
    extension("link.incremental").incremental_work.step()
    blender.data.objects.remove(character)
    extension("link.incremental").incremental_work.run_all()
    assert "is gone" in session.message and not blender.data.actions and not direction.active


def test_why_it_cannot_be_pressed(extension, blender, scene, timeline, peer, listed, direction):
    reason = extension("operators.direct").VOICE_TO_MOTION_OT_direct.disabled_reason
    assert reason(blender.context) == ""
    listed[1].frame = listed[0].frame + 1
    assert "start at the same time" in reason(blender.context)
    listed[1].frame, listed[1].words = 60, "  "
    assert "has no words" in reason(blender.context)
    listed[1].words = "bow"
    scene.voice_to_motion_placement.destination = "NLA"
    assert "choose Current Action or New Action" in reason(blender.context)
    listed.clear()
    assert "Find the instructions" in reason(blender.context)
    assert not blender.ops.voice_to_motion.remove_instruction.poll() and not blender.ops.voice_to_motion.clear_instructions.poll()
    scene.voice_to_motion.take_index = -1
    assert not blender.ops.voice_to_motion.find_instructions.poll() and not blender.ops.voice_to_motion.find_in_strip.poll()


def test_nothing_found_is_said(blender, timeline, peer, failing, direction):
    peer("error")
    assert "No instruction was understood." in failing(blender.ops.voice_to_motion.find_instructions)
    assert not len(timeline.instructions)


def test_looking_can_be_cancelled(extension, blender, scene, timeline, peer, session, until):
    peer("slow")
    extension("operators.instructions").request_instructions(scene, scene.voice_to_motion.takes[0].sound, 1, None)
    until(lambda: session.fraction > 0.05)
    assert not blender.ops.voice_to_motion.find_instructions.poll()
    blender.ops.voice_to_motion.cancel()
    until(lambda: not session.tasks)
    assert not len(timeline.instructions) and not session.message


def test_before_the_first_instruction_the_character_stands(listed, blender, character, timeline, tmp_path):
    for frame, seconds in ((35, 1.0), (13, 0.5)):  # half a second is the least that models make: it is cut off
        listed[0].frame = frame
        assert blender.ops.voice_to_motion.direct() == {"FINISHED"}
        first, second = clips(character)[:2]
        asked = requests(tmp_path)[-4]
        assert asked["text"] == "stand still" and asked["seconds"] == seconds
        assert (first.start, first.last, second.start) == (11, frame - 1, frame)
        blender.data.actions.remove(character.animation_data.action)


def test_with_the_first_word_at_once_nothing_is_put_before_it(listed, blender, character):
    listed[0].frame = 12
    assert blender.ops.voice_to_motion.direct() == {"FINISHED"}
    assert [clip.name for clip in clips(character)] == ["walk forward", "wave", "um jump"]


def test_a_tweak_keeps_the_cut(listed, blender, scene, character):
    assert blender.ops.voice_to_motion.direct() == {"FINISHED"}
    first = clips(character)[1]
    first.speed = 0.5
    assert first.last == 58
    first.speed = 2.0
    assert first.last < 58
    first.speed = 1.0
    assert first.last == 58
