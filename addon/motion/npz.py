"""Reading the arrays of an `.npz` that nobody vouches for: every size is judged before memory is taken, and nothing can run.

An npz is a zip of npy files. `numpy.load` believes what both say about their sizes, and 100 kB can claim terabytes; here the
zip's directory, each entry and each array are bounded first, and arrays of Python objects (pickles) are not read at all.
Add-on and backend each have a copy of this file, because neither may import the other; a test keeps the two alike. What the
arrays mean is `motion_file`'s matter in the add-on and `motion.files`' in the backend.
"""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from typing import BinaryIO

import numpy as np

MAX_FILE = 256 * 2**20  # bytes on disk
MAX_DIRECTORY = 64 * 2**10  # bytes of the zip's directory; thirteen arrays need less than one thousand
MAX_ENTRIES = 64
_END = 22  # bytes of the record that ends a zip without comment, as numpy writes it
_LOCATOR = 20  # bytes of what stands before it in a zip64
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class NpzError(ValueError):
    """The file cannot be read as arrays of the wanted kinds and sizes. The text says why, in a few words."""


def read_arrays(stream: BinaryIO, wanted: dict[str, tuple[str, int]]) -> dict[str, np.ndarray]:
    """Read some of the arrays of an npz.

    Args:
        stream: the open file, or its bytes in an `io.BytesIO`.
        wanted: name -> (letters of allowed `numpy.dtype.kind`, most bytes the array may have).

    Returns:
        The wanted arrays that are in the file, read-only. Others are not looked at.

    Raises:
        NpzError: no npz, damaged, or an array of another kind or size.
        OSError: the disk does.
    """
    _check_directory(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            if len(entries) > MAX_ENTRIES:
                raise NpzError("it has too many arrays")
            found = {}
            for name, (kinds, most) in wanted.items():
                entry = entries.get(name + ".npy")
                if entry is not None:
                    if entry.compress_type not in _METHODS or entry.flag_bits & 1:
                        raise NpzError("it is packed in a way numpy does not use")
                    with archive.open(entry) as data:
                        found[name] = _read_array(data, name, kinds, most)
            return found
    except NpzError:
        raise
    except (
        zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OverflowError,
    ) as error:  # fmt: skip
        raise NpzError(f"it is damaged ({type(error).__name__})") from error


def _check_directory(stream: BinaryIO) -> None:
    """Refuse zips whose directory would not fit, before `zipfile` makes an object of each entry."""
    size = stream.seek(0, 2)
    if size > MAX_FILE:
        raise NpzError(f"it has more than {MAX_FILE >> 20} MB")
    stream.seek(max(0, size - _END - _LOCATOR))
    tail = stream.read()
    end = tail[-_END:]
    if len(end) < _END or end[:4] != b"PK\5\6" or end[-2:] != b"\0\0":
        raise NpzError("it is no npz, or cut off")
    if tail[:-_END].startswith(b"PK\6\7") or int.from_bytes(end[12:16], "little") > MAX_DIRECTORY:
        raise NpzError("it has too many arrays")
    stream.seek(0)


def _read_array(data: BinaryIO, name: str, kinds: str, most: int) -> np.ndarray:
    try:
        if np.lib.format.read_magic(data) != (1, 0):  # later versions have headers of gigabytes, for tables of many columns
            raise NpzError(f"{name} has a format of another numpy")
        shape, in_columns, dtype = np.lib.format.read_array_header_1_0(data)
    except NpzError:
        raise
    except (
        ValueError, TypeError, KeyError, AttributeError, IndexError, SyntaxError, RecursionError, MemoryError, OverflowError,
        tokenize.TokenError,
    ) as error:  # fmt: skip
        raise NpzError(f"{name} has a damaged header") from error
    if dtype.hasobject or dtype.kind not in kinds or dtype.subdtype or dtype.names:
        raise NpzError(f"{name} is not made of what it should be")
    if len(shape) > 8 or not all(type(size) is int and 0 <= size <= most for size in shape):
        raise NpzError(f"{name} has an impossible shape")
    count = math.prod(shape)
    if count * dtype.itemsize > most or dtype.itemsize > most:
        raise NpzError(f"{name} is too large")
    raw = data.read(count * dtype.itemsize)
    if len(raw) != count * dtype.itemsize or data.read(1):  # the second reading also has the checksum compared
        raise NpzError(f"{name} is not as long as it says")
    flat = np.frombuffer(raw, dtype, count) if raw else np.zeros(count, dtype)
    return flat.reshape(shape, order="F" if in_columns else "C")
