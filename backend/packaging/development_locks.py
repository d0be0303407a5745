"""Writes the lock files of the environments that `build.py` makes.

They lie in `locks/` beside this file, in pip's own format, with hashes.

One file serves every platform. A package that only some of them need has a marker, and each has the hashes of all wheels that
fit one of them: for torch that is the CPU build of PyTorch's own index besides those of Python's. What only torch's CUDA build
needs is in a file of its own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from backend.packaging.environment import LOCKS, read_requirements
from backend.packaging.resolve import LINUX, MACOS, WINDOWS, Package, Resolver, Target, local_path, read_pins

CPU = (Target(LINUX, "3.11", "cpu", "cpu"), Target(WINDOWS, "3.11", "cpu"), Target(MACOS, "3.11", "cpu"))
CUDA = Target(LINUX, "3.11", "cuda")
MARKERS = {LINUX: "sys_platform == 'linux'", WINDOWS: "sys_platform == 'win32'", MACOS: "sys_platform == 'darwin'"}


@dataclass(frozen=True)
class Recipe:
    """What one lock file is made from.

    Attributes:
        groups: dependency groups of pyproject.toml.
        unresolved: groups that are locked without what they ask for.
        beyond: lock file whose packages are there already; they keep their versions and are left out.
    """

    groups: tuple[str, ...]
    unresolved: tuple[str, ...] = ()
    beyond: str = ""


RECIPES = {
    "development": Recipe(("backend", "blender", "train", "evaluate", "test", "pip"), ("audio-models",)),
    "blender-4.2": Recipe(("blender-4-2", "pip")),
    "blender-5.0": Recipe(("blender-5-0", "pip")),
    "uv": Recipe(("lock", "pip")),
    "voices": Recipe(("voices",), beyond="development"),
    "smplx": Recipe((), ("smplx",)),  # torch and the rest it asks for are in development
}


@dataclass
class Locked:
    """A locked package: version without local part, hashes, and platforms it is for."""

    version: str
    hashes: set[str] = field(default_factory=set)
    platforms: set[str] = field(default_factory=set)


def write_development_locks(root: Path, resolver: Resolver) -> None:
    """Write every file of `RECIPES`.

    Raises UserError, with uv's reason, where one cannot be resolved; it then stays as it was.
    """
    folder = root / LOCKS
    folder.mkdir(parents=True, exist_ok=True)
    for name, recipe in RECIPES.items():
        path = folder / f"{name}.txt"
        there = read_pins(folder / f"{recipe.beyond}.txt") if recipe.beyond else {}
        resolved = {target: _resolve(resolver, root / "pyproject.toml", recipe, target, read_pins(path) | there) for target in CPU}
        locked = merge_packages(resolved, there)
        cuda: dict[str, Locked] = {}
        if "torch" in locked:
            with_cuda = merge_packages({CUDA: _resolve(resolver, root / "pyproject.toml", recipe, CUDA, read_pins(path))}, {})
            locked["torch"].hashes |= with_cuda["torch"].hashes
            cuda = {package: found for package, found in with_cuda.items() if package not in locked}
        _write(path, lock_text(f"`build.py` installs for {name}", locked))
        if cuda:
            _write(path.with_name(f"{name}-cuda.txt"), lock_text(f"torch's CUDA build needs besides those in {path.name}", cuda))


def _resolve(resolver: Resolver, pyproject: Path, recipe: Recipe, target: Target, kept: dict[str, str]) -> list[Package]:
    found = resolver.packages(target, read_requirements(pyproject, recipe.groups), kept) if recipe.groups else []
    if recipe.unresolved:
        found += resolver.packages(target, read_requirements(pyproject, recipe.unresolved), {}, "--no-deps")
    return found


def merge_packages(resolved: dict[Target, list[Package]], there: dict[str, str]) -> dict[str, Locked]:
    """Name -> package over several targets, those in ``there`` left out.

    Raises:
        ValueError: two targets need different versions, which one file without a list of Pythons cannot say.
    """
    locked: dict[str, Locked] = {}
    for target, packages in resolved.items():
        for package in packages:
            if package.name in there:
                continue
            version = package.version.split("+")[0]
            found = locked.setdefault(package.name, Locked(version))
            if found.version != version:
                raise ValueError(f"{package.name} is {found.version} on one platform and {version} on another")
            found.platforms.add(target.platform)
            found.hashes |= {sha256 or _sha256(address) for address, sha256 in package.wheels}
    return locked


def _sha256(address: str) -> str:
    with local_path(address).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def lock_text(title: str, packages: dict[str, Locked]) -> str:
    """The lock file in pip's requirement format."""
    made = "# Made by `build.py lock` from pyproject.toml. To move a version that is not named there, delete its lines first."
    lines = [f"# What {title}, by hash.", made]
    everywhere = {target.platform for target in CPU}
    for name, package in sorted(packages.items()):
        markers = " or ".join(MARKERS[platform] for platform in MARKERS if platform in package.platforms)
        condition = "" if package.platforms == everywhere else f" ; {markers}"
        hashes = "".join(f" \\\n    --hash=sha256:{sha256}" for sha256 in sorted(package.hashes))
        lines.append(f"{name}=={package.version}{condition}{hashes}")
    return "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8", newline="\n")
    partial.replace(path)
    print(f"Locked {path.name}", flush=True)
