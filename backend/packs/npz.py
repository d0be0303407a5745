"""Reading untrusted `.npz` files: sizes are checked before memory is taken; no code runs.

An npz is a zip of npy files. `numpy.load` trusts the sizes that both state, and 100 kB can claim terabytes; here the zip's
directory, each entry and each array are bounded first, and arrays of Python objects (pickles) are refused. Add-on and backend
each have a copy of this file, which `tests/test_twins.py` keeps alike. What the arrays mean, `motion.files` says in both.
"""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from collections.abc import Generator
from typing import BinaryIO

import numpy as np

MAX_FILE = 256 * 2**20  # bytes on disk
MAX_DIRECTORY = 64 * 2**10  # bytes of the zip's directory; thirteen arrays need less than one thousand
MAX_ENTRIES = 64
_END = 22  # bytes of the record that ends a zip without comment, as numpy writes it
_LOCATOR = 20  # bytes of what stands before it in a zip64
_PIECE = 1 << 18  # bytes read in one step, some milliseconds where they are compressed
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class NpzError(ValueError):
    """The file cannot be read as the wanted arrays; the text says why in a few words."""


def read_arrays(stream: BinaryIO, wanted: dict[str, tuple[str, int]]) -> dict[str, np.ndarray]:
    """Read some of the arrays of an npz at once; see `read_in_steps`."""
    reading = read_in_steps(stream, wanted)
    while True:
        try:
            next(reading)
        except StopIteration as end:
            return end.value


def read_in_steps(stream: BinaryIO, wanted: dict[str, tuple[str, int]]) -> Generator[None, None, dict[str, np.ndarray]]:
    """Read some of the arrays of an npz, with a pause after each quarter of a megabyte.

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
                        found[name] = yield from read_array(data, name, kinds, most)
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


def read_array(data: BinaryIO, name: str, kinds: str, most: int) -> Generator[None, None, np.ndarray]:
    """One array from the bytes of an npy file, read-only, with the pauses of `read_in_steps`.

    Raises NpzError."""
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
    size = math.prod(shape) * dtype.itemsize
    if size > most or dtype.itemsize > most:
        raise NpzError(f"{name} is too large")
    raw, filled = np.empty(size, np.uint8), 0
    while piece := data.read(min(_PIECE, size - filled + 1)):  # one byte more than there should be; it has the checksum compared
        if filled + len(piece) > size:
            break
        raw[filled : filled + len(piece)] = np.frombuffer(piece, np.uint8)
        filled += len(piece)
        yield
    if filled != size or piece:
        raise NpzError(f"{name} is not as long as it says")
    raw.flags.writeable = False
    flat = np.frombuffer(raw, dtype) if size else np.zeros(math.prod(shape), dtype)
    return flat.reshape(shape, order="F" if in_columns else "C")
