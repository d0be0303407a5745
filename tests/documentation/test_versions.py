"""The table of tested Blenders names the groups that exist, every test belongs to one, and it says what the tests wrote down."""

from __future__ import annotations

import json

from tests import versions
from tests.addon.groups import GROUPS, PICTURES, groups_of
from tests.documentation.pages import rows


def test_every_test_file_belongs_to_a_group():
    folder = versions.ROOT / "tests" / "addon"
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("test_*.py")]
    assert len(files) > 30
    lost = [file for file in files if len(groups_of(file)) != 1]
    assert not lost, f"give them one group in tests/addon/groups.py: {lost}"


def test_every_session_in_a_window_belongs_to_a_group():
    names = {path.stem for path in (versions.ROOT / "tests" / "gui").glob("*_session.py")}
    known = {name for members in GROUPS.values() for name in members if name.endswith("_session")}
    assert known | set(PICTURES) == names


def test_sessions_that_are_tests_are_run():
    import build

    known = {name.removesuffix("_session") for members in GROUPS.values() for name in members if name.endswith("_session")}
    assert known == set(build.WINDOW_SESSIONS)


def test_the_committed_table_has_exactly_these_groups():
    found = [cells for _, cells in rows(versions.PAGE)]
    assert [cells[0] for cells in found] == list(GROUPS)
    head = next(line for line in versions.PAGE.read_text().splitlines() if line.startswith("| "))
    assert all(f"Blender {version}." in head for version in ("4.2", "4.3", "4.5", "5.0", "5.2"))
    assert "failed" not in " ".join(cell for cells in found for cell in cells)


def test_what_tests_and_sessions_wrote_is_in_the_table(tmp_path):
    told = {"link/test_timer.py": [14, 0, 0], "operators/test_operators.py": [20, 1, 2], "takes/test_takes.py": [17, 0, 0]}
    (tmp_path / "4.5.1.json").write_text(json.dumps({"blender": "4.5.1", "files": told}))
    (tmp_path / "window-trixie-takes_session.txt").write_text("1.0 s  Blender 4.3.2, Python 3\n2.0 s  all checks held\n")
    (tmp_path / "window-sid-panel_session.txt").write_text("1.0 s  Blender 5.2.2 LTS, Python 3\n2.0 s  FAIL it\n")
    lines = versions.table(versions.columns(tmp_path)).splitlines()
    cells = {line.split(" | ")[0][2:]: line[2:-2].split(" | ")[1:] for line in lines if line.startswith("| ")}
    assert cells[""] == ["Blender 4.3.2", "Blender 4.5.1", "Blender 5.2.2"]
    assert cells["Generating, queue, cancel"] == ["–", "**1 failed**, 2 left out", "**window failed**"]
    assert cells["Recording and takes"] == ["window", "17", "–"]
