"""`python -m backend batch`: a motion file from each recording of a folder.

Every file of it is accounted for.
Results lie in the same folders inside the output folder as the recordings. `batch_report` remembers what is done; what is there
already, from the same bytes with the same options, is not made again. One that cannot be used does not stop the others.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from backend.commands.batch_report import BatchReport, fingerprint_of
from backend.commands.exit_codes import BAD_INPUT, FAILED, OK, STOPPED, code_of, is_our_fault
from backend.commands.folder_files import FolderFiles, list_files, what_it_is
from backend.commands.generate import Report, Worker
from backend.errors import DiskError, UserError, cannot_write, shortened
from backend.serve import jobs, outputs
from backend.serve.pipes import only_results_on_stdout
from backend.serve.sources import SUFFIXES, Spoken

if TYPE_CHECKING:
    from rich.progress import Progress

OUTCOMES = {  # in the order of the summary
    "done": "done",
    "already": "done already",
    "refused": "refused",
    "failed": "failed",
    "not_audio": "other files",
}
NO_AUDIO = "unsupported_audio"  # the error of a file that is no recording; one with a recording's ending is refused all the same


@dataclass(frozen=True)
class BatchOptions:
    """What a batch takes and makes; ``weights`` names pack and additions, for fingerprints."""

    settings: jobs.Settings
    weights: tuple[str, ...]
    deep: bool = True
    again: bool = False

    def as_dict(self) -> dict:
        """What a result depends on besides the recording."""
        s = self.settings
        return {
            "seed": s.seed, "seconds": s.seconds, "variations": s.variations, "guidance": s.guidance, "fps": s.fps,
            "force": s.force, "follow": s.follow, "weights": self.weights,
        }  # fmt: skip


def batch(folder: Path, output: Path, options: BatchOptions, worker: Worker, *, as_json: bool = False) -> int:
    """Work through a folder. Returns the exit code (`exit_codes`).

    Args:
        folder: with recordings, one instruction each.
        output: where results and report go; created when missing. Files of others in it stay.
        options: checked.
        worker: makes the motions.
        as_json: print the summary as JSON on stdout instead of a line per file.

    Raises:
        UserError: nothing was tried: the folder cannot be listed or has no files, or nothing can be written.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends through the same clean path as Ctrl-C
    found = list_files(folder, deep=options.deep, leave_out=output)
    if not found.names:
        raise UserError("no_recordings", f"There are no files in {shortened(folder)}.", "Choose the folder the recordings are in.")
    created = outputs.prepare_folder(output)
    try:
        with BatchReport(output) as report, only_results_on_stdout() as out:
            return BatchRun(folder, output, options, worker, report, None if as_json else out).run(found, out)
    except UserError:
        outputs.discard_if_empty(created)
        raise


class BatchRun:
    """One run over a folder: each file's outcome, and their counts.

    ``out`` takes the lines about results, if any."""

    def __init__(
        self, folder: Path, output: Path, options: BatchOptions, worker: Worker, report: BatchReport, out: TextIO | None
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._folder, self._output, self._options, self._worker = folder, output, options, worker
        self.report, self._out = report, out
        self.code = OK

    def run(self, found: FolderFiles, out: TextIO) -> int:
        """Take file after file, then print the summary. Returns the exit code."""
        started = time.perf_counter()
        mixed = self._output.samefile(self._folder)
        names = [name for name in found.names if not (mixed and self.report.is_result(name))]
        end: KeyboardInterrupt | UserError | None = None
        try:
            for inside, reason in found.unreadable.items():
                self._note(inside, "failed", UserError("bad_path", f"The folder {inside} cannot be read ({reason}).", ""))
            bar = _progress_bar()
            task = bar.add_task("", total=len(names), phase="")
            for name in names:
                bar.update(task, description=shortened(Path(name)))
                self._one(name, bar)
                bar.advance(task)
        except (KeyboardInterrupt, UserError) as error:
            end = error
        self.report.finish(names)
        left = len(names) + len(found.unreadable) - self.counts.total()
        if self._out is None:
            print_json(self, left, found.hidden, time.perf_counter() - started, end, out)
        self._print_summary(left, found.hidden, time.perf_counter() - started, end)
        if isinstance(end, KeyboardInterrupt):
            return STOPPED
        if end:
            return code_of([end])
        return BAD_INPUT if self.counts["not_audio"] == len(names) else self.code

    def _one(self, name: str, bar: Progress) -> None:
        """Raises UserError where the following files would fail alike."""
        path = self._folder / name
        what = what_it_is(path)
        if what:
            self._note(name, "not_audio", UserError("not_audio", f"{shortened(Path(name))} is {what}, not a recording.", ""))
            return
        try:
            fingerprint = fingerprint_of(path, self._options.as_dict())
        except (OSError, ValueError):
            fingerprint = ""  # reading it says why
        if fingerprint and not self._options.again and self.report.is_done(name, fingerprint):
            self.counts["already"] += 1
            return
        place = (self._output / name).parent
        try:
            place.mkdir(parents=True, exist_ok=True)
            files = self.report.results_of(name, self._options.settings.variations)
        except OSError as error:
            self._note_error(name, cannot_write(place, error))
            return
        if self.report.was_stopped(name):
            outputs.discard_stale(place, age=0.0)
        self.report.add({"file": name, "outcome": "unfinished", "files": files, "fingerprint": fingerprint})
        with bar:  # gone before a line is printed: both may be on one terminal
            report = self._worker.one(Spoken(path), [self._output / file for file in files], bar)
        if report.error and report.error.code == NO_AUDIO and path.suffix.lower() not in SUFFIXES:
            self._note(name, "not_audio", report.error)
            return
        if report.error:
            self._note_error(name, report.error, report)
            return
        facts = {key: value for key, value in report.as_dict().items() if key not in ("audio", "ok", "files")}
        self.report.add({"file": name, "outcome": "done", "files": files, "fingerprint": fingerprint, **facts})
        self.counts["done"] += 1
        if self._out:
            shown = ", ".join(shortened(Path(file)) for file in files)
            print(f'{shortened(Path(name))}: heard "{report.outcome.heard}" -> {shown}', file=self._out, flush=True)

    def _note_error(self, name: str, error: UserError, report: Report | None = None) -> None:
        if isinstance(error, DiskError):
            raise error
        facts = report.as_dict() if report else {}
        self._note(name, "failed" if is_our_fault(error) else "refused", error, facts)
        if is_our_fault(error) and error.code not in ("internal", "out_of_memory"):
            raise error

    def _note(self, name: str, outcome: str, error: UserError, facts: dict | None = None) -> None:
        facts = {key: value for key, value in (facts or {}).items() if key not in ("audio", "ok")}
        said = {"code": error.code, "message": error.message, "hint": error.hint}
        self.report.add({"file": name, "outcome": outcome, **said, **facts})
        self.counts[outcome] += 1
        if outcome != "not_audio":
            self.code = FAILED if FAILED in (self.code, code_of([error])) else BAD_INPUT
        if self._out:
            said = str(error) if outcome == "not_audio" else f"{outcome}: {shortened(Path(name))}: {error}"
            print(said, file=sys.stderr, flush=True)

    def _print_summary(self, left: int, hidden: int, seconds: float, end: KeyboardInterrupt | UserError | None) -> None:
        if end:
            print(f"error: {end}" if isinstance(end, UserError) else "stopped", file=sys.stderr)
        parts = [f"{self.counts[outcome]} {said}" for outcome, said in OUTCOMES.items() if self.counts[outcome]]
        parts += [f"{left} not reached"] if left else []
        parts += [f"{hidden} hidden left out"] if hidden else []
        print(f"{', '.join(parts)}, in {seconds:.1f} s. Report: {self.report.path}", file=sys.stderr)
        if left:
            print("The same command goes on from here.", file=sys.stderr)


def print_json(
    run: BatchRun, left: int, hidden: int, seconds: float, end: KeyboardInterrupt | UserError | None, out: TextIO
) -> None:  # fmt: skip
    """The counts as one JSON document; what became of each file is in the report."""
    counts = {outcome: run.counts[outcome] for outcome in OUTCOMES} | {"not_reached": left, "hidden": hidden}
    document = {"ok": not (end or run.code), **counts, "seconds": round(seconds, 3), "report": str(run.report.path)}
    if isinstance(end, UserError):
        document |= {"code": end.code, "message": end.message, "hint": end.hint}
    print(json.dumps(document, indent=2), file=out, flush=True)


def _progress_bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
