"""Speaking in a real window: record, discard, retry, variations, history, the queue, Esc, and how long Blender ever waits.

Started by run.sh; never imported. The backend is tests/addon/peer.py, whose microphone gives a tone.
"""

from __future__ import annotations

import sys
import time
import wave
from collections.abc import Generator
from pathlib import Path

import bpy

FOLDER = Path(sys.argv[sys.argv.index("--") + 1])
sys.path.insert(0, str(FOLDER))
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"
AUDIO = FOLDER / "instruction.ogg"


def behave(how: str) -> None:
    """What the stand-in for the backend does from its next start on."""
    (FOLDER / "behaviour").write_text(how)


def part(name: str):
    """A module of the add-on."""
    return sys.modules[f"{MODULE}.{name}" if name else MODULE]


def settings() -> bpy.types.PropertyGroup:
    """Looked up each time: undo makes references invalid."""
    return bpy.context.scene.voice_to_motion


def character() -> bpy.types.Object:
    """The panel's."""
    return settings().character


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.begin()
    state = part("link.session").session
    bpy.context.preferences.system.viewport_aa = "OFF"  # software rendering
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    bpy.ops.voice_to_motion.create_character()
    bpy.ops.ed.undo_push(message="character")
    yield 1.0
    window.shot("takes_1_empty")
    behave("slow")
    yield from record(window, state)
    yield from generate(window, state)
    yield from variations(window, state)
    yield from leaving(window, state)


def record(window: Window, state) -> Generator[float, None, None]:
    """Record with a countdown, see the level, stop; again and discard; a backend that dies."""
    recorder = part("takes.recorder").recorder
    settings().recording.countdown = 2
    bpy.ops.voice_to_motion.record("INVOKE_DEFAULT")
    window.check("Record returns at once and counts down", recorder.active and recorder.counting > 0)
    yield 0.4
    window.shot("takes_2_countdown")
    yield from window.wait("levels arrive", lambda: recorder.seconds > 0.3)
    yield 0.3
    window.shot("takes_2_recording")
    window.check(f"the meter moves ({recorder.progress_text})", recorder.meter > 0.1 and recorder.device)
    bpy.ops.voice_to_motion.stop_recording()
    yield from window.wait("the take is in the list", lambda: len(settings().takes) == 1)
    take = settings().takes[0]
    window.check(f"with its length ({take.seconds} s)", take.seconds > 0.2 and take.sound.packed_file is not None)
    settings().recording.countdown = 0
    bpy.ops.voice_to_motion.record("INVOKE_DEFAULT")
    yield from window.wait("another recording runs", lambda: recorder.seconds > 0.1)
    yield from window.key("ESC")
    yield from window.wait("Esc discards it", lambda: not recorder.active, seconds=1.0)
    window.check("and nothing is left of it", len(settings().takes) == 1 and not state.message)
    behave("breaksoff")
    state.shutdown()
    bpy.ops.voice_to_motion.record("INVOKE_DEFAULT")
    yield from window.wait("a backend that dies leaves what was recorded", lambda: len(settings().takes) == 2)
    window.check(f"and it is said: {state.message}", "kept" in state.message)
    window.shot("takes_3_broken_off")
    bpy.ops.voice_to_motion.clear_message()
    yield 2.0
    window.shot("takes_4_cleared")
    yield from drop(window)
    behave("longer")
    state.shutdown()


def drop(window: Window) -> Generator[float, None, None]:
    """What Blender calls when files are dropped onto the viewport: it asks the file handlers of where the mouse is."""
    spoken = FOLDER / "spoken.wav"
    with wave.open(str(spoken), "wb") as file:
        file.setparams((1, 2, 16000, 16000, "NONE", ""))
        file.writeframes(bytes(32000))

    def dropped(path: Path) -> None:
        with bpy.context.temp_override(window=window.window, area=window.area, region=window.region("WINDOW")):
            bpy.ops.wm.drop_import_file("INVOKE_DEFAULT", directory=f"{path.parent}/", files=[{"name": path.name}])

    yield from window.point(600, 300)
    dropped(spoken)
    yield 0.5
    window.check("a dropped wav is a take and chosen", settings().audio_path == str(spoken))
    dropped(AUDIO)  # to Blender, .ogg may be a film for an empty as well, so it asks
    yield 0.5
    if settings().audio_path != str(AUDIO):
        window.shot("takes_5_dropped")
        for value in ("PRESS", "RELEASE"):  # Use as Spoken Instruction; the mouse stays where the menu is
            window.window.event_simulate(type="U", value=value, x=600, y=300)
        yield 0.5
    window.check("a dropped ogg too", settings().audio_path == str(AUDIO))
    settings().takes.remove(settings().takes.find("spoken"))
    settings().take_index = len(settings().takes) - 1


def generate(window: Window, state) -> Generator[float, None, None]:
    """Two in the queue; the words before the keys; undo meanwhile; Esc."""
    bpy.ops.ed.undo_push(message="takes")
    bpy.context.scene.frame_set(1)
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    bpy.context.scene.frame_set(101)
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    bpy.context.scene.frame_set(30)
    window.check("two wait", len(state.waiting) == 2)
    yield from window.wait("the words are heard", lambda: state.heard)
    window.check("before anything is keyed", not bpy.data.actions and state.busy)
    yield from window.wait("progress arrives", lambda: state.fraction > 0.3)
    window.shot("takes_4_queue")
    last = state.waiting[-1]
    bpy.ops.voice_to_motion.remove_from_queue(task=last.id)
    yield from window.wait("one is taken out", lambda: last.outcome)
    window.check("and only that one", last.outcome.kind == "cancelled" and len(state.waiting) == 1)
    yield from window.wait("the first is keyed", lambda: character().animation_data and character().animation_data.action)
    yield from window.wait("the second runs", lambda: state.fraction > 0.1)
    yield from window.key("Z", ctrl=True)
    window.check("undo takes the keys of the first away meanwhile", character().animation_data is None or not bare())
    yield from window.key("ESC")
    started = time.monotonic()
    yield from window.wait("Esc cancels the second", lambda: not state.busy, seconds=2.0)
    window.say(f"     {time.monotonic() - started:.2f} s after the key was released and half a second had passed")
    yield from window.key("Z", ctrl=True, shift=True)
    window.check("redo brings the keys of the first back", bare())


def bare():
    """The character's action, if it has one."""
    data = character().animation_data
    return data.action if data else None


def variations(window: Window, state) -> Generator[float, None, None]:
    """Four at once, one undo step; arrows; a click in the history."""
    state.shutdown()
    behave("good")
    settings().variations = 4
    bpy.ops.ed.undo_push(message="four")
    before = len(bpy.data.actions)
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    worn = lambda: bare() is not None and bare().get("variation") == 1  # noqa: E731
    yield from window.wait("four variations are actions", lambda: len(bpy.data.actions) == before + 4 and worn())
    yield 0.5
    window.shot("takes_5_variations")
    first = bare().name
    yield from window.key("Z", ctrl=True)
    window.check("one undo takes all four away", len(bpy.data.actions) == before)
    yield from window.key("Z", ctrl=True, shift=True)
    window.check("and redo brings them back", len(bpy.data.actions) == before + 4 and bare().name == first)
    bpy.ops.voice_to_motion.step_variation("EXEC_DEFAULT", True, direction="NEXT")
    window.check("the arrow steps", bare().name != first and bare()["seed"] == 124)
    settings().history_index = bpy.data.actions.find(first)
    window.check("the history goes back", bare().name == first)
    bpy.context.scene.frame_set(40)
    yield 0.5
    window.shot("takes_6_history")


def leaving(window: Window, state) -> Generator[float, None, None]:
    """Load another file and disable the extension in the middle of it."""
    behave("longer")
    state.shutdown()
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    yield from window.wait("a generation runs", lambda: state.fraction > 0.1)
    bpy.ops.wm.save_as_mainfile(filepath=str(FOLDER / "saved.blend"))
    window.check("saving does not disturb it", state.busy)
    bpy.ops.wm.open_mainfile(filepath=str(FOLDER / "saved.blend"))
    yield from window.wait("loading a file cancels it", lambda: not state.busy, seconds=3.0)
    window.check("the takes are still there, packed", [bool(t.sound.packed_file) for t in settings().takes][:2] == [True, True])
    window.check("and the variations too", len([a for a in bpy.data.actions if "variation" in a]) == 4)
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    yield from window.wait("the next one runs", lambda: state.fraction > 0.1)
    tick = part("link.timer").tick
    bpy.ops.preferences.addon_disable(module=MODULE)
    window.check("disabling ends the backend and the timer", state.client is None and not bpy.app.timers.is_registered(tick))
    bpy.ops.preferences.addon_enable(module=MODULE)
    yield 0.5


bpy.context.preferences.view.show_splash = False  # before the first picture is drawn
_window = Window(FOLDER)
run(_window, session(_window))
