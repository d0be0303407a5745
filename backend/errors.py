"""The ways in which a request can end without a result.

`UserError` is anything the person at the other end can act on: one sentence and what to do about it. Everything else that
is raised is a bug and is reported as one. This module leaves printing and transport to the command line and the server.
"""

from __future__ import annotations

import copyreg


class UserError(Exception):
    """A failure with a code for programs, one sentence for people, and a hint that says what to do.

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
        """Everything it holds is pickled, of subclasses too, so that a worker's sentence reaches the process that waits for it."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__


class NotUnderstood(UserError):
    """A sound or a text that is no instruction, as far as can be told.

    Args:
        code, message, hint: as of UserError.
        heard: the words all the same.
        confidence: 0..1.
        nearest: instructions it does understand, likeliest first.
    """

    def __init__(self, code: str, message: str, hint: str, heard: str, confidence: float, nearest: tuple[str, ...]) -> None:
        super().__init__(code, message, hint)
        self.heard, self.confidence, self.nearest = heard, confidence, nearest


class Cancelled(Exception):
    """The user asked to stop; nothing has been written."""
