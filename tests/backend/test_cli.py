"""`python -m backend`: usage, help and consoles; the commands have tests of their own."""

import json
import resource
import subprocess
import sys

import pytest

from backend.packs.pack import list_packs
from tests.backend.client import REAL, REPOSITORY, STAND_IN, environment
from tests.backend.command import run


@pytest.mark.parametrize("arguments", [
    ["generate"], ["generate", "a.wav"], ["fly"],
    ["generate", "a", "-o", "x", "--fps", "fast"],
    ["generate", "a.wav", "-o", "x", "--nonsense"], ["train", "nothing"],
])  # fmt: skip
def test_bad_usage(arguments):
    done = run(*arguments, command=REAL)
    assert done.returncode == 2 and done.stdout == "" and "Traceback" not in done.stderr and "Usage" in done.stderr


def test_help_is_quick():
    """Half a second of processor time, which does not depend on what else the machine is doing; it takes about 0.15."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*REAL, "--help"], cwd=REPOSITORY, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5
    heavy = "import sys, backend.cli; assert not {'torch', 'numpy', 'rich.table'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", heavy], cwd=REPOSITORY, check=True)


def test_info():
    done = run("info", "--json", command=REAL)
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["version"] != "unknown" and facts["packages"]["torch"] and facts["device"] and facts["cores"] >= 1
    assert [pack["name"] for pack in facts["packs"]] == [pack.name for pack in list_packs()]
    done = run("info", command=REAL)
    assert done.returncode == 0 and "torch" in done.stdout
    for pack in list_packs():
        assert pack.name in done.stdout and pack.licence in done.stdout


def test_a_console_that_is_not_utf_8(tmp_path):
    done = subprocess.run(
        [*STAND_IN, "generate", tmp_path / "走 ü.wav", "-o", tmp_path / "out"], cwd=REPOSITORY, capture_output=True,
        env=environment() | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and "走 ü.wav" in done.stderr.decode("utf-8")
