"""What a user does in the sidebar, done by simulated clicks in a real window. Started by run.sh; never imported.

Install the zip, open the tab, create the character, choose the audio, generate, undo, cancel with Esc, kill the
backend, generate again. The mouse hits buttons by their distance from the sidebar's top, in rows of Blender's
interface.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path

import bpy
from mathutils import Euler, Matrix

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"
AUDIO = FOLDER / "instruction.ogg"
# Buttons: pixels below the sidebar's upper edge at interface scale 1, and how far from left to right (0..1).
BUTTONS = {"create": (153, 0.67), "generate": (363, 0.45), "cancel": (411, 0.83)}


def behave(how: str) -> None:
    """What the stand-in for the backend does from its next start on."""
    (FOLDER / "behaviour").write_text(how)


def press(window: Window, button: str) -> Generator[float, None, None]:
    """Click a button of the panel."""
    below, across = BUTTONS[button]
    region = window.region("UI")
    scale = bpy.context.preferences.system.ui_scale
    yield from window.click(region.x + int(region.width * across), region.y + region.height - int(below * scale))


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
    window.begin()
    state = sys.modules[f"{MODULE}.link.session"].session
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    arrange(window)
    yield 0.5
    region = window.region("UI")
    window.say(f"sidebar {region.width} x {region.height} from {region.x}, {region.y}")
    window.region("UI").active_panel_category = "Voice to Motion"
    window.area.tag_redraw()
    yield 1.0
    empty = window.shot("1_empty_panel")
    window.check("the window shows a picture", window.colours(empty) > 500)
    settings = bpy.context.scene.voice_to_motion
    generate = bpy.ops.voice_to_motion.generate
    window.check("Generate cannot be pressed without audio", not generate.poll())

    yield from press(window, "create")
    window.check("the Create button made a character", settings.character is not None)
    character = settings.character.name
    bpy.ops.voice_to_motion.select_audio(filepath=str(AUDIO))
    bpy.ops.ed.undo_push(message="audio chosen")
    yield 0.5
    window.check("Generate can be pressed", generate.poll())
    window.shot("2_ready")

    behave("slow")
    bpy.context.scene.frame_set(1)
    yield from press(window, "generate")
    window.check("the Generate button starts a generation", state.busy)
    yield from window.wait("progress arrives", lambda: state.fraction > 0.4)
    window.check("the scene is left alone meanwhile", not bpy.data.actions)
    window.shot("3_generating")
    yield from window.wait("it ends", lambda: not state.busy)
    yield 0.5
    window.check(f"no error ({state.message})", not state.message)
    action = bpy.data.objects[character].animation_data.action
    window.check("the action says what was heard", action is not None and action["heard"] == "walk forward")
    last = 1 + round(2.0 * bpy.context.scene.render.fps) - 1
    window.check(f"keys from frame 1 to {last}", tuple(action.frame_range) == (1.0, float(last)))
    bpy.context.scene.frame_set(30)
    arrange(window)
    yield 0.8
    done = window.shot("4_done")
    window.check("the picture changed", done.read_bytes() != empty.read_bytes())

    yield from undo_and_redo(window, character)
    yield from cancel_and_kill(window, state, character)


def undo_and_redo(window: Window, character: str) -> Generator[float, None, None]:
    """Applying is one step: one undo takes all keys and the sound away, and nothing else."""
    yield from window.key("Z", ctrl=True)
    thing = bpy.data.objects.get(character)
    bare = thing is not None and (thing.animation_data is None or thing.animation_data.action is None)
    window.check("one undo removes the keys and keeps the character", bare)
    window.check("and keeps the audio file", bpy.context.scene.voice_to_motion.audio_path == str(AUDIO))
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
    yield from press(window, "generate")
    yield from window.wait("second generation runs", lambda: state.fraction > 0.1)
    yield from window.key("ESC")
    yield from window.wait("Esc cancels", lambda: not state.busy, seconds=3.0)
    yield from press(window, "generate")
    yield from window.wait("third generation runs", lambda: state.fraction > 0.1)
    yield from press(window, "cancel")
    yield from window.wait("the Cancel button cancels", lambda: not state.busy, seconds=3.0)
    window.check("cancelling leaves no new action", len(bpy.data.actions) == actions)

    yield from press(window, "generate")
    yield from window.wait("fourth generation runs", lambda: state.fraction > 0.1)
    os.kill(state.client.pid, signal.SIGKILL)
    yield from window.wait("the killed backend is noticed", lambda: not state.busy, seconds=3.0)
    window.check(f"and said: {state.message}", "was killed" in state.message)
    yield from window.point(300, 300)
    yield 0.5
    window.shot("5_backend_killed")
    behave("good")
    yield from window.key("ESC")  # Blender's own popup with the error lies over the button
    yield from press(window, "generate")
    yield from window.wait("the next Generate works", lambda: not state.busy and not state.message)
    action = bpy.data.objects[character].animation_data.action
    window.check("and the character is still keyed by its action", action is not None)
    bpy.ops.preferences.addon_disable(module=MODULE)
    window.check("disabling stops the backend", state.client is None)
    bpy.ops.preferences.addon_enable(module=MODULE)
    yield 0.5


bpy.context.preferences.view.show_splash = False  # before the first picture is drawn
_window = Window(FOLDER)
run(_window, session(_window))
