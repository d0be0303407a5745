"""Asks a generator every probe with held-out voices, in several conditions and with several seeds, and judges the motions.

``python -m backend evaluate probes`` runs `main`. Synthesis is `backend.data.speech.voices`', noise and rooms
`backend.evaluation.conditions`', generation `backend.generation.pipeline`'s, judging and reporting the other modules' of this
package; this file holds none of it.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from backend.errors import UserError
from backend.evaluation import conditions as listening
from backend.motion.motion import Motion

from .instructions import PROBES, Probe
from .report import PASS_BAR, Report, Trial, save, sheets, show
from .signals import Signals

HELD_OUT = ("awb", "ked_diphone")  # voices no model was trained or tuned on
NEEDED = "Install the speech engines: apt-get install flite festival festvox-kdlpc16k"
Speak = Callable[[Sequence[str], Sequence[str]], list[np.ndarray]]  # (texts, voice names) -> waves at 16 kHz


class Speaks(Protocol):
    """What the runner needs of `backend.generation.pipeline.Generator`, or of a stand-in such as `cascade.Cascade`."""

    def generate(self, wave: np.ndarray, *, seed: int) -> Answer: ...


class Answer(Protocol):
    """What it needs of the result."""

    motions: list[Motion]
    heard: str


def run_probes(
    generator: Speaks,
    voices: Sequence[str] = HELD_OUT,
    seeds: Sequence[int] = (0, 1, 2),
    on_progress: Callable[[int, int], None] | None = None,
    *,
    probes: Sequence[Probe] = PROBES,
    conditions: Sequence[str] = ("clean",),
    speak: Speak | None = None,
) -> Report:
    """Speak, generate and judge every probe with every voice and seed, under every condition.

    Args:
        generator: answers ``generate(wave, seed=...)``; a `UserError` (not understood, no known word) is a trial that did not pass.
        voices: names known to `backend.data.speech.voices`.
        on_progress: told (trials done, trials in all).
        conditions: of `backend.evaluation.conditions.NAMES`.
        speak: replaces the synthesis in tests.

    Raises:
        UserError: an engine of a voice is missing; the message says what to install.
    """
    pairs = [(probe, voice) for voice in voices for probe in probes]
    waves = spoken([probe.text for probe, _ in pairs], [voice for _, voice in pairs], speak)
    report = Report([])
    total = len(pairs) * len(conditions) * len(seeds)
    for condition in conditions:
        for (probe, voice), wave in zip(pairs, waves, strict=True):
            worse = listening.worsened(wave, condition, sound_seed(probe.text, voice))
            for seed in seeds:
                trial, motion = _ask(generator, probe, worse, voice, condition, int(seed))
                report.trials.append(trial)
                report.motions.append(motion)
                if on_progress is not None:
                    on_progress(len(report.trials), total)
    return report


def _ask(generator: Speaks, probe: Probe, wave: np.ndarray, voice: str, condition: str, seed: int) -> tuple[Trial, Motion | None]:
    asked = {
        "kind": probe.kind, "text": probe.text, "key": probe.key, "voice": voice, "seed": seed, "condition": condition,
    }  # fmt: skip
    try:
        answer = generator.generate(wave, seed=seed)
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


def sound_seed(text: str, voice: str) -> int:
    """The seed of noise or room for a sentence of a voice: the same in every run, whatever else is asked."""
    return zlib.crc32(f"{voice}: {text}".encode())


def spoken(texts: Sequence[str], voices: Sequence[str], speak: Speak | None = None) -> list[np.ndarray]:
    """The sentences by the voices, clean, at 16 kHz; UserError with what to install or what the voices are."""
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
        raise UserError("unknown_voice", f"There is no voice called {error.args[0]!r}.",
            "See backend/data/speech/speakers.py.") from error


def add_options(parser: argparse.ArgumentParser, seeds: int) -> None:
    """The options that all commands have that ask probes; each has a --json of its own, too."""
    parser.add_argument("--pack", default="open", help="weights to measure (default: open)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--seeds", type=int, default=seeds, help=f"seeds per instruction and voice (default: {seeds})")
    parser.add_argument("--voices", nargs="+", default=list(HELD_OUT), help="speakers (default: the held-out ones)")
    parser.add_argument("--kinds", nargs="+", help="only these kinds, as in the table")


def chosen_probes(parser: argparse.ArgumentParser, options: argparse.Namespace) -> list[Probe]:
    """The probes of ``--kinds``; ends the program with 2 where the options make no sense."""
    probes = [p for p in PROBES if not options.kinds or p.kind in options.kinds]
    if not probes or options.seeds < 1:
        known = ", ".join(dict.fromkeys(p.kind for p in PROBES))
        parser.error(f"nothing to run; kinds are: {known}" if not probes else "--seeds must be at least 1")
    if options.json and not options.json.parent.is_dir():
        parser.error(f"folder of {options.json} does not exist")
    return probes


def main(argv: list[str] | None = None) -> int:
    """Command line of ``evaluate probes``; exit code 0 at or above the bar, 1 below it, 2 for bad usage."""
    parser = argparse.ArgumentParser(prog="python -m backend evaluate probes", description=__doc__.splitlines()[0])
    add_options(parser, seeds=5)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every trial here")
    parser.add_argument(
        "--condition", nargs="+", default=["clean"], choices=listening.NAMES, help="how it is heard (default: clean)"
    )
    parser.add_argument("--sheet", type=Path, metavar="DIR", help="write contact sheets of failures and successes here")
    options = parser.parse_args(argv)
    probes = chosen_probes(parser, options)

    from rich.progress import Progress

    from backend.generation.pipeline import Generator

    generator = Generator.load(options.pack, options.device)
    with Progress(transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("probes", total=None)
        report = run_probes(
            generator, options.voices, range(options.seeds),
            lambda done, total: progress.update(task, completed=done, total=total),
            probes=probes, conditions=list(dict.fromkeys(options.condition)),
        )  # fmt: skip
    show(report)
    if options.json:
        save(report, options.json)
    if options.sheet:
        sheets(report, options.sheet)
    return 0 if report.mean >= PASS_BAR else 1


if __name__ == "__main__":
    sys.exit(main())
