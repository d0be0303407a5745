"""Train the instruction model on pairs of an instruction and a motion that follows it.

A step trains all parts of `backend.model.instruct` at once. Tokenizer and audio encoder are frozen, as in paper A, and their
outputs are computed beforehand (`prepare`), so a step costs the model alone. Batches are `instruction_pairs`'.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
import typer
from torch import Tensor, nn

from ..audio.encoder import AudioEncoder, load_encoder
from ..data.samples import tokenize_samples
from ..data.speech.corpus import encode_corpus
from ..data.tiers import tiers_of_samples
from ..errors import UserError
from ..language.meaning import all_classes
from ..model.condition_networks import CONDITIONS
from ..model.instruct import WEIGHTS as SHARES
from ..model.instruct import InstructConfig, InstructModel
from ..model.tokenizer import load_tokenizer
from ..packs.files import load_module, load_parts, save_module, saved_config
from ..packs.pack import WEIGHTS
from .commands import Data, Device, Minutes, Run, Steps, report, shorten
from .draws import BestDraws
from .instruction_pairs import InstructionPairs
from .provenance import write_settings
from .training_loop import FitResult, LoopConfig, fit, pick_device

TOKENIZER_RUN = Path(".runs/tokenizer")
WARMUP_GOING_ON = 100  # steps, where trained weights go on
WORD_TABLES = ("stream.words.weight",)  # grow with the encoder's word list


@dataclass
class InstructTraining:
    """Everything that decides the weights.

    Attributes:
        typed: share of rows that are typed sentences instead of spoken ones.
        only: "residual": that transformer alone, on a fixed condition; "base": all but it; "masked": the masked transformer alone.
        drawn: folder of draws (`draws`) that the masked transformer learns from, as much as from performances.
        speech_noise: Gaussian noise on speech features, times their own deviation.
    """

    model: InstructConfig = field(default_factory=lambda: InstructConfig(**asdict(all_classes())))
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=16_000, learning_rate=6e-4, warmup=300, weight_decay=0.02, ema=0.999, validate_every=500
        )
    )
    batch: int = 64
    typed: float = 0.5
    only: Literal["base", "residual", "masked"] | None = None
    drawn: str | None = None
    speech_noise: float = 0.15


def validation(model: InstructModel, held_back: InstructionPairs) -> dict[str, float]:
    """Losses and accuracy of kind and whole meaning on validation sentences, by source.

    Without speech the losses are of typed sentences."""
    device = next(model.parameters()).device
    totals: dict[str, float] = defaultdict(float)
    spoken = bool(held_back.utterances)
    for prefix, typed in (("", 0.0), ("typed_", 1.0))[0 if spoken else 1 :]:
        rng = np.random.default_rng(5)
        rounds = min(6, max(1, len(held_back.utterances) // 64)) if spoken else 6
        for step in range(rounds):
            batch = {k: v.to(device) for k, v in held_back.batch(step, rng, 64, 0.0, typed).items()}
            loss, numbers = model.loss(batch, torch.Generator().manual_seed(step))
            right = model.understand(batch)[1] == batch["meaning"]
            found = {"kind_right": right[:, 0].float().mean(), "all_right": right.all(1).float().mean()}
            for name, value in (found if typed and spoken else numbers | {"loss": loss} | found).items():
                totals[prefix + name] += float(value) / rounds
    return dict(totals)


def prepare(data: Path, tokenizer: Path, encoder: Path, spoken: bool = True) -> None:
    """Make tokens and speech features that are missing or older than their network.

    The tokenizer's folder is a run or a pack: a pack's narrow encoder finds the same codes.
    Raises UserError where tokenizer or encoder have not been trained."""
    weights = tokenizer / "tokenizer.safetensors"
    if not weights.exists():
        raise UserError("no_tokenizer", f"{weights} is missing.", "Run `python -m backend train tokenizer` first.")
    if _older(data / "tokens.npy", weights) or _older(data / "tokens.npy", data / "samples.npy"):
        print(f"tokens by {weights}")
        tokenize_samples(data, load_tokenizer(weights))
    features = data / "speech" / "features_augmented.npy"
    if not spoken:
        return
    if _older(features, encoder / "encoder.safetensors") or _older(features, data / "speech" / "utterances.jsonl"):
        encode_corpus(data / "speech", load_encoder(encoder), data / "speech")


def _older(made: Path, source: Path) -> bool:
    return not made.exists() or (source.exists() and made.stat().st_mtime < source.stat().st_mtime)


def train(
    config: InstructTraining, data: Path, run: Path, tokenizer: Path, encoder: Path, init: Path | None = None,
    residual: Path | None = None,
) -> FitResult:  # fmt: skip
    """Train, resuming from ``run``, where the weights end as ``instruct.safetensors``.

    Args:
        tokenizer: folder of the tokenizer whose tokens are predicted.
        encoder: folder of the audio encoder.
        init: weights file to start from. It may know fewer words than the encoder, if `WordList.extended` made the encoder's list
            from its own.
        residual: weights file whose residual transformer to start from.
    """
    prepare(data, tokenizer, encoder, spoken=config.typed < 1.0)
    return fit_instruct(config, data, run, load_encoder(encoder), init, residual)


def fit_instruct(
    config: InstructTraining, data: Path, run: Path, encoder: AudioEncoder, init: Path | None = None, residual: Path | None = None
) -> FitResult:
    """`train` where tokens and speech features are there already."""
    pairs, held_back = (InstructionPairs(data, split, encoder, spoken=config.typed < 1.0) for split in ("train", "val"))
    torch.manual_seed(config.loop.seed)
    sizes = {"words": encoder.config.words, "speech_width": encoder.config.width} | asdict(all_classes())
    config.model = replace(config.model, **sizes)
    model = InstructModel(config.model)
    if init is not None:
        print("new:", ", ".join(load_parts(init, model, WORD_TABLES)) or "nothing")
        zero_new_layers(model, saved_config(init))
    if residual is not None:
        model.residual.load_state_dict(load_instruct(residual).residual.state_dict())
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(trains(name, config.only))
    device = pick_device(config.loop.device)
    draws = BestDraws(Path(config.drawn)) if config.drawn else None

    def draw(step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        batch = pairs.batch(step, rng, config.batch, config.speech_noise, config.typed)
        batch |= draws.batch(rng, config.batch) if draws else {}
        return {k: v.to(device) for k, v in batch.items()} | {"step": torch.tensor(step)}

    def loss_of(m: InstructModel, batch: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        generator = torch.Generator().manual_seed(int(batch["step"]))
        loss, numbers = m.loss(batch, generator, config.only)
        if draws:
            names = ("tokens", "condition", "padding", "given")
            tokens, condition, padding, given = (batch[f"drawn_{name}"] for name in names)
            numbers |= {"drawn": m.masked.loss(tokens, condition, padding, generator, given)}
            loss = loss + SHARES["masked"] * numbers["drawn"]
        return loss, numbers

    run.mkdir(parents=True, exist_ok=True)
    write_settings(run / "config.json", asdict(config), init, tiers_of_samples(data))
    result = fit(model, draw, loss_of, config.loop, run, validate=lambda m, _: validation(m, held_back))
    if result.finished:
        save_module(run / "instruct.safetensors", model, config.model.to_dict())
    return result


def trains(name: str, only: str | None) -> bool:
    """Whether a parameter is trained; see `InstructTraining.only`."""
    if only == "base":
        return not name.startswith("residual.")
    return only is None or name.startswith(f"{only}.")


def load_instruct(path: Path) -> InstructModel:
    """The model in a weights file."""
    sizes = saved_config(path)
    return load_module(path, InstructModel(InstructConfig(**sizes)))


def zero_new_layers(model: InstructModel, config: dict) -> None:
    """Zero the outputs of layers that the weights of ``config`` do not have."""
    for body, before in ((model.masked.body, config["layers"]), (model.residual.body, config["residual_layers"])):
        for layer in body.layers[before:]:
            for last in (layer.self_attn.out_proj, layer.linear2):
                nn.init.zeros_(last.weight)
                nn.init.zeros_(last.bias)


def command(
    data: Data = Path(".data"),
    run: Run = Path(".runs/instruct"),
    tokenizer: Annotated[Path | None, typer.Option(help="Folder of the tokenizer. Default: its run, else the pack open.")] = None,
    encoder: Annotated[Path, typer.Option(help="Folder of the trained audio encoder.")] = WEIGHTS / "ear",
    init: Annotated[Path | None, typer.Option(help="An instruct.safetensors to start from, such as a pack's.")] = None,
    only: Annotated[
        Literal["base", "residual", "masked"] | None,
        typer.Option(help="Train the residual transformer alone, or all but it, side by side; or the masked transformer alone."),
    ] = None,
    residual: Annotated[Path | None, typer.Option(help="An instruct.safetensors whose residual transformer to start from.")] = None,
    drawn: Annotated[Path | None, typer.Option(help="Folder of `train draws` to learn from too; with --only masked.")] = None,
    typed: Annotated[bool, typer.Option("--typed", help="Typed sentences alone: for packs that go by the words.")] = False,
    batch: Annotated[int, typer.Option(help="Rows a step.")] = InstructTraining.batch,
    learning_rate: Annotated[float | None, typer.Option(help="Half of the default with half of the rows.")] = None,
    steps: Steps = None,
    minutes: Minutes = None,
    device: Device = "auto",
    condition: Annotated[Literal[CONDITIONS], typer.Option(help="Condition network; all but memory are ablations.")] = "memory",
) -> int:
    """Train the instruction model: speech to motion."""
    config = InstructTraining(batch=batch, only=only, drawn=str(drawn) if drawn else None)
    config.model = replace(config.model, condition=condition)
    config.typed = 1.0 if typed else config.typed
    config.loop.learning_rate = learning_rate or config.loop.learning_rate
    config.loop.warmup = WARMUP_GOING_ON if init else config.loop.warmup
    shorten(config.loop, steps, minutes, device)
    trained = (TOKENIZER_RUN / "tokenizer.safetensors").exists()  # a checkout has the pack's alone
    tokenizer = tokenizer or (TOKENIZER_RUN if trained else WEIGHTS / "open")
    return report(train(config, data, run, tokenizer, encoder, init, residual))
