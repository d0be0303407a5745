"""The pictures in the manual and the README: `run.sh EXTENSION.zip sid .gui/manual manual_session`, then copied to addon/docs.

A real window and the trained backend; what is in the pictures is what came out. The one of the preferences is from
first_motion_session.py. Started by run.sh; never imported.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import bpy
from mathutils import Euler, Matrix

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
import make  # noqa: E402
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"


def arrange(window: Window, ahead: float, aside: float = 0.55, distance: float = 4.0) -> None:
    """Look from the front left, without bones, at where the character stands: ``ahead`` metres from the origin."""
    space = window.area.spaces.active
    turned = Euler((1.38, 0.0, 0.62)).to_matrix().to_4x4()
    place = Matrix.Translation((aside, 0.9 - ahead, 0.95))
    space.region_3d.view_matrix = (place @ turned @ Matrix.Translation((0.0, 0.0, distance))).inverted()
    space.shading.show_cavity = True
    space.overlay.show_bones = False
    bpy.context.preferences.system.viewport_aa = "FXAA"
    bpy.context.preferences.view.smooth_view = 0


def cut(window: Window, name: str, region: bpy.types.Region, height: int = 0, tabs: int = 0) -> None:
    """Photograph a region, or the upper ``height`` pixels of it, without ``tabs`` pixels at the right."""
    window.area.tag_redraw()
    height = height or region.height
    place = f"{region.width - tabs}x{height}+{region.x}+{window.window.height - region.y - region.height}"
    command = ["import", "-window", "root", "-crop", place, "+repage", str(window.folder / "shots" / f"{name}.png")]
    subprocess.run(command, check=True, timeout=30)


def generated(window: Window, audio: Path) -> Generator[float, None, None]:
    """Load a recording and have a motion made of it."""
    state = sys.modules[f"{MODULE}.link.session"].session
    bpy.ops.voice_to_motion.select_audio(filepath=str(audio))
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    # Several are keyed one after another, after the backend is done with them.
    yield from window.wait("a motion is made", lambda: not state.busy and (state.note or state.message), 600.0)
    window.check(f"without trouble ({state.message}), {state.note}", state.note and not state.message)


def session(window: Window) -> Generator[float, None, None]:
    """Motions are made, and the panel photographed with everything that is then in it."""
    window.begin()
    bpy.context.preferences.view.ui_scale = 0.9
    yield 0.5
    settings = bpy.context.scene.voice_to_motion
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    bpy.ops.voice_to_motion.create_character()
    bpy.context.scene.render.fps = 30
    settings.use_random_seed, settings.seed = False, 7
    arrange(window, 2.1)
    yield 1.0
    yield from generated(window, FOLDER / "instruction.ogg")
    last = settings.character.animation_data.action.frame_range[1]
    bpy.context.scene.frame_end = int(last)
    bpy.context.scene.frame_set(int(last * 0.62))
    character = settings.character
    arrange(window, -(character.matrix_world @ character.pose.bones["pelvis"].head).y)
    bpy.ops.object.select_all(action="DESELECT")
    yield 1.5
    window.shot("panel")
    yield from rigs(window, character)
    yield from takes(window)
    yield from tweak(window)


def tweak(window: Window) -> Generator[float, None, None]:
    """The Tweak panel alone, with feet held and few keys. Last, because the others are gone then."""
    clip = bpy.context.scene.voice_to_motion.character.animation_data.action.voice_to_motion.clips[0]
    clip.foot_lock, clip.reduction = 1.0, "MIDDLE"
    alone = yield from window.alone(sys.modules[f"{MODULE}.panels.tweak"].TweakSection)
    yield 0.5
    cut(window, "tweak", window.region("UI"), TWEAK_HEIGHT, TABS)
    bpy.utils.unregister_class(alone)


def rigs(window: Window, character: bpy.types.Object) -> Generator[float, None, None]:
    """The same motion on a rig with Mixamo's bones and on one that Rigify made, our character between them."""
    scene = bpy.context.scene
    file = max(FOLDER.glob("resources/**/*.npz"), key=lambda path: path.stat().st_mtime)
    others = [make.make(make.KINDS["mixamo"], "Mixamo"), make.rigify()]
    bpy.data.objects.remove(bpy.data.objects["metarig"])
    for collection in others[1].data.collections_all:
        collection.is_visible = collection.name == "DEF"  # where the controls take the body
    for rig, x in zip(others, (1.15, -1.15), strict=True):
        rig.location.x = x
        scene.frame_set(1)
        scene.voice_to_motion.character = rig
        bpy.ops.voice_to_motion.apply_motion("EXEC_DEFAULT", True, filepath=str(file))
    scene.frame_set(int(scene.frame_end * 0.62))
    arrange(window, -(character.matrix_world @ character.pose.bones["pelvis"].head).y, aside=0.35, distance=6.2)
    space = window.area.spaces.active
    space.overlay.show_bones, space.overlay.show_relationship_lines = True, False
    character.data.display_type = "WIRE"
    bpy.ops.object.select_all(action="DESELECT")
    yield 1.5
    window.area.tag_redraw()  # panels that have become longer are placed anew in the next picture
    yield 1.5
    window.shot("rigs")
    for rig in others:
        bpy.data.objects.remove(rig)
    scene.voice_to_motion.character = character


def takes(window: Window) -> Generator[float, None, None]:
    """The upper half of the panel, with several takes and three variations of the last."""
    character = bpy.context.scene.voice_to_motion.character
    character.animation_data_clear()
    settings = bpy.context.scene.voice_to_motion
    spoken = sorted(FOLDER.glob("*.wav"))
    window.say(f"{len(spoken)} more recordings")
    for number, file in enumerate(spoken):
        settings.variations = 3 if number == len(spoken) - 1 else 1
        bpy.context.scene.frame_set(1)
        yield from generated(window, file)
    yield 1.5
    cut(window, "takes", window.region("UI"), TAKES_HEIGHT)


TWEAK_HEIGHT, TAKES_HEIGHT, TABS = 426, 428, 24  # pixels


bpy.context.preferences.view.show_splash = False
_window = Window(FOLDER)
run(_window, session(_window))
