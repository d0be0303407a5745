"""Speaking to a character in a real window, with the trained backend: record from a (virtual) microphone, generate, scrub, undo.

Started by run.sh, which runs real_outside.py beside it; never imported.
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
from window import Window, run  # noqa: E402

MODULE = "bl_ext.user_default.voice_to_motion"
AUDIO = FOLDER / "instruction.ogg"


def settings() -> bpy.types.PropertyGroup:
    """Looked up each time: undo makes references invalid."""
    return bpy.context.scene.voice_to_motion


def action() -> bpy.types.Action | None:
    """What the character wears."""
    data = settings().character.animation_data
    return data.action if data else None


def arrange(window: Window) -> None:
    """Look at the character from the front left."""
    space = window.area.spaces.active
    turned = Euler((1.35, 0.0, 0.62)).to_matrix().to_4x4()
    place = Matrix.Translation((0.5, -1.1, 0.9)) @ turned @ Matrix.Translation((0.0, 0.0, 4.6))
    space.region_3d.view_matrix = place.inverted()
    space.overlay.show_bones = False
    bpy.context.preferences.system.viewport_aa = "FXAA"
    bpy.context.preferences.view.smooth_view = 0


def session(window: Window) -> Generator[float, None, None]:
    """The whole visit; every yield is a pause in seconds."""
    window.begin()
    part = {name: sys.modules[f"{MODULE}.{name}"] for name in ("link.session", "takes.recorder")}
    state, recorder = part["link.session"].session, part["takes.recorder"].recorder
    window.area.spaces.active.show_region_ui = True
    yield 0.5
    window.region("UI").active_panel_category = "Voice to Motion"
    bpy.ops.voice_to_motion.create_character()
    bpy.context.scene.render.fps = 30
    arrange(window)
    yield 1.0
    if (FOLDER / "no_microphone").exists():
        window.say(f"recording is left out: {(FOLDER / 'no_microphone').read_text()}")
        bpy.ops.voice_to_motion.select_audio(filepath=str(AUDIO))
    else:
        yield from record(window, recorder)
    bpy.ops.ed.undo_push(message="ready")
    settings().variations, settings().use_random_seed, settings().seed = 3, False, 7
    started = time.monotonic()
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    yield from window.wait("the words are heard before anything is keyed", lambda: state.heard and not bpy.data.actions, 120.0)
    window.shot("real_2_generating")
    yield from window.wait("three variations are made", lambda: len(bpy.data.actions) == 3, 120.0)
    yield from window.wait("the first is put on", lambda: action() is not None, 20.0)
    window.say(f"     {time.monotonic() - started:.1f} s from the button to the keys, heard “{state.heard}”")
    window.check("the words are those that were spoken", "walk" in state.heard and "wave" in state.heard)
    window.check("no error", not state.message)
    last = int(action().frame_range[1])
    yield from scrub(window, last)
    seeds = [action()["seed"]]
    for _ in range(2):
        bpy.ops.voice_to_motion.step_variation("EXEC_DEFAULT", True, direction="NEXT")
        seeds.append(action()["seed"])
        yield 0.3
    window.check(f"the arrows show three motions {seeds}", seeds == [7, 8, 9])
    bpy.context.scene.frame_set(int(action().frame_range[1] * 0.8))
    yield 0.5
    window.shot("real_3_variation")
    bpy.ops.voice_to_motion.generate("INVOKE_DEFAULT")
    yield from window.wait("another one composes", lambda: state.fraction > 0.05, 60.0)
    pressed = time.monotonic()
    bpy.ops.voice_to_motion.cancel()
    yield from window.wait("cancel ends it", lambda: not state.busy, 5.0)
    took = time.monotonic() - pressed
    # Half a second where the machine is free; the picture is drawn in software beside the networks here.
    window.check(f"cancelled {took:.2f} s after the button", took < 2.0)


def record(window: Window, recorder) -> Generator[float, None, None]:
    """Speak the instruction into the microphone; a pause ends it; what was recorded is what was spoken."""
    bpy.ops.voice_to_motion.record("INVOKE_DEFAULT")
    yield from window.wait("the microphone opens", lambda: recorder.device, 30.0)
    (FOLDER / "speak").write_text(str(AUDIO))
    yield from window.wait("the voice is heard", lambda: recorder.level > -30.0 or len(settings().takes), 20.0)
    yield 0.7
    window.shot("real_1_recording")
    yield from window.wait("a pause ends the recording", lambda: len(settings().takes) == 1, 40.0)
    window.say(f"     the take is {settings().takes[0].seconds:.1f} s long")
    alike = correlation()
    window.check(f"it is the voice that was spoken (correlation {alike:.4f})", alike > 0.99)


def correlation() -> float:
    """Of the take with what was played, at the place where they fit best."""
    take, rate = samples(bpy.path.abspath(settings().takes[0].sound.filepath))
    spoken, own = samples(str(FOLDER / "spoken.wav"))
    spoken = np.fft.irfft(np.fft.rfft(spoken), round(len(spoken) * rate / own))  # to the take's rate, band-limited
    size = len(take) + len(spoken)
    fit = np.fft.irfft(np.fft.rfft(take, size) * np.conj(np.fft.rfft(spoken, size)), size)
    start = int(np.argmax(fit[: max(1, len(take) - len(spoken) // 2)]))
    shared = min(len(spoken), len(take) - start)
    return float(np.corrcoef(take[start : start + shared], spoken[:shared])[0, 1])


def samples(path: str) -> tuple[np.ndarray, int]:
    """Of a 16-bit mono wav file."""
    import wave

    with wave.open(path, "rb") as stream:
        return np.frombuffer(stream.readframes(stream.getnframes()), "<i2").astype(np.float64), stream.getframerate()


def scrub(window: Window, last: int) -> Generator[float, None, None]:
    """Go through the frames: the character walks and one wrist goes above the head."""
    character = settings().character
    places, highest = [], 0.0
    for frame in range(1, last + 1, 3):
        bpy.context.scene.frame_set(frame)
        pose = character.pose.bones
        places.append((character.matrix_world @ pose["pelvis"].head).copy())
        wrist = max((character.matrix_world @ pose[f"{side}_wrist"].head).z for side in ("left", "right"))
        highest = max(highest, wrist - (character.matrix_world @ pose["neck"].head).z)
        if frame % 30 == 1:
            yield 0.1
    way = (places[-1] - places[0]).length
    window.say(f"     walks {way:.2f} m, a wrist comes {highest * 100:.0f} cm above the neck")
    window.check("the character walks", way > 0.5)


bpy.context.preferences.view.show_splash = False  # before the first picture is drawn
_window = Window(FOLDER)
run(_window, session(_window))
