"""The plots of the page, one function an experiment: results in, a figure out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from .tables import MEASURES, ratio

INK, GRID = "#2b2d33", "#d9dce1"
COLOURS = ("#2f75b5", "#e07a3f", "#5a9a5f", "#8a6fb0", "#a8a8a8")
DPI = 110


def axes_of(width: float, height: float, title: str) -> tuple[Figure, Axes]:
    """A figure of inches with one quiet set of axes."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(title, fontsize=10, color=INK, loc="left")
    axes.grid(color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=8, colors=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def bars_by(axes: Axes, names: Sequence[str], series: dict[str, Sequence[float]], halves: dict[str, Sequence[float]]) -> None:
    """Groups of bars with error bars: one group a name, one bar a series."""
    width = 0.8 / len(series)
    places = np.arange(len(names))
    for i, (label, values) in enumerate(series.items()):
        offset = (i - (len(series) - 1) / 2) * width
        error = halves.get(label)
        axes.bar(places + offset, values, width, yerr=error, label=label, color=COLOURS[i % len(COLOURS)], ecolor=INK, capsize=2)
    axes.set_xticks(places, names)
    if len(series) > 1:
        axes.figure.legend(fontsize=8, frameon=False, loc="outside right upper")


def probes(result: dict) -> Figure:
    """Passed share of every condition: all, by voice, and of compositions."""
    figure, axes = axes_of(7.4, 3.0, "Probes passed, %")
    found = result["conditions"]
    names = ["all", *result["voices"], "“then”", "“while”"]

    def shares(part: dict) -> list[float]:
        compositions = part["compositions"]
        return [100 * v for v in (part["share"], *part["by_voice"].values(), compositions["then"], compositions["while"])]

    halves = {name: [100 * part["half"], *[np.nan] * (len(names) - 1)] for name, part in found.items()}
    bars_by(axes, names, {name: shares(part) for name, part in found.items()}, halves)
    axes.set_ylim(0, 100)
    return figure


def hearing(result: dict) -> Figure:
    """Word error rate of both recognisers by condition."""
    figure, axes = axes_of(7.4, 2.6, "Words heard wrong, %")
    conditions = result["conditions"]
    ears = list(dict.fromkeys(ear for row in conditions.values() for ear in row))
    series = {ear: [100 * row[ear]["word_error_rate"] for row in conditions.values()] for ear in ears}
    bars_by(axes, list(conditions), series, {})
    return figure


def semantics(result: dict) -> Figure:
    """R-precision of the four sources."""
    figure, axes = axes_of(7.4, 3.0, "R-precision in pools of 32 (95 % intervals)")
    tops = [f"r_precision_{top}" for top in (1, 2, 3)]
    names = {"real": "real", "audio": "from speech", "text": "from text", "shuffled": "shuffled"}
    values = {title: [result["table"][source][top]["value"] for top in tops] for source, title in names.items()}
    halves = {title: [result["table"][source][top]["half"] for top in tops] for source, title in names.items()}
    bars_by(axes, ["top 1", "top 2", "top 3"], values, halves)
    axes.set_ylim(0, 1)
    return figure


def motion_quality(result: dict) -> Figure:
    """Generated over real by group, on a scale of ratios: bars begin at 1, which is as real."""
    figure, axes = axes_of(7.4, 3.2, "Generated over real motion (1 = as people move)")
    measures = [measure for measure in MEASURES if measure != "penetration_m"]
    groups, width = result["groups"], 0.2
    axes.set_yscale("log")
    for i, measure in enumerate(measures):
        ratios = np.array([ratio(found[measure], measure) for found in groups.values()])
        places = np.arange(len(groups)) + (i - (len(measures) - 1) / 2) * width
        axes.bar(places, ratios - 1, width, bottom=1.0, color=COLOURS[i], label=MEASURES[measure].partition(",")[0])
    axes.set_xticks(np.arange(len(groups)), list(groups), rotation=15)
    axes.set_yticks([0.2, 0.5, 1, 2, 5, 10], ["0.2", "0.5", "1", "2", "5", "10"])
    axes.axhline(1.0, color=INK, linewidth=0.8)
    figure.legend(fontsize=8, frameon=False, loc="outside right upper")
    return figure


def ablations(report: dict) -> Figure:
    """Share of instructions whose kind is read right from the words alone, two bars a variant."""
    figure, axes = axes_of(7.4, 3.2, "Kind of motion read right, % (short trainings)")
    variants = list(dict.fromkeys(row["variant"] for row in report["runs"]))
    height = 0.4
    for i, style in enumerate(("original", "oral")):
        tried = f"{style}, words, kind"
        shares = [np.mean([row[tried] for row in report["runs"] if row["variant"] == variant]) for variant in variants]
        axes.barh(np.arange(len(variants)) + (i - 0.5) * height, shares, height, color=COLOURS[i], label=style)
    axes.set_yticks(np.arange(len(variants)), variants)
    axes.invert_yaxis()
    figure.legend(fontsize=8, frameon=False, loc="outside right upper", title="validation\nsentences", title_fontsize=8)
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a PNG without a date in it, complete or not at all; the folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    figure.savefig(temporary, format="png", dpi=DPI, metadata={"Software": None})
    temporary.replace(path)
