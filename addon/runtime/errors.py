"""The two ways in which a set-up ends without a runtime."""

from __future__ import annotations


class SetupError(Exception):
    """Something the user can act on: a code for programs, one sentence, and what to do about it."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class SetupCancelled(Exception):
    """The user, or a Blender that has ended, asked to stop. What was downloaded is kept."""
