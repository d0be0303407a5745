"""The first ten minutes of an animator who has just installed the extension, filmed, for somebody to look at.

Blender as it starts, its 24 frames per second and its cube; the trained backend; every step by mouse and keys where a person
would use them. Started by run.sh, which runs film_outside.py beside it; never imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
import make  # noqa: E402
from window import Window, run  # noqa: E402

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


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.install()
    window.probe.clips_written = 8
    (FOLDER / "display").write_text(os.environ["DISPLAY"])
    me = Animator(window)
    yield 2.0
    parts = (first_motion, second_minute, dope_sheet, tweaks, clip_list, while_it_plays, along_the_timeline, other_rigs, files)
    for part in parts:
        window.say(f"== {part.__name__}")
        try:
            yield from part(window, me)
        except (AssertionError, TypeError, IndexError) as error:
            window.say(f"BROKEN {part.__name__}: {error}")
            window.open_sections()
    (FOLDER / "display.done").touch()
    yield from window.wait("the film is finished", (FOLDER / "film.done").exists, 20.0)


def first_motion(window: Window, me: Animator) -> Generator[float, None, None]:
    """N, the tab, three clicks."""
    yield from window.key("N")
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    window.area.tag_redraw()
    yield 1.0
    yield from me.look("panel")
    yield from window.press("use_example")
    yield from window.press("create_character", 0.7)
    yield from me.look("ready")
    yield from window.press("generate")
    yield 1.0
    yield from me.look("generating")
    yield from window.wait("keys arrive", lambda: not state().busy and clips(), 240.0)
    yield from me.look("first_motion")
    yield from window.key("NUMPAD_PERIOD")
    yield from me.play(5.0)
    yield from me.look("played")


def second_minute(window: Window, me: Animator) -> Generator[float, None, None]:
    """Behind the first another, a shorter one on top of one, undo, redo."""
    me.to_frame(clips()[0][2])
    yield from me.generate("sit down")
    yield from me.look("sit_down")
    me.save("A_walk_wave_sit")
    me.to_frame(clips()[-1][2])
    yield from me.generate("stand up")
    me.to_frame(clips()[-1][2])
    yield from me.generate("walk forward")
    yield from me.look("four")
    me.save("B_four")
    me.to_frame(20)
    yield from me.generate("nod")
    yield from me.look("replaced_by_nod")
    me.save("C_nod_first")
    for _ in range(2):
        yield from window.key("Z", ctrl=True)
    yield from me.look("undone_twice")
    for _ in range(2):
        yield from window.key("Z", ctrl=True, shift=True)
    yield from me.look("redone_twice")


def area_of(window: Window, kind: str) -> bpy.types.Area:
    """The largest area of a kind."""
    found = [area for area in window.window.screen.areas if area.type == kind]
    return max(found, key=lambda area: area.width * area.height)


def dope_sheet(window: Window, me: Animator) -> Generator[float, None, None]:
    """In the workspace for animation: everything from a clip on is moved by its keys."""
    window.window.workspace = bpy.data.workspaces["Animation"]
    yield 1.5
    sheet = area_of(window, "DOPESHEET_EDITOR")
    me.x, me.y = sheet.x + sheet.width // 2, sheet.y + sheet.height // 3
    me.to_frame(clips()[1][1])
    yield from me.key_at("HOME", me.x, me.y)
    yield from me.look("dope_sheet")
    yield from me.key_at("RIGHT_BRACKET", me.x, me.y)
    yield from me.key_at("G", me.x, me.y)
    yield from me.type("12")
    yield from me.look("moving_keys")
    yield from me.key_at("RET", me.x, me.y)
    yield 1.0
    yield from me.look("moved_keys")
    window.window.workspace = bpy.data.workspaces["Layout"]
    yield 1.0
    yield from me.look("moved_keys_panel")
    me.save("D_moved")


def tweaks(window: Window, me: Animator) -> Generator[float, None, None]:
    """Numbers of the panel's Tweak."""
    window.open_sections("tweak")
    me.to_frame(clips()[1][1] + 5)
    yield 0.6
    yield from me.look("tweak_open")
    yield from me.scroll(-14)
    yield from me.look("tweak_scrolled")
    yield from me.number(".strength", "1.5")
    yield from me.look("exaggerated")
    yield from me.number(".speed", "0.7")
    yield from me.number(".foot_lock", "1")
    yield from me.look("slower")
    me.save("E_tweaked")
    yield from me.number(".repeats", "2")
    yield from me.look("looped")
    me.save("F_looped")
    yield from window.key("Z", ctrl=True)
    me.to_frame(clips()[1][1] + 30)
    yield 0.4
    place = yield from window.find("trim_clip", 0.83)
    window.check("the buttons of the trims are seen", place is not None)
    yield from window.click(place[0], place[1] - int(19 * bpy.context.preferences.system.ui_scale))
    yield from me.look("trimmed")
    yield from me.scroll(20)
    yield from window.press("generate")
    yield from window.wait("made again", lambda: not state().busy, 120.0)
    yield from me.look("made_again")
    window.open_sections()


def clip_list(window: Window, me: Animator) -> Generator[float, None, None]:
    """Rename, mute, reorder, duplicate, delete, with their buttons."""
    me.to_frame(clips()[0][1] + 2)
    yield 0.5
    place = yield from me.field(".name", 0.5)
    window.check("the list of clips is seen", place is not None)
    me.x, me.y = place
    yield from window.point(me.x, me.y)
    for value in ("PRESS", "RELEASE"):
        window.window.event_simulate(type="LEFTMOUSE", value=value, x=me.x, y=me.y, ctrl=True)
        yield 0.2
    yield from me.type("greeting")
    yield from me.look("renaming")
    yield from me.key_at("RET", me.x, me.y)
    yield from me.look("renamed")
    place = yield from me.field(".muted", 0.83)
    window.check("the eye is seen", place is not None)
    yield from window.click(*place)
    yield from me.look("muted")
    yield from window.click(*place)
    yield from window.press("reorder_clip", 0.08)
    yield from me.look("reorder_refused")
    place = yield from window.find("reorder_clip", 0.08)
    yield from window.click(place[0] + 21, place[1])
    yield from me.look("reordered")
    me.save("G_reordered")
    yield from window.press("duplicate_clip", 0.3)
    yield from me.look("duplicated")
    yield from window.press("delete_clip", 0.38)
    yield from me.look("deleted")
    me.save("H_deleted")
    yield from window.key("Z", ctrl=True)
    yield from me.look("undeleted")


def while_it_plays(window: Window, me: Animator) -> Generator[float, None, None]:
    """Generate while the animation plays, and another behind it."""
    yield from window.key("SPACE")
    yield from me.instruct("jump")
    yield from window.press("generate")
    yield from me.instruct("turn around")
    yield from window.press("generate")
    yield from me.look("two_queued")
    yield from window.wait("both are made", lambda: not state().busy, 120.0)
    yield 1.0
    yield from window.key("SPACE")
    yield from me.look("both_made")
    me.save("I_queued")


def along_the_timeline(window: Window, me: Animator) -> Generator[float, None, None]:
    """The example recording, directed, on a new character."""
    bpy.context.scene.frame_set(1)
    yield from window.press("create_character", 0.85)
    yield from me.look("second_character")
    settings().typed = ""
    window.open_sections("timeline")
    yield 0.6
    yield from window.press("find_instructions", 0.25)
    yield from window.wait("instructions are listed", lambda: not state().busy, 60.0)
    yield from me.look("instructions")
    yield from me.scroll(-10)
    yield from window.press("direct")
    yield 0.8
    yield from me.look("directing")
    yield from window.wait("all are made", lambda: not state().busy and clips(), 120.0)
    yield from me.scroll(20)
    yield from me.look("directed")
    me.save("J_directed")
    window.open_sections()


def other_rigs(window: Window, me: Animator) -> Generator[float, None, None]:
    """A rig with Mixamo's bones and one that Rigify made."""
    for name in ("Mixamo", "Rigify"):
        rig = make.make(make.KINDS["mixamo"], "Mixamo") if name == "Mixamo" else make.rigify()
        if name == "Rigify":
            bpy.data.objects.remove(bpy.data.objects["metarig"])
            rig.name = "Rigify"
        rig.location.x = 2.0 if name == "Mixamo" else 4.0
        bpy.ops.ed.undo_push(message=name)
        settings().character = rig
        bpy.context.scene.frame_set(1)
        yield 0.6
        yield from me.look(f"{name}_chosen")
        yield from me.generate("walk forward")
        yield from me.look(f"{name}_walks")
        me.to_frame(clips()[-1][2])
        yield from me.generate("sit down")
        yield from window.key("NUMPAD_PERIOD")
        yield from me.look(f"{name}_sits")
        me.save(f"K_{name}")


def files(window: Window, me: Animator) -> Generator[float, None, None]:
    """Export, save, open again."""
    with bpy.context.temp_override(window=window.window, area=window.area, region=window.region("UI")):
        bpy.ops.voice_to_motion.export_motion("INVOKE_DEFAULT")
    yield 2.0
    window.shot("80_export_browser")
    with bpy.context.temp_override(window=bpy.context.window_manager.windows[-1]):
        bpy.ops.wm.window_close()
    yield 1.0
    for kind in ("NPZ", "BVH"):
        path = FOLDER / f"motion.{kind.lower()}"
        bpy.ops.voice_to_motion.export_motion(filepath=str(path), kind=kind, wait=False)
        yield from window.wait(f"{kind} is written", path.exists)
        yield from me.look(f"exported_{kind}")
    before, character = clips(), settings().character.name
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "shots" / "saved.blend"))
    yield 0.5
    yield from window.point(330, 420)
    bpy.ops.wm.open_mainfile(filepath=str(FOLDER / "shots" / "saved.blend"))
    yield 2.0
    window.check("the character is the same", settings().character.name == character)
    yield from me.look("opened_again")
    window.check("the clips are as they were", clips() == before)
    yield from me.generate("wave")
    yield from me.look("after_opening")


bpy.context.preferences.view.show_splash = False
_window = Window(FOLDER)
run(_window, session(_window))
