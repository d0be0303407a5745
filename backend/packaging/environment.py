"""Python environments: made, filled with pinned packages, and completed when an earlier set-up was interrupted.

Versions come from `pyproject.toml`. An environment is ready when its sentinel file holds the hash of its requirements;
the sentinel is written last, so a set-up that was killed is simply continued. What then runs inside is not known here.
"""

from __future__ import annotations

import contextlib
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
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.errors import UserError
from backend.packaging.pip import run_pip
from backend.packaging.system import has_nvidia_gpu

SENTINEL = "voice-to-motion.json"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"


@dataclass(frozen=True)
class Environment:
    """A virtual environment and what belongs in it.

    Attributes:
        folder: where it is, e.g. ``<repository>/.venv``.
        groups: dependency groups of pyproject.toml, installed together.
        unresolved: groups installed afterwards without their own requirements.
        probe: Python code that fails when the environment does not work.
        gigabytes: free disk space that setting it up needs.
    """

    folder: Path
    groups: tuple[str, ...]
    unresolved: tuple[str, ...] = ()
    probe: str = "import bpy"
    gigabytes: float = 2.0

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


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


def ensure_environment(environment: Environment, pyproject: Path, log: Path) -> bool:
    """Create or complete an environment; return whether anything had to be done.

    Args:
        log: file that gets pip's whole output.

    Raises:
        UserError: no space, no network, or a package that does not install or does not work.
    """
    wanted = read_requirements(pyproject, environment.groups)
    unresolved = read_requirements(pyproject, environment.unresolved)
    settings = tomllib.loads(pyproject.read_text(encoding="utf-8"))["tool"]["voice-to-motion"]
    recipe = json.dumps([wanted, unresolved, settings, platform.python_version_tuple()[:2], has_nvidia_gpu()])
    mark = hashlib.sha256(recipe.encode()).hexdigest()
    sentinel = environment.folder / SENTINEL
    if environment.python.exists() and _read_mark(sentinel) == mark:
        return False

    started = time.monotonic()
    name = environment.folder.name
    free = shutil.disk_usage(pyproject.parent).free / 1e9
    if free < environment.gigabytes:
        raise UserError("disk", f"{name} needs {environment.gigabytes:.0f} GB of disk space and {free:.1f} GB are free.")
    print(f"Setting up {name}: {len(wanted) + len(unresolved)} pinned packages (log: {log})", flush=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("", encoding="utf-8")
    _ensure_venv(environment.folder, environment.python)
    sentinel.unlink(missing_ok=True)
    _forget_half_installed(environment.python)

    pip = [str(environment.python), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    run_pip([*pip, settings["pip"]], log)
    constraints = environment.folder / "constraints.txt"
    constraints.write_text("\n".join(settings["constraints"]) + "\n", encoding="utf-8")
    index = torch_index() if any(line.startswith("torch==") for line in wanted) else []
    run_pip([*pip, "--progress-bar", "raw", "-c", str(constraints), *index, *wanted], log)
    if unresolved:
        run_pip([*pip, "--progress-bar", "raw", "--no-deps", *unresolved], log)
    probe = subprocess.run([str(environment.python), "-c", environment.probe], capture_output=True, text=True, check=False)
    if probe.returncode != 0:
        last = (probe.stderr.strip().splitlines() or [f"exit code {probe.returncode}"])[-1]
        raise UserError(
            "environment",
            f"{name} is installed but does not work: {last}",
            f"Delete {environment.folder} and try again.",
        )
    sentinel.write_text(json.dumps({"requirements": mark}), encoding="utf-8")
    print(f"  {name} ready in {time.monotonic() - started:.0f} s", flush=True)
    return True


def torch_index() -> list[str]:
    """Return pip options that make it take the CPU build of torch (0.2 GB instead of 4), where that is the right one.

    Without an answer from PyTorch's own index within three seconds pip's configured sources are used as they are.
    """
    return [] if has_nvidia_gpu() or sys.platform == "darwin" else extra_index(TORCH_CPU_INDEX)


def extra_index(address: str) -> list[str]:
    """Return pip options for one of PyTorch's indexes; none where it does not answer, for pip would ask it in vain for each
    package, minutes for all."""
    request = urllib.request.Request(f"{address}/torch/", method="HEAD")
    with contextlib.suppress(urllib.error.URLError, TimeoutError, OSError), urllib.request.urlopen(request, timeout=3):
        return ["--extra-index-url", address]
    return []


def _read_mark(sentinel: Path) -> str:
    try:
        return json.loads(sentinel.read_text(encoding="utf-8"))["requirements"]
    except (OSError, ValueError, KeyError):
        return ""


def _ensure_venv(folder: Path, python: Path) -> None:
    """Make the environment, or make it anew when its Python is gone, is another version, or has no pip."""
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


def _forget_half_installed(python: Path) -> None:
    """Remove the records of packages that a killed pip left behind, so that the next one installs them again.

    pip writes RECORD last. Without it the version counts as installed, files may be missing, and uninstalling fails.
    """
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True).stdout.strip())
    for info in packages.glob("*.dist-info"):
        if not (info / "RECORD").exists():
            shutil.rmtree(info)
