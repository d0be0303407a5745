"""Results of the probes: trials, shares by kind, condition and voice; table, JSON, pictures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from backend.evaluation.word_errors import word_error_rate
from backend.motion.motion import Motion

MARKED = 0.70  # a kind of which fewer pass is marked in the table


@dataclass(frozen=True)
class Trial:
    """One probe under one condition, by one voice, with one seed: what was heard and measured.

    ``refused``: the model took it for no instruction and made nothing; that counts as not passed.
    """

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
    condition: str = "clean"
    refused: bool = False

    @property
    def composition(self) -> str:
        """How it is composed: "then", "while" (upper body over moving legs), or "" if it is not."""
        over = "+" in self.key and not self.key.startswith("stand+")
        return "then" if ">" in self.key else "while" if over else ""


@dataclass
class ProbeResults:
    """All trials of a run with their means."""

    trials: list[Trial]
    motions: list[Motion | None] = field(default_factory=list, repr=False)  # parallel to trials; None where refused

    @property
    def mean(self) -> float:
        """Share of all trials that passed."""
        return share(self.trials)

    @property
    def word_error_rate(self) -> float:
        """Of the words heard, over all conditions."""
        return words_heard_wrong(self.trials)

    def under(self, condition: str) -> ProbeResults:
        """The trials of one condition."""
        chosen = [number for number, trial in enumerate(self.trials) if trial.condition == condition]
        motions = [self.motions[number] for number in chosen] if self.motions else []
        return ProbeResults([self.trials[number] for number in chosen], motions)

    def conditions(self) -> list[str]:
        """In the order in which they were tried."""
        return list(dict.fromkeys(trial.condition for trial in self.trials))

    def by_kind(self) -> dict[str, tuple[int, int]]:
        """Passed and tried of each kind, in the order of the probes."""
        table: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for trial in self.trials:
            table[trial.kind][0] += trial.passed
            table[trial.kind][1] += 1
        return {kind: (passed, tried) for kind, (passed, tried) in table.items()}

    def summary(self) -> dict:
        """Shares of all, single actions, compositions and voices; words wrong, refusals, counts."""
        parts = {name: [t for t in self.trials if t.composition == key] for name, key in
                 (("single", ""), ("then", "then"), ("while", "while"))}  # fmt: skip
        voices = dict.fromkeys(trial.voice for trial in self.trials)
        return {
            "mean": round(self.mean, 4),
            "word_error_rate": round(self.word_error_rate, 4),
            "trials_count": len(self.trials),
            "probes": len({trial.text for trial in self.trials}),
            "refused": sum(trial.refused for trial in self.trials),
            **{name: round(share(trials), 4) for name, trials in parts.items() if trials},
            "by_kind": {kind: {"passed": p, "tried": n} for kind, (p, n) in self.by_kind().items()},
            "by_voice": {v: round(share([t for t in self.trials if t.voice == v]), 4) for v in voices},
        }

    def as_dict(self) -> dict:
        """For JSON: means of everything first, then by condition, then every trial."""
        conditions = {name: self.under(name).summary() for name in self.conditions()}
        return self.summary() | {"by_condition": conditions, "trials": [asdict(trial) for trial in self.trials]}


def share(trials: Sequence[Trial]) -> float:
    """Share of trials that passed; 0 of none."""
    return float(np.mean([trial.passed for trial in trials])) if trials else 0.0


def words_heard_wrong(trials: Sequence[Trial]) -> float:
    """Word error rate over one trial per probe, voice and condition, whatever the seed."""
    once = {(t.text, t.voice, t.condition): (plain(t.text), plain(t.heard)) for t in trials}
    return word_error_rate(once.values())


def plain(text: str) -> str:
    """Lower case, letters and apostrophes only: how words are compared."""
    return " ".join("".join(c if c.isalpha() or c == "'" else " " for c in text.lower()).split())


def show(results: ProbeResults) -> None:
    """Print a table with a row a kind and a column a condition, and the means."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    parts = {name: results.under(name) for name in results.conditions()}
    table = Table(title="Semantic probes: passed of tried", title_justify="left")
    table.add_column("kind")
    for name in parts:
        table.add_column(name, justify="right")
    by_kind = {name: part.by_kind() for name, part in parts.items()}
    for kind in results.by_kind():
        cells = []
        for name in parts:
            passed, tried = by_kind[name][kind]
            text = f"{passed}/{tried} {passed / tried:4.0%}"
            cells.append(text if passed >= MARKED * tried else f"[yellow]{text}[/yellow]")
        table.add_row(kind, *cells)
    console.print(table)
    for name, part in parts.items():
        found = part.summary()
        groups = ", ".join(f"{key} {found[key]:.1%}" for key in ("single", "then", "while") if key in found)
        console.print(
            f"{name}: {found['mean']:.1%} of {found['trials_count']} trials ({groups}), {found['probes']} instructions, "
            f"words wrong {found['word_error_rate']:.1%}, refused {found['refused']}",
            markup=False, soft_wrap=True,
        )  # fmt: skip


def held_bars(results: ProbeResults, bars: dict[str, float]) -> bool:
    """Print for every condition with a bar (per cent) whether it holds; whether all do."""
    shares = {name: 100 * results.under(name).mean for name in results.conditions() if name in bars}
    for condition, share in shares.items():
        verdict = "holds" if share >= bars[condition] else "MISSED"
        print(f"{condition}: {share:.1f} % passed, bar >= {bars[condition]:g} %: {verdict}")
    return all(share >= bars[condition] for condition, share in shares.items())


def sheets(results: ProbeResults, folder: Path, most: int = 40) -> None:
    """Draw contact sheets of failures and successes, at most one row a probe and voice."""
    from backend.evaluation.contact_sheet import contact_sheet

    folder.mkdir(parents=True, exist_ok=True)
    for passed, name in ((False, "failed"), (True, "passed")):
        rows = {
            (t.text, t.voice): (motion, f"{t.text} - {t.voice}, {t.condition}, seed {t.seed}, heard: {t.heard}")
            for t, motion in zip(results.trials, results.motions, strict=True)
            if t.passed is passed and motion is not None
        }
        chosen = list(rows.values())[:most]
        for page in range(0, len(chosen), 10):
            motions, titles = zip(*chosen[page : page + 10], strict=True)
            contact_sheet(motions, folder / f"{name}-{page // 10 + 1}.png", titles=titles)
