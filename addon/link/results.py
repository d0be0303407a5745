"""The folder for generated motion files, and the removal of old ones.

Each Blender has its own folder under ``results`` in the cache: two of them never meet, and what a killed backend left half
written can be removed safely. Keyed motions are stored in the .blend, so their files are only a second copy. Nothing outside
``results`` is ever removed: the cache folder is the user's choice and may hold their own files. Plain Python, no bpy.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Generator
from datetime import datetime
from pathlib import Path

from .incremental import incremental_work

KEPT_DAYS = 30.0
KEPT_BYTES = 500 * 2**20  # of all files together; the oldest go first
YOUNG = 3600.0  # seconds in which nothing of another Blender is touched: it may be at work
UNFINISHED = ".unfinished-"  # how the backend calls what it is writing
_FILES_A_STEP = 50  # some milliseconds on a slow disk
_own: dict[Path, Path] = {}


def own_folder(cache: Path) -> Path:
    """This Blender's folder for results in a cache folder.

    The first call makes it and adds the removal of old results to `incremental_work`.

    Raises:
        OSError: it cannot be made.
    """
    folder = _own.get(cache)
    if folder is None or not folder.is_dir():
        results = cache / "results"
        results.mkdir(parents=True, exist_ok=True)
        folder = _own[cache] = Path(tempfile.mkdtemp(prefix=f"{datetime.now():%Y%m%d-%H%M%S}-", dir=results))
        incremental_work.add(remove_old(results, folder))
    return folder


def discard_unfinished(folder: Path) -> None:
    """Remove what an ended backend left half written; nobody else may be writing there."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(path, ignore_errors=True)


def remove_old(results: Path, own: Path) -> Generator[None, None, None]:
    """Remove the oldest results, a few files a step, down to `KEPT_DAYS` and `KEPT_BYTES`.

    The folder ``own`` is not touched.
    """
    now = time.time()
    folders = [folder for folder in _entries(results) if folder != own and not folder.is_symlink() and folder.is_dir()]
    files: list[tuple[float, int, Path]] = []
    for folder in folders:
        for number, path in enumerate(_entries(folder)):
            if number % _FILES_A_STEP == 0:
                yield
            with contextlib.suppress(OSError):
                state = path.lstat()
                if path.name.startswith(UNFINISHED) and now - state.st_mtime > YOUNG:
                    shutil.rmtree(path, ignore_errors=True)
                elif path.suffix == ".npz" and now - state.st_mtime > YOUNG:
                    files.append((state.st_mtime, state.st_size, path))
    yield
    total = 0
    for number, (changed, size, path) in enumerate(sorted(files, reverse=True)):
        if number % _FILES_A_STEP == 0:
            yield
        total += size
        if total > KEPT_BYTES or now - changed > KEPT_DAYS * 86_400:
            with contextlib.suppress(OSError):
                path.unlink()
    for folder in folders:
        yield
        with contextlib.suppress(OSError):
            if now - folder.stat().st_mtime > YOUNG:
                folder.rmdir()  # only where it is empty


def _entries(folder: Path) -> list[Path]:
    """What is in a folder; nothing where it is gone."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []
