"""The F-curves of a body's bones: their keys, their range, and the values beside a clip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import bpy
import numpy as np

from ..keys.channels import bone_name, bone_path
from ..keys.keyframes import curve_owner
from ..rigs.rig import Rig


@dataclass(frozen=True)
class Curve:
    """One F-curve and its keys: frames (K,) and values (K,)."""

    curve: bpy.types.FCurve
    frames: np.ndarray
    values: np.ndarray


Curves = dict[str, list[Curve]]  # data path -> one of each component
READ = ("].location", "].rotation_quaternion", "].rotation_euler")  # ends of the paths that are looked at


def read_curves(owner: bpy.types.Action | bpy.types.ActionChannelbag) -> Curves:
    """The F-curves of bones' locations and rotations, by data path, components in order."""
    found: dict[str, dict[int, Curve]] = {}
    for curve in owner.fcurves:
        path = curve.data_path
        if path.startswith("pose.bones") and path.endswith(READ):
            found.setdefault(path, {})[curve.array_index] = _read_curve(curve)
    return {
        path: [own[i] for i in range(component_count(path))] for path, own in found.items() if len(own) == component_count(path)
    }


def read_curves_at(owner: bpy.types.Action | bpy.types.ActionChannelbag, paths: Iterable[str]) -> Curves:
    """A few of these F-curves, without a look at the others."""
    found = {}
    for path in paths:
        own = [owner.fcurves.find(path, index=index) for index in range(component_count(path))]
        if all(own):
            found[path] = [_read_curve(curve) for curve in own]
    return found


def component_count(path: str) -> int:
    """Components of a location or rotation."""
    return 4 if path.endswith("quaternion") else 3


def _read_curve(curve: bpy.types.FCurve) -> Curve:
    keys = np.empty(len(curve.keyframe_points) * 2, dtype=np.float32)
    curve.keyframe_points.foreach_get("co", keys)
    frames, values = np.array(keys.reshape(-1, 2).T, dtype=float, order="C")
    return Curve(curve, frames, values)


def read_body_curves(owner: bpy.types.Action | bpy.types.ActionChannelbag, rig: Rig) -> Curves:
    """The F-curves of the bones that clips key."""
    bones = rig.keyed_bones
    return {path: found for path, found in read_curves(owner).items() if bone_name(path) in bones}


def body_paths(owner: bpy.types.Action | bpy.types.ActionChannelbag, rig: Rig) -> set[str]:
    """Data paths of the F-curves of the bones that clips key."""
    bones = rig.keyed_bones
    paths = {curve.data_path for curve in owner.fcurves}
    return {path for path in paths if path.startswith("pose.bones") and path.endswith(READ) and bone_name(path) in bones}


def carrier_curves(owner: bpy.types.Action | bpy.types.ActionChannelbag, rig: Rig) -> list[bpy.types.FCurve]:
    """The F-curves that move the bones above the pelvis, also single components."""
    starts = tuple(bone_path(carrier.name) + "." for carrier in rig.carriers)
    own = [curve for curve in owner.fcurves if curve.data_path.startswith(starts)] if starts else []
    return [curve for curve in own if len(curve.keyframe_points) and not curve.mute]


def key_frames(curve: bpy.types.FCurve) -> np.ndarray:
    """(K,) frames of a curve's keys."""
    keys = np.empty(len(curve.keyframe_points) * 2, dtype=np.float32)
    curve.keyframe_points.foreach_get("co", keys)
    return keys[::2].astype(float)


def keyed_range(rig: Rig) -> tuple[int, int] | None:
    """First and last frame at which the active action keys the body; None where it does not."""
    data = rig.armature.animation_data
    if data is None or data.action is None:
        return None
    curves = read_curves(curve_owner(rig.armature))
    body = [curve for path, found in curves.items() if bone_name(path) in rig.joints for curve in found]
    frames = [(curve.frames[0], curve.frames[-1]) for curve in body if len(curve.frames)]
    if not frames:
        return None
    return int(np.ceil(min(first for first, _ in frames) - 1e-3)), int(np.floor(max(last for _, last in frames) + 1e-3))


def is_keyed_before(curves: Curves, frame: int) -> bool:
    """Whether anything has a key before a frame."""
    return any(len(curve.frames) and curve.frames[0] < frame - 0.5 for own in curves.values() for curve in own)


def neighbour_values(curves: Curves, frame: int, step: int, known: dict[str, list], hold: int = 0) -> dict[str, list]:
    """The values one and two frames beyond ``frame``, of channels with keys there.

    Args:
        step: -1 for the frames before, 1 for those after.
        hold: frames beyond ``frame`` over which the values are held, so that both are those behind them.
        known: the values found when the clip was first written. They hold where the nearest key is more than a frame
            away: the curve in between then depends on the clip's own keys.
    """
    result = {}
    for path, own in curves.items():
        away = [step * (curve.frames - frame) for curve in own]
        if not all((distance > 0.01).any() for distance in away):
            continue
        if hold:
            result[path] = [[curve.curve.evaluate(frame + step * (hold + 1)) for curve in own]] * 2
        elif path in known and min(distance[distance > 0.01].min() for distance in away) > 1.5:
            result[path] = known[path]
        else:
            result[path] = [[curve.curve.evaluate(frame + step * count) for curve in own] for count in (1, 2)]
        if path.endswith("quaternion"):
            result[path] = [list(np.array(value) / max(np.linalg.norm(value), 1e-9)) for value in result[path]]
    return result
