"""The lock files of the runtime that the add-on sets up: one for each platform, Python and device, with hashes.

`build.py lock` resolves the group `backend` of pyproject.toml with uv, which can do so for machines other than this one,
and takes every hash from the package index (or, where PyTorch's own index does not answer, from a wheel that
PIP_FIND_LINKS has). Sizes, licences and the longest path are read from the wheels themselves, by their last bytes.
Installing from the files is the add-on's business: `addon/runtime/`.
"""

from __future__ import annotations

import email.parser
import hashlib
import os
import subprocess
import tomllib
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from backend.errors import UserError
from backend.packaging.environment import read_requirements
from backend.packaging.wheels import RemoteFile

PYPI = "https://pypi.org/simple"
TORCH = "https://download.pytorch.org/whl"
NUMPY_2 = "backend-py313"  # group of what replaces a pin of `backend` where Python is newer than 3.11


@dataclass(frozen=True)
class Target:
    """One kind of machine.

    Attributes:
        platform: as in the file's name, e.g. ``linux-x86_64``.
        python: e.g. ``3.11``.
        device: ``cpu`` or ``cuda``.
        uv_platform: uv's name for the platform.
        build: the local version of torch, e.g. ``cpu``, which also names PyTorch's index; empty for PyPI's build.
    """

    platform: str
    python: str
    device: str
    uv_platform: str
    build: str = ""

    @property
    def tag(self) -> str:
        return self.python.replace(".", "")

    @property
    def file_name(self) -> str:
        return f"{self.platform}-py{self.tag}-{self.device}.txt"


LINUX, WINDOWS, MACOS = "x86_64-manylinux_2_28", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"
# PyPI's torch is a CUDA build for Linux and a CPU build (with Metal on a Mac) elsewhere; the others are PyTorch's own.
# Blender has Python 3.11 up to 5.0 and 3.13 from 5.1 on; Linux distributions build it with their own, 3.14 today.
TARGETS = (
    *(Target("linux-x86_64", python, "cuda", LINUX) for python in ("3.11", "3.13", "3.14")),
    *(Target("linux-x86_64", python, "cpu", LINUX, "cpu") for python in ("3.11", "3.13", "3.14")),
    *(Target("windows-x86_64", python, "cpu", WINDOWS) for python in ("3.11", "3.13")),
    *(Target("windows-x86_64", python, "cuda", WINDOWS, "cu130") for python in ("3.11", "3.13")),
    *(Target("macos-arm64", python, "cpu", MACOS) for python in ("3.11", "3.13")),
)


@dataclass
class Wheel:
    """One locked file. Sizes in bytes; ``longest_path`` in characters below site-packages."""

    name: str
    version: str
    url: str
    sha256: str
    size: int = 0
    unpacked: int = 0
    longest_path: int = 0
    licence: str = "not stated"

    @property
    def file_name(self) -> str:
        return urllib.parse.unquote(urllib.parse.urlsplit(self.url).path.rpartition("/")[2])


@dataclass
class Resolver:
    """Makes lock files.

    Attributes:
        pyproject: where the pinned requirements are.
        uv: the program.
        find_links: folder of local wheels for what PyTorch's index would have; None without.
    """

    pyproject: Path
    uv: Path
    find_links: Path | None = None
    _known: dict[str, Wheel] = field(default_factory=dict)

    def lock(self, target: Target, folder: Path) -> Path:
        """Write the lock file of one target and return its path.

        Raises:
            UserError: the packages cannot be resolved for it, with uv's reason; nothing is written then.
        """
        path = folder / target.file_name
        wheels = [self._describe(wheel) for wheel in self._resolve(target, path)]
        partial = path.with_suffix(".partial")
        partial.write_text(text_of(target, wheels), encoding="utf-8", newline="\n")
        partial.replace(path)
        return path

    def requirements(self, target: Target) -> list[str]:
        """The pins of `backend` as they are for this target, and pip's own."""
        settings = tomllib.loads(self.pyproject.read_text(encoding="utf-8"))["tool"]["voice-to-motion"]
        pins = {line.split("==")[0]: line for line in read_requirements(self.pyproject, ("backend",))}
        if target.python != "3.11":
            pins |= {line.split("==")[0]: line for line in read_requirements(self.pyproject, (NUMPY_2,))}
        if target.build:
            pins["torch"] += f"+{target.build}"
        return [*sorted(pins.values()), settings["pip"]]

    def _resolve(self, target: Target, previous: Path) -> list[Wheel]:
        settings = tomllib.loads(self.pyproject.read_text(encoding="utf-8"))["tool"]["voice-to-motion"]
        work = self.uv.parent.parent / "work"
        work.mkdir(exist_ok=True)
        wanted, limits, found = work / "in.txt", work / "constraints.txt", work / "pylock.toml"
        wanted.write_text("\n".join(self.requirements(target)), encoding="utf-8")
        # What an earlier lock chose stays, so that one change of a pin changes one line.
        pinned = {line.split("==")[0] for line in self.requirements(target)}
        kept = [f"{name}=={version}" for name, version in read_pins(previous).items() if name not in pinned]
        limits.write_text("\n".join([*settings["constraints"], *kept]), encoding="utf-8")
        command = [str(self.uv), "pip", "compile", str(wanted), "-c", str(limits), "--format", "pylock.toml", "-o", str(found)]
        command += ["--python-version", target.python, "--python-platform", target.uv_platform, "--only-binary", ":all:"]
        command += ["--no-config", "--no-header", "--no-annotate", "--no-python-downloads", "--default-index", PYPI, "--upgrade"]
        if target.build:
            command += self._torch_source(target)
        # The oldest macOS that PyTorch's wheels run on; uv would take an older one.
        variables = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
        if done.returncode != 0:
            raise UserError("lock", f"{target.file_name}: {last_reason(done.stderr)}")
        packages = tomllib.loads(found.read_text(encoding="utf-8"))["packages"]
        return [self._wheel(package) for package in packages]

    def _torch_source(self, target: Target) -> list[str]:
        index = f"{TORCH}/{target.build}"
        request = urllib.request.Request(f"{index}/torch/", method="HEAD")
        try:
            with urllib.request.urlopen(request, timeout=5):
                return ["--index", index, "--index-strategy", "unsafe-best-match"]
        except (urllib.error.URLError, TimeoutError, OSError):
            if self.find_links is None or not any(self.find_links.glob(f"torch-*+{target.build}-cp{target.tag}-*.whl")):
                raise UserError("lock", f"{target.file_name}: {index} does not answer.") from None
            return ["--find-links", str(self.find_links)]

    def _wheel(self, package: dict) -> Wheel:
        # A wheel made for the platform (with libsndfile or PortAudio inside) before one that fits everywhere.
        entries = sorted(package.get("wheels", ()), key=lambda entry: "-none-any.whl" in (entry.get("url") or entry["path"]))
        if not entries:
            raise UserError("lock", f"{package['name']} {package['version']} has no wheel.")
        entry = entries[0]
        url = entry.get("url") or (Path(self.uv.parent.parent / "work") / entry["path"]).resolve().as_uri()
        return Wheel(package["name"], package["version"], url, entry.get("hashes", {}).get("sha256", ""))

    def _describe(self, wheel: Wheel) -> Wheel:
        """Fill in what only the file knows, asking for its last bytes and not for all of it."""
        if wheel.url in self._known:
            return self._known[wheel.url]
        local = wheel.url.startswith("file:")
        path = Path(urllib.request.url2pathname(urllib.parse.urlsplit(wheel.url).path))
        with path.open("rb") if local else RemoteFile(wheel.url) as stream, zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            wheel.size = stream.seek(0, os.SEEK_END)
            wheel.unpacked = sum(entry.file_size for entry in entries)
            wheel.longest_path = max(len(entry.filename) for entry in entries)
            about = next(entry for entry in entries if entry.filename.endswith(".dist-info/METADATA"))
            wheel.licence = licence_of(archive.read(about).decode("utf-8", "replace"))
        if local and not wheel.sha256:
            with path.open("rb") as stream:
                wheel.sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        self._known[wheel.url] = wheel
        return wheel


def write_locks(root: Path, uv: Path) -> bool:
    """Lock every target into ``addon/runtime/locks``, say what came of each, and return whether all could be made.

    A target that cannot be resolved (its index does not answer, a package has no wheel for it) keeps its earlier file.
    """
    links = os.environ.get("PIP_FIND_LINKS")
    resolver = Resolver(root / "pyproject.toml", uv, Path(links) if links else None)
    folder = root / "addon" / "runtime" / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    complete = True
    for target in TARGETS:
        try:
            print(f"Locked {resolver.lock(target, folder).relative_to(root)}", flush=True)
        except (UserError, OSError, zipfile.BadZipFile) as error:
            complete = False
            print(f"Not locked: {error}", flush=True)
    return complete


def text_of(target: Target, wheels: list[Wheel]) -> str:
    """The lock file: pip's requirement format, with what the add-on shows before it downloads in comments."""
    source = f"{TORCH}/{target.build}" if target.build else PYPI
    lines = [
        f"# Packages of the motion backend: {target.platform}, Python {target.python}, {target.device}.",
        "# Made by `build.py lock` from pyproject.toml; not edited by hand.",
        f"# torch-index: {source}",
        f"# download-bytes: {sum(wheel.size for wheel in wheels)}",
        f"# disk-bytes: {sum(wheel.unpacked for wheel in wheels)}",
        f"# longest-path: {max(wheel.longest_path for wheel in wheels)}",
    ]
    for wheel in sorted(wheels, key=lambda wheel: wheel.name):
        lines.append(f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}  # {wheel.size} bytes, {wheel.licence}")
    return "\n".join(lines) + "\n"


def licence_of(metadata: str) -> str:
    """The licence as a wheel's METADATA states it: the expression, else the short field, else the classifier."""
    fields = email.parser.HeaderParser().parsestr(metadata)
    for text in (fields.get("License-Expression"), fields.get("License")):
        if text and "\n" not in text.strip() and len(text) < 60:
            return text.strip()
    for line in fields.get_all("Classifier") or ():
        if line.startswith("License ::"):
            return line.rpartition("::")[2].strip()
    return "see the package"


def read_pins(path: Path) -> dict[str, str]:
    """Name -> version of an earlier lock file; empty when there is none."""
    if not path.is_file():
        return {}
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines() if "==" in line and line[0] != "#")
    return dict(words[0].split("==", 1) for words in lines)


def last_reason(output: str) -> str:
    """What uv said, on one line."""
    lines = [line.strip(" │╰▶─×") for line in output.splitlines() if line.strip() and not line.startswith("warning")]
    return " ".join(lines)[-400:] or "uv gave no reason"
