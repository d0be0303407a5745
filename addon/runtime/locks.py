"""Reading the lock files: which packages, how large, and under which licences.

`build.py lock` makes them, one for each platform, Python and device, in pip's own requirement format. They say what a package
must be, by its hash, and not where it is: that is up to pip and how it is configured.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "locks"
PYTORCH_INDEX = Path(__file__).resolve().parent / "pytorch_index.txt"  # the address is a file, which build.py reads, too
_PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==(\S+) --hash=sha256:([0-9a-f]{64})  # (\d+) bytes, (.*)$")
_NAME = re.compile(r"^([a-z]+-[a-z0-9_]+)-py(\d)(\d+)-(cpu|cuda)\.txt$")


@dataclass(frozen=True)
class Package:
    """One locked wheel; ``size`` in bytes."""

    name: str
    version: str
    sha256: str
    size: int
    licence: str

    @property
    def requirement(self) -> str:
        """As pip wants it in a requirements file."""
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}"


@dataclass(frozen=True)
class Lock:
    """One lock file.

    Attributes:
        path: the file.
        platform, python, device: what it is for, e.g. ``linux-x86_64``, ``(3, 11)``, ``cpu``.
        torch_build: of torch, where only PyTorch's own index has it, e.g. ``cpu``; else empty.
        download, disk: bytes to download, and on disk when installed.
        longest_path: characters of the longest path below site-packages.
        packages: what is installed.
        sha256: of the file itself; the sentinel of a finished set-up holds it.
    """

    path: Path
    platform: str
    python: tuple[int, int]
    device: str
    torch_build: str
    download: int
    disk: int
    longest_path: int
    packages: tuple[Package, ...]
    sha256: str

    @property
    def torch_index(self) -> str:
        """Address of PyTorch's own index of that build; empty where it is not needed."""
        return f"{PYTORCH_INDEX.read_text(encoding='utf-8').strip()}/{self.torch_build}" if self.torch_build else ""


def read_lock(path: Path) -> Lock:
    """Read one lock file. Raises ValueError when it is not one, OSError when it cannot be read."""
    data = path.read_bytes()
    lines = data.decode("utf-8").splitlines()
    named = _NAME.match(path.name)
    facts = dict(re.findall(r"^# ([a-z-]+): (.+)$", "\n".join(lines), re.M))
    packages = [_PACKAGE.match(line) for line in lines if line and not line.startswith("#")]
    if named is None or not packages or not all(packages):
        raise ValueError(f"{path.name} is not a lock file.")
    return Lock(
        path=path,
        platform=named[1],
        python=(int(named[2]), int(named[3])),
        device=named[4],
        torch_build=facts.get("torch-build", ""),
        download=int(facts["download-bytes"]),
        disk=int(facts["disk-bytes"]),
        longest_path=int(facts["longest-path"]),
        packages=tuple(Package(m[1], m[2], m[3], int(m[4]), m[5]) for m in packages if m),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def all_locks(folder: Path = FOLDER) -> dict[str, Lock]:
    """File name -> lock, of all files in the folder."""
    return {path.name: read_lock(path) for path in sorted(folder.glob("*.txt"))}
