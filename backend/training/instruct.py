"""Train the instruction model on pairs of an instruction and a motion that follows it.

A step trains all parts of `backend.model.instruct` at once. Tokenizer and audio encoder are frozen, as in paper A, and their
outputs are computed beforehand (`prepare`), so a step costs the model alone. Batches are `instruction_pairs`'.
"""

from __future__ import annotations

import hashlib
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
from ..data.speech.corpus import VERSIONS, encode_corpus, features_file
from ..data.tiers import tiers_of_samples
from ..errors import UserError
from ..language.meaning import all_classes
from ..model.audio_to_motion import InstructConfig
from ..model.condition_networks import CONDITIONS
from ..model.instruct import WEIGHTS as SHARES
from ..model.instruct import InstructModel, Only
from ..model.tokenizer import load_tokenizer
from ..packs.files import load_module, load_parts, save_module, saved_config
from ..packs.pack import WEIGHTS
from ..packs.tensors import read_tensors
from .commands import Data, Device, Minutes, Run, Steps, report, shorten
from .draws import BestDraws
from .instruction_pairs import NAMES, InstructionPairs
from .provenance import write_settings
from .spoken_pairs import SpokenPairs
from .training_loop import FitResult, LoopConfig, fit, pick_device

TOKENIZER_RUN = Path(".runs/tokenizer")
ROUNDS = 6  # batches of a validation
WARMUP_GOING_ON = 100  # steps, where trained weights go on
WORD_TABLES = ("stream.words.weight", "text_stream.words.weight")  # grow with the encoder's word list


@dataclass
class InstructTraining:
    """Everything that decides the weights.

    Attributes:
        only: see `InstructModel.loss`; None trains all of it.
        corpora: folders of speech, needed where the sound is trained.
        drawn: folder of draws (`draws`) that the masked transformer learns from, as much as from performances.
    """

    model: InstructConfig = field(default_factory=lambda: InstructConfig(**asdict(all_classes()), controls=NAMES))
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=16_000, learning_rate=6e-4, warmup=300, weight_decay=0.02, ema=0.999, validate_every=500
        )
    )
    batch: int = 64
    only: Only | None = None
    corpora: list[str] = field(default_factory=list)
    drawn: str | None = None


def validation(model: InstructModel, pairs: InstructionPairs, spoken: SpokenPairs | None, only: Only | None) -> dict[str, float]:
    """Losses and accuracy of the meaning on validation sentences, typed and, if any, spoken."""
    device = next(model.parameters()).device
    totals: dict[str, float] = defaultdict(float)
    for prefix, source in (("", pairs), ("spoken_", spoken)):
        rng = np.random.default_rng(5)
        for step in range(ROUNDS if source else 0):
            batch = {k: v.to(device) for k, v in source.batch(step, rng, 64).items()}
            with torch.no_grad():
                meant, _ = model.meaning.likeliest(model.y_of(without_text(batch) if source is spoken else batch).flatten(1))
            right = meant == batch["meaning"]
            found = {"kind_right": right[:, 0].float().mean(), "all_right": right.all(1).float().mean()}
            if (source is spoken) == (only == "sound"):
                loss, numbers = model.loss(batch, torch.Generator().manual_seed(step), only)
                found |= numbers | {"loss": loss}
            for name, value in found.items():
                totals[prefix + name] += float(value) / ROUNDS
    return dict(totals)


def without_text(batch: dict[str, Tensor]) -> dict[str, Tensor]:
    """The batch as it is for a recording, whose words are not known."""
    return {name: value for name, value in batch.items() if name != "text"}


def prepare_tokens(data: Path, tokenizer: Path) -> None:
    """Make the tokens of the samples if they are missing, older than these or of other codes.

    The tokenizer's folder is a run or a pack: a pack's narrow encoder finds the same codes.
    Raises UserError where there is no tokenizer."""
    weights, made_by = tokenizer / "tokenizer.safetensors", data / "tokens.sha256"
    if not weights.exists():
        raise UserError("no_tokenizer", f"{weights} is missing.", "Run `python -m backend train tokenizer` first.")
    codes = codes_of(weights)
    if _older(data / "tokens.npy", data / "samples.npy") or not made_by.exists() or made_by.read_text() != codes:
        print(f"tokens by {weights}")
        tokenize_samples(data, load_tokenizer(weights))
        made_by.write_text(codes)


def codes_of(weights: Path) -> str:
    """SHA-256 of what of a tokenizer's weights decides the tokens: all but its decoders."""
    digest = hashlib.sha256()
    for name, tensor in sorted(read_tensors(weights).items()):
        if ".decoder." not in name:
            digest.update(name.encode() + tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()


def prepare_speech(encoder: Path, corpora: list[Path]) -> None:
    """Make the features of speech that are missing or older than the encoder or the corpus."""
    for folder in corpora:
        features = features_file(folder, VERSIONS - 1)
        if _older(features, encoder / "encoder.safetensors") or _older(features, folder / "utterances.jsonl"):
            print(f"features of {folder}")
            encode_corpus(folder, load_encoder(encoder), folder)


def _older(made: Path, source: Path) -> bool:
    return not made.exists() or (source.exists() and made.stat().st_mtime < source.stat().st_mtime)


def train(
    config: InstructTraining, data: Path, run: Path, tokenizer: Path, encoder: Path, init: Path | None = None,
    parts: dict[str, Path] | None = None,
) -> FitResult:  # fmt: skip
    """Train, resuming from ``run``, where the weights end as ``instruct.safetensors``.

    Args:
        tokenizer: folder of the tokenizer whose tokens are predicted.
        encoder: folder of the audio encoder.
        init: weights file to start from. It may know fewer words than the encoder, if `WordList.extended` made the encoder's list
            from its own.
        parts: weights files of parts that were trained elsewhere ("sound", "masked", "residual"), which replace those of ``init``.
    """
    prepare_tokens(data, tokenizer)
    prepare_speech(encoder, [Path(folder) for folder in config.corpora])
    return fit_instruct(config, data, run, load_encoder(encoder), init, parts)


def fit_instruct(
    config: InstructTraining, data: Path, run: Path, encoder: AudioEncoder, init: Path | None = None,
    parts: dict[str, Path] | None = None,
) -> FitResult:  # fmt: skip
    """`train` where tokens and speech features are there already."""
    pairs, held_back = (InstructionPairs(data, split, encoder.words) for split in ("train", "val"))
    corpora = [Path(folder) for folder in config.corpora]
    sound = config.only in (None, "sound")
    if sound and not corpora:
        raise UserError("no_speech_data", "The sound is trained on speech, and no corpus was named.", "Name one with --speech.")
    spoken, spoken_held_back = (
        SpokenPairs(corpora, split, encoder, of) if corpora else None for split, of in (("train", pairs), ("val", held_back))
    )
    torch.manual_seed(config.loop.seed)
    sizes = {"words": encoder.config.words, "speech_width": encoder.config.width, "controls": NAMES} | asdict(all_classes())
    config.model = replace(config.model, **sizes)
    model = InstructModel(config.model)
    if init is not None:
        print("new:", ", ".join(load_parts(init, model, WORD_TABLES)) or "nothing")
        zero_new_layers(model, saved_config(init))
    for part, path in (parts or {}).items():
        take_part(model, load_instruct(path), part)
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(trains(name, config.only))
    device = pick_device(config.loop.device)
    draws = BestDraws(Path(config.drawn)) if config.drawn else None

    def draw(step: int, rng: np.random.Generator) -> dict[str, Tensor]:
        source = spoken if config.only == "sound" else pairs
        batch = source.batch(step, rng, config.batch)
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
    result = fit(
        model, draw, loss_of, config.loop, run, validate=lambda m, _: validation(m, held_back, spoken_held_back, config.only)
    )
    if result.finished:
        save_module(run / "instruct.safetensors", model, config.model.to_dict())
    return result


PARTS: dict[str, tuple[str, ...]] = {
    "sound": ("stream", "condition"),
    "masked": ("masked", "length"),
    "residual": ("residual",),
    "text": ("text_stream", "text_pool", "meaning", "controls", "length", "masked"),
    "words": ("text_stream", "text_pool", "meaning", "controls"),
}  # what "only" trains: names of modules


def trains(name: str, only: Only | None) -> bool:
    """Whether a parameter is trained; see `InstructModel.loss`."""
    return only is None or name.split(".", maxsplit=1)[0] in PARTS[only]


def take_part(model: InstructModel, other: InstructModel, part: str) -> None:
    """Copy the modules of one of `PARTS` from another model of the same sizes."""
    for name in PARTS[part]:
        getattr(model, name).load_state_dict(getattr(other, name).state_dict())


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
        Literal["text", "words", "sound", "masked", "residual"] | None,
        typer.Option(help="Train a part: text and masked transformer, text alone, sound towards the text, or one transformer."),
    ] = None,
    speech: Annotated[list[Path] | None, typer.Option(help="Folders of speech, where the sound is trained.")] = None,
    sound: Annotated[Path | None, typer.Option(help="An instruct.safetensors to take the trained sound from.")] = None,
    masked: Annotated[Path | None, typer.Option(help="One to take the masked transformer from.")] = None,
    residual: Annotated[Path | None, typer.Option(help="One to take the residual transformer from.")] = None,
    drawn: Annotated[Path | None, typer.Option(help="Folder of `train draws` to learn from too; with --only masked.")] = None,
    batch: Annotated[int, typer.Option(help="Rows a step.")] = InstructTraining.batch,
    learning_rate: Annotated[float | None, typer.Option(help="Half of the default with half of the rows.")] = None,
    steps: Steps = None,
    minutes: Minutes = None,
    device: Device = "auto",
    condition: Annotated[Literal[CONDITIONS], typer.Option(help="Condition network; all but memory are ablations.")] = "memory",
) -> int:
    """Train the instruction model: speech to motion."""
    config = InstructTraining(batch=batch, only=only, corpora=[*map(str, speech or ())], drawn=str(drawn) if drawn else None)
    config.model = replace(config.model, condition=condition)
    config.loop.learning_rate = learning_rate or config.loop.learning_rate
    config.loop.warmup = WARMUP_GOING_ON if init else config.loop.warmup
    shorten(config.loop, steps, minutes, device)
    trained = (TOKENIZER_RUN / "tokenizer.safetensors").exists()  # a checkout has the pack's alone
    tokenizer = tokenizer or (TOKENIZER_RUN if trained else WEIGHTS / "open")
    parts = {name: path for name, path in (("sound", sound), ("masked", masked), ("residual", residual)) if path}
    return report(train(config, data, run, tokenizer, encoder, init, parts))
