"""The zip: the right files, the same bytes each time, and Blender's own checker is content."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from backend.errors import UserError
from backend.packaging.extension import LEFT_OUT, build_extension, extension_files, read_version, validate_extension
from backend.version import version as backend_version

MANIFEST = """schema_version = "1.0.0"
id = "voice_to_motion"
version = "1.2.3"
name = "Voice to Motion"
tagline = "Speak"
maintainer = "Nobody <nobody@example.org>"
type = "add-on"
blender_version_min = "4.2.0"
license = ["SPDX:GPL-3.0-or-later"]
"""

# Looked for, not imported: Blender inside the test process would outlive the tests that need it.
has_blender = pytest.mark.skipif(importlib.util.find_spec("bpy") is None, reason="no Blender module here")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A small repository with everything that must not get into the zip."""
    files = {
        "blender_manifest.toml": MANIFEST,
        "LICENSE": "licence",
        "addon/__init__.py": "def register(): pass\ndef unregister(): pass\n",
        "addon/panels/main.py": "",
        "addon/__pycache__/main.cpython-311.pyc": "x",
        "backend/__init__.py": "",
        "backend/packaging/environment.py": "",
        "backend/weights/open/model.safetensors": "weights",
        "backend/weights/open/.partial.safetensors": "half",
        "backend/weights/mine/model.safetensors": "not to be given away",
        "backend/docs/developing.md": "for people with a checkout",
        "backend/evaluation/weights/evaluator.safetensors": "the judge measures weights, it makes no motion",
        "backend/training/loop.py": "for people with a checkout",
        "backend/data/build.py": "the same",
        "addon/docs/manual.md": "online",
        "backend/notes.wav": "sound",
        "tests/test_x.py": "",
        "build.py": "",
    }
    for name, text in files.items():
        path = tmp_path / "sources" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "sources"


def test_the_zip_holds_the_addon_at_its_root_and_the_backend_beside_it(sources: Path):
    assert list(extension_files(sources)) == [
        "LICENSE",
        "__init__.py",
        "backend/__init__.py",
        "backend/weights/open/model.safetensors",
        "blender_manifest.toml",
        "panels/main.py",
    ]


def test_weights_that_are_not_for_everything_stay_out_by_any_name(sources: Path):
    for name in ("research", "open"):
        card = sources / "backend" / "weights" / name / "pack.json"
        card.parent.mkdir(exist_ok=True)
        card.write_text(json.dumps({"tiers": ["open", "noncommercial"]}))
        if name == "research":
            assert not [inside for inside in extension_files(sources) if "research" in inside]
    with pytest.raises(UserError, match="not for commercial use"):
        extension_files(sources)


def test_the_same_sources_give_the_same_bytes_whatever_their_dates(sources: Path, tmp_path: Path):
    first = build_extension(sources, tmp_path / "one").read_bytes()
    for path in sources.rglob("*"):
        os.utime(path, (1, 1))
    second = build_extension(sources, tmp_path / "two")
    assert second.name == "voice_to_motion-1.2.3.zip"
    assert second.read_bytes() == first


def test_nothing_half_written_stays_beside_the_zip(sources: Path, tmp_path: Path):
    build_extension(sources, tmp_path / "dist")
    assert [path.name for path in (tmp_path / "dist").iterdir()] == ["voice_to_motion-1.2.3.zip"]


@pytest.mark.parametrize("name", ["blender_manifest.toml", "addon/__init__.py", "LICENSE"])
def test_a_missing_part_is_named(sources: Path, name: str):
    (sources / name).unlink()
    with pytest.raises(UserError, match=name):
        extension_files(sources)


def test_a_commit_gives_the_same_bytes_in_any_folder_at_any_time(repository: Path, tmp_path: Path):
    """The tree as git has it, unpacked twice, built in two processes that differ in everything a build could pick up."""
    if subprocess.run(["git", "rev-parse", "HEAD"], cwd=repository, capture_output=True, check=False).returncode != 0:
        pytest.skip("not a git checkout")
    code = (
        "import os, sys; from pathlib import Path; os.umask(int(sys.argv[1], 8))\n"
        "from backend.packaging.extension import build_extension; print(build_extension(Path.cwd(), Path('dist')))"
    )
    built = []
    for number, (umask, zone, date) in enumerate([("022", "UTC", 10**9), ("077", "Asia/Tokyo", 1.7e9)]):
        folder = tmp_path / ("x" * (9 * number + 1)) / "checkout"
        folder.mkdir(parents=True)
        # Without the weights, on which compressing would spend its time: they are read like any other file.
        tree = ["git", "archive", "--format=tar", "HEAD", ".", ":!backend/weights"]
        packed = subprocess.run(tree, cwd=repository, capture_output=True, check=True)
        subprocess.run(["tar", "-x"], cwd=folder, input=packed.stdout, check=True)
        for path in sorted(folder.rglob("*"), reverse=bool(number)):
            os.utime(path, (date, date))
        surroundings = {"PATH": os.environ["PATH"], "TZ": zone, "PYTHONHASHSEED": str(number), "PYTHONUTF8": str(number)}
        subprocess.run([sys.executable, "-c", code, umask], cwd=folder, env=surroundings, check=True, capture_output=True)
        built += (folder / "dist").iterdir()
    assert built[0].read_bytes() == built[1].read_bytes()
    assert built[0].name == f"voice_to_motion-{read_version(repository)}.zip"


def test_the_version_is_written_in_one_place(repository: Path):
    """And nowhere else in what is shipped or builds it: a second one would be forgotten at the next release."""
    version = read_version(repository)
    assert version == backend_version()
    sources = [*(repository / "addon").rglob("*.py"), *(repository / "backend").rglob("*.py"), repository / "build.py"]
    sources += [repository / "pyproject.toml", repository / "README.md"]
    said = [str(path) for path in sources if f"-{version}.zip" in path.read_text() or f'version = "{version}"' in path.read_text()]
    assert not said


@has_blender
def test_blenders_checker_accepts_a_good_zip_and_rejects_a_bad_one(sources: Path, tmp_path: Path):
    good = build_extension(sources, tmp_path / "good")
    validate_extension(good, Path(sys.executable))
    (sources / "blender_manifest.toml").write_text(MANIFEST.replace('tagline = "Speak"', 'tagline = "Ends with a stop."'))
    bad = build_extension(sources, tmp_path / "bad")
    with pytest.raises(UserError, match="tagline"):
        validate_extension(bad, Path(sys.executable))


@has_blender
def test_the_real_extension_is_accepted_and_its_backend_runs_from_the_zip(repository: Path, tmp_path: Path):
    archive = build_extension(repository, tmp_path)
    assert read_version(repository) in archive.name
    validate_extension(archive, Path(sys.executable))
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        opened.extractall(tmp_path / "installed")
    # Bars: as large as the zip with data, training and evaluation code in it was, and less than half of all modules, the
    # readers of motion files and of broken recordings among them.
    assert archive.stat().st_size <= 58_500_000  # of it 0.2 MB are words: 318 kinds, synonyms, German
    assert len([name for name in names if name.startswith("backend/") and name.endswith(".py")]) <= 165
    assert not [name for name in names if name.startswith(LEFT_OUT)]
    assert not [name for name in names if name.endswith((".whl", ".pyc", ".so", ".dll", ".exe"))]
    assert {name.split("/")[2] for name in names if name.startswith("backend/weights/")} == {"ear", "open"}
    assert {"backend/weights/open/pack.json", "backend/weights/ear/LICENSE.txt"} <= set(names)
    done = subprocess.run(
        [sys.executable, "-m", "backend", "--help"],
        cwd=tmp_path / "installed",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "generate" in done.stdout
    shutil.rmtree(tmp_path / "installed")
