"""How long Blender's interface stands still: a timer that should fire every 5 ms, and the durations of functions of ours.

The timer sees everything that keeps the interface waiting, drawing in software included; the functions tell what of it is ours.
"""

from __future__ import annotations

import functools
import time
from types import ModuleType

import bpy

INTERVAL = 0.005


class Probe:
    """Watches from `start` on.

    Attributes:
        longest: processor seconds of the longest call of a watched function that applied no motion.
    """

    def __init__(self, module: str) -> None:
        self.longest = 0.0
        self._module = module
        self._gaps: list[float] = []
        self._calls: list[tuple[float, bool]] = []
        self._last = 0.0

    def watch(self, module: ModuleType, name: str) -> None:
        """Measure a function that Blender calls as a timer."""
        function = getattr(module, name)

        @functools.wraps(function)
        def measured():
            # Processor time: tests run beside other work, which is not what keeps a user's Blender waiting.
            before, started = _steps(), time.thread_time()
            result = function()
            duration, applied = time.thread_time() - started, _steps() != before
            self._calls.append((duration, applied))
            if not applied:
                self.longest = max(self.longest, duration)
            return result

        setattr(module, name, measured)

    def start(self) -> None:
        """Begin to fire."""
        self._last = time.perf_counter()
        bpy.app.timers.register(self._fire, persistent=True)

    def _fire(self) -> float:
        now = time.perf_counter()
        self._gaps.append(now - self._last)
        self._last = now
        return INTERVAL

    def report(self) -> list[str]:
        """What was measured, as lines for the log."""
        gaps = sorted(self._gaps)
        own = sorted(duration for duration, applied in self._calls if not applied)
        steps = sorted(duration for duration, applied in self._calls if applied)
        middle = gaps[len(gaps) // 2]
        lines = [f"probe: {len(gaps)} times, median {middle * 1e3:.1f} ms, longest {gaps[-1] * 1e3:.0f} ms, drawing included"]
        for what, times in (("ticks of ours", own), ("ticks that applied something", steps)):
            if times:
                middle, longest = times[len(times) // 2] * 1e3, times[-1] * 1e3
                lines.append(f"probe: {len(times)} {what}, processor time: median {middle:.2f} ms, longest {longest:.1f} ms")
        return lines


def _steps() -> tuple[int, int]:
    """Changes when an operator with an undo step has run."""
    done = bpy.context.window_manager.operators
    return len(bpy.data.actions), done[-1].as_pointer() if len(done) else 0
