"""The doctor's table as text for a bug report, without what is nobody's business. Plain Python, no bpy.

Left out are the home folder, the user's and the computer's name, wherever they stand; the rest is what was on the screen.
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

# Home folders of others, or of this user under another name: all that follows up to the next separator goes.
_HOMES = re.compile(r"(?i)(?<![\w.])((?:[a-z]:)?[\\/]+(?:home|users|documents and settings)[\\/]+)[^\\/\s\"']+")


def report(checks: Iterable[Check], versions: Iterable[str]) -> str:
    """A text to paste.

    Args:
        checks: the table.
        versions: lines about Blender and add-on, put first.
    """
    lines = ["Voice to Motion report", *versions, ""]
    for check in checks:
        lines.append(f"{check.status:<8} {check.name}: {check.detail}")
        if check.fix:
            lines.append(f"{'':<8} {check.fix}")
    return without_private("\n".join(lines)) + "\n"


def without_private(text: str) -> str:
    """``text`` with the home folder as ~, and user and computer by those words."""
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
    with contextlib.suppress(Exception):  # getpass raises whatever the platform's lookup does
        found.add(getpass.getuser())
    found |= {Path(home).name for home in _homes()}
    return {name for name in found if len(name) > 1}


def _hosts() -> set[str]:
    found = {os.environ.get("COMPUTERNAME", ""), os.environ.get("HOSTNAME", "")}
    with contextlib.suppress(OSError):
        found |= {socket.gethostname(), platform.node()}
    found |= {name.partition(".")[0] for name in found}
    return {name for name in found if len(name) > 1 and name.lower() != "localhost"}
