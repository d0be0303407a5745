"""The microphones, and the recording under way as the panel shows it. Plain Python.

The backend opens the microphone; `operators.record` and `operators.microphones` ask it to.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

from ..link.session import session
from ..link.tasks import Task

PART = ".part"  # what the backend appends to the name of a file that is not finished
QUIETEST = -60.0  # dB at the left end of the meter
FALL = 25.0  # dB per second: how fast the meter falls, slow enough for the eye


class Microphones:
    """The microphones of this machine, as the backend found them.

    Which one is used is saved in the scene.

    Attributes:
        names: in the backend's order.
        asked: whether the backend has answered yet.
    """

    def __init__(self) -> None:
        self.names: list[str] = []
        self.asked = False

    def remember(self, found: object) -> None:
        """Take in the backend's list, ``[{"name": ...}, ...]``, and drop what is no name."""
        self.asked = True
        devices = found if isinstance(found, list) else []
        given = [device.get("name") for device in devices if isinstance(device, dict)]
        self.names[:] = dict.fromkeys(name[:200] for name in given if isinstance(name, str) and name)


class Recorder:
    """One recording at a time.

    Attributes:
        task: the recording; None while nothing is recorded.
        device: the microphone's name, once it is open.
        seconds: length so far.
        level: of the meter, dB; 0 is full scale.
        clipped: whether it was ever too loud.
    """

    def __init__(self) -> None:
        self.task: Task | None = None
        self._begin: Callable[[], None] | None = None
        self._starts_at = self._heard_at = 0.0
        self._reset()

    def _reset(self) -> None:
        self.device, self.seconds, self.level, self.clipped = "", 0.0, QUIETEST, False

    @property
    def active(self) -> bool:
        """Counting down or recording."""
        return self.task is not None and self.task.outcome is None

    @property
    def counting(self) -> float:
        """Seconds left of the countdown; 0 when it is over."""
        return max(0.0, self._starts_at - time.monotonic()) if self._begin is not None else 0.0

    def start(self, task: Task, countdown: float, begin: Callable[[], None]) -> None:
        """Start the countdown of a task; ``begin`` is called at its end."""
        self._reset()
        self.task, self._begin = task, begin
        task.on_event = self.handle_event
        self._starts_at = time.monotonic() + countdown
        self.step()

    def step(self) -> None:
        """Begin when the countdown is over."""
        if self._begin is not None and self.active and not self.counting:
            begin, self._begin = self._begin, None
            begin()

    def stop(self) -> None:
        """Stop and keep the recording; during the countdown, discard it."""
        if self._begin is not None or not self.task.sent:
            self.discard()
        else:
            session.send_untracked("stop", target=self.task.id)

    def discard(self) -> None:
        """Stop and discard the recording."""
        if self._begin is not None:
            self._begin, self.task = None, None
        elif self.active:
            session.cancel(self.task)

    def handle_event(self, event: dict) -> None:
        """Take in an event of the backend: the microphone is open, or a level."""
        now = time.monotonic()
        if event["event"] == "recording":
            self.device, self._heard_at = str(event.get("device", ""))[:80], now
        elif event["event"] == "level":
            peak, seconds = event.get("peak"), event.get("seconds")
            if not all(isinstance(value, int | float) and math.isfinite(value) for value in (peak, seconds)):
                return
            loud = max(QUIETEST, 20.0 * math.log10(max(float(peak), 1e-6)))
            self.level = max(loud, self.level - FALL * (now - self._heard_at))
            self.clipped = self.clipped or peak >= 0.999
            self.seconds, self._heard_at = float(seconds), now

    # --- for the panel

    @property
    def meter(self) -> float:
        """Filled share of the meter, 0..1."""
        return min(max(1.0 - self.level / QUIETEST, 0.0), 1.0)

    @property
    def progress_text(self) -> str:
        """The text on the meter."""
        if self.counting:
            return f"{math.ceil(self.counting)}"
        return f"{self.seconds:.1f} s   {self.level:.0f} dB" if self.device else "Opening the microphone..."

    @property
    def advice(self) -> str:
        """The line below the meter: advice to the speaker."""
        if self.counting:
            return "Get ready"
        if self.clipped:
            return "Too loud: move away or turn it down"
        if self.seconds > 2.0 and self.level < -45.0:
            return "Very quiet: is it the right microphone?"
        return "Speak now" if self.device else ""


def partial_recording(path: Path) -> Path | None:
    """What a dead backend left of a recording, renamed to its final name; None for nothing."""
    part = path.with_name(path.name + PART)
    try:
        if part.stat().st_size < 8_000:  # less than a tenth of a second at any usual rate
            return None
        part.replace(path)
    except OSError:
        return None
    return path


microphones = Microphones()
recorder = Recorder()
