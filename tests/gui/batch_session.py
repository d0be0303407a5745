"""A folder of files in a real window: every file has an outcome, motions become assets with pictures, Cancel, Try Again.

Started by run.sh; never imported. The backend is tests/addon/peer.py.
"""

from __future__ import annotations

import os
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
MANY = 20_000  # files that are no recordings


def behave(how: str) -> None:
    """What the stand-in for the backend does from its next start on."""
    (FOLDER / "behaviour").write_text(how)
    sys.modules[f"{MODULE}.link.session"].session.shutdown()


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.begin()
    batch = sys.modules[f"{MODULE}.batch.run"].batch
    recordings = FOLDER / "recordings"
    (recordings / "inside").mkdir(parents=True)
    for name in ("wave.ogg", "walk.ogg", "inside/turn.ogg"):
        shutil.copy(FOLDER / "instruction.ogg", recordings / name)
    (recordings / "notes.txt").write_text("no sound")
    (recordings / "picture.png").touch()
    bpy.ops.voice_to_motion.create_character()
    bpy.ops.ed.undo_push(message="character")
    sections = bpy.context.preferences.addons[MODULE].preferences.open_sections
    for part in sections.bl_rna.properties:
        if part.identifier not in ("rna_type", "name"):
            setattr(sections, part.identifier, part.identifier == "batch")
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    yield 0.5
    yield from choose(window, recordings, deep=True)
    window.check("the chosen folder is worked through", batch.active or batch.counts["done"])
    yield from window.wait("three motions are made", lambda: not batch.active, seconds=60.0)
    window.check(f"summary: {batch.summary}", batch.summary == "3 made, 2 other files")
    yield from look_at_assets(window)
    yield from window.key("Z", ctrl=True)
    window.check("one undo takes the three away", not bpy.data.actions)
    yield from window.key("Z", ctrl=True, shift=True)
    window.check("and redo brings them back", len(bpy.data.actions) == 3)
    yield from cancel_and_go_on(window, batch, recordings)
    yield from very_many(window, batch)
    browser = window.area
    browser.ui_type = "ASSETS"  # where a user looks for them
    yield 1.0
    browser.spaces.active.params.asset_library_reference = "LOCAL"
    browser.tag_redraw()
    yield 2.0
    window.shot("batch_assets")


def choose(window: Window, folder: Path, deep: bool = False) -> Generator[float, None, None]:
    """Press the button and choose a folder in the file browser."""
    with bpy.context.temp_override(window=window.window, area=window.area, region=window.region("WINDOW")):
        bpy.ops.voice_to_motion.batch("INVOKE_DEFAULT", directory=f"{folder}/", deep=deep)
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


def look_at_assets(window: Window) -> Generator[float, None, None]:
    """The actions are named after their recordings, marked, and have pictures."""
    made = sorted(bpy.data.actions, key=lambda action: action.name)
    window.check("named after their recordings", [action.name for action in made] == ["turn", "walk", "wave"])
    window.check("marked as assets", all(action.asset_data is not None for action in made))
    for action in made:
        pixels = np.empty(action.preview.image_size[0] * action.preview.image_size[1] * 4, np.float32)
        action.preview.image_pixels_float.foreach_get(pixels)
        colours = len(np.unique(pixels.reshape(-1, 4), axis=0))
        window.check(f"{action.name} has a picture of {tuple(action.preview.image_size)} with {colours} colours", colours > 20)
    yield 0.5
    window.shot("batch_1_done")


def cancel_and_go_on(window: Window, batch, recordings: Path) -> Generator[float, None, None]:
    """What is done is skipped; Cancel keeps it, Try Again makes the rest; reasons of refusals are shown."""
    for number in range(1, 5):
        shutil.copy(FOLDER / "instruction.ogg", recordings / f"new {number}.ogg")
    behave("slow")
    yield from choose(window, recordings, deep=True)
    yield from window.wait("one of the new ones is made", lambda: batch.counts["done"] == 1, seconds=60.0)
    yield 1.0
    window.shot("batch_2_progress")
    bpy.ops.voice_to_motion.cancel_batch()
    yield from window.wait("it is cancelled", lambda: not batch.active)
    counts = {state: batch.counts[state] for state in ("done", "cancelled")}
    window.check(f"what was made is kept: {batch.summary}", counts["done"] >= 1 and counts["cancelled"] >= 1)
    window.check("Try Again can be pressed", bpy.ops.voice_to_motion.retry_batch.poll())
    yield 0.5
    window.shot("batch_3_cancelled")
    behave("error")
    bpy.ops.voice_to_motion.retry_batch("INVOKE_DEFAULT")
    yield from window.wait("they are refused", lambda: not batch.active, seconds=60.0)
    window.check(f"with their reasons: {batch.summary}", 0 < batch.counts["refused"] == len(batch.problems))
    yield 0.5
    window.shot("batch_4_refused")
    behave("good")
    bpy.ops.voice_to_motion.retry_batch("INVOKE_DEFAULT")
    yield from window.wait("they are made", lambda: not batch.active, seconds=60.0)
    window.check(f"all are done: {batch.summary}", batch.counts["done"] + batch.counts["already"] == 7 and not batch.problems)
    window.check("each once", len(bpy.data.actions) == 7)
    yield from choose(window, recordings, deep=True)
    yield from window.wait("the same folder again", lambda: not batch.active, seconds=60.0)
    window.check(f"nothing is made twice: {batch.summary}", batch.counts["already"] == 7 and len(bpy.data.actions) == 7)


def very_many(window: Window, batch) -> Generator[float, None, None]:
    """The window stays usable; the probe of run() measures every step."""
    folder = FOLDER / "many"
    folder.mkdir()
    for number in range(MANY):
        os.close(os.open(folder / f"{number}.txt", os.O_CREAT))
    shutil.copy(FOLDER / "instruction.ogg", folder / "last.ogg")
    yield 0.5
    yield from choose(window, folder)
    yield from window.wait("very many files have an outcome", lambda: not batch.active, seconds=120.0)
    window.check(f"summary: {batch.summary}", batch.summary == f"1 made, {MANY} other files")
    yield 0.5
    window.shot("batch_5_many")


bpy.context.preferences.view.show_splash = False  # before the first picture is drawn
_window = Window(FOLDER)
run(_window, session(_window))
