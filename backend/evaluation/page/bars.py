"""The bars: what was promised before it was measured, and where in the results the measured number stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Results = dict  # name of an experiment -> what its ``run`` returned


@dataclass(frozen=True)
class Bar:
    """One promise.

    Attributes:
        what: what is measured.
        text: the bar in words.
        value: finds the number in the results; KeyError where it was not measured.
        unit: printed behind the number.
        least, most: the limits, in the number's own scale.
    """

    what: str
    text: str
    value: Callable[[Results], float]
    unit: str = ""
    least: float = float("-inf")
    most: float = float("inf")

    def row(self, results: Results) -> str:
        """The line of the table."""
        try:
            value = self.value(results)
        except (KeyError, IndexError, TypeError):
            return f"| {self.what} | not measured | {self.text} | |"
        holds = self.least <= value <= self.most
        return f"| {self.what} | {number(value)}{self.unit} | {self.text} | {'yes' if holds else '**no**'} |"


def number(value: float) -> str:
    """Three digits that say something."""
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def walks(measure: str) -> Callable[[Results], float]:
    """Generated over real of one measure of walks."""
    return lambda results: results["motion_quality"]["groups"]["walks"][measure]["ratio"]


def probes(condition: str) -> Callable[[Results], float]:
    """Share of probes that passed under a condition, in per cent."""
    return lambda results: 100 * results["probes"]["conditions"][condition]["share"]


def heard(condition: str) -> Callable[[Results], float]:
    """Word error rate of our encoder under a condition, in per cent."""
    return lambda results: 100 * results["hearing"]["conditions"][condition]["ours"]["word_error_rate"]


BARS = (
    Bar("probes, held-out voices, clean", ">= 92 %", probes("clean"), " %", least=92.0),
    Bar("probes, held-out voices, 10 dB noise", ">= 80 %", probes("noise"), " %", least=80.0),
    Bar(
        "“then” and “while” (probes of both parts), clean", ">= 80 %",
        lambda r: 100 * r["probes"]["conditions"]["clean"]["compositions"]["both"], " %", least=80.0,
    ),
    Bar("words heard wrong, held-out voices, clean", "<= 6 %", heard("clean"), " %", most=6.0),
    Bar("words heard wrong, held-out voices, 10 dB noise", "<= 15 %", heard("noise"), " %", most=15.0),
    Bar(
        "cascade over end to end, wall time of the same request", ">= 3 x",
        lambda r: r["cascade"]["ways"]["cascade"]["times_the_first"], " x", least=3.0,
    ),
    Bar(
        "confidence: AUROC of instructions against LibriSpeech and coffee orders", ">= 0.9",
        lambda r: r["confidence"]["auroc"]["LibriSpeech and coffee orders"][0], least=0.9,
    ),
    Bar(
        "R-precision top 3 of motion from speech, over the real motions' value", ">= 0.95 x",
        lambda r: r["semantics"]["ratio_top_3"], " x", least=0.95,
    ),
    Bar(
        "R-precision top 3: how far speech is below text", "within 3 points",
        lambda r: r["semantics"]["audio_below_text_points"], " points", least=-3.0, most=3.0,
    ),
    Bar("foot skate of generated walks, over real ones", "<= 1.2 x", walks("foot_skate_m_s"), " x", most=1.2),
    Bar("jerk of generated walks, over real ones", "<= 1.2 x", walks("jerk_m_s3"), " x", most=1.2),
    Bar(
        "6 s of motion in a warm process, recording in to file out", "<= 0.35 s on 2 cores",
        lambda r: r["speed"]["warm_seconds"], " s", most=0.35,
    ),
)  # fmt: skip


def table(results: Results) -> list[str]:
    """All bars as Markdown."""
    return ["| what | measured | bar | holds |", "| --- | ---: | --- | --- |", *(bar.row(results) for bar in BARS)]
