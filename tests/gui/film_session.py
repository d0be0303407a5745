"""The first ten minutes of an animator who has just installed the extension, filmed, for somebody to look at.

Blender as it starts, its 24 frames per second and its cube; the trained backend; every step by mouse and keys where a person
would use them. Started by run.sh, which runs film_outside.py beside it; never imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
import make  # noqa: E402
from animator import Animator, clips, settings, state  # noqa: E402
from window import Window, run  # noqa: E402


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
