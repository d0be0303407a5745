"""Work that follows a result and is too much for one tick of the timer: done piece by piece. Plain Python, no bpy.

`link.timer` does a piece at every tick; scripts, which wait for a result anyway, have everything done at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from typing import TypeVar

Result = TypeVar("Result")


def finished(work: Generator[None, None, Result]) -> Result:
    """Everything of a work at once, and what it returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


class Later:
    """Iterators, each step of which is a piece of work."""

    def __init__(self) -> None:
        self._work: deque[Iterator[None]] = deque()

    def __bool__(self) -> bool:
        """Whether something is left to do."""
        return bool(self._work)

    def add(self, work: Iterator[None]) -> None:
        """Have it done after what is waiting already."""
        self._work.append(work)

    def step(self) -> None:
        """One piece. What it raises ends this work and is passed on; the next has its turn at the next step."""
        if not self._work:
            return
        try:
            next(self._work[0])
        except StopIteration:
            self._work.popleft()
        except Exception:
            self._work.popleft()
            raise

    def finish(self) -> None:
        """Everything, now."""
        while self._work:
            self.step()

    def drop(self) -> None:
        """Nothing of it any more."""
        while self._work:
            work = self._work.popleft()
            if hasattr(work, "close"):
                work.close()


later = Later()
