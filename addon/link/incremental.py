"""Long work as generators, done in small steps so that Blender stays usable.

`link.timer` does one step a tick. Scripts wait for their result anyway and have all of it done at once. Plain Python, no bpy.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")


def run_to_end(work: Generator[object, None, Result]) -> Result:
    """Run all steps of a generator now; returns what the generator returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


class IncrementalWork:
    """Generators that wait for their turn, first come, first served."""

    def __init__(self) -> None:
        self._waiting: deque[Generator[None, None, object]] = deque()

    def __bool__(self) -> bool:
        """Whether any work is left."""
        return bool(self._waiting)

    def add(self, work: Generator[None, None, object]) -> None:
        """Append a generator; each ``next`` of it should take some milliseconds at most."""
        self._waiting.append(work)

    def step(self) -> None:
        """Run one step of the first generator; one that raises is dropped."""
        if not self._waiting:
            return
        try:
            next(self._waiting[0])
        except StopIteration:
            self._waiting.popleft()
        except Exception:
            self._waiting.popleft()
            raise

    def run_all(self) -> None:
        """Run everything to its end."""
        while self._waiting:
            self.step()

    def cancel_all(self) -> None:
        """Close every generator where it stands."""
        while self._waiting:
            self._waiting.popleft().close()


incremental_work = IncrementalWork()
"""What `link.timer` does step by step in this Blender."""
