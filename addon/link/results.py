"""Where generated motion files go, and when they go again. Plain Python, no bpy.

Each Blender has a folder of its own under ``results`` in the cache, so that two of them never meet, and so that what a killed
backend left half written can be removed safely. What is keyed keeps its motion in the .blend; the files are there for a second
look. Only folders that were made here are ever tidied: the cache folder is the user's choice and may hold their own files.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
from datetime import datetime
from pathlib import Path

KEPT_DAYS = 30.0
KEPT_BYTES = 500 * 2**20  # of all files together; the oldest go first
YOUNG = 3600.0  # seconds in which nothing of another Blender is touched: it may be at work
UNFINISHED = ".unfinished-"  # how the backend calls what it is writing
_own: dict[Path, Path] = {}


def own_folder(cache: Path) -> Path:
    """This Blender's folder for results in a cache folder; made, and the others tidied, when it is first asked for.

    Raises OSError when it cannot be made.
    """
    folder = _own.get(cache)
    if folder is None or not folder.is_dir():
        results = cache / "results"
        results.mkdir(parents=True, exist_ok=True)
        folder = _own[cache] = Path(tempfile.mkdtemp(prefix=f"{datetime.now():%Y%m%d-%H%M%S}-", dir=results))
        threading.Thread(target=tidy, args=(results, folder), name="voice-to-motion-tidy", daemon=True).start()
    return folder


def discard_unfinished(folder: Path) -> None:
    """Remove what a backend that is gone left half written; nobody else may be writing there."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(path, ignore_errors=True)


def tidy(results: Path, own: Path) -> None:
    """Remove old results, the oldest first, until the rest is within `KEPT_DAYS` and `KEPT_BYTES`; ``own`` stays."""
    now = time.time()
    files: list[tuple[float, int, Path]] = []
    for folder in results.iterdir():
        if folder == own or folder.is_symlink() or not folder.is_dir():
            continue
        for path in folder.iterdir():
            with contextlib.suppress(OSError):
                state = path.lstat()
                if path.name.startswith(UNFINISHED) and now - state.st_mtime > YOUNG:
                    shutil.rmtree(path, ignore_errors=True)
                elif path.suffix == ".npz" and now - state.st_mtime > YOUNG:
                    files.append((state.st_mtime, state.st_size, path))
    total = 0
    for changed, size, path in sorted(files, reverse=True):
        total += size
        if total > KEPT_BYTES or now - changed > KEPT_DAYS * 86_400:
            with contextlib.suppress(OSError):
                path.unlink()
    for folder in results.iterdir():
        with contextlib.suppress(OSError):
            if folder != own and now - folder.stat().st_mtime > YOUNG:
                folder.rmdir()  # only where it is empty
