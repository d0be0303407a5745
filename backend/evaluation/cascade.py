"""``python -m backend evaluate cascade``: a recogniser in front of the text model, against the model that hears for itself.

The cascade is PocketSphinx (`sphinx`), then the same pack's text twin: ``generate`` with what was recognised. Both answer the
same recordings of the probes, in memory, loaded and warmed up, taking turns; what counts is whether the body did it, and the
wall time of a request from samples to motion. Asking and judging is the probes' own.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from backend.errors import NotUnderstood
from backend.generation.pipeline import Generation, Generator

from .comparison import Ear
from .conditions import NAMES
from .files import write_json
from .probes import PROBES, Probe
from .probes.report import Report
from .probes.runner import HELD_OUT, Speak, Speaks, add_options, chosen_probes, run_probes

WAYS = ("end to end", "cascade")


class Cascade:
    """Answers like a `Generator`: what the recogniser heard is given to the text twin."""

    def __init__(self, ear: Ear, generator: Generator) -> None:
        self.ear, self.generator = ear, generator

    def generate(self, wave: np.ndarray, *, seed: int) -> Generation:
        """Motion for a recording, (N,) float32 at 16 kHz. NotUnderstood where no word was recognised."""
        started = time.perf_counter()
        text = self.ear.hear(wave)
        recognising = time.perf_counter() - started
        if not text:
            raise NotUnderstood("not_understood", "No word was recognised.", "Speak up.", "", 0.0, ())
        answer = self.generator.generate(text, seed=seed)
        answer.heard = text
        answer.timings["hearing"] = answer.timings.get("hearing", 0.0) + recognising
        return answer


@dataclass
class Timed:
    """Passes requests on and keeps the wall seconds of each, refused ones too, and of those that were not how many of them it took
    to hear and understand."""

    generator: Speaks
    seconds: list[float] = field(default_factory=list)
    hearing: list[float] = field(default_factory=list)

    def generate(self, wave: np.ndarray, *, seed: int) -> Generation:
        started = time.perf_counter()
        try:
            answer = self.generator.generate(wave, seed=seed)
            self.hearing.append(answer.timings["hearing"])
            return answer
        finally:
            self.seconds.append(time.perf_counter() - started)


def compare(
    ways: dict[str, Speaks],
    voices: Sequence[str] = HELD_OUT,
    seeds: Sequence[int] = (0,),
    on_progress: Callable[[int, int], None] | None = None,
    *,
    probes: Sequence[Probe] = PROBES,
    conditions: Sequence[str] = ("clean",),
    speak: Speak | None = None,
) -> tuple[dict[str, Report], dict[str, list[float]], dict[str, list[float]]]:
    """The probes' report of each way to answer; its wall seconds of each request, in the same order; and those until it had
    understood each that it answered.

    Ways take turns by voice and condition, a few minutes each at most: a machine that gets busy does so for all of them.
    """
    reports: dict[str, Report] = {name: Report([]) for name in ways}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    hearing: dict[str, list[float]] = {name: [] for name in ways}
    blocks = [(voice, condition, probes[start : start + 10]) for condition in conditions for voice in voices
              for start in range(0, len(probes), 10)]  # fmt: skip
    for way in ways.values():  # warm up on what will be asked
        run_probes(way, voices[:1], seeds[:1], probes=probes[:1], speak=speak)
    total = len(ways) * len(voices) * len(conditions) * len(probes) * len(seeds)
    done = 0
    for number, (voice, condition, part) in enumerate(blocks):
        order = list(ways)[number % len(ways) :] + list(ways)[: number % len(ways)]
        for name in order:
            timed = Timed(ways[name])
            found = run_probes(timed, (voice,), seeds, probes=part, conditions=(condition,), speak=speak)
            reports[name].trials += found.trials
            reports[name].motions += found.motions
            seconds[name] += timed.seconds
            hearing[name] += timed.hearing
            done += len(found.trials)
            if on_progress is not None:
                on_progress(done, total)
    return reports, seconds, hearing


def as_dict(reports: dict[str, Report], seconds: dict[str, list[float]], hearing: dict[str, list[float]]) -> dict:
    """For each way the probes' summary by condition and the seconds; and how many times longer each takes than the first, for all
    and until it has understood."""
    first, understood = (float(np.median(next(iter(kept.values())))) for kept in (seconds, hearing))
    return {
        name: {
            "by_condition": {c: report.under(c).summary() for c in report.conditions()},
            "median_seconds": round(float(np.median(seconds[name])), 4),
            "mean_seconds": round(float(np.mean(seconds[name])), 4),
            "times_the_first": round(float(np.median(seconds[name])) / first, 3),
            "hearing_seconds": round(float(np.median(hearing[name])), 4),
            "hearing_times_the_first": round(float(np.median(hearing[name])) / understood, 3),
            "requests": len(seconds[name]),
        }
        for name, report in reports.items()
    }


def show(table: dict) -> None:
    """Print a row a way and condition."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    rows = Table(title="Probes answered end to end and by the cascade", title_justify="left")
    for heading in ("way", "condition", "passed", "words wrong", "refused"):
        rows.add_column(heading, justify="left" if heading in ("way", "condition") else "right")
    for name, way in table.items():
        for condition, found in way["by_condition"].items():
            rows.add_row(name, condition, f"{found['mean']:.1%}", f"{found['word_error_rate']:.1%}", str(found["refused"]))
    console.print(rows)
    for name, way in table.items():
        console.print(
            f"{name}: {way['median_seconds']:.2f} s a request (median of {way['requests']}), "
            f"{way['times_the_first']:.2f} times the first; until it has understood {way['hearing_seconds']:.3f} s, "
            f"{way['hearing_times_the_first']:.2f} times the first",
            markup=False,
        )  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Command line of ``evaluate cascade``; exit code 0, or 2 for bad usage."""
    parser = argparse.ArgumentParser(prog="python -m backend evaluate cascade", description=__doc__.splitlines()[0])
    add_options(parser, seeds=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every trial here")
    parser.add_argument("--condition", nargs="+", default=["clean"], choices=NAMES, help="how it is heard (default: clean)")
    options = parser.parse_args(argv)
    probes = chosen_probes(parser, options)

    from rich.progress import Progress

    from .sphinx import SphinxEar

    generator = Generator.load(options.pack, options.device)
    ways = dict(zip(WAYS, (generator, Cascade(SphinxEar(), generator)), strict=True))
    with Progress(transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("cascade", total=None)
        reports, seconds, hearing = compare(
            ways, options.voices, range(options.seeds),
            lambda done, total: progress.update(task, completed=done, total=total),
            probes=probes, conditions=list(dict.fromkeys(options.condition)),
        )  # fmt: skip
    table = as_dict(reports, seconds, hearing)
    show(table)
    if options.json:
        trials = {name: report.as_dict()["trials"] for name, report in reports.items()}
        write_json(table | {"trials": trials}, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
