"""Downloads and installs the locked wheels with pip; what is whole already is kept.

pip downloads the wheels into the runtime's own folder, from wherever it is configured to look (or an offline pack is unpacked
there), and then installs from that folder alone. So a set-up that was killed goes on where it was: pip itself keeps a finished
download only in its temporary folder, and an index may forbid it to cache.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from .errors import SetupError
from .folder import RuntimeFolder
from .locks import Lock, Package
from .pack import sha256_of
from .programs import Programs
from .sources import bundled_pip

Tell = Callable[[float], None]  # called with 0..1
_PIP = ["pip", "--disable-pip-version-check", "--no-input"]
_NO_NETWORK = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ReadTimeoutError", "ProxyError", "SSLError")
_FIXED = ["--no-deps", "--require-hashes", "--only-binary", ":all:"]


class Packages:
    """The packages of one lock in one runtime folder.

    Args:
        folder: the runtime.
        lock: its packages.
        programs: starts pip.
        base: Python that the environment was made with, whose own pip gets the locked one.
    """

    def __init__(self, folder: RuntimeFolder, lock: Lock, programs: Programs, base: Path) -> None:
        self._folder = folder
        self._lock = lock
        self._programs = programs
        self._base = base

    def downloaded_wheels(self) -> dict[str, Path]:
        """SHA-256 -> wheel, of this lock's downloaded wheels.

        Finished downloads of a killed pip are taken in.
        """
        wanted = {package.sha256 for package in self._lock.packages}
        for path in self._folder.temporary.glob("pip-*/*.whl"):
            # pip writes a wheel under its own name from the first byte on: only the hash tells a finished one.
            if sha256_of(path) in wanted:
                path.replace(self._folder.wheels / path.name)
        shutil.rmtree(self._folder.temporary, ignore_errors=True)
        self._folder.temporary.mkdir()
        found = {}
        for path in self._folder.wheels.iterdir():
            sha256 = sha256_of(path) if path.suffix == ".whl" else ""
            if sha256 in wanted:
                found[sha256] = path
            elif path.is_file():  # of an older lock, or half written
                path.unlink()
        return found

    def drop_others(self) -> None:
        """Uninstall what an older set-up left: other versions, and packages not in the lock."""
        packages = self._folder.site_packages
        wanted = {package.name: package.version for package in self._lock.packages}
        for info in list(packages.glob("*.dist-info")):
            name, version = _named(info)
            if wanted.get(name) != version:
                for file in _files(info):
                    path = Path(os.path.normpath(packages / file))
                    if path.is_relative_to(self._folder.venv) and info not in path.parents:
                        path.unlink(missing_ok=True)
                shutil.rmtree(info)

    def download(self, tell: Tell) -> None:
        """Let pip fetch the missing wheels.

        PyTorch's own index is asked only for a build of torch that pip does not find where it is configured to look.

        Raises:
            SetupError: pip cannot get a package (code ``download``), in pip's words.
        """
        here = self.downloaded_wheels()
        missing = [package for package in self._lock.packages if package.sha256 not in here]
        installed = installed_versions(self._folder.site_packages)
        missing = [package for package in missing if installed.get(package.name) != package.version]
        if not missing:
            return
        pip = self._pip_wheel(here)
        # The local part of a version, as in 2.13.0+cpu, means a build that is on PyTorch's own index only.
        own = [package for package in missing if "+" in package.version]
        rest = [package for package in missing if package not in own]
        total = sum(package.size for package in missing)
        done = 0
        for group in (own, rest):
            self._fetch(group, pip, lambda size, start=done: tell((start + size) / total))
            done += sum(package.size for package in group)

    def _fetch(self, group: list[Package], pip: Path, tell_bytes: Callable[[int], None]) -> None:
        if not group:
            return
        # First where pip is configured to look (a company's mirror, a folder of wheels).
        places: list[list[str]] = [[]]
        if any("+" in package.version for package in group):
            places.append(["--index-url", self._lock.torch_index])
        for place in places:
            meter = _Meter(group, tell_bytes)
            arguments = ["download", *_FIXED, "--progress-bar", "raw", *place]
            code, last = self._pip(self._folder.python, pip, arguments, group, meter.take)
            if code == 0:
                return
        raise self._not_downloaded(last, own=len(places) > 1)

    def _pip(
        self,
        python: Path,
        pip: Path | None,
        arguments: list[str],
        group: list[Package],
        on_line: Callable[[str], None] = lambda line: None,
        on_tick: Callable[[], None] = lambda: None,
    ) -> tuple[int, list[str]]:
        """Run a wheel of pip, or the one that ``python`` has; returns exit code and last lines."""
        listing = self._folder.temporary / "requirements.txt"
        listing.write_text("".join(package.requirement + "\n" for package in group), encoding="utf-8")
        command = [*_PIP, *arguments, "-r", str(listing)]
        if "download" in arguments:
            command += ["--dest", str(self._folder.wheels), "--no-cache-dir"]
        return self._programs.run(python, command, path=pip, on_line=on_line, on_tick=on_tick)

    def _pip_wheel(self, here: dict[str, Path]) -> Path:
        """The locked pip as a wheel, which runs as it is.

        Python's own pip, as a wheel or installed, downloads it.
        """
        package = next(package for package in self._lock.packages if package.name == "pip")
        if package.sha256 in here:
            return here[package.sha256]
        bundled = bundled_pip(self._base)
        python = self._folder.python if bundled else self._base
        code, last = self._pip(python, bundled, ["download", *_FIXED], [package])
        if any("No module named pip" in line for line in last):
            raise SetupError(
                "pip",
                f"{self._base} has no pip, which downloads the packages.",
                "Install it (on Debian and Ubuntu: apt install python3-pip), choose another Python under Made with Python, "
                "or install from a pack.",
            )
        if code != 0:
            raise self._not_downloaded(last)
        return self.downloaded_wheels()[package.sha256]

    @staticmethod
    def _not_downloaded(last: list[str], own: bool = False) -> SetupError:
        hint = "Press the button again to go on."
        if own:  # it is on PyTorch's own index only
            hint = "Press the button again, or choose CUDA under Device: larger, from Python's index, also for the processor."
        elif any(word in line for line in last for word in _NO_NETWORK):
            hint = "The network, or a server, did not answer. " + hint
        return SetupError("download", f"A package could not be downloaded. {last_complaint(last)}", hint)

    def install(self, tell: Tell) -> None:
        """Install every package that is not installed, from the downloaded wheels and nowhere else.

        Raises:
            SetupError: pip cannot (code ``install``), in pip's words.
        """
        here = self.downloaded_wheels()
        installed = installed_versions(self._folder.site_packages)
        left = [package for package in self._lock.packages if installed.get(package.name) != package.version]
        if not left:
            return
        pip = self._pip_wheel(here)
        total = sum(package.size for package in left)
        # pip says nothing while it installs, and torch is most of it: the disk's fill level shows that something happens.
        growth = self._lock.disk * total / max(1, self._lock.download)
        free, shown = shutil.disk_usage(self._folder.root).free, 0.0

        def look() -> None:
            nonlocal shown
            versions = installed_versions(self._folder.site_packages)
            whole = sum(package.size for package in left if versions.get(package.name) == package.version) / total
            filled = (free - shutil.disk_usage(self._folder.root).free) / max(1.0, growth)
            shown = max(shown, whole, min(filled, 0.95))
            tell(shown)

        # No byte code: of the thousands of modules some hundred are ever imported, and those the self-test compiles.
        arguments = ["install", *_FIXED, "--no-index", "--find-links", str(self._folder.wheels), "--no-compile", "--no-user"]
        arguments += ["--no-warn-script-location", "--ignore-installed", "--no-cache-dir"]
        code, last = self._pip(self._folder.python, pip, arguments, left, on_tick=look)
        if code != 0:
            raise SetupError("install", f"The packages could not be installed. {last_complaint(last)}", "Press the button again.")


class _Meter:
    """Turns pip's lines into downloaded bytes.

    Finished packages count whole, the current one as far as it is.
    """

    def __init__(self, group: list[Package], tell: Callable[[int], None]) -> None:
        self._sizes = {package.name: package.size for package in group}
        self._tell = tell
        self._before = self._current = 0

    def take(self, line: str) -> None:
        if match := re.match(r"Progress (\d+) of (\d+)", line):
            self._tell(self._before + min(int(match[1]), self._current))
        elif match := re.match(r"Collecting ([A-Za-z0-9._-]+)==", line):
            self._before += self._current
            self._current = self._sizes.get(match[1], 0)
            self._tell(self._before)


def forget_damaged(site_packages: Path) -> list[str]:
    """Remove the records of damaged packages, so that they are installed again; return names.

    pip writes RECORD, the list of a package's files, last. A package without it was being installed when pip was killed;
    one whose files are missing or of another size has been damaged since, by a full disk or a virus scanner.
    """
    damaged = []
    for info in sorted(site_packages.glob("*.dist-info")):
        if not _whole(info, site_packages):
            damaged.append(info.name.split("-")[0])
            shutil.rmtree(info)
    for rest in site_packages.glob("~*"):  # what pip sets aside while it replaces a package
        shutil.rmtree(rest, ignore_errors=True)
    return damaged


def _whole(info: Path, site_packages: Path) -> bool:
    try:
        files = _files(info)
        return bool(files) and all((site_packages / file).stat().st_size == size for file, size in files.items())
    except (OSError, ValueError):
        return False


def _files(info: Path) -> dict[str, int]:
    """Path below site-packages -> bytes, of a package's files.

    Byte code and RECORD itself have no size and are left out.
    """
    with (info / "RECORD").open(encoding="utf-8", newline="") as file:
        return {row[0]: int(row[2]) for row in csv.reader(file) if len(row) > 2 and row[2]}


def _named(info: Path) -> tuple[str, str]:
    """Name, as in a lock file, and version of an installed package."""
    name, _, version = info.name.removesuffix(".dist-info").partition("-")
    return name.lower().replace("_", "-").replace(".", "-"), version


def installed_versions(site_packages: Path) -> dict[str, str]:
    """Name -> version of the packages that are wholly installed, names as in a lock file."""
    return dict(_named(record.parent) for record in site_packages.glob("*.dist-info/RECORD"))


def last_complaint(lines: list[str]) -> str:
    """The last thing pip complained about, without its colours and prefix."""
    said = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in lines]
    errors = [line for line in said if line.startswith("ERROR:")]
    text = (errors or [line for line in said if line] or ["pip gave no reason"])[-1]
    return text.removeprefix("ERROR:").strip()[:300].rstrip(".") + "."
