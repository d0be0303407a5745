"""Builds the runtime pack: one archive of all wheels, to set up without a network.

The archive holds `runtime-pack.json` (which lock file it was made from, and the SHA-256 of every file) and the wheels. It is
for one platform, one Python and one device, as the lock file is; the packer's own machine may be another. Installing from
it is the add-on's business: `addon/runtime/`.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from backend.errors import UserError
from backend.packaging.extension import EARLIEST, read_version
from backend.packaging.pip import PINNED, pip_command, run_pip, torch_source
from backend.packaging.system import has_nvidia_gpu

FORMAT = 1
LOCKS = Path("addon", "runtime", "locks")
# What pip calls the platforms of the lock files; for Linux it wants every older one by name.
PLATFORMS = {
    "linux-x86_64": [*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)), "manylinux2014_x86_64"],
    "windows-x86_64": ["win_amd64"],
    "macos-arm64": ["macosx_14_0_arm64"],
}


@dataclass(frozen=True)
class Lock:
    """A lock file, as far as packing it needs.

    Attributes:
        path: the file, e.g. ``.../linux-x86_64-py311-cpu.txt``.
        platform: a key of `PLATFORMS`.
        python: e.g. ``3.11``.
        build: of torch, where only PyTorch's own index has it; else empty.
        hashes: SHA-256 of the wheels, one for each requirement -> the requirement.
    """

    path: Path
    platform: str
    python: str
    build: str
    hashes: dict[str, str]


def default_lock() -> str:
    """Name of the lock file for this machine, this Python, and its GPU or none."""
    machine = {"win32": "windows-x86_64", "darwin": "macos-arm64"}.get(sys.platform, f"linux-{platform.machine()}")
    device = "cuda" if has_nvidia_gpu() and machine != "macos-arm64" else "cpu"
    return f"{machine}-py{sys.version_info[0]}{sys.version_info[1]}-{device}"


def read_lock(root: Path, name: str) -> Lock:
    """Read a lock file by its name, with or without ``.txt``.

    Raises:
        UserError: there is none of that name (the message lists those there are), or it is not a lock file of ours.
    """
    folder = root / LOCKS
    path = folder / f"{name.removesuffix('.txt')}.txt"
    # Compared with the listing, not opened by its name: a name with a folder in it is not one of ours.
    if path not in folder.glob("*.txt"):
        names = ", ".join(sorted(found.stem for found in folder.glob("*.txt"))) or "none"
        raise UserError("lock", f"There is no lock file {name}.", f"There are: {names}")
    parts = re.fullmatch(r"(.+)-py(\d)(\d+)-(cpu|cuda)", path.stem)
    text = path.read_text(encoding="utf-8")
    hashes = {match[2]: match[1] for match in re.finditer(r"^(\S+==\S+) --hash=sha256:([0-9a-f]{64})\b", text, re.M)}
    if parts is None or parts[1] not in PLATFORMS or not hashes:
        raise UserError("lock", f"{path.name} is not a lock file of a known platform.", "Run: python3 build.py lock")
    build = re.search(r"^# torch-build: ([a-z0-9]+)$", text, re.M)
    return Lock(path, parts[1], f"{parts[2]}.{parts[3]}", build[1] if build else "", hashes)


def build_runtime_pack(root: Path, lock: Lock, python: Path, target: Path, cache: Path) -> Path:
    """Download the wheels of a lock file and write the archive; return its path.

    Args:
        root: the repository.
        lock: from `read_lock`.
        python: Python of an environment that has pip; may be older or newer than the one the pack is for.
        target: folder for the archive.
        cache: folder for downloads and pip's log; what is there already and right is not downloaded again.

    Raises:
        UserError: a wheel cannot be downloaded, or is not the one that was locked.
    """
    wheels = cache / lock.path.stem
    wheels.mkdir(parents=True, exist_ok=True)
    if _missing(lock, wheels):
        _download(lock, python, wheels, cache / f"{lock.path.stem}.log")
    return write_pack(lock, wheels, target, read_version(root))


def _download(lock: Lock, python: Path, wheels: Path, log: Path) -> None:
    command = [*pip_command(python, "download"), *PINNED, "--progress-bar", "raw", "-r", str(lock.path)]
    command += ["--dest", str(wheels), "--implementation", "cp", "--python-version", lock.python]
    command += [f"--platform={tag}" for tag in PLATFORMS[lock.platform]]
    if lock.build:
        command += torch_source(lock.build)
    log.write_text("", encoding="utf-8")
    run_pip(command, log)


def write_pack(lock: Lock, wheels: Path, target: Path, version: str) -> Path:
    """Write the archive from a folder of wheels; the same wheels give the same bytes.

    Files beside the locked ones stay out.

    Raises:
        UserError: a locked wheel is not in the folder.
    """
    if missing := _missing(lock, wheels):
        raise UserError("wheels", f"These wheels are missing or are not what was locked: {', '.join(missing)}.")
    found = _by_hash(wheels)
    packed = {f"wheels/{found[sha256].name}": sha256 for sha256 in lock.hashes}
    about = {"format": FORMAT, "lock": lock.path.name, "product": version, "sha256": dict(sorted(packed.items()))}
    target.mkdir(parents=True, exist_ok=True)
    finished = target / f"voice_to_motion-runtime-{version}-{lock.path.stem}.zip"
    partial = finished.with_suffix(".partial")
    # Stored: wheels are compressed already, and the add-on can take them out without unpacking anything.
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("runtime-pack.json", EARLIEST), json.dumps(about, indent=1) + "\n")
        for name, sha256 in sorted(packed.items()):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.file_size = found[sha256].stat().st_size
            with archive.open(entry, "w") as inside, found[sha256].open("rb") as wheel:
                while block := wheel.read(1 << 20):
                    inside.write(block)
    partial.replace(finished)
    return finished


def _missing(lock: Lock, wheels: Path) -> list[str]:
    found = _by_hash(wheels)
    return [requirement for sha256, requirement in lock.hashes.items() if sha256 not in found]


def _by_hash(folder: Path) -> dict[str, Path]:
    found = {}
    for path in sorted(folder.glob("*.whl")):
        with path.open("rb") as file:
            found[hashlib.file_digest(file, "sha256").hexdigest()] = path
    return found
