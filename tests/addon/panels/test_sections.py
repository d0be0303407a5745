"""Sections: in the order of the work, and which are open is a preference."""

from __future__ import annotations

from types import SimpleNamespace

import pytest


class Layout:
    """Headers that are drawn, as Blender's `panel_prop` gives them."""

    def __init__(self) -> None:
        self.headers: list[str] = []

    def _note(self, text: str) -> None:
        self.headers.append(text)

    def panel_prop(self, data, name):
        header = SimpleNamespace(label=self._note)
        return header, (SimpleNamespace() if getattr(data, name) else None)


@pytest.fixture
def preferences(extension):
    found = extension("runtime.configuration").add_on_preferences()
    yield found
    for name in set(found.open_sections.bl_rna.properties.keys()) - {"name", "rna_type"}:
        found.open_sections.property_unset(name)


def test_their_order(extension, blender, scene, character):
    layout, main = Layout(), extension("panels.main")
    main.VOICE_TO_MOTION_PT_sections.draw(SimpleNamespace(layout=layout), blender.context)
    assert layout.headers == ["Options", "Placement", "Direct Along the Timeline", "Batch", "Rig", "Installation"]


def test_every_section_has_its_preference(extension, preferences):
    main = extension("panels.main")
    sections = {section.key for section in main.SECTIONS} | {part.key for part in extension("panels.rig").RigSection.parts}
    assert sections == set(preferences.open_sections.bl_rna.properties.keys()) - {"name", "rna_type"}
    assert not any(getattr(preferences.open_sections, key) for key in sections), "closed at first"


def test_an_open_one_is_drawn_and_outlives_a_new_file(extension, blender, preferences, monkeypatch):
    drawn = []
    section = extension("panels.batch").BatchSection
    monkeypatch.setattr(section, "draw", lambda self, context: drawn.append(self.layout))
    draw = lambda: extension("panels.layout").draw_section(Layout(), blender.context, section)  # noqa: E731
    draw()
    assert not drawn
    blender.context.preferences.is_dirty = False
    preferences.open_sections.batch = True
    assert blender.context.preferences.is_dirty, "Blender saves preferences on exit only if they are changed"
    draw()
    assert len(drawn) == 1
    blender.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    draw()
    assert len(drawn) == 2
