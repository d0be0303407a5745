"""Driving a real Blender window from a timer: mouse, keys, screenshots, checks. Used by the sessions inside Blender."""

from __future__ import annotations

import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Generator
from pathlib import Path

import bpy
from probe import Probe

MODULE = "bl_ext.user_default.voice_to_motion"


class Window:
    """The first window and its first 3D viewport.

    Args:
        folder: where log and screenshots go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.probe = Probe(MODULE)
        self._started = time.monotonic()
        self._log = (folder / "log.txt").open("w", buffering=1)
        self.say(f"Blender {bpy.app.version_string}, Python {sys.version.split()[0]}")

    def begin(self) -> None:
        """An empty scene, and the extension installed."""
        for thing in list(bpy.data.objects):
            bpy.data.objects.remove(thing)
        self.install()

    def install(self) -> None:
        """Install the extension under test from its zip, and watch every call into it."""
        bpy.ops.extensions.package_install_files(
            repo="user_default", filepath=str(self.folder / "extension.zip"), enable_on_install=True
        )
        self.probe.attach()

    @property
    def window(self) -> bpy.types.Window:
        """Looked up each time: undo and loading files replace it."""
        return bpy.context.window_manager.windows[0]

    @property
    def area(self) -> bpy.types.Area:
        """The 3D viewport."""
        return next(area for area in self.window.screen.areas if area.type == "VIEW_3D")

    def region(self, kind: str) -> bpy.types.Region:
        """A region of the viewport, such as UI (the sidebar) or WINDOW."""
        return next(region for region in self.area.regions if region.type == kind)

    def say(self, text: str) -> None:
        """Write a line to the log."""
        print(f"{time.monotonic() - self._started:6.1f} s  {text}", file=self._log)

    def check(self, what: str, true: object) -> None:
        """Log a fact that has to hold; the session ends where it does not."""
        self.say(f"{'ok  ' if true else 'FAIL'} {what}")
        if not true:
            self.shot("failed")
            raise AssertionError(what)

    def shot(self, name: str) -> Path:
        """Photograph the screen with ImageMagick: Blender's own screenshot is black with software OpenGL."""
        path = self.folder / "shots" / f"{name}.png"
        subprocess.run(["import", "-window", "root", str(path)], check=True, timeout=30)
        self.probe.forget()
        return path

    def colours(self, path: Path) -> int:
        """How many different colours a picture has: one or two mean that nothing was drawn."""
        done = subprocess.run(["identify", "-format", "%k", str(path)], check=True, timeout=30, capture_output=True, text=True)
        return int(done.stdout)

    def point(self, x: int, y: int) -> Generator[float, None, None]:
        """Move the mouse; window coordinates, from the lower left."""
        self.window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
        yield 0.3

    def click(self, x: int, y: int) -> Generator[float, None, None]:
        """Move there and press the left button."""
        yield from self.point(x, y)
        self.window.event_simulate(type="LEFTMOUSE", value="PRESS", x=x, y=y)
        yield 0.1
        self.window.event_simulate(type="LEFTMOUSE", value="RELEASE", x=x, y=y)
        yield 0.5

    def key(self, kind: str, **modifiers: bool) -> Generator[float, None, None]:
        """Press a key with the mouse over the viewport's middle."""
        region = self.region("WINDOW")
        x, y = region.x + region.width // 3, region.y + region.height // 2
        yield from self.point(x, y)
        self.window.event_simulate(type=kind, value="PRESS", x=x, y=y, **modifiers)
        yield 0.1
        self.window.event_simulate(type=kind, value="RELEASE", x=x, y=y, **modifiers)
        yield 0.5

    def find(
        self, operator: str, across: float = 0.45, below: tuple[int, int] | None = None
    ) -> Generator[float, None, tuple[int, int] | None]:
        """Where in the sidebar the button of one of our operators is; None where it cannot be seen without scrolling.

        Blender itself is asked: over a button, Ctrl C copies the call of its operator.

        Args:
            across: from the sidebar's left edge to its right, 0..1.
            below: where another button is, from which on to look.
        """
        region, clipboard = self.region("UI"), bpy.context.window_manager
        x = region.x + int(region.width * across)
        for y in range(below[1] - 20 if below else region.y + region.height - 30, region.y, -9):
            clipboard.clipboard = ""
            for kind, value, modifiers in (("MOUSEMOVE", "NOTHING", {}), ("C", "PRESS", {"ctrl": True}), ("C", "RELEASE", {})):
                self.window.event_simulate(type=kind, value=value, x=x, y=y, **modifiers)
                yield 0.03
            if clipboard.clipboard.startswith(f"bpy.ops.voice_to_motion.{operator}("):
                return x, y - 6
        return None

    def press(
        self, operator: str, across: float = 0.45, below: tuple[int, int] | None = None
    ) -> Generator[float, None, tuple[int, int]]:
        """Click the button of one of our operators in the sidebar, as `find` finds it; returns where it is."""
        place = yield from self.find(operator, across, below)
        if place is None:  # a machine with much else to do was slower than the mouse
            place = yield from self.find(operator, across, below)
        self.check(f"the button of {operator} is seen", place is not None)
        yield from self.click(*place)
        return place

    def open_sections(self, *names: str) -> None:
        """Have only these sections of the panel open."""
        sections = bpy.context.preferences.addons[MODULE].preferences.open_sections
        for name in sections.bl_rna.properties.keys():  # noqa: SIM118  (Blender's collection iterates over values)
            if name not in ("name", "rna_type"):
                setattr(sections, name, name in names)
        self.area.tag_redraw()

    def alone(self, section: type) -> Generator[float, None, type[bpy.types.Panel]]:
        """Show one section of the panel in a tab of its own, where nothing pushes it below the edge; to be unregistered."""

        def draw(panel: bpy.types.Panel, context: bpy.types.Context) -> None:
            section(panel.layout).draw(context)

        members = {"bl_idname": f"VOICE_TO_MOTION_PT_{section.key}_alone", "bl_label": section.bl_label, "bl_category": "Alone"}
        members |= {"bl_space_type": "VIEW_3D", "bl_region_type": "UI", "draw": draw}
        panel = type(members["bl_idname"], (bpy.types.Panel,), members)
        bpy.utils.register_class(panel)
        self.area.tag_redraw()
        yield 0.5
        self.region("UI").active_panel_category = "Alone"
        self.area.tag_redraw()
        yield 1.0
        return panel

    def wait(self, what: str, condition: Callable[[], object], seconds: float = 20.0) -> Generator[float, None, None]:
        """Look ten times a second until something is true."""
        for _ in range(int(seconds * 10)):
            if condition():
                self.say(f"ok   {what}")
                return
            yield 0.1
        self.check(what, False)


def run(window: Window, session: Generator[float, None, None]) -> None:
    """Step through a generator whose yields are pauses in seconds, check that nothing of ours held Blender, and quit."""

    def whole() -> Generator[float, None, None]:
        yield from window.probe.idle(window)
        yield from session

    steps = whole()

    def step() -> float | None:
        try:
            if window.probe.stale:
                window.probe.attach()
            return next(steps)
        except StopIteration:
            for line in window.probe.report():
                window.say(line)
            late = window.probe.too_long()
            window.say(f"{'FAIL' if late else 'ok  '} nothing of ours holds Blender for over 50 ms, with keys 150 ms {late}")
            if not late:
                window.say("all checks held")
            bpy.ops.wm.quit_blender()
        except Exception:
            window.say(traceback.format_exc())
            sys.stdout.flush()
            bpy.ops.wm.quit_blender()
        return None

    bpy.app.timers.register(step, first_interval=1.0, persistent=True)
