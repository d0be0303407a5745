"""Train the motion tokenizer: reconstruction of features and of joint positions.

Losses (weights ours): smooth L1 on normalised features; L1 of joint positions seen from the character; L1 of joint velocities
in the world, which ties the root to the feet; drift of the integrated heading; speed of feet in contact (foot skate); commitment.
The network is `backend.model.tokenizer`, the data are `backend.data.corpus`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..data.corpus import Corpus, load_corpus
from ..model.tokenizer import MotionTokenizer, TokenizerConfig
from ..motion.body import default_body
from ..motion.contacts import foot_skate
from ..motion.features import CONTACT_DIMS, ROOT_DIMS, body_rotations, decode, from_features
from ..motion.kinematics import forward_kinematics
from ..motion.skeleton import FEET, NUM_BODY
from ..packs.files import save_module
from .commands import Data, Device, Minutes, Run, Steps, report, shorten
from .provenance import write_settings
from .training_loop import FitResult, LoopConfig, fit

WINDOW = 64  # frames


@dataclass
class TokenizerTraining:
    """Everything that decides the weights."""

    model: TokenizerConfig = field(default_factory=TokenizerConfig)
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=12_000, learning_rate=4e-4, warmup=200, weight_decay=0.0, validate_every=2000
        )
    )
    batch: int = 48
    position_weight: float = 2.0  # per metre
    velocity_weight: float = 0.4  # per metre per second
    skate_weight: float = 0.2  # per metre per second
    turn_weight: float = 1.0  # per radian: heading is integrated, so small errors add up to walking the wrong way


def set_statistics(model: MotionTokenizer, corpus: Corpus) -> None:
    """Set the mean and standard deviation of the features from the training clips.

    Rotations have a least deviation, so that a joint that hardly moves is not blown up. Root dimensions are scaled up as in
    MoMask, because integration amplifies their errors."""
    features = torch.from_numpy(np.concatenate([corpus.features(i) for i in range(len(corpus))]))
    std = features.std(0)
    rotations = torch.cat([torch.arange(4, 58), torch.arange(62, 140)])
    std[rotations] = std[rotations].clamp(min=float(std[rotations].mean()) * 0.5)
    std[ROOT_DIMS] = std[ROOT_DIMS].clamp(min=1e-3) / 1.5
    std[CONTACT_DIMS] = 0.5
    model.mean.copy_(features.mean(0))
    model.std.copy_(std)


def positions_of(features: Tensor, offsets: Tensor) -> tuple[Tensor, Tensor]:
    """Joint positions (B, T, 22, 3) seen from the character and in the world, by one FK."""
    rotmats, pelvis = decode(features)
    seen_rotmats = body_rotations(features)
    still = torch.zeros_like(pelvis)
    seen, _ = forward_kinematics(seen_rotmats, still, offsets)
    # world = heading applied to the pose seen from the character, plus the path
    heading = rotmats[..., 0, :, :] @ seen_rotmats[..., 0, :, :].transpose(-1, -2)
    world = (heading[..., None, :, :] @ seen[..., None])[..., 0] + pelvis[..., None, :]
    return seen, world


@dataclass
class Compared:
    """Rebuilt motion (``_hat``) beside the real one.

    Joints (B, T, 22, 3) in metres seen from the character; their velocities (B, T - 1, 22, 3) in the world in m/s; and scalar
    errors: of features, speed of feet in contact, drift of the heading in radians, height in metres."""

    seen_hat: Tensor
    seen: Tensor
    velocity_hat: Tensor
    velocity: Tensor
    reconstruction: Tensor
    skate: Tensor
    turn: Tensor
    height: Tensor


def compare(model: MotionTokenizer, normal: Tensor, features: Tensor) -> Compared:
    """Compare a normalised reconstruction with the clean features, (B, T, 140), in fp32."""
    reconstruction = F.smooth_l1_loss(normal, model.normalise(features))
    # forward kinematics costs as much as the network, so only half of the rows pay for it
    rows = slice(0, (len(features) + 1) // 2)
    offsets = torch.tensor(default_body().offsets[:NUM_BODY], device=features.device)
    rebuilt, real = model.denormalise(normal[rows]), features[rows]
    seen_hat, world_hat = positions_of(rebuilt, offsets)
    with torch.no_grad():
        seen, world = positions_of(real, offsets)
    velocity_hat, velocity = world_hat.diff(dim=1) * 30, world.diff(dim=1) * 30
    skate = (velocity_hat[:, :, list(FEET)].norm(dim=-1) * real[:, 1:, CONTACT_DIMS]).mean()
    turn = (rebuilt[..., 0] - real[..., 0]).cumsum(-1).abs().mean()  # radians the heading has drifted
    height = (rebuilt[..., 3] - real[..., 3]).abs().mean()
    return Compared(seen_hat, seen, velocity_hat, velocity, reconstruction, skate, turn, height)


def tokenizer_loss(model: MotionTokenizer, features: Tensor, config: TokenizerTraining) -> tuple[Tensor, dict[str, Tensor]]:
    """Loss of one batch (B, T, 140) of clean features."""
    normal, commitment = model(features)
    with torch.autocast(features.device.type, enabled=False):
        of = compare(model, normal.float(), features)
        position = (of.seen_hat - of.seen).abs().mean()
        speed = (of.velocity_hat - of.velocity).abs().mean()
    loss = of.reconstruction + commitment.float() + config.position_weight * (position + of.height)
    loss = loss + config.turn_weight * of.turn
    loss = loss + config.velocity_weight * speed + config.skate_weight * of.skate
    numbers = {"features": of.reconstruction, "commitment": commitment, "mm": position * 1000}
    return loss, numbers | {"skate": of.skate, "turn": of.turn}


@torch.no_grad()
def evaluate_tokenizer(model: MotionTokenizer, corpus: Corpus) -> dict[str, float]:
    """Errors on held-out clips: MPJPE (pelvis-aligned) in mm, codes used, foot skate."""
    used = torch.zeros(2, model.config.layers, model.config.codes, dtype=torch.bool)
    errors, seen_errors, lower_errors, world_errors, skates, real_skates = [], [], [], [], [], []
    for i in range(len(corpus)):
        features = corpus.features(i)
        features = features[: len(features) // 4 * 4]
        tokens = model.encode(torch.from_numpy(np.array(features))[None])
        for part in range(2):
            for layer in range(model.config.layers):
                used[part, layer, tokens[0, :, part, layer].unique()] = True
        rebuilt = model.decode(tokens)[0].numpy()
        real, fake = from_features(features).positions()[:, :NUM_BODY], from_features(rebuilt).positions()[:, :NUM_BODY]
        distance = np.linalg.norm((fake - fake[:, :1]) - (real - real[:, :1]), axis=-1)
        errors.append(distance.mean(1))
        offsets = torch.tensor(default_body().offsets[:NUM_BODY])
        seen = positions_of(torch.from_numpy(np.stack([features, rebuilt])), offsets)[0].numpy()
        seen_errors.append(np.linalg.norm(seen[0] - seen[1], axis=-1).mean(1))
        lower_errors.append(distance[:, [1, 2, 4, 5, 7, 8, 10, 11]].mean(1))
        world_errors.append(np.linalg.norm(fake - real, axis=-1).mean(1))
        skates.append((foot_skate(fake), len(features)))
        real_skates.append((foot_skate(real), len(features)))
    skate, real_skate = (weighted_mean(pairs) for pairs in (skates, real_skates))
    return {
        "mpjpe_mm": float(np.concatenate(errors).mean() * 1000),
        "heading_aligned_mpjpe_mm": float(np.concatenate(seen_errors).mean() * 1000),
        "legs_mpjpe_mm": float(np.concatenate(lower_errors).mean() * 1000),
        "world_mpjpe_mm": float(np.concatenate(world_errors).mean() * 1000),
        "codes_used": float(used.float().mean()),
        "codes_used_base": float(used[:, 0].float().mean()),
        "foot_skate": skate,
        "foot_skate_real": real_skate,
        "foot_skate_ratio": skate / max(real_skate, 1e-6),
        "clips": float(len(corpus)),
        "frames": float(sum(len(e) for e in errors)),
    }


def weighted_mean(pairs: list[tuple[float, int]]) -> float:
    """Mean of (value, weight) pairs."""
    values, weights = zip(*pairs, strict=True)
    return float(np.average(values, weights=weights))


def fit_tokenizer(
    model: MotionTokenizer,
    learning: nn.Module,
    draw: Callable[[int, np.random.Generator], Any],
    loss_of: Callable[[nn.Module, Any], tuple[Tensor, dict[str, Tensor]]],
    loop: LoopConfig,
    run: Path,
    held_out: Corpus,
) -> FitResult:
    """Fit the part ``learning`` of a tokenizer, validated on ``held_out``, saved in ``run``."""
    result = fit(learning, draw, loss_of, loop, run, validate=lambda *_: evaluate_tokenizer(model.cpu().eval(), held_out))
    if result.finished:
        save_module(run / "tokenizer.safetensors", model, model.config.to_dict())
    return result


def train(config: TokenizerTraining, data: Path, run: Path) -> FitResult:
    """Train, resuming from ``run``, where the weights end. Raises UserError without data."""
    torch.manual_seed(config.loop.seed)
    corpus, held_out = load_corpus(data, "train"), load_corpus(data, "val")
    model = MotionTokenizer(config.model)
    set_statistics(model, corpus)

    def draw(step: int, rng: np.random.Generator) -> Tensor:
        return torch.from_numpy(corpus.windows(rng, config.batch, WINDOW))

    run.mkdir(parents=True, exist_ok=True)
    write_settings(run / "config.json", asdict(config), None, corpus.tiers())
    return fit_tokenizer(model, model, draw, lambda m, batch: tokenizer_loss(m, batch, config), config.loop, run, held_out)


def command(
    data: Data = Path(".data"),
    run: Run = Path(".runs/tokenizer"),
    steps: Steps = None,
    minutes: Minutes = None,
    device: Device = "auto",
) -> int:
    """Train the motion tokenizer: residual vector quantizers of the upper and the lower body."""
    config = TokenizerTraining()
    shorten(config.loop, steps, minutes, device)
    return report(train(config, data, run))
