"""The picture of the panel in the manual: `run.sh EXTENSION.zip sid .gui/manual manual_session`, then copied to addon/docs.

A real window and the trained backend; what is in the picture is what came out. The one of the preferences is from
first_motion_session.py. Started by run.sh; never imported.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path

import bpy
from mathutils import Euler, Matrix

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"


def arrange(window: Window, ahead: float) -> None:
    """Look from the front left, without bones, at where the character stands: ``ahead`` metres from the origin."""
    space = window.area.spaces.active
    turned = Euler((1.38, 0.0, 0.62)).to_matrix().to_4x4()
    place = Matrix.Translation((0.55, 0.9 - ahead, 0.95))
    space.region_3d.view_matrix = (place @ turned @ Matrix.Translation((0.0, 0.0, 4.0))).inverted()
    space.shading.show_cavity = True
    space.overlay.show_bones = False
    bpy.context.preferences.system.viewport_aa = "FXAA"
    bpy.context.preferences.view.smooth_view = 0


def session(window: Window) -> Generator[float, None, None]:
    """A motion is made, and the panel photographed with everything that is then in it."""
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    archive = str(FOLDER / "extension.zip")
    bpy.ops.extensions.package_install_files(repo="user_default", filepath=archive, enable_on_install=True)
    bpy.context.preferences.view.ui_scale = 0.9
    yield 0.5
    state = sys.modules[f"{MODULE}.session"].session
    settings = bpy.context.scene.voice_to_motion
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    bpy.ops.voice_to_motion.create_character()
    bpy.context.scene.render.fps = 30
    bpy.ops.voice_to_motion.select_audio(filepath=str(FOLDER / "instruction.ogg"))
    settings.use_random_seed, settings.seed = False, 7
    arrange(window, 2.1)
    yield 1.0
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    yield from window.wait("a motion is made", lambda: not state.busy and (state.heard or state.message), 240.0)
    window.check(f"without trouble ({state.message})", not state.message)
    last = settings.character.animation_data.action.frame_range[1]
    bpy.context.scene.frame_end = int(last)
    bpy.context.scene.frame_set(int(last * 0.62))
    character = settings.character
    arrange(window, -(character.matrix_world @ character.pose.bones["pelvis"].head).y)
    bpy.ops.object.select_all(action="DESELECT")
    yield 1.5
    window.shot("panel")


bpy.context.preferences.view.show_splash = False
_window = Window(FOLDER)
run(_window, session(_window))
