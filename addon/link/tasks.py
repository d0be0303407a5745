"""One request to the backend, its progress and its outcome; `session` sends it. No bpy."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .messages import are_inside

PHASES = {
    "waiting": "Waiting",
    "starting": "Starting the motion backend",
    "reading": "Reading the audio",
    "hearing": "Listening",
    "composing": "Composing the motion",
    "refining": "Refining the motion",
    "decoding": "Building the poses",
    "writing": "Writing the motion",
    "converting": "Converting the motion file",
    "cancelling": "Cancelling",
}
LIGHT = ("record", "devices", "play", "convert")  # need no networks: answered beside a generation, and while the networks load
LAST = ("result", "recorded", "devices", "played", "instructions", "converted")  # events that end a request successfully


@dataclass(frozen=True)
class Outcome:
    """How a request ended.

    Attributes:
        kind: "result", "cancelled" or "error"; message and hint go with an error.
        files, seeds: of a generation, one for each variation; a seed is -1 where it is unknown.
        event: the backend's last event of this request.
    """

    kind: str
    files: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    message: str = ""
    hint: str = ""
    event: dict = field(default_factory=dict)

    @property
    def seed(self) -> int:
        """Of the first variation."""
        return self.seeds[0] if self.seeds else -1


def failed(message: str, hint: str = "", event: dict | None = None) -> Outcome:
    """An outcome of the kind "error", never without a message."""
    message = message or "The motion backend reported an error without saying which."
    return Outcome("error", message=message, hint=hint, event=event or {})


def short_text(event: dict, key: str) -> str:
    """A text of an event, cut to 500 letters; empty where it is no text."""
    value = event.get(key, "")
    return value[:500] if isinstance(value, str) else ""


@dataclass(eq=False)
class Task:
    """A request that is queued or under way.

    Attributes:
        request: fields of the message, "request" among them, without id.
        title: its name in the queue, for example that of the recording.
        on_end: called once, when it has ended.
        on_event: called with every event of this request but the last.
        phase, fraction: what it is doing (a key of PHASES) and how far it is, 0..1.
        heard: the words, as soon as they are known; ``confidence`` in them is 0..1, or None where it is not known.
        words: what becomes of every content word, as soon as that is known; ``reached`` the numbers that were asked for.
        operator: the operator that asked for it, and can ask again.
        outcome: how it ended; None until then.
        character: session uid of the character it is for.
        frame: at which it was asked for.
        follows: the generation for the same character from whose motion this one goes on.
        placed: uid of the clip that came of it.
    """

    request: dict
    title: str = ""
    on_end: Callable[[Task, Outcome], None] | None = None
    on_event: Callable[[dict], None] | None = None
    command: tuple[list[str], Path] = ((), Path())
    id: str = ""
    sent: bool = False
    cancelled_at: float = 0.0
    phase: str = "waiting"
    fraction: float = 0.0
    heard: str = ""
    confidence: float | None = None
    words: list[dict] = field(default_factory=list)
    reached: list[dict] = field(default_factory=list)
    operator: str = ""
    outcome: Outcome | None = None
    character: int = 0
    frame: int = 0
    follows: Task | None = None
    placed: str = ""

    @property
    def light(self) -> bool:
        """Whether the backend answers it without its networks."""
        return self.request["request"] in LIGHT

    @property
    def cancelling(self) -> bool:
        """Whether the user has cancelled it."""
        return self.cancelled_at > 0.0

    def take_event(self, event: dict) -> Outcome | None:
        """Take in an event of this request; returns the outcome if it was the last."""
        kind = event["event"]
        if kind == "cancelled":
            return Outcome("cancelled")
        if kind == "error":
            return failed(short_text(event, "message"), short_text(event, "hint"), event)
        if kind in LAST:
            if self.cancelling:  # it finished before the cancel arrived
                return Outcome("cancelled", event=event)
            results = {"result": self._result, "converted": self._converted}
            return results[kind](event) if kind in results else Outcome("result", event=event)
        if kind == "progress":
            if not self.cancelling and event.get("phase") in PHASES:
                self.phase = event["phase"]
            fraction = event.get("fraction")
            if isinstance(fraction, int | float) and math.isfinite(fraction):
                self.fraction = min(max(float(fraction), 0.0), 1.0)
        elif kind == "heard":
            self.heard, self.confidence = short_text(event, "text"), event.get("confidence")
            self.words = event.get("words", [])
        if self.on_event is not None:
            self.on_event(event)
        return None

    def _converted(self, event: dict) -> Outcome:
        if not are_inside([event["file"]], self.request["out"]):
            return failed("The motion backend answered with a file outside the cache folder.", "Install the extension again.")
        return Outcome("result", (event["file"],), event=event)

    def _result(self, event: dict) -> Outcome:
        files, seeds = event.get("files"), event.get("seeds")
        if not (isinstance(files, list) and files and all(isinstance(file, str) for file in files)):
            return failed("The motion backend answered without a motion file.", "Press Generate again.")
        if not are_inside(files, self.request.get("out", "")):
            return failed("The motion backend answered with a file outside the cache folder.", "Install the extension again.")
        known = isinstance(seeds, list) and len(seeds) == len(files) and all(isinstance(seed, int) for seed in seeds)
        self.heard = short_text(event, "heard") or self.heard
        self.confidence, self.words = event.get("confidence"), event.get("words", [])
        made = seeds if known else []
        self.reached = [
            {**one, "seed": made[one["variation"]]} for one in event.get("reached", ()) if one["variation"] < len(made)
        ]
        return Outcome("result", tuple(files), tuple(seeds) if known else (-1,) * len(files), event=event)
