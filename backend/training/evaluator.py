"""Train the evaluator: composed motions against fresh sentences of the caption grammar.

Network and loss are `evaluation.evaluator`'s. Validation ranks motions of the validation split among sentences that training leaves
out. Clips and sentences of the test split are never seen.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from torch import Tensor

from ..data.corpus import read_jsonl
from ..data.speech.speaking import for_validation
from ..errors import UserError
from ..evaluation.evaluator import (
    UNKNOWN,
    WEIGHTS,
    Evaluator,
    EvaluatorConfig,
    describe,
    embed_motions,
    embed_sentences,
    related,
)
from ..evaluation.held_out import HeldOut, held_out_rows
from ..evaluation.metrics import deal_pools, mm_distance, r_precision
from ..language.captions import REGISTERS, sentences, vocabulary
from ..language.instruction import Instruction
from ..packs.files import load_module, save_module
from .commands import Data, Minutes, Run, Steps, report, shorten
from .instruction_pairs import padded
from .training_loop import FitResult, LoopConfig, fit

POOL = 6  # batches drawn together and sorted by length: less padding, and length alone tells no two motions apart
FORGOTTEN = 0.04  # share of words that are replaced by the unknown word
NOISE = 0.1  # on normalised features: the tokenizer's errors must not look like another motion
VALIDATION = 512  # motions


@dataclass
class EvaluatorTraining:
    """Everything that decides the weights."""

    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=2500, learning_rate=8e-4, warmup=100, weight_decay=0.05, ema=0.995, log_every=25, validate_every=250
        )
    )
    batch: int = 64


class MotionSentences:
    """Batches of sample motions with sentences that say them."""

    def __init__(self, data: Path, evaluator: Evaluator) -> None:
        if not (data / "samples.npy").exists():
            raise UserError("no_motion_data", f"{data / 'samples.npy'} is missing.", "Run `python -m backend data build` first.")
        self.evaluator = evaluator
        self.array = np.load(data / "samples.npy", mmap_mode="r", allow_pickle=False)
        self.samples = read_jsonl(data / "samples.jsonl")
        by_key: dict[str, list[int]] = defaultdict(list)
        for index, sample in enumerate(self.samples):
            by_key[sample["key"]].append(index)
        self.by_key = {key: np.array(indices) for key, indices in by_key.items()}
        self.keys = list(by_key)
        self.instructions = {key: Instruction.parse(key) for key in self.keys}
        alone = np.array([self.instructions[key].single for key in self.keys])
        weights = np.sqrt([len(by_key[key]) for key in self.keys])
        self.weights = np.where(alone, weights / weights[alone].sum(), weights / weights[~alone].sum())  # half of them single
        self.weights /= self.weights.sum()

    def statistics(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and deviation (140,) of the features; still joints get a least deviation."""
        some = np.array(self.array[:: max(1, len(self.array) // 200_000)])
        std = some.std(0)
        return some.mean(0), np.maximum(std, 0.25 * np.median(std))

    def batch(self, step: int, rng: np.random.Generator, size: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Batch number ``step``: what `Evaluator.loss` takes."""
        pool_rng = np.random.default_rng([31, step // POOL])
        drawn = pool_rng.choice(len(self.keys), size=size * POOL, p=self.weights)
        rows = np.array([pool_rng.choice(self.by_key[self.keys[k]]) for k in drawn])
        order = np.argsort([self.samples[row]["frames"] for row in rows], kind="stable")
        slot = int(pool_rng.permutation(POOL)[step % POOL])
        chosen = [self.samples[row] for row in rows[order[slot * size : (slot + 1) * size]]]
        features = [self._noisy(self.array[s["start"] : s["start"] + s["frames"]], rng) for s in chosen]
        keys = [s["key"] for s in chosen]
        words = self.evaluator.spell([self.sentence(key, rng) for key in keys])
        words[(torch.from_numpy(rng.random(words.shape)) < FORGOTTEN) & (words > UNKNOWN)] = UNKNOWN
        alike = torch.tensor([[related(self.instructions[a], self.instructions[b]) for b in keys] for a in keys])
        motions, _ = padded(features, np.float32)
        return torch.from_numpy(motions), torch.tensor([len(f) for f in features]), words, alike

    def _noisy(self, features: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        scale = NOISE * rng.random() * self.evaluator.std.numpy()
        return features + scale * rng.standard_normal(features.shape, dtype=np.float32)

    def sentence(self, key: str, rng: np.random.Generator) -> str:
        """A sentence for a key that is not kept for validation or testing."""
        draw = random.Random(int(rng.integers(2**62)))
        while True:
            text = sentences(self.instructions[key], draw, draw.choice(REGISTERS))[0]
            if not for_validation(text):
                return text


def validation(evaluator: Evaluator, rows: HeldOut) -> dict[str, float]:
    """R-precision in pools of 32 and MM-Dist on real motions that were not trained on."""
    motions, texts = embed_motions(evaluator, rows.motions), embed_sentences(evaluator, rows.texts)
    dealt = [pool for seed in range(3) for pool in deal_pools(rows.keys, np.random.default_rng(seed), alike)]
    tops = r_precision(motions, texts, dealt)
    return {f"r_precision_{top}": value for top, value in enumerate(tops, 1)} | {"mm_distance": mm_distance(motions, texts)}


def alike(first: str, second: str) -> bool:
    """`related` on keys."""
    return related(Instruction.parse(first), Instruction.parse(second))


def train(config: EvaluatorTraining, data: Path, run: Path, out: Path) -> FitResult:
    """Train, resuming from ``run``; evaluator.safetensors and .json end in ``out``."""
    torch.manual_seed(config.loop.seed)
    words = vocabulary()
    evaluator = Evaluator(EvaluatorConfig(len(words)), words)
    pairs, held_back = MotionSentences(data, evaluator), held_out_rows(data, "val", VALIDATION)
    for buffer, value in zip((evaluator.mean, evaluator.std), pairs.statistics(), strict=True):
        buffer.copy_(torch.from_numpy(value))
    run.mkdir(parents=True, exist_ok=True)
    (run / "config.json").write_text(json.dumps(asdict(config), indent=1))
    result = fit(
        evaluator,
        lambda step, rng: pairs.batch(step, rng, config.batch),
        lambda model, batch: model.loss(*batch),
        config.loop,
        run,
        validate=lambda model, _: validation(model, held_back),
    )
    if not result.finished:
        return result
    out.mkdir(parents=True, exist_ok=True)
    weights = out / "evaluator.safetensors"
    save_module(weights, evaluator, asdict(evaluator.config))
    numbers = validation(load_module(weights, evaluator), held_back)  # of the file as it is stored
    (out / "evaluator.json").write_text(json.dumps(describe(weights, evaluator, numbers, len(pairs.samples)), indent=1))
    return replace(result, metrics=numbers)


def command(
    data: Data = Path(".data"),
    run: Run = Path(".runs/evaluator"),
    out: Annotated[Path, typer.Option(help="Folder for the weights.")] = WEIGHTS,
    steps: Steps = None,
    minutes: Minutes = None,
) -> int:
    """Train the judge of motion against words, in minutes on one core."""
    config = EvaluatorTraining()
    shorten(config.loop, steps, minutes, "cpu")
    return report(train(config, data, run, out))
