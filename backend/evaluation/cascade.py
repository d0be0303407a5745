"""`python -m backend evaluate cascade`: PocketSphinx and the text model against end to end.

The cascade is PocketSphinx (`sphinx`) followed by the same pack: ``generate`` with the recognised text. Both answer the same
recordings of the probes, in memory, loaded and warmed up, taking turns. Measured are whether the body did it, and the wall time
of a request from samples to motion. Asking and judging is `probes`'.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from backend.commands.options import Device, JsonFile, Pack
from backend.errors import NotUnderstood
from backend.generation.pipeline import Generation, Generator

from . import bars
from .command_line import CLEAN, EVERY_VOICE, Conditions, Kinds, Progress, Seeds, Voices, exit_code, probes_of, progress_bar
from .hearing import Recogniser
from .probes import PROBES, Probe
from .probes.results import ProbeResults
from .probes.runner import HELD_OUT, ProbedGenerator, Speak, run_probes
from .results import write_json

if TYPE_CHECKING:
    from .experiments.context import Context

WAYS = ("end to end", "cascade")


class Cascade:
    """A recogniser in front of a `Generator`, which gets the recognised text."""

    def __init__(self, recogniser: Recogniser, generator: Generator) -> None:
        self.recogniser, self.generator = recogniser, generator

    def generate(self, wave: np.ndarray, *, seed: int) -> Generation:
        """Motion for a recording, (N,) float32 at 16 kHz. Raises NotUnderstood if no word was heard."""
        started = time.perf_counter()
        text = self.recogniser.hear(wave)
        recognising = time.perf_counter() - started
        if not text:
            raise NotUnderstood("not_understood", "No word was recognised.", "Speak up.", "", 0.0, ())
        answer = self.generator.generate(text, seed=seed)
        answer.heard = text
        answer.timings["hearing"] = answer.timings.get("hearing", 0.0) + recognising
        return answer


@dataclass
class Timed:
    """Passes requests on and keeps their wall seconds.

    Attributes:
        seconds: of each request, refused ones too.
        hearing: until each answered request was understood.
    """

    generator: ProbedGenerator
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
    ways: dict[str, ProbedGenerator],
    voices: Sequence[str] = HELD_OUT,
    seeds: Sequence[int] = (0,),
    on_progress: Progress | None = None,
    *,
    probes: Sequence[Probe] = PROBES,
    conditions: Sequence[str] = ("clean",),
    speak: Speak | None = None,
) -> tuple[dict[str, ProbeResults], dict[str, list[float]], dict[str, list[float]]]:
    """Results, seconds a request and seconds until understood, for each way to answer.

    The ways take turns every ten probes, so that a machine that gets busy is busy for all of them.
    """
    reports: dict[str, ProbeResults] = {name: ProbeResults([]) for name in ways}
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


def as_dict(reports: dict[str, ProbeResults], seconds: dict[str, list[float]], hearing: dict[str, list[float]]) -> dict:
    """Each way's summary by condition, its median seconds, and both as multiples of the first."""
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
    """Print a row for each way and condition."""
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


def measure_for_page(context: Context, on_progress: Progress) -> dict:
    """The experiment of `evaluate all`; see `as_dict`. Raises UserError without a speech engine."""
    probes = PROBES[:: 8 if context.quick else 2]
    ways = dict(zip(WAYS, (context.generator, Cascade(context.sphinx, context.generator)), strict=True))
    found = compare(ways, HELD_OUT, (0,), on_progress, probes=probes, conditions=("clean", "noise"), speak=context.speak)
    return {"ways": as_dict(*found), "probes": len(probes)}


def command(
    pack: Pack = "open",
    device: Device = "auto",
    seeds: Seeds = 1,
    voice: Voices = EVERY_VOICE,
    kind: Kinds = None,
    condition: Conditions = CLEAN,
    json: JsonFile = None,
) -> int:
    """Compare with a recogniser in front of the text model. Exit code 1 if the bar is missed."""
    from .sphinx import SphinxRecogniser

    probes = probes_of(kind)
    generator = Generator.load(pack, device)
    ways = dict(zip(WAYS, (generator, Cascade(SphinxRecogniser(), generator)), strict=True))
    with progress_bar("cascade") as tell:
        conditions = list(dict.fromkeys(map(str, condition)))
        reports, seconds, hearing = compare(ways, voice, range(seeds), tell, probes=probes, conditions=conditions)
    table = as_dict(reports, seconds, hearing)
    show(table)
    if json:
        trials = {name: report.as_dict()["trials"] for name, report in reports.items()}
        write_json(table | {"trials": trials}, json)
    return exit_code(bars.tell({"cascade": {"ways": table}}))
