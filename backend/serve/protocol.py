"""The messages between Blender and the backend process: newline-delimited JSON, one typed structure per message.

Everything that arrives is checked here for type and size before anything acts on it; ranges of options are `jobs`'
matter, because the command line shares them. There is no input or output here: pipes and queue are `server`'s.

In ``progress`` the fraction is of the whole request and never falls. After a ``generate`` exactly one of ``result``,
``cancelled`` and ``error`` with its id follows; after a ``record`` it is ``recorded`` instead of ``result``, after ``play``
``played``, after ``devices`` ``devices``: these three are answered beside a generation, and before the models are loaded. After a
``split``, which waits its turn as a generation does, it is ``instructions``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, get_args

import msgspec
from msgspec import Meta, Struct

from backend.errors import UserError
from backend.serve.instructions import LONGEST_TEXT

VERSION = 1  # raised when a message changes in a way an older partner would misread
MAX_LINE = 1_000_000  # bytes, more than any honest request by far

Id = Annotated[str, Meta(min_length=1, max_length=64)]
FilePath = Annotated[str, Meta(min_length=1, max_length=4096, pattern=r"^[^\x00]*$")]  # NUL ends a path in C


class Request(Struct, tag_field="request", tag=str.lower, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the add-on may ask for."""

    id: Id


class Generate(Request):
    """Make motions from the recording ``audio``, or where there is none from ``text``, and write them into the folder ``out``.

    With the motion file ``motion`` and a range, the frames ``first`` to ``last`` of it are made anew and all others stay; they
    count from 0, both are included, at the frame rate ``fps``, and ``seconds`` is the range's own. With ``motion`` alone the
    result begins with its last pose. What is no instruction is answered with the error ``not_understood``, unless ``force``.
    """

    out: FilePath
    audio: FilePath | None = None
    part: tuple[float, float] | None = None  # seconds: only what is said there, as `instructions` has it
    text: Annotated[str, Meta(max_length=LONGEST_TEXT)] | None = None
    seed: int | None = None
    seconds: float | None = None
    variations: int = 1
    guidance: float | None = None
    fps: float = 30.0  # the scene's fps / fps_base
    motion: FilePath | None = None
    first: int | None = None
    last: int | None = None
    force: bool = False


class Split(Request):
    """Take the recording ``audio`` of several instructions, with pauses between them, apart."""

    audio: FilePath


class Cancel(Request):
    """Stop the generate or split request whose id is ``target``, queued or running."""

    target: Id


class ListDevices(Request, tag="devices"):
    """Which microphones are there?"""


class Record(Request):
    """Record into the wav file ``file`` until ``stop``, a pause of ``silence`` seconds after speech, or ``longest`` seconds.

    ``device`` is a name from ``devices``; empty means the system's own choice. ``cancel`` discards what was recorded.
    """

    file: FilePath
    device: Annotated[str, Meta(max_length=256)] = ""
    silence: Annotated[float, Meta(ge=0.2, le=60.0)] | None = None
    longest: Annotated[float, Meta(ge=0.5, le=60.0)] = 60.0


class Play(Request):
    """Play a sound file on the system's default output; ``stop`` or ``cancel`` ends it."""

    file: FilePath


class Stop(Request):
    """End the recording or playing whose id is ``target``, and keep what was recorded."""

    target: Id


class Status(Request):
    """What are you doing?"""


class Shutdown(Request):
    """End after cancelling everything; closing stdin does the same."""


class Event(Struct, tag_field="event", tag=str.lower, frozen=True, kw_only=True):
    """What the backend may say."""


class Hello(Event):
    """First message, before anything heavy is imported."""

    version: str
    pid: int
    protocol: int = VERSION


class PackInfo(Struct, frozen=True):
    """A pack of weights as the panel shows it."""

    name: str
    licence: str
    vocabulary: tuple[str, ...]


class Ready(Event):
    """The models are loaded and warm."""

    device: str
    packs: tuple[PackInfo, ...]


class Progress(Event):
    """How far request ``id`` is: reading, hearing, composing, refining, decoding or writing."""

    id: str
    phase: str
    fraction: float


class Heard(Event):
    """The words in the recording, and how sure it is that they are an instruction (0..1; None: it cannot tell, or not yet)."""

    id: str
    text: str
    confidence: float | None = None


class Instruction(Struct, frozen=True):
    """One of several: when it was said, in seconds, its words, and how sure they are an instruction; None: cannot be told."""

    start: float
    end: float
    heard: str
    confidence: float | None = None


class Instructions(Event):
    """What there is in a recording, in the order it was said; at least one."""

    id: str
    instructions: tuple[Instruction, ...]


class Device(Struct, frozen=True):
    """A microphone."""

    name: str
    channels: int
    rate: int
    default: bool


class Devices(Event):
    """The microphones; may be none."""

    id: str
    devices: tuple[Device, ...]


class Recording(Event):
    """The microphone is open and what is said from now on is kept."""

    id: str
    device: str
    rate: int


class Level(Event):
    """About fifteen times a second while recording: seconds so far, peak and RMS of the last moment (0..1)."""

    id: str
    seconds: float
    peak: float
    rms: float


class Recorded(Event):
    """A recording has been written. ``reason`` is stopped, silence, longest or lost (the microphone went away).

    ``gaps`` counts the moments at which this machine was too busy to take in what the microphone gave.
    """

    id: str
    file: str
    seconds: float
    peak: float
    reason: str
    gaps: int


class Played(Event):
    """The end of the sound, or of patience with it."""

    id: str


class Result(Event):
    """The files of a finished request and where the time went (seconds per stage)."""

    id: str
    files: tuple[str, ...]
    heard: str
    seeds: tuple[int, ...]
    frames: tuple[int, ...]
    fps: float
    seconds: dict[str, float]
    confidence: float | None = None


class Cancelled(Event):
    """The request was stopped; nothing was written."""

    id: str


class Error(Event):
    """One sentence and what to do; ``id`` is empty when no request can be named.

    With ``not_understood`` come the nearest instructions that it does understand, likeliest first.
    """

    id: str
    code: str
    message: str
    hint: str = ""
    nearest: tuple[str, ...] = ()


class State(Event, tag="status"):
    """Answer to ``status``: state is loading, ready or busy."""

    id: str
    state: str
    running: str | None
    queued: tuple[str, ...]
    device: str


class Bye(Event):
    """Last message."""


AnyRequest = Generate | Split | Cancel | ListDevices | Record | Play | Stop | Status | Shutdown
AnyEvent = (
    Hello | Ready | Progress | Heard | Instructions | Devices | Recording | Level | Recorded | Played | Result | Cancelled | Error
    | State | Bye
)  # fmt: skip

_requests = msgspec.json.Decoder(AnyRequest)
_events = msgspec.json.Decoder(AnyEvent)


class _Envelope(Struct):
    """As much of a message as is needed to answer one that is otherwise wrong."""

    id: Id = ""
    request: str = ""


class BadRequest(UserError):
    """A line that is no valid request; ``id`` is the request's where it could be read, else empty."""

    def __init__(self, code: str, message: str, hint: str = "", request_id: str = "") -> None:
        super().__init__(code, message, hint)
        self.id = request_id


def parse(line: bytes) -> AnyRequest:
    """Decode one line. Raises BadRequest with code ``bad_line``, ``unknown_request`` or ``bad_request``."""
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
    """Cuts a stream of bytes into lines, never holding more than `MAX_LINE` of an unfinished one."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._skipping = False

    def feed(self, data: bytes) -> Iterator[bytes | BadRequest]:
        """Yield each line that ends in ``data``, without its end, and one BadRequest for each line that is too long."""
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
