"""Options that the training commands share, and how a training is set and reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from .training_loop import FitResult, LoopConfig

STOPPED = 130  # exit code, as a shell reports a command that was interrupted

Data = Annotated[Path, typer.Option(help="Folder made by `data build`.")]
Run = Annotated[Path, typer.Option(help="Checkpoints and curves; resumes from here.")]
Steps = Annotated[int | None, typer.Option(min=1, help="Training steps. Default: see the module.")]
Minutes = Annotated[float | None, typer.Option(help="Stop, with the learning rate annealed, after this wall-clock time.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]
Name = Annotated[str, typer.Option(help="Pack of weights.")]
Weights = Annotated[Path, typer.Option(help="Folder of the packs.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes side by side. Default: one a core.")]


def shorten(loop: LoopConfig, steps: int | None, minutes: float | None, device: str = "auto") -> None:
    """Set what a command line may say of a loop."""
    loop.steps, loop.minutes, loop.device = steps or loop.steps, minutes, device


def report(result: FitResult) -> int:
    """Print the last validation; returns the exit code."""
    print(json.dumps(result.metrics, indent=1))
    return 0 if result.finished else STOPPED
