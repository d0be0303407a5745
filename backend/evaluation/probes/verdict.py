"""The outcome of a measurement: the numbers, the limits they were held against, and whether all of them held."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

from .signals import Signals

_COMPARE = {">=": operator.ge, "<=": operator.le, "==": operator.eq}


@dataclass(frozen=True)
class Verdict:
    """Passed or not, with every measured value by name and the thresholds as text."""

    passed: bool
    measured: dict[str, float]
    threshold: str


Measurement = Callable[[Signals], Verdict]


def hold(*checks: tuple[str, float, str, float]) -> Verdict:
    """All of (name, measured value, comparison, limit) must hold."""
    return Verdict(
        all(_COMPARE[sign](value, limit) for _, value, sign, limit in checks),
        {name: round(float(value), 3) for name, value, _, _ in checks},
        ", ".join(f"{name} {sign} {limit:g}" for name, _, sign, limit in checks),
    )


def while_(*measurements: Measurement) -> Measurement:
    """All at once: every measurement holds on the same motion."""

    def judge(s: Signals) -> Verdict:
        found = [measure(s) for measure in measurements]
        return Verdict(
            all(v.passed for v in found),
            {f"{name}#{i + 1}": value for i, v in enumerate(found) for name, value in v.measured.items()},
            " while ".join(v.threshold for v in found),
        )

    return judge


def then(first: Measurement, second: Measurement) -> Measurement:
    """In order: some cut of the motion leaves one part that passes the first and one that passes the second."""

    def judge(s: Signals) -> Verdict:
        best, score = None, -1
        for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78):
            cut = round(len(s) * share)
            if min(cut, len(s) - cut) < 15:
                continue
            found = first(s.part(0, cut)), second(s.part(cut, len(s)))
            passed = sum(v.passed for v in found)
            if passed > score:
                best, score = (share, *found), passed
        if best is None:
            return Verdict(False, {"seconds": s.seconds}, "long enough for two actions")
        share, one, two = best
        measured = {
            "cut": share,
            **{f"{k}#1": v for k, v in one.measured.items()},
            **{f"{k}#2": v for k, v in two.measured.items()},
        }
        return Verdict(score == 2, measured, f"{one.threshold}, then {two.threshold}")

    return judge
