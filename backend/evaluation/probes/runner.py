"""Asks a generator the probes, spoken or typed, and judges the motions.

Voices are `backend.data.speech.voices`', noise and rooms `backend.evaluation.acoustics`', generation is
`backend.generation.pipeline`'s; what is measured on a motion is in the other modules of this package.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np

from backend.data.speech.speakers import HELD_OUT_VOICES
from backend.errors import UserError
from backend.evaluation import acoustics
from backend.motion.motion import Motion

from .instructions import PROBES, Probe
from .results import ProbeResults, Trial
from .signals import Signals

HELD_OUT = tuple(voice.name for voice in HELD_OUT_VOICES)  # no model was trained or tuned on them
TYPED = "typed"  # condition and voice of a probe that is given as text
NEEDED = "Install the speech engines: apt-get install flite festival festvox-kdlpc16k"
Speak = Callable[[Sequence[str], Sequence[str]], list[np.ndarray]]  # (texts, voice names) -> waves at 16 kHz
Progress = Callable[[int, int], None]  # (trials done, trials in all)
Question = tuple[Probe, str, str, np.ndarray | str]  # probe, voice, condition, what the generator is given


class ProbedGenerator(Protocol):
    """What the runner needs of `generation.pipeline.Generator`, `cascade.Cascade` or a stand-in."""

    def generate(self, instruction: np.ndarray | str, *, seed: int) -> Answer: ...


class Answer(Protocol):
    """What the runner needs of the generator's result."""

    motions: list[Motion]
    heard: str


def run_probes(
    generator: ProbedGenerator,
    voices: Sequence[str] = HELD_OUT,
    seeds: Sequence[int] = (0, 1, 2),
    on_progress: Progress | None = None,
    *,
    probes: Sequence[Probe] = PROBES,
    conditions: Sequence[str] = ("clean",),
    speak: Speak | None = None,
) -> ProbeResults:
    """Speak, generate and judge every probe with every voice and seed, under every condition.

    Args:
        generator: a `UserError` that it raises (not understood, no known word) makes a trial that did not pass.
        voices: names known to `backend.data.speech.voices`.
        seeds: of the generator.
        on_progress: told after each trial.
        probes: what is said.
        conditions: of `backend.evaluation.acoustics.CONDITIONS`.
        speak: replaces the synthesis in tests.

    Raises:
        UserError: an engine of a voice is missing; the message says what to install.
    """
    pairs = [(probe, voice) for voice in voices for probe in probes]
    waves = spoken([probe.text for probe, _ in pairs], [voice for _, voice in pairs], speak)
    questions = (
        (probe, voice, condition, acoustics.degraded(wave, condition, sound_seed(probe.text, voice)))
        for condition in conditions for (probe, voice), wave in zip(pairs, waves, strict=True)
    )  # fmt: skip
    return _ask_all(generator, questions, seeds, len(pairs) * len(conditions) * len(seeds), on_progress)


def run_typed_probes(
    generator: ProbedGenerator,
    seeds: Sequence[int] = (0,),
    on_progress: Progress | None = None,
    *,
    probes: Sequence[Probe] = PROBES,
) -> ProbeResults:
    """Give every probe as text, so that nothing is misheard. Needs no speech engine."""
    questions = ((probe, TYPED, TYPED, probe.text) for probe in probes)
    return _ask_all(generator, questions, seeds, len(probes) * len(seeds), on_progress)


def _ask_all(
    generator: ProbedGenerator, questions: Iterable[Question], seeds: Sequence[int], total: int, on_progress: Progress | None
) -> ProbeResults:
    results = ProbeResults([])
    for question in questions:
        for seed in seeds:
            trial, motion = _ask(generator, question, int(seed))
            results.trials.append(trial)
            results.motions.append(motion)
            if on_progress is not None:
                on_progress(len(results.trials), total)
    return results


def _ask(generator: ProbedGenerator, question: Question, seed: int) -> tuple[Trial, Motion | None]:
    probe, voice, condition, given = question
    asked = {
        "kind": probe.kind, "text": probe.text, "key": probe.key, "voice": voice, "seed": seed, "condition": condition,
    }  # fmt: skip
    try:
        answer = generator.generate(given, seed=seed)
    except UserError as refusal:  # what a user would be told instead of getting a motion
        heard, confidence = getattr(refusal, "heard", ""), float(getattr(refusal, "confidence", 0.0))
        said = {"heard": heard, "meaning": "", "threshold": f"an answer, not: {refusal.message}"}
        measured = {"confidence": round(confidence, 3)}
        return Trial(**asked, **said, passed=False, measured=measured, frames=0, refused=True), None
    motion = answer.motions[0]
    verdict = probe.measure(Signals(motion))
    meaning = str(getattr(answer, "meaning", ""))
    outcome = {"passed": bool(verdict.passed), "measured": verdict.measured, "threshold": verdict.threshold}
    return Trial(**asked, heard=answer.heard, meaning=meaning, frames=len(motion), **outcome), motion


def evenly_chosen(probes: Sequence[Probe], count: int) -> list[Probe]:
    """``count`` probes spread evenly over the kinds, the same each time; all if there are fewer.

    Each kind begins with another of its wordings, so that not only the plainest ones are chosen.
    """
    by_kind: dict[str, list[Probe]] = defaultdict(list)
    for probe in probes:
        by_kind[probe.kind].append(probe)
    rotated = [kind[number % len(kind) :] + kind[: number % len(kind)] for number, kind in enumerate(by_kind.values())]
    chosen: list[Probe] = []
    for rank in range(max(map(len, rotated), default=0)):
        ranked = [kind[rank] for kind in rotated if rank < len(kind)]
        room = min(count - len(chosen), len(ranked))
        chosen += [ranked[i] for i in np.linspace(0, len(ranked) - 1, room).round().astype(int)]
    return chosen


def sound_seed(text: str, voice: str) -> int:
    """The seed of noise or room for a sentence of a voice, the same in every run."""
    return zlib.crc32(f"{voice}: {text}".encode())


def spoken(texts: Sequence[str], voices: Sequence[str], speak: Speak | None = None) -> list[np.ndarray]:
    """Clean sentences by voices at 16 kHz. Raises UserError with what to install or look up."""
    if speak is None:
        from backend.data.speech.voices import say_all

        speak = say_all
    try:
        return speak(texts, voices)
    except UserError as error:
        if error.code == "no_speech_engine":
            raise UserError(error.code, error.message, NEEDED) from error
        raise
    except KeyError as error:
        raise UserError(
            "unknown_voice", f"There is no voice called {error.args[0]!r}.", "See backend/data/speech/speakers.py."
        ) from error
