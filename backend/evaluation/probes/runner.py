"""Asks a generator every probe with held-out voices and several seeds, judges the motions, and reports.

``python -m backend evaluate probes`` runs `main`. Synthesis is `backend.data.voices`', generation
`backend.model.pipeline`'s, judging the other modules' of this package; this file holds none of it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from backend.errors import UserError
from backend.motion.motion import Motion

from .instructions import PROBES, Probe
from .signals import Signals

HELD_OUT = ("awb", "ked_diphone")  # voices no model was trained or tuned on
NEEDED = "Install the speech engines: apt-get install flite festival festvox-kdlpc16k"
PASS_BAR = 0.70


class Speaks(Protocol):
    """What the runner needs of `backend.model.pipeline.Generator`."""

    def generate(self, wave: np.ndarray, *, seed: int) -> Answer: ...


class Answer(Protocol):
    """What it needs of the result."""

    motions: list[Motion]
    heard: str


@dataclass(frozen=True)
class Trial:
    """One probe, one voice, one seed: what was heard, what was measured, and the verdict."""

    kind: str
    text: str
    key: str
    voice: str
    seed: int
    heard: str
    meaning: str
    passed: bool
    measured: dict[str, float]
    threshold: str
    frames: int


@dataclass
class Report:
    """All trials of a run with its means."""

    trials: list[Trial]
    word_error_rate: float
    motions: list[Motion] = field(default_factory=list, repr=False)  # parallel to trials

    @property
    def mean(self) -> float:
        """Share of trials that passed."""
        return float(np.mean([trial.passed for trial in self.trials])) if self.trials else 0.0

    def by_kind(self) -> dict[str, tuple[int, int]]:
        """Passed and tried of each kind, in the order of the probes."""
        table: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for trial in self.trials:
            table[trial.kind][0] += trial.passed
            table[trial.kind][1] += 1
        return {kind: (passed, tried) for kind, (passed, tried) in table.items()}

    def as_dict(self) -> dict:
        """For JSON: means first, then every trial."""
        return {
            "mean": round(self.mean, 4),
            "word_error_rate": round(self.word_error_rate, 4),
            "trials_count": len(self.trials),
            "probes": len({trial.text for trial in self.trials}),
            "by_kind": {kind: {"passed": p, "tried": n} for kind, (p, n) in self.by_kind().items()},
            "by_voice": {
                voice: round(float(np.mean([t.passed for t in self.trials if t.voice == voice])), 4)
                for voice in dict.fromkeys(t.voice for t in self.trials)
            },
            "trials": [asdict(trial) for trial in self.trials],
        }


def run_probes(
    generator: Speaks,
    voices: Sequence[str] = HELD_OUT,
    seeds: Sequence[int] = (0, 1, 2),
    on_progress: Callable[[int, int], None] | None = None,
    *,
    probes: Sequence[Probe] = PROBES,
    speak: Callable[[Sequence[str], Sequence[str]], list[np.ndarray]] | None = None,
) -> Report:
    """Speak, generate and judge every probe with every voice and seed.

    Args:
        generator: answers ``generate(wave, seed=...)``.
        voices: names known to `backend.data.voices`.
        on_progress: told (trials done, trials in all).
        speak: replaces the synthesis in tests: (texts, voice names) -> waves at 16 kHz.

    Raises:
        UserError: an engine of a voice is missing; the message says what to install.
    """
    waves = _spoken(probes, voices, speak)
    trials, motions = [], []
    total = len(waves) * len(seeds)
    for (probe, voice), wave in waves.items():
        for seed in seeds:
            answer = generator.generate(wave, seed=seed)
            motion = answer.motions[0]
            verdict = probe.measure(Signals(motion))
            trials.append(
                Trial(
                    kind=probe.kind, text=probe.text, key=probe.key, voice=voice, seed=int(seed), heard=answer.heard,
                    meaning=str(getattr(answer, "meaning", "")), passed=bool(verdict.passed),
                    measured=verdict.measured, threshold=verdict.threshold, frames=len(motion),
                )
            )  # fmt: skip
            motions.append(motion)
            if on_progress is not None:
                on_progress(len(trials), total)
    return Report(trials, _word_error_rate(trials), motions)


def _spoken(probes: Sequence[Probe], voices: Sequence[str], speak: Callable | None) -> dict[tuple[Probe, str], np.ndarray]:
    pairs = [(probe, voice) for voice in voices for probe in probes]
    if speak is None:
        from backend.data.voices import say_all

        speak = say_all
    try:
        waves = speak([probe.text for probe, _ in pairs], [voice for _, voice in pairs])
    except UserError as error:
        if error.code == "no_speech_engine":
            raise UserError(error.code, error.message, NEEDED) from error
        raise
    except KeyError as error:
        raise UserError("unknown_voice", f"There is no voice called {error.args[0]!r}.", "See backend/data/speakers.py.") from error
    return dict(zip(pairs, waves, strict=True))


def _word_error_rate(trials: Sequence[Trial]) -> float:
    """Over one trial per probe and voice: hearing does not depend on the seed."""
    import jiwer

    pairs = {(t.text, t.voice): (plain(t.text), plain(t.heard)) for t in trials}
    if not pairs:
        return 0.0
    said, heard = zip(*pairs.values(), strict=True)
    return float(jiwer.wer(list(said), list(heard)))


def plain(text: str) -> str:
    """Lower case, letters and apostrophes only: how words are compared."""
    return " ".join("".join(c if c.isalpha() or c == "'" else " " for c in text.lower()).split())


def show(report: Report) -> None:
    """Print the table by kind, what failed most, and the means."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title="Semantic probes", title_justify="left")
    for heading, justify in (("kind", "left"), ("passed", "right"), ("tried", "right"), ("share", "right")):
        table.add_column(heading, justify=justify)
    for kind, (passed, tried) in report.by_kind().items():
        share = passed / tried
        table.add_row(kind, str(passed), str(tried), f"{share:.0%}", style="" if share >= PASS_BAR else "yellow")
    console.print(table)
    console.print(
        f"mean {report.mean:.1%} of {len(report.trials)} trials, "
        f"{len({t.text for t in report.trials})} instructions, words wrong {report.word_error_rate:.1%}"
    )


def save(report: Report, path: Path) -> None:
    """Write the report as JSON, complete or not at all."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text(json.dumps(report.as_dict(), indent=1), encoding="utf-8")
    temporary.replace(path)


def sheets(report: Report, folder: Path, most: int = 40) -> None:
    """Contact sheets of failures and of successes, to look at: one row a trial, at most one a probe and voice."""
    from backend.evaluation.contact_sheet import contact_sheet

    folder.mkdir(parents=True, exist_ok=True)
    for passed, name in ((False, "failed"), (True, "passed")):
        rows = {
            (t.text, t.voice): (motion, f"{t.text} - {t.voice}, seed {t.seed}, heard: {t.heard}")
            for t, motion in zip(report.trials, report.motions, strict=True)
            if t.passed is passed
        }
        chosen = list(rows.values())[:most]
        for page in range(0, len(chosen), 10):
            motions, titles = zip(*chosen[page : page + 10], strict=True)
            contact_sheet(motions, folder / f"{name}-{page // 10 + 1}.png", titles=titles)


def main(argv: list[str] | None = None) -> int:
    """Command line of ``evaluate probes``; exit code 0 at or above the bar, 1 below it, 2 for bad usage."""
    parser = argparse.ArgumentParser(prog="python -m backend evaluate probes", description=__doc__.splitlines()[0])
    parser.add_argument("--pack", default="open", help="weights to measure (default: open)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    parser.add_argument("--seeds", type=int, default=3, help="seeds per instruction and voice (default: 3)")
    parser.add_argument("--voices", nargs="+", default=list(HELD_OUT), help="speakers (default: the held-out ones)")
    parser.add_argument("--kinds", nargs="+", help="only these kinds, as in the table")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every trial here")
    parser.add_argument("--sheet", type=Path, metavar="DIR", help="write contact sheets of failures and successes here")
    options = parser.parse_args(argv)
    probes = [p for p in PROBES if not options.kinds or p.kind in options.kinds]
    if not probes or options.seeds < 1:
        known = ", ".join(dict.fromkeys(p.kind for p in PROBES))
        parser.error(f"nothing to run; kinds are: {known}" if not probes else "--seeds must be at least 1")
    if options.json and not options.json.parent.is_dir():
        parser.error(f"folder of {options.json} does not exist")

    from rich.progress import Progress

    from backend.model.pipeline import Generator

    generator = Generator.load(options.pack, options.device)
    with Progress(transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("probes", total=None)
        report = run_probes(
            generator, options.voices, range(options.seeds),
            lambda done, total: progress.update(task, completed=done, total=total), probes=probes,
        )  # fmt: skip
    show(report)
    if options.json:
        save(report, options.json)
    if options.sheet:
        sheets(report, options.sheet)
    return 0 if report.mean >= PASS_BAR else 1


if __name__ == "__main__":
    sys.exit(main())
