"""Train the instruction model: utterances paired with motions that do what they say.

Every step draws utterances (already turned into encoder features, clean or augmented), finds for each a motion of the same
instruction key, and trains all parts of `backend.model.instruct` at once. The tokenizer and the audio encoder are frozen, as in
paper A; their outputs were computed before (`samples`, `backend.audio`), so a step costs only the model itself.
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

from ..audio.corpus import SpeechFeatures, encode_corpus
from ..audio.encoder import load_encoder
from ..data import meaning
from ..data.corpus import read_jsonl
from ..data.instruction import Instruction
from ..data.samples import tokenize_samples
from ..errors import UserError
from ..model.instruct import InstructConfig, InstructModel
from ..model.tokenizer import DOWN, MotionTokenizer, TokenizerConfig
from ..model.weights import load_module, save_module
from ..packs import WEIGHTS
from .loop import LoopConfig, fit

POOL = 12  # batches drawn together and sorted by length, so that little is padding


@dataclass
class InstructTraining:
    """Everything that decides the weights."""

    model: InstructConfig = field(default_factory=lambda: InstructConfig(meaning_classes=meaning.classes()))
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=9_000, learning_rate=6e-4, warmup=300, weight_decay=0.02, ema=0.999, validate_every=500
        )
    )
    batch: int = 64
    speech_noise: float = 0.15  # times the features' own deviation, added to them: the condition must not hang on a detail


class PairedData:
    """Utterances and motions that share a key."""

    def __init__(self, data: Path, split: str) -> None:
        self.speech = SpeechFeatures(data / "speech")
        self.tokens = np.load(data / "tokens.npy", mmap_mode="r", allow_pickle=False)
        self.samples = read_jsonl(data / "samples.jsonl")
        by_key: dict[str, list[int]] = defaultdict(list)
        for index, sample in enumerate(self.samples):
            by_key[sample["key"]].append(index)
        self.by_key = {key: np.array(indices) for key, indices in by_key.items()}
        rows = read_jsonl(data / "speech" / "utterances.jsonl")
        self.utterances = [(i, row["key"]) for i, row in enumerate(rows) if row["split"] == split and row["key"] in by_key]
        if not self.utterances:
            raise UserError("no_speech_data", f"{data} holds no {split} utterance with a motion.", "Run `data build` first.")
        self.meaning = {key: meaning.encode(Instruction.parse(key)) for key in by_key}

    def batch(self, step: int, rng: np.random.Generator, size: int, noise: float) -> dict[str, Tensor]:
        """Batch number ``step``: one slice, by length, of a pool that POOL steps share."""
        pool_rng = np.random.default_rng([77, step // POOL])
        chosen = pool_rng.integers(len(self.utterances), size=size * POOL)
        motions = np.array([pool_rng.choice(self.by_key[self.utterances[i][1]]) for i in chosen])
        order = np.argsort([self.samples[m]["frames"] for m in motions], kind="stable")
        slot = int(pool_rng.permutation(POOL)[step % POOL])
        picked = order[slot * size : (slot + 1) * size]
        return self.collate([self.utterances[chosen[i]] for i in picked], motions[picked], rng, noise)

    def collate(
        self, utterances: list[tuple[int, str]], motions: np.ndarray, rng: np.random.Generator, noise: float
    ) -> dict[str, Tensor]:
        speech = [self.speech.get(index, int(rng.integers(self.speech.versions))) for index, _ in utterances]
        tokens = []
        for motion in motions:
            row = self.samples[int(motion)]
            tokens.append(np.asarray(self.tokens[row["start"] // DOWN : (row["start"] + row["frames"]) // DOWN], dtype=np.int64))
        features, speech_padding = padded(speech, np.float32)
        if noise:
            scale = noise * features[~speech_padding].std()
            features = features + scale * rng.standard_normal(features.shape, dtype=np.float32)
        codes, padding = padded(tokens, np.int64)
        return {
            "speech": torch.from_numpy(features), "speech_padding": torch.from_numpy(speech_padding),
            "tokens": torch.from_numpy(codes), "padding": torch.from_numpy(padding),
            "meaning": torch.tensor([self.meaning[key] for _, key in utterances]),
        }  # fmt: skip


def padded(arrays: list[np.ndarray], dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """Stack arrays of different lengths; returns (B, longest, ...) and the padding mask (B, longest)."""
    longest = max(len(a) for a in arrays)
    out = np.zeros((len(arrays), longest, *arrays[0].shape[1:]), dtype=dtype)
    mask = np.ones((len(arrays), longest), dtype=bool)
    for row, array in enumerate(arrays):
        out[row, : len(array)] = array
        mask[row, : len(array)] = False
    return out, mask


def validation(model: InstructModel, held_back: PairedData) -> dict[str, float]:
    """Losses, and how often kind and whole meaning are right, on utterances that are not trained on."""
    rng = np.random.default_rng(5)
    device = next(model.parameters()).device
    totals: dict[str, float] = defaultdict(float)
    rounds = min(6, max(1, len(held_back.utterances) // 64))
    for step in range(rounds):
        batch = {k: v.to(device) for k, v in held_back.batch(step, rng, 64, 0.0).items()}
        loss, numbers = model.loss(batch, torch.Generator().manual_seed(step))
        _, guess = model.understand(batch["speech"], batch["speech_padding"])
        right = guess == batch["meaning"]
        numbers |= {"loss": loss, "kind_right": right[:, 0].float().mean(), "all_right": right.all(1).float().mean()}
        for name, value in numbers.items():
            totals[name] += float(value) / rounds
    return dict(totals)


def prepare(data: Path, tokenizer_run: Path, encoder_folder: Path) -> None:
    """Tokens of the samples and features of the utterances, made again where they are older than what makes them.

    Raises UserError where tokenizer or encoder have not been trained."""
    weights = tokenizer_run / "tokenizer.safetensors"
    if not weights.exists():
        raise UserError("no_tokenizer", f"{weights} is missing.", "Run `python -m backend train tokenizer` first.")
    if _older(data / "tokens.npy", weights) or _older(data / "tokens.npy", data / "samples.npy"):
        sizes = TokenizerConfig(**json.loads((tokenizer_run / "config.json").read_text(encoding="utf-8"))["model"])
        tokenize_samples(data, load_module(weights, MotionTokenizer(sizes)))
    features = data / "speech" / "features_augmented.npy"
    if _older(features, encoder_folder / "encoder.safetensors") or _older(features, data / "speech" / "utterances.jsonl"):
        encode_corpus(data / "speech", load_encoder(encoder_folder), data / "speech")


def _older(made: Path, source: Path) -> bool:
    return not made.exists() or (source.exists() and made.stat().st_mtime < source.stat().st_mtime)


def train(config: InstructTraining, data: Path, run: Path, init: Path | None = None) -> dict[str, float]:
    """Train, resuming from ``run`` or starting from the weights file ``init``; weights end in ``run/instruct.safetensors``."""
    pairs, held_back = PairedData(data, "train"), PairedData(data, "val")
    torch.manual_seed(config.loop.seed)
    model = InstructModel(config.model)
    if init is not None:
        load_module(init, model).requires_grad_(True)
    device = torch.device(config.loop.device if config.loop.device != "auto" else ("cuda" if torch.cuda.is_available() else "cpu"))

    def draw(step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        batch = pairs.batch(step, rng, config.batch, config.speech_noise)
        return {k: v.to(device) for k, v in batch.items()} | {"step": torch.tensor(step)}

    def loss_of(m: InstructModel, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        return m.loss(batch, torch.Generator().manual_seed(int(batch["step"])))

    run.mkdir(parents=True, exist_ok=True)
    (run / "config.json").write_text(json.dumps(asdict(config), indent=1))
    outcome = fit(model, draw, loss_of, config.loop, run, validate=lambda m, _: validation(m, held_back))
    save_module(run / "instruct.safetensors", model, config.model.to_dict())
    return outcome.metrics


def main(argv: list[str] | None = None) -> None:
    """``python -m backend train instruct``"""
    parser = argparse.ArgumentParser(prog="python -m backend train instruct", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".data"), help="folder made by `data build`")
    parser.add_argument("--run", type=Path, default=Path(".runs/instruct"), help="checkpoints and curves; resumes from here")
    parser.add_argument("--tokenizer", type=Path, default=Path(".runs/tokenizer"), help="run of the trained tokenizer")
    parser.add_argument("--encoder", type=Path, default=WEIGHTS / "open", help="folder of the trained audio encoder")
    parser.add_argument("--init", type=Path, help="an instruct.safetensors to start from, e.g. the pack's")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--minutes", type=float, help="stop (with the learning rate annealed) after this wall-clock time")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--condition", choices=("memory", "pooled"), default="memory", help="pooled is the ablation")
    arguments = parser.parse_args(argv)
    config = InstructTraining()
    if arguments.condition != config.model.condition:
        config.model = InstructConfig(meaning_classes=meaning.classes(), condition=arguments.condition)
    config.loop.steps = arguments.steps or config.loop.steps
    config.loop.minutes = arguments.minutes
    config.loop.device = arguments.device
    prepare(arguments.data, arguments.tokenizer, arguments.encoder)
    print(json.dumps(train(config, arguments.data, arguments.run, arguments.init), indent=1))


if __name__ == "__main__":
    main()
