"""How well a character follows a motion: angles between limbs and heights of feet, read from the posed armature in world
space and from forward kinematics of the motion that are written here once more, with mathutils only."""

from __future__ import annotations

import itertools
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector

MOTION = Path(__file__).with_name("walk_then_wave.npz")
LIMBS = [
    (f"{side}_{here}", f"{side}_{there}")
    for side in ("left", "right")
    for chain in (("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist"))
    for here, there in itertools.pairwise(chain)
]
FEET = [f"{side}_{joint}" for side in ("left", "right") for joint in ("ankle", "foot")]


def source_positions(body, path: Path = MOTION) -> np.ndarray:
    """(T, J, 3) joints of the motion in Blender's axes: Z up, facing -Y, metres."""
    with np.load(path) as data:
        poses, pelvis = data["poses"].reshape(-1, 55, 3), data["trans"] + data["pelvis_rest"]
    out = np.empty((*poses.shape[:2], 3))
    for frame, (pose, start) in enumerate(zip(poses, pelvis, strict=True)):
        turned = []
        for joint, parent in enumerate(body.parents):
            vector = Vector(pose[joint])
            local = Matrix.Rotation(vector.length, 3, vector) if vector.length > 1e-9 else Matrix.Identity(3)
            turned.append(local if parent < 0 else turned[parent] @ local)
            out[frame, joint] = start if parent < 0 else out[frame, parent] + turned[parent] @ Vector(body.offsets[joint])
    return out[..., [0, 2, 1]] * (1, -1, 1)


def follow(target: bpy.types.Object, bones: dict[str, str], body, every: int = 4) -> dict[str, float]:
    """Compare the keyed ``target`` with the motion, which was keyed from frame 1 at the motion's frame rate.

    Args:
        bones: joint key -> the bone whose head is that joint.

    Returns:
        mean and largest angle between limb directions in degrees; mean and largest foot height error in centimetres of a
        body as tall as the default one; how far planted feet slide, centimetres a second.
    """
    source = source_positions(body)
    frames = range(0, len(source), every)
    names = sorted({name for pair in LIMBS for name in pair} | {key for key in FEET if key in bones})
    rest = {name: target.matrix_world @ target.data.bones[bones[name]].head_local for name in names}
    posed = {name: [] for name in names}
    for frame in frames:
        bpy.context.scene.frame_set(frame + 1)
        bpy.context.view_layer.update()
        for name in names:
            posed[name].append(target.matrix_world @ target.pose.bones[bones[name]].head)
    posed = {name: np.array(values) for name, values in posed.items()}
    ours = {name: source[list(frames), body.index(name)] for name in names}
    still = body.rest_positions()[:, [0, 2, 1]] * (1, -1, 1)

    angles = [_angles(posed[b] - posed[a], ours[b] - ours[a]) for a, b in LIMBS]
    scale = _leg({name: np.array(at) for name, at in rest.items()}) / _leg({name: still[body.index(name)] for name in names})
    heights = []
    for name in (key for key in FEET if key in bones):
        own = (posed[name][:, 2] - rest[name].z) / scale
        heights.append(np.abs(own - (ours[name][:, 2] - still[body.index(name), 2])) * 100)
    travelled = np.linalg.norm(posed["left_hip"][-1, :2] - posed["left_hip"][0, :2]) / scale
    expected = np.linalg.norm(ours["left_hip"][-1, :2] - ours["left_hip"][0, :2])
    return {
        "angle": float(np.degrees(np.mean(angles))), "largest angle": float(np.degrees(np.max(angles))),
        "height": float(np.mean(heights)), "largest height": float(np.max(heights)),
        "way": float(travelled / max(expected, 1e-9)),
    }  # fmt: skip


def _angles(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), (a * b).sum(-1))


def _leg(at: dict[str, np.ndarray]) -> float:
    return sum(
        float(np.linalg.norm(at[f"{side}_{b}"] - at[f"{side}_{a}"]))
        for side in ("left", "right") for a, b in (("hip", "knee"), ("knee", "ankle"))
    ) / 2  # fmt: skip
