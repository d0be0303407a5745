"""Which licence weights are under is seen wherever they are chosen and on what they make; `open` is taken where none is named."""

import inspect
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from backend import cli
from backend.commands.tools import TOOLS, command_of
from backend.data.tiers import licence_of
from backend.evaluation.experiments.context import Context
from backend.generation.pipeline import Generator
from backend.packs import pack as packs
from backend.packs.pack import WEIGHTS, find_pack, list_packs, sha256_of, verify_pack
from backend.serve import loading
from tests.backend.client import PATIENCE, REPOSITORY

# `python -m backend` with the stand-in for the networks and the packs of a folder
COMMAND = """
import sys
from pathlib import Path
import backend.packs.pack
backend.packs.pack.WEIGHTS = Path(sys.argv.pop(1))
from backend.cli import main
from tests.backend.stand_in import SwayGenerator
sys.exit(main(load=SwayGenerator.load))
"""
TIERS = {"open": ["open", "sharealike"], "research": ["open", "sharealike", "noncommercial"]}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """Two packs of one small file each."""
    for name, tiers in TIERS.items():
        folder = tmp_path / "weights" / name
        folder.mkdir(parents=True)
        (folder / "a.safetensors").write_bytes(b"x")
        about = {"licence": licence_of(tiers), "tiers": tiers, "files": ["a.safetensors"]}
        (folder / "pack.json").write_text(json.dumps(about | {"sha256": {"a.safetensors": sha256_of(folder / "a.safetensors")}}))
    return tmp_path / "weights"


def run(weights: Path, *arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, str(weights), *map(str, arguments)], cwd=REPOSITORY, capture_output=True, text=True,
        encoding="utf-8", timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize(("arguments", "name", "licence", "told"), [
    ((), "open", "CC BY-SA 3.0", ""),
    (("--pack", "research"), "research", "CC BY-NC 4.0", "The weights research are for non-commercial use only (CC BY-NC 4.0).\n"),
])  # fmt: skip
def test_generating_says_what_it_makes_may_not_be_used_for(weights, tmp_path, arguments, name, licence, told):
    done = run(weights, "generate", "--text", "walk", "-o", tmp_path / "out", *arguments)
    assert done.returncode == 0
    assert [line for line in done.stderr.splitlines(True) if "non-commercial" in line] == ([told] if told else [])
    (file,) = (tmp_path / "out").glob("*.npz")
    with np.load(file, allow_pickle=False) as data:
        assert str(data["model"]).split()[0] == name and str(data["weights_licence"]) == licence


def test_info_lists_the_licences(weights):
    document = json.loads(run(weights, "info", "--json").stdout)
    assert {pack["name"]: pack["licence"] for pack in document["packs"]} == {"open": "CC BY-SA 3.0", "research": "CC BY-NC 4.0"}
    assert "research: CC BY-NC 4.0" in run(weights, "info").stdout


def test_open_is_taken_where_none_is_named():
    for function in (cli.generate, cli.serve, cli.bench, loading.load_generator, Generator.load, Context):
        assert inspect.signature(function).parameters["pack"].default == "open", function
    assert inspect.signature(packs.find_pack).parameters["name"].default == "open"
    for tool in ("probes", "hearing", "cascade", "all"):
        options = {option.name: option for option in command_of(TOOLS["evaluate"][tool][0], tool).params}
        assert options["pack"].default == "open", tool


@pytest.mark.parametrize("name", [pack.name for pack in list_packs()])
def test_the_packs_of_this_repository(name):
    """Whole, no larger than they may be, and under the licence of their data, which the model card begins with."""
    pack = find_pack(name)
    verify_pack(pack)
    assert pack.licence == licence_of(pack.tiers) and pack.noncommercial == (name == "research")
    for folder in (pack.folder, *pack.bases):
        assert sum(path.stat().st_size for path in folder.iterdir()) < 40e6, folder
    top = (WEIGHTS / name / "README.md").read_text().split("## ")[0]
    assert f"**{pack.licence}**" in top and ("Not for commercial use" in top) == pack.noncommercial
