"""Tweaking in a real window: the foot lock is dragged in the panel, keys are reduced, and every change is one
undo step. Started by run.sh; never imported."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from pathlib import Path

import bpy
from mathutils import Euler, Matrix

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"
MOTION = str(FOLDER / "walk_then_wave.npz")


def clip():
    """The clip, looked up each time: undo replaces it."""
    return bpy.context.scene.voice_to_motion.character.animation_data.action.voice_to_motion.clips[0]


def count() -> int:
    """Keys of the character's action."""
    keyframes = sys.modules[f"{MODULE}.keys.keyframes"]
    owner = keyframes.curve_owner(bpy.context.scene.voice_to_motion.character)
    return sum(len(curve.keyframe_points) for curve in owner.fcurves)


def drag(window: Window, below: int) -> Generator[float, None, None]:
    """Drag a slider of the panel from its left end beyond its right end."""
    region = window.region("UI")
    y = region.y + region.height - int(below * bpy.context.preferences.system.ui_scale)
    places = [region.x + int(region.width * part) for part in (0.48, 0.52, 0.6, 0.7, 0.8, 0.9, 0.99)]
    yield from window.point(places[0], y)
    window.window.event_simulate(type="LEFTMOUSE", value="PRESS", x=places[0], y=y)
    yield 0.2
    for x in places[1:]:
        window.window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
        yield 0.2
    window.window.event_simulate(type="LEFTMOUSE", value="RELEASE", x=places[-1], y=y)
    yield 1.0


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.begin()
    scene = bpy.context.scene
    scene.render.fps = 30
    bpy.ops.voice_to_motion.create_character()
    bpy.ops.ed.undo_push(message="character")
    bpy.ops.voice_to_motion.apply_motion("EXEC_DEFAULT", True, filepath=MOTION)
    few = count()
    clip().reduction = "NONE"
    bpy.ops.ed.undo_push(message="every frame")
    window.check("new motions have few keys", few * 5 < count())
    space = window.area.spaces.active
    space.show_region_ui = True
    yield 0.5
    turned = Euler((1.38, 0.0, 0.62)).to_matrix().to_4x4()
    place = Matrix.Translation((0.35, -0.5, 0.86)) @ turned @ Matrix.Translation((0.0, 0.0, 4.3))
    space.region_3d.view_matrix = place.inverted()
    bpy.context.preferences.system.viewport_aa = "FXAA"
    scene.frame_set(40)
    alone = yield from window.alone(sys.modules[f"{MODULE}.panels.tweak"].TweakSection)
    window.shot("tweak_1_raw")
    before = count()

    yield from drag(window, FOOT_LOCK)
    window.shot("tweak_2_foot_lock")
    locked = clip().foot_lock  # a slider moves as far as the mouse does, which is not always all the way
    window.check("the slider in the panel locks the feet", locked > 0.5)
    window.say(f"foot lock {clip().foot_lock:.2f}, skate {clip().skate_before:.1f} -> {clip().skate_after:.1f} cm/s")
    window.check("and they slide less", clip().skate_after < (1.1 - 0.8 * locked) * clip().skate_before)
    wall, own = time.perf_counter(), time.thread_time()
    clip().reduction = "MIDDLE"
    wall, own = time.perf_counter() - wall, time.thread_time() - own
    window.say(f"reducing keys took {wall * 1e3:.0f} ms, {own * 1e3:.0f} ms of the processor")
    bpy.ops.ed.undo_push(message="keys")
    yield 0.8
    window.check("few keys are left", count() * 5 < before)
    window.shot("tweak_3_keys")

    yield from window.key("Z", ctrl=True)
    window.check("one undo brings the keys back", count() == before and clip().reduction == "NONE")
    window.check("and leaves the foot lock", clip().foot_lock == locked)
    yield from window.key("Z", ctrl=True)
    window.check("one more undoes the foot lock", clip().foot_lock == 0.0)
    state = sys.modules[f"{MODULE}.link.session"].session
    clip().smoothing = 0.2
    window.check(f"after undo tweaks still work {state.message}", not state.message and clip().by_hand == 0)

    clip().smoothing = 0.0
    length = clip().length
    clip().style, clip().style_strength = "sneaky", 0.0
    bpy.ops.ed.undo_push(message="style")
    yield 0.5
    yield from drag(window, STYLE_STRENGTH)
    window.shot("tweak_4_style")
    window.check("the slider makes it sneak", clip().style_strength > 0.8 and clip().length > 1.2 * length)
    window.check("and the note says so", "Sneaky" in clip().note)
    yield from window.key("Z", ctrl=True)
    window.check("one undo takes it back", clip().style_strength == 0.0 and clip().length == length)
    bpy.utils.unregister_class(alone)
    yield 0.5


STYLE_STRENGTH, FOOT_LOCK = 261, 287  # pixels below the sidebar's upper edge at interface scale 1

bpy.context.preferences.view.show_splash = False
_window = Window(FOLDER)
run(_window, session(_window))
