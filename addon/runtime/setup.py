"""The set-up, step by step; it goes on where it was interrupted and repairs damage.

The sentinel is removed first and written last, so a runtime that has one has generated a motion.
"""

from __future__ import annotations

import datetime
import json
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import pack
from .errors import SetupCancelled, SetupError
from .exclusive import exclusive
from .folder import RuntimeFolder, folder_size, too_long, write_sentinel
from .locks import Lock
from .machine import python_version
from .packages import Packages, forget_damaged, installed_versions, last_complaint
from .programs import Programs

MARGIN = 300_000_000  # bytes left free beside what the packages need
Tell = Callable[[str, float], None]  # called with a phase and 0..1


@dataclass(frozen=True)
class Order:
    """What to set up.

    Attributes:
        folder: where.
        lock: which packages.
        python: interpreter that the environment is made with.
        backend: folder above `backend/`, whose backend generates the test's motion.
        example: recording of the test.
        product: version of the add-on.
        pack: offline pack; None lets pip download the packages.
    """

    folder: RuntimeFolder
    lock: Lock
    python: Path
    backend: Path
    example: Path
    product: str
    pack: Path | None = None


def set_up(order: Order, tell: Tell, cancelled: threading.Event) -> dict:
    """Make, complete or repair a runtime; returns its facts, as the sentinel has them.

    Raises:
        SetupError: it cannot be done; the message says why and the hint what to do.
        SetupCancelled: ``cancelled`` was set. What has been downloaded and installed stays for the next time.
    """
    folder = order.folder
    started = time.monotonic()
    try:
        folder.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError("folder", f"The folder {folder.root} cannot be made: {error.strerror}.", "Choose another one.") from None

    def say(phase: str, fraction: float) -> None:
        if cancelled.is_set():
            raise SetupCancelled
        tell(phase, fraction)

    with exclusive(folder.lock) as descriptor:
        say("checking", 0.0)
        _check(order)
        folder.sentinel.unlink(missing_ok=True)
        folder.wheels.mkdir(exist_ok=True)
        folder.temporary.mkdir(exist_ok=True)
        programs = Programs(folder.log, cancelled, descriptor, folder.temporary)
        say("environment", 0.0)
        _make_environment(order, programs)
        packages = Packages(folder, order.lock, programs, order.python)
        damaged = forget_damaged(folder.site_packages)
        packages.drop_others()
        if order.pack:
            say("unpacking", 0.0)
            pack.unpack_wheels(order.pack, order.lock, folder.wheels, lambda done: say("unpacking", done))
        else:
            say("downloading", 0.0)
            packages.download(lambda done: say("downloading", done))
        say("installing", 0.0)
        packages.install(lambda done: say("installing", done))
        missing = set(_missing(order)) | set(forget_damaged(folder.site_packages))
        if missing:
            raise SetupError(
                "install", f"After installing, {', '.join(sorted(missing)[:3])} is not whole.", "Press the button again."
            )
        say("testing", 0.0)
        tested = self_test(order, programs)
        for leftover in (folder.wheels, folder.temporary):
            shutil.rmtree(leftover, ignore_errors=True)
        facts = {
            "lock": order.lock.path.name,
            "lock_sha256": order.lock.sha256,
            "product": order.product,
            **tested,
            "base": str(order.python),
            "bytes": folder_size(folder.venv),
            "repaired": damaged,
            "seconds": round(time.monotonic() - started, 1),
            "finished": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        }
        write_sentinel(folder, facts)
        return facts


def _check(order: Order) -> None:
    folder, lock = order.folder, order.lock
    if too_long(folder, lock.longest_path):
        raise SetupError(
            "long_path",
            f"Files below {folder.root} would have paths that are too long for Windows.",
            "Choose a folder with a short path, such as C:\\VoiceToMotion, in the add-on's preferences.",
        )
    version = python_version(order.python)
    if version is None:
        raise SetupError("python", f"{order.python} is not a Python that can be started.", "Choose another one in the preferences.")
    if version != lock.python:
        raise SetupError("python", f"{order.python} is Python {version[0]}.{version[1]}, not the version that was planned for.")
    have = sum(folder_size(part) for part in (folder.venv, folder.wheels, folder.temporary))
    needed = lock.download + max(lock.download, lock.disk) + MARGIN - have  # pip copies what it has downloaded
    free = shutil.disk_usage(folder.root).free
    if free < needed:
        raise SetupError(
            "disk",
            f"{needed / 1e9:.1f} GB of disk space are needed in {folder.root}, and {free / 1e9:.1f} GB are free.",
            "Make room, or choose a folder on another disk in the add-on's preferences.",
        )


def _make_environment(order: Order, programs: Programs) -> None:
    """Make the virtual environment; keep a whole one of the right Python."""
    folder = order.folder
    if folder.venv.exists():
        if any(folder.venv.iterdir()) and not (folder.venv / "pyvenv.cfg").exists():
            raise SetupError("folder", f"{folder.venv} is not an environment of this add-on.", "Choose another folder.")
        if folder.python.exists() and python_version(folder.python) == order.lock.python and folder.site_packages.is_dir():
            return
        # Its packages are for another Python, or its links lead nowhere.
        shutil.rmtree(folder.venv)
    # Under another name until it is whole. Nothing in it that is used knows its own path.
    shutil.rmtree(folder.partial_venv, ignore_errors=True)
    code, last = programs.run(order.python, ["venv", "--without-pip", str(folder.partial_venv)])
    if code != 0:
        raise SetupError(
            "environment",
            f"{order.python} could not make an environment: {last_complaint(last)}",
            "Choose another Python in the preferences.",
        )
    folder.partial_venv.replace(folder.venv)


def _missing(order: Order) -> list[str]:
    installed = installed_versions(order.folder.site_packages)
    return [package.name for package in order.lock.packages if installed.get(package.name) != package.version]


def self_test(order: Order, programs: Programs) -> dict:
    """Let the real backend turn a recording into a motion; return device and versions."""
    folder = order.folder
    out = folder.temporary / "self-test"
    command = ["backend", "generate", str(order.example), "-o", str(out), "--seed", "7", "--seconds", "2", "--json"]
    lines: list[str] = []
    code, last = programs.run(folder.python, command, path=order.backend, on_line=lines.append)
    try:
        # The document stands between lines of its own; warnings of libraries may come before it.
        report = json.loads("\n".join(lines[lines.index("{") : len(lines) - lines[::-1].index("}")]))
        result = report["results"][0]
        if code == 0 and report["ok"] and all(Path(file).stat().st_size > 0 for file in result["files"]):
            versions = installed_versions(folder.site_packages)
            version = python_version(folder.python) or (0, 0)
            return {
                "device": report["device"],
                "torch": versions.get("torch", ""),
                "python": f"{version[0]}.{version[1]}",
                "heard": result["heard"],
            }
        said = result.get("message") or report.get("message", "")
    except (ValueError, KeyError, IndexError, OSError, TypeError):
        said = last_complaint(last)
    raise SetupError(
        "self_test", f"Everything is installed, but the test could not generate a motion: {said}", f"All output is in {folder.log}."
    )
