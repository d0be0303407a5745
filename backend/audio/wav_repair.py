"""Gives a wav with a broken header a right one, where its samples can still be found."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO

HEAD = 1 << 16  # bytes in which the chunks are looked for
PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
BITS = (8, 16, 24, 32, 64)


class Spliced(io.RawIOBase):
    """A header, and a file from some place on, as one file that is only read."""

    def __init__(self, header: bytes, stream: BinaryIO, start: int) -> None:
        self._header, self._stream, self._start = header, stream, start
        self._size = len(header) + stream.seek(0, io.SEEK_END) - start
        self._at = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The place that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:
        """Fill as much of a buffer as there is."""
        wanted = len(buffer)
        found = self._header[self._at : self._at + wanted]
        if len(found) < wanted:
            self._stream.seek(self._start + max(0, self._at - len(self._header)))
            found += self._stream.read(wanted - len(found))
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


def repaired(stream: BinaryIO) -> BinaryIO | None:
    """The same sound with a plain header; None where there is none to be found.

    The chunks `fmt ` and `data` are looked for by their names, and everything behind the latter is sound. The number of bits is
    taken from the size of a frame where it is missing, and uncompressed samples are assumed where the coding is not a known one.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    form = head.find(b"fmt ")
    data = head.find(b"data", form + 4)
    if form < 0 or data < 0 or b"WAVE" not in head[:form].upper():
        return None
    coding, channels, rate, _, frame, bits = struct.unpack("<HHIIHH", head[form + 8 : form + 24].ljust(16, b"\0"))
    if bits not in BITS:
        bits = 8 * frame // channels if channels else 0
    if coding not in (0, PCM, FLOAT, EXTENSIBLE) or bits not in BITS or not channels or not 0 < rate < 1 << 22:
        return None
    if coding == EXTENSIBLE and head[form + 32 : form + 34] == struct.pack("<H", FLOAT):
        coding = FLOAT
    frame = channels * bits // 8
    if frame > 0x3FF:
        return None
    plain = struct.pack("<HHIIHH", FLOAT if coding == FLOAT else PCM, channels, rate, min(rate * frame, 0xFFFFFFFF), frame, bits)
    start = data + 8
    size = min(0xFFFFFFFF - 36, stream.seek(0, io.SEEK_END) - start)
    if size < 0:  # it ends within the head of its last chunk
        return None
    header = struct.pack("<4sI8sI16s4sI", b"RIFF", 36 + size, b"WAVEfmt ", 16, plain, b"data", size)
    return io.BufferedReader(Spliced(header, stream, start))
