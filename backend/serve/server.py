"""The process Blender talks to: one request after the other, cancel at any time, progress on the way, a clean end.

The main thread loads the models and works; a reader thread takes messages, so that cancel and status are answered while
the networks run. Microphone and loudspeaker are `recording`'s, message formats `protocol`'s, the work itself `jobs`'; this
file owns the queue and the order of events.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from backend.errors import Cancelled, NotUnderstood, UserError
from backend.packs.pack import list_packs
from backend.serve import jobs, outputs, protocol
from backend.serve.instructions import Spoken, Typed
from backend.serve.loading import device_of
from backend.serve.pipes import Pipes
from backend.serve.recording import SoundDesk
from backend.version import version

if TYPE_CHECKING:
    from backend.serve.jobs import Generator

MAX_QUEUE = 64  # requests waiting
GRACE = 3.0  # seconds a running request has to notice that it is over
# Seconds between two looks up while there is nothing to do. A signal that comes just before the main thread goes to sleep does not
# wake it, and Python heeds it only when that thread is awake.
HEED = 0.5


@dataclass(eq=False)
class Job:
    """A generate or split request and whether it has been cancelled."""

    request: protocol.Generate | protocol.Split
    cancel: threading.Event = field(default_factory=threading.Event)


class Server:
    """Queue, worker and answers. ``load`` makes the generator."""

    def __init__(self, pipes: Pipes, load: Callable[[], Generator], model: str = "", licence: str = "") -> None:
        self._pipes = pipes
        self._load = load
        self._model = model
        self._licence = licence
        self._generator: Generator | None = None
        self._changed = threading.Condition()  # guards the four below
        self._queue: deque[Job] = deque()
        self._running: Job | None = None
        self._state = "loading"
        self._stopping = False
        self._sounds = SoundDesk(self._send)

    def run(self) -> int:
        """Serve until stdin closes, ``shutdown`` or SIGTERM comes. Returns the exit code: 1 when loading failed."""
        self._pipes.start(self.stop)
        self._send(protocol.Hello(version=version(), pid=os.getpid()))
        for number in {signal.SIGTERM, signal.SIGINT}:
            signal.signal(number, lambda *_: threading.Thread(target=self.stop, daemon=True).start())
        threading.Thread(target=self._read, daemon=True).start()
        prepared = self._prepare()
        while job := self._next():
            self._work(job)
        self._sounds.close()
        self._send(protocol.Bye())
        self._pipes.close(GRACE)
        return 0 if prepared else 1

    def stop(self) -> None:
        """Cancel everything and end; at once while nothing has been begun, else within `GRACE` seconds."""
        end = threading.Timer(GRACE, os._exit, [0])  # also when the main thread hangs in a network
        end.daemon = True
        end.start()
        with self._changed:
            if self._stopping:
                return
            self._stopping = True
            ended = list(self._queue)
            self._queue.clear()
            loading = self._state == "loading"
            if self._running:
                self._running.cancel.set()
            self._changed.notify_all()
        self._sounds.close()
        for job in ended:
            self._send(protocol.Cancelled(id=job.request.id))
        if loading:  # importing torch cannot be interrupted, and there is nothing to clean up
            self._send(protocol.Bye())
            self._pipes.close(GRACE)
            os._exit(0)

    # --- reader thread

    def _read(self) -> None:
        lines = protocol.Lines()
        try:
            for chunk in self._pipes.chunks():
                for line in lines.feed(chunk):
                    self._handle(line)
        finally:
            self.stop()

    def _handle(self, line: bytes | protocol.BadRequest) -> None:
        try:
            if isinstance(line, protocol.BadRequest):
                raise line
            request = protocol.parse(line)
            match request:
                case protocol.Generate() | protocol.Split():
                    self._enqueue(request)
                case protocol.Cancel():
                    self._cancel(request)
                case protocol.ListDevices() | protocol.Record() | protocol.Play():
                    self._sounds.begin(request)
                case protocol.Stop():
                    self._sounds.stop(request.target)
                case protocol.Status():
                    self._send(self._status(request.id))
                case protocol.Shutdown():
                    self.stop()
        except protocol.BadRequest as error:
            self._send_error(error.id, error)
        except UserError as error:
            self._send_error(request.id, error)

    def _enqueue(self, request: protocol.Generate | protocol.Split) -> None:
        with self._changed:
            if self._stopping:
                raise UserError("stopping", "The backend is shutting down.", "Start it again.")
            known = [job.request.id for job in (*self._queue, self._running) if job]
            if request.id in known:
                raise UserError("duplicate_id", f"A request with the id {request.id} is not finished yet.", "Use a new id.")
            if len(self._queue) >= MAX_QUEUE:
                raise UserError("queue_full", f"{MAX_QUEUE} requests are waiting already.", "Wait for some to finish.")
            self._queue.append(Job(request))
            self._changed.notify_all()

    def _cancel(self, request: protocol.Cancel) -> None:
        if self._sounds.cancel(request.target):
            return  # its own thread answers
        with self._changed:
            if self._running and self._running.request.id == request.target:
                self._running.cancel.set()  # the worker answers
                return
            for job in self._queue:
                if job.request.id == request.target:
                    self._queue.remove(job)
                    break
            else:
                raise UserError("not_running", f"No request {request.target} is running or waiting.", "It has ended already.")
        self._send(protocol.Cancelled(id=request.target))

    def _status(self, request_id: str) -> protocol.State:
        with self._changed:
            return protocol.State(
                id=request_id,
                state=self._state,
                running=self._running.request.id if self._running else None,
                queued=tuple(job.request.id for job in self._queue),
                device=device_of(self._generator),
            )

    # --- main thread

    def _next(self) -> Job | None:
        with self._changed:
            self._running = None
            if self._state == "busy":
                self._state = "ready"
            while not self._queue and not self._stopping:
                self._changed.wait(HEED)
            if self._stopping:
                return None
            self._running = self._queue.popleft()
            return self._running

    def _prepare(self) -> bool:
        """Load and warm the models, or send why not: to everyone who waits, and once without id."""
        try:
            generator = self._load()
            generator.warm_up()
        except Exception as error:
            sentence = jobs.as_user_error(error)
            with self._changed:
                self._stopping = True
                waiting = list(self._queue)
                self._queue.clear()
            for request_id in ("", *(job.request.id for job in waiting)):
                self._send_error(request_id, sentence)
            return False
        self._generator = generator
        with self._changed:
            self._state = "ready"
        packs = tuple(protocol.PackInfo(name=p.name, licence=p.licence, vocabulary=p.vocabulary) for p in list_packs())
        self._send(protocol.Ready(device=device_of(generator), packs=packs))
        return True

    def _work(self, job: Job) -> None:
        self._state = "busy"
        try:
            event = self._split(job) if isinstance(job.request, protocol.Split) else self._generate(job)
        except Cancelled:
            event = protocol.Cancelled(id=job.request.id)
        except Exception as error:
            event = as_event(job.request.id, error)
        with self._changed:
            self._running = None  # before the last event, so that the id is free when Blender reads it
        self._send(event)

    def _split(self, job: Job) -> protocol.Instructions:
        from backend.serve.splitting import split

        report = self._reporter(job)

        def tell(phase: str, fraction: float) -> None:
            if job.cancel.is_set():
                raise Cancelled
            report(phase, fraction)

        found = split(self._generator, Path(job.request.audio), tell)
        instructions = tuple(protocol.Instruction(**asdict(instruction)) for instruction in found)
        return protocol.Instructions(id=job.request.id, instructions=instructions)

    def _generate(self, job: Job) -> protocol.Result:
        request = job.request
        source = Typed(request.text or "") if request.audio is None else Spoken(Path(request.audio), request.part)
        report = self._reporter(job)
        motion = None if request.motion is None else Path(request.motion)
        settings = jobs.Settings(
            request.seed, request.seconds, request.variations, request.guidance, request.fps, motion, request.first, request.last,
            request.force,
        )  # fmt: skip
        folder = Path(request.out)
        created = outputs.prepare_folder(folder)
        try:
            report("reading", 0.0)
            clock = time.perf_counter()
            instruction = source.read()
            reading = time.perf_counter() - clock
            seed = settings.drawn_seed()
            outcome = jobs.run(
                self._generator,
                instruction,
                outputs.free_files(source.file, folder, seed, settings.variations),
                settings,
                seed=seed,
                audio=request.audio or "",
                model=self._model,
                licence=self._licence,
                on_progress=report,
                on_heard=lambda text, sure: self._send(protocol.Heard(id=request.id, text=text, confidence=sure)),
                cancelled=job.cancel.is_set,
            )
        except BaseException:
            outputs.discard_if_empty(created)
            raise
        fields = outcome.as_dict()
        fields["seconds"] = {"reading": round(reading, 4), **fields["seconds"]}
        return protocol.Result(id=request.id, **fields)

    def _reporter(self, job: Job) -> jobs.Throttled:
        """Takes phase and fraction of a request, and lets Blender know."""
        return jobs.Throttled(lambda phase, f: self._send(protocol.Progress(id=job.request.id, phase=phase, fraction=f)))

    # --- both

    def _send(self, event: protocol.Event) -> None:
        self._pipes.send(protocol.encode(event))

    def _send_error(self, request_id: str, error: Exception) -> None:
        self._send(as_event(request_id, error))


def as_event(request_id: str, error: Exception) -> protocol.Error:
    """An exception as the message that ends a request."""
    error = jobs.as_user_error(error)
    nearest = error.nearest if isinstance(error, NotUnderstood) else ()
    return protocol.Error(id=request_id, code=error.code, message=error.message, hint=error.hint, nearest=nearest)


def serve(load: Callable[[], Generator], model: str = "", licence: str = "") -> int:
    """Talk to Blender over stdin and stdout until it hangs up; model and licence are noted in files. Returns an exit code."""
    return Server(Pipes.take_over(), load, model, licence).run()
