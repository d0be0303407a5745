"""Directing along the timeline in a real window: the list, typing over, moving, cancelling, the clips, one undo step.

Started by run.sh; never imported. The backend is tests/addon/peer.py, which hears three instructions in whatever it is given.
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
AUDIO = FOLDER / "instruction.ogg"
STANDS = "stand still"  # up to the first instruction


def part(name: str):
    """A module of the add-on."""
    return sys.modules[f"{MODULE}.{name}" if name else MODULE]


def settings() -> bpy.types.PropertyGroup:
    """Looked up each time: undo makes references invalid."""
    return bpy.context.scene.voice_to_motion


def listed() -> bpy.types.Collection:
    """The instructions."""
    return bpy.context.scene.voice_to_motion_timeline.instructions


def action() -> bpy.types.Action | None:
    """What the character wears."""
    data = settings().character.animation_data
    return data.action if data else None


def see_the_panel(window: Window) -> Generator[float, None, None]:
    """The section is closed at first: open from the start, and everything smaller, so that it is seen."""
    bpy.context.preferences.view.ui_scale = 0.75
    window.open_sections("timeline")
    yield 0.5


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.begin()
    bpy.context.preferences.system.viewport_aa = "OFF"  # software rendering
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    yield from see_the_panel(window)
    bpy.ops.voice_to_motion.create_character()
    bpy.ops.voice_to_motion.select_audio(filepath=str(AUDIO))
    bpy.context.scene.frame_set(1)
    bpy.ops.ed.undo_push(message="character and take")
    yield 1.0
    window.shot("timeline_1_empty")
    yield from finding(window)
    yield from cancelling(window)
    yield from directing(window)


def finding(window: Window) -> Generator[float, None, None]:
    """The list, before anything is keyed."""
    state = part("link.session").session
    bpy.ops.voice_to_motion.find_instructions("INVOKE_DEFAULT")
    window.check("Find returns at once", state.busy and not len(listed()))
    yield from window.wait("three instructions are listed", lambda: len(listed()) == 3)
    window.check("and nothing is keyed", action() is None)
    yield 0.5
    window.shot("timeline_2_list")
    yield from window.key("Z", ctrl=True)
    window.check("undo empties the list", not len(listed()))
    yield from window.key("Z", ctrl=True, shift=True)
    window.check("redo fills it", len(listed()) == 3)
    listed()[2].words, listed()[1].frame = "jump twice", 40
    bpy.ops.ed.undo_push(message="typed over and moved")
    yield 0.5
    window.shot("timeline_3_changed")


def cancelling(window: Window) -> Generator[float, None, None]:
    """Esc ends all of it."""
    state = part("link.session").session
    (FOLDER / "behaviour").write_text("slow")
    state.shutdown()
    bpy.ops.voice_to_motion.direct("INVOKE_DEFAULT")
    yield from window.wait("the first is made", lambda: state.fraction > 0.2)
    titles = [task.title for task in state.tasks]
    window.check(f"each is in the queue with its words: {titles}", titles == [STANDS, "walk forward", "wave", "jump twice"])
    window.shot("timeline_4_queue")
    yield from window.key("ESC")
    yield from window.wait("Esc ends all of them", lambda: not state.tasks, seconds=2.0)
    window.check("and nothing is keyed", action() is None and not state.message)
    (FOLDER / "behaviour").write_text("good")
    state.shutdown()


def directing(window: Window) -> Generator[float, None, None]:
    """Four clips of one action, and one undo step."""
    before = len(bpy.data.actions)
    bpy.ops.voice_to_motion.direct("INVOKE_DEFAULT")
    yield from window.wait("the character wears the action", action)
    clips = [(clip.name, clip.start, clip.last) for clip in action().voice_to_motion.clips]
    window.check(
        f"with a clip for each: {clips}",
        [clip[:2] for clip in clips] == [(STANDS, 1), ("walk forward", 13), ("wave", 40), ("jump twice", 121)],
    )
    window.check("it stands up to the first, which is cut off by the second", [clip[2] for clip in clips[:2]] == [12, 39])
    bpy.context.scene.frame_set(60)
    yield 1.0
    window.shot("timeline_5_result")
    yield from window.key("Z", ctrl=True)
    window.check("one undo takes all of it away", action() is None and len(bpy.data.actions) == before)
    yield from window.key("Z", ctrl=True, shift=True)
    window.check("redo brings it back", len(action().voice_to_motion.clips) == 4)


bpy.context.preferences.view.show_splash = False  # before the first picture is drawn
_window = Window(FOLDER)
run(_window, session(_window))
