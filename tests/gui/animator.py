"""An animator in a real window: mouse and keys by what they are for, and what the add-on shows.

Used by `film_session`, which run.sh starts; never imported elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"
KEYS = {" ": "SPACE", ",": "COMMA", ".": "PERIOD", "-": "MINUS"}
DIGITS = ("ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE")

def settings() -> bpy.types.PropertyGroup:
    """Looked up each time: undo makes references invalid."""
    return bpy.context.scene.voice_to_motion


def state():
    """What the add-on knows of requests and messages."""
    return sys.modules[f"{MODULE}.link.session"].session


def action() -> bpy.types.Action | None:
    """What the character wears."""
    character = settings().character
    data = character.animation_data if character else None
    return data.action if data else None


def clips() -> list[tuple[str, int, int]]:
    """Name, first and last frame of the character's clips, in time."""
    if action() is None:
        return []
    ranges = sys.modules[f"{MODULE}.clips.key_digest"].followed_ranges(action())
    found = [(clip.name, *both) for clip, both in zip(action().voice_to_motion.clips, ranges, strict=True)]
    return sorted(found, key=lambda one: one[1])


def shown():
    """The clip that the panel is about."""
    part = sys.modules[f"{MODULE}.clips.properties"]
    return part.shown_clip(settings().character, bpy.context.scene.frame_current)


class Animator:
    """Mouse and keys, by what they are for."""

    def __init__(self, window: Window) -> None:
        self.window, self.pictures = window, 0

    def look(self, what: str) -> Generator[float, None, None]:
        """A picture of the screen with the mouse away from the panel, and the state in the log."""
        self.pictures += 1
        yield from self.window.point(330, 420)
        yield 0.6
        self.window.shot(f"{self.pictures:02d}_{what}")
        note = shown().note if shown() is not None else ""
        frame, message = bpy.context.scene.frame_current, state().message
        self.window.say(f"  -- {self.pictures:02d}_{what}: {clips()} at {frame}; note “{note}” message “{message}”")

    def save(self, name: str) -> None:
        """The file as it is, for pictures of the motion."""
        bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "shots" / f"{name}.blend"), copy=True)

    def type(self, text: str) -> Generator[float, None, None]:
        """Into a field that is open."""
        window = self.window.window
        for letter in text:
            kind = KEYS.get(letter) or (DIGITS[int(letter)] if letter.isdigit() else letter.upper())
            window.event_simulate(type=kind, value="PRESS", unicode=letter, x=self.x, y=self.y)
            window.event_simulate(type=kind, value="RELEASE", x=self.x, y=self.y)
            yield 0.03

    def key_at(self, kind: str, x: int, y: int, **modifiers: bool) -> Generator[float, None, None]:
        """Press a key with the mouse somewhere."""
        yield from self.window.point(x, y)
        self.window.window.event_simulate(type=kind, value="PRESS", x=x, y=y, **modifiers)
        yield 0.05
        self.window.window.event_simulate(type=kind, value="RELEASE", x=x, y=y, **modifiers)
        yield 0.3

    def field(self, ending: str, across: float = 0.6, again: int = 1) -> Generator[float, None, tuple[int, int] | None]:
        """Where the sidebar has a property: over it, Ctrl Alt Shift C copies its whole path."""
        region, manager = self.window.region("UI"), bpy.context.window_manager
        x = region.x + int(region.width * across)
        modifiers = {"ctrl": True, "alt": True, "shift": True}
        for y in range(region.y + region.height - 30, region.y, -9):
            manager.clipboard = ""
            for kind, value, held in (("MOUSEMOVE", "NOTHING", {}), ("C", "PRESS", modifiers), ("C", "RELEASE", modifiers)):
                self.window.window.event_simulate(type=kind, value=value, x=x, y=y, **held)
                yield 0.03
            if manager.clipboard.endswith(ending):
                return x, y - 5
        return (yield from self.field(ending, across, again - 1)) if again else None

    def write(self, ending: str, text: str, across: float = 0.6) -> Generator[float, None, None]:
        """Click into a field, replace what is in it, Enter."""
        place = yield from self.field(ending, across)
        self.window.check(f"the field {ending} is seen", place is not None)
        self.x, self.y = place
        yield from self.window.click(self.x, self.y)
        self.window.window.event_simulate(type="A", value="PRESS", ctrl=True, x=self.x, y=self.y)
        self.window.window.event_simulate(type="A", value="RELEASE", ctrl=True, x=self.x, y=self.y)
        yield 0.1
        yield from self.type(text)
        for value in ("PRESS", "RELEASE"):
            self.window.window.event_simulate(type="RET", value=value, x=self.x, y=self.y)
            yield 0.1
        yield 0.4

    def number(self, ending: str, text: str, across: float = 0.72) -> Generator[float, None, None]:
        """Enter over a number, type, Enter."""
        place = yield from self.field(ending, across)
        self.window.check(f"the number {ending} is seen", place is not None)
        self.x, self.y = place
        yield from self.key_at("RET", self.x, self.y)
        yield from self.type(text)
        yield from self.key_at("RET", self.x, self.y)
        yield 0.5

    def scroll(self, steps: int) -> Generator[float, None, None]:
        """The wheel over the panel; downwards where negative."""
        region = self.window.region("UI")
        x, y = region.x + region.width // 2, region.y + region.height // 2
        yield from self.window.point(x, y)
        for _ in range(abs(steps)):
            kind = "WHEELUPMOUSE" if steps > 0 else "WHEELDOWNMOUSE"
            self.window.window.event_simulate(type=kind, value="PRESS", x=x, y=y)
            yield 0.05
        yield 0.3

    def instruct(self, words: str) -> Generator[float, None, None]:
        """Type an instruction."""
        yield from self.write(".typed", words)
        self.window.check(f"“{settings().typed}” is typed", settings().typed == words)

    def generate(self, words: str, done: Callable[[], object] | None = None) -> Generator[float, None, None]:
        """Type an instruction, press Generate, wait for the keys."""
        yield from self.instruct(words)
        yield from self.window.press("generate")
        yield from self.window.wait(f"“{words}” is made", lambda: not state().busy, 120.0)
        self.window.check(f"without trouble ({state().message})", not state().message)
        yield 0.4

    def play(self, seconds: float) -> Generator[float, None, None]:
        """Space, watch, Space."""
        yield from self.window.key("SPACE")
        yield seconds
        yield from self.window.key("SPACE")

    def to_frame(self, frame: int) -> None:
        """The playhead dragged there."""
        bpy.context.scene.frame_set(frame)
