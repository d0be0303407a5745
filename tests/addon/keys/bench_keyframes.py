"""How long keying takes, in bulk and with keyframe_insert: 55 bones x 180 frames. Prints one JSON line.

Times are wall clock, of the bulk way the best of several, and beside them processor time, which other work on the
machine does not lengthen.

Run with a Python that has bpy: `python tests/addon/keys/bench_keyframes.py`. The character and the keys are the add-on's
own.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

FRAMES = 180


def measure(bpy, frames: int = FRAMES, repeats: int = 5) -> dict:
    """Time both ways on the same armature and the same values.

    Args:
        bpy: the module, with the add-on's package importable as ``addon``.
        frames: how many frames.
        repeats: the bulk way is timed so often; the quickest counts. keyframe_insert is timed once.
    """
    import numpy as np

    from addon.character.armature import build_armature
    from addon.keys.channels import Channel
    from addon.keys.keyframes import curve_owner, ensure_action, write_channels

    bones = [bone for bone in build_armature("Bench", bpy.context.scene.collection, bpy.context).pose.bones if bone.name != "root"]
    armature = bones[0].id_data
    random = np.random.default_rng(0)
    quaternions = random.normal(size=(frames, len(bones), 4)).cumsum(axis=0) * 0.1 + (1, 0, 0, 0)
    quaternions /= np.linalg.norm(quaternions, axis=-1, keepdims=True)
    place = random.normal(size=(frames, 3)).cumsum(axis=0) * 0.01
    numbers = np.arange(1.0, frames + 1)

    def clear() -> None:
        armature.animation_data_clear()
        for action in list(bpy.data.actions):
            bpy.data.actions.remove(action)

    def bulk() -> None:
        ensure_action(armature, "Bench")
        channels = [
            Channel(f'pose.bones["{bone.name}"].rotation_quaternion', quaternions[:, i], bone.name) for i, bone in enumerate(bones)
        ]
        channels.append(Channel('pose.bones["pelvis"].location', place, "pelvis"))
        write_channels(armature, channels, numbers)

    def one_by_one() -> None:
        for row, frame in enumerate(numbers):
            for i, bone in enumerate(bones):
                bone.rotation_quaternion = quaternions[row, i]
                bone.keyframe_insert("rotation_quaternion", frame=frame, group=bone.name)
            armature.pose.bones["pelvis"].location = place[row]
            armature.pose.bones["pelvis"].keyframe_insert("location", frame=frame, group="pelvis")

    def timed(way: Callable[[], None]) -> tuple[float, float]:
        clear()
        wall, processor = time.perf_counter(), time.thread_time()
        way()
        return (time.perf_counter() - wall) * 1e3, (time.thread_time() - processor) * 1e3

    fast = [min(times) for times in zip(*(timed(bulk) for _ in range(repeats)), strict=True)]
    keys = sum(len(curve.keyframe_points) for curve in curve_owner(armature).fcurves)
    slow = timed(one_by_one)
    return {
        "benchmark": "keying",
        "bones": len(bones),
        "frames": frames,
        "keys": keys,
        "bulk_ms": round(fast[0], 2),
        "keyframe_insert_ms": round(slow[0], 1),
        "ratio": round(slow[0] / fast[0], 1),
        "bulk_processor_ms": round(fast[1], 2),
        "ratio_processor": round(slow[1] / fast[1], 1),
        "blender": bpy.app.version_string,
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    os.environ["BLENDER_USER_RESOURCES"] = tempfile.mkdtemp(prefix="voice-to-motion-bench-")
    import bpy

    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    print(json.dumps(measure(bpy)), flush=True)
    os._exit(0)  # bpy 4.2 and 4.5 can crash or hang while they end
