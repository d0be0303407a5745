"""What to press next: one thing at a time, until the first motion is there."""

from __future__ import annotations

import pytest


@pytest.fixture
def step(extension, blender):
    """The step that comes next."""
    module = extension("panels.guide")
    return lambda: module.next_step(blender.context)


@pytest.fixture
def no_backend(extension, monkeypatch):
    """A machine without a backend."""
    module = extension("panels.guide")
    missing = extension("installation").BackendNotFoundError

    def raise_it():
        raise missing("It is not there.", "Set it up.")

    monkeypatch.setattr(module, "backend_python", raise_it)


@pytest.fixture
def backend(extension, monkeypatch):
    monkeypatch.setattr(extension("panels.guide"), "backend_python", lambda: "python")


def test_one_after_another(extension, blender, scene, backend, step, peer, audio, session):
    peer("good")
    assert step() == "INSTRUCT"
    scene.voice_to_motion.audio_path = str(audio)
    assert step() == "CREATE"
    blender.ops.voice_to_motion.create_character()
    assert step() == "GENERATE"
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
    assert step() == "", "whoever has made a motion knows the way"
    scene.voice_to_motion.character.animation_data.action = None
    assert step() == "GENERATE"


def test_typed_words_are_an_instruction(blender, scene, backend, step):
    scene.voice_to_motion.typed = "wave"
    assert step() == "CREATE"


def test_the_set_up_comes_first(blender, scene, character, no_backend, step, audio):
    assert step() == "SET_UP"
    scene.voice_to_motion.audio_path = str(audio)
    assert step() == "SET_UP"


def test_nothing_while_it_works(extension, blender, scene, ready, backend, step, peer, session, button, wait_until):
    peer("slow")
    assert button("operators.generate.VOICE_TO_MOTION_OT_generate", force=False).invoke(blender.context, None) == {"FINISHED"}
    assert session.busy and step() == ""
    session.shutdown(wait=0.0)
    assert step() == "GENERATE"


def test_what_cannot_be_pressed_is_not_highlighted(blender, scene, ready, backend, step, peer):
    peer("good")
    bones = ready.character
    for collection in bones.users_collection:
        collection.objects.unlink(bones)  # no longer in the scene
    assert step() == ""


def test_after_a_refusal_the_nearest_motions_come_next(blender, scene, ready, backend, step, peer, failing, session):
    peer("refuses")
    failing(blender.ops.voice_to_motion.generate)
    assert session.refusal is not None and step() == ""
