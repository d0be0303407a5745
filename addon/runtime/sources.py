"""Says in words where pip, as it is configured here, takes packages from.

pip itself is asked, without a network.
"""

from __future__ import annotations

import ast
import os
import subprocess
import urllib.parse
from pathlib import Path

# What would lead an environment's pip and Python elsewhere than into that environment.
MISLEADING = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP")
MISLEADING += ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_REQUIREMENT", "PIP_CONSTRAINT")
INDEX = "Python's package index"
UNKNOWN = "Python's package index, or what pip is configured for"
FOLDER = "a folder of this computer"
# The wheel of pip that a Python brings; Debian keeps it in its package python3-pip-whl, or has none.
_FIND = """
import pathlib, runpy, sys, sysconfig
places = (sysconfig.get_path("stdlib"), "ensurepip/_bundled"), (sys.base_prefix, "share/python-wheels")
wheel = next((str(path) for place in places for path in pathlib.Path(*place).glob("pip-*.whl")), "")
"""
_BECOME_PIP = 'if wheel: sys.path.insert(0, wheel)\nrunpy.run_module("pip", run_name="__main__", alter_sys=True)\n'
# Arguments for a Python that has it list the settings of its pip, for `sources_of`.
SETTINGS_PROGRAM = ["-I", "-X", "utf8", "-c", _FIND + _BECOME_PIP, "--disable-pip-version-check", "config", "list"]
SETTINGS_SECONDS = 20.0  # in which it has to answer


def bundled_pip(python: Path) -> Path | None:
    """Find the wheel of pip that a Python, or the one behind an environment, brings.

    Waits for that Python.
    """
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    command = [str(python), "-I", "-X", "utf8", "-c", _FIND + "print(wheel)"]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
        env=kept,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    said = done.stdout.strip()
    return Path(said) if said else None


def sources_of(settings: list[str]) -> tuple[str, ...]:
    """Turn the lines of `pip config list` into names of servers.

    Only the names: addresses may hold passwords.
    """
    found: dict[str, str] = {}
    for section in ("global", "download", ":env:"):  # the later one counts, as for pip
        for line in settings:
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
