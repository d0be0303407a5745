"""The judged sentences of a run: counts by sort and by voice, a table, JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .answers import SealedAnswer
from .judging import RIGHT, SILENT, Judged, Outcome
from .prompts import SORTS, SealedPrompt

TYPED = "typed"  # the voice of a sentence that was given as text
SURE = 0.9  # confidence above which at most 3 % may be wrong


@dataclass(frozen=True)
class SealedTrial:
    """One sentence by one voice, what was answered and what that is worth."""

    prompt: SealedPrompt
    voice: str
    answer: SealedAnswer
    judged: Judged

    def as_dict(self) -> dict:
        """For JSON."""
        meaning, confidence = self.answer.meaning, self.answer.confidence
        return {
            "text": self.prompt.text, "sort": self.prompt.sort, "voice": self.voice, "heard": self.answer.heard,
            "meaning": None if meaning is None else meaning.key,
            "confidence": None if confidence is None else round(confidence, 4),
            "reached": [{"step": r.step, "name": r.name, "asked": r.asked, "got": round(r.got, 3)} for r in self.answer.reached],
            "words": [[word.text, word.state] for word in self.answer.words],
            "outcome": str(self.judged.outcome), "why": self.judged.why,
        }  # fmt: skip


def share(trials: Sequence[SealedTrial], outcomes: Sequence[Outcome]) -> float:
    """The share of trials with one of these outcomes; 0 of none."""
    return sum(trial.judged.outcome in outcomes for trial in trials) / max(1, len(trials))


def summary(trials: Sequence[SealedTrial]) -> dict:
    """Shares of all and by sort and voice, and how often a sure answer is silently wrong."""
    sure = [trial for trial in trials if (trial.answer.confidence or 0) > SURE and trial.answer.meaning is not None]
    voices = list(dict.fromkeys(trial.voice for trial in trials))
    spoken = [trial for trial in trials if trial.voice != TYPED]
    return {
        "sentences": len({trial.prompt.text for trial in trials}),
        "trials": len(trials),
        **_counts(trials),
        "sure": len(sure),
        "sure_and_silent": round(share(sure, SILENT), 4),
        **({"spoken_right": round(share(spoken, RIGHT), 4)} if spoken else {}),
        "by_sort": {sort: _counts(found) for sort in SORTS if (found := [t for t in trials if t.prompt.sort == sort])},
        "by_voice": {voice: _counts([trial for trial in trials if trial.voice == voice]) for voice in voices},
    }


def _counts(trials: Sequence[SealedTrial]) -> dict:
    found = Counter(trial.judged.outcome for trial in trials)
    counts = {str(outcome): found[outcome] for outcome in Outcome}
    return {"right": round(share(trials, RIGHT), 4), "silent": round(share(trials, SILENT), 4), "outcomes": counts}


def show(trials: Sequence[SealedTrial]) -> None:
    """Print a table with a row a sort, then a row a voice, and a column an outcome."""
    from rich.box import HORIZONTALS
    from rich.console import Console
    from rich.table import Table

    found = summary(trials)
    table = Table(title="Sealed set", title_justify="left", box=HORIZONTALS, collapse_padding=True)
    table.add_column("", no_wrap=True)
    for outcome in Outcome:
        table.add_column(outcome.replace(" ", "\n"), justify="right", no_wrap=True)
    for name in ("right", "silent"):
        table.add_column(name, justify="right", no_wrap=True)
    rows = [*found["by_sort"].items(), *found["by_voice"].items(), ("all", found)]
    for number, (name, counts) in enumerate(rows):
        cells = [str(count) for count in counts["outcomes"].values()]
        ends = number in (len(found["by_sort"]) - 1, len(rows) - 2)
        table.add_row(name, *cells, f"{counts['right']:.1%}", f"{counts['silent']:.1%}", end_section=ends)
    Console().print(table)
