"""The groups of tools: listed without importing them, called with their exit codes, absent in the extension."""

import shutil
import subprocess
import sys
import types

import pytest

from backend.cli import main
from backend.commands.tools import GROUPS, TOOLS, command_of
from tests.backend.client import REAL, REPOSITORY
from tests.backend.command import one_sentence, run


def test_tools_are_listed_without_importing_them():
    """Names and one line of each, from the table; a name that is nearly right is suggested."""
    for group, tools in TOOLS.items():
        done = run(group, "--help", command=REAL)
        assert done.returncode == 0 and all(name in done.stdout for name in tools)
        assert tools and all(about.split()[0] in done.stdout for _, about in tools.values())
    listing = "import sys; from backend.cli import main; main(['evaluate', '--help']); assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", listing], cwd=REPOSITORY, check=True, capture_output=True)
    assert "probes" in run("evaluate", "probs", command=REAL).stderr


@pytest.mark.parametrize(("group", "tool"), [(group, tool) for group, tools in TOOLS.items() for tool in tools])
def test_every_tool_has_a_command(group, tool):
    """Its module can be imported, and its options are those of a function."""
    module, about = TOOLS[group][tool]
    command = command_of(module, tool)
    assert command.name == tool and about.endswith(".")


def test_what_a_tool_returns_is_the_exit_code(monkeypatch, capsys):
    module = types.ModuleType("backend.evaluation.a_tool")

    def command(code: int, twice: bool = False) -> int | None:
        return code * (1 + twice) or None

    module.command = command
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(TOOLS["evaluate"], "a-tool", (module.__name__, "Returns a number."))
    assert [main(["evaluate", "a-tool", *options]) for options in (["0"], ["1"], ["3", "--twice"], ["x"])] == [0, 1, 6, 2]
    assert "Usage: python -m backend evaluate a-tool" in capsys.readouterr().err


def test_the_extension_has_no_tools_and_says_so(tmp_path):
    """A copy of the backend without the folders that are not in the zip."""
    left_out = shutil.ignore_patterns("data", "training", "evaluation", "packaging", "weights", "docs", "__pycache__")
    shutil.copytree(REPOSITORY / "backend", tmp_path / "backend", ignore=left_out)
    shutil.copy(REPOSITORY / "blender_manifest.toml", tmp_path)

    def installed(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([*REAL, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)

    listed = installed("--help")
    assert listed.returncode == 0 and "generate" in listed.stdout
    assert not any(about in listed.stdout for _, about in GROUPS.values())
    for arguments in (["train", "pack", "--name", "x"], ["evaluate", "--help"], ["data"]):
        done = installed(*arguments)
        assert done.returncode == 1 and "checkout" in done.stderr and arguments[0] in done.stderr
        one_sentence(done.stderr)
