"""An authored gesture: its key, how a take is made, and how many there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from backend.motion.motion import Motion


class PerformedTake(Protocol):
    """One take of an authored clip, whichever way it is made."""

    def motion(self) -> Motion:
        """The finished clip."""
        ...


Performance = Callable[[np.random.Generator, float, int | None], PerformedTake]  # of (rng, tempo, count)


@dataclass(frozen=True)
class AuthoredGesture:
    """An authored gesture and how often it is performed.

    Attributes:
        key: what it does, in the grammar of `backend.language.instruction`, without speed and count.
        perform: makes a take.
        weight: share of the asked-for takes; 1 for gestures that nothing else supplies.
        speeds: whether slow and fast takes exist too.
        counts: how often, where the number is said; the plain key keeps the gesture's usual number.
    """

    key: str
    perform: Performance
    weight: float = 1.0
    speeds: bool = True
    counts: tuple[int, ...] = ()
