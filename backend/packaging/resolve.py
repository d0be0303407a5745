"""Finds the wheels that fit together on a kind of machine, with uv.

pip can answer only for the machine it runs on.
"""

from __future__ import annotations

import os
import subprocess
import tomllib
import urllib.parse
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.errors import UserError
from backend.packaging.pip import configured_index, index_answers, torch_index


@dataclass(frozen=True)
class Target:
    """One kind of machine.

    Attributes:
        platform: as in the names of the runtime's lock files, e.g. ``linux-x86_64``.
        python: e.g. ``3.11``.
        device: ``cpu`` or ``cuda``.
        build: the local version of torch, e.g. ``cpu``, which also names PyTorch's index; empty for the build of Python's index.
    """

    platform: str
    python: str
    device: str
    build: str = ""

    @property
    def tag(self) -> str:
        return self.python.replace(".", "")

    @property
    def file_name(self) -> str:
        return f"{self.platform}-py{self.tag}-{self.device}.txt"


LINUX, WINDOWS, MACOS = "linux-x86_64", "windows-x86_64", "macos-arm64"
UV_PLATFORM = {LINUX: "x86_64-manylinux_2_28", WINDOWS: "x86_64-pc-windows-msvc", MACOS: "aarch64-apple-darwin"}


@dataclass(frozen=True)
class Package:
    """One version of a package, and its wheels for a target.

    Each wheel is (address, SHA-256 or empty); the most specific comes first.
    """

    name: str
    version: str
    wheels: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Resolver:
    """Asks uv.

    Attributes:
        uv: the program.
        find_links: folder of local wheels for what PyTorch's index would have; None without.
    """

    uv: Path
    find_links: Path | None = None

    def packages(self, target: Target, requirements: Iterable[str], kept: dict[str, str], *more: str) -> list[Package]:
        """Everything that these requirements need on that machine.

        Args:
            target: the machine.
            requirements: pins such as ``name==1.2``; torch's is given its build here.
            kept: name -> version that another package is given where one is needed: what an earlier lock chose.
            more: further options for uv.

        Raises:
            UserError: there is no solution, in uv's words (code ``lock``).
        """
        pins = [f"{line}+{target.build}" if target.build and line.startswith("torch==") else line for line in requirements]
        names = {line.split("==")[0] for line in pins}
        work = self.uv.parent.parent / "work"
        work.mkdir(exist_ok=True)
        wanted, limits, found = work / "in.txt", work / "constraints.txt", work / "pylock.toml"
        wanted.write_text("\n".join(pins), encoding="utf-8")
        limits.write_text("\n".join(f"{name}=={kept[name]}" for name in sorted(kept) if name not in names), encoding="utf-8")
        command = [str(self.uv), "pip", "compile", str(wanted), "-c", str(limits), "--format", "pylock.toml", "-o", str(found)]
        command += ["--python-version", target.python, "--python-platform", UV_PLATFORM[target.platform], "--only-binary", ":all:"]
        command += ["--no-config", "--no-header", "--no-annotate", "--no-python-downloads", "--upgrade", *more]
        if index := configured_index(self.uv.with_name("python")):
            command += ["--default-index", index]
        if target.build and any(line.startswith("torch==") for line in pins):
            command += self._torch_source(target)
        # The oldest macOS that PyTorch's wheels run on; uv would take an older one.
        variables = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
        if done.returncode != 0:
            raise UserError("lock", f"{target.file_name}: {last_reason(done.stderr)}")
        return [self._package(entry, work) for entry in tomllib.loads(found.read_text(encoding="utf-8"))["packages"]]

    def _torch_source(self, target: Target) -> list[str]:
        index = torch_index(target.build)
        if index_answers(index):
            return ["--index", index, "--index-strategy", "unsafe-best-match"]
        if self.find_links is None or not any(self.find_links.glob(f"torch-*+{target.build}-cp{target.tag}-*.whl")):
            raise UserError("lock", f"{target.file_name}: {index} does not answer.")
        return ["--find-links", str(self.find_links)]

    def _package(self, entry: dict, work: Path) -> Package:
        # A wheel made for the platform (with libsndfile or PortAudio inside) before one that fits everywhere.
        files = sorted(entry.get("wheels", ()), key=lambda file: "-none-any.whl" in (file.get("url") or file["path"]))
        if not files:
            raise UserError("lock", f"{entry['name']} {entry['version']} has no wheel.")
        addresses = [file.get("url") or (work / file["path"]).resolve().as_uri() for file in files]
        hashes = [file.get("hashes", {}).get("sha256", "") for file in files]
        return Package(entry["name"], entry["version"], tuple(zip(addresses, hashes, strict=True)))


def local_path(address: str) -> Path | None:
    """The file behind a ``file:`` address; None for one on a server."""
    if not address.startswith("file:"):
        return None
    return Path(urllib.request.url2pathname(urllib.parse.urlsplit(address).path))


def read_pins(path: Path) -> dict[str, str]:
    """Name -> version of a lock file; empty when there is none."""
    if not path.is_file():
        return {}
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines() if "==" in line and line[0] != "#")
    return dict(words[0].split("==", 1) for words in lines if "==" in words[0])


def last_reason(output: str) -> str:
    """What uv said, on one line."""
    lines = [line.strip(" │╰▶─×") for line in output.splitlines() if line.strip() and not line.startswith("warning")]
    return " ".join(lines)[-400:] or "uv gave no reason"
