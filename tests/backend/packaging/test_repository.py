"""The static repository: what is in the folder, and what a second build or a bad zip does to it. That Blender installs and
updates from it is `tests/addon/test_updates.py`."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
import zipfile
from pathlib import Path

import pytest

from backend.errors import UserError
from backend.packaging.repository import build_repository

pytestmark = pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="no Blender module here")
MANIFEST = """schema_version = "1.0.0"
id = "voice_to_motion"
version = "{version}"
name = "Voice to Motion"
tagline = "Speak"
maintainer = "Nobody <nobody@example.org>"
type = "add-on"
blender_version_min = "4.2.0"
license = ["SPDX:GPL-3.0-or-later"]
"""


def make_zip(folder: Path, version: str) -> Path:
    """An extension that does nothing."""
    path = folder / f"voice_to_motion-{version}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("blender_manifest.toml", MANIFEST.format(version=version))
        archive.writestr("__init__.py", "def register(): pass\ndef unregister(): pass\n")
    return path


def test_the_listing_names_the_zip_its_size_and_its_hash(tmp_path: Path):
    archive = make_zip(tmp_path, "1.2.3")
    listing = build_repository(archive, tmp_path / "repo", Path(sys.executable))
    (entry,) = json.loads(listing.read_text())["data"]
    assert (entry["id"], entry["version"], entry["archive_url"]) == ("voice_to_motion", "1.2.3", "./voice_to_motion-1.2.3.zip")
    assert entry["archive_size"] == archive.stat().st_size
    assert entry["archive_hash"] == "sha256:" + hashlib.sha256(archive.read_bytes()).hexdigest()
    assert "voice_to_motion-1.2.3.zip?repository=" in (tmp_path / "repo" / "index.html").read_text()


def test_the_next_version_takes_the_place_of_the_last(tmp_path: Path):
    for version in ("1.2.3", "1.2.4"):
        build_repository(make_zip(tmp_path, version), tmp_path / "repo", Path(sys.executable))
    names = sorted(path.name for path in (tmp_path / "repo").iterdir())
    assert names == ["index.html", "index.json", "voice_to_motion-1.2.4.zip"]
    assert not list(tmp_path.glob(".*"))


def test_a_zip_that_is_no_extension_leaves_the_old_repository_as_it_was(tmp_path: Path):
    build_repository(make_zip(tmp_path, "1.2.3"), tmp_path / "repo", Path(sys.executable))
    bad = tmp_path / "voice_to_motion-9.zip"
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("readme.txt", "no manifest")
    with pytest.raises(UserError, match="could not list"):
        build_repository(bad, tmp_path / "repo", Path(sys.executable))
    assert "1.2.3" in (tmp_path / "repo" / "index.json").read_text()
    assert not list(tmp_path.glob(".*"))


def test_a_folder_with_something_else_in_it_is_not_touched(tmp_path: Path):
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "thesis.txt").write_text("years of work")
    with pytest.raises(UserError, match="not an extension repository"):
        build_repository(make_zip(tmp_path, "1.2.3"), tmp_path / "repo", Path(sys.executable))
    assert (tmp_path / "repo" / "thesis.txt").exists()
