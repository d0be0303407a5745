"""One set-up at a time in a folder, even from two Blenders.

The system releases the lock when its holder dies.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from .errors import SetupError

if os.name == "nt":
    import msvcrt

    def _take(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def exclusive(path: Path, wait: float = 8.0) -> Iterator[int]:
    """Hold the lock; gives its file descriptor.

    A program started with that descriptor holds the lock too, so that what outlives a killed set-up for a moment is
    waited for and not worked against.

    Args:
        path: lock file; made when missing, and left there.
        wait: seconds to wait for another holder.

    Raises:
        SetupError: somebody else still holds it (code ``busy``).
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        end = time.monotonic() + wait
        while True:
            try:
                _take(descriptor)
                break
            except OSError:
                if time.monotonic() > end:
                    raise SetupError(
                        "busy",
                        "Another Blender is working on the motion backend in this folder.",
                        "Wait until it is done, then press the button again.",
                    ) from None
                time.sleep(0.1)
        yield descriptor
    finally:
        os.close(descriptor)
