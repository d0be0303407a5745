"""Makes Python environments and fills them with locked packages.

A set-up that was interrupted is completed.

What belongs in one is in its lock file, which `development_locks` writes. An environment is ready when its sentinel file holds
the hash of that file; the sentinel is written last, so a set-up that was killed is simply continued.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.errors import UserError
from backend.packaging.pip import PINNED, pip_command, run_pip, torch_source
from backend.packaging.system import has_nvidia_gpu

SENTINEL = "voice-to-motion.json"
LOCKS = Path("backend", "packaging", "locks")  # below the repository


@dataclass(frozen=True)
class Environment:
    """A virtual environment and what belongs in it.

    Attributes:
        folder: where it is, e.g. ``<repository>/.venv``.
        lock: its lock file, with every package's version and hashes.
        probe: Python code that fails when the environment does not work.
        gigabytes: free disk space that setting it up needs.
    """

    folder: Path
    lock: Path
    probe: str = "import bpy"
    gigabytes: float = 2.0

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def cuda_lock(self) -> Path:
        """What torch's CUDA build needs besides; only there where the environment has torch."""
        return self.lock.with_name(f"{self.lock.stem}-cuda.txt")

    @property
    def site_packages(self) -> Path:
        found = sorted(self.folder.glob("lib/python3*/site-packages"))
        return found[-1] if found else self.folder / "Lib" / "site-packages"


def read_requirements(pyproject: Path, groups: Iterable[str]) -> list[str]:
    """Return the pinned requirements of these groups, sorted, without duplicates.

    Raises:
        ValueError: a requirement is not pinned to one version.
    """
    table = tomllib.loads(pyproject.read_text(encoding="utf-8"))["dependency-groups"]
    found = sorted({line for group in groups for line in table[group]})
    loose = [line for line in found if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._+]+", line)]
    if loose:
        raise ValueError(f"pyproject.toml: not pinned to one version: {', '.join(loose)}")
    return found


def ensure_environment(environment: Environment, log: Path) -> bool:
    """Create or complete an environment; return whether anything had to be done.

    Args:
        environment: which.
        log: file that gets pip's whole output.

    Raises:
        UserError: no space, no network, or a package that does not install or does not work.
    """
    locked = environment.lock.read_text(encoding="utf-8")
    with_cuda = environment.cuda_lock.read_text(encoding="utf-8") if environment.cuda_lock.exists() else ""
    recipe = json.dumps([locked, with_cuda, platform.python_version_tuple()[:2], has_nvidia_gpu()])
    mark = hashlib.sha256(recipe.encode()).hexdigest()
    sentinel = environment.folder / SENTINEL
    if environment.python.exists() and _read_mark(sentinel) == mark:
        return False

    started = time.monotonic()
    name = environment.folder.name
    free = shutil.disk_usage(environment.lock.parent).free / 1e9
    if free < environment.gigabytes:
        raise UserError("disk", f"{name} needs {environment.gigabytes:.0f} GB of disk space and {free:.1f} GB are free.")
    print(f"Setting up {name}: {locked.count('==')} packages by their hashes (log: {log})", flush=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("", encoding="utf-8")
    _ensure_venv(environment.folder, environment.python)
    sentinel.unlink(missing_ok=True)
    _forget_half_installed(environment.site_packages)
    _install(environment, locked, log)
    probe = subprocess.run([str(environment.python), "-c", environment.probe], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        last = (probe.stderr.strip().splitlines() or [f"exit code {probe.returncode}"])[-1]
        raise UserError(
            "environment",
            f"{name} is installed but does not work: {last}",
            f"Delete {environment.folder} and try again.",
        )
    sentinel.write_text(json.dumps({"packages": mark}), encoding="utf-8")
    print(f"  {name} ready in {time.monotonic() - started:.0f} s", flush=True)
    return True


def add_packages(environment: Environment, name: str, log: Path) -> None:
    """Add another lock file's packages, e.g. ``voices``, to a finished environment.

    Raises UserError where pip cannot get them.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    install = [*pip_command(environment.python, "install"), *PINNED, "--no-compile", "--progress-bar", "raw"]
    run_pip([*install, "-r", str(environment.lock.with_name(f"{name}.txt"))], log)


def _install(environment: Environment, locked: str, log: Path) -> None:
    # No byte code: of ten thousand modules some hundred are ever imported, and those compile themselves then.
    install = [*pip_command(environment.python, "install"), *PINNED, "--no-compile"]

    def install_first(name: str, build: str = "", source: Iterable[str] = ()) -> bool:
        """Install one package of the lock file before the others; False where it has none."""
        entry = re.search(rf"^{name}==(?:.*\\\n)*.*$", locked, re.M)
        if entry:
            listing = environment.folder / f"{name}.txt"
            listing.write_text(re.sub(r"==([^\s;+]+)", rf"==\1{build}", entry[0], count=1) + "\n", encoding="utf-8")
            run_pip([*install, *source, "-r", str(listing)], log)
        return bool(entry)

    install_first("pip")  # the one that came with Python may be too old to tell how far a download is
    has_cuda = sys.platform == "linux" and environment.cuda_lock.exists()
    if has_cuda and not has_nvidia_gpu():
        # The CPU build has 0.2 GB instead of 4. It is asked for by name: pip prefers a file whose hash its index tells it, which a
        # folder of wheels does not.
        try:
            has_cuda = not install_first("torch", "+cpu", torch_source("cpu"))
        except UserError:
            print("  no CPU build of torch where pip looks: taking the CUDA build (4 GB), which runs here, too", flush=True)
    run_pip([*install, "--progress-bar", "raw", "-r", str(environment.lock)], log)
    if has_cuda:
        run_pip([*install, "--progress-bar", "raw", "-r", str(environment.cuda_lock)], log)


def _read_mark(sentinel: Path) -> str:
    try:
        return json.loads(sentinel.read_text(encoding="utf-8"))["packages"]
    except (OSError, ValueError, KeyError):
        return ""


def _ensure_venv(folder: Path, python: Path) -> None:
    """Make the environment, anew where its Python is gone or another, or has no pip."""
    check = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    if python.exists() and subprocess.run([str(python), "-c", check], capture_output=True, check=False).returncode == 0:
        return
    if folder.exists() and any(folder.iterdir()) and not (folder / "pyvenv.cfg").exists():
        raise UserError("environment", f"{folder} is not a Python environment.", "Move it away and try again.")
    clear = ["--clear"] if folder.exists() else []
    done = subprocess.run([sys.executable, "-m", "venv", *clear, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = ((done.stdout + done.stderr).strip().splitlines() or ["no message"])[-1]
        raise UserError("environment", f"Python could not make an environment in {folder}: {last}")


def _forget_half_installed(packages: Path) -> None:
    """Remove the records of packages that a killed pip left; they are then installed again.

    pip writes RECORD last. Without it the version counts as installed, files may be missing, and uninstalling fails.
    """
    for info in packages.glob("*.dist-info"):
        if not (info / "RECORD").exists():
            shutil.rmtree(info)
