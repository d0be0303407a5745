"""The probes: what is said, which instruction it means, and the measurement that decides whether the body did it.

Wordings are as people talk, not the training grammar's sentences; many are oral ("uh, could you just ..."). They and the
thresholds were fixed before any model's motions for them were looked at: thresholds live with the measurements and were
set on real and authored motion only (tests/backend/evaluation/test_probes.py). The lists themselves are in `going` (legs
take the body somewhere), `doing` (gestures, postures, sports) and `combined` ("then" and "while").
"""

from __future__ import annotations

from dataclasses import dataclass

from . import combined, doing, going
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


PROBES: tuple[Probe, ...] = tuple(Probe(*row) for row in (*going.ROWS, *doing.ROWS, *combined.ROWS))
