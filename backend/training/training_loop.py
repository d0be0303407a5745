"""The training loop of all models: schedule, precision, averaged weights, checkpoints.

A training script gives a model, a function that draws batch n, and a function that turns a batch into a loss. Batch n and the
random numbers of step n depend on the seed and n alone, so a resumed run sees the same data as an uninterrupted one. Losses, data
and export belong to the scripts.
"""

from __future__ import annotations

import csv
import json
import math
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
import torch
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ..model.fast_layers import has_bfloat16
from ..packs.whole_files import write_whole

CHECKPOINT = "checkpoint.safetensors"


@dataclass
class LoopConfig:
    """How to train.

    ``minutes`` bounds the wall-clock time over all resumed runs. The cosine follows steps or minutes, whichever is further
    along, so a run on a slow machine still ends with a small learning rate.
    """

    steps: int = 10_000
    minutes: float | None = None
    learning_rate: float = 3e-4
    final_learning_rate: float = 1e-6
    warmup: int = 300
    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.99)
    clip: float = 1.0  # largest gradient norm
    ema: float = 0.0  # decay of the averaged weights that are validated and exported; 0 switches it off
    bf16: bool = True
    device: str = "auto"
    seed: int = 0
    log_every: int = 50
    validate_every: int = 1000
    checkpoint_seconds: float = 120.0


@dataclass
class FitResult:
    """Where a run ended; not ``finished`` where a signal stopped it and it can be resumed."""

    step: int
    seconds: float
    finished: bool
    metrics: dict[str, float] = field(default_factory=dict)


def pick_device(name: str = "auto") -> torch.device:
    """``auto`` is CUDA where there is one, else the CPU."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def autocast_of(config: LoopConfig, device: torch.device) -> AbstractContextManager:
    """Bfloat16 where asked for and quick: on a GPU, on a CPU that multiplies in it.

    With AMX or AVX512_BF16 a step takes six tenths of the time; emulated, as with AVX2, a hundred times as long."""
    quick = device.type != "cpu" or has_bfloat16()
    return torch.autocast(device.type, torch.bfloat16) if config.bf16 and quick else nullcontext()


def attention_of(device: torch.device) -> AbstractContextManager:
    """Plain attention on a CPU: its backward pass is twice as fast as the fused one's."""
    return sdpa_kernel(SDPBackend.MATH) if device.type == "cpu" else nullcontext()


def learning_rate(config: LoopConfig, step: int, progress: float) -> float:
    """Linear warm-up by steps, then half a cosine over ``progress`` (0..1)."""
    warm = min(1.0, (step + 1) / max(1, config.warmup))
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
    return warm * (config.final_learning_rate + (config.learning_rate - config.final_learning_rate) * cosine)


def fit(
    model: nn.Module,
    draw: Callable[[int, np.random.Generator], Any],
    loss_of: Callable[[nn.Module, Any], tuple[Tensor, dict[str, float | Tensor]]],
    config: LoopConfig,
    run: Path,
    *,
    validate: Callable[[nn.Module, int], dict[str, float]] | None = None,
    rate_of: Callable[[str], float] = lambda name: 1.0,
    console: Console | None = None,
) -> FitResult:
    """Train ``model`` in place, resuming from ``run``; with ``ema`` it ends averaged.

    Args:
        draw: (step, generator) -> batch, on any device; must depend on nothing else.
        loss_of: (model, batch) -> (scalar loss, numbers to log). Called under `autocast_of`.
        validate: (model in eval mode, step) -> numbers for ``validation.csv``.
        rate_of: name of a parameter -> its share of the learning rate; one that needs no gradient is not trained.
    Returns:
        FitResult. Raises FloatingPointError when ten losses in a row are not finite.
    """
    device = pick_device(config.device)
    run.mkdir(parents=True, exist_ok=True)
    model.to(device).train()
    optimizer = torch.optim.AdamW(_groups(model, config.weight_decay, rate_of), lr=config.learning_rate, betas=config.betas)
    average = averaged(model) if config.ema else None
    step, before = load_checkpoint(run, model, optimizer, average, device) if (run / CHECKPOINT).exists() else (0, 0.0)
    (run / "loop.json").write_text(json.dumps(asdict(config), indent=1))
    curves, validation = Curves(run / "curves.csv", step), Curves(run / "validation.csv", step)
    console = console or Console()
    stop = _StopSignal()
    started = saved = time.monotonic()
    sums: dict[str, float] = {}
    counted = bad = 0
    metrics: dict[str, float] = {}

    def clock() -> float:
        return before + time.monotonic() - started

    def progress_now() -> float:
        by_time = clock() / (60 * config.minutes) if config.minutes else 0.0
        return max(step / config.steps, by_time)

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with stop, Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(run.name, total=config.steps, completed=step)
        while progress_now() < 1.0 and not stop.asked:
            torch.manual_seed(config.seed * 1_000_003 + step)
            batch = draw(step, np.random.default_rng([config.seed, step]))
            rate = learning_rate(config, step, progress_now())
            for group in optimizer.param_groups:
                group["lr"] = rate * group["share"]
            with autocast_of(config, device), attention_of(device):
                loss, numbers = loss_of(model, batch)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), config.clip)
            bad = 0 if bool(torch.isfinite(norm)) else bad + 1
            if bad >= 10:
                raise FloatingPointError(f"the loss of {run.name} was not finite ten times in a row at step {step}")
            if not bad:  # one broken batch must not break the weights
                optimizer.step()
            step += 1
            if average is not None:
                average.multi_avg_fn = get_ema_multi_avg_fn(min(config.ema, (1 + step) / (10 + step)))
                average.update_parameters(model)
            for name, value in {"loss": loss, "norm": norm, **numbers}.items():
                sums[name] = sums.get(name, 0.0) + float(torch.as_tensor(value).detach())
            counted += 1
            if step % config.log_every == 0:
                means = {name: value / counted for name, value in sums.items()}
                curves.add(step, clock(), {"learning_rate": rate, **means})
                shown = " ".join(f"{name} {value:.4g}" for name, value in means.items())
                bar.update(task, completed=step, description=f"{run.name} loss {means['loss']:.4g}")
                if not console.is_terminal:
                    console.print(f"step {step} {clock():.0f} s lr {rate:.2e} {shown}", soft_wrap=True, highlight=False)
                sums, counted = {}, 0
            if validate and step % config.validate_every == 0:
                metrics = _validated(model, average, validate, step)
                validation.add(step, clock(), metrics)
                console.print(f"step {step} validation {metrics}", soft_wrap=True, highlight=False)
            if time.monotonic() - saved > config.checkpoint_seconds:
                save_checkpoint(run, model, optimizer, average, step, clock())
                saved = time.monotonic()
        save_checkpoint(run, model, optimizer, average, step, clock())
    finished = not stop.asked
    if finished and average is not None:
        model.load_state_dict(average.module.state_dict())
    if finished and validate:
        metrics = _validated(model, None, validate, step)
        validation.add(step, clock(), metrics)
        console.print(f"step {step} validation {metrics}", soft_wrap=True, highlight=False)
    model.eval()
    return FitResult(step, clock(), finished, metrics)


def save_checkpoint(
    run: Path, model: nn.Module, optimizer: torch.optim.Optimizer, average: AveragedModel | None, step: int, seconds: float
) -> None:
    """Everything a resumed run needs, in one file that is replaced at once. Raises OSError."""
    tensors = {f"model.{k}": v.detach().cpu().contiguous().clone() for k, v in model.state_dict().items()}
    if average is not None:
        tensors |= {f"average.{k}": v.detach().cpu().contiguous().clone() for k, v in average.module.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{k}": torch.as_tensor(v).cpu().contiguous() for k, v in state.items()}
    write_whole(run / CHECKPOINT, save(tensors, metadata={"step": str(step), "seconds": f"{seconds:.1f}"}))


def load_checkpoint(
    run: Path, model: nn.Module, optimizer: torch.optim.Optimizer, average: AveragedModel | None, device: torch.device
) -> tuple[int, float]:
    """Load the checkpoint; returns (step, seconds trained). RuntimeError where it does not fit."""
    with safe_open(run / CHECKPOINT, framework="pt", device=str(device)) as file:
        meta = file.metadata()
        parts: dict[str, dict[str, Tensor]] = {"model": {}, "average": {}, "optimizer": {}}
        for name in file.keys():  # noqa: SIM118 - safe_open is no mapping
            part, rest = name.split(".", 1)
            parts[part][rest] = file.get_tensor(name)
    model.load_state_dict(parts["model"])
    if average is not None:
        average.module.load_state_dict(parts["average"] or parts["model"])
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in parts["optimizer"].items():
        index, key = name.split(".", 1)
        state.setdefault(int(index), {})[key] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return int(meta["step"]), float(meta["seconds"])


class Curves:
    """A CSV file of numbers by step; rows after the step a run resumes from are dropped."""

    def __init__(self, path: Path, step: int) -> None:
        self.path, self.names = path, []
        if path.exists():
            with path.open(newline="") as file:
                rows = [row for row in csv.DictReader(file) if int(row["step"]) <= step]
            if rows and step:
                self._write(rows, "w")
            else:
                path.unlink()

    def add(self, step: int, seconds: float, numbers: dict[str, float]) -> None:
        row = {"step": step, "seconds": f"{seconds:.1f}", **{k: f"{v:.6g}" for k, v in numbers.items()}}
        self._write([row], "a" if self.path.exists() else "w")

    def _write(self, rows: list[dict[str, Any]], mode: str) -> None:
        self.names = self.names or list(rows[0])
        with self.path.open(mode, newline="") as file:
            writer = csv.DictWriter(file, self.names, extrasaction="ignore", restval="")
            if mode == "w":
                writer.writeheader()
            writer.writerows(rows)


class _StopSignal:
    """Turns the first SIGTERM or SIGINT into a flag, so that a checkpoint is written."""

    def __enter__(self) -> Self:
        self.asked = False
        self.old: dict[int, Any] = {}
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(ValueError):  # not the main thread: there the caller's own handling stays
                self.old[number] = signal.signal(number, self._ask)
        return self

    def _ask(self, number: int, frame: object) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def __exit__(self, *_: object) -> None:
        for number, handler in self.old.items():
            signal.signal(number, handler)


def _groups(model: nn.Module, decay: float, rate_of: Callable[[str], float]) -> list[dict[str, Any]]:
    """Parameter groups by share of the learning rate; matrices decay, vectors do not."""
    groups: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            groups.setdefault((rate_of(name), parameter.ndim > 1), []).append(parameter)
    return [
        {"params": found, "weight_decay": decay if matrix else 0.0, "share": share}
        for (share, matrix), found in sorted(groups.items(), key=lambda item: (-item[0][0], not item[0][1]))
    ]


def averaged(model: nn.Module) -> AveragedModel:
    """An average of a model's weights that begins with those it has."""
    average = AveragedModel(model)
    average.n_averaged.fill_(1)  # 0 would let the first step replace what it begins with
    return average


def _validated(model: nn.Module, average: AveragedModel | None, validate: Callable, step: int) -> dict[str, float]:
    """Validate the averaged weights, or the plain ones; the model is left as it was."""
    plain = {k: v.clone() for k, v in model.state_dict().items()} if average is not None else {}
    if average is not None:
        model.load_state_dict(average.module.state_dict())
    model.eval()
    with torch.inference_mode():
        numbers = validate(model, step)
    if plain:
        model.load_state_dict(plain)
    model.train()
    return numbers
