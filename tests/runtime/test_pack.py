"""Offline packs: a good one installs without an index; a hostile or damaged one is refused and writes nothing outside."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from runtime.errors import SetupError
from runtime.pack import read_listing, unpack_wheels


def make(world, path: Path, change=lambda files, sums: None, **about) -> Path:
    """Write a pack of the world's wheels, changed before it is written."""
    files = {f"wheels/{wheel.name}": wheel.read_bytes() for wheel in sorted(world.index.glob("*.whl"))}
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    change(files, sums)
    listing = {"format": 1, "lock": world.lock.path.name, "product": "0.1.0", "sha256": sums, **about}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("runtime-pack.json", json.dumps(listing))
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def refused(world, path: Path) -> SetupError:
    """The refusal; nothing may have been written outside of the target, and nothing but good wheels in it."""
    outside = world.base / "outside"
    target = outside / "wheels"
    target.mkdir(parents=True)
    with pytest.raises(SetupError) as error:
        unpack_wheels(path, world.lock, target, lambda done: None)
    assert [entry.name for entry in outside.iterdir()] == ["wheels"]
    locked = {package.sha256 for package in world.lock.packages}
    for file in target.iterdir():
        assert hashlib.sha256(file.read_bytes()).hexdigest() in locked, f"{file.name} was left behind"
    return error.value


def test_a_pack_installs_without_an_index(world, tmp_path):
    pack = make(world, tmp_path / "päck.zip")
    empty = tmp_path / "empty"
    empty.mkdir()
    world.index = empty
    events = world.run(pack=pack)
    assert events[-1]["event"] == "result", events[-1]
    assert "unpacking" in [event.get("phase") for event in events]
    assert "downloading" not in [event.get("phase") for event in events]
    assert world.state().kind == "ready"


def rename(old: str, new: str):
    def change(files, sums):
        for table in (files, sums):
            name = next(name for name in table if old in name)
            table[new] = table.pop(name)

    return change


@pytest.mark.parametrize(
    "name", ["../alpha.whl", "wheels/../../alpha.whl", "/tmp/alpha.whl", "wheels\\alpha.whl", "wheels/a/b.whl"]
)
def test_a_name_that_leads_out_is_refused(world, tmp_path, name):
    assert "no wheels" in refused(world, make(world, tmp_path / "pack.zip", rename("alpha", name))).message


def test_another_file_under_a_wheels_name_is_refused(world, tmp_path):
    def change(files, sums):
        files[next(name for name in files if "alpha" in name)] = b"PK not what was locked"

    assert "not what was locked" in refused(world, make(world, tmp_path / "pack.zip", change)).message


def test_a_hash_in_the_listing_is_not_believed(world, tmp_path):
    """The pack says itself that its strange wheel is right; the add-on's own lock file says no."""

    def change(files, sums):
        name = next(name for name in files if "alpha" in name)
        files[name] = b"PK strange"
        sums[name] = hashlib.sha256(files[name]).hexdigest()

    assert "does not hold alpha" in refused(world, make(world, tmp_path / "pack.zip", change)).message


def test_an_entry_that_unpacks_to_more_than_was_locked_is_stopped(world, tmp_path):
    path = make(world, tmp_path / "plain.zip")
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = b"\0" * 50_000_000 if "alpha" in entry.filename else old.read(entry)
            new.writestr(entry.filename, data)
    assert bomb.stat().st_size < 10_000_000
    assert "not what was locked" in refused(world, bomb).message
    assert not list((world.base / "outside" / "wheels").glob("*.part"))


def test_a_pack_of_another_version_lacks_a_wheel(world, tmp_path):
    def change(files, sums):
        for table in (files, sums):
            del table[next(name for name in table if "gamma" in name)]

    error = refused(world, make(world, tmp_path / "pack.zip", change))
    assert "does not hold gamma-ray" in error.message and "runtime-pack" in error.hint


@pytest.mark.parametrize("size", [0, 10, 5000, -200])
def test_a_cut_pack_is_refused(world, tmp_path, size):
    path = make(world, tmp_path / "pack.zip")
    path.write_bytes(path.read_bytes()[:size])
    assert refused(world, path).code == "pack"


@pytest.mark.parametrize("about", [{"format": 2}, {"lock": 7}, {"sha256": []}, {"sha256": {"wheels/a.whl": 3}}])
def test_a_strange_listing_is_refused(world, tmp_path, about):
    assert refused(world, make(world, tmp_path / "pack.zip", **about)).code == "pack"


def test_a_listing_is_bounded(world, tmp_path):
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("runtime-pack.json", b" " * 20_000_000)
    with pytest.raises(SetupError, match="not a runtime pack"):
        read_listing(path)


def test_other_zips_and_other_files_are_no_packs(tmp_path):
    (tmp_path / "letter.zip").write_text("hello")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    for name in ("letter.zip", "other.zip", "nothing.zip"):
        with pytest.raises(SetupError):
            read_listing(tmp_path / name)
