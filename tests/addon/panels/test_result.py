"""The result panel: refused words, the nearest motions as buttons, Generate Anyway, and doubt about what was heard."""

from __future__ import annotations

import json
import types

import pytest


@pytest.fixture
def requests(tmp_path):
    """The generate requests that the backend got, in order."""
    return lambda: [json.loads(line) for folder in tmp_path.rglob("requests.jsonl") for line in folder.read_text().splitlines()]


@pytest.fixture
def refused(blender, ready, peer, failing, session):
    """A recording that was taken for no instruction."""
    peer("refuses")
    said = failing(blender.ops.voice_to_motion.generate)
    assert "Did not understand; heard: “walk forward”." in said and "“wave”" in said
    return session


class Layout:
    """Draws nothing and keeps what would be there: (kind, text, operator's properties)."""

    def __init__(self, drawn: list) -> None:
        self.drawn = drawn

    def row(self, **_):
        return self

    box = column = row

    def label(self, text="", **_):
        self.drawn.append(("label", text, None))

    def prop(self, *_, **__):
        pass

    def template_list(self, *_, **__):
        self.drawn.append(("list", "", None))

    def operator(self, name, text="", **_):
        properties = types.SimpleNamespace()
        self.drawn.append((name, text, properties))
        return properties


@pytest.fixture
def drawn(extension, scene):
    """What the result shows."""

    def draw() -> list:
        result = extension("panels.result").VOICE_TO_MOTION_PT_result
        found = []
        preferences = types.SimpleNamespace(system=types.SimpleNamespace(ui_scale=1.0))  # 0 without a window
        context = types.SimpleNamespace(region=types.SimpleNamespace(width=400), preferences=preferences, scene=scene)
        result.draw(types.SimpleNamespace(layout=Layout(found)), context)
        return found

    return draw


def test_said_with_words_and_buttons(blender, scene, refused, drawn, requests):
    assert not blender.data.actions and refused.refusal.nearest == ("walk forward", "wave") and refused.confidence == 0.2
    buttons = [(name, text) for name, text, _ in drawn() if name != "label"]
    assert buttons == [
        ("voice_to_motion.clear_message", ""), ("voice_to_motion.generate_nearest", "walk forward"),
        ("voice_to_motion.generate_nearest", "wave"), ("voice_to_motion.generate", "Generate Anyway"),
    ]  # fmt: skip
    labels = " ".join(text for name, text, _ in drawn() if name == "label")
    assert labels.count("walk forward") == 1 and "Not sure" not in labels and "The nearest it can do" not in labels
    assert requests()[-1]["force"] is False


def test_generate_anyway(blender, character, refused, drawn, requests):
    button = next(item for item in drawn() if item[1] == "Generate Anyway")
    assert button[0] == "voice_to_motion.generate" and button[2].force is True
    assert blender.ops.voice_to_motion.generate(force=True) == {"FINISHED"}
    assert requests()[-1]["force"] is True and character.animation_data.action["heard"] == "walk forward"
    assert refused.refusal is None and not refused.message


def test_force_is_asked_for_each_time(blender, refused, failing, requests):
    assert blender.ops.voice_to_motion.generate(force=True) == {"FINISHED"}
    failing(blender.ops.voice_to_motion.generate)
    assert requests()[-1]["force"] is False


def test_the_nearest_motion_is_typed_and_generated(blender, scene, character, refused, requests):
    assert blender.ops.voice_to_motion.generate_nearest(words="wave") == {"FINISHED"}
    assert scene.voice_to_motion.typed == "wave" and requests()[-1]["text"] == "wave" and "audio" not in requests()[-1]
    assert character.animation_data.action is not None and refused.refusal is None
    assert not blender.ops.voice_to_motion.generate_nearest.poll()


def test_clearing_the_message_takes_the_offer_away(blender, refused, drawn):
    assert blender.ops.voice_to_motion.clear_message() == {"FINISHED"}
    assert refused.refusal is None
    assert [name for name, *_ in drawn() if name.startswith("voice_to_motion.")] == []


def test_doubt_is_shown(blender, ready, peer, session, drawn):
    peer("unsure")
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
    assert session.confidence == 0.6 and "Not sure that this was meant" in [text for _, text, _ in drawn()]
    peer("good")
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
    assert session.confidence == 0.95 and not any("Not sure" in text for _, text, _ in drawn())


def test_every_word_and_number_has_its_mark(blender, ready, peer, drawn, scene):
    peer("accounts")
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
    labels = [text for _, text, _ in drawn()]
    said = ["Done: forward?", "Nearly: “stroll” as “walk”", "Not known: “umbrella”", "Turn 90 degrees: 88"]
    assert [text for text in labels if text in said] == said[:1] + said[1:]


def test_an_account_that_others_have_changed_is_left_out(extension):
    account, found = extension("panels.account"), []
    preferences = types.SimpleNamespace(system=types.SimpleNamespace(ui_scale=1.0))
    context = types.SimpleNamespace(region=types.SimpleNamespace(width=400), preferences=preferences)
    whole = {"text": "wave", "state": "done", "by": "", "unsure": False}
    account.draw_account(Layout(found), context, [5, {"text": "x"}, whole], "no list")
    assert [text for _, text, _ in found] == ["Done: wave"]


def test_other_errors_offer_nothing(blender, ready, peer, failing, session, drawn):
    peer("error")
    failing(blender.ops.voice_to_motion.generate)
    assert session.refusal is None
    assert [name for name, *_ in drawn() if name.startswith("voice_to_motion.")] == ["voice_to_motion.clear_message"]


def test_in_a_batch_it_is_an_error_of_the_file(extension, blender, scene, character, peer, audio, monkeypatch, tmp_path, session):
    peer("refuses")
    module, batch = extension("operators.batch"), extension("batch.run").batch
    monkeypatch.setattr(module, "backend_command", extension("operators.generate").backend_command)
    monkeypatch.setattr(module, "cache_folder", lambda: tmp_path)
    try:
        assert blender.ops.voice_to_motion.batch(directory=str(audio.parent)) == {"CANCELLED"}
        assert [item.state for item in batch.items] == ["refused"] and "Did not understand" in batch.items[0].message
        assert session.refusal is None and not session.message and not blender.data.actions
    finally:
        batch.__init__()


def test_typed_words_have_no_speaker_and_no_confidence(blender, scene, character, peer, session, drawn):
    peer("good")
    scene.voice_to_motion.typed = "walk forward"
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
    said = [text for _, text, _ in drawn()]
    assert any("Typed: “walk forward”" in text for text in said) and not any("Heard" in text for text in said)


def test_a_motion_of_a_file_was_not_heard(blender, scene, character, peer, drawn, tmp_path):
    peer("good")
    (tmp_path / "dance.bvh").write_text("HIERARCHY", encoding="utf-8")
    assert blender.ops.voice_to_motion.apply_motion_file(filepath=str(tmp_path / "dance.bvh")) == {"FINISHED"}
    text = " ".join(text for _, text, _ in drawn())
    assert "From a file: “dance”" in text and "It does not say its frame rate: 30 assumed" in text and "Heard" not in text


def test_it_is_about_the_motion_that_is_there(blender, scene, character, ready, peer, session, drawn):
    peer("good")
    assert not drawn()
    scene.render.fps = 24
    blender.ops.ed.undo_push(message="before")
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
    text = " ".join(text for _, text, _ in drawn())
    assert "Heard: “walk forward” (95%)" in text and "Frames 1 – 48 (2.0 s)" in text
    character.animation_data.action = None
    assert not drawn() and session.note, "as after undo, although the session remembers"


def test_every_note_of_applying_is_kept_with_the_clip(blender, scene, character, ready, peer, drawn):
    peer("good")
    scene.render.fps, scene.frame_end = 24, 20
    assert blender.ops.voice_to_motion.generate() == {"FINISHED"}
    assert "Scene now ends at 48" in " ".join(text for _, text, _ in drawn())
