"""The corpus of spoken instructions: captions by speaker identities, as mel frames.

A corpus is a folder of shards, each made from its own seed by one worker: ``shard_00012.jsonl`` (one utterance a line) and
``shard_00012.npy`` ((frames, 80) float16, natural log power). ``utterances.jsonl`` lists everything. A stopped build resumes at
the first missing shard, and a finished corpus can grow. Waves are not kept. Training reads a corpus through `SpeechCorpus`;
`voices` speaks and `augment` adds rooms and noise.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import torch
import typer

from backend.audio.words import split_words
from backend.data.speech.speakers import ENGINES, HELD_OUT_VOICES, Voice, check_trainable, natural_and_synthetic, neural

Drawn = Literal["sentences", "rare", "words"]
SHARD = 256  # utterances
SYNTHETIC = 0.15  # share of espeak-ng, whose voices are many but unlike people
WORDS_BY_KOKORO = 0.2  # share of random words in a corpus of Kokoro's
RARER = 8  # sentences of which the one with the rarest word is spoken, in a corpus of rare words
ROUGH = 0.5  # share of utterances that get a room, noise or a bad microphone
VALIDATION = 0.03  # share of utterances spoken by validation identities


@dataclass(frozen=True)
class Utterance:
    """One line of the corpus; ``start`` and ``frames`` are rows of the shard's array."""

    id: str
    text: str
    key: str
    voice: str
    style: str
    split: str
    rough: bool
    shard: int
    start: int
    frames: int


def build_speech(
    out: Path,
    n: int,
    seed: int = 0,
    workers: int = 2,
    noises: Path | None = None,
    drawn: Drawn = "sentences",
    by_kokoro: bool = False,
    engines: tuple[str, ...] = ENGINES,
    on_progress: Callable[[int, int], None] | None = None,
) -> int:
    """Make or extend a training corpus to at least ``n`` utterances; returns their number.

    Args:
        noises: folder of noise recordings; without one only coloured noise is added.
        drawn: "sentences" as often as `sample` has them; "rare": such with words that were seldom in the shard so far; "words":
            random ones instead of sentences, key "", which teaches to listen rather than to guess.
        by_kokoro: by Kokoro's speakers, a fifth of it random words; slow (a second of a core for four seconds of speech).
        engines: whose voices may speak, where it is not Kokoro alone.
        on_progress: called with (shards done, shards in all).
    """
    out.mkdir(parents=True, exist_ok=True)
    shards = -(-n // SHARD)
    missing = [index for index in range(shards) if not (out / f"shard_{index:05d}.jsonl").exists()]
    done = shards - len(missing)
    with ProcessPoolExecutor(max(1, workers)) as pool:
        jobs = [pool.submit(_make_shard, out, index, seed, noises, drawn, by_kokoro, engines) for index in missing]
        for job in as_completed(jobs):
            job.result()
            done += 1
            if on_progress:
                on_progress(done, shards)
    return write_index(out)


def write_index(out: Path) -> int:
    """Gather the shards' lines in ``utterances.jsonl``; returns their number."""
    lines = [line for file in sorted(out.glob("shard_*.jsonl")) for line in file.read_text().splitlines()]
    temporary = out / "utterances.jsonl.part"
    temporary.write_text("\n".join(lines) + "\n")
    temporary.replace(out / "utterances.jsonl")
    return len(lines)


def build_test_speech(out: Path, n: int = 60, seed: int = 7) -> int:
    """``n`` clean sentences by every held-out voice, for measuring only."""
    from backend.language.captions import sentences
    from backend.language.sampling import sample_instruction

    words = random.Random(f"test {seed}")
    rows, requests = [], []
    for number in range(n):
        instruction = sample_instruction(words)
        style = ("original", "oral")[number % 2]
        text = sentences(instruction, words, style)[0]
        for voice in HELD_OUT_VOICES:
            requests.append((text, voice))
            rows.append({"text": text, "key": instruction.key, "voice": voice.name, "style": style, "split": "test"})
    return _store(out, 0, requests, rows, np.random.default_rng([seed, 99]), None, keep_waves=True) and write_index(out)


def _make_shard(
    out: Path, index: int, seed: int, noises: Path | None, drawn: str, by_kokoro: bool = False,
    engines: tuple[str, ...] = ENGINES,
) -> int:  # fmt: skip
    torch.set_num_threads(1)
    words, rng = random.Random(f"{seed} {index}"), np.random.default_rng([seed, index])
    said: Counter[str] = Counter()
    rows, requests = [], []
    for _ in range(SHARD):
        split = "val" if rng.random() < VALIDATION else "train"
        style = "oral" if rng.random() < 0.5 else "original"
        only_words = drawn == "words" or (by_kokoro and rng.random() < WORDS_BY_KOKORO)
        options = [_draw(words, split, "words" if only_words else style) for _ in range(RARER if drawn == "rare" else 1)]
        text, key, style = min(options, key=lambda option: min(said[word] for word in split_words(option[0])))
        said.update(split_words(text))
        if by_kokoro:
            group = neural(split)
        else:
            natural, synthetic = natural_and_synthetic(split, engines)
            group = synthetic if rng.random() < SYNTHETIC and synthetic else natural
        voice = group[int(rng.integers(len(group)))]
        check_trainable(voice)
        requests.append((text, voice))
        rows.append({"text": text, "key": key, "voice": voice.name, "style": style, "split": split})
    from backend.data.speech.augment import load_noises

    return _store(out, index, requests, rows, rng, load_noises(noises) if noises else ())


def _draw(words: random.Random, split: str, style: str) -> tuple[str, str, str]:
    """Sentence, key and style of an utterance; the style "words" draws random words.

    A hash of the sentence decides its split, so validation sentences are never trained on.
    """
    from backend.language.captions import sentences, vocabulary
    from backend.language.said_numbers import plausible
    from backend.language.sampling import sample_instruction

    while True:
        if style == "words":
            text, key = " ".join(words.choices(vocabulary(), k=words.randint(1, 6))), ""
        else:
            instruction = sample_instruction(words)
            asked = plausible(instruction.steps[0][0], words) if instruction.single else None
            text, key = sentences(instruction, words, style, 1, asked)[0], instruction.key
        if for_validation(text) == (split == "val"):
            return text, key, style


def for_validation(text: str) -> bool:
    """Whether a sentence is kept for validation, whoever speaks or types it."""
    return _bucket(text) < 4


def _bucket(text: str) -> int:
    """A number 0..99 from the sentence alone (FNV-1a hash)."""
    value = 2166136261
    for byte in text.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value % 100


def _store(
    out: Path,
    index: int,
    requests: Sequence[tuple[str, Voice]],
    rows: list[dict],
    rng: np.random.Generator,
    noises: tuple[np.ndarray, ...] | None,
    keep_waves: bool = False,
) -> int:
    """Speak and `store` one shard."""
    from backend.data.speech.voices import say_all

    waves = say_all([text for text, _ in requests], [voice for _, voice in requests], None if keep_waves else rng)
    return store(out, index, waves, rows, rng, noises, keep_waves)


def store(
    out: Path,
    index: int,
    waves: Sequence[np.ndarray],
    rows: list[dict],
    rng: np.random.Generator,
    noises: tuple[np.ndarray, ...] | None,
    keep_waves: bool = False,
) -> int:
    """Augment, transform and write one shard of waves (N,) at 16 kHz.

    Nothing is augmented where ``noises`` is None.

    ``rows`` are `Utterance` fields without id, ``rough`` and place. The jsonl is written last. Returns the number of rows.
    """
    import soundfile

    from backend.audio.features import SAMPLE_RATE, log_mel
    from backend.data.speech.augment import roughen, settle

    out.mkdir(parents=True, exist_ok=True)
    mels, start = [], 0
    for number, (row, wave) in enumerate(zip(rows, waves, strict=True)):
        rough = noises is not None and rng.random() < ROUGH
        if noises is not None:
            wave = settle(wave, rng)
        if rough:
            wave = roughen(wave, rng, noises)
        mel = log_mel(wave).astype(np.float16)
        row |= {"id": f"{index:05d}-{number:03d}", "rough": rough, "shard": index, "start": start, "frames": len(mel)}
        if keep_waves:
            soundfile.write(out / f"{row['id']}-{row['voice']}.wav", wave, SAMPLE_RATE)
        mels.append(mel)
        start += len(mel)
    np.save(out / f"shard_{index:05d}.part.npy", np.concatenate(mels))
    (out / f"shard_{index:05d}.part.npy").replace(out / f"shard_{index:05d}.npy")
    temporary = out / f"shard_{index:05d}.jsonl.part"
    temporary.write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    temporary.replace(out / f"shard_{index:05d}.jsonl")
    return len(rows)


class SpeechCorpus:
    """A corpus folder read lazily: ``utterances`` and the mel frames of each."""

    def __init__(self, folder: Path, split: str | None = None) -> None:
        index = folder / "utterances.jsonl"
        if not index.exists():
            raise FileNotFoundError(f"no corpus of speech in {folder}: build it first")
        rows = [json.loads(line) for line in index.read_text().splitlines()]
        self.folder = folder
        self.utterances = [Utterance(**row) for row in rows if split in (None, row["split"])]
        self._shards: dict[int, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self.utterances)

    def mel(self, number: int) -> np.ndarray:
        """(T, 80) float16 of one utterance, a view into the shard."""
        utterance = self.utterances[number]
        if utterance.shard not in self._shards:
            file = self.folder / f"shard_{utterance.shard:05d}.npy"
            self._shards[utterance.shard] = np.load(file, mmap_mode="r", allow_pickle=False)
        return self._shards[utterance.shard][utterance.start : utterance.start + utterance.frames]

    def batch(self, numbers: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """mel (B, T, 80) float32 zero-padded, lengths (B,)."""
        mels = [torch.from_numpy(self.mel(number).astype(np.float32)) for number in numbers]
        lengths = torch.tensor([len(mel) for mel in mels])
        return torch.nn.utils.rnn.pad_sequence(mels, batch_first=True), lengths


def command(
    out: Annotated[Path, typer.Argument(help="Folder of the corpus.")],
    n: Annotated[int, typer.Argument(help="Utterances; a corpus that is there is made larger.")],
    noises: Annotated[Path | None, typer.Option(help="Folder of noise recordings; without one, coloured noise is added.")] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same corpus.")] = 0,
    workers: Annotated[int, typer.Option(help="Processes.")] = 2,
    drawn: Annotated[Drawn, typer.Option(help="Sentences, those with rare words, or random words.")] = "sentences",
    kokoro: Annotated[bool, typer.Option("--kokoro", help="By Kokoro's speakers alone.")] = False,
    test: Annotated[bool, typer.Option("--test", help="N sentences by each held-out voice, with waves, for measuring.")] = False,
) -> None:
    """Make a corpus of spoken instructions, or go on making it."""
    if test:
        print(build_test_speech(out, n, seed or 7), "utterances")
        return

    def show(done: int, total: int) -> None:
        print(f"shard {done}/{total}", flush=True)

    made = build_speech(out, n, seed, workers, noises, drawn=drawn, by_kokoro=kokoro, on_progress=show)
    print(made, "utterances")
