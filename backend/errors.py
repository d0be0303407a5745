"""The ways a request can end without a result, and helpers for the sentences that say so.

`UserError` is anything the user can act on: one sentence and what to do about it. Everything else that is raised is a bug and
reported as one. Printing is the command line's job, sending it the server's.
"""

from __future__ import annotations

import copyreg
import errno
from pathlib import Path

# The disk's doing, whoever chose the folder: full, over quota, a file larger than allowed, or broken.
DISK_ERRORS = frozenset((errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)))


class UserError(Exception):
    """A failure that the user can act on: a code, one sentence and a hint.

    Args:
        code: short stable word, e.g. ``"silent_audio"``.
        message: one sentence saying what is wrong.
        hint: what the user can do about it; may be empty.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def __reduce__(self) -> tuple:
        """Pickle every attribute, of subclasses too: a worker's error reaches its caller whole."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__


class NotUnderstood(UserError):
    """A recording or a text that is probably no instruction.

    Args:
        code, message, hint: as of UserError.
        heard: the words that were heard.
        confidence: 0..1.
        nearest: instructions it does understand, likeliest first.
    """

    def __init__(self, code: str, message: str, hint: str, heard: str, confidence: float, nearest: tuple[str, ...]) -> None:
        super().__init__(code, message, hint)
        self.heard, self.confidence, self.nearest = heard, confidence, nearest


class DiskError(UserError):
    """The disk is full or broken; what was asked for is right."""


class Cancelled(Exception):
    """The user asked to stop; nothing has been written."""


def is_disk_error(error: BaseException) -> bool:
    """Whether an exception says that the disk is full or broken."""
    if not isinstance(error, OSError):
        return False
    # numpy writes arrays in C and passes no number on: "262144 requested and 1023 written"
    return error.errno in DISK_ERRORS or (error.errno is None and "requested and" in str(error))


def cannot_write(folder: Path, error: Exception) -> UserError:
    """The error for a folder that takes no files; a `DiskError` where that is the disk's."""
    found = UserError(
        "cannot_write",
        f"Nothing can be written to the folder {shortened(folder)} ({system_reason(error)}).",
        "Choose another output folder or free some space.",
    )
    return DiskError(found.code, found.message, found.hint) if is_disk_error(error) else found


def shortened(path: Path) -> str:
    """A path fit for one sentence: printable, and only its end where it is very long."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(path))
    return text if len(text) <= 160 else "..." + text[-150:]


def system_reason(error: Exception) -> str:
    """The system's words for a failure, without number and path, such as ``permission denied``."""
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]
