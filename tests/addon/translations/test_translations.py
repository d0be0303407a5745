"""Everything users read can be translated, and the catalogues say what the code says."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from tests.addon.translations import source

FILES = sorted((source.ROOT / "addon" / "translations").glob("*.json"))


@pytest.fixture(scope="module")
def known():
    return source.all_texts()


@pytest.fixture
def german(extension, monkeypatch):
    """The module as it is in a German Blender; bpy as a module is built without languages, tests/gui has the real one."""
    module = extension("translations")
    catalogue = dict(module.catalogues()["de_DE"])
    look_up = lambda text: catalogue.get(text, text)  # noqa: E731
    names = {f"pgettext_{kind}": look_up for kind in ("iface", "tip", "rpt")}
    monkeypatch.setattr(module, "bpy", SimpleNamespace(app=SimpleNamespace(translations=SimpleNamespace(**names))))
    return SimpleNamespace(module=module, catalogue=catalogue)


def test_every_text_that_is_shown_can_be_looked_up():
    bad = source.untranslatable()
    assert not bad, "put together before it is translated; use iface_, tip_ or rpt_ of addon/translations:\n" + "\n".join(bad)


@pytest.mark.parametrize("code", [
    'layout.label(text=f"Next: {title}")', 'layout.operator("x", text="Add " + name)', 'self.report({"INFO"}, f"{n} keys")',
    'self.report({"ERROR"}, str(error))', 'layout.label(text="Seed {}".format(seed))',
    'text = f"{n} keys"\n    paragraph(0, 0, text)',
    'layout.label(text=iface_("{} of {}", n))', 'layout.label(text=f"and {n} more" if n else "")',
])  # fmt: skip
def test_what_cannot_be_looked_up_is_found(monkeypatch, code):
    tree = source.ast.parse(f"def draw(self):\n    {code}\n")
    monkeypatch.setattr(source, "trees", lambda: {source.ROOT / "x.py": tree})
    assert source.untranslatable()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_catalogue(path, known):
    catalogue = json.loads(path.read_text(encoding="utf-8"))
    gone = [english for english in catalogue if english not in known]
    assert not gone, f"{path.name} translates what is not in the code any more:\n" + "\n".join(gone)
    for english, own in catalogue.items():
        assert own.strip() and own == own.strip("\n"), english
        assert own.count("{}") == english.count("{}"), english
        own.format(*range(english.count("{}")))
        assert english.endswith(("...", "…")) or english.endswith(".") == own.endswith("."), english


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_panel_speaks_the_language(path):
    """Names and labels; what is missing is shown in English, which is no fault but is said."""
    catalogue, labels = json.loads(path.read_text(encoding="utf-8")), source.labels()
    missing = sorted(labels - set(catalogue) - {"Voice to Motion"})
    share = 1 - len(missing) / len(labels)
    print(f"{path.stem}: {share:.0%} of {len(labels)} labels; missing: {missing}")
    assert len(labels) > 150 and share > 0.85, missing


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_message_is_there(path):
    """Whoever cannot read a label can try it; what went wrong has to be understood."""
    catalogue, messages = json.loads(path.read_text(encoding="utf-8")), source.messages()
    missing = sorted(text for text in messages if text not in catalogue and text.removesuffix(".") not in catalogue)
    print(f"{path.stem}: {len(messages)} messages")
    assert len(messages) > 250 and not missing, f"{path.name} lacks:\n" + "\n".join(missing)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_tooltip_is_there(path):
    catalogue, tooltips = json.loads(path.read_text(encoding="utf-8")), source.tooltips()
    missing = sorted(tooltips - set(catalogue))
    print(f"{path.stem}: {len(tooltips)} tooltips")
    assert len(tooltips) > 150 and not missing, f"{path.name} lacks:\n" + "\n".join(missing)


@pytest.mark.parametrize("code", [
    'self.report({"INFO"}, "Not in any catalogue")', 'session.fail("Oh", "Not in any catalogue.")',
    'raise OwnError("code", f"{name} is not in any catalogue.")', 'session.fail("Oh", hint="Not in any catalogue")',
    'text = rpt_("Not in any catalogue {}" if x else "", 1)',
])  # fmt: skip
def test_a_message_that_is_missing_is_found(monkeypatch, code):
    tree = source.ast.parse(f"def draw(self):\n    {code}\n\ndef some_reason():\n    return 'Not today' if 1 else ''")
    monkeypatch.setattr(source, "trees", lambda: {source.ROOT / "x.py": tree})
    assert len(source.messages()) == 2


def test_values_are_put_in(german):
    iface_ = german.module.iface_
    assert iface_("Next: {}", "Take 1") == "Danach: Take 1"
    assert iface_("Generate Motion") == "Bewegung erzeugen" and iface_("") == "" and iface_("Unknown") == "Unknown"
    assert iface_("of nobody {}", 5) == "of nobody 5"
    assert iface_("Heard: “{}”", "go {up} %s") == "Verstanden: „go {up} %s“"


def test_finished_sentences_are_recognized(german):
    rpt_ = german.module.rpt_
    assert rpt_("Hero is no armature") == "Hero ist keine Armatur"
    assert rpt_("Hero is no armature.") == "Hero ist keine Armatur."
    assert rpt_("The motion backend was killed (signal 9).") == "Das Bewegungs-Backend wurde beendet (Signal 9)."
    assert rpt_("2.5 GB of disk space are needed in /tmp/a b, and 1.0 GB are free.").startswith(
        "2.5 GB Speicherplatz werden in /tmp/a b"
    )
    assert rpt_("What nobody ever said to 5 people.") == "What nobody ever said to 5 people."
    # Names of the user's things stay, even where they are words of ours.
    assert rpt_("Character is no armature") == "Character ist keine Armatur"


def test_a_mistake_in_a_catalogue_takes_no_sentence_away(german):
    german.catalogue["Next: {}"] = "Danach {name} {"
    assert german.module.iface_("Next: {}", "Take 1") == "Next: Take 1"


def test_reasons_in_tooltips_are_translated(german, extension):
    class Operator(extension("operators.reasons").Explained):
        said = ""

        @classmethod
        def disabled_reason(cls, context):
            return "Hero 100% is no armature"

        @classmethod
        def poll_message_set(cls, text):
            cls.said = text

    assert not Operator.poll(None)
    assert Operator.said == "Hero 100%% ist keine Armatur"


def test_english_stays_as_it_is(extension):
    module = extension("translations")
    for english in module.catalogues()["de_DE"]:
        assert module.iface_(english) == english
    assert module.rpt_("{} of {}: {}", 1, 2, "x") == "1 of 2: x"
