"""Two scenes and two characters in a real window, files saved and scripts reloaded meanwhile, and Blender quit while it generates.

Started by run.sh, which sees to it that no backend is left and nothing was printed; never imported.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"
AUDIO = str(FOLDER / "instruction.ogg")


def part(name: str):
    """A module of the add-on, looked up each time: reloading makes new ones."""
    return sys.modules[f"{MODULE}.{name}"]


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.begin()
    bpy.context.preferences.system.viewport_aa = "OFF"  # software rendering
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    yield from two_scenes(window)
    yield from nothing_goes_on(window)
    yield from reload(window)
    # The session ends here, in the middle of a generation: Blender is quit by `run`.
    (FOLDER / "behaviour").write_text("longer")
    part("link.session").session.shutdown()
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    yield from window.wait("a generation is under way when Blender is quit", lambda: part("link.session").session.fraction > 0.1)


def two_scenes(window: Window) -> Generator[float, None, None]:
    """Two scenes ask, a third is looked at: each character gets its own keys at its scene's frame rate."""
    state = part("link.session").session
    (FOLDER / "behaviour").write_text("longer")  # long enough to be seen on a busy machine
    first = window.window.scene
    bpy.ops.voice_to_motion.create_character()
    second = bpy.data.scenes.new("Second")
    first.render.fps, second.render.fps = 24, 60
    characters = [first.voice_to_motion.character]
    window.window.scene = second
    yield 0.5
    bpy.ops.voice_to_motion.create_character()
    characters.append(second.voice_to_motion.character)
    names = [(scene.name, scene.voice_to_motion.character.name) for scene in (first, second)]
    window.check("each scene has a character of its own", characters[0] != characters[1])
    for scene in (second, first):
        window.window.scene = scene
        yield 0.3
        bpy.ops.voice_to_motion.select_audio(filepath=AUDIO)
        bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    third = bpy.data.scenes.new("Third")
    window.window.scene = third
    bpy.ops.ed.undo_push(message="third scene")
    yield from window.wait("one generates and one waits", lambda: state.fraction > 0.1 and len(state.waiting) == 1, 60.0)
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "scenes.blend"))
    window.check("saving does not disturb them", state.busy and len(state.waiting) == 1)
    yield from window.wait("both end", lambda: not state.busy, seconds=120.0)
    window.check(f"no error {state.message}", not state.message)
    for scene, character in names:
        action = bpy.data.objects[character].animation_data.action
        fps = bpy.data.scenes[scene].render.fps
        window.check(f"{character} of {scene} has {tuple(action.frame_range)}", action.frame_range[1] == 2.0 * fps)
    window.check("the scene that is looked at is as it was", window.window.scene.name == "Third" and not third.objects)
    window.window.scene = bpy.data.scenes[names[0][0]]
    yield 0.5


def nothing_goes_on(window: Window) -> Generator[float, None, None]:
    """Where nothing is under way, no timer of ours runs."""
    tick = part("link.timer").tick
    yield from window.wait("the timer ends with the last word", lambda: not bpy.app.timers.is_registered(tick))
    window.check("and the doctor has none", not bpy.app.timers.is_registered(part("operators.doctor")._tick))
    window.check("nor the set-up", not bpy.app.timers.is_registered(part("operators.runtime").tick))


def reload(window: Window) -> Generator[float, None, None]:
    """Reload Scripts in the middle of a generation ends the backend, where Blender reloads add-ons then; the next one works."""
    (FOLDER / "behaviour").write_text("longer")
    part("link.session").session.shutdown()
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    yield from window.wait("a generation runs", lambda: part("link.session").session.fraction > 0.05)
    before = part("link.session").session
    bpy.ops.script.reload()
    yield 1.0
    ended = lambda: before.client is None or (not before.busy and before.note)  # noqa: E731
    yield from window.wait("reloading ends it, or it goes on to its end", ended, 60.0)
    window.say(f"     it was {'ended' if before.client is None else 'left alone'}")
    before.shutdown()
    window.check("the panel is there once", hasattr(bpy.types, "VOICE_TO_MOTION_PT_main"))
    (FOLDER / "behaviour").write_text("good")
    actions = len(bpy.data.actions)
    bpy.context.scene.frame_set(200)
    bpy.context.scene.voice_to_motion_placement.destination = "ACTION"
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    yield from window.wait("and the next one is keyed", lambda: len(bpy.data.actions) == actions + 1)
    yield 0.5


bpy.context.preferences.view.show_splash = False  # before the first picture is drawn
_window = Window(FOLDER)
run(_window, session(_window))
