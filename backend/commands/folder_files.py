"""The files of a folder, in a stable order, and what those are that are no recordings.

A folder is listed once, by names alone; nothing is opened for that. What a recording is made into, `batch` says.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from backend.audio.file_kinds import HEAD, kind_of
from backend.errors import UserError, shortened, system_reason
from backend.serve.sources import SUFFIXES


@dataclass
class FolderFiles:
    """What `list_files` found.

    Attributes:
        names: of the files, relative to the folder, with / between their parts.
        hidden: how many files and folders whose name begins with a dot were left out.
        unreadable: folders inside that could not be listed, with the system's reason.
    """

    names: list[str] = field(default_factory=list)
    hidden: int = 0
    unreadable: dict[str, str] = field(default_factory=dict)


def list_files(folder: Path, *, deep: bool = True, leave_out: Path | None = None) -> FolderFiles:
    """The files of a folder and of those below it; take 2 comes before take 10.

    A folder's own files come before its folders'. Folders that links lead to come last, and each folder once, so links in a
    circle end.

    Args:
        deep: take the folders inside, too.
        leave_out: a folder that is not looked into, such as the one for results.

    Raises:
        UserError: ``missing_folder``, ``bad_path``: the folder itself cannot be listed.
    """
    found, seen = FolderFiles(), set()
    if leave_out is not None and leave_out.exists() and not leave_out.samefile(folder):
        seen.add(_identity(leave_out))
    ahead, linked = [""], []
    while ahead or linked:
        inside = ahead.pop() if ahead else linked.pop(0)
        try:
            identity = _identity(folder / inside)
            if identity in seen:
                continue
            seen.add(identity)
            with os.scandir(folder / inside) as entries:
                shown = [entry for entry in entries if not entry.name.startswith(".") or not _count_hidden(found)]
        except OSError as error:
            if not inside:
                raise _cannot_list(folder, error) from None
            found.unreadable[inside] = system_reason(error)
            continue
        shown.sort(key=lambda entry: natural_order(entry.name))
        folders: list[os.DirEntry] = []
        for entry in shown:
            if _is_folder(entry):
                folders.append(entry)
            else:
                found.names.append(f"{inside}{entry.name}")
        if deep:
            ahead += [f"{inside}{entry.name}/" for entry in reversed(folders) if not entry.is_symlink()]
            linked += [f"{inside}{entry.name}/" for entry in folders if entry.is_symlink()]
    return found


def natural_order(name: str) -> str:
    """A key by which take 2 comes before take 10."""
    folded = re.sub(r"0*([0-9]+)", lambda number: f"{len(number[1]):03}{number[1]}", name.casefold())
    return f"{folded}\0{name}"


def what_it_is(path: Path) -> str:
    """What a file is, such as "a picture"; empty where it may be a recording.

    Its contents decide, unless it has the name of a recording: then reading it says what is wrong."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""  # reading it says why not
    if not stat.S_ISREG(mode):
        return "a pipe, a socket or a device"
    if path.suffix.lower() in SUFFIXES:
        return ""
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError:
        return ""
    return kind_of(path.name, head) if head else "empty"


def _count_hidden(found: FolderFiles) -> bool:
    found.hidden += 1
    return True


def _identity(folder: Path) -> tuple[int, int]:
    info = folder.stat()
    return info.st_dev, info.st_ino


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False


def _cannot_list(folder: Path, error: OSError) -> UserError:
    where = shortened(folder)
    if isinstance(error, FileNotFoundError):
        return UserError("missing_folder", f"There is no folder {where}.", "Check the path.")
    if isinstance(error, NotADirectoryError):
        return UserError("missing_folder", f"{where} is no folder.", "Use generate for single recordings.")
    return UserError("bad_path", f"The folder {where} cannot be read ({system_reason(error)}).", "Check its permissions.")
