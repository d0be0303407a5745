"""Train the instruction model: utterances paired with motions that do what they say.

Every step draws pairs (`pairs`), and trains all parts of `backend.model.instruct` at once. The tokenizer and the audio encoder are
frozen, as in paper A; their outputs were computed before (`samples`, `backend.audio`), so a step costs only the model itself.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ..audio.encoder import AudioEncoder, load_encoder
from ..data.samples import tokenize_samples
from ..data.speech.corpus import encode_corpus
from ..data.tiers import tiers_of_samples
from ..errors import UserError
from ..language import meaning
from ..model.conditions import CONDITIONS
from ..model.instruct import WEIGHTS as SHARES
from ..model.instruct import InstructConfig, InstructModel
from ..model.tokenizer import load_tokenizer
from ..packs.files import load_module, load_parts, save_module, saved_config
from ..packs.pack import WEIGHTS
from .draws import BestDraws
from .instruction_pairs import InstructionPairs
from .provenance import write_settings
from .training_loop import LoopConfig, fit

TOKENIZER_RUN = Path(".runs/tokenizer")
WARMUP_GOING_ON = 100  # steps, where trained weights go on
WORD_TABLES = ("stream.words.weight",)  # grow with the encoder's word list


@dataclass
class InstructTraining:
    """Everything that decides the weights."""

    model: InstructConfig = field(default_factory=lambda: InstructConfig(meaning_classes=meaning.classes()))
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=16_000, learning_rate=6e-4, warmup=300, weight_decay=0.02, ema=0.999, validate_every=500
        )
    )
    batch: int = 64
    typed: float = 0.5  # share of rows that are typed sentences instead of spoken ones
    only: str | None = None  # "residual": that transformer alone; "base": the rest; "masked": of that the transformer alone
    drawn: str | None = None  # folder of draws (`drawn`) that the masked transformer learns from, as much as from performances
    speech_noise: float = 0.15  # times the features' own deviation, added to them: the condition must not hang on a detail


def validation(model: InstructModel, held_back: InstructionPairs) -> dict[str, float]:
    """Losses, and how often kind and whole meaning are right, on utterances (and typed sentences) that are not trained on.

    Where nothing is spoken the losses are of typed sentences."""
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


def prepare(data: Path, tokenizer_folder: Path, encoder_folder: Path, spoken: bool = True) -> None:
    """Tokens of the samples and features of the utterances, made again where they are older than what makes them.

    The tokenizer's folder is a run or a pack: their codes are the same, and a pack's narrow encoder was taught to find them.
    Raises UserError where tokenizer or encoder have not been trained."""
    weights = tokenizer_folder / "tokenizer.safetensors"
    if not weights.exists():
        raise UserError("no_tokenizer", f"{weights} is missing.", "Run `python -m backend train tokenizer` first.")
    if _older(data / "tokens.npy", weights) or _older(data / "tokens.npy", data / "samples.npy"):
        print(f"tokens by {weights}")
        tokenize_samples(data, load_tokenizer(weights))
    features = data / "speech" / "features_augmented.npy"
    if not spoken:
        return
    if _older(features, encoder_folder / "encoder.safetensors") or _older(features, data / "speech" / "utterances.jsonl"):
        encode_corpus(data / "speech", load_encoder(encoder_folder), data / "speech")


def _older(made: Path, source: Path) -> bool:
    return not made.exists() or (source.exists() and made.stat().st_mtime < source.stat().st_mtime)


def train(
    config: InstructTraining, data: Path, run: Path, encoder: AudioEncoder, init: Path | None = None, residual: Path | None = None
) -> dict[str, float]:
    """Train, resuming from ``run`` or starting from the weights file ``init``; weights end in ``run/instruct.safetensors``.

    ``init`` may know fewer words than the encoder, if the encoder's list was made from its own by `WordList.extended`. The residual
    transformer begins with that of the file ``residual`` if there is one."""
    pairs, held_back = (InstructionPairs(data, split, encoder, spoken=config.typed < 1.0) for split in ("train", "val"))
    torch.manual_seed(config.loop.seed)
    config.model = replace(config.model, words=encoder.config.words, speech_width=encoder.config.width)
    model = InstructModel(config.model)
    if init is not None:
        print("new:", ", ".join(load_parts(init, model, WORD_TABLES)) or "nothing")
        begin_as_nothing(model, saved_config(init))
    if residual is not None:
        model.residual.load_state_dict(built(residual).residual.state_dict())
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(trains(name, config.only))
    device = torch.device(config.loop.device if config.loop.device != "auto" else ("cuda" if torch.cuda.is_available() else "cpu"))

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
    outcome = fit(model, draw, loss_of, config.loop, run, validate=lambda m, _: validation(m, held_back))
    save_module(run / "instruct.safetensors", model, config.model.to_dict())
    return outcome.metrics


def trains(name: str, only: str | None) -> bool:
    """Whether the parameter of that name is trained; see `InstructTraining.only`."""
    if only == "base":
        return not name.startswith("residual.")
    return only is None or name.startswith(f"{only}.")


def built(path: Path) -> InstructModel:
    """The model in a weights file."""
    sizes = saved_config(path)
    return load_module(path, InstructModel(InstructConfig(**sizes)))


def begin_as_nothing(model: InstructModel, config: dict) -> None:
    """Let the layers that the weights of ``config`` had none of change nothing yet: training on begins where it ended."""
    for body, before in ((model.masked.body, config["layers"]), (model.residual.body, config["residual_layers"])):
        for layer in body.layers[before:]:
            for last in (layer.self_attn.out_proj, layer.linear2):
                nn.init.zeros_(last.weight)
                nn.init.zeros_(last.bias)


def main(argv: list[str] | None = None) -> None:
    """``python -m backend train instruct``"""
    parser = argparse.ArgumentParser(prog="python -m backend train instruct", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(".data"), help="folder made by `data build`")
    parser.add_argument("--run", type=Path, default=Path(".runs/instruct"), help="checkpoints and curves; resumes from here")
    parser.add_argument("--tokenizer", type=Path, help="folder of the tokenizer (default: its run, else the pack open)")
    parser.add_argument("--encoder", type=Path, default=WEIGHTS / "ear", help="folder of the trained audio encoder")
    parser.add_argument("--init", type=Path, help="an instruct.safetensors to start from, e.g. the pack's")
    parser.add_argument(
        "--only", choices=("base", "residual", "masked"),
        help="the residual transformer alone, on a condition that stays, or all but it: two cores can train them side by side; "
        "the masked transformer alone leaves the condition, so that the residual one still fits",
    )  # fmt: skip
    parser.add_argument("--residual", type=Path, help="an instruct.safetensors whose residual transformer to start from")
    parser.add_argument("--drawn", type=Path, help="folder made by `train draws`, to learn from as well; with --only masked")
    parser.add_argument("--typed", action="store_true", help="typed sentences alone: for packs that go by the words, not the sound")
    parser.add_argument("--batch", type=int, default=InstructTraining.batch, help="rows a step; half of it for a slow CPU")
    parser.add_argument("--learning-rate", type=float, help="half of the usual with half of the rows")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--minutes", type=float, help="stop (with the learning rate annealed) after this wall-clock time")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--condition", choices=CONDITIONS, default="memory", help="the others are ablations")
    arguments = parser.parse_args(argv)
    config = InstructTraining()
    if arguments.condition != config.model.condition:
        config.model = replace(config.model, condition=arguments.condition)
    config.batch = arguments.batch
    config.loop.learning_rate = arguments.learning_rate or config.loop.learning_rate
    config.loop.warmup = WARMUP_GOING_ON if arguments.init else config.loop.warmup
    config.loop.steps = arguments.steps or config.loop.steps
    config.loop.minutes = arguments.minutes
    config.loop.device = arguments.device
    config.only = arguments.only
    config.drawn = str(arguments.drawn) if arguments.drawn else None
    config.typed = 1.0 if arguments.typed else config.typed
    trained = (TOKENIZER_RUN / "tokenizer.safetensors").exists()  # a checkout has the pack's alone
    tokenizer = arguments.tokenizer or (TOKENIZER_RUN if trained else WEIGHTS / "open")
    prepare(arguments.data, tokenizer, arguments.encoder, spoken=config.typed < 1.0)
    encoder = load_encoder(arguments.encoder)
    print(json.dumps(train(config, arguments.data, arguments.run, encoder, arguments.init, arguments.residual), indent=1))


if __name__ == "__main__":
    main()
