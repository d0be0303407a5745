"""Where pip, as it is configured on this machine, would take packages from. Asked from pip itself, without a network.

The answer is for people to read before they agree. pip is asked in the background: panels never wait for it.
"""

from __future__ import annotations

import ast
import os
import subprocess
import threading
import urllib.parse
from pathlib import Path

# What would lead an environment's pip and Python elsewhere than into that environment.
MISLEADING = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP")
MISLEADING += ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIREMENT", "PIP_CONSTRAINT")
INDEX = "Python's package index"
UNKNOWN = "Python's package index, or what pip is configured for"
FOLDER = "a folder of this computer"
# Prints the wheel of pip that a Python brings; Debian keeps it in its package python3-pip-whl, or has none.
_FIND = """
import pathlib, sys, sysconfig
places = (sysconfig.get_path("stdlib"), "ensurepip/_bundled"), (sys.base_prefix, "share/python-wheels")
folders = [pathlib.Path(*place) for place in places]
print(next((str(path) for folder in folders for path in folder.glob("pip-*.whl")), ""))
"""
# Becomes pip, from that wheel if there is one.
_PIP = """
import runpy, sys
wheel = sys.argv.pop(1)
if wheel: sys.path.insert(0, wheel)
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""

_asked: dict[Path, tuple[str, ...]] = {}


def remembered_sources(python: Path) -> tuple[str, ...]:
    """Where packages come from, in words; `UNKNOWN` at first, and where this Python has no pip."""
    if python not in _asked:
        _asked[python] = (UNKNOWN,)

        def ask() -> None:
            _asked[python] = configured_sources(python)

        threading.Thread(target=ask, name="voice-to-motion-sources", daemon=True).start()
    return _asked[python]


def configured_sources(python: Path) -> tuple[str, ...]:
    """Ask this Python's pip for its settings; waits for up to twenty seconds."""
    wheel = bundled_pip(python)
    said = _run(python, _PIP, str(wheel or ""), "--disable-pip-version-check", "config", "list")
    return (UNKNOWN,) if said is None else sources_of(said)


def bundled_pip(python: Path) -> Path | None:
    """The wheel of pip that came with a Python, or with the one its environment was made with."""
    said = (_run(python, _FIND) or "").strip()
    return Path(said) if said else None


def sources_of(settings: str) -> tuple[str, ...]:
    """Words for what `pip config list` says. Servers are given by their names alone: addresses may hold passwords."""
    found: dict[str, str] = {}
    for section in ("global", "download", ":env:"):  # the later one counts, as for pip
        for line in settings.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(f"{section}."):
                found[key.removeprefix(f"{section}.")] = _text(value)
    places = [found.get("index-url") or INDEX, *found.get("extra-index-url", "").split()]
    if found.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        places = []
    places += found.get("find-links", "").split()
    return tuple(dict.fromkeys(place if place == INDEX else _name(place) for place in places)) or (UNKNOWN,)


def _name(place: str) -> str:
    try:
        return urllib.parse.urlsplit(place).hostname or FOLDER
    except ValueError:
        return FOLDER


def _text(literal: str) -> str:
    try:
        return str(ast.literal_eval(literal))
    except (ValueError, SyntaxError):
        return literal


def _run(python: Path, code: str, *arguments: str) -> str | None:
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    try:
        done = subprocess.run(
            [str(python), "-I", "-X", "utf8", "-c", code, *arguments],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            timeout=20,
            check=False,
            env=kept,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
