"""Refine the tokenizer's decoder on composed samples: same codes, better motion.

The tokenizer learns from windows of clips, where walks are many and kicks are few, so its decoder damps fast motion. Here the
decoder alone learns, from the motion model's samples: every action is as frequent as any other, and fast joints weigh more.
Encoder, codebooks and statistics stay, so tokens keep their meaning and no other model has to be trained again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer
from torch import Tensor

from ..data.corpus import load_corpus, read_jsonl
from ..data.tiers import tiers_of_samples
from ..errors import UserError
from ..language.instruction import Instruction
from ..model.tokenizer import FRAMES_PER_TOKEN, MotionTokenizer, TokenizerConfig
from ..packs.files import load_module, saved_config
from .commands import Data, Minutes, Run, Steps, report, shorten
from .provenance import write_settings
from .tokenizer import compare, fit_tokenizer
from .training_loop import FitResult, LoopConfig

LENGTHS = (6, 12, 18)  # tokens of a window; one length a batch
LIVELY = 1.0  # additional weight of a joint's error per metre per second of its real speed


@dataclass
class DecoderTraining:
    """Everything that decides the weights."""

    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=14_000, learning_rate=4e-4, warmup=100, weight_decay=0.0, ema=0.999, validate_every=3500
        )
    )
    batch: int = 40
    position_weight: float = 2.0  # per metre
    velocity_weight: float = 0.4  # per metre per second
    skate_weight: float = 0.3  # per metre per second
    turn_weight: float = 1.0  # per radian


class SampleWindows:
    """Windows of samples: features with their tokens; every single action equally often."""

    def __init__(self, data: Path) -> None:
        if not (data / "tokens.npy").exists():
            hint = "Run `python -m backend train instruct` first: it tokenizes."
            raise UserError("no_tokens", f"{data / 'tokens.npy'} is missing.", hint)
        self.features = np.load(data / "samples.npy", mmap_mode="r", allow_pickle=False)
        self.tokens = np.load(data / "tokens.npy", mmap_mode="r", allow_pickle=False)
        groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row in read_jsonl(data / "samples.jsonl"):
            name = row["key"] if Instruction.parse(row["key"]).single else ""
            groups[name].append((row["start"] // FRAMES_PER_TOKEN, row["frames"] // FRAMES_PER_TOKEN))
        self.groups = list(groups.values())
        self.weights = np.array([len(groups) / 3 if name == "" else 1.0 for name in groups])
        self.weights /= self.weights.sum()

    def draw(self, step: int, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor]:
        """tokens (B, L, P, Q) and features (B, 4 L, 140) of one length."""
        length = LENGTHS[step % len(LENGTHS)]
        tokens, features = [], []
        while len(tokens) < count:
            group = self.groups[int(rng.choice(len(self.groups), p=self.weights))]
            start, size = group[int(rng.integers(len(group)))]
            if size < length:
                continue
            first = start + int(rng.integers(0, size - length + 1))
            tokens.append(np.asarray(self.tokens[first : first + length], np.int64))
            features.append(np.asarray(self.features[first * FRAMES_PER_TOKEN : (first + length) * FRAMES_PER_TOKEN], np.float32))
        return torch.from_numpy(np.stack(tokens)), torch.from_numpy(np.stack(features))


def decoder_loss(
    model: MotionTokenizer, tokens: Tensor, features: Tensor, config: DecoderTraining
) -> tuple[Tensor, dict[str, Tensor]]:
    """The tokenizer's losses without commitment, weighed by each joint's real speed."""
    with torch.no_grad():
        latents = [part.latents_of(tokens[:, :, i]) for i, part in enumerate(model.parts)]
    normal = torch.cat([part.decode(latent) for part, latent in zip(model.parts, latents, strict=True)], dim=-1)
    with torch.autocast(features.device.type, enabled=False):
        of = compare(model, normal.float(), features)
        weight = 1 + LIVELY * of.velocity.norm(dim=-1, keepdim=True)  # (B, T - 1, J, 1)
        position = ((of.seen_hat - of.seen).abs()[:, 1:] * weight).mean()
        speed = ((of.velocity_hat - of.velocity).abs() * weight).mean()
    loss = of.reconstruction + config.position_weight * (position + of.height) + config.turn_weight * of.turn
    loss = loss + config.velocity_weight * speed + config.skate_weight * of.skate
    return loss, {"features": of.reconstruction, "mm": position * 1000, "speed": speed, "skate": of.skate, "turn": of.turn}


def train(config: DecoderTraining, data: Path, of: Path, run: Path) -> FitResult:
    """Train the decoder of the tokenizer in ``of``, resuming from ``run``; weights end there."""
    torch.manual_seed(config.loop.seed)
    windows, held_out = SampleWindows(data), load_corpus(data, "val")
    weights = of / "tokenizer.safetensors"
    sizes = TokenizerConfig(**saved_config(weights))
    model = load_module(weights, MotionTokenizer(sizes))
    decoders = torch.nn.ModuleList(part.decoder for part in model.parts).requires_grad_(True)  # all that learns
    run.mkdir(parents=True, exist_ok=True)
    write_settings(run / "config.json", {**asdict(config), "model": sizes.to_dict()}, weights, tiers_of_samples(data))
    return fit_tokenizer(
        model, decoders, lambda step, rng: windows.draw(step, rng, config.batch),
        lambda _, batch: decoder_loss(model, *batch, config), config.loop, run, held_out,
    )  # fmt: skip


def command(
    data: Data = Path(".data"),
    of: Annotated[Path, typer.Option(help="Run of the tokenizer to refine, or a pack's folder.")] = Path(".runs/tokenizer_narrow"),
    run: Run = Path(".runs/tokenizer_refined"),
    steps: Steps = None,
    minutes: Minutes = None,
) -> int:
    """Refine the tokenizer's decoder on the samples; the codes stay."""
    config = DecoderTraining()
    shorten(config.loop, steps, minutes)
    return report(train(config, data, of, run))
