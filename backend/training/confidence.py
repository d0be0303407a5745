"""Fit and measure a pack's confidence: instructions against other talk, noise and silence.

Run it after `train pack`; it takes minutes and writes `confidence.json` into the pack. Instructions are those of the validation
split, whose sentences and identities the networks have not learned from. The rest is read speech of people, everyday sentences by
the training voices, noise and silence. Coffee orders are measured alone: their speakers are not known, so they cannot be split by
speaker. Spoken instructions are judged by the encoder's output, so after new weights of the instruction model alone ``--typed`` is
enough. `evaluation.confidence` measures.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import typer
from scipy.optimize import minimize

from ..data.speech import not_instructions as others
from ..data.speech.speakers import ENGINES
from ..data.speech.speaking import SpeechCorpus, for_validation
from ..errors import UserError
from ..evaluation.confidence import (
    MeasuredSpeech,
    meaning_log_probs,
    measure,
    measure_mels,
    measure_typed_confidence,
    measure_waves,
)
from ..generation.confidence import FILE, SPOKEN, TYPED, ConfidenceModel, Logistic
from ..generation.pipeline import Generator
from ..language.captions import REGISTERS, sentences
from ..language.sampling import sample_instruction
from ..packs.pack import WEIGHTS
from .commands import Data, Device, Name
from .pack import add_to_pack

PASSING = 0.97  # share of the instructions that pass at least
SLIPPING = 0.05  # share of the other sounds that may pass
RIDGE = 1e-3

Rows = list[dict[str, float]]


@dataclass(frozen=True)
class FitData:
    """Limits of what a judge is fitted on.

    Attributes:
        instructions: spoken ones at limits.
        sentences: typed instructions.
        engines: whose voices speak everyday sentences.
    """

    instructions: int = 600
    sentences: int = 400
    engines: tuple[str, ...] = ENGINES


def fit(instructions: Rows, others: list[Rows], measures: tuple[str, ...]) -> Logistic:
    """Fit a logistic function of measures that is `LIMIT` at the threshold.

    Instructions and the rest weigh the same, and so do the kinds of the rest. At least `PASSING` of the instructions pass; the
    threshold is lower while less than `SLIPPING` of the rest pass.
    """
    kinds = [instructions, *others]
    x = np.array([[row[name] for name in measures] for kind in kinds for row in kind])
    sign = np.repeat([1.0] + [-1.0] * len(others), [len(kind) for kind in kinds])
    shares = [0.5, *[0.5 / len(others)] * len(others)]
    weight = np.repeat([share / len(kind) for share, kind in zip(shares, kinds, strict=True)], [len(kind) for kind in kinds])
    mean, spread = x.mean(0), x.std(0) + 1e-9
    z = (x - mean) / spread

    def loss(b: np.ndarray) -> float:
        return float((weight * np.logaddexp(0.0, -sign * (z @ b[1:] + b[0]))).sum() + RIDGE * (b[1:] ** 2).sum())

    b = minimize(loss, np.zeros(len(measures) + 1)).x
    score = z @ b[1:]
    threshold = min(np.quantile(score[sign > 0], 1 - PASSING), np.quantile(score[sign < 0], 1 - SLIPPING))
    weights = b[1:] / spread
    return Logistic(float(-threshold - weights @ mean), dict(zip(measures, map(float, weights), strict=True)))


def fit_judge(generator: Generator, data: Path, shared: Path, limits: FitData) -> tuple[ConfidenceModel, dict[str, int]]:
    """The judge for a pack, and the number of rows of each kind that it was fitted on."""
    corpus = SpeechCorpus(data / "speech", "val")
    chosen = np.random.default_rng(0).permutation(len(corpus))[: limits.instructions].tolist()
    spoken = measure_mels(generator, (("", corpus.mel(number), "") for number in chosen))
    kinds = {
        "read speech": others.read_speech(shared, fitting=True, cut=False),
        "read speech, 1.5 to 5 s": others.read_speech(shared, fitting=True, cut=True),
        "everyday sentences": others.other_talk(True, limits.engines),
        "noise": others.noise(shared, fitting=True),
        "silence": others.silences(seed=1),
    }
    rest = measure_waves(generator, kinds)

    def with_words(heard: list[MeasuredSpeech]) -> Rows:
        return [item.measures for item in heard if item.measures]

    typed, typed_counts = fit_typed(generator, limits)
    other = [rows for heard in rest.values() if (rows := with_words(heard))]
    judge = ConfidenceModel(fit(with_words(spoken), other, SPOKEN), typed)
    counts = {"instructions": len(spoken), **{name: len(heard) for name, heard in rest.items()}}
    return judge, counts | typed_counts


def fit_typed(generator: Generator, limits: FitData) -> tuple[Logistic, dict[str, int]]:
    """The judge of typed sentences, fitted on validation sentences, and how many there were."""
    rng, texts = random.Random(0), {}
    while len(texts) < limits.sentences:
        text = sentences(sample_instruction(rng), rng, rng.choice(REGISTERS))[0]
        if for_validation(text):
            texts[text] = None
    meant, other = (
        [{"meaning": s} for s in meaning_log_probs(generator, part) if np.isfinite(s)] for part in (texts, others.other_texts(True))
    )
    return fit(meant, [other], TYPED), {"typed instructions": len(meant), "typed others": len(other)}


def refit_typed(generator: Generator, folder: Path, limits: FitData) -> dict:
    """Fit and measure the judge of typed sentences anew; sets it and returns the facts.

    Raises UserError where the pack in ``folder`` has no judge that was fitted with its encoder."""
    before = folder / FILE
    if not before.exists():
        raise UserError("no_confidence", f"{before} is missing.", "Run `train confidence` without --typed.")
    known = json.loads(before.read_text(encoding="utf-8"))
    if known.get("ear") != ear_of(generator):
        hint = "Run `train confidence` without --typed."
        raise UserError("other_ear", "The confidence was fitted with another audio encoder.", hint)
    typed, counts = fit_typed(generator, limits)
    generator.judge = ConfidenceModel(msgspec.convert(known["spoken"], Logistic), typed)
    measured = known["measured"] | {"typed": measure_typed_confidence(generator)}
    return {"ear": known["ear"], "fitted": known["fitted"] | counts, "measured": measured}


def ear_of(generator: Generator) -> str:
    """SHA-256 of the audio encoder by whose output speech is judged."""
    return generator.pack["sha256"]["encoder.safetensors"]


def to_file(judge: ConfidenceModel, facts: dict) -> bytes:
    """The bytes of `confidence.json`."""
    return (json.dumps(msgspec.to_builtins(judge) | facts, indent=1) + "\n").encode()


def add_confidence(
    pack: str, weights: Path, data: Path, shared: Path | None, *, limits: FitData, measured: bool = True, device: str = "auto"
) -> dict:
    """Fit the confidence of a pack and add it; returns what `confidence.json` says.

    Args:
        shared: folder of recordings (`data.speech.not_instructions`); None fits what judges typed sentences alone.
        limits: of what it is fitted on.
        measured: whether to measure it, which needs the held-out voices.
    """
    generator = Generator.load(pack, device, weights)
    if shared is None:
        facts = refit_typed(generator, weights / pack, limits)
    else:
        generator.judge, counts = fit_judge(generator, data, shared, limits)
        found = measure(generator, data, shared) if measured else None
        facts = {"ear": ear_of(generator), "fitted": counts, "measured": found}
    text = to_file(generator.judge, facts)
    add_to_pack(weights / pack, FILE, text, weights=False)
    return json.loads(text)


def command(
    name: Name = "open",
    data: Data = Path(".data"),
    shared: Annotated[Path | None, typer.Option(help="Folder with speech/librispeech and the like.")] = None,
    typed: Annotated[bool, typer.Option("--typed", help="Typed sentences alone, after new weights for the same encoder.")] = False,
    device: Device = "auto",
) -> None:
    """Fit how sure a pack is of having understood; after pack."""
    if not typed and shared is None:
        raise typer.BadParameter("--shared is needed, or --typed")
    facts = add_confidence(name, WEIGHTS, data, None if typed else shared, limits=FitData(), device=device)
    print(json.dumps(facts, indent=1))
