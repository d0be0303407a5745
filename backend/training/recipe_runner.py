"""Runs the stages of a recipe, two side by side, and resumes where a run was stopped.

Everything is made in one folder: ``data``, ``runs``, ``weights``, ``logs`` and ``state.json``, which lists the finished stages. A
stage is a process of its own. When the command is stopped or killed, its stages get SIGTERM: trainings write a checkpoint and go on
from it the next time, other stages keep what they have finished. POSIX only, as the speech programs are.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ..errors import UserError
from ..packs.pack import WEIGHTS
from .recipe import MOST_CORES, PackRecipe, Stage, read_recipe

STATE = "state.json"
STOPPED = 130  # exit code, as a shell reports a command that was interrupted


@dataclass
class Finished:
    """The state of a stage: seconds over all attempts, results, why it was left out."""

    seconds: float = 0.0
    numbers: dict[str, float] = field(default_factory=dict)
    left_out: str = ""
    done: bool = True


class Workshop:
    """The folder of one recipe's run."""

    def __init__(self, recipe: PackRecipe, folder: Path, shared: Path, smoke: bool) -> None:
        """Raises UserError where the folder holds the run of another recipe."""
        self.recipe, self.folder = recipe, folder
        self.title = f"{recipe.name} --smoke" if smoke else recipe.name
        places = {name: folder / name for name in ("data", "runs", "weights", "logs")}
        for place in places.values():
            place.mkdir(parents=True, exist_ok=True)
        for pack in recipe.begins_with:
            if not (places["weights"] / pack).exists():  # else a stage may have made it anew
                shutil.copytree(WEIGHTS / pack, places["weights"] / pack)
        self.places = {name: str(place) for name, place in places.items()}
        self.places |= {"shared": str(shared), "recipe": self.title, "sha256": recipe.sha256}
        self.stages: dict[str, Finished] = {}
        if (folder / STATE).exists():
            state = json.loads((folder / STATE).read_text(encoding="utf-8"))
            if (state["recipe"], state["sha256"]) != (self.title, recipe.sha256):
                hint = "Give another folder with --folder, or remove this one."
                raise UserError("other_recipe", f"{folder} holds the run of another recipe, or of an earlier version of it.", hint)
            self.stages = {name: Finished(**row) for name, row in state["stages"].items()}

    def note(self, name: str, finished: Finished) -> None:
        """Add a stage to the state, on the disk as well."""
        self.stages[name] = finished
        state = {"recipe": self.title, "sha256": self.recipe.sha256, "stages": {n: vars(s) for n, s in self.stages.items()}}
        temporary = self.folder / f"{STATE}.part"
        temporary.write_text(json.dumps(state, indent=1), encoding="utf-8")
        os.replace(temporary, self.folder / STATE)

    def done(self, name: str) -> bool:
        return name in self.stages and self.stages[name].done

    def table(self) -> Table:
        """Stages with budget, time and validation."""
        table = Table(title=f"Recipe {self.title}")
        for column in ("stage", "budget", "time", "result"):
            table.add_column(column, justify="right" if column in ("budget", "time") else "left", overflow="fold")
        for stage in self.recipe.stages:
            finished = self.stages.get(stage.name, Finished(done=False))
            numbers = ", ".join(f"{name} {value:.4g}" for name, value in finished.numbers.items())
            result = finished.left_out or numbers or ("" if finished.done else "not finished")
            table.add_row(stage.name, f"{stage.minutes:g} min", f"{finished.seconds:.0f} s", result)
        return table


@dataclass
class _Job:
    stage: Stage
    process: Any
    answers: Connection
    started: float


def run_stages(workshop: Workshop, console: Console) -> bool:
    """Run what is not done; False where stopped. Raises UserError where a stage failed."""
    for stage in workshop.recipe.stages:  # before hours are spent: are all options right?
        workshop.recipe.arguments(stage, workshop.places)
    running: dict[str, _Job] = {}
    stop = _Stop()
    with stop:
        try:
            while not stop.asked:
                _start_ready(workshop, running, console)
                if not running:
                    return True
                for sentinel in connection.wait([job.process.sentinel for job in running.values()], timeout=1.0):
                    name = next(name for name, job in running.items() if job.process.sentinel == sentinel)
                    _finish(workshop, running.pop(name), console)
        finally:
            for job in running.values():
                _stop_group(job.process.pid)
            for name in list(running):
                _finish(workshop, running.pop(name), console, stopping=True)
    return False


def _start_ready(workshop: Workshop, running: dict[str, _Job], console: Console) -> None:
    """Start the stages that are ready, in the recipe's order, as far as the cores go."""
    for stage in workshop.recipe.stages:
        free = MOST_CORES - sum(job.stage.cores for job in running.values())
        if workshop.done(stage.name) or stage.name in running or not all(map(workshop.done, stage.after)):
            continue
        if stage.left_out:
            workshop.note(stage.name, Finished(left_out=f"left out: {stage.left_out}"))
            console.print(f"{stage.name}: left out: {stage.left_out}", highlight=False)
        elif stage.cores <= free:
            here, there = get_context("spawn").Pipe(duplex=False)
            arguments = (there, workshop.recipe, stage, workshop.places)
            process = get_context("spawn").Process(target=_stage_process, args=arguments)
            process.start()
            there.close()
            running[stage.name] = _Job(stage, process, here, time.monotonic())
            console.print(f"{stage.name}: started, {stage.minutes:g} minutes at most", highlight=False)


def _finish(workshop: Workshop, job: _Job, console: Console, stopping: bool = False) -> None:
    """Note a stage's end. Raises UserError where it failed, unless everything is stopping."""
    job.process.join()
    try:
        kind, answer = job.answers.recv()
    except EOFError:  # it ended without a word
        kind, answer = "killed", None
    job.answers.close()
    name = job.stage.name
    before = workshop.stages.get(name, Finished()).seconds
    finished = Finished(before + time.monotonic() - job.started, answer if kind == "done" else {}, done=kind == "done")
    workshop.note(name, finished)
    if kind == "done":
        console.print(f"{name}: done in {finished.seconds:.0f} s", highlight=False)
    elif not stopping:
        if kind == "refused":
            raise answer
        log = workshop.folder / "logs" / f"{name}.log"
        hint = f"{log} says why; the same command goes on from here."
        raise UserError("stage_failed", f"The stage {name} ended too early.", hint)


def _stop_group(process: int) -> None:
    """Send SIGTERM to a stage and what it started; it may not have its group yet, or be gone."""
    try:
        os.killpg(process, signal.SIGTERM)
    except ProcessLookupError:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)


class _Stop:
    """Turns SIGTERM and SIGINT into a flag."""

    asked = False

    def __enter__(self) -> None:
        self.before = {number: signal.signal(number, self._ask) for number in (signal.SIGTERM, signal.SIGINT)}

    def _ask(self, *_: object) -> None:
        self.asked = True

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)


def _stage_process(answers: Connection, recipe: PackRecipe, stage: Stage, places: dict[str, str]) -> None:
    """Run one stage in a process group of its own; its output goes to a log."""
    os.setpgrp()
    Thread(target=_end_with_parent, daemon=True).start()
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(stage.cores))
    log = (Path(places["logs"]) / f"{stage.name}.log").open("a", encoding="utf-8")
    os.dup2(log.fileno(), sys.stdout.fileno())
    os.dup2(log.fileno(), sys.stderr.fileno())
    import torch

    from .training_loop import FitResult

    torch.set_num_threads(stage.cores)
    try:
        function, arguments = recipe.arguments(stage, places)
        result = function(**arguments)
    except UserError as error:
        answers.send(("refused", error))
        return
    if isinstance(result, FitResult):
        answers.send(("done" if result.finished else "stopped", result.metrics))
    else:
        answers.send(("done", _numbers(result)))


def _numbers(result: Any) -> dict[str, float]:
    """The numbers in what a stage returned."""
    if isinstance(result, int | float):
        return {"count": result}
    return {name: value for name, value in result.items() if isinstance(value, int | float)} if isinstance(result, dict) else {}


def _end_with_parent() -> None:
    """Stop the stage, with the processes that it started, when the command is killed."""
    connection.wait([parent_process().sentinel])
    os.killpg(0, signal.SIGTERM)


def command(
    name: Annotated[str, typer.Argument(metavar="RECIPE", help="open, or research for the pack with noncommercial data.")],
    shared: Annotated[Path, typer.Option(help="Folder with motion/ and speech/.")] = Path("../shared/data"),
    folder: Annotated[Path | None, typer.Option(help="Folder for all that is made. Default: .recipes/RECIPE.")] = None,
    smoke: Annotated[bool, typer.Option("--smoke", help="All stages in tiny, in minutes, for a test.")] = False,
) -> int:
    """Make a pack from the data: every stage of a recipe, resumed where it was stopped."""
    recipe, console = read_recipe(name, smoke), Console()
    folder = (folder or Path(".recipes") / (f"{name}-smoke" if smoke else name)).absolute()
    if smoke:
        from .sample_data import link_sample

        shared = link_sample(shared, folder / "shared")
    workshop = Workshop(recipe, folder, shared.absolute(), smoke)
    started = time.monotonic()
    try:
        finished = run_stages(workshop, console)
    finally:
        console.print(workshop.table())
    if not finished:
        console.print("Stopped. The same command goes on from here.")
        return STOPPED
    console.print(f"{(time.monotonic() - started) / 60:.0f} minutes. The weights are in {folder / 'weights'}.", highlight=False)
    if not smoke:
        console.print("Copy its folders over those in backend/weights to ship them.")
    return 0
