"""`python -m backend evaluate report`: EVALUATION.md and its plots.

The page names the SHA-256 of the pack that the numbers are of; a test compares it with the pack that ships.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .. import bars
from ..results import ABLATIONS, read_json, write_text
from . import plots, tables

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "EVALUATION.md"
SEEN = DOCS / "evaluation" / "seen.md"  # observations written by hand
TITLES = {
    "probes": "Probes: does the body do what was said",
    "hearing": "Hearing: words wrong",
    "cascade": "End to end against a cascade",
    "confidence": "Confidence: instructions against other sounds",
    "semantics": "Semantics: R-precision, FID and others",
    "motion_quality": "Motion quality beside real clips",
    "reconstruction": "Tokenizer: reconstruction error",
    "speed": "Speed",
}


def page_of(report: dict, ablations: dict | None, seen: str) -> str:
    """The whole page as Markdown."""
    results = {name: entry["result"] for name, entry in report["results"].items()}
    parts = [head(report), "## The bars\n\n" + "\n".join(bars.table(results))]
    for name, title in TITLES.items():
        if name in results:
            parts.append(f"## {title}\n\n{getattr(tables, name)(results[name])}")
        elif name in report["failed"]:
            parts.append(f"## {title}\n\nNot measured: {report['failed'][name]}")
    if ablations:
        parts.append(f"## Ablations\n\n{tables.ablations(ablations)}")
    if seen:
        parts.append(seen)
    return "\n\n".join(part.strip() for part in parts) + "\n"


def head(report: dict) -> str:
    """The pack and machine of the numbers, and what they are not comparable with."""
    machine = report["machine"]
    quick = [name for name, entry in report["results"].items() if entry["quick"]]
    note = f"\nMeasured with `--quick` (fewer sentences, seeds and clips): {', '.join(quick)}.\n" if quick else ""
    files = "\n".join(f"| {name} | `{value}` |" for name, value in sorted(report["files"].items()))
    return f"""\
# Evaluation of the weights `{report["pack"]}`

Written by `python -m backend evaluate report` from what `python -m backend evaluate all` measured; do not edit. On
{machine["system"]} ({machine["processor"]}, {machine["cores"]} cores, device {machine["device"]}), PyTorch {machine["torch"]}.
{note}
All numbers except the ablations are of the pack whose `pack.json` has the SHA-256 `{report["pack_sha256"]}`:

| file | SHA-256 |
| --- | --- |
{files}

**These numbers are not comparable with published ones, those of the two papers among them.** Data, evaluator and body differ, and
no published result was reproduced. Comparisons are with real clips, shuffled sentences and other methods, measured the same way.
The speech is synthetic: two voices that no model was trained on."""


def draw(report: dict, ablations: dict | None, folder: Path) -> None:
    """All plots for which there are results."""
    for name in ("probes", "hearing", "semantics", "motion_quality"):
        if name in report["results"]:
            plots.save(getattr(plots, name)(report["results"][name]["result"]), folder / f"{name}.png")
    if ablations:
        plots.save(plots.ablations(ablations), folder / "ablations.png")


def command(
    json: Annotated[Path, typer.Option(metavar="FILE", help="Results of `evaluate all`.")] = Path("out/eval.json"),
    page: Annotated[Path, typer.Option(help="Where the page goes; its plots lie in evaluation/ beside it.")] = PAGE,
) -> None:
    """Write EVALUATION.md and its plots from the results of `evaluate all`."""
    report = read_json(json)
    ablations = read_json(ABLATIONS) if ABLATIONS.exists() else None
    seen = SEEN.read_text(encoding="utf-8") if SEEN.exists() else ""
    draw(report, ablations, page.parent / "evaluation")
    write_text(page_of(report, ablations, seen), page)
    print(f"Wrote {page}")
