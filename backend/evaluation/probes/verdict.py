"""The outcome of a measurement: numbers, their limits, and whether all of them hold."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

from .signals import Signals

SHORTEST_PART = 15  # frames that a step of a sequence must have
_COMPARE = {">=": operator.ge, "<=": operator.le, "==": operator.eq}


@dataclass(frozen=True)
class Verdict:
    """Passed or not, with every measured value by name and the thresholds as text."""

    passed: bool
    measured: dict[str, float]
    threshold: str


Measurement = Callable[[Signals], Verdict]


def all_hold(*checks: tuple[str, float, str, float]) -> Verdict:
    """All of (name, measured value, comparison, limit) must hold."""
    return Verdict(
        all(_COMPARE[sign](value, limit) for _, value, sign, limit in checks),
        {name: round(float(value), 3) for name, value, _, _ in checks},
        ", ".join(f"{name} {sign} {limit:g}" for name, _, sign, limit in checks),
    )


def count_checks(name: str, found: int, count: int | None, usual: tuple[int, int]) -> list[tuple[str, float, str, float]]:
    """Checks for exactly ``count`` times, or, where no number was said, for a usual number."""
    low, high = usual if count is None else (count, count)
    return [(name, found, ">=", low), (f"{name} ", found, "<=", high)]


def at_once(*measurements: Measurement) -> Measurement:
    """All at once: every measurement holds on the same motion."""

    def judge(s: Signals) -> Verdict:
        found = [measure(s) for measure in measurements]
        return Verdict(
            all(v.passed for v in found),
            {f"{name}#{i + 1}": value for i, v in enumerate(found) for name, value in v.measured.items()},
            " while ".join(v.threshold for v in found),
        )

    return judge


def in_order(*measurements: Measurement) -> Measurement:
    """In order: some way to cut the motion leaves parts of which each passes its measurement.

    Cuts are looked for on a grid of twentieths of the motion for two parts and of twelfths for more; a part has at least
    half a second. Where no way passes them all, the one that passes most is reported.
    """

    def judge(s: Signals) -> Verdict:
        ways = 20 if len(measurements) == 2 else 12
        cuts = sorted({round(len(s) * k / ways) for k in range(ways + 1)})
        judged: dict[tuple[int, int, int], Verdict] = {}

        def verdict(number: int, start: int, end: int) -> Verdict:
            place = (number, start, end)
            if place not in judged:
                judged[place] = measurements[number](s.part(start, end))
            return judged[place]

        # best[end]: how many of the parts so far passed, and their cuts
        best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}
        for number in range(len(measurements)):
            ends = cuts if number < len(measurements) - 1 else cuts[-1:]
            longer: dict[int, tuple[int, tuple[int, ...]]] = {}
            for end in ends:
                for start, (passed, way) in best.items():
                    if end - start < SHORTEST_PART:
                        continue
                    score = passed + verdict(number, start, end).passed
                    if end not in longer or score > longer[end][0]:
                        longer[end] = (score, (*way, end))
            best = longer
        if len(s) not in best:
            return Verdict(False, {"seconds": s.seconds}, f"long enough for {len(measurements)} actions")
        score, way = best[len(s)]
        found = [verdict(number, start, end) for number, (start, end) in enumerate(zip((0, *way), way, strict=False))]
        measured = {f"cut#{number + 1}": round(end / len(s), 3) for number, end in enumerate(way[:-1])}
        measured |= {f"{name}#{i + 1}": value for i, v in enumerate(found) for name, value in v.measured.items()}
        return Verdict(score == len(measurements), measured, ", then ".join(v.threshold for v in found))

    return judge
