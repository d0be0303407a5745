"""Paper A's ablations in small: accuracy of the meaning by condition and training text.

Every variant trains the parts before the generator (speech stream, condition, meaning head) with the same data, seeds and steps.
The paper trains its whole model for each row and compares motion; here the number is the accuracy of the whole meaning on
validation voices and sentences. Finished variants are kept.
"""

from __future__ import annotations

import json
import random
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
from ..data.speech.speaking import for_validation
from ..evaluation.results import ABLATIONS, write_json
from ..language.captions import sentences
from ..language.meaning import all_classes
from ..model.condition_networks import condition_network
from ..model.meaning_slots import MeaningSlots
from ..model.speech_stream import SpeechStream
from ..packs.pack import WEIGHTS, sha256_of
from .commands import Data
from .instruction_pairs import InstructionPairs
from .training_loop import LoopConfig, fit

WIDTH = 128  # half of `model.instruct`'s, so that four times as many steps cost the same
SLOTS, HEADS, MEMORIES = 8, 8, 128  # as in `model.instruct`
BATCH, TYPED, NOISE = 32, 0.4, 0.15  # the last two as in `training.instruct`
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
        self.meaning = MeaningSlots(SLOTS * WIDTH, all_classes(), WIDTH)

    def forward(self, batch: dict[str, Tensor]) -> Tensor:
        """The condition, flat: (B, slots * width)."""
        stream, padding = self.stream(*(batch[k] for k in ("speech", "words", "shares", "speech_padding", "silent")))
        return self.condition(stream, padding).flatten(1)

    def loss(self, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        return self.meaning.loss(self(batch), batch["meaning"]), {}


class PairsInRegisters(InstructionPairs):
    """`InstructionPairs` whose utterances and typed sentences are of some registers only."""

    def __init__(self, data: Path, split: str, encoder: AudioEncoder, registers: tuple[str, ...] = REGISTERS) -> None:
        super().__init__(data, split, encoder)
        self.registers = registers
        rows = read_jsonl(data / "speech" / "utterances.jsonl")
        self.utterances = [(i, key) for i, key in self.utterances if rows[i]["style"] in registers]

    def sentence(self, key: str, rng: np.random.Generator) -> str:
        """A sentence of this split and these registers, or the last one drawn of few wordings."""
        draw = random.Random(int(rng.integers(2**62)))
        for _ in range(200):
            text = sentences(self.instructions[key], draw, draw.choice(self.registers))[0]
            if for_validation(text) == (self.split == "val"):
                break
        return text


@torch.inference_mode()
def accuracy(model: Understanding, batches: list[dict[str, Tensor]], silent: bool) -> dict[str, float]:
    """Per cent of rows whose "whole" meaning is right, and whose first "kind" of motion is.

    ``silent`` hides the sound, as the shipped pack does."""
    right = []
    for batch in batches:
        shown = batch | {"silent": torch.ones_like(batch["silent"])} if silent else batch
        right.append(model.meaning.likeliest(model(shown))[0] == batch["meaning"])
    fields = torch.cat(right)
    return {"whole": 100 * float(fields.all(1).float().mean()), "kind": 100 * float(fields[:, 0].float().mean())}


def validation_batches(held_back: PairsInRegisters) -> list[dict[str, Tensor]]:
    """Every utterance of the validation split once, as recorded."""
    rng, found = np.random.default_rng(5), []
    held_back.speech.versions = 1  # the plain recording, not the roughened one
    order = sorted(held_back.utterances, key=lambda row: len(held_back.speech.get(row[0])))
    for start in range(0, len(order), ROWS):
        rows = order[start : start + ROWS]
        found.append(held_back.collate(rows, np.array([held_back.by_key[key][0] for _, key in rows]), rng, 0.0))
    return found


def run_variant(
    variant: Variant, seed: int, steps: int, data: Path, encoder: AudioEncoder, tests: dict[str, list[dict[str, Tensor]]], run: Path
) -> dict[str, float]:
    """Train one variant and return its accuracies by register of the validation sentences."""
    torch.manual_seed(seed)
    model, pairs = Understanding(variant, encoder), PairsInRegisters(data, "train", encoder, variant.registers)
    config = LoopConfig(
        steps=steps, learning_rate=1e-3, warmup=50, weight_decay=0.02, ema=0.99, seed=seed, device="cpu", log_every=100
    )
    outcome = fit(model, lambda step, rng: pairs.batch(step, rng, BATCH, NOISE, TYPED), lambda m, batch: m.loss(batch), config, run)
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
