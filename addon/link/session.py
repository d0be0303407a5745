"""The session: one backend and the requests under way.

Operators `add` tasks, `link.timer` calls `step` ten times a second, panels read the public attributes. Generations wait for each
other here and not in the backend: a backend that dies takes one request with it, and the next request starts another. Nothing
here touches a scene; what a result does is its task's ``on_end``. Plain Python, no bpy.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable
from pathlib import Path

from .client import BackendClient, BackendGoneError
from .refusals import Refusal, refusal_of
from .results import discard_unfinished
from .tasks import Outcome, Task, failed, short_text

PROTOCOL = 1
START_SECONDS = 60.0  # a cold disk and an old machine included; the backend greets before it imports torch
CANCEL_SECONDS = 5.0  # after which a backend that has not cancelled is ended by force
MAX_WAITING = 32  # generations


class Session:
    """At most one backend and one generation at a time; recording and playing go on beside it.

    Attributes:
        tasks: requests that have not ended, oldest first.
        heard: the words of the current or last generation; ``confidence`` in them is 0..1, or None where it is not known.
        message, hint: the last error, shown until cleared.
        refusal: set where that error is a request the backend did not understand.
        note: what the last successful generation did, in one sentence.
        log_folder: gives the folder for the backend's logs, or None to keep none.
    """

    def __init__(self) -> None:
        self.client: BackendClient | None = None
        self.tasks: list[Task] = []
        self.heard, self.message, self.hint, self.note = "", "", "", ""
        self.confidence: float | None = None
        self.refusal: Refusal | None = None
        self._ids = itertools.count(1)
        self._ready = self._greeted = False
        self._started = 0.0
        self._folders: set[Path] = set()  # where the running backend writes
        self.log_folder: Callable[[], Path | None] = lambda: None

    # --- what panels ask

    @property
    def running(self) -> Task | None:
        """The generation under way or next in turn."""
        return next((task for task in self.tasks if not task.light), None)

    @property
    def waiting(self) -> list[Task]:
        """The generations after the running one."""
        return [task for task in self.tasks if not task.light][1:]

    @property
    def busy(self) -> bool:
        """A generation is under way."""
        return self.running is not None

    @property
    def cancelling(self) -> bool:
        """The generation under way has been cancelled and has not ended yet."""
        return self.busy and self.running.cancelling

    @property
    def phase(self) -> str:
        """What the running generation does: a key of `tasks.PHASES`, or empty."""
        return self.running.phase if self.busy else ""

    @property
    def fraction(self) -> float:
        """How far it is, 0..1."""
        return self.running.fraction if self.busy else 0.0

    def under_way(self, request: str) -> Task | None:
        """The first task of a kind, for example "record"."""
        return next((task for task in self.tasks if task.request["request"] == request), None)

    # --- what operators do

    def add(self, task: Task, command: list[str], folder: Path) -> None:
        """Put a task in the queue and start the backend where none is running.

        An idle backend that has died, or was started by another ``command``, is replaced.

        Args:
            task: not yet ended, not yet added.
            command, folder: from `configuration.backend_command`.

        Raises:
            BackendGoneError: the backend cannot be started; the task is not queued then.
        """
        self.clear_message()
        if self.client is not None and not self.tasks and (not self.client.alive or self.client.command != command):
            self._stop(wait=0.0)
        if self.client is None:
            self._start(command, folder)
        task.id, task.command = str(next(self._ids)), (command, folder)
        self.tasks.append(task)
        if task is self.running:
            task.phase, self.heard, self.note = "starting", "", ""

    def step(self) -> list[Task]:
        """Take in the events since the last call and send the next request; never waits.

        Returns:
            The tasks that have ended, with their ``outcome`` set and their ``on_end`` called.
        """
        ended: list[Task] = []
        if self.tasks and self.client is None:  # the last backend died before these were sent
            try:
                self._start(*self.tasks[0].command)
            except BackendGoneError as error:
                ended += self._end_tasks(self.tasks, failed(str(error), "Check its Python in the add-on's preferences."))
        if self.client is not None:
            for event in self.client.poll():
                ended += self._take_event(event)
            ended += self._end_late_tasks(time.monotonic())
        self._send_what_is_next()
        for task in ended:
            if task.on_end is not None:
                task.on_end(task, task.outcome)
        return ended

    def cancel(self, task: Task | None = None) -> None:
        """Ask for the end of a task, or of the running generation; `step` ends it."""
        task = task or self.running
        if task is None or task.cancelling or task.outcome is not None:
            return
        task.cancelled_at, task.phase = time.monotonic(), "cancelling"
        if task.sent:
            self._send({"request": "cancel", "target": task.id})

    def send_untracked(self, request: str, **fields: object) -> None:
        """Send a request that is no task: its answer is the end of another task."""
        self._send({"request": request, **fields})

    def clear_message(self) -> None:
        """Forget the last error."""
        self.message, self.hint, self.refusal = "", "", None

    def fail(self, message: str, hint: str = "") -> None:
        """Remember an error for the panel to show."""
        self.message, self.hint, self.refusal = message, hint, None

    def shutdown(self, wait: float = 1.0) -> None:
        """End the backend and forget every task. Safe to call at any time, also at exit."""
        for task in self.tasks:
            task.outcome = Outcome("cancelled")
        self.tasks.clear()
        self._stop(wait)

    # --- the process

    def _start(self, command: list[str], folder: Path) -> None:
        self._ready = self._greeted = False
        self._started = time.monotonic()
        self.client = BackendClient(command, folder, self.log_folder())

    def _stop(self, wait: float) -> None:
        client, self.client = self.client, None
        self._ready = self._greeted = False
        if client is not None:
            client.stop(wait)
            while self._folders:  # now that nobody writes there
                discard_unfinished(self._folders.pop())

    def _send(self, message: dict) -> None:
        # Where nobody reads it, the next poll has the "exited" event with the reason.
        with contextlib.suppress(BackendGoneError):
            if self.client is not None:
                self.client.send({"id": str(next(self._ids)), **message})

    def _send_what_is_next(self) -> None:
        for task in self.tasks:
            if task.sent or task.cancelling or not (self._greeted if task.light else self._ready and task is self.running):
                continue
            task.sent = True
            if "out" in task.request:
                self._folders.add(Path(task.request["out"]))
            if not task.light:
                self.heard, self.note, task.phase = "", "", "reading"
            self._send({"id": task.id, **task.request})
        if self.busy and self.running.phase == "waiting":
            self.running.phase = "starting"  # first in the queue now, and the networks are not loaded yet

    def _end_late_tasks(self, now: float) -> list[Task]:
        ended = self._end_tasks([task for task in self.tasks if task.cancelling and not task.sent], Outcome("cancelled"))
        late = [task for task in self.tasks if task.cancelling and now - task.cancelled_at > CANCEL_SECONDS]
        if late:
            self._stop(wait=0.0)
            ended += self._end_tasks(late, Outcome("cancelled"))
            lost = failed("The motion backend did not stop and was ended.", "Try again.")
            ended += self._end_tasks([task for task in self.tasks if task.sent], lost)
        elif self.tasks and not self._greeted and now - self._started > START_SECONDS:
            self._stop(wait=0.0)
            hint = "Check its Python in the add-on's preferences."
            ended += self._end_tasks(self.tasks, failed("The motion backend does not answer.", hint))
        return ended

    # --- events

    def _take_event(self, event: dict) -> list[Task]:
        kind = event["event"]
        if kind == "hello":
            self._greeted = True
            if event.get("protocol") != PROTOCOL:
                self._stop(wait=0.0)
                message = f"The backend speaks protocol {event.get('protocol')}, this add-on protocol {PROTOCOL}."
                return self._end_tasks(self.tasks, failed(message, "Install add-on and backend of the same version."))
        elif kind == "ready":
            self._greeted = self._ready = True
        elif kind == "exited":
            return self._backend_exited(event)
        elif kind == "error" and event.get("id") in ("", None) and not self._ready:
            # It could not load its networks. Requests that need none may go on until it exits.
            heavy = [task for task in self.tasks if not task.light]
            return self._end_tasks(heavy, failed(short_text(event, "message"), short_text(event, "hint")))
        for task in self.tasks:
            if task.sent and task.id == event.get("id"):
                outcome = task.take_event(event)
                if task is self.running and task.heard:
                    self.heard, self.confidence = task.heard, task.confidence
                return self._end_tasks([task], outcome) if outcome else []
        return []

    def _backend_exited(self, event: dict) -> list[Task]:
        was_ready = self._ready
        self._stop(wait=0.0)
        ended = self._end_tasks([task for task in self.tasks if task.cancelling], Outcome("cancelled"))
        code = event["returncode"]
        how = f"was killed (signal {-code})" if code < 0 else f"stopped unexpectedly (exit code {code})"
        last = next((line.strip() for line in reversed(event["log"]) if line.strip()), "")
        again = "Press Generate to start it again."
        hint = f"Press Generate to start it again. Its last words: {last[:200]}" if last else again
        # A backend that never got ready would fail the waiting tasks, too.
        lost = [task for task in self.tasks if task.sent or not was_ready]
        return ended + self._end_tasks(lost, failed(f"The motion backend {how}.", hint))

    def _end_tasks(self, tasks: list[Task], outcome: Outcome) -> list[Task]:
        tasks = list(tasks)
        for task in tasks:
            task.outcome = outcome
            self.tasks.remove(task)
        if tasks and outcome.kind == "error":
            self.fail(outcome.message, outcome.hint)
            self.refusal = refusal_of(tasks[-1], outcome)
        return tasks


session = Session()
