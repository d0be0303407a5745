"""Training the audio encoder: CTC on words and, inside, on phones, over the corpus of `data.speech`.

``python -m backend.training.encoder`` trains (or goes on), exports, and with ``--test`` measures word errors of the
held-out voices; nothing is ever chosen by that test: choices look at the validation split, whose sentences and speaker
identities are not trained on.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from backend.audio.encoder import AudioEncoder, EncoderConfig, load_encoder, save_encoder
from backend.audio.words import UNKNOWN, WordList, WordModel, spell
from backend.data.speech.augment import MelAugmentConfig, augment_mel, load_noises, noise_mels
from backend.data.speech.corpus import encode_corpus
from backend.data.speech.people import PRONOUNCED
from backend.data.speech.speaking import SpeechCorpus
from backend.data.speech.whisper_weights import stem_weights
from backend.evaluation.word_errors import corpus_word_error_rate, transcribe, word_error_rates
from backend.packs.files import grow_rows
from backend.training.history import write_settings
from backend.training.loop import LoopConfig, Outcome, fit, pick_device

BLOCKS = 3  # behind Whisper's layers
WHISPERS = ("subsampling.convolutions.", "subsampling.layers.")
FROZEN = ("subsampling.convolutions.", "subsampling.layers.0.")  # the sounds of any language; a third of the time as well
WHISPER_RATE = 0.1
WARMUP_GOING_ON = 60  # steps, where a trained encoder goes on


@dataclass
class EncoderTraining:
    """What to train on and how. ``frames`` is the size of a batch in mel frames, because utterances differ in
    length."""

    # those that are there, of `data.speech` and `data.people`; people are few, so they come twice
    corpora: tuple[str, ...] = (
        ".data/speech", ".data/speech_rare", ".data/speech_words", ".data/speech_kokoro", *2 * (".data/speech_people",)
    )  # fmt: skip
    run: str = ".runs/encoder"
    out: str = "backend/weights/ear"
    noises: str = "../shared/data/speech/noise_esc10"  # recordings to add at every step, where they are
    init: str = ""  # folder of a trained encoder to start from; its words keep their classes
    words_of: str = ""  # folder of an encoder whose words keep their classes, where nothing else of it is taken
    frames: int = 5200
    phone_weight: float = 0.5
    validation: int = 240  # utterances
    model: EncoderConfig = field(default_factory=EncoderConfig)
    augment: MelAugmentConfig = field(default_factory=MelAugmentConfig)
    loop: LoopConfig = field(
        default_factory=lambda: LoopConfig(
            steps=6000, minutes=40, learning_rate=1.2e-3, warmup=300, weight_decay=0.02, betas=(0.9, 0.98), ema=0.998,
            validate_every=500, log_every=25,
        )
    )  # fmt: skip


@dataclass
class Batch:
    """mel (B, T, 80), lengths (B,); words and phones concatenated over the batch with their counts (B,)."""

    mel: Tensor
    lengths: Tensor
    words: Tensor
    word_counts: Tensor
    phones: Tensor
    phone_counts: Tensor


class Batches:
    """Batches of similar length from several corpora; batch n is the same whenever and how often it is drawn."""

    def __init__(self, corpora: list[SpeechCorpus], words: WordList, config: EncoderTraining, device: torch.device):
        self.corpora, self.words, self.config, self.device = corpora, words, config, device
        self.others = [_pronounced(corpus.folder) for corpus in corpora]
        self.items = [(c, i) for c, corpus in enumerate(corpora) for i in range(len(corpus))]
        self.sizes = np.array([corpora[c].utterances[i].frames for c, i in self.items])
        self.noises = noise_mels(load_noises(Path(config.noises)))
        self.noises = None if self.noises is None else self.noises.to(device)
        self._epoch, self._plan = -1, []

    def plan(self, epoch: int) -> list[np.ndarray]:
        """The batches of an epoch: sorted by length with some jitter, cut at ``frames``, shuffled."""
        if epoch != self._epoch:
            rng = np.random.default_rng([self.config.loop.seed, epoch])
            order = np.argsort(self.sizes * np.exp(rng.normal(0, 0.06, len(self.sizes))))
            plan, start = [], 0
            for end in range(1, len(order) + 1):
                longest = self.sizes[order[start : end + 1]].max()
                if end == len(order) or (end + 1 - start) * longest > self.config.frames:
                    plan.append(order[start:end])
                    start = end
            # the first epoch goes from short to long: CTC aligns short utterances first (Amodei et al. 2016)
            if epoch or self.config.init:
                rng.shuffle(plan)
            self._epoch, self._plan = epoch, plan
        return self._plan

    def draw(self, step: int, rng: np.random.Generator) -> Batch:
        """Batch number ``step``, augmented."""
        per_epoch = len(self.plan(0)) if self._epoch < 0 else len(self._plan)
        plan = self.plan(step // per_epoch)
        batch = self.collate([self.items[i] for i in plan[min(step % per_epoch, len(plan) - 1)]])
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        batch.mel, batch.lengths = augment_mel(batch.mel, batch.lengths, self.config.augment, generator, self.noises)
        return batch

    def collate(self, items: list[tuple[int, int]]) -> Batch:
        """Load utterances, given as (corpus, number), into one batch."""
        mels = [torch.from_numpy(self.corpora[c].mel(i).astype(np.float32)) for c, i in items]
        texts = [self.corpora[c].utterances[i].text for c, i in items]
        words = [self.words.encode(text) for text in texts]
        phones = [self.words.encode_phones(text, self.others[c]) for text, (c, _) in zip(texts, items, strict=True)]

        def counts(lists: list) -> Tensor:
            return torch.tensor([len(one) for one in lists], device=self.device)

        def flat(lists: list[list[int]]) -> Tensor:
            return torch.tensor([value for one in lists for value in one], device=self.device)

        mel = nn.utils.rnn.pad_sequence(mels, batch_first=True).to(self.device)
        return Batch(mel, counts(mels), flat(words), counts(words), flat(phones), counts(phones))


def _pronounced(folder: Path) -> dict[str, list[str]]:
    """Phones of the words in a corpus that are in no word list."""
    file = folder / PRONOUNCED
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def losses(model: AudioEncoder, batch: Batch, phone_weight: float) -> tuple[Tensor, dict[str, Tensor]]:
    """CTC of words plus weighted CTC of phones, each per label."""
    out = model(batch.mel, batch.lengths)

    def ctc(logits: Tensor, targets: Tensor, counts: Tensor) -> Tensor:
        log_probs = logits.float().log_softmax(-1).transpose(0, 1)
        # an utterance sped up until it has fewer frames than phones cannot be aligned: it counts nothing
        return functional.ctc_loss(log_probs, targets, out.lengths, counts, zero_infinity=True)

    words = ctc(out.word_logits, batch.words, batch.word_counts)
    phones = ctc(out.phone_logits, batch.phones, batch.phone_counts)
    return words + phone_weight * phones, {"words": words.detach(), "phones": phones.detach()}


def word_list() -> WordList:
    """The vocabulary of the caption grammar with flite's pronunciations."""
    from backend.data.speech.voices import phones_of
    from backend.language.captions import vocabulary

    words = sorted({word for entry in vocabulary() for word in spell(entry)})
    return WordList.make(words, phones_of(words))


def caption_language(words: WordList, sentences_to_draw: int = 200_000, seed: int = 1) -> WordModel:
    """Word trigram of the caption grammar, from sentences drawn as the corpus draws them."""
    from backend.language.captions import sentences
    from backend.language.sample import sample_instruction

    rng = random.Random(seed)
    drawn = (
        words.encode(sentences(sample_instruction(rng), rng, ("original", "oral")[n % 2])[0]) for n in range(sentences_to_draw)
    )
    return WordModel.estimate(drawn, len(words.words) + 1)


def train(config: EncoderTraining) -> Outcome:
    """Train, or go on; a finished run is exported to ``config.out``."""
    run, device = Path(config.run), pick_device(config.loop.device)
    run.mkdir(parents=True, exist_ok=True)
    start = load_encoder(Path(config.init)) if config.init else None
    known = start or (load_encoder(Path(config.words_of)) if config.words_of else None)
    words = _kept_word_list(run / "words.json", known.words if known else None)
    if start:
        config.model = start.config
    config.model = EncoderConfig(**asdict(config.model) | {"words": len(words.words), "phones": len(words.phones)})
    first, *others = (Path(folder) for folder in config.corpora)
    folders = [first, *(folder for folder in others if (folder / "utterances.jsonl").exists())]
    corpora = [SpeechCorpus(folder, "train") for folder in folders]
    batches = Batches(corpora, words, config, device)
    validation = SpeechCorpus(Path(config.corpora[0]), "val")
    numbers = list(range(len(validation)))[: config.validation]
    torch.manual_seed(config.loop.seed)
    encoder = AudioEncoder(config.model, words, caption_language(words))
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

    def loss_of(model: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        return losses(model, batch, config.phone_weight)

    settings = asdict(config) | {"corpora": [str(folder) for folder in folders]}  # those that were there
    write_settings(run / "training.json", settings, Path(config.init) / "encoder.safetensors" if config.init else None)
    outcome = fit(encoder, batches.draw, loss_of, config.loop, run, validate=validate, rate_of=rate_of)
    if outcome.finished:
        facts = {"steps": outcome.step, "seconds": round(outcome.seconds), "utterances": len(batches.items)}
        export(encoder, Path(config.out), facts | {"validation": outcome.metrics})
    return outcome


def rate_of(name: str) -> float:
    """Share of the learning rate: what Whisper knows already is to be kept, and what stands on it is new."""
    return WHISPER_RATE if name.startswith(WHISPERS) else 1.0


def grown_state(encoder: AudioEncoder, words: WordList) -> dict[str, Tensor]:
    """The weights of an encoder for a word list that is its own or extends it. ValueError where classes would move."""
    if words.words[: len(encoder.words.words) - 1] != encoder.words.words[:-1] or words.phones != encoder.words.phones:
        raise ValueError("the encoder to start from has other words or phones, in another order")
    count = len(words.words) + 1
    tables = ("word_head.weight", "word_head.bias")
    return {name: grow_rows(value, count) if name in tables else value for name, value in encoder.state_dict().items()}


def export(encoder: AudioEncoder, out: Path, facts: dict) -> None:
    """Write the encoder where the pack keeps it."""
    save_encoder(out, encoder, {"training": facts})


def _kept_word_list(file: Path, old: WordList | None = None) -> WordList:
    """The word list a run started with: its classes must not move when the grammar grows.

    A new run has the grammar's words, behind those of the encoder it starts from if there is one (``old``)."""
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


def main(argv: list[str] | None = None) -> None:
    """Train the audio encoder, test it, or encode a corpus with it."""
    import argparse

    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--run", default=".runs/encoder")
    parser.add_argument("--out", default="backend/weights/ear")
    parser.add_argument("--init", default="", help="folder of a trained encoder to go on from")
    parser.add_argument("--words-of", default="", help="folder of an encoder whose words keep their classes")
    parser.add_argument("--whisper", type=int, default=0, metavar="LAYERS", help="begin with so many layers of Whisper base")
    parser.add_argument("--learning-rate", type=float, default=1.2e-3)
    parser.add_argument("--fp32", action="store_true")
    parser.add_argument("--test", type=Path, help="measure word errors on a corpus of held-out voices instead")
    parser.add_argument("--encode", type=Path, help="write the features of a corpus instead")
    options = parser.parse_args(argv)
    if options.test:
        for name, value in word_error_rates(load_encoder(Path(options.out)), options.test).items():
            print(f"{name:24s} WER {100 * value:5.1f} %")
    elif options.encode:
        print(encode_corpus(options.encode, load_encoder(Path(options.out)), options.encode), "utterances")
    else:
        config = EncoderTraining(run=options.run, out=options.out, init=options.init, words_of=options.words_of)
        if options.whisper:
            config.model = EncoderConfig(stem_layers=options.whisper, blocks=BLOCKS, phone_block=BLOCKS - 1)
        config.loop.learning_rate = options.learning_rate
        config.loop.warmup = WARMUP_GOING_ON if options.init else config.loop.warmup
        config.loop.minutes, config.loop.steps, config.loop.bf16 = options.minutes, options.steps, not options.fp32
        outcome = train(config)
        print(outcome)


if __name__ == "__main__":
    main()
