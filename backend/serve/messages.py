"""The messages between Blender and the backend process, one typed structure each.

In ``progress`` the fraction is of the whole request and never falls. Exactly one message with its id ends a request: ``error``,
``cancelled``, or

=============  ====================  =============================================
request        ended by              waits for others
=============  ====================  =============================================
``generate``   ``result``            yes, one after the other
``split``      ``instructions``      yes
``convert``    ``converted``         no, not even for the models
``record``     ``recorded``          no, not even for the models
``play``       ``played``            no
``devices``    ``devices``           no
``status``     ``status``            no
=============  ====================  =============================================

How they travel is `protocol`'s matter; types and sizes are checked there by these structures, ranges of options by `jobs`, because
the command line shares them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from backend.serve.sources import LONGEST_TEXT

MOST_FIXED = 2400  # frames: ten seconds at the highest frame rate
VERSION = 1  # raised when a message changes in a way an older partner would misread

Id = Annotated[str, Meta(min_length=1, max_length=64)]
FilePath = Annotated[str, Meta(min_length=1, max_length=4096, pattern=r"^[^\x00]*$")]  # NUL ends a path in C


class Request(Struct, tag_field="request", tag=str.lower, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the add-on may ask for."""

    id: Id


class Generate(Request):
    """Make motions from the recording ``audio``, or else from ``text``, in the folder ``out``.

    With the motion file ``motion`` and a range, its frames ``first`` to ``last`` are generated anew and all others stay; they count
    from 0, both are included, at the frame rate ``fps``, and ``seconds`` is the range's own. What is generated leads through the
    poses of its frames ``fixed``. With ``motion`` alone the result begins with its last pose. Without ``force``, what is not
    understood is answered with the error ``not_understood``."""

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
    fixed: Annotated[tuple[int, ...], Meta(max_length=MOST_FIXED)] = ()
    force: bool = False
    follow: float = 0.5  # how much the motion follows the manner of a recorded voice, 0..1


class Split(Request):
    """Take the recording ``audio`` of several instructions, with pauses between them, apart."""

    audio: FilePath


class Convert(Request):
    """Write the motion file ``file``, of any known kind, as another in the folder ``out``.

    ``npz`` is our exchange file. ``fps`` is the new file's frame rate; None keeps the old one's."""

    file: FilePath
    out: FilePath
    kind: Literal["npz", "bvh"] = "npz"
    fps: float | None = None


class Cancel(Request):
    """Stop the request whose id is ``target``, queued or running."""

    target: Id


class ListDevices(Request, tag="devices"):
    """Which microphones are there?"""


class Record(Request):
    """Record into the wav file ``file`` until ``stop``, ``silence`` or ``longest``.

    ``silence`` is a pause of so many seconds after speech. ``device`` is a name from ``devices``; empty means the system's own
    choice. ``cancel`` discards what was recorded."""

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
    """How far request ``id`` is.

    Phases are reading, hearing, composing, refining, decoding, writing and converting."""

    id: str
    phase: str
    fraction: float


class ContentWord(Struct, frozen=True):
    """What becomes of a content word: done, nearly, not done, or not known.

    ``by``: what stands for it; ``unsure``: it was heard badly; ``step`` it belongs to, -1 where unknown."""

    text: str
    state: Literal["done", "nearly", "not done", "not known"]
    by: str = ""
    unsure: bool = False
    step: int = -1


class ReachedNumber(Struct, frozen=True):
    """A number that was asked of a step, and what the motion of a variation came to.

    Of turn (degrees), way (metres), footfalls, repetitions or seconds; ``met`` where it is near enough."""

    variation: int
    step: int
    name: str
    asked: float
    got: float
    met: bool


class HeardWords(Event, tag="heard"):
    """The words in the recording, and the confidence, 0..1, that they are an instruction.

    None: the pack cannot tell, or not yet. Sent again with the account of all content words before anything is composed."""

    id: str
    text: str
    confidence: float | None = None
    words: tuple[ContentWord, ...] = ()


class SpokenInstruction(Struct, frozen=True):
    """One of several instructions: when it was said, in seconds, and its words.

    ``confidence``, 0..1, that it is one; None: the pack cannot tell."""

    start: float
    end: float
    heard: str
    confidence: float | None = None


class Instructions(Event):
    """What there is in a recording, in the order it was said; at least one.

    ``note``: a sentence about the recording, for example that it breaks off; empty where there is nothing to say."""

    id: str
    instructions: tuple[SpokenInstruction, ...]
    note: str = ""


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
    """15 times a second while recording: seconds so far, peak and RMS of the last moment (0..1)."""

    id: str
    seconds: float
    peak: float
    rms: float


class Recorded(Event):
    """A recording has been written.

    ``reason`` is stopped, silence, longest or lost (the microphone went away). ``gaps`` counts the moments at which this machine
    was too busy to take in what the microphone gave."""

    id: str
    file: str
    seconds: float
    peak: float
    reason: str
    gaps: int


class Played(Event):
    """The end of the sound, or of patience with it."""

    id: str


class MotionResult(Event, tag="result"):
    """The files of a finished request and where the time went (seconds per stage).

    ``note`` as of `Instructions`; ``words`` is the account of all content words, ``reached`` the numbers that were asked for."""

    id: str
    files: tuple[str, ...]
    heard: str
    seeds: tuple[int, ...]
    frames: tuple[int, ...]
    fps: float
    seconds: dict[str, float]
    confidence: float | None = None
    note: str = ""
    words: tuple[ContentWord, ...] = ()
    reached: tuple[ReachedNumber, ...] = ()


class Converted(Event):
    """A motion file was written; ``notes`` are short sentences about the source."""

    id: str
    file: str
    frames: int
    fps: float
    notes: tuple[str, ...] = ()


class WasCancelled(Event, tag="cancelled"):
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


AnyRequest = Generate | Split | Convert | Cancel | ListDevices | Record | Play | Stop | Status | Shutdown
AnyEvent = (
    Hello | Ready | Progress | HeardWords | Instructions | Devices | Recording | Level | Recorded | Played | MotionResult
    | Converted | WasCancelled | Error | State | Bye
)  # fmt: skip
