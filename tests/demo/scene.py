"""The demo inside Blender: install the zip, press its buttons, build a stage, render.

Run by `build.py demo` with a Python that has `bpy`. Everything that makes motion goes through the installed extension
and the backend process it starts; nothing of the project is imported here. The result is a folder with demo.blend,
demo.npz, demo.mp4 and demo.png. It lives under `tests/` because it is not part of the product: it is the product's
whole path, tried once. The recording beside it was spoken by flite's voice slt, whose output is free to use.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

MODULE = "bl_ext.user_default.voice_to_motion"
POSES = 10


class DemoError(Exception):
    """The demo cannot go on. The text is what the user reads."""


class Clock:
    """Seconds spent in each named part, in the order in which the parts were met."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def time(self, part: str) -> Iterator[None]:
        """Count what happens inside towards ``part``."""
        started = time.perf_counter()
        yield
        self.add(part, time.perf_counter() - started)

    def add(self, part: str, seconds: float) -> None:
        """Add seconds to a part."""
        self.seconds[part] = self.seconds.get(part, 0.0) + seconds


class PhaseWatch(threading.Thread):
    """Counts the seconds that the extension's session spends in each phase."""

    def __init__(self, session: object, clock: Clock) -> None:
        super().__init__(daemon=True)
        self.session, self.clock, self.over = session, clock, threading.Event()

    def run(self) -> None:
        """Look every five milliseconds; what happens after the last phase is the writing of keys."""
        last, phase = time.perf_counter(), "starting"
        while not self.over.wait(0.005):
            now = time.perf_counter()
            phase = self.session.phase or ("keying" if phase != "starting" else phase)
            self.clock.add(phase, now - last)
            last = now


def main() -> int:
    """Run the demo; return 0, 1 when a part of it failed, 2 for a bad output folder. One sentence says which."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--extension", type=Path, required=True, help="the extension's zip")
    parser.add_argument("--audio", type=Path, required=True, help="a spoken instruction")
    parser.add_argument("--out", type=Path, required=True, help="folder for the results")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--seconds", type=float)
    options = parser.parse_args()
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:  # said before anything is generated
        print(f"The folder {options.out} cannot be made: {error.strerror}.", file=sys.stderr, flush=True)
        return 2
    with tempfile.TemporaryDirectory(prefix="voice-to-motion-demo-") as home:
        # Before bpy is imported: the user's own Blender settings and extensions stay untouched.
        os.environ["BLENDER_USER_RESOURCES"] = home
        os.environ.setdefault("VOICE_TO_MOTION_PYTHON", sys.executable)
        try:
            run(options, Clock())
        except (DemoError, OSError) as error:
            where = f"{error.filename or options.out} cannot be written: " if isinstance(error, OSError) else ""
            print(f"{where}{getattr(error, 'strerror', None) or error}", file=sys.stderr, flush=True)
            return 1
    return 0


def run(options: argparse.Namespace, clock: Clock) -> None:
    """Do all of it, in order."""
    import bpy
    import numpy as np
    import pictures
    import stage

    with clock.time("installing the extension"):
        bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
        bpy.ops.extensions.package_install_files(repo="user_default", filepath=str(options.extension), enable_on_install=True)
        if MODULE not in bpy.context.preferences.addons:
            raise DemoError(f"Blender did not enable the extension from {options.extension.name}.")
    bpy.context.preferences.filepaths.save_version = 0  # no demo.blend1 beside demo.blend
    scene = bpy.context.scene
    scene.render.fps, scene.render.fps_base = 30, 1.0
    try:
        generate(options, clock)
        cache = import_module(f"{MODULE}.runtime.configuration").cache_folder()
    finally:
        bpy.ops.preferences.addon_disable(module=MODULE)  # ends the backend; without it Blender may hang on exit

    written = max(Path(cache).rglob("*.npz"), key=lambda path: path.stat().st_mtime)
    shutil.copyfile(written, options.out / "demo.npz")
    with np.load(written, allow_pickle=False) as motion:
        heard, seed, frames, fps = (motion[key] for key in ("heard", "seed", "poses", "mocap_frame_rate"))
    scene.frame_end = scene.frame_start + len(frames) - 1
    armature = next(thing for thing in scene.objects if thing.type == "ARMATURE")

    with clock.time("staging"):
        scene.render.resolution_x, scene.render.resolution_y = pictures.FILM
        heads, pelvis = stage.joint_paths(scene, armature)
        stage.add_floor(scene, heads)
        stage.add_light(scene)
        stage.add_camera(scene, heads, pelvis)
        stage.set_workbench(scene)
        stage.prepare_for_opening(scene, armature)
        scene.render.filepath = "//demo"
        try:
            bpy.ops.wm.save_as_mainfile(filepath=str(options.out / "demo.blend"), compress=True)
        except RuntimeError as error:  # how Blender passes on that the disk is full
            raise DemoError(f"demo.blend cannot be written: {str(error).strip().removeprefix('Error: ')}") from error
    with clock.time("contact sheet"), tempfile.TemporaryDirectory() as folder:
        poses = pictures.spread_frames(scene.frame_start, scene.frame_end, POSES)
        stills = pictures.render_stills(scene, poses, Path(folder))
        captions = [f"{(frame - scene.frame_start) / float(fps):.1f} s" for frame in poses]
        facts = f"heard in {options.audio.name}  ·  seed {seed}  ·  {len(frames)} frames at {float(fps):g} fps"
        pictures.contact_sheet(stills, captions, f"“{heard}”", facts, options.out / "demo.png")
    print(f"Rendering {len(frames)} frames ...", flush=True)
    with clock.time("film"):
        film = pictures.render_film(scene, options.out, "demo")

    print(f"\nHeard:  {heard}\nSeed:   {seed}\nFrames: {len(frames)} at {float(fps):g} fps ({len(frames) / fps:.1f} s)")
    print("Seconds: " + ", ".join(f"{part} {seconds:.2f}" for part, seconds in clock.seconds.items()))
    print("Wrote:  " + ", ".join(str(options.out / name) for name in ("demo.blend", "demo.npz", film.name, "demo.png")))


def generate(options: argparse.Namespace, clock: Clock) -> None:
    """Press the extension's own buttons: Create Character, Generate Motion."""
    import bpy

    session = import_module(f"{MODULE}.link.session").session
    settings = bpy.context.scene.voice_to_motion
    with clock.time("character"):
        bpy.ops.voice_to_motion.create_character()
    settings.audio_path = str(options.audio)
    settings.use_random_seed, settings.seed = False, options.seed
    if options.seconds is not None:
        settings.use_auto_length, settings.seconds = False, options.seconds
    bpy.context.scene.frame_set(bpy.context.scene.frame_start)
    watch = PhaseWatch(session, clock)
    watch.start()
    try:
        done = bpy.ops.voice_to_motion.generate()
    except RuntimeError as error:  # how Blender passes on an operator's error report
        raise DemoError(f"{session.message} {session.hint}".strip() or str(error).strip()) from error
    finally:
        watch.over.set()
        watch.join()
    if "FINISHED" not in done:
        raise DemoError(f"{session.message} {session.hint}".strip() or "The generation was cancelled.")


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: Blender's own teardown as a module has been seen to hang, and everything is written and closed.
    os._exit(code)
