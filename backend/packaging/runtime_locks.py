"""Writes the lock files of the runtime: one for each platform, Python and device.

`build.py lock` resolves the group `backend` of pyproject.toml and takes every hash from the index that pip is configured for
(or, where PyTorch's own index does not answer, from a wheel that PIP_FIND_LINKS has). Sizes, licences and the longest path are
read from the wheels themselves, by their last bytes. Installing from the files is the add-on's business: `addon/runtime/`.
"""

from __future__ import annotations

import email.parser
import hashlib
import os
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from backend.errors import UserError
from backend.packaging.environment import read_requirements
from backend.packaging.resolve import LINUX, MACOS, WINDOWS, Package, Resolver, Target, local_path, read_pins
from backend.packaging.wheels import RemoteFile

GROUPS = ("backend", "pip")
NUMPY_2 = "backend-py313"  # group of what replaces a pin of `backend` where Python is newer than 3.11
# The torch of Python's index is a CUDA build for Linux and a CPU build (with Metal on a Mac) elsewhere; the others are PyTorch's
# own. Blender has Python 3.11 up to 5.0 and 3.13 from 5.1 on; Linux distributions build it with their own, 3.14 today.
TARGETS = (
    *(Target(LINUX, python, "cuda") for python in ("3.11", "3.13", "3.14")),
    *(Target(LINUX, python, "cpu", "cpu") for python in ("3.11", "3.13", "3.14")),
    *(Target(WINDOWS, python, "cpu") for python in ("3.11", "3.13")),
    *(Target(WINDOWS, python, "cuda", "cu130") for python in ("3.11", "3.13")),
    *(Target(MACOS, python, "cpu") for python in ("3.11", "3.13")),
)


@dataclass(frozen=True)
class Wheel:
    """One locked file. Sizes in bytes; ``longest_path`` in characters below site-packages."""

    name: str
    version: str
    sha256: str
    size: int
    unpacked: int
    longest_path: int
    licence: str


@dataclass(frozen=True)
class RuntimeLocks:
    """Makes the runtime's lock files.

    Attributes:
        pyproject: where the pinned requirements are.
        resolver: finds the packages.
    """

    pyproject: Path
    resolver: Resolver
    _known: dict[str, Wheel] = field(default_factory=dict)

    def lock(self, target: Target, folder: Path) -> Path:
        """Write the lock file of one target and return its path.

        Raises:
            UserError: the packages cannot be resolved for it, with uv's reason; nothing is written then.
        """
        path = folder / target.file_name
        # What an earlier lock chose stays, so that one change of a pin changes one line.
        packages = self.resolver.packages(target, self.requirements(target), read_pins(path))
        wheels = [self._describe(package) for package in packages]
        partial = path.with_suffix(".partial")
        partial.write_text(lock_text(target, wheels), encoding="utf-8", newline="\n")
        partial.replace(path)
        return path

    def requirements(self, target: Target) -> list[str]:
        """The pins of `backend` as they are for this target's Python, and pip's own."""
        pins = {line.split("==")[0]: line for line in read_requirements(self.pyproject, GROUPS)}
        if target.python != "3.11":
            pins |= {line.split("==")[0]: line for line in read_requirements(self.pyproject, (NUMPY_2,))}
        return sorted(pins.values())

    def _describe(self, package: Package) -> Wheel:
        """Describe a package's first wheel; of a remote one, only the last bytes are read."""
        address, sha256 = package.wheels[0]
        if address in self._known:
            return self._known[address]
        local = local_path(address)
        with local.open("rb") if local else RemoteFile(address) as stream, zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            about = next(entry for entry in entries if entry.filename.endswith(".dist-info/METADATA"))
            if local and not sha256:
                sha256 = hashlib.sha256(local.read_bytes()).hexdigest()
            self._known[address] = Wheel(
                package.name,
                package.version,
                sha256,
                size=stream.seek(0, os.SEEK_END),
                unpacked=sum(entry.file_size for entry in entries),
                longest_path=max(len(entry.filename) for entry in entries),
                licence=licence_of(archive.read(about).decode("utf-8", "replace")),
            )
        return self._known[address]


def write_runtime_locks(root: Path, resolver: Resolver) -> bool:
    """Lock every target into ``addon/runtime/locks``; return whether all could be made.

    A target that cannot be resolved (its index does not answer, a package has no wheel for it) keeps its earlier file.
    """
    locks = RuntimeLocks(root / "pyproject.toml", resolver)
    folder = root / "addon" / "runtime" / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    complete = True
    for target in TARGETS:
        try:
            print(f"Locked {locks.lock(target, folder).relative_to(root)}", flush=True)
        except (UserError, OSError, zipfile.BadZipFile) as error:
            complete = False
            print(f"Not locked: {error}", flush=True)
    return complete


def lock_text(target: Target, wheels: list[Wheel]) -> str:
    """Write a lock file: pip's requirement format, with sizes and licences in comments."""
    lines = [
        f"# Packages of the motion backend: {target.platform}, Python {target.python}, {target.device}.",
        "# Made by `build.py lock` from pyproject.toml; not edited by hand.",
        *([f"# torch-build: {target.build}"] if target.build else []),
        f"# download-bytes: {sum(wheel.size for wheel in wheels)}",
        f"# disk-bytes: {sum(wheel.unpacked for wheel in wheels)}",
        f"# longest-path: {max(wheel.longest_path for wheel in wheels)}",
    ]
    for wheel in sorted(wheels, key=lambda wheel: wheel.name):
        lines.append(f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}  # {wheel.size} bytes, {wheel.licence}")
    return "\n".join(lines) + "\n"


def licence_of(metadata: str) -> str:
    """The licence that a wheel's METADATA states: expression, short field, or classifier."""
    fields = email.parser.HeaderParser().parsestr(metadata)
    for text in (fields.get("License-Expression"), fields.get("License")):
        if text and "\n" not in text.strip() and len(text) < 60:
            return text.strip()
    for line in fields.get_all("Classifier") or ():
        if line.startswith("License ::"):
            return line.rpartition("::")[2].strip()
    return "see the package"
