"""How messages travel to and from Blender: newline-delimited JSON, checked on arrival.

What the messages are is `messages`' matter. There is no input or output here: that is `pipes`'.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import msgspec
from msgspec import Struct

from backend.errors import UserError
from backend.serve.messages import AnyEvent, AnyRequest, Event, Id, Request

MAX_LINE = 1_000_000  # bytes, more than any honest request by far

_requests = msgspec.json.Decoder(AnyRequest)
_events = msgspec.json.Decoder(AnyEvent)


class _Envelope(Struct):
    """As much of a message as is needed to answer one that is otherwise wrong."""

    id: Id = ""
    request: str = ""


class BadRequest(UserError):
    """A line that is no valid request; ``id`` is the request's if it could be read, else empty."""

    def __init__(self, code: str, message: str, hint: str = "", request_id: str = "") -> None:
        super().__init__(code, message, hint)
        self.id = request_id


def parse(line: bytes) -> AnyRequest:
    """Decode one line.

    Raises BadRequest with code ``bad_line``, ``unknown_request`` or ``bad_request``."""
    if len(line) > MAX_LINE:
        raise too_long()
    try:
        return _requests.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise explained(line, error) from None


def explained(line: bytes, error: Exception) -> BadRequest:
    """Why a line was not understood, as an error that can be sent back."""
    try:
        envelope = msgspec.json.decode(line, type=_Envelope)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        envelope = _Envelope()
    if not isinstance(error, msgspec.ValidationError):
        return BadRequest("bad_line", "The line is not valid JSON in UTF-8.", "Send one JSON object per line.", envelope.id)
    known = [kind.__struct_config__.tag for kind in get_args(AnyRequest)]
    if envelope.request not in known and "`$.request`" in str(error):
        return BadRequest(
            "unknown_request", "The backend does not know this request.", f"It knows {', '.join(known)}.", envelope.id
        )
    return BadRequest("bad_request", f"The request is malformed: {str(error)[:300]}.", "", envelope.id)


def too_long() -> BadRequest:
    """The answer to a line beyond `MAX_LINE`."""
    return BadRequest("bad_line", f"The line is longer than {MAX_LINE} bytes.", "Pass files by their paths.")


def parse_event(line: bytes) -> AnyEvent:
    """Decode one event, for clients in Python and for tests. Raises msgspec.MsgspecError."""
    return _events.decode(line)


def encode(message: Event | Request) -> bytes:
    """One message as one line."""
    return msgspec.json.encode(message) + b"\n"


class Lines:
    """Cuts bytes into lines, never holding more than `MAX_LINE` of an unfinished one."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._skipping = False

    def feed(self, data: bytes) -> Iterator[bytes | BadRequest]:
        """Yield each line that ends in ``data``, without its end.

        For a line that is too long, yields one BadRequest."""
        *complete, rest = data.split(b"\n")
        for part in complete:
            if self._skipping:
                self._skipping = False
            elif len(self._held) + len(part) > MAX_LINE:
                yield too_long()
            elif line := bytes(self._held + part).strip():
                yield line
            self._held.clear()
        if not self._skipping:
            self._held += rest
            if len(self._held) > MAX_LINE:
                self._skipping = True
                self._held.clear()
                yield too_long()
