"""`build.py` from outside: what it says on a wrong Python, on bad input, and at the end of a test that failed."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from backend.packaging import steps
from backend.packaging.environment import read_requirements


@pytest.fixture(scope="module")
def build() -> ModuleType:
    """The build script, imported: its commands do not start by themselves."""
    path = Path(__file__).resolve().parents[1] / "build.py"
    spec = importlib.util.spec_from_file_location("build_script", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_wrong_python_is_told_in_one_sentence_which_one_is_needed(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    monkeypatch.setattr(build.sys, "version_info", (3, 13, 1))
    monkeypatch.setattr(build.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit) as stopped:
        build.use_right_python()
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert "needs Python 3.11 and this is Python 3.13" in said and said.count("\n") == 1


def test_the_right_python_is_used_where_another_one_was_called(build: ModuleType, monkeypatch: pytest.MonkeyPatch):
    called = []
    monkeypatch.setattr(build.sys, "version_info", (3, 13, 1))
    monkeypatch.setattr(build.shutil, "which", lambda name: sys.executable)
    monkeypatch.setattr(build.os, "execv", lambda path, arguments: called.append((path, arguments[0])) or sys.exit(0))
    with pytest.raises(SystemExit):
        build.use_right_python()
    assert called == [(sys.executable, sys.executable)]


def test_an_old_python_can_read_the_script_up_to_that_sentence(repository: Path):
    tree = ast.parse((repository / "build.py").read_text(), feature_version=(3, 6))
    names = [node.value.func.id for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    assert names[0] == "use_right_python"


def test_a_missing_recording_ends_with_two_and_writes_nothing(repository: Path, tmp_path: Path):
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "build.py", "demo", str(tmp_path / "nowhere.wav"), "--out", str(out)],
        cwd=repository,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "nowhere.wav" in done.stderr and "Traceback" not in done.stderr
    assert not out.exists()


@pytest.fixture
def ready(build: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """Everything is set up and built, and logs go elsewhere; what is run is up to the test."""
    for name, value in {
        "set_up": lambda *_: None,
        "add_packages": lambda *_: None,
        "ensure_virtual_microphone": lambda: "",
        "build_zip": lambda: tmp_path / "x.zip",
        "VERSIONS": tmp_path / "versions",
        "LOGS": tmp_path / "logs",
    }.items():
        monkeypatch.setattr(build, name, value)
    return build


def test_a_failed_group_says_at_its_end_which_test_failed_and_where_its_log_is(
    ready: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, tmp_path: Path
):
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "def test_good(): pass\n"
        "@pytest.mark.parametrize('what', ['a - b'])\n"
        "def test_bad(what): assert 1 == 2, 'so - not'\n"
        "@pytest.fixture\ndef broken(): raise OSError('x')\n"
        "def test_without(broken): pass\n"
    )

    def run_program(command: list[str], folder: Path, minutes: float, variables: dict, log: Path) -> int:
        if "tests/addon" not in command:
            return 0
        command = [sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", "test_it.py"]
        return steps.run_program(command, tmp_path, minutes, {"PYTEST_ADDOPTS": ""}, log)

    monkeypatch.setattr(ready, "run_program", run_program)
    assert ready.run_tests(ready.parse_arguments(["test", "--quick"])) == 1
    said = capsys.readouterr().out
    assert said.index("FAILURES") < said.index("== summary"), "what the group says is not shown"
    log = tmp_path / "logs" / "add-on-on-bpy-4.5.log"
    summary = said[said.index("== summary") :].splitlines()
    at = next(number for number, line in enumerate(summary) if line.startswith("add-on on bpy-4.5"))
    assert "FAILED (exit code 1)" in summary[at]
    assert summary[at + 1 : at + 4] == [
        "    failed: test_it.py::test_without",
        "    failed: test_it.py::test_bad[a - b]",
        f"    log: {log}",
    ]
    assert "so - not" in log.read_text() and "left out: asked for" in said
    monkeypatch.setattr(ready, "run_program", lambda *_: 0)
    assert ready.run_tests(ready.parse_arguments(["test", "--quick"])) == 0


def test_where_there_can_be_no_window_the_sessions_are_left_out_and_it_says_so(
    ready: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    asked, lock, under_way = [], threading.Lock(), []

    def run_program(command: list[str], *_: object) -> int:
        assert not under_way, "a window has the machine for itself"
        asked.append(command[-1])
        return ready.NO_WINDOW if command[-1].endswith("_session") else 0

    def start_program(command: list[str], *_: object) -> SimpleNamespace:
        def wait() -> int:
            time.sleep(0.05)
            with lock:
                under_way.remove(command)
            return 0

        with lock:
            under_way.append(command)
            assert len(under_way) <= 2 and sum("tests/addon" in each for each in under_way) <= 1
            asked.append("add-on" if "tests/addon" in command else "backend")
        return SimpleNamespace(wait=wait, end=lambda: None)

    monkeypatch.setattr(ready, "run_program", run_program)
    monkeypatch.setattr(ready, "start_program", start_program)
    monkeypatch.setattr(ready.os, "geteuid", lambda: 0)
    monkeypatch.setattr(ready.sys, "platform", "linux")
    monkeypatch.setattr(ready.shutil, "which", lambda name: name)
    assert ready.run_tests(ready.parse_arguments(["test"])) == 0
    assert asked[-1] == "panel_session" and sum(name.endswith("_session") for name in asked) == 1, "one refusal is enough"
    assert asked.count("add-on") == asked.count("backend") == 3
    said = capsys.readouterr().out
    assert "left out: this machine cannot have a Blender with a window" in said
    assert all(f"{name:<24} passed" in said for name in ("lint", ready.BACKEND, *ready.BACKEND_GROUPS, "add-on on bpy-4.2"))


def test_an_interrupted_run_ends_what_it_started(ready: ModuleType, monkeypatch: pytest.MonkeyPatch):
    """Also what the other lane has just begun."""
    ended, waits = [], threading.Event()

    def start_program(command: list[str], *_: object) -> SimpleNamespace:
        def wait() -> int:
            if command == ["first"]:
                raise KeyboardInterrupt
            waits.wait(60)
            return -9

        return SimpleNamespace(wait=wait, end=lambda: (ended.append(command[0]), waits.set()))

    monkeypatch.setattr(ready, "start_program", start_program)
    steps_of = lambda *names: [ready.ProgramRun(name, [name], 1) for name in names]  # noqa: E731
    with pytest.raises(KeyboardInterrupt):
        ready.run_lanes(steps_of("first", "never"), steps_of("beside", "neither"), {})
    assert sorted(ended) in (["beside", "first"], ["first"])


def test_additions_have_lock_files(build: ModuleType):
    assert build.parse_arguments(["setup", "voices"]).more == "voices" and build.parse_arguments(["setup"]).more is None
    assert all((build.ROOT / build.LOCKS / f"{name}.txt").is_file() for name in build.ADDITIONS)


def test_what_the_code_imports_is_pinned(repository: Path):
    """A package that is only there by chance would be missing on the next machine."""
    groups = tomllib.loads((repository / "pyproject.toml").read_text())["dependency-groups"]
    pinned = {line.split("==")[0].lower() for line in read_requirements(repository / "pyproject.toml", groups)}
    names = {
        "parselmouth": "praat-parselmouth", "vector_quantize_pytorch": "vector-quantize-pytorch", "PIL": "pillow",
        "faster_whisper": "faster-whisper",
    }  # fmt: skip
    own = {"backend", "addon", "tests", "build"}
    inside_blender = {"bpy", "mathutils", "aud", "bl_ext", "bpy_extras", "gpu", "addon_utils", "bmesh"}
    for path in [*(repository / "backend").rglob("*.py"), *(repository / "addon").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            found = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found = [node.module]
            for name in {item.split(".")[0] for item in found} - own - sys.stdlib_module_names - inside_blender:
                assert names.get(name, name).lower() in pinned, f"{path} imports {name}, which pyproject.toml does not pin"


def test_the_ci_script_is_executable_and_valid(repository: Path):
    script = repository / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run([shutil.which("bash"), "-n", str(script)], check=False).returncode == 0
