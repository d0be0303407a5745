"""How long the add-on keeps Blender's interface waiting: the clock for everything of ours that Blender calls.

Whatever Blender calls of an add-on (timers, operators, panels that draw themselves, handlers, callbacks of properties) is a
function in one of its modules. `Probe` has Python itself report when the outermost of them begins and ends (`sys.monitoring`,
and only for the add-on's code, so that Blender's own costs nothing), and sorts what took how long by who was called and whether
keys were written. So nothing is forgotten because nobody thought of watching it, and what Blender does in between, as drawing in
software here, is not taken for ours. Beside it a timer that should fire every 5 ms shows the gaps with everything in them,
against those of the same window drawn again and again before the add-on is there.

The bars are of a machine as fast as the one they were set on. What another one takes longer for work without the add-on
(`slowness`, measured in the same run) it may take longer for ours as well, so that a check is a ratio and no stopwatch.
"""

from __future__ import annotations

import sys
import threading
import time
import types
from collections import defaultdict
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import bpy
import numpy as np

INTERVAL = 0.005
TOOL = 4  # of sys.monitoring, for anybody's use
BAR, APPLY_BAR = 0.05, 0.15  # seconds, without and with keys written
# seconds of the processor for what `slowness` does, where the bars were set
PLAIN_WORK, BARE_KEYS = 0.012, 0.0081
# What makes a call the apply step: keys are written, or what was keyed unseen before is put on the character, with its undo step.
WRITES_KEYS = (
    "keys.keyframes.write_channels", "keys.keyframes.clear_keys",
    "operators.variations.VOICE_TO_MOTION_OT_apply_variations.execute",
    "operators.direct.VOICE_TO_MOTION_OT_apply_direction.execute",
)  # fmt: skip
DRAWING = {"draw", "draw_header", "draw_header_preset", "draw_item", "draw_filter", "filter_items"}


@dataclass(frozen=True)
class Call:
    """One call of ours by Blender.

    Attributes:
        what: the function, as module.Class.name.
        wall, own: seconds by the clock and of the processor.
        keyed: keys were written in it, or put on the character.
        kind: tick (timers), button (operators), drawing, callback (handlers, properties).
    """

    what: str
    wall: float
    own: float
    keyed: bool
    kind: str


def slowness() -> float:
    """How many times longer than there this machine takes now, for plain Python and numpy or for bare keys; at least 1."""
    plain, bare = (sorted(work() for _ in range(5))[2] for work in (plain_work, _bare_keys))
    return max(1.0, plain / PLAIN_WORK, bare / BARE_KEYS)


def plain_work() -> float:
    """Seconds of the processor for a loop of Python and some arrays."""
    began, total, values = time.thread_time(), 0, np.arange(100_000.0)
    for number in range(150_000):
        total += number * number % 7
    for _ in range(10):
        values = np.sin(values) + 1.0
    return time.thread_time() - began


def _bare_keys() -> float:
    """Seconds of the processor for 55 bones x 180 frames in bulk, without the add-on."""
    points = np.zeros((180, 2), np.float32)
    points[:, 0] = np.arange(180)
    began = time.thread_time()
    action = bpy.data.actions.new("bare keys")
    curves = _curves_of(action)
    for number in range(55):
        for index in range(4):
            keys = curves.new(f'pose.bones["{number}"].rotation_quaternion', index=index)
            keys.keyframe_points.add(len(points))
            keys.keyframe_points.foreach_set("co", points.ravel())
            keys.update()
    took = time.thread_time() - began
    bpy.data.actions.remove(action)
    return took


def _curves_of(action: bpy.types.Action) -> bpy.types.bpy_prop_collection:
    """Where an action's F-curves are: Blender 5 has them in slots only."""
    if hasattr(action, "fcurves"):
        return action.fcurves
    strip = action.layers.new("keys").strips.new(type="KEYFRAME")
    return strip.channelbag(action.slots.new("OBJECT", "keys"), ensure=True).fcurves


class Probe:
    """Watches an add-on from `attach` on."""

    def __init__(self, module: str) -> None:
        self.calls: list[Call] = []
        self._module = module
        self._main: types.ModuleType | None = None
        self._codes: dict[types.CodeType, tuple[str, str]] = {}  # -> what, kind
        self._stack: list[types.CodeType] = []
        self._began = (0.0, 0.0)
        self._keyed = False
        self._thread = threading.get_ident()
        self._gaps: dict[str, list[float]] = defaultdict(list)
        self._phase, self._last = "session", 0.0
        self._slower = 1.0
        self.clips_written = 1  # at once, by the slowest thing a session does

    def attach(self) -> None:
        """Watch the add-on's code as it is now; called again it takes in modules that came later or were loaded anew."""
        main = sys.modules.get(self._module)
        if main is None:
            return
        monitoring = sys.monitoring
        if monitoring.get_tool(TOOL) is None:
            monitoring.use_tool_id(TOOL, "voice_to_motion probe")
            events = monitoring.events
            for event, function in (
                (events.PY_START, self._enter), (events.PY_RESUME, self._enter),
                (events.PY_RETURN, self._leave), (events.PY_YIELD, self._leave), (events.PY_UNWIND, self._leave),
            ):  # fmt: skip
                monitoring.register_callback(TOOL, event, function)
            monitoring.set_events(TOOL, events.PY_UNWIND)  # cannot be had for some code only
        local = monitoring.events.PY_START | monitoring.events.PY_RESUME | monitoring.events.PY_RETURN | monitoring.events.PY_YIELD
        for code, what, kind in _codes(self._module):
            if code not in self._codes:
                self._codes[code] = (what, kind)
                monitoring.set_local_events(TOOL, code, local)
        unknown = set(WRITES_KEYS) - {what for what, _ in self._codes.values()}
        assert not unknown, f"functions that write keys have other names now: {sorted(unknown)}"
        self._main = main

    @property
    def stale(self) -> bool:
        """Whether the add-on was loaded, or loaded anew, since `attach`."""
        return sys.modules.get(self._module) not in (self._main, None)

    def idle(self, window) -> Generator[float, None, None]:
        """For comparison: the window is drawn again and again, and nobody does anything. The timer begins to fire."""
        self._phase, self._last = "idle", time.perf_counter()
        bpy.app.timers.register(self._fire, persistent=True)
        for _ in range(20):
            for area in window.window.screen.areas:
                area.tag_redraw()
            yield 0.1
        self._slower = slowness()
        self._phase = "session"
        self.forget()

    def forget(self) -> None:
        """What the session itself did since the timer fired last, as photographing the screen, is no gap."""
        self._last = time.perf_counter()

    def _enter(self, code: types.CodeType, *_: object) -> None:
        if code not in self._codes or threading.get_ident() != self._thread:
            return
        if not self._stack:
            self._keyed = False
            self._began = (time.perf_counter(), time.thread_time())
        self._stack.append(code)
        self._keyed |= self._codes[code][0] in WRITES_KEYS

    def _leave(self, code: types.CodeType, *_: object) -> None:
        if code not in self._codes or threading.get_ident() != self._thread or code not in self._stack:
            return
        while self._stack.pop() is not code:
            pass
        if not self._stack:
            wall, own = time.perf_counter() - self._began[0], time.thread_time() - self._began[1]
            what, kind = self._codes[code]
            self.calls.append(Call(what, wall, own, self._keyed, kind))

    def _fire(self) -> float:
        now = time.perf_counter()
        self._gaps[self._phase].append(now - self._last)
        self._last = now
        return INTERVAL

    def report(self) -> list[str]:
        """What was measured, as lines for the log."""
        lines = [f"probe: this machine takes {max(self._slower, slowness()):.2f} times as long as where the bars were set"]
        for phase, gaps in self._gaps.items():
            middle, longest = _middle_and_longest(gaps)
            lines.append(f"probe: {len(gaps)} gaps, {phase}, drawing included: median {middle:.1f} ms, longest {longest:.0f} ms")
        kinds = defaultdict(list)
        for call in self.calls:
            kinds[call.kind + (" that wrote keys" if call.keyed else "")].append(call)
        for kind, calls in sorted(kinds.items()):
            worst = max(calls, key=lambda call: call.own)
            middle, longest = _middle_and_longest([call.wall for call in calls])
            lines.append(
                f"probe: {len(calls)} x {kind}: median {middle:.2f} ms, longest {longest:.1f} ms by the clock,"
                f" {worst.own * 1e3:.1f} ms of the processor ({worst.what})"
            )
        return lines

    def too_long(self) -> list[str]:
        """What held Blender for longer than it may. Of the processor: other work beside a test holds no user's Blender."""
        slower = max(self._slower, slowness())
        found = [call for call in self.calls if call.own > slower * (self.clips_written * APPLY_BAR if call.keyed else BAR)]
        return [f"{call.what} {call.own * 1e3:.0f} ms{' with keys' if call.keyed else ''}" for call in found]


def _middle_and_longest(seconds: list[float]) -> tuple[float, float]:
    """In milliseconds."""
    ordered = sorted(seconds)
    return ordered[len(ordered) // 2] * 1e3, ordered[-1] * 1e3


def _codes(module: str) -> Iterator[tuple[types.CodeType, str, str]]:
    """All code of the add-on with its name and what kind of call it is when Blender calls it."""
    for name, part in list(sys.modules.items()):
        if part is None or (name != module and not name.startswith(module + ".")):
            continue
        short = name.removeprefix(module).lstrip(".")
        for key, value in list(vars(part).items()):
            if getattr(value, "__module__", None) != name:
                continue
            if isinstance(value, type):
                for member, function in list(vars(value).items()):
                    yield from _of(function, f"{short}.{key}.{member}", _kind(value, member))
            else:
                yield from _of(value, f"{short}.{key}", "tick" if key in ("tick", "_tick") else "callback")


def _of(thing: object, what: str, kind: str) -> Iterator[tuple[types.CodeType, str, str]]:
    """The code of a function, also inside a class method, a property or a wrapper, and of those defined in it."""
    for inner in (getattr(thing, name, None) for name in ("fget", "fset", "__func__", "__wrapped__", "func")):
        if inner is not None and inner is not thing:
            yield from _of(inner, what, kind)
    code = getattr(thing, "__code__", None)
    waiting = [code] if isinstance(code, types.CodeType) else []
    while waiting:
        code = waiting.pop()
        yield code, what, kind
        waiting += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]


def _kind(cls: type, member: str) -> str:
    # Operators, and what they have in common.
    if issubclass(cls, bpy.types.Operator) or member in {"invoke", "execute", "modal", "poll", "disabled_reason"}:
        return "button"
    return "drawing" if member in DRAWING else "callback"
