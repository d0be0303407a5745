"""Reads a wheel on a server in pieces, without downloading all of it."""

from __future__ import annotations

import io
import os
import urllib.request

CHUNK = 1 << 17  # bytes fetched at once; the list of files of most wheels fits


class RemoteFile(io.RawIOBase):
    """A file behind an http(s) address that can be read and sought.

    Each read is a request for a range.

    Args:
        url: the address; its server must answer HEAD with a length and take ranges.

    Raises:
        OSError: the server does not answer, or does not do ranges.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=30) as answer:
            self._size = int(answer.headers["Content-Length"])
        self._at = 0
        self._start, self._piece = 0, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence] + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self._size if size < 0 else min(self._at + size, self._size)
        if self._at < self._start or end > self._start + len(self._piece):
            self._fetch(self._at, end)
        data = self._piece[self._at - self._start : end - self._start]
        self._at += len(data)
        return data

    def _fetch(self, start: int, end: int) -> None:
        # A zip is read from its last bytes backwards, so the first read near the end takes the whole end at once.
        tail = max(0, self._size - CHUNK)
        first = tail if start >= tail else start
        last = min(max(end, first + CHUNK), self._size)
        request = urllib.request.Request(self._url, headers={"Range": f"bytes={first}-{last - 1}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            if answer.status != 206:
                raise OSError(f"{self._url}: the server does not send parts of files.")
            self._start, self._piece = first, answer.read()
