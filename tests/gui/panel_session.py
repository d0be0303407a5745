"""What a user does in the sidebar, done by simulated clicks in a real window. Started by run.sh; never imported.

Install the zip, open the tab, three clicks to the first motion in Blender's own first scene; undo, cancel with Esc, kill the
backend, generate again; sections that are open stay open in a new file.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path

import bpy
from mathutils import Euler, Matrix, Vector

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"


def behave(how: str) -> None:
    """What the stand-in for the backend does from its next start on."""
    (FOLDER / "behaviour").write_text(how)


def arrange(window: Window) -> None:
    """Look at the character's place from the front left, without floor lines through its feet."""
    space = window.area.spaces.active
    turned = Euler((1.38, 0.0, 0.62)).to_matrix().to_4x4()
    place = Matrix.Translation((0.35, -0.2, 0.86)) @ turned @ Matrix.Translation((0.0, 0.0, 3.3))
    space.region_3d.view_matrix = place.inverted()
    space.shading.show_cavity = True
    # Software rendering on a busy machine: one picture instead of eight for smooth edges, and no animated view changes.
    bpy.context.preferences.system.viewport_aa = "FXAA"
    bpy.context.preferences.view.smooth_view = 0


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.install()
    state = sys.modules[f"{MODULE}.link.session"].session
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    region = window.region("UI")
    window.say(f"sidebar {region.width} x {region.height} from {region.x}, {region.y}")
    window.region("UI").active_panel_category = "Voice to Motion"
    window.area.tag_redraw()
    yield 1.0
    empty = window.shot("1_empty_panel")
    window.check("the window shows a picture", window.colours(empty) > 500)
    window.check("Generate cannot be pressed without an instruction", not bpy.ops.voice_to_motion.generate.poll())
    character = yield from three_clicks(window, state)
    bpy.context.scene.frame_set(30)
    arrange(window)
    yield 0.8
    done = window.shot("4_done")
    window.check("the picture changed", done.read_bytes() != empty.read_bytes())

    yield from undo_and_redo(window, character)
    yield from cancel_and_kill(window, state, character)
    yield from sections(window)
    bpy.ops.preferences.addon_disable(module=MODULE)
    window.check("disabling stops the backend", state.client is None)
    bpy.ops.preferences.addon_enable(module=MODULE)
    yield 0.5


def step() -> str:
    """What the panel says comes next."""
    return sys.modules[f"{MODULE}.panels.guide"].next_step(bpy.context)


def three_clicks(window: Window, state) -> Generator[float, None, str]:
    """From Blender's first scene, cube and all, to keys. Returns the character's name."""
    window.check("the example is what comes next", step() == "INSTRUCT")
    yield from window.press("use_example")
    settings = bpy.context.scene.voice_to_motion
    window.check("one click: an instruction", settings.audio_path and step() == "CREATE")
    yield from window.press("create_character", 0.7)
    window.check("two clicks: a character", settings.character is not None and step() == "GENERATE")
    character = settings.character
    corners = [character.matrix_world @ Vector(corner) for corner in character.bound_box]
    cube = bpy.data.objects["Cube"]
    inside = min(corner.y for corner in corners) < 1 and max(corner.y for corner in corners) > -1
    inside = inside and min(corner.x for corner in corners) < 1 and max(corner.x for corner in corners) > -1
    window.check(f"it stands beside the cube, at {tuple(round(value, 2) for value in character.location)}", cube and not inside)
    yield 0.5
    window.shot("2_ready")
    behave("longer")
    yield from window.press("generate")
    window.check("three clicks: a generation", state.busy and step() == "")
    yield from window.wait("progress arrives", lambda: state.fraction > 0.4)
    window.check("the scene is left alone meanwhile", not bpy.data.actions)
    window.shot("3_generating")
    yield from window.wait("it ends", lambda: not state.busy)
    yield 0.5
    window.check(f"no error ({state.message})", not state.message)
    action = character.animation_data.action
    window.check("the action says what was heard", action is not None and action["heard"] == "walk forward")
    last = 1 + round(2.0 * bpy.context.scene.render.fps) - 1
    window.check(f"keys from frame 1 to {last}", tuple(action.frame_range) == (1.0, float(last)))
    window.check("and nothing is highlighted any more", step() == "")
    window.open_sections("timeline")
    yield 1.0
    window.check("Direct Along the Timeline is reached without scrolling", (yield from window.find("find_instructions", 0.25)))
    window.open_sections()
    yield 0.5
    return character.name


def sections(window: Window) -> Generator[float, None, None]:
    """An open section is still open in a new file; headers are clicked as people do."""
    region = window.region("UI")
    opened = bpy.context.preferences.addons[MODULE].preferences.open_sections
    bpy.context.preferences.is_dirty = False
    for y in range(region.y + 15, region.y + region.height, 15):  # from the bottom: Installation, Rig, Batch, History ...
        yield from window.click(region.x + int(region.width * 0.4), y)
        if opened.installation or opened.rig or opened.batch or opened.history or opened.timeline:
            break
    names = [name for name in ("installation", "rig", "batch", "history", "timeline") if getattr(opened, name)]
    window.check(f"a click on a header opens {names}", len(names) == 1)
    window.check("and Blender will save that", bpy.context.preferences.is_dirty)
    window.shot("6_section")
    yield from window.point(300, 300)  # a file that is loaded under a header the mouse is on takes Blender down
    yield 1.0
    bpy.ops.wm.read_homefile()
    yield 1.0
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    yield 1.0
    window.shot("7_new_file")
    opened = bpy.context.preferences.addons[MODULE].preferences.open_sections
    window.check("it is still open in a new file", getattr(opened, names[0]))


def undo_and_redo(window: Window, character: str) -> Generator[float, None, None]:
    """Applying is one step: one undo takes all keys and the sound away, and nothing else."""
    yield from window.key("Z", ctrl=True)
    thing = bpy.data.objects.get(character)
    bare = thing is not None and (thing.animation_data is None or thing.animation_data.action is None)
    window.check("one undo removes the keys and keeps the character", bare)
    window.check("and keeps the recording", "walk_forward_then_wave" in bpy.context.scene.voice_to_motion.audio_path)
    result = sys.modules[f"{MODULE}.panels.result"].VOICE_TO_MOTION_PT_result
    window.check("and what it was about", not result.poll(bpy.context))
    window.check("and takes the sound off the timeline", not sounds())
    yield from window.key("Z", ctrl=True, shift=True)
    window.check("redo brings the keys back", bpy.data.objects[character].animation_data.action is not None)


def sounds() -> list:
    """Names of the sound strips of the scene."""
    editor = bpy.context.scene.sequence_editor
    strips = (editor.strips if hasattr(editor, "strips") else editor.sequences) if editor else []
    return [strip.name for strip in strips if strip.type == "SOUND"]


def cancel_and_kill(window: Window, state, character: str) -> Generator[float, None, None]:
    """Esc, the Cancel button, a backend that is killed, and that the next Generate works after each."""
    actions = len(bpy.data.actions)
    yield from window.press("generate")
    yield from window.wait("second generation runs", lambda: state.fraction > 0.1)
    yield from window.key("ESC")
    yield from window.wait("Esc cancels", lambda: not state.busy, seconds=3.0)
    place = yield from window.press("generate")
    yield from window.wait("third generation runs", lambda: state.fraction > 0.1)
    yield from window.press("cancel", 0.83, below=place)
    yield from window.wait("the Cancel button cancels", lambda: not state.busy, seconds=3.0)
    window.check("cancelling leaves no new action", len(bpy.data.actions) == actions)

    yield from window.press("generate")
    yield from window.wait("fourth generation runs", lambda: state.fraction > 0.1)
    os.kill(state.client.pid, signal.SIGKILL)
    yield from window.wait("the killed backend is noticed", lambda: not state.busy, seconds=3.0)
    window.check(f"and said: {state.message}", "was killed" in state.message)
    yield from window.point(300, 300)
    yield 0.5
    window.shot("5_backend_killed")
    behave("good")
    yield from window.key("ESC")  # Blender's own popup with the error lies over the button
    yield from window.press("generate")
    yield from window.wait("the next Generate works", lambda: not state.busy and not state.message)
    action = bpy.data.objects[character].animation_data.action
    window.check("and the character is still keyed by its action", action is not None)


bpy.context.preferences.view.show_splash = False  # before the first picture is drawn
_window = Window(FOLDER)
run(_window, session(_window))
