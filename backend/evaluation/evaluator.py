"""Our evaluator of motion against words: two encoders into one space.

After Guo et al. 2022 (the usual evaluator) and TMR (the contrastive loss), but smaller. `backend.training.evaluator` trains it
on this project's training split, never on the motions it judges. Its numbers compare only with those of our own real clips:
other evaluators, the papers' among them, have other scales. Its weights are in no pack and not in the extension's zip.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..errors import UserError
from ..language.english import normalise
from ..language.instruction import Action, Instruction
from ..model.memory_attention import sinusoidal_positions, transformer_encoder
from ..motion.features import D
from ..packs.files import load_module

WEIGHTS = Path(__file__).parent / "weights"
PADDING, UNKNOWN = 0, 1  # the first two rows of the sentence encoder's embedding
DOWN = 8  # frames that become one position
HOW = "python -m backend train evaluator"


@dataclass(frozen=True)
class EvaluatorConfig:
    """Sizes; ours. `words` is the length of the word list."""

    words: int
    width: int = 160
    motion_layers: int = 2
    text_layers: int = 2
    heads: int = 4
    space: int = 128
    dropout: float = 0.1


class Evaluator(nn.Module):
    """Embeds motions (`backend.motion.features`) and sentences as unit vectors of one space.

    Args:
        words: the word list; every other word is one and the same unknown word.
    """

    def __init__(self, config: EvaluatorConfig, words: Sequence[str]) -> None:
        super().__init__()
        if config.words != len(words):
            raise ValueError(f"{len(words)} words for a network of {config.words}")
        self.config, self.words = config, tuple(words)
        self.number = {word: UNKNOWN + 1 + i for i, word in enumerate(words)}
        width = config.width
        self.register_buffer("mean", torch.zeros(D))
        self.register_buffer("std", torch.ones(D))
        self.patch = nn.Conv1d(D, width, 8, stride=4, padding=2)
        self.shrink = nn.Conv1d(width, width, 4, stride=2, padding=1)
        self.motion = transformer_encoder(width, config.motion_layers, config.heads, config.dropout)
        self.embed = nn.Embedding(config.words + 2, width, padding_idx=PADDING)
        self.text = transformer_encoder(width, config.text_layers, config.heads, config.dropout)
        self.motion_out, self.text_out = nn.Linear(2 * width, config.space), nn.Linear(2 * width, config.space)
        self.scale = nn.Parameter(torch.tensor(2.3))  # logarithm of 1 / temperature

    def motions(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Unit vectors (B, space) of padded features (B, T, 140) with their lengths (B,) in frames."""
        inside = torch.arange(features.shape[1], device=features.device) < lengths[:, None]
        x = ((features - self.mean) / self.std).masked_fill(~inside[..., None], 0.0).transpose(1, 2)
        x = F.pad(x, (0, -x.shape[-1] % DOWN + DOWN))  # padding behind the longest motion, too
        x = self.shrink(F.gelu(self.patch(x))).transpose(1, 2)
        padding = torch.arange(x.shape[1], device=x.device) * DOWN >= lengths[:, None]
        x = self.motion(x + sinusoidal_positions(x.shape[1], x.shape[2]).to(x), src_key_padding_mask=padding)
        return F.normalize(self.motion_out(_pooled(x, padding)).float(), dim=-1)

    def sentences(self, words: Tensor) -> Tensor:
        """Unit vectors (B, space) of word numbers (B, N), PADDING behind the end."""
        padding = words == PADDING
        x = self.embed(words)
        x = self.text(x + sinusoidal_positions(x.shape[1], x.shape[2]).to(x), src_key_padding_mask=padding)
        return F.normalize(self.text_out(_pooled(x, padding)).float(), dim=-1)

    def spell(self, texts: Sequence[str]) -> Tensor:
        """Word numbers (B, N) of sentences; an empty one is one unknown word."""
        rows = [[self.number.get(word, UNKNOWN) for word in normalise(text).split()] or [UNKNOWN] for text in texts]
        longest = max(len(row) for row in rows)
        return torch.tensor([row + [PADDING] * (longest - len(row)) for row in rows])

    def loss(self, features: Tensor, lengths: Tensor, words: Tensor, related: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """InfoNCE both ways; ``related`` (B, B) marks pairs that are no negatives."""
        similarity = self.motions(features, lengths) @ self.sentences(words).T * self.scale.exp().clamp(max=50.0)
        eye = torch.eye(len(similarity), dtype=torch.bool, device=similarity.device)
        similarity = similarity.masked_fill(related & ~eye, float("-inf"))
        target = torch.arange(len(similarity), device=similarity.device)
        loss = 0.5 * (F.cross_entropy(similarity, target) + F.cross_entropy(similarity.T, target))
        return loss, {"right": (similarity.argmax(0) == target).float().mean(), "scale": self.scale.exp()}


def _pooled(x: Tensor, padding: Tensor) -> Tensor:
    """Mean and maximum over the positions that are there: (B, T, W) to (B, 2 W)."""
    there = (~padding).to(x)[..., None]
    mean = (x * there).sum(1) / there.sum(1).clamp(min=1.0)
    return torch.cat([mean, x.masked_fill(padding[..., None], -1e4).max(1).values], dim=-1)


def related(first: Instruction, second: Instruction) -> bool:
    """Whether a motion of one may be a motion of the other, such as any wave and a left wave."""
    if [len(step) for step in first.steps] != [len(step) for step in second.steps]:
        return False
    pairs = zip(sum(first.steps, ()), sum(second.steps, ()), strict=True)
    return all(_alike(one, other) for one, other in pairs)


def _alike(one: Action, other: Action) -> bool:
    fixed = (one.kind, one.speed, one.count) == (other.kind, other.speed, other.count)
    sides = one.side == other.side or not (one.side and other.side)
    return fixed and sides and (one.direction == other.direction or not (one.direction and other.direction))


@torch.inference_mode()
def embed_motions(evaluator: Evaluator, motions: Sequence[np.ndarray], batch: int = 64) -> np.ndarray:
    """(N, space) float32 unit vectors of feature arrays (T, 140), in their order."""
    order = sorted(range(len(motions)), key=lambda i: len(motions[i]))
    out = np.empty((len(motions), evaluator.config.space), dtype=np.float32)
    for start in range(0, len(order), batch):
        chosen = order[start : start + batch]
        tensors = [torch.from_numpy(np.array(motions[i], dtype=np.float32)) for i in chosen]
        lengths = torch.tensor([len(tensor) for tensor in tensors])
        out[chosen] = evaluator.motions(nn.utils.rnn.pad_sequence(tensors, batch_first=True), lengths).numpy()
    return out


@torch.inference_mode()
def embed_sentences(evaluator: Evaluator, texts: Sequence[str]) -> np.ndarray:
    """(N, space) float32 unit vectors of sentences."""
    return evaluator.sentences(evaluator.spell(texts)).numpy()


def load_evaluator(folder: Path = WEIGHTS) -> Evaluator:
    """The trained evaluator. Raises UserError if it is missing or differs from its card."""
    card, weights = folder / "evaluator.json", folder / "evaluator.safetensors"
    try:
        about = json.loads(card.read_text(encoding="utf-8"))
        found = hashlib.sha256(weights.read_bytes()).hexdigest()
    except (OSError, ValueError) as error:
        raise UserError("no_evaluator", f"The evaluator in {folder} cannot be read ({error}).", f"Make it: {HOW}") from error
    if found != about["sha256"]:
        raise UserError("bad_weights", f"{weights} is not the file that evaluator.json describes.", f"Make it again: {HOW}")
    return load_module(weights, Evaluator(EvaluatorConfig(**about["config"]), about["words"]))


def describe(weights: Path, evaluator: Evaluator, numbers: dict[str, float], samples: int) -> dict:
    """What goes into evaluator.json: sizes, words, hash, and how it does on held-out clips."""
    return {
        "made_by": HOW, "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(), "config": asdict(evaluator.config),
        "parameters": sum(p.numel() for p in evaluator.parameters()), "trained_on_samples": samples,
        "validation": {name: round(value, 4) for name, value in numbers.items()}, "words": list(evaluator.words),
    }  # fmt: skip
