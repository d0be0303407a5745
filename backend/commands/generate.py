"""`python -m backend generate`: recordings or typed instructions in, motion files out.

One that cannot be used does not stop the others. Results go to stdout, everything else to stderr. The work is
done by `backend.serve.jobs`.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from backend.commands.exit_codes import code_of
from backend.errors import DiskError, NotUnderstood, UserError
from backend.serve import jobs, outputs
from backend.serve.loading import device_of, import_torch
from backend.serve.pipes import only_results_on_stdout
from backend.serve.sources import Spoken, Typed
from backend.version import version

if TYPE_CHECKING:
    from rich.progress import Progress

    from backend.commands.bodies import Bodies


@dataclass(frozen=True)
class Report:
    """What became of one instruction: an outcome or an error.

    ``note`` is a sentence about its recording, if there is something to say."""

    audio: str
    outcome: jobs.JobResult | None = None
    error: UserError | None = None
    bodies: tuple[str, ...] = ()
    note: str = ""

    def as_dict(self) -> dict:
        """For JSON."""
        if self.outcome:
            more = {"bodies": list(self.bodies)} if self.bodies else {}
            more |= {"note": self.note} if self.note else {}
            return {"audio": self.audio, "ok": True, **self.outcome.as_dict(), **more}
        error = self.error
        found = {"audio": self.audio, "ok": False, "code": error.code, "message": error.message, "hint": error.hint}
        if isinstance(error, NotUnderstood):
            found |= {"heard": error.heard, "confidence": error.confidence, "nearest": list(error.nearest)}
        return found


def generate(
    sources: list[Spoken | Typed],
    folder: Path,
    settings: jobs.Settings,
    load: Callable[[], jobs.MotionGenerator],
    *,
    model: str = "",
    licence: str = "",
    bodies: Bodies | None = None,
    as_json: bool = False,
) -> int:
    """Generate from each source. Returns the exit code; UserError if nothing was tried.

    Args:
        sources: recordings and texts.
        folder: where the files go; created when missing. Files of the same name are replaced.
        settings: checked options.
        load: makes the generator; called when the first recording has been read.
        model: noted in the files.
        licence: of the weights, noted in the files.
        bodies: puts each motion on a body, too.
        as_json: print one JSON document on stdout instead of a line per recording.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends through the same clean path as Ctrl-C
    started = time.perf_counter()
    worker = Worker(load, settings, model, licence, bodies)
    inputs = [path for path in (settings.motion, bodies and bodies.model_file) if path]
    plan = outputs.plan_files([source.file for source in sources], folder, settings.variations, inputs)
    if bodies:
        bodies.refuse_collisions(file for files in plan for file in files)
    created = outputs.prepare_folder(folder)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TextColumn("{task.fields[phase]}"))
    bar = Progress(*columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal)
    reports = []
    with only_results_on_stdout() as out:
        try:
            for source, paths in zip(sources, plan, strict=True):
                with bar:  # gone before the line about it is printed: both may be on one terminal
                    report = worker.one(source, paths, bar)
                reports.append(report)
                if not as_json:
                    tell(report, out, alone=len(sources) == 1)
                if isinstance(report.error, DiskError):
                    break  # the next would be generated in vain
        finally:
            outputs.discard_if_empty(created)
        seconds = time.perf_counter() - started
        if as_json:
            print_json(reports, device_of(worker.generator), seconds, out)
        elif len(sources) > 1:
            good = sum(report.error is None for report in reports)
            print(f"{good} of {len(sources)} instructions done in {seconds:.1f} s", file=sys.stderr)
    return code_of(report.error for report in reports if report.error)


class Worker:
    """Loads once, when needed, and turns one recording after the other into a report."""

    def __init__(
        self, load: Callable[[], jobs.MotionGenerator], settings: jobs.Settings, model: str, licence: str,
        bodies: Bodies | None = None,
    ) -> None:  # fmt: skip
        self.generator: jobs.MotionGenerator | None = None
        self._load = load
        self._settings = settings
        self._model = model
        self._licence = licence
        self._bodies = bodies

    def one(self, source: Spoken | Typed, paths: list[Path], progress: Progress) -> Report:
        """Read, generate and write. Whatever goes wrong with it becomes part of the report."""
        task = progress.add_task(source.file.name, total=1.0, phase="reading")
        try:
            notes: list[str] = []
            instruction = source.read(notes.append)
            if self.generator is None:
                progress.update(task, phase="loading the models")
                import_torch()
                self.generator = self._load()
            outcome = jobs.run(
                self.generator,
                instruction,
                paths,
                self._settings,
                seed=self._settings.drawn_seed(),
                audio=str(source) if isinstance(source, Spoken) else "",
                model=self._model,
                licence=self._licence,
                on_progress=lambda phase, done: progress.update(task, completed=done, phase=phase),
            )
            made = tuple(str(self._bodies.write(file)) for file in outcome.files) if self._bodies else ()
            return Report(str(source), outcome, bodies=made, note=" ".join(notes))
        except Exception as error:
            return Report(str(source), error=jobs.as_user_error(error))
        finally:
            progress.remove_task(task)


def tell(report: Report, out: TextIO, *, alone: bool) -> None:
    """One line about one recording, on ``out`` when it worked, else on stderr."""
    if report.error:
        print(f"error: {report.error}" if alone else f"error: {report.audio}: {report.error}", file=sys.stderr)
        if isinstance(report.error, NotUnderstood) and alone:
            print("--force makes a motion of it all the same.", file=sys.stderr)
        return
    if report.note:
        print(f"note: {report.note}", file=sys.stderr)
    done = report.outcome
    for file, frames, seed in zip(done.files, done.frames, done.seeds, strict=True):
        length = f"{frames} frames at {done.fps:g} fps"
        print(
            f'{report.audio}: heard "{done.heard}", {length}, seed {seed}, {done.seconds["total"]:.2f} s -> {file}',
            file=out,
            flush=True,
        )
    for line in account_lines(done):
        print(line, file=sys.stderr)


UNITS = {"turn": ("turn", " degrees"), "way": ("go", " m"), "footfalls": ("take", " steps"), "repetitions": ("do it", " times"),
         "seconds": ("take", " s")}  # fmt: skip


def account_lines(done: jobs.JobResult) -> list[str]:
    """What of an instruction is not simply done, in a line, and each number that was asked for."""
    parts = []
    for state in ("nearly", "not done", "not known"):
        own = [word["text"] + (f" -> {word['by']}" if word["by"] else "") for word in done.words if word["state"] == state]
        parts += [f"{state}: {', '.join(own)}"] if own else []
    unsure = [word["text"] for word in done.words if word["unsure"]]
    parts += [f"heard badly: {', '.join(f'{text}?' for text in unsure)}"] if unsure else []
    lines = ["; ".join(parts)] if parts else []
    for number in done.reached:
        verb, unit = UNITS.get(number["name"], (number["name"], ""))
        which = f"{Path(done.files[number['variation']]).name}: " if len(done.files) > 1 else ""
        missed = "" if number["met"] else " (not reached)"
        lines.append(f"{which}{verb} {abs(number['asked']):g}{unit}: {abs(number['got']):.3g}{missed}")
    return lines


def print_json(reports: list[Report], device: str, seconds: float, out: TextIO) -> None:
    """The whole run as one JSON document."""
    document = {
        "ok": all(report.error is None for report in reports),
        "version": version(),
        "device": device,
        "seconds": round(seconds, 3),
        "results": [report.as_dict() for report in reports],
    }
    print(json.dumps(document, indent=2), file=out, flush=True)


def print_failure(error: UserError) -> None:
    """A run that could not begin, as JSON."""
    document = {"ok": False, "code": error.code, "message": error.message, "hint": error.hint, "results": []}
    print(json.dumps(document, indent=2))
