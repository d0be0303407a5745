"""The bars: what was promised before measuring, and where the results hold the number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Results = dict  # name of an experiment -> its result
PROBES = {"clean": 92.0, "noise": 80.0, "typed": 85.0}  # per cent of the trials of a condition that pass
WORDS_WRONG = {"clean": 6.0, "noise": 15.0}  # per cent, held-out voices


@dataclass(frozen=True)
class Bar:
    """One promise.

    Attributes:
        experiment: the experiment that measures it.
        what: what is measured.
        text: the bar in words.
        value: finds the number in the experiment's result; KeyError where it was not measured.
        unit: printed behind the number.
        least, most: the limits, in the number's own scale.
    """

    experiment: str
    what: str
    text: str
    value: Callable[[dict], float]
    unit: str = ""
    least: float = float("-inf")
    most: float = float("inf")

    def measured(self, results: Results) -> float | None:
        """The number, None where it was not measured."""
        try:
            return self.value(results[self.experiment])
        except (KeyError, IndexError, TypeError):
            return None

    def holds(self, value: float) -> bool:
        """Whether a number is within the limits."""
        return self.least <= value <= self.most

    def row(self, results: Results) -> str:
        """The line of the table in Markdown."""
        value = self.measured(results)
        if value is None:
            return f"| {self.what} | not measured | {self.text} | |"
        return f"| {self.what} | {number(value)}{self.unit} | {self.text} | {'yes' if self.holds(value) else '**no**'} |"


def number(value: float) -> str:
    """A number with three significant digits at most."""
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def over_real_walks(measure: str) -> Callable[[dict], float]:
    """Generated over real of one measure of walks."""
    return lambda result: result["groups"]["walks"][measure]["ratio"]


def passed(condition: str) -> Callable[[dict], float]:
    """Share of probes that passed under a condition, in per cent."""
    return lambda result: 100 * result["conditions"][condition]["share"]


def words_wrong(condition: str) -> Callable[[dict], float]:
    """Word error rate of our encoder under a condition, in per cent."""
    return lambda result: 100 * result["conditions"][condition]["ours"]["word_error_rate"]


BARS = (
    Bar("probes", "probes, held-out voices, clean", f">= {PROBES['clean']:g} %", passed("clean"), " %", least=PROBES["clean"]),
    Bar(
        "probes", "probes, held-out voices, 10 dB noise", f">= {PROBES['noise']:g} %", passed("noise"), " %",
        least=PROBES["noise"],
    ),
    Bar(
        "probes", "“then” and “while” (probes of both parts), clean", ">= 80 %",
        lambda result: 100 * result["conditions"]["clean"]["compositions"]["both"], " %", least=80.0,
    ),
    Bar(
        "hearing", "words heard wrong, held-out voices, clean", f"<= {WORDS_WRONG['clean']:g} %", words_wrong("clean"), " %",
        most=WORDS_WRONG["clean"],
    ),
    Bar(
        "hearing", "words heard wrong, held-out voices, 10 dB noise", f"<= {WORDS_WRONG['noise']:g} %", words_wrong("noise"), " %",
        most=WORDS_WRONG["noise"],
    ),
    Bar(
        "cascade", "cascade over end to end, wall time of the same request", ">= 3 x",
        lambda result: result["ways"]["cascade"]["times_the_first"], " x", least=3.0,
    ),
    Bar(
        "confidence", "confidence: AUROC of instructions against LibriSpeech and coffee orders", ">= 0.9",
        lambda result: result["auroc"]["LibriSpeech and coffee orders"][0], least=0.9,
    ),
    Bar(
        "semantics", "R-precision top 3 of motion from speech, over the real motions' value", ">= 0.95 x",
        lambda result: result["ratio_top_3"], " x", least=0.95,
    ),
    Bar(
        "semantics", "R-precision top 3: how far speech is below text", "within 3 points",
        lambda result: result["audio_below_text_points"], " points", least=-3.0, most=3.0,
    ),
    Bar(
        "motion_quality", "foot skate of generated walks, over real ones", "<= 1.2 x", over_real_walks("foot_skate_m_s"), " x",
        most=1.2,
    ),
    Bar("motion_quality", "jerk of generated walks, over real ones", "<= 1.2 x", over_real_walks("jerk_m_s3"), " x", most=1.2),
    Bar(
        "speed", "6 s of motion in a warm process, recording in to file out", "<= 0.35 s on 2 cores",
        lambda result: result["warm_seconds"], " s", most=0.35,
    ),
)  # fmt: skip


def table(results: Results) -> list[str]:
    """All bars as Markdown."""
    return ["| what | measured | bar | holds |", "| --- | ---: | --- | --- |", *(bar.row(results) for bar in BARS)]


def tell(results: Results) -> bool:
    """Print a line for every bar that was measured; whether all of them hold."""
    held = True
    for bar in BARS:
        value = bar.measured(results)
        if value is not None:
            print(f"{bar.what}: {number(value)}{bar.unit}, bar {bar.text}: {'holds' if bar.holds(value) else 'MISSED'}")
            held &= bar.holds(value)
    return held
