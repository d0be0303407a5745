"""The runtime pack: made of tiny wheels here, by pip itself, without a network."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import zipfile
from pathlib import Path

import pytest

from backend.errors import UserError
from backend.packaging.runtime_pack import PLATFORMS, build_runtime_pack, default_lock, read_lock

NAMES = {"one": "py3-none-any", "two": "cp313-cp313-win_amd64"}


def make_wheel(folder: Path, name: str, tag: str, text: str = "") -> Path:
    """A wheel that pip accepts."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-1.0-{tag}.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", text)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one lock file for another platform than this one, and its wheels where pip looks."""
    store = tmp_path / "store"
    lines = ["# Packages of the motion backend: windows-x86_64, Python 3.13, cpu."]
    for name, tag in NAMES.items():
        digest = hashlib.sha256(make_wheel(store, name, tag).read_bytes()).hexdigest()
        lines.append(f"{name}==1.0 --hash=sha256:{digest}  # 400 bytes, MIT")
    root = tmp_path / "root"
    (root / "addon" / "runtime" / "locks").mkdir(parents=True)
    (root / "addon" / "runtime" / "locks" / "windows-x86_64-py313-cpu.txt").write_text("\n".join(lines) + "\n")
    (root / "blender_manifest.toml").write_text('version = "1.2.3"\n')
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(store))
    return root


def pack(root: Path, cache: str = "cache", target: str = "dist") -> Path:
    lock = read_lock(root, "windows-x86_64-py313-cpu")
    return build_runtime_pack(root, lock, Path(sys.executable), root / target, root / cache)


def test_the_archive_holds_every_wheel(root: Path):
    archive = pack(root)
    assert archive.name == "voice_to_motion-runtime-1.2.3-windows-x86_64-py313-cpu.zip"
    with zipfile.ZipFile(archive) as opened:
        about = json.loads(opened.read("runtime-pack.json"))
        assert sorted(opened.namelist()) == ["runtime-pack.json", *sorted(about["sha256"])]
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in opened.infolist())
        for name, digest in about["sha256"].items():
            assert hashlib.sha256(opened.read(name)).hexdigest() == digest
    assert set(about["sha256"]) == {"wheels/one-1.0-py3-none-any.whl", "wheels/two-1.0-cp313-cp313-win_amd64.whl"}
    assert {key: about[key] for key in ("format", "lock", "product")} == {
        "format": 1,
        "lock": "windows-x86_64-py313-cpu.txt",
        "product": "1.2.3",
    }


def test_what_was_downloaded_is_not_downloaded_again_and_gives_the_same_bytes(root: Path, monkeypatch: pytest.MonkeyPatch):
    first = pack(root).read_bytes()
    monkeypatch.setenv("PIP_FIND_LINKS", str(root / "nowhere"))
    (root / "cache" / "windows-x86_64-py313-cpu" / "stray-1.0-py3-none-any.whl").write_text("not locked")
    assert pack(root, target="again").read_bytes() == first


def test_a_broken_download_is_replaced(root: Path):
    first = pack(root).read_bytes()
    (root / "cache" / "windows-x86_64-py313-cpu" / "one-1.0-py3-none-any.whl").write_text("half")
    assert pack(root, target="again").read_bytes() == first


def test_another_wheel_than_the_locked_one_is_refused_and_no_archive_is_left(root: Path):
    make_wheel(root.parent / "store", "one", NAMES["one"], text="changed")
    with pytest.raises(UserError) as caught:
        pack(root)
    assert "hash" in caught.value.message.lower()
    assert not (root / "dist").exists()


@pytest.mark.parametrize("name", ["solaris-py311-cpu", "../locks/windows-x86_64-py313-cpu", ""])
def test_an_unknown_lock_is_answered_with_those_there_are(root: Path, name: str):
    with pytest.raises(UserError, match="no lock file") as caught:
        read_lock(root, name)
    assert "windows-x86_64-py313-cpu" in caught.value.hint


def test_every_lock_file_of_the_product_can_be_read(repository: Path):
    names = [path.stem for path in (repository / "addon" / "runtime" / "locks").glob("*.txt")]
    assert len(names) >= 8
    for name in names:
        lock = read_lock(repository, name)
        assert lock.platform in PLATFORMS and len(lock.hashes) > 20
        assert any(requirement.startswith("torch==") for requirement in lock.hashes.values())


def test_the_default_is_a_name_of_the_same_form(repository: Path):
    assert default_lock().split("-py")[1].split("-")[0] == f"{sys.version_info[0]}{sys.version_info[1]}"
