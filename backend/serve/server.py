"""The process Blender talks to: a queue of requests, cancelled at any time, and a clean end.

The main thread loads the models and works; a reader thread takes messages, so that cancel and status are answered while the
networks run. This file owns the queue and the order of messages. What a request asks for is done in `work`, microphone and
loudspeaker are `recording`'s, motion files `conversion`'s, messages `messages`'.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from backend.errors import UserError
from backend.packs.pack import list_packs
from backend.serve import jobs, messages, protocol
from backend.serve.conversion import ConversionDesk
from backend.serve.loading import device_of
from backend.serve.pipes import Pipes
from backend.serve.recording import SoundDesk
from backend.serve.work import Job, error_message, work
from backend.version import version

if TYPE_CHECKING:
    from backend.serve.jobs import MotionGenerator

MAX_QUEUE = 64  # requests waiting
GRACE = 3.0  # seconds a running request has to notice that it is over
# Seconds between two looks up while there is nothing to do. A signal that comes just before the main thread goes to sleep does not
# wake it, and Python heeds it only when that thread is awake.
HEED = 0.5


class Server:
    """Queue, worker and answers. ``load`` makes the generator."""

    def __init__(self, pipes: Pipes, load: Callable[[], MotionGenerator], model: str = "", licence: str = "") -> None:
        self._pipes = pipes
        self._load = load
        self._notes = {"model": model, "licence": licence}
        self._generator: MotionGenerator | None = None
        self._changed = threading.Condition()  # guards the four below
        self._queue: deque[Job] = deque()
        self._running: Job | None = None
        self._state = "loading"
        self._stopping = False
        self._sounds = SoundDesk(self._send)
        self._conversions = ConversionDesk(self._send)

    def run(self) -> int:
        """Serve until stdin closes, ``shutdown`` or SIGTERM comes.

        Returns the exit code: 1 if loading failed."""
        self._pipes.start(self.stop)
        self._send(messages.Hello(version=version(), pid=os.getpid()))
        for number in {signal.SIGTERM, signal.SIGINT}:
            signal.signal(number, lambda *_: threading.Thread(target=self.stop, daemon=True).start())
        threading.Thread(target=self._read, daemon=True).start()
        prepared = self._prepare()
        while job := self._next():
            self._work(job)
        self._sounds.close()
        self._conversions.close()
        self._send(messages.Bye())
        self._pipes.close(GRACE)
        return 0 if prepared else 1

    def stop(self) -> None:
        """Cancel everything and end: at once if nothing has begun, else within `GRACE` seconds."""
        end = threading.Timer(GRACE, self._abandon)
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
        self._conversions.close()
        for job in ended:
            self._send(messages.WasCancelled(id=job.request.id))
        if loading:  # importing torch cannot be interrupted, and there is nothing to clean up
            self._send(messages.Bye())
            self._pipes.close(GRACE)
            os._exit(0)

    def _abandon(self) -> None:
        """End although the main thread hangs; the running request gets its end here."""
        with self._changed:
            job, self._running = self._running, None
        if job:
            self._send(messages.WasCancelled(id=job.request.id))
        self._send(messages.Bye())
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
                case messages.Generate() | messages.Split():
                    self._enqueue(request)
                case messages.Convert():
                    self._conversions.begin(request)
                case messages.Cancel():
                    self._cancel(request)
                case messages.ListDevices() | messages.Record() | messages.Play():
                    self._sounds.begin(request)
                case messages.Stop():
                    self._sounds.stop(request.target)
                case messages.Status():
                    self._send(self._status(request.id))
                case messages.Shutdown():
                    self.stop()
        except protocol.BadRequest as error:
            self._send_error(error.id, error)
        except UserError as error:
            self._send_error(request.id, error)

    def _enqueue(self, request: messages.Generate | messages.Split) -> None:
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

    def _cancel(self, request: messages.Cancel) -> None:
        if self._sounds.cancel(request.target) or self._conversions.cancel(request.target):
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
        self._send(messages.WasCancelled(id=request.target))

    def _status(self, request_id: str) -> messages.State:
        with self._changed:
            return messages.State(
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
        packs = tuple(messages.PackInfo(name=p.name, licence=p.licence, vocabulary=p.vocabulary) for p in list_packs())
        self._send(messages.Ready(device=device_of(generator), packs=packs))
        return True

    def _work(self, job: Job) -> None:
        self._state = "busy"
        last = work(self._generator, job, self._send, self._notes)
        with self._changed:
            ended = self._running is not job  # `_abandon` was faster
            self._running = None  # before the last event, so that the id is free when Blender reads it
        if not ended:
            self._send(last)

    # --- both

    def _send(self, event: messages.Event) -> None:
        self._pipes.send(protocol.encode(event))

    def _send_error(self, request_id: str, error: Exception) -> None:
        self._send(error_message(request_id, error))


def serve(load: Callable[[], MotionGenerator], model: str = "", licence: str = "") -> int:
    """Talk to Blender over stdin and stdout until it hangs up. Returns an exit code.

    Motion files name model and licence."""
    return Server(Pipes.take_over(), load, model, licence).run()
