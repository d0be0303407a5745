"""Fit the pack's confidence: what tells an instruction from other talk, noise and silence, and how well it does.

Run it after `train pack`; it takes some minutes, writes `confidence.json` into the pack and its hash into `pack.json`. Instructions
are those of the validation split (other sentences by other identities than the networks learned from), roughened ones among them.
What is spoken is judged by what the encoder heard alone, so after new weights of the instruction model ``--typed`` is enough.
What is none of them is read speech of real people, everyday sentences by the training voices, noise and silence. Coffee orders are
not fitted on at all: who speaks them is not known, so they could not be parted by speaker. Measuring is
`evaluation.confidence`'s.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import msgspec
import numpy as np
from scipy.optimize import minimize

from ..data.speech import not_instructions as others
from ..data.speech.speaking import SpeechCorpus, for_validation
from ..errors import UserError
from ..evaluation.confidence import MeasuredSpeech, hear, hear_waves, measure, measure_typed, sureness
from ..generation.confidence import FILE, SPOKEN, TYPED, Judge, Logistic
from ..generation.pipeline import Generator
from ..language.captions import STYLES, sentences
from ..language.sample import sample_instruction
from ..packs.pack import WEIGHTS, find_pack
from .parts import put_into

MOST_INSTRUCTIONS = 600
MOST_SENTENCES = 400  # typed
PASSING = 0.97  # share of the instructions that pass at least
SLIPPING = 0.05  # share of the other sounds that may pass: where there is room between the two, doubt is in favour of the speaker
RIDGE = 1e-3

Rows = list[dict[str, float]]


def fit(instructions: Rows, others: list[Rows], measures: tuple[str, ...]) -> Logistic:
    """A logistic function of measures that is `LIMIT` at the threshold.

    Instructions and the rest weigh the same, and of the rest every kind. The threshold lets at least `PASSING` of the instructions
    pass; it lies lower where `SLIPPING` of the rest do not pass yet.
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


def fitted(generator: Generator, data: Path, shared: Path) -> tuple[Judge, dict[str, int]]:
    """The judge for a pack, and how many of what it was fitted on."""
    corpus = SpeechCorpus(data / "speech", "val")
    chosen = np.random.default_rng(0).permutation(len(corpus))[:MOST_INSTRUCTIONS].tolist()
    spoken = hear(generator, (("", corpus.mel(number), "") for number in chosen))
    kinds = {
        "read speech": others.read_speech(shared, fitting=True, cut=False),
        "read speech, 1.5 to 5 s": others.read_speech(shared, fitting=True, cut=True),
        "everyday sentences": others.other_talk(fitting=True),
        "noise": others.noise(shared, fitting=True),
        "silence": others.silences(seed=1),
    }
    rest = hear_waves(generator, kinds)

    def with_words(heard: list[MeasuredSpeech]) -> Rows:
        return [item.measures for item in heard if item.measures]

    typed, typed_counts = fitted_typed(generator)
    judge = Judge(fit(with_words(spoken), [rows for heard in rest.values() if (rows := with_words(heard))], SPOKEN), typed)
    counts = {"instructions": len(spoken), **{name: len(heard) for name, heard in rest.items()}}
    return judge, counts | typed_counts


def fitted_typed(generator: Generator) -> tuple[Logistic, dict[str, int]]:
    """What decides about typed sentences, and how many it was fitted on; instructions are sentences that nobody trains on."""
    rng, texts = random.Random(0), {}
    while len(texts) < MOST_SENTENCES:
        text = sentences(sample_instruction(rng), rng, rng.choice(STYLES))[0]
        if for_validation(text):
            texts[text] = None
    meant, other = (
        [{"meaning": s} for s in sureness(generator, part) if np.isfinite(s)] for part in (texts, others.other_texts(True))
    )
    return fit(meant, [other], TYPED), {"typed instructions": len(meant), "typed others": len(other)}


def fitted_again(generator: Generator) -> tuple[Judge, dict]:
    """The judge and the facts of a pack whose ear is the one they were fitted with, with what is typed fitted and measured anew.

    Raises UserError where the pack has none to go on from."""
    pack = find_pack(generator.pack["name"])
    before = pack.folder / FILE
    if not before.exists():
        raise UserError("no_confidence", f"{before} is missing.", "Run `train confidence` without --typed.")
    known = json.loads(before.read_text(encoding="utf-8"))
    if known.get("ear") != ear_of(generator):
        hint = "Run `train confidence` without --typed."
        raise UserError("other_ear", "The confidence was fitted with another audio encoder.", hint)
    typed, counts = fitted_typed(generator)
    generator.judge = Judge(msgspec.convert(known["spoken"], Logistic), typed)
    measured = known["measured"] | {"typed": measure_typed(generator)}
    return generator.judge, {"ear": known["ear"], "fitted": known["fitted"] | counts, "measured": measured}


def ear_of(generator: Generator) -> str:
    """The SHA-256 of the audio encoder that a judgement of speech goes by."""
    return generator.pack["sha256"]["encoder.safetensors"]


def described(judge: Judge, facts: dict) -> bytes:
    """What `confidence.json` holds."""
    return (json.dumps(msgspec.to_builtins(judge) | facts, indent=1) + "\n").encode()


def main(argv: list[str] | None = None) -> None:
    """``python -m backend train confidence``"""
    parser = argparse.ArgumentParser(prog="python -m backend train confidence", description=__doc__)
    parser.add_argument("--name", default="open", help="pack in backend/weights")
    parser.add_argument("--data", type=Path, default=Path(".data"), help="folder made by `data build`")
    parser.add_argument("--shared", type=Path, help="folder with speech/librispeech and the like")
    parser.add_argument("--typed", action="store_true", help="only what is typed, after new weights for the same ear: seconds")
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args(argv)
    if not arguments.typed and arguments.shared is None:
        parser.error("--shared is needed, or --typed")
    generator = Generator.load(arguments.name, arguments.device)
    if arguments.typed:
        judge, facts = fitted_again(generator)
    else:
        judge, counts = fitted(generator, arguments.data, arguments.shared)
        generator.judge = judge
        measured = measure(generator, arguments.data, arguments.shared)
        facts = {"ear": ear_of(generator), "fitted": counts, "measured": measured}
    text = described(judge, facts)
    put_into(WEIGHTS / arguments.name, FILE, text, weights=False)
    print(text.decode())


if __name__ == "__main__":
    main()
