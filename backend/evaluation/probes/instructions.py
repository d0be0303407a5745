"""The probes: what is said, what it means, and the measurement that judges the motion.

Wordings are as people talk ("uh, could you just ..."), not sentences of the training grammar. Wordings and thresholds were
fixed before any model's motions were looked at; thresholds were set on real and authored motion
(tests/backend/evaluation/test_probes.py). The lists are in `locomotion`,
`gaits`, `bounds` (leaps, swimming), `athletics`, `actions` (gestures, postures, sports), `workout` (exercise, karate, a few
gestures), `reactions` (hits, pushes, leans), `work`, `sports` (and music), `looking` (and ways to stand), `touching`, `emotions`
(and signs), `martial`, `social`, `poses` (floor, yoga), `dances` and `compositions` ("then" and "while").
"""

from __future__ import annotations

from dataclasses import dataclass

from . import (
    actions,
    athletics,
    bounds,
    compositions,
    dances,
    emotions,
    gaits,
    locomotion,
    looking,
    martial,
    poses,
    reactions,
    social,
    sports,
    touching,
    work,
    workout,
)
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


_TOPICS = (
    locomotion, gaits, bounds, athletics, actions, workout, reactions, work, sports, looking, touching, emotions,
    martial, social, poses, dances, compositions,
)  # fmt: skip
PROBES: tuple[Probe, ...] = tuple(Probe(*row) for topic in _TOPICS for row in topic.ROWS)
