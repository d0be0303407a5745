"""Distil the tokenizer's encoder into one with a quarter of the weights; same codes.

Generation needs codebooks and decoder alone; the encoder only tokenizes motion that exists. A pack therefore ships a narrow
encoder that gives the wide one's latents. The motion model is trained on tokens of the wide encoder.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from torch import Tensor
from torch.nn import functional as F

from ..data.corpus import load_corpus
from ..model.tokenizer import PARTS, MotionTokenizer, TokenizerConfig
from ..packs.files import load_module, load_parts
from .commands import Data, Minutes, Run, Steps, report, shorten
from .provenance import write_settings
from .tokenizer import WINDOW, fit_tokenizer
from .training_loop import FitResult, LoopConfig


@dataclass
class NarrowTraining:
    """Everything that decides the weights."""

    encoder_width: int = 128
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=6_000, learning_rate=1e-3, warmup=200, weight_decay=0.0, ema=0.995, validate_every=3000
        )
    )
    batch: int = 48


def distillation_loss(student: MotionTokenizer, teacher: MotionTokenizer, features: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
    """Errors of the narrow encoder's latents and decoded motion; features (B, T, 140)."""
    normal = teacher.normalise(features)
    latents, rebuilt = features.new_zeros(()), features.new_zeros(())
    for narrow, wide, dims in zip(student.parts, teacher.parts, PARTS, strict=True):
        given = narrow.encode(normal[..., dims]).float()
        with torch.no_grad():
            wanted = wide.encode(normal[..., dims]).float()
        latents = latents + F.mse_loss(given, wanted) / wanted.var()
        rebuilt = rebuilt + F.smooth_l1_loss(wide.decode(given).float(), normal[..., dims])
    return latents + rebuilt, {"latents": latents, "rebuilt": rebuilt}


def train(config: NarrowTraining, data: Path, wide: Path, run: Path) -> FitResult:
    """Train with the run ``wide`` as the teacher, resuming from ``run``; weights end there."""
    torch.manual_seed(config.loop.seed)
    corpus, held_out = load_corpus(data, "train"), load_corpus(data, "val")
    sizes = TokenizerConfig(**json.loads((wide / "config.json").read_text(encoding="utf-8"))["model"])
    teacher = load_module(wide / "tokenizer.safetensors", MotionTokenizer(sizes))
    narrow = replace(sizes, encoder_width=config.encoder_width)
    student = MotionTokenizer(narrow)
    load_parts(wide / "tokenizer.safetensors", student)
    encoders = torch.nn.ModuleList(part.encoder for part in student.parts)  # all that learns

    def draw(step: int, rng: np.random.Generator) -> Tensor:
        return torch.from_numpy(corpus.windows(rng, config.batch, WINDOW))

    run.mkdir(parents=True, exist_ok=True)
    origin = wide / "tokenizer.safetensors"
    write_settings(run / "config.json", {**asdict(config), "model": narrow.to_dict()}, origin, corpus.tiers())
    student.eval()  # its quantizer must not move the codes
    return fit_tokenizer(
        student, encoders, draw, lambda _, batch: distillation_loss(student, teacher, batch), config.loop, run, held_out
    )


def command(
    data: Data = Path(".data"),
    wide: Annotated[Path, typer.Option(help="Run of the trained tokenizer.")] = Path(".runs/tokenizer"),
    run: Run = Path(".runs/tokenizer_narrow"),
    steps: Steps = None,
    minutes: Minutes = None,
) -> int:
    """Distil the tokenizer's encoder into a narrow one for the pack."""
    config = NarrowTraining()
    shorten(config.loop, steps, minutes)
    return report(train(config, data, wide, run))
