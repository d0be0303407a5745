"""Blender installs the extension from a repository on a web server, and updates it from there when a newer version appears.

Everything runs in a Blender of its own (`updates.py`), because it changes the repositories in the preferences.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
VISIT = Path(__file__).with_name("updates.py")


@pytest.fixture(scope="module")
def visit(extension, tmp_path_factory) -> dict:
    """What Blender said and had after each step."""
    folder = tmp_path_factory.mktemp("updates")
    home = folder / "home"
    home.mkdir()
    surroundings = {**os.environ, "BLENDER_USER_RESOURCES": str(home)}
    command = [sys.executable, str(VISIT), str(Path(extension().__file__).parent), str(folder)]
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=300, check=False)
    said = (folder / "said.json").read_text() if (folder / "said.json").exists() else ""
    assert said, done.stdout + done.stderr
    return json.loads(said)


def test_without_permission_to_go_online_blender_asks_no_server(visit: dict):
    assert "online" in visit["offline"]
    assert visit["requests while offline"] == 0


def test_it_is_installed_from_the_repository(visit: dict):
    assert visit["installed"] == {"version": "1.0.0", "enabled": True}


def test_where_nothing_is_newer_nothing_happens(visit: dict):
    assert visit["unchanged"] == {"version": "1.0.0", "enabled": True}
    assert visit["downloads of 1.0.0"] == 1


def test_the_newer_version_is_installed_and_running(visit: dict):
    assert visit["updated"] == {"version": "1.0.1", "enabled": True}


def test_settings_and_files_of_the_user_survive_the_update(visit: dict):
    assert visit["setting"] == "/opt/some/python"
    assert visit["motion"] == "kept"


def test_a_download_that_was_tampered_with_is_refused(visit: dict):
    assert visit["tampered"] == {"version": "1.0.1", "enabled": True}
