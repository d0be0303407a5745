"""``python -m backend evaluate all``: every experiment of a pack, one after another, each stored when it is done.

A result is kept beside the final file (``out/eval/NAME.json`` for ``out/eval.json``) with the SHA-256 of the pack and of the
evaluator it was measured with; a second run goes on after the last finished one and repeats what belongs to another pack. What is
measured is the experiments' matter, `page` makes EVALUATION.md of the result.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import UserError
from ..packs.pack import find_pack
from ..serve.loading import missing_package
from .evaluator import WEIGHTS
from .experiments.context import Context
from .experiments.listing import EXPERIMENTS, Experiment
from .files import write_json

Progress = Callable[[Experiment, int, int], None]


def run_all(
    context: Context, target: Path, experiments: Sequence[Experiment], on_progress: Progress,
    only: Sequence[str] | None = None, again: bool = False,
) -> dict:  # fmt: skip
    """Run what is not there yet (of ``only`` these names), and write all results to ``target``. Returns what was written.

    Results are of a pack, not of a version of the code: ``again`` measures what is there, too.

    An experiment that cannot run here (no data, no speech engine, a missing package) says why in ``failed`` and is left out; the
    others run nevertheless."""
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
    """What a stored result must agree in to count: pack, judge, and whether it is a quick one."""
    weights = WEIGHTS / "evaluator.safetensors"
    judge = hashlib.sha256(weights.read_bytes()).hexdigest() if weights.exists() else ""
    return {"pack_sha256": context.sha256, "evaluator_sha256": judge, "quick": context.quick}


def finished(file: Path, identity: dict) -> dict | None:
    """A stored result that is of the same pack and judge, and at least as thorough; None where there is none."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        same = all(found[key] == identity[key] for key in ("pack_sha256", "evaluator_sha256"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if same and (identity["quick"] or not found["quick"]) else None


def machine(device: str) -> dict:
    """What it was measured on."""
    import torch

    from ..packs.files import device_named

    return {
        "processor": platform.machine(), "cores": os.cpu_count(), "device": str(device_named(device)),
        "system": platform.system(), "torch": torch.__version__,
    }  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Command line of ``evaluate all``; exit code 0 when every experiment has a result, 1 otherwise."""
    names = [experiment.name for experiment in EXPERIMENTS]
    parser = argparse.ArgumentParser(prog="python -m backend evaluate all", description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, default=Path("out/eval.json"), metavar="FILE", help="where the results go")
    parser.add_argument("--pack", default="open", help="weights to measure (default: open)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--data", type=Path, default=Path(".data"), help="folder made by `data build`")
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"), help="folder with recordings of people and of noise")
    parser.add_argument("--quick", action="store_true", help="fewer sentences, seeds and clips: minutes instead of most of an hour")
    parser.add_argument("--again", action="store_true", help="measure what is there, too: after a change of the code")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="run only these; results that are there are kept")
    options = parser.parse_args(argv)

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    context = Context(options.pack, options.device, options.data, options.shared, options.quick)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console()
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar:
        tasks = {experiment.name: bar.add_task(experiment.title, total=None, visible=False) for experiment in EXPERIMENTS}

        def show(experiment: Experiment, done: int, total: int) -> None:
            bar.update(tasks[experiment.name], completed=done, total=total, visible=True)
            if done >= total:
                console.print(f"{experiment.title}: {total} of {total}")

        report = run_all(context, options.json, EXPERIMENTS, show, options.only, options.again)
    for name, found in report["results"].items():
        console.print(f"{name}: done ({found['seconds']:.0f} s{', quick' if found['quick'] else ''})", soft_wrap=True)
    for name, reason in report["failed"].items():
        console.print(f"{name}: not measured. {reason}", markup=False, soft_wrap=True)
    page = f"python -m backend evaluate report --json {options.json}"
    console.print(f"Wrote {options.json}. The page: {page}", markup=False, soft_wrap=True)
    return 1 if report["failed"] else 0
