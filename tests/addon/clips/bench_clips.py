"""How long replacing a clip takes that pushes two behind it: 300 frames each, instead of 200. Prints one JSON line.

Processor time of pressing the button in full, best of several, since the window waits for it; and as a multiple of a fixed piece
of Python and numpy, which does not depend on the machine.

Run with a Python that has bpy, from the repository root: `python -m tests.addon.clips.bench_clips`.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FRAMES, REPLACED = 300, 200


def measure(bpy, folder: Path, repeats: int = 5) -> dict:
    """Replace the first of three clips, each time with other motions, so that nothing is known from the time before.

    Args:
        bpy: the module, with the extension installed.
        folder: for the motion files.
        repeats: the quickest counts.
    """
    import numpy as np

    from tests.gui.probe import plain_work

    scene, apply = bpy.context.scene, bpy.ops.voice_to_motion.apply_motion
    scene.render.fps = 30
    bpy.ops.voice_to_motion.create_character()
    character = scene.voice_to_motion.character
    with np.load(ROOT / "tests/addon/rigs/walk_then_wave.npz") as data:
        motion = {key: data[key] for key in data.files}
    count = len(motion["poses"])
    there_and_back = np.concatenate([np.arange(count), np.arange(count)[::-1]])

    def piece(first: int, length: int = FRAMES) -> str:
        rows = np.resize(np.roll(there_and_back, -first), length)
        path = folder / f"{first}.npz"
        np.savez_compressed(path, **{**motion, "poses": motion["poses"][rows], "trans": motion["trans"][rows]})
        return str(path)

    took, ratios = [], []
    for number in range(repeats):
        character.animation_data_clear()
        new = piece(180 + 3 * number)
        for frame, path in (
            (1, piece(3 * number, REPLACED)),
            (REPLACED, piece(60 + 3 * number)),
            (REPLACED + FRAMES, piece(120 + 3 * number)),
        ):
            scene.frame_set(frame)
            apply(filepath=path)
        scene.frame_set(REPLACED // 2)
        plain, started = plain_work(), time.thread_time()
        apply(filepath=new)
        took.append(time.thread_time() - started)
        ratios.append(took[-1] / min(plain, plain_work()))
    clips = sorted((clip.start, clip.length) for clip in character.animation_data.action.voice_to_motion.clips)
    return {
        "benchmark": "clips",
        "frames": FRAMES,
        "clips": clips,
        "processor_ms": round(min(took) * 1e3, 1),
        "ratio": round(min(ratios), 1),
        "blender": bpy.app.version_string,
    }


if __name__ == "__main__":
    resources = Path(tempfile.mkdtemp(prefix="voice-to-motion-bench-"))
    os.environ["BLENDER_USER_RESOURCES"] = str(resources)
    import bpy

    from backend.packaging.extension import build_extension

    archive = build_extension(ROOT, resources / "zip")
    bpy.ops.extensions.package_install_files(repo="user_default", filepath=str(archive), enable_on_install=True)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    print(json.dumps(measure(bpy, resources)), flush=True)
    os._exit(0)  # bpy 4.2 and 4.5 can crash or hang while they end
