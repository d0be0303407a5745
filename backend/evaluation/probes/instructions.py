"""The probes: what is said, what it means, and the measurement that judges the motion.

Wordings are as people talk ("uh, could you just ..."), not sentences of the training grammar. Wordings and thresholds were
fixed before any model's motions were looked at; thresholds were set on real and authored motion
(tests/backend/evaluation/test_probes.py). The lists are in `locomotion`,
`gaits`, `bounds` (leaps, swimming), `athletics`, `actions` (gestures, postures, sports), `workout` (exercise, karate, a few
gestures), `reactions` (hits, pushes, leans), `work`, `sports` (and music) and `compositions` ("then" and "while").
"""

from __future__ import annotations

from dataclasses import dataclass

from . import actions, athletics, bounds, compositions, gaits, locomotion, reactions, sports, work, workout
from .verdict import Measurement


@dataclass(frozen=True)
class Probe:
    """One spoken instruction.

    Attributes:
        kind: heading of the row in the table.
        text: what the voice says.
        key: what it means (`backend.language.instruction`); for reading the report, the judge does not use it.
        measure: decides.
    """

    kind: str
    text: str
    key: str
    measure: Measurement


_ROWS = (
    *locomotion.ROWS, *gaits.ROWS, *bounds.ROWS, *athletics.ROWS, *actions.ROWS, *workout.ROWS, *reactions.ROWS,
    *work.ROWS, *sports.ROWS, *compositions.ROWS,
)  # fmt: skip
PROBES: tuple[Probe, ...] = tuple(Probe(*row) for row in _ROWS)
