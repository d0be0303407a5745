"""Refine the tokenizer's decoder on composed samples: same codes, better motion, and nothing else has to be trained again.

The tokenizer is trained on windows of clips, where a kick is rare among walks, and its decoder damps what is fast. Here
only the decoder learns, from the tokens of the samples the motion model is trained on: every action as often as any other,
and fast limbs weigh more than slow ones. Encoder, codebooks and statistics stay, so tokens keep their meaning.
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

from ..data.corpus import load_corpus, read_jsonl
from ..data.tiers import tiers_of_samples
from ..errors import UserError
from ..language.instruction import Instruction
from ..model.tokenizer import DOWN, MotionTokenizer, TokenizerConfig
from ..packs.files import load_module, save_module, saved_config
from .history import write_settings
from .loop import LoopConfig, fit
from .tokenizer import compared, evaluate_tokenizer

LENGTHS = (6, 12, 18)  # tokens of a window; one length a batch
LIVELY = 1.0  # how much a joint's error weighs more per metre per second of its real speed


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
    """Windows of samples, features beside their tokens; single actions as often as each other, longer instructions too."""

    def __init__(self, data: Path) -> None:
        if not (data / "tokens.npy").exists():
            hint = "Run `python -m backend train instruct` first: it tokenizes."
            raise UserError("no_tokens", f"{data / 'tokens.npy'} is missing.", hint)
        self.features = np.load(data / "samples.npy", mmap_mode="r", allow_pickle=False)
        self.tokens = np.load(data / "tokens.npy", mmap_mode="r", allow_pickle=False)
        groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row in read_jsonl(data / "samples.jsonl"):
            name = row["key"] if Instruction.parse(row["key"]).single else ""
            groups[name].append((row["start"] // DOWN, row["frames"] // DOWN))
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
            features.append(np.asarray(self.features[first * DOWN : (first + length) * DOWN], np.float32))
        return torch.from_numpy(np.stack(tokens)), torch.from_numpy(np.stack(features))


def decoder_loss(
    model: MotionTokenizer, tokens: Tensor, features: Tensor, config: DecoderTraining
) -> tuple[Tensor, dict[str, Tensor]]:
    """The tokenizer's losses without commitment, positions and velocities weighed by how fast each joint really is."""
    with torch.no_grad():
        latents = [part.looked_up(tokens[:, :, i]) for i, part in enumerate(model.parts)]
    normal = torch.cat([part.decode(latent) for part, latent in zip(model.parts, latents, strict=True)], dim=-1)
    with torch.autocast(features.device.type, enabled=False):
        of = compared(model, normal.float(), features)
        weight = 1 + LIVELY * of.velocity.norm(dim=-1, keepdim=True)  # (B, T - 1, J, 1)
        position = ((of.seen_hat - of.seen).abs()[:, 1:] * weight).mean()
        speed = ((of.velocity_hat - of.velocity).abs() * weight).mean()
    loss = of.reconstruction + config.position_weight * (position + of.height) + config.turn_weight * of.turn
    loss = loss + config.velocity_weight * speed + config.skate_weight * of.skate
    return loss, {"features": of.reconstruction, "mm": position * 1000, "speed": speed, "skate": of.skate, "turn": of.turn}


def train(config: DecoderTraining, data: Path, of: Path, run: Path) -> dict[str, float]:
    """Train, resuming from ``run``; returns the numbers on held-out clips. Weights end in ``run/tokenizer.safetensors``."""
    torch.manual_seed(config.loop.seed)
    windows, held_out = SampleWindows(data), load_corpus(data, "val")
    weights = of / "tokenizer.safetensors"
    sizes = TokenizerConfig(**saved_config(weights))
    model = load_module(weights, MotionTokenizer(sizes))
    decoders = torch.nn.ModuleList(part.decoder for part in model.parts).requires_grad_(True)  # all that learns
    run.mkdir(parents=True, exist_ok=True)
    write_settings(run / "config.json", {**asdict(config), "model": sizes.to_dict()}, weights, tiers_of_samples(data))
    outcome = fit(
        decoders, lambda step, rng: windows.draw(step, rng, config.batch),
        lambda _, batch: decoder_loss(model, *batch, config), config.loop, run,
        validate=lambda *_: evaluate_tokenizer(model, held_out),
    )  # fmt: skip
    save_module(run / "tokenizer.safetensors", model, sizes.to_dict())
    return outcome.metrics


def main(argv: list[str] | None = None) -> None:
    """``python -m backend train decoder``"""
    parser = argparse.ArgumentParser(prog="python -m backend train decoder", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".data"), help="folder made by `data build`")
    parser.add_argument("--of", type=Path, default=Path(".runs/tokenizer_narrow"), help="run of the tokenizer to refine, or a pack")
    parser.add_argument("--run", type=Path, default=Path(".runs/tokenizer_refined"), help="checkpoints and curves; resumes")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--minutes", type=float, help="stop (with the learning rate annealed) after this wall-clock time")
    arguments = parser.parse_args(argv)
    config = DecoderTraining()
    config.loop.steps = arguments.steps or config.loop.steps
    config.loop.minutes = arguments.minutes
    print(json.dumps(train(config, arguments.data, arguments.of, arguments.run), indent=1))


if __name__ == "__main__":
    main()
