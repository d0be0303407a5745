"""How well the confidence tells instructions from the rest: AUROC with intervals, and who is wrongly refused or let through.

All speech here is by voices, people and sentences that nothing was fitted on. Intervals are bootstrapped over speakers and
sentences, not over recordings, because those of one speaker are alike. Fitting is `training.confidence`'s matter.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.stats import rankdata

from ..audio.words import spell
from ..data.speech import not_instructions as others
from ..data.speech.speakers import HELD_OUT_VOICES
from ..data.speech.speaking import SpeechCorpus
from ..data.speech.voices import say_all
from ..errors import UserError
from ..generation.confidence import LIMIT, measured
from ..generation.listening import listen, read
from ..generation.pipeline import Generator
from ..generation.steps import steps_of
from . import conditions
from .probes.instructions import PROBES

REPEATS = 1000  # of the bootstrap


@dataclass(frozen=True)
class Heard:
    """One recording: who or what sounds, what was heard in it, what `measured` says, and what was said where that is known."""

    name: str
    words: str
    measures: dict[str, float]
    said: str = ""

    @property
    def right(self) -> bool:
        """Whether all words were heard as they were said."""
        return self.words.split() == spell(self.said)


@dataclass(frozen=True)
class Scores:
    """Confidences (N,) and whose they are."""

    values: np.ndarray
    names: tuple[str, ...]

    @property
    def passing(self) -> float:
        """Share that is not refused."""
        return round(float((self.values >= LIMIT).mean()), 4)


@torch.inference_mode()
def hear(generator: Generator, mels: Iterable[tuple[str, np.ndarray, str]]) -> list[Heard]:
    """What the encoder makes of recordings: (name, log-mel frames (T, 80), what was said or "")."""
    encoder, found = generator.encoder, []
    for name, frames, said in mels:
        mel = torch.from_numpy(np.asarray(frames, dtype=np.float32))[None].to(generator.device)
        speech = encoder(mel, torch.tensor([mel.shape[1]], device=generator.device))
        words = encoder.words_of(speech)[0]
        found.append(Heard(name, words, measured(encoder, speech, words), said))
    return found


@torch.inference_mode()
def hear_wave(generator: Generator, name: str, wave: np.ndarray, said: str = "") -> Heard:
    """The same of a (N,) float32 wave at 16 kHz, by the way that a request takes."""
    stream = listen(generator.encoder, wave, generator.pack.get("use_sound", True))
    return Heard(name, stream.text, stream.measures, said)


def hear_waves(generator: Generator, kinds: dict[str, others.Named]) -> dict[str, list[Heard]]:
    """The same of waves whose words are not known, by kind; says on stderr how far it is."""
    found = {}
    for kind, waves in kinds.items():
        found[kind] = [hear_wave(generator, name, wave) for name, wave in waves]
        print(f"{len(found[kind])} x {kind}", file=sys.stderr, flush=True)
    return found


@torch.inference_mode()
def sureness(generator: Generator, texts: Iterable[str]) -> list[float]:
    """Log-probability of what typed texts mean; minus infinity where no word is known."""
    found = []
    for text in texts:
        try:
            found.append(min(step.sureness for step in steps_of(generator.model, read(generator.encoder, text))))
        except UserError:
            found.append(-np.inf)
    return found


def auroc(positive: np.ndarray, negative: np.ndarray) -> float:
    """Probability that one of the first is above one of the second; ties count half."""
    ranks = rankdata(np.concatenate([positive, negative]))
    count = len(positive)
    return float((ranks[:count].sum() - count * (count + 1) / 2) / (count * len(negative)))


def with_interval(positive: Scores, negative: Scores, seed: int = 0) -> list[float]:
    """[AUROC, lower, upper]: the 95 % interval of a bootstrap over the names."""
    rng = np.random.default_rng(seed)
    drawn = [auroc(_resampled(positive, rng), _resampled(negative, rng)) for _ in range(REPEATS)]
    value = auroc(positive.values, negative.values)
    return [round(value, 4), *(round(float(edge), 4) for edge in np.quantile(drawn, (0.025, 0.975)))]


def _resampled(scores: Scores, rng: np.random.Generator) -> np.ndarray:
    groups = np.unique(scores.names, return_inverse=True)[1]
    times = np.bincount(rng.integers(groups.max() + 1, size=groups.max() + 1), minlength=groups.max() + 1)
    return np.repeat(scores.values, times[groups])


def joined(*scores: Scores) -> Scores:
    """Scores of several kinds as one."""
    return Scores(np.concatenate([part.values for part in scores]), tuple(name for part in scores for name in part.names))


def measure(generator: Generator, data: Path, shared: Path) -> dict:
    """Everything, as plain values.

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

    def scored(heard: Sequence[Heard]) -> Scores:
        return Scores(np.array([judge.of_speech(item.measures) for item in heard]), tuple(item.name for item in heard))

    instructions = {"instructions": hear(generator, _test_corpora(data)), **_spoken_probes(generator)}
    kinds = {
        "LibriSpeech": others.read_speech(shared, fitting=False, cut=False),
        "LibriSpeech, 1.5 to 5 s": others.read_speech(shared, fitting=False, cut=True),
        "coffee orders": others.coffee_orders(shared),
        "everyday sentences": others.other_talk(fitting=False),
        "noise": others.noise(shared, fitting=False),
        "silence": others.silences(seed=2),
    }
    rest = {kind: scored(heard) for kind, heard in hear_waves(generator, kinds).items()}
    found = scored(instructions["instructions"])
    both = joined(rest["LibriSpeech"], rest["coffee orders"])
    probes = scored(instructions["probes"])
    return {
        "auroc": {
            "LibriSpeech and coffee orders": with_interval(found, both),
            "the same, against the probes' instructions": with_interval(probes, both),
            **{name: with_interval(found, scores) for name, scores in rest.items()},
        },
        "refused instructions": {name: round(1 - scored(heard).passing, 4) for name, heard in instructions.items()},
        "refused of those heard rightly": {
            name: round(1 - scored([item for item in heard if item.right]).passing, 4) for name, heard in instructions.items()
        },
        "let through": {name: scores.passing for name, scores in rest.items()},
        "typed": measure_typed(generator),
        "counts": {name: len(heard) for name, heard in instructions.items()} | {name: len(s.names) for name, s in rest.items()},
    }  # fmt: skip


def measure_typed(generator: Generator) -> dict:
    """Of typed sentences: AUROC of the probes' against others, the share of probes that is refused, of others that is not."""
    texts = dict.fromkeys(probe.text for probe in PROBES)
    instructions, rest = (
        Scores(np.array([generator.judge.of_text(s) for s in sureness(generator, part)]), tuple(part))
        for part in (texts, others.other_texts(fitting=False))
    )
    return {
        "auroc": with_interval(instructions, rest), "refused instructions": round(1 - instructions.passing, 4),
        "let through": rest.passing,
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


def _spoken_probes(generator: Generator) -> dict[str, list[Heard]]:
    """The probes' instructions, worded as people do, by the held-out voices, under each of the probes' conditions."""
    texts = [text for text in dict.fromkeys(probe.text for probe in PROBES) for _ in HELD_OUT_VOICES]
    waves = say_all(texts, list(HELD_OUT_VOICES) * (len(texts) // len(HELD_OUT_VOICES)))

    def under(condition: str) -> list[Heard]:
        worse = (conditions.worsened(wave, condition, seed=number) for number, wave in enumerate(waves))
        return [hear_wave(generator, text, wave, text) for text, wave in zip(texts, worse, strict=True)]

    return {"probes" if name == "clean" else f"probes, {name}": under(name) for name in conditions.NAMES}
