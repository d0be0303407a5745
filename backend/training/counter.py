"""Train the counter: composed motions of the training split with known numbers, as they are and as the tokenizer gives them back.

Minutes on one core. The weights go into the pack whose tokenizer they were trained with; they need no other part of it, so they are
trained again when the tokenizer or the counted kinds change, not when the instruction model does. What it learns from is
`repetitions`' matter.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..data.samples import load_library
from ..data.tiers import SHIPPED_TIERS
from ..generation.counter import COUNTED, FILE, Counter, CounterConfig, exact
from ..model.tokenizer import MotionTokenizer, load_tokenizer
from ..packs.files import load_module, save_module
from ..packs.pack import WEIGHTS, find_pack
from .counter_data import CountedMotion, CounterBatches, compose_all, through_tokenizer
from .parts import put_into
from .training_loop import LoopConfig, fit

VALIDATION = 0.5  # as many motions of each number as are trained on
SURE = 0.8  # share of right numbers from which on a kind is counted: who counts worse than that spoils what would have been right


@dataclass
class CounterTraining:
    """Everything that decides the weights. With twice the rate the counter of nods fell silent early and never came back."""

    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=3000, learning_rate=1.5e-3, warmup=200, weight_decay=0.02, ema=0.99, log_every=25, validate_every=300, bf16=False
        )
    )
    batch: int = 32


def loss_of(counter: Counter, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
    """How far the sums of shares over the stretches of `CounterBatches.batch` are from their numbers."""
    shares, numbers = counter(batch["features"], batch["kind"]), batch["numbers"]
    sums = torch.zeros_like(numbers).scatter_add(1, batch["whose"], shares)
    known = ~numbers.isnan()
    off = F.smooth_l1_loss(sums[known], numbers[known], beta=0.25)
    return off, {"off": (sums[known] - numbers[known]).abs().mean()}


def stretches(data: Path, tokenizer: MotionTokenizer, split: str, share: float, seed: int) -> list[CountedMotion]:
    """Composed motions of a split; what is trained on comes out of the tokenizer with faults. What is judged does not: a nod does
    not survive them, and whoever counts none then is right.

    Raises UserError where `data build` has not been run."""
    rng = np.random.default_rng([seed, len(split)])
    faults = rng if split == "train" else None
    found = compose_all(load_library(data, SHIPPED_TIERS, split), rng, share)
    return [CountedMotion(action, features, through_tokenizer(tokenizer, features, faults)) for action, features in found]


@torch.inference_mode()
def right(counter: Counter, known: list[CountedMotion]) -> dict[str, float]:
    """Share of motions whose number is right when rounded: as they are (``plain``), out of the tokenizer, and by kind of both."""
    hits: dict[str, list[float]] = defaultdict(list)
    for stretch in known:
        if exact(stretch.action):
            for name, features in (("plain", stretch.features), ("decoded", stretch.decoded)):
                number = float(counter.shares(torch.from_numpy(features)[None], stretch.action).sum())
                hit = float(abs(number - stretch.action.count) < 0.5)
                hits[name].append(hit)
                hits[stretch.action.kind].append(hit)
    return {name: float(np.mean(values)) for name, values in hits.items()}


def train(config: CounterTraining, data: Path, tokenizer: MotionTokenizer, run: Path) -> dict[str, float]:
    """Train, resuming from ``run``, where the weights are left. Returns the shares of right numbers on the validation split."""
    torch.manual_seed(config.loop.seed)
    rows = CounterBatches(stretches(data, tokenizer, "train", 1.0, config.loop.seed))
    known = stretches(data, tokenizer, "val", VALIDATION, config.loop.seed)
    counter = Counter(CounterConfig())
    for buffer, value in zip((counter.mean, counter.std), statistics(rows.stretches), strict=True):
        buffer.copy_(torch.from_numpy(value))
    run.mkdir(parents=True, exist_ok=True)
    (run / "config.json").write_text(json.dumps(asdict(config) | {"motions": len(rows.stretches)}, indent=1))
    outcome = fit(
        counter, lambda _, rng: rows.batch(rng, config.batch), loss_of, config.loop, run,
        validate=lambda model, _: right(model, known),
    )  # fmt: skip
    if not outcome.finished:
        return outcome.metrics
    # what the validation split does not show is judged by what was trained on
    shares = right(counter, rows.stretches) | right(counter, known)
    for number, kind in enumerate(COUNTED):
        counter.sure[number] = shares.get(kind, 0.0) >= SURE
    save_module(run / FILE, counter, counter.config.to_dict())
    return right(load_module(run / FILE, counter), known)  # of the file as it is stored


def statistics(motions: list[CountedMotion]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation (140,) of features; deviations bounded below, for a joint that hardly moves says little."""
    features = np.concatenate([stretch.features for stretch in motions])
    std = features.std(0)
    return features.mean(0), np.maximum(std, 0.25 * np.median(std) + 1e-6)


def main(argv: list[str] | None = None) -> None:
    """``python -m backend train counter``"""
    parser = argparse.ArgumentParser(prog="python -m backend train counter", description=__doc__.splitlines()[0])
    parser.add_argument("--name", default="open", help="pack in backend/weights")
    parser.add_argument("--data", type=Path, default=Path(".data"), help="folder made by `data build`")
    parser.add_argument("--run", type=Path, default=Path(".runs/counter"), help="checkpoints and curves; resumes from here")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--minutes", type=float, help="stop (with the learning rate annealed) after this wall-clock time")
    arguments = parser.parse_args(argv)
    config = CounterTraining()
    config.loop.steps = arguments.steps or config.loop.steps
    config.loop.minutes = arguments.minutes
    config.loop.device = "cpu"  # minutes on one core
    torch.set_num_threads(1)
    pack = find_pack(arguments.name)
    tokenizer = load_tokenizer(pack.path("tokenizer.safetensors"))
    numbers = train(config, arguments.data, tokenizer, arguments.run)
    if (arguments.run / FILE).exists():
        put_into(WEIGHTS / arguments.name, FILE, (arguments.run / FILE).read_bytes(), weights=True)
    print(json.dumps(numbers, indent=1))


if __name__ == "__main__":
    main()
