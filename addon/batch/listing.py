"""The files of a folder in a stable order, listed in steps of some milliseconds.

And what those are that are no recordings. The order is that of the backend's `batch`: take 2 before take 10, a folder's own files
before its folders'. Plain Python, no bpy.
"""

from __future__ import annotations

import heapq
import mimetypes
import os
import re
import stat
from collections.abc import Generator
from pathlib import Path

STEP = 1000  # entries of a folder, or lines, for which a step takes at most some milliseconds
_WORDS = {"image": "a picture", "text": "a text", "font": "a font", "model": "a 3D model", "application": "a file of another kind"}
_TYPES = mimetypes.MimeTypes(filenames=())  # Python's own table: what else the system has installed must change nothing


class FolderListing:
    """What is found in a folder, while it is listed and afterwards.

    Attributes:
        names: of the files, relative to the folder, with / between their parts.
        hidden: how many files and folders whose name begins with a dot were left out.
        unreadable: folders inside that could not be listed, with the system's reason.
    """

    def __init__(self, folder: Path, deep: bool) -> None:
        self.names: list[str] = []
        self.hidden = 0
        self.unreadable: dict[str, str] = {}
        self._folder, self._deep = folder, deep

    def steps(self) -> Generator[None, None, None]:
        """List it. Folders that links lead to come last, and each folder once.

        Raises OSError: the folder itself cannot be listed."""
        seen: set[tuple[int, int]] = set()
        ahead, linked = [""], []
        while ahead or linked:
            inside = ahead.pop() if ahead else linked.pop(0)
            try:
                info = (self._folder / inside).stat()
                if (info.st_dev, info.st_ino) in seen:
                    continue
                seen.add((info.st_dev, info.st_ino))
                with os.scandir(self._folder / inside) as entries:
                    files, folders, links = yield from self._split(entries)
            except OSError as error:
                if not inside:
                    raise
                self.unreadable[inside] = error.strerror or str(error)
                continue
            for count, key in enumerate(heapq.merge(*files)):
                self.names.append(inside + key.rpartition("\0")[2])
                if count % STEP == STEP - 1:
                    yield
            if self._deep:
                ahead += [f"{inside}{name}/" for name in sorted(folders, key=natural_order, reverse=True)]
                linked += [f"{inside}{name}/" for name in sorted(links, key=natural_order)]
            yield

    def _split(self, entries: object) -> Generator[None, None, tuple[list[list[str]], list[str], list[str]]]:
        """Sorted runs of the keys of files, the names of folders, and of links to folders."""
        runs, run, folders, links = [], [], [], []
        for entry in entries:
            if entry.name.startswith("."):
                self.hidden += 1
            elif not _is_folder(entry):
                run.append(natural_order(entry.name))
            else:
                (links if entry.is_symlink() else folders).append(entry.name)
            if len(run) >= STEP:
                runs.append(sorted(run))
                run = []
                yield
        return [*runs, sorted(run)], folders, links


def natural_order(name: str) -> str:
    """A key by which take 2 comes before take 10.

    A text, since of 100,000 lists Python's garbage collector would take a tenth of a second. It ends with the name.
    """
    folded = re.sub(r"0*([0-9]+)", lambda number: f"{len(number[1]):03}{number[1]}", name.casefold())
    return f"{folded}\0{name}"


def what_it_is(path: Path, suffixes: tuple[str, ...]) -> tuple[str, str]:
    """What a file is by its ending, and the ending; empty where it may be a recording.

    Args:
        suffixes: endings of recordings.
    """
    suffix = path.suffix.lower()
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return "a pipe, a socket or a device", suffix[1:]
    except OSError:
        return "", ""  # the backend says why it cannot be read
    if suffix in suffixes or not suffix:
        return "", ""
    media, _ = _TYPES.guess_type(f"x{suffix}")
    return _WORDS.get((media or "").split("/")[0], ""), suffix[1:]


def _is_folder(entry: os.DirEntry) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False
