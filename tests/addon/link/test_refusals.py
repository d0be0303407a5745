"""What the operators refuse, and that they say why; and that everything a user can point at explains itself."""

from __future__ import annotations

import pytest

REASONS = [
    ("full", "queue is full"),
    ("no audio", "load an audio file first"),
    ("no character", "Create a character"),
    ("no backend", "not set"),
    ("wrong armature", "No human body was recognized: it has no bones"),
    ("gone", "no longer in this scene"),
]


@pytest.mark.parametrize(("state", "words"), REASONS)
def test_generate_says_why_it_cannot(extension, blender, scene, character, ready, peer, session, monkeypatch, state, words):
    peer("good")
    if state == "full":
        session.tasks += [extension("link.tasks").Task({"request": "generate"}) for _ in range(40)]
    elif state == "no audio":
        ready.audio_path = ""
    elif state == "no character":
        ready.character = None
    elif state == "wrong armature":
        other = blender.data.objects.new("Rig", blender.data.armatures.new("Rig"))
        scene.collection.objects.link(other)
        ready.character = other
    elif state == "gone":
        for collection in list(character.users_collection):
            collection.objects.unlink(character)
    else:
        location = extension("runtime.location")

        def missing():
            raise location.BackendNotFoundError("The Python that runs the motion backend is not set.", "Choose it.")

        monkeypatch.setattr(extension("operators.reasons"), "backend_command", missing)
    reason = blender.types.VOICE_TO_MOTION_OT_generate.disabled_reason(blender.context)
    assert words in reason and not reason.endswith(".")
    assert not blender.ops.voice_to_motion.generate.poll()


def test_audio_file_that_is_gone(failing, blender, ready, peer, session):
    peer("good")
    ready.audio_path = "/nowhere/at all.wav"
    assert "does not exist" in failing(blender.ops.voice_to_motion.generate)
    assert session.message and session.client is None


def test_cache_folder_that_cannot_be_written(failing, extension, blender, ready, peer, session, monkeypatch):
    peer("good")

    def refuse():
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(extension("operators.generate"), "cache_folder", refuse)
    assert "Permission denied" in failing(blender.ops.voice_to_motion.generate)


def test_select_audio(failing, blender, scene, audio):
    assert blender.ops.voice_to_motion.select_audio(filepath=str(audio)) == {"FINISHED"}
    assert scene.voice_to_motion.audio_path == str(audio)
    assert "no file" in failing(blender.ops.voice_to_motion.select_audio, filepath="/nowhere.wav")


def test_only_armatures_can_be_picked(blender, scene, character):
    prop = type(scene.voice_to_motion).bl_rna.properties["character"]
    assert prop.fixed_type.identifier == "Object"


def test_create_needs_object_mode(blender, character):
    blender.ops.object.mode_set(mode="POSE")
    assert not blender.ops.voice_to_motion.create_character.poll()
    blender.ops.object.mode_set(mode="OBJECT")


def test_every_operator_and_property_explains_itself(extension, blender):
    for cls in extension("operators").CLASSES:
        assert cls.bl_label and len(cls.__doc__) > 10 and not cls.__doc__.endswith("."), cls
        shown = getattr(blender.ops.voice_to_motion, cls.bl_idname.partition(".")[2]).get_rna_type().properties
        for prop in shown:
            if prop.identifier != "rna_type" and not prop.identifier.startswith("filter_"):
                assert prop.description and not prop.description.endswith("."), f"{cls.__name__}.{prop.identifier}"
    for prop in blender.types.Scene.bl_rna.properties["voice_to_motion"].fixed_type.properties:
        if prop.identifier not in ("rna_type", "name"):
            assert prop.description and not prop.description.endswith("."), prop.identifier
