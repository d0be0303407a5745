"""`python -m backend evaluate all`: every experiment on a pack, each stored when done.

A result is kept beside the final file (``out/eval/NAME.json`` for ``out/eval.json``) with the SHA-256 of the pack and of the
evaluator it was measured with. A second run continues after the last finished experiment and repeats results of another pack.
`report` makes EVALUATION.md of the results.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ...commands.options import Device, Pack
from ...errors import UserError
from ...packs.pack import find_pack
from ...serve.loading import missing_package
from .. import bars
from ..command_line import exit_code
from ..evaluator import WEIGHTS
from ..results import write_json
from .context import Context


@dataclass(frozen=True)
class Experiment:
    """One experiment: its name in files and options, its title, and its module in `evaluation`."""

    name: str
    title: str
    module: str

    def function(self) -> Callable:
        """``measure_for_page(context, on_progress)`` of the module, which is imported now."""
        return importlib.import_module(f"backend.evaluation.{self.module}").measure_for_page


EXPERIMENTS = (  # in the order in which they run and stand on the page
    Experiment("probes", "probes", "experiments.probes"),
    Experiment("hearing", "words heard", "hearing"),
    Experiment("cascade", "cascade", "cascade"),
    Experiment("semantics", "real, speech, text, shuffled", "experiments.semantics"),
    Experiment("motion_quality", "motion quality", "experiments.motion_quality"),
    Experiment("reconstruction", "tokenizer", "experiments.reconstruction"),
    Experiment("confidence", "confidence", "confidence"),
    Experiment("speed", "speed", "experiments.speed"),
)


def run_all(
    context: Context, target: Path, experiments: Sequence[Experiment], on_progress: Callable[[Experiment, int, int], None],
    only: Sequence[str] | None = None, again: bool = False,
) -> dict:  # fmt: skip
    """Run the experiments that have no result yet, and write all results to ``target``.

    Args:
        context: the pack and the data.
        target: the file; each experiment's own is in the folder of its name.
        experiments: in their order.
        on_progress: told (experiment, done, in all).
        only: names to run; results of the others are kept where they are there.
        again: measure what is there, too. Results are of a pack, not of a version of the code.

    Returns:
        What was written. An experiment that cannot run here (no data, no speech engine, a missing package) says why in
        ``failed``; the others run nevertheless.
    """
    folder, identity = target.with_suffix(""), identity_of(context)
    results, failed = {}, {}
    for experiment in experiments:
        file = folder / f"{experiment.name}.json"
        wanted = only is None or experiment.name in only
        found = None if wanted and again else finished(file, identity if wanted else identity | {"quick": True})
        if found is None and not wanted:
            continue
        if found is None:
            started = time.monotonic()
            try:
                result = experiment.function()(context, lambda done, total, e=experiment: on_progress(e, done, total))
            except UserError as error:
                failed[experiment.name] = str(error)
                continue
            except ModuleNotFoundError as error:
                failed[experiment.name] = str(missing_package(error.name or str(error)))
                continue
            found = identity | {"seconds": round(time.monotonic() - started, 1), "result": result}
            write_json(found, file)
        results[experiment.name] = {key: found[key] for key in ("quick", "seconds", "result")}
    report = {
        "pack": context.pack, **{key: value for key, value in identity.items() if key != "quick"},
        "files": dict(find_pack(context.pack).sha256), "machine": machine(context.device), "results": results, "failed": failed,
    }  # fmt: skip
    write_json(report, target)
    return report


def identity_of(context: Context) -> dict:
    """What a stored result has to match: pack, evaluator, and whether it is a quick one."""
    weights = WEIGHTS / "evaluator.safetensors"
    evaluator = hashlib.sha256(weights.read_bytes()).hexdigest() if weights.exists() else ""
    return {"pack_sha256": context.sha256, "evaluator_sha256": evaluator, "quick": context.quick}


def finished(file: Path, identity: dict) -> dict | None:
    """A stored result of the same pack and evaluator that is at least as thorough, or None."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        same = all(found[key] == identity[key] for key in ("pack_sha256", "evaluator_sha256"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if same and (identity["quick"] or not found["quick"]) else None


def machine(device: str) -> dict:
    """What it was measured on."""
    import torch

    from ...packs.files import device_named

    return {
        "processor": platform.machine(), "cores": os.cpu_count(), "device": str(device_named(device)),
        "system": platform.system(), "torch": torch.__version__,
    }  # fmt: skip


def command(
    json: Annotated[Path, typer.Option(metavar="FILE", help="Where the results go.")] = Path("out/eval.json"),
    pack: Pack = "open",
    device: Device = "auto",
    data: Annotated[Path, typer.Option(help="Folder made by `data build`.")] = Path(".data"),
    shared: Annotated[Path, typer.Option(help="Folder with recordings of people and of noise.")] = Path("../shared/data"),
    quick: Annotated[bool, typer.Option("--quick", help="Fewer sentences, seeds and clips: minutes, not an hour.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Measure what is there, too: after a change of the code.")] = False,
    only: Annotated[list[str] | None, typer.Option(help="Run only this one; repeatable. Other results are kept.")] = None,
) -> int:
    """Run every experiment on a pack; exit code 1 where one has no result or misses a bar."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    names = [experiment.name for experiment in EXPERIMENTS]
    for name in only or ():
        if name not in names:
            raise typer.BadParameter(f"There is no experiment {name!r}. There are: {', '.join(names)}.")
    context = Context(pack, device, data, shared, quick)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console()
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar:
        tasks = {experiment.name: bar.add_task(experiment.title, total=None, visible=False) for experiment in EXPERIMENTS}

        def show(experiment: Experiment, done: int, total: int) -> None:
            bar.update(tasks[experiment.name], completed=done, total=total, visible=True)
            if done >= total:
                console.print(f"{experiment.title}: {total} of {total}")

        report = run_all(context, json, EXPERIMENTS, show, only, again)
    for name, found in report["results"].items():
        console.print(f"{name}: done ({found['seconds']:.0f} s{', quick' if found['quick'] else ''})", soft_wrap=True)
    for name, reason in report["failed"].items():
        console.print(f"{name}: not measured. {reason}", markup=False, soft_wrap=True)
    held = bars.tell({name: found["result"] for name, found in report["results"].items()})
    console.print(f"Wrote {json}. The page: python -m backend evaluate report --json {json}", markup=False, soft_wrap=True)
    return exit_code(held and not report["failed"])
