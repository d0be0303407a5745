"""Train the audio encoder: CTC on words and, in a lower block, on phones.

Choices look at the validation split, whose sentences and speaker identities are not trained on. ``--test`` measures word errors of
the held-out voices; nothing is ever chosen by that test. Batches are `encoder_data`'s.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import torch
import typer
from torch import Tensor, nn
from torch.nn import functional

from backend.audio.encoder import AudioEncoder, EncoderConfig, load_encoder, save_encoder
from backend.audio.words import UNKNOWN, WordList, WordModel, split_words
from backend.data.speech.augment import MelAugmentConfig
from backend.data.speech.corpus import encode_corpus
from backend.data.speech.speaking import SpeechCorpus
from backend.data.speech.whisper_weights import stem_weights
from backend.evaluation.word_errors import corpus_word_error_rate, transcribe, word_error_rates
from backend.packs.files import grow_rows
from backend.training.commands import Device, report, shorten
from backend.training.encoder_data import EncoderBatch, EncoderBatches
from backend.training.provenance import write_settings
from backend.training.training_loop import FitResult, LoopConfig, fit, pick_device

BLOCKS = 3  # behind Whisper's layers
WHISPERS = ("subsampling.convolutions.", "subsampling.layers.")
FROZEN = ("subsampling.convolutions.", "subsampling.layers.0.")  # the sounds of any language; a third of the time as well
WHISPER_RATE = 0.1
WARMUP_GOING_ON = 60  # steps, where a trained encoder goes on


@dataclass
class EncoderTraining:
    """Everything that decides the weights.

    Attributes:
        corpora: folders of speech, of which those that exist are used; people are few, so they come twice.
        run: checkpoints and curves.
        out: folder for the trained encoder.
        noises: folder of recordings to add at every step, where it exists.
        init: folder of a trained encoder to start from; its words keep their classes.
        frames: size of a batch in mel frames, because utterances differ in length.
        validation: utterances.
        captions: sentences that the word trigram is estimated from.
    """

    corpora: tuple[str, ...] = (
        ".data/speech", ".data/speech_rare", ".data/speech_words", ".data/speech_kokoro", *2 * (".data/speech_people",)
    )  # fmt: skip
    run: str = ".runs/encoder"
    out: str = "backend/weights/ear"
    noises: str = "../shared/data/speech/noise_esc10"
    init: str = ""
    frames: int = 5200
    phone_weight: float = 0.5
    validation: int = 240
    captions: int = 200_000
    model: EncoderConfig = field(default_factory=EncoderConfig)
    augment: MelAugmentConfig = field(default_factory=MelAugmentConfig)
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=6000, minutes=40, learning_rate=1.2e-3, warmup=300, weight_decay=0.02, betas=(0.9, 0.98), ema=0.998,
            validate_every=500, log_every=25,
        )
    )  # fmt: skip


def losses(model: AudioEncoder, batch: EncoderBatch, phone_weight: float) -> tuple[Tensor, dict[str, Tensor]]:
    """CTC of words plus weighted CTC of phones, each per label."""
    out = model(batch.mel, batch.lengths)

    def ctc(logits: Tensor, targets: Tensor, counts: Tensor) -> Tensor:
        log_probs = logits.float().log_softmax(-1).transpose(0, 1)
        # zero_infinity: an utterance that was sped up to fewer frames than phones cannot be aligned
        return functional.ctc_loss(log_probs, targets, out.lengths, counts, zero_infinity=True)

    words = ctc(out.word_logits, batch.words, batch.word_counts)
    phones = ctc(out.phone_logits, batch.phones, batch.phone_counts)
    return words + phone_weight * phones, {"words": words.detach(), "phones": phones.detach()}


def word_list() -> WordList:
    """The vocabulary of the caption grammar with flite's pronunciations."""
    from backend.data.speech.voices import phones_of
    from backend.language.captions import vocabulary

    words = sorted({word for entry in vocabulary() for word in split_words(entry)})
    return WordList.make(words, phones_of(words))


def caption_language(words: WordList, sentences_to_draw: int, seed: int = 1) -> WordModel:
    """Word trigram of the caption grammar, from sentences drawn as the corpus draws them."""
    from backend.language.captions import sentences
    from backend.language.sampling import sample_instruction

    rng = random.Random(seed)
    drawn = (
        words.encode(sentences(sample_instruction(rng), rng, ("original", "oral")[n % 2])[0]) for n in range(sentences_to_draw)
    )
    return WordModel.estimate(drawn, len(words.words) + 1)


def train(config: EncoderTraining) -> FitResult:
    """Train, resuming from ``config.run``; the encoder of a finished run ends in ``config.out``."""
    run, device = Path(config.run), pick_device(config.loop.device)
    run.mkdir(parents=True, exist_ok=True)
    start = load_encoder(Path(config.init)) if config.init else None
    words = _kept_word_list(run / "words.json", start.words if start else None)
    if start:
        config.model = start.config
    config.model = EncoderConfig(**asdict(config.model) | {"words": len(words.words), "phones": len(words.phones)})
    first, *others = (Path(folder) for folder in config.corpora)
    folders = [first, *(folder for folder in others if (folder / "utterances.jsonl").exists())]
    corpora = [SpeechCorpus(folder, "train") for folder in folders]
    batches = EncoderBatches(
        corpora, words, frames=config.frames, augment=config.augment, noises=Path(config.noises), seed=config.loop.seed,
        curriculum=not config.init, device=device,
    )  # fmt: skip
    validation = SpeechCorpus(Path(config.corpora[0]), "val")
    numbers = list(range(len(validation)))[: config.validation]
    torch.manual_seed(config.loop.seed)
    encoder = AudioEncoder(config.model, words, caption_language(words, config.captions))
    if start:
        encoder.load_state_dict(grown_state(start, words))
    elif config.model.stem_layers:
        encoder.subsampling.load_state_dict(stem_weights(config.model.stem_layers), strict=False)
    for name, parameter in encoder.named_parameters():
        parameter.requires_grad = not name.startswith(FROZEN)
    print(f"{len(batches.items)} utterances, {len(numbers)} for validation, {_parameters(encoder):.2f} M parameters")

    def validate(model: nn.Module, step: int) -> dict[str, float]:
        heard = transcribe(model, validation, numbers, config.loop.bf16)
        return {f"wer_{how}": corpus_word_error_rate(validation, numbers, texts) for how, texts in heard.items()}

    def loss_of(model: nn.Module, batch: EncoderBatch) -> tuple[Tensor, dict[str, Tensor]]:
        return losses(model, batch, config.phone_weight)

    settings = asdict(config) | {"corpora": [str(folder) for folder in folders]}  # those that were there
    write_settings(run / "training.json", settings, Path(config.init) / "encoder.safetensors" if config.init else None)
    result = fit(encoder, batches.draw, loss_of, config.loop, run, validate=validate, rate_of=rate_of)
    if result.finished:
        facts = {"steps": result.step, "seconds": round(result.seconds), "utterances": len(batches.items)}
        save_encoder(Path(config.out), encoder, {"training": facts | {"validation": result.metrics}})
    return result


def rate_of(name: str) -> float:
    """Share of the learning rate of a parameter: less for Whisper's trained layers."""
    return WHISPER_RATE if name.startswith(WHISPERS) else 1.0


def grown_state(encoder: AudioEncoder, words: WordList) -> dict[str, Tensor]:
    """The encoder's weights for its own word list or an extension; ValueError for another."""
    if words.words[: len(encoder.words.words) - 1] != encoder.words.words[:-1] or words.phones != encoder.words.phones:
        raise ValueError("the encoder to start from has other words or phones, in another order")
    count = len(words.words) + 1
    tables = ("word_head.weight", "word_head.bias")
    return {name: grow_rows(value, count) if name in tables else value for name, value in encoder.state_dict().items()}


def _kept_word_list(file: Path, old: WordList | None = None) -> WordList:
    """The word list a run started with: its classes must not move when the grammar grows.

    A new run has the words of the encoder it starts from (``old``), if there is one, and behind them the grammar's."""
    if file.exists():
        pronounced = json.loads(file.read_text())
        return WordList.ordered((*pronounced, UNKNOWN), {word: phones.split() for word, phones in pronounced.items()})
    words = word_list()
    if old is not None:
        words = old.extended(words.words, words.pronounced)
    file.write_text(json.dumps({word: " ".join(phones) for word, phones in words.pronounced.items()}, indent=1))
    return words


def _parameters(model: nn.Module) -> float:
    return sum(p.numel() for p in model.parameters()) / 1e6


def command(
    minutes: Annotated[float, typer.Option(help="Wall-clock time.")] = 40,
    steps: int = 6000,
    run: Annotated[Path, typer.Option(help="Checkpoints and curves; resumes from here.")] = Path(".runs/encoder"),
    out: Annotated[Path, typer.Option(help="Folder of the trained encoder.")] = Path("backend/weights/ear"),
    init: Annotated[Path | None, typer.Option(help="Folder of a trained encoder to go on from.")] = None,
    whisper: Annotated[int, typer.Option(help="Begin with so many layers of Whisper base.")] = 0,
    learning_rate: float = 1.2e-3,
    fp32: Annotated[bool, typer.Option("--fp32", help="Train in float32.")] = False,
    device: Device = "auto",
    test_corpus: Annotated[Path | None, typer.Option("--test", help="Measure word errors on held-out voices instead.")] = None,
    encode: Annotated[Path | None, typer.Option(help="Write the features of a corpus instead.")] = None,
) -> int:
    """Train the audio encoder, measure it, or encode a corpus with it."""
    if test_corpus:
        for name, value in word_error_rates(load_encoder(out), test_corpus).items():
            print(f"{name:24s} WER {100 * value:5.1f} %")
        return 0
    if encode:
        print(encode_corpus(encode, load_encoder(out), encode), "utterances")
        return 0
    config = EncoderTraining(run=str(run), out=str(out), init=str(init) if init else "")
    if whisper:
        config.model = EncoderConfig(stem_layers=whisper, blocks=BLOCKS, phone_block=BLOCKS - 1)
    config.loop.learning_rate, config.loop.bf16 = learning_rate, not fp32
    config.loop.warmup = WARMUP_GOING_ON if init else config.loop.warmup
    shorten(config.loop, steps, minutes, device)
    return report(train(config))
