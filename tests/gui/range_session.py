"""Frames of a walk made anew in a real window, with the trained backend; then variations, and a motion that starts from the pose.

Every change is one undo step, keys outside the range stay bit by bit, and no tick of ours holds Blender. Started by run.sh, which
runs range_outside.py beside it; never imported.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from pathlib import Path

import bpy
import numpy as np
from mathutils import Euler, Matrix

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from probe import APPLY_BAR, BAR, slowness  # noqa: E402
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"
FIRST, LAST = 60, 110


def settings() -> bpy.types.PropertyGroup:
    """Looked up each time: undo makes references invalid."""
    return bpy.context.scene.voice_to_motion


def clips() -> list:
    """Of the action the character wears."""
    data = settings().character.animation_data
    return list(data.action.voice_to_motion.clips) if data and data.action else []


def keys() -> dict[tuple[str, int], np.ndarray]:
    """Places and handles of every key: {(path, index): (K, 6)}."""
    keyframes, found = sys.modules[f"{MODULE}.keys.keyframes"], {}
    for curve in keyframes.curve_owner(settings().character).fcurves:
        parts = []
        for name in ("co", "handle_left", "handle_right"):
            values = np.empty(len(curve.keyframe_points) * 2, dtype=np.float32)
            curve.keyframe_points.foreach_get(name, values)
            parts.append(values.reshape(-1, 2))
        found[curve.data_path, curve.array_index] = np.concatenate(parts, axis=1)
    return found


def same(before: dict, after: dict, outside: bool = False) -> bool:
    """Whether all keys are the same to the bit, or those outside the range."""
    if before.keys() != after.keys():
        return False
    for name, old in before.items():
        new = after[name]
        if outside:
            old, new = (rows[(rows[:, 0] < FIRST) | (rows[:, 0] > LAST)] for rows in (old, new))
        if not np.array_equal(old, new):
            return False
    return True


def places(first: int, last: int) -> np.ndarray:
    """(T, B, 3) where the bones' heads are."""
    scene, character = bpy.context.scene, settings().character
    found, now = [], scene.frame_current
    for frame in range(first, last + 1):
        scene.frame_set(frame)
        found.append([tuple(bone.head) for bone in character.pose.bones])
    scene.frame_set(now)
    return np.array(found)


def jumps(at: np.ndarray) -> np.ndarray:
    """(T - 2) how much the speed of the bone that changes it most changes."""
    return np.linalg.norm(np.diff(at, 2, axis=0), axis=-1).max(axis=1)


def look(window: Window) -> None:
    """At the character, from its front left; it stands left of the panel."""
    space = window.area.spaces.active
    space.overlay.show_bones = False
    at = settings().character.pose.bones["pelvis"].head
    turned = Euler((1.35, 0.0, 0.62)).to_matrix().to_4x4()
    place = Matrix.Translation((at.x, at.y, 0.9)) @ turned @ Matrix.Translation((0.9, 0.0, 4.6))
    space.region_3d.view_matrix = place.inverted()


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.begin()
    state = sys.modules[f"{MODULE}.link.session"].session
    window.say(f"Blender {bpy.app.version_string}")
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    bpy.ops.voice_to_motion.create_character()
    bpy.context.scene.render.fps = 30
    bpy.context.preferences.system.viewport_aa = "FXAA"
    bpy.context.preferences.view.smooth_view = 0
    window.open_sections("range")
    yield 1.0
    bpy.ops.ed.undo_push(message="ready")
    settings().typed, settings().use_random_seed, settings().seed = "walk forward", False, 7
    settings().use_auto_length, settings().seconds = False, 6.0
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    yield from window.wait("a walk is made", lambda: clips() or state.message, 240.0)
    window.check(f"without a message {state.message}", not state.message)
    clips()[0].reduction = "NONE"  # so that no curve outside depends on a key inside
    bpy.ops.ed.undo_push(message="every frame")
    yield from regenerate(window, state)
    yield from variations(window, state)
    apply_ten_seconds(window)


def regenerate(window: Window, state: object) -> Generator[float, None, None]:
    """A wave in the middle of the walk, the range drawn as preview range."""
    scene = bpy.context.scene
    before, walked = keys(), places(1, clips()[0].last)
    scene.use_preview_range, scene.frame_preview_start, scene.frame_preview_end = True, FIRST, LAST
    bpy.ops.voice_to_motion.choose_range("EXEC_DEFAULT", True, source="PREVIEW")
    placement = scene.voice_to_motion_placement
    window.check("the preview range is taken", (placement.range_start, placement.range_end) == (FIRST, LAST))
    placement.use_new_words, settings().typed = True, "wave with your right hand"
    bpy.ops.ed.undo_push(message="words")
    scene.frame_set((FIRST + LAST) // 2)
    look(window)
    yield 1.0
    window.shot("range_1_before")
    slower, wall, own = slowness(), time.perf_counter(), time.thread_time()
    bpy.ops.voice_to_motion.regenerate_range("INVOKE_DEFAULT")
    wall, own = time.perf_counter() - wall, time.thread_time() - own
    window.say(f"     pressing the button took {wall * 1e3:.0f} ms, {own * 1e3:.0f} ms of the processor")
    window.check("within 50 ms of the processor", own < BAR * max(slower, slowness()))
    yield from window.wait("frames are made anew", lambda: len(clips()) == 2 or state.message, 240.0)
    window.check(f"without a message {state.message}", not state.message)
    window.say(f"     {state.note}")
    after = keys()
    window.check("keys outside are the same to the bit", same(before, after, outside=True))
    now = places(1, clips()[0].last)
    # The walk alone is beside it and no bar: arms that begin to wave are quicker than any of it (tests/addon/bench_borders.py).
    usual, quiet = (float(np.percentile(jumps(each), 99)) for each in (now, walked))
    worst = max(jumps(now)[border - 2 : border].max() for border in (FIRST - 1, LAST))
    window.say(f"     largest jump of speed at the borders: {worst / usual:.2f} of the motion's 99th percentile")
    window.say(f"     and {worst / quiet:.2f} of that of the walk before")
    window.check("which is within 1.5", worst <= 1.5 * usual)
    names = [bone.name for bone in settings().character.pose.bones]
    raised = now[FIRST:LAST, names.index("right_wrist"), 2] - now[FIRST:LAST, names.index("head"), 2]
    window.say(f"     the right wrist comes {raised.max() * 100:.0f} cm above the head's joint")
    scene.frame_set(FIRST + int(raised.argmax()))
    look(window)
    yield 1.0
    window.shot("range_2_anew")
    yield from window.key("Z", ctrl=True)
    window.check("one undo brings the walk back", len(clips()) == 1 and same(before, keys()))
    yield from window.key("Z", ctrl=True, shift=True)
    window.check("and redo the new frames", len(clips()) == 2 and same(after, keys()))
    bpy.context.scene.use_preview_range = False


def variations(window: Window, state: object) -> Generator[float, None, None]:
    """Three that start from the pose in which the walk ends."""
    scene = bpy.context.scene
    action, last = settings().character.animation_data.action.name, clips()[0].last
    scene.voice_to_motion_placement.use_current_pose = True
    settings().variations, settings().seconds, settings().typed = 3, 3.0, "jump up"
    scene.frame_set(last)
    bpy.ops.ed.undo_push(message="three")
    count = len(bpy.data.actions)
    pose = places(last, last)[0]
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    worn = lambda: settings().character.animation_data.action  # noqa: E731
    yield from window.wait("three variations are made", lambda: worn().name != action or state.message, 400.0)
    window.check(f"without a message {state.message}", not state.message and len(bpy.data.actions) == count + 3)
    window.say(f"     {state.note}")
    off = float(np.linalg.norm(places(last, last)[0] - pose, axis=-1).max())
    window.check(f"the first begins with the pose the walk ended in ({off * 1000:.1f} mm)", off < 0.005)
    scene.frame_set(last + 20)
    look(window)
    yield 1.0
    window.shot("range_3_variations")
    yield from window.key("Z", ctrl=True)
    window.check("one undo takes all of them away", len(bpy.data.actions) == count and worn().name == action)
    yield from window.key("Z", ctrl=True, shift=True)
    window.check("and redo brings all back", len(bpy.data.actions) == count + 3)


def apply_ten_seconds(window: Window) -> None:
    """The one step that may take longer: 300 frames, from the file to the character that is shown."""
    with np.load(FOLDER / "walk_then_wave.npz") as data:
        parts = {name: data[name] for name in data.files}
    rows = np.resize(np.concatenate([np.arange(len(parts["poses"])), np.arange(len(parts["poses"]))[::-1]]), 300)
    parts["poses"], parts["trans"] = parts["poses"][rows], parts["trans"][rows]
    np.savez(FOLDER / "ten.npz", **parts)
    placement = bpy.context.scene.voice_to_motion_placement
    placement.use_current_pose, placement.destination = False, "ACTION"  # alone: what makes room for it is another session's
    took, slower = [], slowness()
    for _ in range(3):
        wall, own = time.perf_counter(), time.thread_time()
        bpy.ops.voice_to_motion.apply_motion(filepath=str(FOLDER / "ten.npz"))
        took.append((time.thread_time() - own, time.perf_counter() - wall))
    own, wall = min(took)
    window.say(f"     applying 300 frames: {own * 1e3:.0f} ms of the processor, {wall * 1e3:.0f} ms by the clock")
    window.check("within the bar of 150 ms", own < APPLY_BAR * max(slower, slowness()))


bpy.context.preferences.view.show_splash = False  # before the first picture is drawn
_window = Window(FOLDER)
run(_window, session(_window))
