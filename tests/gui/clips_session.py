"""A user's second minute in a real window: motions one behind the other, replaced, queued while it plays, moved, deleted, undone.

Started by run.sh; never imported."""

from __future__ import annotations

import sys
from collections.abc import Generator
from itertools import pairwise
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"
MOTION = str(FOLDER / "walk_then_wave.npz")


def clips() -> list[tuple[str, int, int]]:
    """Name, first and last frame of the character's clips, in time; looked up each time, since undo replaces them."""
    data = bpy.context.scene.voice_to_motion.character.animation_data
    found = data.action.voice_to_motion.clips if data is not None and data.action is not None else ()
    return sorted(((clip.name, clip.start, clip.last) for clip in found if not clip.muted), key=lambda one: one[1])


def follow_each_other() -> bool:
    """Whether no clip begins before the one before it has ended."""
    found = clips()
    return all(one[2] < two[1] for one, two in pairwise(found))


def generate(window: Window, words: str) -> None:
    """Type words and press Generate."""
    bpy.context.scene.voice_to_motion.typed = words
    with bpy.context.temp_override(window=window.window, area=window.area, region=window.region("UI")):
        bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.begin()
    window.probe.clips_written = 4  # a replaced one, and three behind it
    (FOLDER / "behaviour").write_text("good")
    scene = bpy.context.scene
    scene.render.fps = 30
    bpy.ops.voice_to_motion.create_character()
    bpy.ops.ed.undo_push(message="character")
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    scene.frame_set(1)
    bpy.ops.voice_to_motion.apply_motion("EXEC_DEFAULT", True, filepath=MOTION)
    last = clips()[0][2]
    scene.frame_set(last)
    generate(window, "wave")
    yield from window.wait("on its last frame the motion is continued", lambda: len(clips()) == 2 and clips()[1][1] == last + 1)
    yield 0.5
    window.shot("clips_1_two")

    bpy.ops.screen.animation_play()
    yield 0.5
    for words in ("nod", "turn left"):
        generate(window, words)
    yield from window.wait("two asked for while it plays follow the last, one behind the other", lambda: len(clips()) == 4)
    bpy.ops.screen.animation_cancel()
    window.check(f"none overlaps another: {clips()}", follow_each_other())

    scene.frame_set(20)
    before = clips()
    generate(window, "nod")
    yield from window.wait("on the first motion it is replaced", lambda: clips() and clips()[0][2] != last)
    window.check("there are as many as before", len(clips()) == 4 and clips()[0][1] == 1)
    window.check(f"what follows came along: {clips()}", clips()[1][1] == clips()[0][2] + 1 and follow_each_other())
    bpy.ops.ed.undo()
    window.check("undo brings it back", clips() == before)
    bpy.ops.ed.redo()

    window.open_sections("result")
    yield 1.0
    bpy.context.scene.frame_set(clips()[1][1] + 1)
    yield 0.5
    window.shot("clips_2_four")
    place = yield from window.find("delete_clip", across=0.38)
    window.check("the list's Delete is seen", place is not None)
    yield from window.click(*place)
    yield 0.5
    window.check("the clip at the frame is deleted", len(clips()) == 3 and follow_each_other())
    second = clips()[1][1]
    viewport = window.region("WINDOW")  # where `key` has the mouse, which would move the clip as well
    yield from window.point(viewport.x + viewport.width // 3, viewport.y + viewport.height // 2)
    with bpy.context.temp_override(window=window.window, area=window.area, region=window.region("UI")):
        bpy.ops.voice_to_motion.move_clip("INVOKE_DEFAULT", clip=uid_at(second))
    for _ in range(3):
        yield from window.key("RIGHT_ARROW")
    window.shot("clips_3_moving")
    yield from window.key("RET")
    window.check(f"arrow keys move it: {clips()}", clips()[1][1] == second + 3)
    bpy.ops.ed.undo()
    window.check("as one undo step", clips()[1][1] == second)
    window.check("no message is left", not sys.modules[f"{MODULE}.link.session"].session.message)


def uid_at(start: int) -> str:
    """The uid of the clip that begins at a frame."""
    action = bpy.context.scene.voice_to_motion.character.animation_data.action
    return next(clip.uid for clip in action.voice_to_motion.clips if clip.start == start)


bpy.context.preferences.view.show_splash = False
_window = Window(FOLDER)
run(_window, session(_window))
