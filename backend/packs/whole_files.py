"""Files that are there whole or not at all: written beside their destination, then renamed.

Archives are put together in memory first: one that is closed on a full disk is closed again when Python discards it, with a
traceback on stderr. What is in a file is its caller's matter.
"""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np


def write_whole(path: Path, data: bytes | memoryview) -> None:
    """Write a file, or leave what was there.

    Raises OSError, ENOSPC among others; then nothing of it is left in the folder."""
    handle, temporary = tempfile.mkstemp(prefix=".writing-", suffix=path.suffix, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def npz_bytes(arrays: dict[str, Any]) -> memoryview:
    """A compressed npz archive of arrays by their names."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getbuffer()
