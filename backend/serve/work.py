"""What the server does for a request: generate motions, or split a recording.

Each ends with one message. Reading, generating and writing are `sources`', `jobs`' and `outputs`'; when it is done is `server`'s.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from backend.errors import Cancelled, NotUnderstood
from backend.serve import jobs, messages, outputs
from backend.serve.sources import Spoken, Typed

if TYPE_CHECKING:
    from backend.generation.pipeline import AccountedWord
    from backend.serve.jobs import MotionGenerator

Send = Callable[[messages.Event], None]


@dataclass(eq=False)
class Job:
    """A generate or split request and whether it has been cancelled."""

    request: messages.Generate | messages.Split
    cancel: threading.Event = field(default_factory=threading.Event)


def work(generator: MotionGenerator, job: Job, send: Send, notes: dict[str, str]) -> messages.Event:
    """Do what a job asks for. Returns the message that ends it, whatever happens.

    Progress goes to ``send``. ``notes`` are the ``model`` and ``licence`` that motion files name."""
    try:
        if isinstance(job.request, messages.Split):
            return split_recording(generator, job, send)
        return generate_motions(generator, job, send, notes)
    except Cancelled:
        return messages.WasCancelled(id=job.request.id)
    except Exception as error:
        return error_message(job.request.id, error)


def split_recording(generator: MotionGenerator, job: Job, send: Send) -> messages.Instructions:
    """The instructions in a recording. Raises Cancelled and UserError."""
    from backend.serve.splitting import split

    report = progress_of(job, send)

    def report_or_stop(phase: str, fraction: float) -> None:
        if job.cancel.is_set():
            raise Cancelled
        report(phase, fraction)

    notes: list[str] = []
    found = split(generator, Path(job.request.audio), report_or_stop, notes.append)
    return messages.Instructions(id=job.request.id, instructions=tuple(found), note=" ".join(notes))


def generate_motions(generator: MotionGenerator, job: Job, send: Send, notes: dict[str, str]) -> messages.MotionResult:
    """Motion files in the request's folder.

    Raises Cancelled and UserError; then no file is there, nor the folder if it is new."""
    request = job.request
    source = Typed(request.text or "") if request.audio is None else Spoken(Path(request.audio), request.part)
    report = progress_of(job, send)
    motion = None if request.motion is None else Path(request.motion)
    settings = jobs.Settings(
        request.seed, request.seconds, request.variations, request.guidance, request.fps, motion, request.first, request.last,
        request.force, request.fixed, request.follow,
    )  # fmt: skip
    folder = Path(request.out)
    created = outputs.prepare_folder(folder)
    try:
        report("reading", 0.0)
        clock = time.perf_counter()
        remarks: list[str] = []
        instruction = source.read(remarks.append)
        reading = time.perf_counter() - clock
        seed = settings.drawn_seed()
        result = jobs.run(
            generator,
            instruction,
            outputs.free_files(source.file, folder, seed, settings.variations),
            settings,
            seed=seed,
            audio=request.audio or "",
            **notes,
            on_progress=report,
            on_heard=lambda *heard: send(heard_message(request.id, *heard)),
            cancelled=job.cancel.is_set,
        )
    except BaseException:
        outputs.discard_if_empty(created)
        raise
    fields = result.as_dict()
    fields["seconds"] = {"reading": round(reading, 4), **fields["seconds"]}
    fields["words"] = content_words(result.words)
    fields["reached"] = tuple(messages.ReachedNumber(**number) for number in result.reached)
    return messages.MotionResult(id=request.id, note=" ".join(remarks), **fields)


def heard_message(request_id: str, text: str, confidence: float | None, words: Sequence[AccountedWord] = ()) -> messages.HeardWords:
    """What was heard, and what becomes of every content word where that is known already."""
    account = content_words([word.as_dict() for word in words])
    return messages.HeardWords(id=request_id, text=text, confidence=confidence, words=account)


def content_words(words: Iterable[dict]) -> tuple[messages.ContentWord, ...]:
    """The account of a text's words as messages have it."""
    return tuple(messages.ContentWord(**word) for word in words)


def progress_of(job: Job, send: Send) -> jobs.ThrottledProgress:
    """Takes phase and fraction of a job, and lets Blender know."""
    return jobs.ThrottledProgress(lambda phase, f: send(messages.Progress(id=job.request.id, phase=phase, fraction=f)))


def error_message(request_id: str, error: Exception) -> messages.Error:
    """An exception as the message that ends a request."""
    error = jobs.as_user_error(error)
    nearest = error.nearest if isinstance(error, NotUnderstood) else ()
    return messages.Error(id=request_id, code=error.code, message=error.message, hint=error.hint, nearest=nearest)
