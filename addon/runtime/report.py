"""The doctor's table as text for a bug report, without private names.

The home folder, the user's name and the computer's name are replaced wherever they stand; all else is as on the screen. Plain
Python, no bpy.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import re
import socket
from collections.abc import Iterable
from pathlib import Path

from .doctor import Check

# Home folders of others, or of this user under another name: the name of the folder is replaced.
_HOMES = re.compile(r"(?i)(?<![\w.])((?:[a-z]:)?[\\/]+(?:home|users|documents and settings)[\\/]+)[^\\/\s\"']+")


def report(checks: Iterable[Check], versions: Iterable[str]) -> str:
    """The text to paste into a bug report.

    Args:
        checks: the doctor's table.
        versions: lines about Blender and the add-on, put first.
    """
    lines = ["Voice to Motion report", *versions, ""]
    for check in checks:
        lines.append(f"{check.status:<8} {check.name}: {check.detail}")
        if check.fix:
            lines.append(f"{'':<8} {check.fix}")
    return without_private("\n".join(lines)) + "\n"


def without_private(text: str) -> str:
    """``text`` with ~ for the home folder, USER and COMPUTER for the names."""
    for home in sorted(_homes(), key=len, reverse=True):
        pattern = re.escape(home).replace(r"\\", r"[\\/]+").replace("/", r"[\\/]+")
        text = re.sub(rf"(?i)(?<![\w~]){pattern}(?=[\\/\s\"':;,.)]|$)", "~", text)
    text = _HOMES.sub(r"\g<1>USER", text)
    for names, word in ((_users(), "USER"), (_hosts(), "COMPUTER")):
        for name in sorted(names, key=len, reverse=True):
            text = re.sub(rf"(?i)(?<![^\W_]){re.escape(name)}(?![^\W_])", word, text)
    return text


def _homes() -> set[str]:
    found = {os.environ.get(name, "") for name in ("HOME", "USERPROFILE")}
    with contextlib.suppress(RuntimeError, OSError):
        found |= {str(Path.home()), str(Path.home().resolve())}
    return {home.rstrip("\\/") for home in found if len(home.rstrip("\\/")) > 1}


def _users() -> set[str]:
    found = {os.environ.get(name, "") for name in ("USER", "USERNAME", "LOGNAME", "SUDO_USER")}
    with contextlib.suppress(Exception):  # it raises whatever the platform's lookup raises
        found.add(getpass.getuser())
    found |= {Path(home).name for home in _homes()}
    return {name for name in found if len(name) > 1}


def _hosts() -> set[str]:
    found = {os.environ.get("COMPUTERNAME", ""), os.environ.get("HOSTNAME", "")}
    with contextlib.suppress(OSError):
        found |= {socket.gethostname(), platform.node()}
    found |= {name.partition(".")[0] for name in found}
    return {name for name in found if len(name) > 1 and name.lower() != "localhost"}
