"""Motion files in a real window: one of others is applied while Blender goes on, and the motion is exported.

Started by run.sh; never imported."""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"
OTHERS = ("takes", "history", "bone_map", "placement", "generate")


def action() -> bpy.types.Action | None:
    """The character's action, looked up each time: undo replaces it."""
    data = bpy.context.scene.voice_to_motion.character.animation_data
    return data.action if data is not None else None


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.begin()
    preferences = bpy.context.preferences.addons[MODULE].preferences
    preferences.python, preferences.open_sections.options = str(FOLDER / "python"), True
    scene = bpy.context.scene
    scene.render.fps = 24
    bpy.ops.voice_to_motion.create_character()
    bpy.ops.ed.undo_push(message="character")
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    yield 0.5
    window.shot("files_1_panel")
    state = sys.modules[f"{MODULE}.link.session"].session

    foreign = FOLDER / "dance.bvh"
    foreign.write_text("HIERARCHY", encoding="utf-8")  # the stand-in for the backend does not look into it
    (FOLDER / "behaviour").write_text("longer", encoding="utf-8")
    with bpy.context.temp_override(window=window.window, area=window.area, region=window.region("WINDOW")):
        bpy.ops.voice_to_motion.apply_motion_file("INVOKE_DEFAULT", filepath=str(foreign))
    yield from window.wait("the backend converts", lambda: state.tasks and state.tasks[0].fraction > 0.3)
    window.shot("files_2_converting")
    yield from window.key("ESC")
    yield from window.wait("Esc cancels it", lambda: not state.tasks)
    window.check("and nothing is keyed", action() is None)
    with bpy.context.temp_override(window=window.window, area=window.area, region=window.region("WINDOW")):
        bpy.ops.voice_to_motion.apply_motion_file("INVOKE_DEFAULT", filepath=str(foreign))
    yield from window.wait("a file of others is keyed", lambda: action() is not None)
    window.check("with its length", tuple(action().frame_range) == (1.0, 48.0))
    yield from window.key("Z", ctrl=True)
    window.check("one undo takes it back", action() is None)
    yield from window.key("Z", ctrl=True, shift=True)
    window.check("and redo brings it again", action() is not None)

    for kind in ("npz", "bvh"):  # glb and fbx are Blender's own exporters, which stop the window while they write
        target = FOLDER / f"dance out.{kind}"
        with bpy.context.temp_override(window=window.window, area=window.area, region=window.region("WINDOW")):
            bpy.ops.voice_to_motion.export_motion("EXEC_DEFAULT", filepath=str(target), kind=kind.upper(), wait=False)
        yield from window.wait(f"{kind} is written", target.is_file)
    with bpy.context.temp_override(window=window.window, area=window.area, region=window.region("WINDOW")):
        bpy.ops.voice_to_motion.export_motion("INVOKE_DEFAULT")
    yield 1.5
    window.shot("files_3_browser")
    window.check("the file browser asks for a name", len(bpy.context.window_manager.windows) == 2)
    yield 0.5


bpy.context.preferences.view.show_splash = False
_window = Window(FOLDER)
run(_window, session(_window))
