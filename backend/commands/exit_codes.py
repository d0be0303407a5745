"""The exit codes of `python -m backend`, all of them and for all commands.

====  ===========================================================================================
code  meaning
====  ===========================================================================================
0     everything that was asked for was done
1     something failed here: the disk is full, weights or packages are missing, no memory, a bug;
      `evaluate` and `doctor`: a bar or a check does not hold
2     what was given cannot be used: an option, a folder, or a recording among others that were done
130   stopped by Ctrl-C or SIGTERM
====  ===========================================================================================

Where several things went wrong in one run, 1 wins over 2.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from pathlib import Path

from backend.errors import DiskError, UserError, cannot_write, is_disk_error, shortened, system_reason

OK, FAILED, BAD_INPUT, STOPPED = 0, 1, 2, 130
OUR_FAULT = frozenset(  # nothing is wrong with what the user gave
    ("missing_pack", "damaged_pack", "bad_weights", "missing_package", "out_of_memory", "internal")
)
# A path that was given does not take files, or does not let itself be read.
_PATH_ERRORS = frozenset(
    (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP)
)


def is_our_fault(error: UserError) -> bool:
    """Whether nothing is wrong with what the user gave."""
    return isinstance(error, DiskError) or error.code in OUR_FAULT


def code_of(errors: Iterable[UserError]) -> int:
    """The exit code of a run that had these errors."""
    found = list(errors)
    return FAILED if any(map(is_our_fault, found)) else BAD_INPUT if found else OK


def path_error(error: OSError) -> UserError | None:
    """A failure of the file system as a sentence; None where it is more likely a bug."""
    if is_disk_error(error):
        if error.filename is None:
            return DiskError("cannot_write", f"Nothing more can be written ({system_reason(error)}).", "Free some space.")
        return cannot_write(Path(error.filename).parent, error)
    if error.errno in _PATH_ERRORS and error.filename is not None:
        path = shortened(Path(error.filename))
        return UserError("bad_path", f"{path} cannot be used ({system_reason(error)}).", "Check the path and its permissions.")
    return None
