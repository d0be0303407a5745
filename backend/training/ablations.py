"""Paper A's ablations in small: accuracy of the meaning by condition and training text.

Every variant trains the parts that hear (speech stream, condition, meaning head) on speech alone, with the same data, seeds and
steps.
The paper trains its whole model for each row and compares motion; here the number is the accuracy of the whole meaning on
validation voices and sentences. Finished variants are kept.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from torch import Tensor, nn

from ..audio.encoder import AudioEncoder, load_encoder
from ..data.corpus import read_jsonl
from ..evaluation.results import ABLATIONS, write_json
from ..language.meaning import all_classes
from ..model.condition_networks import condition_network
from ..model.meaning_head import MeaningHead
from ..model.speech_stream import SpeechStream
from ..packs.pack import WEIGHTS, sha256_of
from .commands import Data
from .instruction_pairs import InstructionPairs
from .spoken_pairs import SpokenPairs
from .training_loop import LoopConfig, fit

WIDTH = 128  # half of `model.instruct`'s, so that four times as many steps cost the same
SLOTS, HEADS, MEMORIES = 8, 8, 128  # as in `model.instruct`
BATCH = 32
REGISTERS = ("original", "oral")
ROWS = 32  # of a validation batch


@dataclass(frozen=True)
class Variant:
    """One row of the table: condition network, memories, register of the training sentences."""

    name: str
    condition: str = "memory"
    memories: int = MEMORIES
    registers: tuple[str, ...] = REGISTERS


VARIANTS = (
    Variant(f"memory retrieval, {MEMORIES} memories"),
    Variant("memory retrieval with a way around the memory", "memory_residual"),
    Variant("attention pooling, no memory", "pooled"),
    Variant("mean pooling", "mean"),
    Variant("full cross-attention", "cross"),
    Variant("trained on original sentences only", registers=("original",)),
    Variant("trained on oral sentences only", registers=("oral",)),
    *(Variant(f"memory retrieval, {count} memories", memories=count) for count in (32, 64, 256)),
)


class Understanding(nn.Module):
    """Speech stream, condition and meaning head of `InstructModel`, without the generator."""

    def __init__(self, variant: Variant, encoder: AudioEncoder) -> None:
        super().__init__()
        self.stream = SpeechStream(encoder.config.width, encoder.config.words, WIDTH)
        self.condition = condition_network(variant.condition, WIDTH, variant.memories, SLOTS, HEADS)
        self.meaning = MeaningHead(SLOTS * WIDTH, all_classes())

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        """The condition, flat: (B, slots * width)."""
        stream, padding = self.stream(*(batch[k] for k in ("speech", "words", "shares", "speech_padding", "silent")))
        return self.condition(stream, padding).flatten(1)

    def loss(self, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        return self.meaning.loss(self(batch), batch["meaning"]), {}


class PairsInRegisters(SpokenPairs):
    """`SpokenPairs` whose utterances are of some registers only."""

    def __init__(self, data: Path, split: str, encoder: AudioEncoder, registers: tuple[str, ...] = REGISTERS) -> None:
        super().__init__([data / "speech"], split, encoder, InstructionPairs(data, split, encoder.words))
        of = [row["style"] for row in read_jsonl(data / "speech" / "utterances.jsonl")]
        kept = np.array([of[number] in registers for _, number, *_ in self.rows])
        self.rows, self.lengths = [row for row, keep in zip(self.rows, kept, strict=True) if keep], self.lengths[kept]


@torch.inference_mode()
def accuracy(model: Understanding, batches: list[dict[str, Tensor]], silent: bool) -> dict[str, float]:
    """Per cent of rows whose "whole" meaning is right, and whose first "kind" of motion is.

    ``silent`` hides the features, so that the word posteriors count alone."""
    right = []
    for batch in batches:
        shown = batch | {"silent": torch.full_like(batch["silent"], silent)}
        right.append(model.meaning.likeliest(model(shown))[0] == batch["meaning"])
    fields = torch.cat(right)
    return {"whole": 100 * float(fields.all(1).float().mean()), "kind": 100 * float(fields[:, 0].float().mean())}


def validation_batches(held_back: PairsInRegisters) -> list[dict[str, Tensor]]:
    """Every utterance of the validation split once, as recorded."""
    rng, order = np.random.default_rng(5), np.argsort(held_back.lengths, kind="stable")
    return [held_back.collate(order[start : start + ROWS], rng) for start in range(0, len(order), ROWS)]


def run_variant(
    variant: Variant, seed: int, steps: int, data: Path, encoder: AudioEncoder, tests: dict[str, list[dict[str, Tensor]]], run: Path
) -> dict[str, float]:
    """Train one variant and return its accuracies by register of the validation sentences."""
    torch.manual_seed(seed)
    model, pairs = Understanding(variant, encoder), PairsInRegisters(data, "train", encoder, variant.registers)
    config = LoopConfig(
        steps=steps, learning_rate=1e-3, warmup=50, weight_decay=0.02, ema=0.99, seed=seed, device="cpu", log_every=100
    )
    outcome = fit(model, lambda step, rng: pairs.batch(step, rng, BATCH), lambda m, batch: m.loss(batch), config, run)
    if not outcome.finished:
        raise KeyboardInterrupt  # the run goes on from its checkpoint next time
    result = {"parameters": sum(p.numel() for p in model.condition.parameters())}
    for register, batches in tests.items():
        for heard, silent in (("words", True), ("words and sound", False)):
            result |= {f"{register}, {heard}, {what}": value for what, value in accuracy(model, batches, silent).items()}
    return result


def run_all(
    steps: int, seeds: int, data: Path, encoder_folder: Path, runs: Path, out: Path, tell: Callable[[str], None] = print
) -> dict:
    """Train every variant with every seed.

    ``out`` is written after each; finished runs of the same size in it are kept.
    """
    encoder = load_encoder(encoder_folder)
    tests = {register: validation_batches(PairsInRegisters(data, "val", encoder, (register,))) for register in REGISTERS}
    setting = {
        "steps": steps, "batch": BATCH, "width": WIDTH,
        "utterances": {register: sum(len(batch["meaning"]) for batch in found) for register, found in tests.items()},
        "encoder_sha256": sha256_of(encoder_folder / "encoder.safetensors"),
    }  # fmt: skip
    before = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    report = before if before.get("setting") == setting else {"setting": setting, "runs": []}
    done = {(row["variant"], row["seed"]) for row in report["runs"]}
    for seed in range(seeds):
        for variant in VARIANTS:
            if (variant.name, seed) in done:
                continue
            started = time.monotonic()
            run = runs / f"{'-'.join(variant.name.replace(',', '').split())}-{steps}-{seed}"
            numbers = run_variant(variant, seed, steps, data, encoder, tests, run)
            report["runs"].append({"variant": variant.name, "seed": seed, "seconds": round(time.monotonic() - started), **numbers})
            write_json(report, out)
            tell(f"{variant.name}, seed {seed}: " + ", ".join(f"{k} {v:.1f}" for k, v in numbers.items()))
    return report


def command(
    steps: Annotated[int, typer.Option(min=1, help="Training steps of every variant.")] = 700,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of every variant.")] = 1,
    data: Data = Path(".data"),
    encoder: Annotated[Path, typer.Option(help="Folder of the trained audio encoder.")] = WEIGHTS / "ear",
    runs: Annotated[Path, typer.Option(help="Checkpoints and curves.")] = Path(".runs/ablations"),
    out: Annotated[Path, typer.Option("--json", help="Where the numbers go; EVALUATION.md reads the default.")] = ABLATIONS,
) -> None:
    """Train small variants of the condition and compare them."""
    run_all(steps, seeds, data, encoder, runs, out)
