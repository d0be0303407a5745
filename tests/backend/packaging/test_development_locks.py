"""The lock files of our own environments: current, complete, by hash, and merged over the platforms as pip reads them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.packaging.development_locks import CPU, CUDA, RECIPES, lock_text, merge_packages, write_development_locks
from backend.packaging.environment import LOCKS, read_requirements
from backend.packaging.resolve import Package, Resolver, read_pins

A, B, C = (letter * 64 for letter in "abc")


def package(name: str, *hashes: str, version: str = "1.0") -> Package:
    return Package(name, version, tuple((f"https://example.org/{sha256}", sha256) for sha256 in hashes))


def test_what_only_some_platforms_need_has_a_marker_and_hashes_are_put_together():
    linux, windows, macos = CPU
    found = merge_packages(
        {
            linux: [package("torch", A, version="2.0+cpu"), package("pure", C)],
            windows: [package("torch", B, version="2.0"), package("pure", C), package("colorama", A)],
            macos: [package("torch", B, version="2.0"), package("pure", C)],
        },
        {},
    )
    text = lock_text("a test needs", found)
    assert text.splitlines()[2:] == [
        "colorama==1.0 ; sys_platform == 'win32' \\",
        f"    --hash=sha256:{A}",
        "pure==1.0 \\",
        f"    --hash=sha256:{C}",
        "torch==2.0 \\",
        f"    --hash=sha256:{A} \\",
        f"    --hash=sha256:{B}",
    ]


def test_two_versions_of_one_package_are_no_lock():
    with pytest.raises(ValueError, match=r"pure is 1\.0 on one platform and 2\.0"):
        merge_packages({CPU[0]: [package("pure", A)], CPU[1]: [package("pure", B, version="2.0")]}, {})


def test_what_is_there_already_is_left_out():
    assert list(merge_packages({CUDA: [package("pure", A), package("new", B)]}, {"pure": "1.0"})) == ["new"]


def test_every_recipe_gets_its_file(uv: Path, tmp_path: Path, repository: Path):
    (tmp_path / "pyproject.toml").write_text((repository / "pyproject.toml").read_text())
    store = tmp_path / "store"
    store.mkdir()
    (store / "torch-2.0+cpu-cp311-x.whl").touch()
    write_development_locks(tmp_path, Resolver(uv, store))
    assert {path.stem for path in (tmp_path / LOCKS).iterdir()} == set(RECIPES)
    assert read_pins(tmp_path / LOCKS / "development.txt") == {"tiny-package": "1.0"}
    assert read_pins(tmp_path / LOCKS / "voices.txt") == {}, "what development has is not installed again"


@pytest.mark.parametrize("name", RECIPES)
def test_the_files_are_current_and_whole(repository: Path, name: str):
    path = repository / LOCKS / f"{name}.txt"
    recipe, pins = RECIPES[name], read_pins(path)
    wanted = read_requirements(repository / "pyproject.toml", (*recipe.groups, *recipe.unresolved))
    assert {line: pins.get(line.split("==")[0].lower()) for line in wanted} == {line: line.split("==")[1] for line in wanted}, (
        "run: python3 build.py lock"
    )
    text = "".join(line for line in path.read_text().splitlines(True) if not line.startswith("#"))
    entry = r"[a-z0-9._-]+==[a-z0-9.]+(?: ; sys_platform == '\w+'(?: or sys_platform == '\w+')*)?"
    entry += r"(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"
    assert re.fullmatch(f"(?:{entry})+", text)


def test_environments_that_hold_the_same_package_hold_the_same_version(repository: Path):
    ours = read_pins(repository / LOCKS / "development.txt")
    for path in (repository / "addon" / "runtime" / "locks").glob("*-py311-*.txt"):
        theirs = read_pins(path)
        different = {name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name].split("+")[0]}
        assert not different, f"{path.name}: {different}"


def test_torch_has_the_small_build_and_the_cuda_build_and_that_has_a_list_of_its_own(repository: Path):
    text = (repository / LOCKS / "development.txt").read_text()
    hashes = re.search(r"^torch==.*\n((?:    --hash.*\n)+)", text, re.M)[1]
    for device in ("cpu", "cuda"):
        runtime = (repository / "addon" / "runtime" / "locks" / f"linux-x86_64-py311-{device}.txt").read_text()
        assert re.search(r"^torch==\S+ --hash=sha256:([0-9a-f]{64})", runtime, re.M)[1] in hashes
    cuda = read_pins(repository / LOCKS / "development-cuda.txt")
    assert any(name.startswith("nvidia-") for name in cuda)
    assert not cuda.keys() & read_pins(repository / LOCKS / "development.txt").keys()
