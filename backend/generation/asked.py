"""Numbers that were asked for: paths are warped to them, and all is measured again. Ours.

"Turn 90 degrees" and "walk two metres" are met by `motion.path_warp` where the motion came near; steps, repetitions and seconds are
only reported. What was asked for and not reached is said, never hidden.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..model.tokenizer import FRAMES_PER_TOKEN
from ..motion.controls import measure_controls
from ..motion.path_warp import LEAST_WAY, warp_path
from .steps import Step

NEAR = {"turn": 12.0, "way": 0.3, "footfalls": 0.5, "repetitions": 0.0, "seconds": 0.25}  # still what was asked for
SHORTEST = 8  # frames of a step below which nothing is measured


@dataclass(frozen=True)
class Reached:
    """A number of one step: what was asked, and what the motion came to.

    Units are those of `motion.controls`."""

    step: int
    name: str
    asked: float
    got: float

    @property
    def met(self) -> bool:
        return abs(self.asked - self.got) <= NEAR[self.name]


def spans_of(counts: Sequence[int], before: int, frames: int) -> list[tuple[int, int]]:
    """First and last frame of every step, from its tokens and those before; up to ``frames``."""
    spans, first = [], FRAMES_PER_TOKEN * before
    for count in counts:
        last = first + FRAMES_PER_TOKEN * count
        spans.append((min(first, frames), min(last, frames)))
        first = last
    return spans


def warp_to_asked(features: np.ndarray, steps: Sequence[Step], spans: Sequence[tuple[int, int]]) -> np.ndarray:
    """Features (T, 140) whose steps turn and travel as asked, as far as a path can be warped."""
    for step, (first, last) in zip(steps, spans, strict=True):
        if last - first < SHORTEST or not {"turn", "way"} & set(step.asked):
            continue
        turn, way = _turn(step, features[first:last]), step.asked.get("way")
        features = warp_path(features, first, last, turn, way if way is not None and way > LEAST_WAY else None)
    return features


def reached(
    features: np.ndarray, steps: Sequence[Step], spans: Sequence[tuple[int, int]], repetitions: Sequence[float | None]
) -> list[Reached]:
    """Every number that was asked for with what became of it.

    ``repetitions`` are what was counted in each step, None where that is not known."""
    found = []
    for number, (step, (first, last), counted) in enumerate(zip(steps, spans, repetitions, strict=True)):
        if last - first < SHORTEST or not step.asked:
            continue
        got = measure_controls(features[first:last]) | ({} if counted is None else {"repetitions": counted})
        asked = step.asked | ({"turn": _turn(step, features[first:last])} if "turn" in step.asked else {})
        found += [Reached(number, name, value, got[name]) for name, value in asked.items() if name in got and name in NEAR]
    return found


def _turn(step: Step, features: np.ndarray) -> float | None:
    """The turn that was asked for in degrees; without a side, to that of the motion."""
    asked = step.asked.get("turn")
    if asked is None or step.sided:
        return asked
    return float(np.copysign(asked, features[:, 0].sum()))
