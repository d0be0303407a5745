"""Removes a runtime, or moves it to another folder; touches only what a set-up made."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from .errors import SetupCancelled, SetupError
from .exclusive import exclusive
from .folder import RuntimeFolder, folder_size, too_long, write_sentinel
from .programs import Programs
from .setup import Order, self_test

Tell = Callable[[str, float], None]


def remove_runtime(folder: RuntimeFolder, tell: Tell) -> None:
    """Delete everything of ours in the folder, and the folder if nothing else is in it.

    Raises:
        SetupError: something is in use or protected (code ``remove``); the runtime is not used any more all the same.
    """
    if not folder.root.exists():
        return
    with exclusive(folder.lock):
        _delete(folder, tell)
    with contextlib.suppress(OSError):  # not empty: something in there is not ours
        folder.lock.unlink()
        folder.root.rmdir()


def _delete(folder: RuntimeFolder, tell: Tell) -> None:
    for number, part in enumerate(folder.parts):
        tell("removing", number / len(folder.parts))
        try:
            if part.is_dir() and not part.is_symlink():
                shutil.rmtree(part)
            else:
                part.unlink(missing_ok=True)
        except OSError as error:
            name = error.filename or part
            raise SetupError(
                "remove", f"{name} cannot be removed: {error.strerror}.", "Close other programs that use it, then try again."
            ) from None


def move_runtime(order: Order, target: RuntimeFolder, tell: Tell, cancelled: threading.Event) -> dict:
    """Move a finished runtime, test it in its new place, and return its facts.

    The old place is kept until that test.

    Args:
        order: how it was set up, with the folder it is in now.
        target: where it goes; must not hold a runtime.

    Raises:
        SetupError: it cannot be moved; it is then where it was.
        SetupCancelled: the same, asked for.
    """
    source = order.folder
    if target.venv.exists() or target.sentinel.exists():
        raise SetupError("folder", f"There is a runtime in {target.root} already.", "Choose another folder.")
    if too_long(target, order.lock.longest_path):
        raise SetupError("long_path", f"Paths below {target.root} would be too long for Windows.", "Choose a shorter one.")
    try:
        target.root.mkdir(parents=True, exist_ok=True)
        target.temporary.mkdir(exist_ok=True)
    except OSError as error:
        raise SetupError("folder", f"The folder {target.root} cannot be made: {error.strerror}.", "Choose another one.") from None
    with exclusive(source.lock), exclusive(target.lock) as descriptor:
        facts = json.loads(source.sentinel.read_text(encoding="utf-8"))
        size = folder_size(source.venv)
        free = shutil.disk_usage(target.root).free
        if source.root.stat().st_dev != target.root.stat().st_dev and free < size:
            raise SetupError("disk", f"{size / 1e9:.1f} GB are needed in {target.root}, and {free / 1e9:.1f} GB are free.")
        tell("moving", 0.0)
        renamed = False
        try:
            renamed = _carry(source, target, size, tell, cancelled)
            tell("testing", 0.0)
            self_test(replace(order, folder=target), Programs(target.log, cancelled, descriptor, target.temporary))
            write_sentinel(target, facts)
        except BaseException:
            if renamed:
                target.venv.replace(source.venv)
            _delete(target, lambda phase, done: None)
            raise
        shutil.rmtree(target.temporary, ignore_errors=True)
        _delete(source, tell)
    with contextlib.suppress(OSError):
        source.lock.unlink()
        source.root.rmdir()
    return facts


def _carry(source: RuntimeFolder, target: RuntimeFolder, size: int, tell: Tell, cancelled: threading.Event) -> bool:
    """Rename the environment, or copy it to another disk; return whether it was renamed."""
    try:
        source.venv.replace(target.venv)
        return True
    except OSError:
        pass
    copied = 0

    def copy(one: str, other: str) -> str:
        nonlocal copied
        if cancelled.is_set():
            raise SetupCancelled
        done = shutil.copy2(one, other)
        copied += Path(one).stat().st_size
        tell("moving", min(1.0, copied / max(size, 1)))
        return done

    shutil.rmtree(target.partial_venv, ignore_errors=True)
    shutil.copytree(source.venv, target.partial_venv, symlinks=True, copy_function=copy)
    target.partial_venv.replace(target.venv)
    return False
