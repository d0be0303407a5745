"""The set-up: pinned lists, continuing after a kill, refusing what is not ours. Nothing here needs a network."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from backend.errors import UserError
from backend.packaging import environment as module
from backend.packaging.environment import Environment, add_packages, ensure_environment, read_requirements

PYPROJECT = """
[dependency-groups]
nothing = []
pinned = ["b==2.0", "a==1.0+cpu"]
again = ["a==1.0+cpu"]
loose = ["c>=3"]
"""

HASH = "--hash=sha256:" + "0" * 64
LOCK = f"""# What `build.py` installs, by hash.
pip==26.3 \\
    {HASH}
thing==1.0 ; sys_platform == 'win32' \\
    {HASH}
"""


@pytest.fixture
def pyproject(tmp_path: Path) -> Path:
    path = tmp_path / "pyproject.toml"
    path.write_text(PYPROJECT)
    return path


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """A lock file with pip, one package for all platforms and one for Windows."""
    path = tmp_path / "locks" / "small.txt"
    path.parent.mkdir()
    path.write_text(LOCK)
    return path


@pytest.fixture
def pip_calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Replace pip, the only part that talks to a network, by a list of what it was asked."""
    calls: list[list[str]] = []
    monkeypatch.setattr(module, "run_pip", lambda command, log: calls.append(command))
    monkeypatch.setattr(module, "torch_source", lambda build: ["--extra-index-url", build])
    return calls


def test_requirements_are_sorted_and_unique(pyproject: Path):
    assert read_requirements(pyproject, ["pinned", "again"]) == ["a==1.0+cpu", "b==2.0"]


def test_a_requirement_that_is_not_pinned_is_refused(pyproject: Path):
    with pytest.raises(ValueError, match="c>=3"):
        read_requirements(pyproject, ["pinned", "loose"])


def test_every_group_and_constraint_of_the_project_is_pinned(repository: Path):
    table = tomllib.loads((repository / "pyproject.toml").read_text())
    for group in table["dependency-groups"]:
        assert read_requirements(repository / "pyproject.toml", [group])


def test_the_other_blenders_have_no_torch(repository: Path):
    for group in ("blender-4-2", "blender-5-0"):
        names = {line.split("==")[0] for line in read_requirements(repository / "pyproject.toml", [group])}
        assert "bpy" in names and "torch" not in names


def small(tmp_path: Path, lock: Path, probe: str = "import json", gigabytes: float = 0) -> Environment:
    return Environment(tmp_path / "venv", lock, probe, gigabytes)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing but pip."""
    folder = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.fixture
def made(empty: Path, tmp_path: Path) -> None:
    """The environment of `small` is made, but nothing is installed."""
    shutil.copytree(empty, tmp_path / "venv", symlinks=True)


def test_a_ready_environment_costs_nothing_and_a_changed_lock_sets_up_again(
    lock: Path, tmp_path: Path, pip_calls: list[list[str]]
):
    wanted, log = small(tmp_path, lock), tmp_path / "logs" / "pip.log"
    assert ensure_environment(wanted, log)
    assert not ensure_environment(wanted, log)
    count = len(pip_calls)
    lock.write_text(LOCK.replace("thing==1.0", "thing==1.1"))
    assert ensure_environment(wanted, log)
    assert len(pip_calls) > count


@pytest.mark.usefixtures("made")
def test_everything_is_installed_by_its_hash_and_pip_first(lock: Path, tmp_path: Path, pip_calls: list[list[str]]):
    wanted = small(tmp_path, lock)
    ensure_environment(wanted, tmp_path / "pip.log")
    assert [Path(call[-1]) for call in pip_calls] == [wanted.folder / "pip.txt", lock]
    assert (wanted.folder / "pip.txt").read_text() == f"pip==26.3 \\\n    {HASH}\n"
    for call in pip_calls:
        assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(call)


@pytest.fixture
def with_torch(lock: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lock file has torch, and beside it is what its CUDA build needs."""
    lock.write_text(f"{LOCK}torch==2.13.0 \\\n    {HASH}\n")
    lock.with_name("small-cuda.txt").write_text("# nothing\n")
    monkeypatch.setattr(module, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(module.sys, "platform", "linux")
    return lock


@pytest.mark.usefixtures("made")
def test_without_a_gpu_the_cpu_build_of_torch_is_asked_for_by_name(with_torch: Path, tmp_path: Path, pip_calls: list[list[str]]):
    wanted = small(tmp_path, with_torch)
    ensure_environment(wanted, tmp_path / "pip.log")
    assert [Path(call[-1]).name for call in pip_calls] == ["pip.txt", "torch.txt", "small.txt"]
    assert (wanted.folder / "torch.txt").read_text() == f"torch==2.13.0+cpu \\\n    {HASH}\n"
    assert "--extra-index-url" in pip_calls[1] and "--extra-index-url" not in pip_calls[2]


@pytest.mark.usefixtures("made")
def test_where_there_is_no_cpu_build_the_cuda_build_gets_what_it_needs(
    with_torch: Path, tmp_path: Path, pip_calls: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    def run_pip(command: list[str], log: Path) -> None:
        pip_calls.append(command)
        if command[-1].endswith("torch.txt"):
            raise UserError("pip", "no matching distribution")

    monkeypatch.setattr(module, "run_pip", run_pip)
    ensure_environment(small(tmp_path, with_torch), tmp_path / "pip.log")
    assert [Path(call[-1]).name for call in pip_calls] == ["pip.txt", "torch.txt", "small.txt", "small-cuda.txt"]
    assert "taking the CUDA build" in capsys.readouterr().out


@pytest.mark.usefixtures("made")
def test_with_a_gpu_the_cuda_build_is_taken(
    with_torch: Path, tmp_path: Path, pip_calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "has_nvidia_gpu", lambda: True)
    ensure_environment(small(tmp_path, with_torch), tmp_path / "pip.log")
    assert [Path(call[-1]).name for call in pip_calls] == ["pip.txt", "small.txt", "small-cuda.txt"]


def test_more_packages_are_added_by_their_hashes_too(lock: Path, tmp_path: Path, pip_calls: list[list[str]]):
    add_packages(small(tmp_path, lock), "voices", tmp_path / "pip.log")
    (call,) = pip_calls
    assert Path(call[-1]) == lock.with_name("voices.txt") and "--require-hashes" in call


@pytest.mark.usefixtures("made")
def test_a_package_whose_installation_was_killed_is_forgotten_and_a_whole_one_kept(
    lock: Path, tmp_path: Path, pip_calls: list[list[str]]
):
    wanted = small(tmp_path, lock)
    ensure_environment(wanted, tmp_path / "pip.log")
    (wanted.folder / module.SENTINEL).unlink()
    half, whole = wanted.site_packages / "half-1.0.dist-info", wanted.site_packages / "whole-1.0.dist-info"
    for folder in (half, whole):
        folder.mkdir()
        (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: x\nVersion: 1.0\n")
    (whole / "RECORD").write_text("")
    ensure_environment(wanted, tmp_path / "pip.log")
    assert not half.exists() and whole.exists()


@pytest.mark.usefixtures("made")
def test_the_sentinel_is_not_written_when_the_environment_does_not_work(lock: Path, tmp_path: Path, pip_calls: list[list[str]]):
    broken = small(tmp_path, lock, probe="import no_such_module")
    with pytest.raises(UserError, match="no_such_module"):
        ensure_environment(broken, tmp_path / "pip.log")
    assert not (broken.folder / module.SENTINEL).exists()


def test_a_folder_that_is_not_an_environment_is_left_alone(lock: Path, tmp_path: Path, pip_calls: list[list[str]]):
    folder = tmp_path / "venv"
    folder.mkdir()
    (folder / "letters.txt").write_text("somebody's")
    with pytest.raises(UserError, match="not a Python environment"):
        ensure_environment(small(tmp_path, lock), tmp_path / "pip.log")
    assert (folder / "letters.txt").read_text() == "somebody's" and not pip_calls


def test_no_space_is_said_before_anything_is_written(lock: Path, tmp_path: Path, pip_calls: list[list[str]]):
    with pytest.raises(UserError, match="disk space"):
        ensure_environment(small(tmp_path, lock, gigabytes=1e9), tmp_path / "pip.log")
    assert not (tmp_path / "venv").exists()


def test_the_installed_packages_are_the_locked_ones(repository: Path):
    if not (repository / ".venv" / module.SENTINEL).exists():
        pytest.skip("the environment was not made by build.py")
    code = (
        "import importlib.metadata, json, re\n"
        "found = {re.sub('[-_.]+', '-', d.name).lower(): d.version for d in importlib.metadata.distributions()}\n"
        "print(json.dumps(found))"
    )
    lock = repository / module.LOCKS / "development.txt"
    python = Environment(repository / ".venv", lock).python
    found = json.loads(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout)
    locked = re.findall(r"^(\S+)==(\S+) \\$", lock.read_text(), re.M)  # those for every platform
    assert len(locked) > 50
    assert {name: found.get(name, "").split("+")[0] for name, _ in locked} == dict(locked)
