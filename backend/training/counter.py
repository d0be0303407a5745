"""Train the counter on composed motions with known repetitions, plain and tokenized.

Takes minutes on one core. The weights belong to the pack whose tokenizer they were trained with, and to no other part of it: train
them again when the tokenizer or the counted kinds change. Batches are `counter_data`'s.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..data.samples import load_library
from ..data.tiers import SHIPPED_TIERS
from ..generation.repetition_counter import COUNTED, FILE, CounterConfig, RepetitionCounter, has_exact_count
from ..model.tokenizer import MotionTokenizer, load_tokenizer
from ..packs.files import load_module, save_module
from ..packs.pack import WEIGHTS, find_pack
from .commands import Data, Minutes, Name, Run, Steps, report, shorten
from .counter_data import CountedMotion, CounterBatches, compose_all, through_tokenizer
from .pack import add_to_pack
from .training_loop import FitResult, LoopConfig, fit

VALIDATION = 0.5  # motions of each number, relative to training
SURE = 0.8  # least share of right numbers of a kind that is counted: a worse counter spoils motions that were right


@dataclass
class CounterTraining:
    """Everything that decides the weights.

    With twice the learning rate the counter of nods collapses to zero.

    Attributes:
        share: of the motions that are composed of each action and number; there is at least one.
    """

    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=3000, learning_rate=1.5e-3, warmup=200, weight_decay=0.02, ema=0.99, log_every=25, validate_every=300, bf16=False
        )
    )
    batch: int = 32
    share: float = 1.0


def loss_of(counter: RepetitionCounter, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
    """Smooth L1 between each motion's sum of shares and its number of repetitions."""
    shares, numbers = counter(batch["features"], batch["kind"]), batch["numbers"]
    sums = torch.zeros_like(numbers).scatter_add(1, batch["whose"], shares)
    known = ~numbers.isnan()
    off = F.smooth_l1_loss(sums[known], numbers[known], beta=0.25)
    return off, {"off": (sums[known] - numbers[known]).abs().mean()}


def counted_motions(data: Path, tokenizer: MotionTokenizer, split: str, share: float, seed: int) -> list[CountedMotion]:
    """Composed motions of a split; those for training are decoded with faults in their tokens.

    Validation motions have none, because a nod does not survive them. Raises UserError where `data build` has not been run."""
    rng = np.random.default_rng([seed, len(split)])
    faults = rng if split == "train" else None
    composed = compose_all(load_library(data, SHIPPED_TIERS, split), rng, share)
    return [CountedMotion(action, features, through_tokenizer(tokenizer, features, faults)) for action, features in composed]


@torch.inference_mode()
def accuracy(counter: RepetitionCounter, known: list[CountedMotion]) -> dict[str, float]:
    """Share of right numbers: of ``plain`` and ``decoded`` motions, and of both by kind."""
    hits: dict[str, list[float]] = defaultdict(list)
    for motion in known:
        if has_exact_count(motion.action):
            for name, features in (("plain", motion.features), ("decoded", motion.decoded)):
                number = float(counter.shares(torch.from_numpy(features)[None], motion.action).sum())
                hit = float(abs(number - motion.action.count) < 0.5)
                hits[name].append(hit)
                hits[motion.action.kind].append(hit)
    return {name: float(np.mean(values)) for name, values in hits.items()}


def train(config: CounterTraining, data: Path, run: Path, pack: str, weights: Path) -> FitResult:
    """Train on one core with a pack's tokenizer, resuming from ``run``, into the pack.

    The metrics are of the weights as they are stored, on the validation split."""
    torch.set_num_threads(1)
    result = fit_counter(config, data, load_tokenizer(find_pack(pack, weights).path("tokenizer.safetensors")), run)
    if result.finished:
        add_to_pack(weights / pack, FILE, (run / FILE).read_bytes(), weights=True)
    return result


def fit_counter(config: CounterTraining, data: Path, tokenizer: MotionTokenizer, run: Path) -> FitResult:
    """`train` without the pack: the weights end in ``run``."""
    torch.manual_seed(config.loop.seed)
    batches = CounterBatches(counted_motions(data, tokenizer, "train", config.share, config.loop.seed))
    known = counted_motions(data, tokenizer, "val", VALIDATION * config.share, config.loop.seed)
    counter = RepetitionCounter(CounterConfig())
    for buffer, value in zip((counter.mean, counter.std), statistics(batches.motions), strict=True):
        buffer.copy_(torch.from_numpy(value))
    run.mkdir(parents=True, exist_ok=True)
    (run / "config.json").write_text(json.dumps(asdict(config) | {"motions": len(batches.motions)}, indent=1))
    result = fit(
        counter, lambda _, rng: batches.batch(rng, config.batch), loss_of, config.loop, run,
        validate=lambda model, _: accuracy(model, known),
    )  # fmt: skip
    if not result.finished:
        return result
    shares = accuracy(counter, batches.motions) | accuracy(counter, known)  # else of the training split
    for number, kind in enumerate(COUNTED):
        counter.sure[number] = shares.get(kind, 0.0) >= SURE
    save_module(run / FILE, counter, counter.config.to_dict())
    return replace(result, metrics=accuracy(load_module(run / FILE, counter), known))


def statistics(motions: list[CountedMotion]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation (140,) of features; still joints get a least deviation."""
    features = np.concatenate([motion.features for motion in motions])
    std = features.std(0)
    return features.mean(0), np.maximum(std, 0.25 * np.median(std) + 1e-6)


def command(
    name: Name = "open",
    data: Data = Path(".data"),
    run: Run = Path(".runs/counter"),
    steps: Steps = None,
    minutes: Minutes = None,
) -> int:
    """Train the counter of repetitions into a pack; after pack."""
    config = CounterTraining()
    shorten(config.loop, steps, minutes, "cpu")
    return report(train(config, data, run, name, WEIGHTS))
