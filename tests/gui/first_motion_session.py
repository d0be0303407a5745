"""From a fresh Blender to the first motion by the add-on's own buttons, with the real packages. Started by first_motion.sh.

Nothing of the backend is there at first: the packages come from the package index (or a pack), the motion from the real
networks. The time from the press of Set Up to the keys is measured.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"
PYTHON, PACK = os.environ.get("FIRST_MOTION_PYTHON", ""), os.environ.get("FIRST_MOTION_PACK", "")
MINUTES = 20  # a slow network is no failure; the time is printed


def timed(function, log: list[float]):
    """The same function, with the seconds of every call put into a list."""

    def call(*arguments):
        started = time.perf_counter()
        try:
            return function(*arguments)
        finally:
            log.append(time.perf_counter() - started)

    return call


def picture(window: Window, name: str, pages: int = 0) -> Generator[float, None, None]:
    """Photograph the page when it has been drawn anew, ``pages`` further down."""
    for one in bpy.context.window_manager.windows[1:]:
        area = one.screen.areas[0]
        region = next(region for region in area.regions if region.type == "WINDOW")
        with bpy.context.temp_override(window=one, area=area, region=region):
            for _ in range(pages):
                bpy.ops.view2d.scroll_down(page=True)
    for one in bpy.context.window_manager.windows:
        for area in one.screen.areas:
            area.tag_redraw()
    yield 1.0
    window.shot(name)


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    archive = str(FOLDER / "extension.zip")
    bpy.ops.extensions.package_install_files(repo="user_default", filepath=archive, enable_on_install=True)
    operators = sys.modules[f"{MODULE}.operators.runtime"]
    task = sys.modules[f"{MODULE}.runtime.task"].task
    configuration = sys.modules[f"{MODULE}.runtime.configuration"]
    preferences = bpy.context.preferences.addons[MODULE].preferences
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    yield 0.5
    window.shot("1_sidebar_before")
    bpy.ops.voice_to_motion.create_character()
    bpy.ops.voice_to_motion.use_example()
    window.check("Generate waits for the set-up", not bpy.ops.voice_to_motion.generate.poll())
    window.check("nothing is there", configuration.runtime_state().kind == "absent")
    preferences.runtime_device = os.environ.get("FIRST_MOTION_DEVICE", "AUTO")
    if PYTHON:
        preferences.runtime_python = PYTHON
        yield from window.wait("the chosen Python answers", lambda: configuration.package_choice() is not None)

    bpy.context.preferences.view.ui_scale = 1.0
    bpy.ops.preferences.addon_show(module=MODULE)  # what the button in the sidebar does
    yield 1.0
    for area in bpy.context.window_manager.windows[-1].screen.areas:
        window.say(f"preferences window: {area.type} {area.width} x {area.height}")
    set_up = bpy.ops.voice_to_motion.set_up_runtime
    if not PACK:
        window.check("without leave to go online nothing can be downloaded", not set_up.poll())
        yield from picture(window, "2_page_offline")
        bpy.context.preferences.system.use_online_access = True
        window.check("with it the button can be pressed", set_up.poll())
    yield from picture(window, "3_page", pages=1)
    calls: list[float] = []
    operators.tick = timed(operators.tick, calls)
    started = time.monotonic()
    press = time.perf_counter()
    if PACK:
        bpy.ops.voice_to_motion.install_runtime_pack(filepath=PACK)
    else:
        set_up()
    calls.append(time.perf_counter() - press)
    window.check("it is under way", task.work == "set-up")
    shot, phases = False, {}
    while task.work:
        phases.setdefault(task.phase, time.monotonic() - started)
        if not shot and task.phase == "installing" and task.fraction > 0.05:
            shot = True
            yield from picture(window, "4_setting_up")
        window_seconds = time.monotonic() - started
        if window_seconds > MINUTES * 60:
            window.check(f"done within {MINUTES} minutes", False)
        yield 0.2
    ready = time.monotonic() - started
    window.say("phases began after " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in phases.items()))
    window.check(f"the set-up ended well ({task.message} {task.hint})", not task.message)
    window.check(f"ready: {configuration.runtime_state().facts}", configuration.runtime_state().kind == "ready")
    yield from picture(window, "5_ready")
    window.check(f"Blender never waited for it: longest call {max(calls) * 1000:.1f} ms of {len(calls)}", max(calls) < 0.05)

    with bpy.context.temp_override(window=bpy.context.window_manager.windows[-1]):
        bpy.ops.wm.window_close()
    settings = bpy.context.scene.voice_to_motion
    character = settings.character
    window.check("Generate can be pressed", bpy.ops.voice_to_motion.generate.poll())
    pressed = time.monotonic()
    with bpy.context.temp_override(window=window.window, area=window.area, region=window.region("UI")):
        bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")

    def action():
        data = character.animation_data
        return data.action if data else None

    yield from window.wait("keys arrive", lambda: action() is not None and action().frame_range[1] > 30, seconds=300)
    total, generated = time.monotonic() - started, time.monotonic() - pressed
    heard = action().get("heard", "")
    window.check(f"it heard “{heard}”", "walk forward" in heard)
    window.say(f"set-up {ready:.0f} s, first motion {generated:.0f} s, from the press of Set Up to keys {total:.0f} s")
    bpy.context.scene.frame_set(40)
    yield from picture(window, "6_first_motion")


bpy.context.preferences.view.show_splash = False
_window = Window(FOLDER)
run(_window, session(_window))
