"""What the add-on knows about the backend and the generation under way. Plain Python, no bpy: tested without Blender.

`operators.generate` calls `begin` once and `step` ten times a second; panels read the public attributes. Nothing here
touches a scene: a finished job is handed out as an `Outcome`, and applying it is `operators.apply_motion`'s job.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from dataclasses import dataclass
from pathlib import Path

from .backend_client import BackendClient, BackendGoneError

PROTOCOL = 1
START_SECONDS = 60.0  # a cold disk and an old machine included; the backend greets before it imports torch
CANCEL_SECONDS = 5.0  # a backend that has not stopped by then is ended by force

PHASES = {
    "starting": "Starting the motion backend",
    "reading": "Reading the audio",
    "hearing": "Listening",
    "composing": "Composing the motion",
    "refining": "Refining the motion",
    "decoding": "Building the poses",
    "writing": "Writing the motion",
    "cancelling": "Cancelling",
}


@dataclass(frozen=True)
class Outcome:
    """How a generation ended. ``kind`` is "result", "cancelled" or "error"; message and hint go with an error."""

    kind: str
    files: tuple[str, ...] = ()
    seed: int = -1
    message: str = ""
    hint: str = ""


class Session:
    """One backend at most, one generation at a time.

    Attributes:
        busy: a generation is under way.
        phase, fraction: what it is doing (a key of PHASES) and how far it is, 0..1.
        heard: the words of the current or last generation.
        message, hint: the last thing that went wrong; shown until cleared.
        note: what the last successful generation did, in one sentence.
    """

    def __init__(self) -> None:
        self.client: BackendClient | None = None
        self.busy = False
        self.cancelling = False
        self.phase, self.fraction, self.heard = "", 0.0, ""
        self.message, self.hint, self.note = "", "", ""
        self._ids = itertools.count(1)
        self._request: dict = {}
        self._sent = False
        self._ready = self._greeted = False
        self._started = self._cancelled_at = 0.0

    def begin(self, command: list[str], folder: Path, request: dict) -> None:
        """Start a generation; starts the backend, or another one if it has died or ``command`` has changed.

        Args:
            command, folder: from `backend_location.command`.
            request: the fields of a generate request, without id.

        Raises:
            BackendGoneError: the backend's program cannot be started.
            RuntimeError: a generation is already under way.
        """
        if self.busy:
            raise RuntimeError("a generation is already under way")
        self.clear_message()
        self.heard, self.note = "", ""
        if self.client is not None and (not self.client.alive or self.client.command != command):
            self.shutdown(wait=0.0)
        if self.client is None:
            self._ready = self._greeted = False
            self._started = time.monotonic()
            self.client = BackendClient(command, folder)
        self._request = {"id": str(next(self._ids)), "request": "generate", **request}
        self._sent = self.cancelling = False
        self.busy, self.phase, self.fraction = True, "starting", 0.0

    def step(self) -> Outcome | None:
        """Take in what the backend said since the last call; an Outcome when the generation has ended. Never waits."""
        if not self.busy:
            return None
        if self.client is None:  # shut down under our feet, e.g. the extension was disabled
            return self._end(Outcome("cancelled"))
        for event in self.client.poll():
            outcome = self._take(event)
            if outcome is not None:
                return self._end(outcome)
        now = time.monotonic()
        if self.cancelling and (not self._sent or now - self._cancelled_at > CANCEL_SECONDS):
            if self._sent:
                self.shutdown(wait=0.0)
            return self._end(Outcome("cancelled"))
        if not self._greeted and now - self._started > START_SECONDS:
            self.shutdown(wait=0.0)
            return self._end(_error("The motion backend does not answer.", "Check its Python in the add-on's preferences."))
        if self._ready and not self._sent and not self.cancelling:
            self._sent = True
            self._send(self._request)
        return None

    def cancel(self) -> None:
        """Ask for the end of the generation under way; `step` reports when it has ended."""
        if not self.busy or self.cancelling:
            return
        self.cancelling, self._cancelled_at, self.phase = True, time.monotonic(), "cancelling"
        if self._sent:
            self._send({"id": str(next(self._ids)), "request": "cancel", "target": self._request["id"]})

    def clear_message(self) -> None:
        """Forget the last thing that went wrong."""
        self.message, self.hint = "", ""

    def fail(self, message: str, hint: str = "") -> None:
        """Remember something that went wrong outside the backend, so that the panel shows it."""
        self.message, self.hint = message, hint

    def shutdown(self, wait: float = 1.0) -> None:
        """End the backend, if one runs. Safe to call at any time, also at exit."""
        client, self.client = self.client, None
        self._ready = self._greeted = False
        if client is not None:
            client.stop(wait)

    def _send(self, message: dict) -> None:
        # When nobody reads it, the "exited" event of the next poll says so, with the reason.
        with contextlib.suppress(BackendGoneError):
            self.client.send(message)

    def _end(self, outcome: Outcome) -> Outcome:
        self.busy = self.cancelling = False
        self.phase, self.fraction = "", 0.0
        if outcome.kind == "error":
            self.fail(outcome.message, outcome.hint)
        return outcome

    def _take(self, event: dict) -> Outcome | None:
        kind = event["event"]
        if kind == "hello":
            self._greeted = True
            if event.get("protocol") != PROTOCOL:
                self.shutdown(wait=0.0)
                return _error(
                    f"The backend speaks protocol {event.get('protocol')}, this add-on protocol {PROTOCOL}.",
                    "Install add-on and backend of the same version.",
                )
        elif kind == "ready":
            self._greeted = self._ready = True
        elif kind == "exited":
            return self._died(event)
        elif kind == "error" and event.get("id") in ("", None) and not self._ready:
            return _error(_text(event, "message"), _text(event, "hint"))  # it could not get ready, e.g. no weights
        elif event.get("id") == self._request.get("id") and self._sent:
            return self._take_own(event)
        return None

    def _take_own(self, event: dict) -> Outcome | None:
        kind = event["event"]
        if kind == "progress":
            if not self.cancelling and event.get("phase") in PHASES:
                self.phase = event["phase"]
            fraction = event.get("fraction")
            if isinstance(fraction, int | float):
                self.fraction = min(max(float(fraction), 0.0), 1.0)
        elif kind == "heard":
            self.heard = _text(event, "text")
        elif kind == "cancelled":
            return Outcome("cancelled")
        elif kind == "error":
            return _error(_text(event, "message"), _text(event, "hint"))
        elif kind == "result":
            return self._result(event)
        return None

    def _result(self, event: dict) -> Outcome:
        if self.cancelling:  # it was finished before the cancel arrived; the user said stop
            return Outcome("cancelled")
        files, seeds = event.get("files"), event.get("seeds")
        if not (isinstance(files, list) and files and all(isinstance(file, str) for file in files)):
            return _error("The motion backend answered without a motion file.", "Press Generate again.")
        self.heard = _text(event, "heard") or self.heard
        seed = seeds[0] if isinstance(seeds, list) and seeds and isinstance(seeds[0], int) else -1
        return Outcome("result", tuple(files), seed)

    def _died(self, event: dict) -> Outcome:
        self.shutdown(wait=0.0)
        if self.cancelling:
            return Outcome("cancelled")
        code = event["returncode"]
        how = f"was killed (signal {-code})" if code < 0 else f"stopped unexpectedly (exit code {code})"
        last = next((line.strip() for line in reversed(event["log"]) if line.strip()), "")
        hint = "Press Generate to start it again." + (f" Its last words: {last[:200]}" if last else "")
        return _error(f"The motion backend {how}.", hint)


def _error(message: str, hint: str = "") -> Outcome:
    return Outcome("error", message=message or "The motion backend reported an error without saying which.", hint=hint)


def _text(event: dict, key: str) -> str:
    value = event.get(key, "")
    return value[:500] if isinstance(value, str) else ""


session = Session()
