"""A folder of recordings in a real window: actions that are assets, with pictures that the asset browser shows.

Started by run.sh; never imported. The backend is tests/addon/peer.py.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Generator
from pathlib import Path

import bpy
import numpy as np

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.begin()
    batch = sys.modules[f"{MODULE}.batch.run"].batch
    recordings = FOLDER / "recordings"
    recordings.mkdir()
    for name in ("wave.ogg", "walk.ogg", "turn.ogg"):
        shutil.copy(FOLDER / "instruction.ogg", recordings / name)
    bpy.ops.voice_to_motion.create_character()
    bpy.ops.ed.undo_push(message="character")
    yield 0.5
    with bpy.context.temp_override(window=window.window, area=window.area, region=window.region("WINDOW")):
        bpy.ops.voice_to_motion.batch("INVOKE_DEFAULT", directory=str(recordings) + "/")
    yield 1.5
    choosing = bpy.context.window_manager.windows[-1]
    x, y = choosing.width // 2, choosing.height // 2
    choosing.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
    yield 0.3
    choosing.event_simulate(type="RET", value="PRESS", x=x, y=y)  # as the button of the file browser
    yield 0.1
    if choosing in list(bpy.context.window_manager.windows):  # pressing closes it, and what is sent to a closed window crashes
        choosing.event_simulate(type="RET", value="RELEASE", x=x, y=y)
    yield 1.0
    window.check("the chosen folder is worked through", batch.active or batch.count("done"))
    yield from window.wait("three motions are made", lambda: batch.count("done") == 3, seconds=60.0)
    window.check(f"summary: {batch.summary}", batch.summary == "3 motions made")
    made = sorted(bpy.data.actions, key=lambda action: action.name)
    window.check("named after their recordings", [action.name for action in made] == ["turn", "walk", "wave"])
    window.check("marked as assets", all(action.asset_data is not None for action in made))
    for action in made:
        pixels = np.empty(action.preview.image_size[0] * action.preview.image_size[1] * 4, np.float32)
        action.preview.image_pixels_float.foreach_get(pixels)
        colours = len(np.unique(pixels.reshape(-1, 4), axis=0))
        window.check(f"{action.name} has a picture of {tuple(action.preview.image_size)} with {colours} colours", colours > 20)
    yield from window.key("Z", ctrl=True)
    window.check("one undo takes the three away", not bpy.data.actions)
    yield from window.key("Z", ctrl=True, shift=True)
    window.check("and redo brings them back", len(bpy.data.actions) == 3)
    browser = window.area
    browser.ui_type = "ASSETS"  # where a user looks for them
    yield 1.0
    browser.spaces.active.params.asset_library_reference = "LOCAL"
    browser.tag_redraw()
    yield 2.0
    window.shot("batch_assets")


bpy.context.preferences.view.show_splash = False  # before the first picture is drawn
_window = Window(FOLDER)
run(_window, session(_window))
