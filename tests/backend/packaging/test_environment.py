"""The set-up: pinned lists, continuing after a kill, refusing what is not ours. Nothing here needs a network."""

from __future__ import annotations

import json
import subprocess
import tomllib
import urllib.error
from pathlib import Path

import pytest

from backend.errors import UserError
from backend.packaging import environment as module
from backend.packaging.environment import Environment, ensure_environment, read_requirements, torch_index

PYPROJECT = """
[dependency-groups]
nothing = []
pinned = ["b==2.0", "a==1.0+cpu"]
again = ["a==1.0+cpu"]
loose = ["c>=3"]
[tool.voice-to-motion]
pip = "pip==26.3"
constraints = []
"""


@pytest.fixture
def pyproject(tmp_path: Path) -> Path:
    path = tmp_path / "pyproject.toml"
    path.write_text(PYPROJECT)
    return path


@pytest.fixture
def pip_calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Replace pip, the only part that talks to a network, by a list of what it was asked."""
    calls: list[list[str]] = []
    monkeypatch.setattr(module, "run_pip", lambda command, log: calls.append(command))
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
    assert all("==" in line for line in table["tool"]["voice-to-motion"]["constraints"])


def test_the_other_blenders_have_no_torch(repository: Path):
    for group in ("blender-4-2", "blender-5-0"):
        names = {line.split("==")[0] for line in read_requirements(repository / "pyproject.toml", [group])}
        assert "bpy" in names and "torch" not in names


def test_a_ready_environment_costs_nothing_and_a_changed_list_sets_up_again(
    pyproject: Path, tmp_path: Path, pip_calls: list[list[str]]
):
    wanted = Environment(tmp_path / "venv", ("nothing",), probe="import json", gigabytes=0)
    log = tmp_path / "logs" / "pip.log"
    assert ensure_environment(wanted, pyproject, log)
    assert not ensure_environment(wanted, pyproject, log)
    count = len(pip_calls)
    pyproject.write_text(PYPROJECT.replace("nothing = []", 'nothing = ["d==4"]'))
    assert ensure_environment(wanted, pyproject, log)
    assert len(pip_calls) > count and "d==4" in pip_calls[-1]


def test_a_package_whose_installation_was_killed_is_forgotten_and_a_whole_one_kept(
    pyproject: Path, tmp_path: Path, pip_calls: list[list[str]]
):
    wanted = Environment(tmp_path / "venv", ("nothing",), probe="import json", gigabytes=0)
    ensure_environment(wanted, pyproject, tmp_path / "pip.log")
    (wanted.folder / module.SENTINEL).unlink()
    packages = next((wanted.folder / "lib").glob("python3*/site-packages"))
    half, whole = packages / "half-1.0.dist-info", packages / "whole-1.0.dist-info"
    for folder in (half, whole):
        folder.mkdir()
        (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: x\nVersion: 1.0\n")
    (whole / "RECORD").write_text("")
    ensure_environment(wanted, pyproject, tmp_path / "pip.log")
    assert not half.exists() and whole.exists()


def test_the_sentinel_is_not_written_when_the_environment_does_not_work(
    pyproject: Path, tmp_path: Path, pip_calls: list[list[str]]
):
    broken = Environment(tmp_path / "venv", ("nothing",), probe="import no_such_module", gigabytes=0)
    with pytest.raises(UserError, match="no_such_module"):
        ensure_environment(broken, pyproject, tmp_path / "pip.log")
    assert not (broken.folder / module.SENTINEL).exists()


def test_a_folder_that_is_not_an_environment_is_left_alone(pyproject: Path, tmp_path: Path, pip_calls: list[list[str]]):
    folder = tmp_path / "venv"
    folder.mkdir()
    (folder / "letters.txt").write_text("somebody's")
    with pytest.raises(UserError, match="not a Python environment"):
        ensure_environment(Environment(folder, ("nothing",), gigabytes=0), pyproject, tmp_path / "pip.log")
    assert (folder / "letters.txt").read_text() == "somebody's" and not pip_calls


def test_no_space_is_said_before_anything_is_written(pyproject: Path, tmp_path: Path, pip_calls: list[list[str]]):
    with pytest.raises(UserError, match="disk space"):
        ensure_environment(Environment(tmp_path / "venv", ("nothing",), gigabytes=1e9), pyproject, tmp_path / "pip.log")
    assert not (tmp_path / "venv").exists()


def test_without_an_answer_from_the_torch_index_pip_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_arguments: object, **_options: object) -> None:
        raise urllib.error.URLError("no route")

    monkeypatch.setattr(module, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(module.urllib.request, "urlopen", refuse)
    assert torch_index() == []


def test_a_machine_with_a_gpu_is_not_given_the_cpu_build(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "has_nvidia_gpu", lambda: True)
    assert torch_index() == []


def test_the_installed_packages_are_the_pinned_ones(repository: Path):
    if not (repository / ".venv" / module.SENTINEL).exists():
        pytest.skip("the environment was not made by build.py")
    code = (
        "import importlib.metadata, json\n"
        "print(json.dumps({d.name.lower(): d.version for d in importlib.metadata.distributions()}))"
    )
    python = Environment(repository / ".venv", ()).python
    found = json.loads(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout)
    groups = ("backend", "blender", "train", "evaluate", "test", "audio-models")
    for line in read_requirements(repository / "pyproject.toml", groups):
        name, version = line.split("==")
        assert found[name.lower()].split("+")[0] == version
