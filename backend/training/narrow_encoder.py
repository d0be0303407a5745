"""Teach the tokenizer a narrow encoder: same codes, same decoder, a quarter of the encoder's weights.

Generating motion needs codebooks and decoder only, and their quality is what people see; the encoder is for tokenizing motion that
is there already. So a pack ships a narrow one that was taught to give the wide one's latents (distillation), and stays small.
The tokens the motion model is trained on are the wide encoder's.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..data.corpus import load_corpus
from ..model.tokenizer import PARTS, MotionTokenizer, TokenizerConfig
from ..packs.files import load_module, load_parts, save_module
from .history import write_settings
from .loop import LoopConfig, fit
from .tokenizer import WINDOW, evaluate_tokenizer


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
    """How far the narrow encoder's latents, and what the decoder makes of them, are from the wide one's; features (B, T, 140)."""
    normal = teacher.normalise(features)
    latents, rebuilt = features.new_zeros(()), features.new_zeros(())
    for narrow, wide, dims in zip(student.parts, teacher.parts, PARTS, strict=True):
        given = narrow.encode(normal[..., dims]).float()
        with torch.no_grad():
            wanted = wide.encode(normal[..., dims]).float()
        latents = latents + F.mse_loss(given, wanted) / wanted.var()
        rebuilt = rebuilt + F.smooth_l1_loss(wide.decode(given).float(), normal[..., dims])
    return latents + rebuilt, {"latents": latents, "rebuilt": rebuilt}


def train(config: NarrowTraining, data: Path, wide_run: Path, run: Path) -> dict[str, float]:
    """Train, resuming from ``run``; returns the numbers on held-out clips. Weights end in ``run/tokenizer.safetensors``."""
    torch.manual_seed(config.loop.seed)
    corpus, held_out = load_corpus(data, "train"), load_corpus(data, "val")
    sizes = TokenizerConfig(**json.loads((wide_run / "config.json").read_text(encoding="utf-8"))["model"])
    teacher = load_module(wide_run / "tokenizer.safetensors", MotionTokenizer(sizes))
    narrow = replace(sizes, encoder_width=config.encoder_width)
    student = MotionTokenizer(narrow)
    load_parts(wide_run / "tokenizer.safetensors", student)
    encoders = torch.nn.ModuleList(part.encoder for part in student.parts)  # all that learns

    def draw(step: int, rng: np.random.Generator) -> Tensor:
        return torch.from_numpy(corpus.windows(rng, config.batch, WINDOW))

    run.mkdir(parents=True, exist_ok=True)
    origin = wide_run / "tokenizer.safetensors"
    write_settings(run / "config.json", {**asdict(config), "model": narrow.to_dict()}, origin, corpus.tiers())
    student.eval()  # its quantizer must not move the codes
    outcome = fit(
        encoders, draw, lambda _, batch: distillation_loss(student, teacher, batch), config.loop, run,
        validate=lambda *_: evaluate_tokenizer(student, held_out),
    )  # fmt: skip
    save_module(run / "tokenizer.safetensors", student, narrow.to_dict())
    return outcome.metrics


def main(argv: list[str] | None = None) -> None:
    """``python -m backend train narrow-encoder``"""
    parser = argparse.ArgumentParser(prog="python -m backend train narrow-encoder", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".data"), help="folder made by `data build`")
    parser.add_argument("--wide", type=Path, default=Path(".runs/tokenizer"), help="run of the trained tokenizer")
    parser.add_argument("--run", type=Path, default=Path(".runs/tokenizer_narrow"), help="checkpoints and curves; resumes")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--minutes", type=float, help="stop (with the learning rate annealed) after this wall-clock time")
    arguments = parser.parse_args(argv)
    config = NarrowTraining()
    config.loop.steps = arguments.steps or config.loop.steps
    config.loop.minutes = arguments.minutes
    print(json.dumps(train(config, arguments.data, arguments.wide, arguments.run), indent=1))


if __name__ == "__main__":
    main()
