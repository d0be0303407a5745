"""Links and pictures lead somewhere, and buttons are called what the add-on calls them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.documentation.pages import PAGES, ROOT, anchors, blocks, links, name_of, prose, rows

MANUAL = ROOT / "addon" / "docs" / "manual.md"
LONGEST_PICTURE = 3_000_000  # bytes: a page is read on slow lines, too
# Names of properties that lists show without their names.
UNNAMED = {"Active Take", "Heard", "Joint", "Kind of Rig"}
# Words in bold that are not labels: parts of sentences in lists.
NO_LABELS = {
    "README.md": {
        "Say what the character does. Get keyframes.", "On your machine.", "A whole scene in one breath.",
        "One motion after another.", "Yours to edit.", "Your rig.", "Open.",
    }
}  # fmt: skip


def label_strings() -> set[str]:
    """Every string in the add-on: labels, names of properties, items of menus."""
    found = set()
    for path in (ROOT / "addon").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_to_something(page: Path):
    for target in links(page):
        if re.match(r"https?://", target):
            continue
        file, _, anchor = target.partition("#")
        path = (page.parent / file).resolve() if file else page
        assert path.exists(), f"{name_of(page)} links to {target}, which is not there"
        assert not anchor or anchor in anchors(path), f"{name_of(page)} links to {target}, a heading that is not there"
        if path.suffix in {".png", ".gif"}:
            assert path.stat().st_size < LONGEST_PICTURE, f"{target} is too large for a page"


@pytest.mark.parametrize("page", [MANUAL, ROOT / "README.md", ROOT / "addon" / "docs" / "troubleshooting.md"], ids=name_of)
def test_every_button_in_bold_is_in_the_add_on(page: Path):
    text = prose(page)
    if page.name == "README.md":
        text = text[: text.index("## Numbers")]
    bold = set(re.findall(r"\*\*([^*]+?)\*\*", re.sub(r"\s+", " ", text))) - NO_LABELS.get(name_of(page), set())
    assert len(bold) >= 5
    assert not sorted(bold - label_strings())


def test_every_panel_and_its_settings_are_in_the_manual():
    """A feature nobody can look up is half a feature."""
    text = re.sub(r"\s+", " ", MANUAL.read_text(encoding="utf-8"))
    missing = set()
    for path in (ROOT / "addon").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                missing |= {f"{path.name}: {label}" for label in _labels(node) - UNNAMED if label not in text}
    assert not missing


def _labels(node: ast.ClassDef) -> set[str]:
    """Labels of an operator or panel that people see, and names of the settings of a property group."""
    values = {}
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            values[line.targets[0].id] = line.value
    options = {element.value for element in getattr(values.get("bl_options"), "elts", [])}
    kinds = {ast.unparse(base) for base in node.bases}
    if "bl_label" in values and "INTERNAL" not in options and "BarePanel" not in kinds and "bpy.types.FileHandler" not in kinds:
        return {values["bl_label"].value}
    if not kinds & {"bpy.types.PropertyGroup", "bpy.types.AddonPreferences"}:
        return set()
    names = set()
    for line in node.body:
        call = line.annotation if isinstance(line, ast.AnnAssign) else None
        if isinstance(call, ast.Call) and "HIDDEN" not in ast.unparse(call):
            names |= {word.value.value for word in call.keywords if word.arg == "name"}
    return names


def test_blocks_of_the_pages_name_their_language():
    for page in PAGES:
        for language, text in blocks(page):
            assert language in {"sh", "text", "python", "json"}, f"{name_of(page)}: a block without a language:\n{text[:80]}"


def test_tables_are_whole():
    for page in PAGES:
        for heading, cells in rows(page):
            assert len(cells) >= 2, f"{name_of(page)}, {heading}: {cells}"
