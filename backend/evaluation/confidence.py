"""How well the confidence separates instructions from other sounds: AUROC and error rates.

All speech here is by voices, people and sentences that nothing was fitted on. Intervals are bootstrapped over speakers and
sentences rather than recordings, because recordings of one speaker are alike. `training.confidence` fits it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from scipy.stats import rankdata

from ..audio.words import split_words
from ..data.speech import not_instructions as others
from ..data.speech.speakers import HELD_OUT_VOICES
from ..data.speech.speaking import SpeechCorpus
from ..data.speech.voices import say_all
from ..errors import UserError
from ..generation.confidence import LIMIT, speech_measures
from ..generation.pipeline import Generator
from ..generation.steps import steps_of
from ..generation.transcript import transcribe, transcript_of_text
from . import acoustics
from .probes.instructions import PROBES

if TYPE_CHECKING:
    from .experiments.context import Context

REPEATS = 1000  # of the bootstrap


@dataclass(frozen=True)
class MeasuredSpeech:
    """One recording: its source, the words heard, `measured` values, the words said if known."""

    name: str
    words: str
    measures: dict[str, float]
    said: str = ""

    @property
    def right(self) -> bool:
        """Whether all words were heard as they were said."""
        return self.words.split() == split_words(self.said)


@dataclass(frozen=True)
class Scores:
    """Confidences (N,) and whose they are."""

    values: np.ndarray
    names: tuple[str, ...]

    @property
    def share_accepted(self) -> float:
        """Share that is not refused."""
        return round(float((self.values >= LIMIT).mean()), 4)


@torch.inference_mode()
def measure_mels(generator: Generator, mels: Iterable[tuple[str, np.ndarray, str]]) -> list[MeasuredSpeech]:
    """What the encoder hears in (name, log-mel frames (T, 80), words said or "")."""
    encoder, found = generator.encoder, []
    for name, frames, said in mels:
        mel = torch.from_numpy(np.asarray(frames, dtype=np.float32))[None].to(generator.device)
        speech = encoder(mel, torch.tensor([mel.shape[1]], device=generator.device))
        words = encoder.words_of(speech)[0]
        found.append(MeasuredSpeech(name, words, speech_measures(encoder, speech, words), said))
    return found


@torch.inference_mode()
def measure_wave(generator: Generator, name: str, wave: np.ndarray, said: str = "") -> MeasuredSpeech:
    """What the encoder hears in a (N,) float32 wave at 16 kHz, heard as in a request."""
    stream = transcribe(generator.encoder, wave, generator.pack.get("use_sound", True))
    return MeasuredSpeech(name, stream.text, stream.measures, said)


def measure_waves(generator: Generator, kinds: dict[str, others.Named]) -> dict[str, list[MeasuredSpeech]]:
    """What the encoder hears in waves by kind, their words unknown; progress goes to stderr."""
    found = {}
    for kind, waves in kinds.items():
        found[kind] = [measure_wave(generator, name, wave) for name, wave in waves]
        print(f"{len(found[kind])} x {kind}", file=sys.stderr, flush=True)
    return found


@torch.inference_mode()
def meaning_log_probs(generator: Generator, texts: Iterable[str]) -> list[float]:
    """Log-probability of what typed texts mean; minus infinity where no word is known."""
    found = []
    for text in texts:
        try:
            found.append(min(step.sureness for step in steps_of(generator.model, transcript_of_text(generator.encoder, text))))
        except UserError:
            found.append(-np.inf)
    return found


def auroc(positive: np.ndarray, negative: np.ndarray) -> float:
    """Probability that one of the first is above one of the second; ties count half."""
    ranks = rankdata(np.concatenate([positive, negative]))
    count = len(positive)
    return float((ranks[:count].sum() - count * (count + 1) / 2) / (count * len(negative)))


def auroc_with_interval(positive: Scores, negative: Scores, seed: int = 0) -> list[float]:
    """[AUROC, lower, upper]: the 95 % interval of a bootstrap over the names."""
    rng = np.random.default_rng(seed)
    drawn = [auroc(_resampled(positive, rng), _resampled(negative, rng)) for _ in range(REPEATS)]
    value = auroc(positive.values, negative.values)
    return [round(value, 4), *(round(float(edge), 4) for edge in np.quantile(drawn, (0.025, 0.975)))]


def _resampled(scores: Scores, rng: np.random.Generator) -> np.ndarray:
    groups = np.unique(scores.names, return_inverse=True)[1]
    times = np.bincount(rng.integers(groups.max() + 1, size=groups.max() + 1), minlength=groups.max() + 1)
    return np.repeat(scores.values, times[groups])


def scores_joined(*scores: Scores) -> Scores:
    """Scores of several kinds together."""
    return Scores(np.concatenate([part.values for part in scores]), tuple(name for part in scores for name in part.names))


def measure_for_page(context: Context, on_progress: Callable[[int, int], None]) -> dict:
    """The experiment of `evaluate all`; see `measure`."""
    on_progress(0, 1)
    return measure(context.generator, context.data, context.shared)


def measure(generator: Generator, data: Path, shared: Path) -> dict:
    """AUROC, wrong refusals and what is let through, as plain values.

    Args:
        generator: a pack with a confidence.
        data: folder made by `data build`, for the corpora ``speech_test*`` of the held-out voices.
        shared: folder of recordings; see `data.not_instructions`.

    Raises UserError ``no_confidence``, ``no_speech_data`` and ``no_shared_data``.
    """
    judge = generator.judge
    if judge is None:
        hint = "Run: python -m backend train confidence --shared FOLDER"
        raise UserError("no_confidence", "This pack cannot tell what is no instruction.", hint)

    def scored(heard: Sequence[MeasuredSpeech]) -> Scores:
        return Scores(np.array([judge.of_speech(item.measures) for item in heard]), tuple(item.name for item in heard))

    instructions = {"instructions": measure_mels(generator, _test_corpora(data)), **_spoken_probes(generator)}
    kinds = {
        "LibriSpeech": others.read_speech(shared, fitting=False, cut=False),
        "LibriSpeech, 1.5 to 5 s": others.read_speech(shared, fitting=False, cut=True),
        "coffee orders": others.coffee_orders(shared),
        "everyday sentences": others.other_talk(fitting=False),
        "noise": others.noise(shared, fitting=False),
        "silence": others.silences(seed=2),
    }
    rest = {kind: scored(heard) for kind, heard in measure_waves(generator, kinds).items()}
    found = scored(instructions["instructions"])
    both = scores_joined(rest["LibriSpeech"], rest["coffee orders"])
    probes = scored(instructions["probes"])
    return {
        "auroc": {
            "LibriSpeech and coffee orders": auroc_with_interval(found, both),
            "the same, against the probes' instructions": auroc_with_interval(probes, both),
            **{name: auroc_with_interval(found, scores) for name, scores in rest.items()},
        },
        "refused instructions": {name: round(1 - scored(heard).share_accepted, 4) for name, heard in instructions.items()},
        "refused of those heard rightly": {
            name: round(1 - scored([item for item in heard if item.right]).share_accepted, 4)
            for name, heard in instructions.items()
        },
        "let through": {name: scores.share_accepted for name, scores in rest.items()},
        "typed": measure_typed_confidence(generator),
        "counts": {name: len(heard) for name, heard in instructions.items()} | {name: len(s.names) for name, s in rest.items()},
    }  # fmt: skip


def measure_typed_confidence(generator: Generator) -> dict:
    """Typed sentences: AUROC of probes against others, shares wrongly refused and let through."""
    texts = dict.fromkeys(probe.text for probe in PROBES)
    instructions, rest = (
        Scores(np.array([generator.judge.of_text(s) for s in meaning_log_probs(generator, part)]), tuple(part))
        for part in (texts, others.other_texts(fitting=False))
    )
    return {
        "auroc": auroc_with_interval(instructions, rest), "refused instructions": round(1 - instructions.share_accepted, 4),
        "let through": rest.share_accepted,
    }  # fmt: skip


def _test_corpora(data: Path) -> Iterable[tuple[str, np.ndarray, str]]:
    folders = sorted(path.parent for path in data.glob("speech_test*/utterances.jsonl"))
    if not folders:
        hint = "Run: python -m backend data speech .data/speech_test 60 --test"
        raise UserError("no_speech_data", f"{data} holds no test speech of the held-out voices.", hint)
    for folder in folders:
        corpus = SpeechCorpus(folder)
        for number, utterance in enumerate(corpus.utterances):
            yield utterance.text, corpus.mel(number), utterance.text


def _spoken_probes(generator: Generator) -> dict[str, list[MeasuredSpeech]]:
    """The probes' instructions by the held-out voices, under each condition."""
    texts = [text for text in dict.fromkeys(probe.text for probe in PROBES) for _ in HELD_OUT_VOICES]
    waves = say_all(texts, list(HELD_OUT_VOICES) * (len(texts) // len(HELD_OUT_VOICES)))

    def under(condition: str) -> list[MeasuredSpeech]:
        recordings = (acoustics.degraded(wave, condition, seed=number) for number, wave in enumerate(waves))
        return [measure_wave(generator, text, wave, text) for text, wave in zip(texts, recordings, strict=True)]

    return {"probes" if name == "clean" else f"probes, {name}": under(name) for name in acoustics.CONDITIONS}
