"""What there is around a clip and within it: keys beside it, keys made by hand, and what newer clips leave of it to see."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ..keys.keyframes import Channel
from ..tweak.edits import Edit, find_edits
from .values import ClipError, Written

MOST_BY_HAND = 0.5  # of the keys; more were not changed by hand but by something that goes over whole actions


@dataclass(frozen=True)
class Curve:
    """One F-curve and its keys: frames (K) and values (K)."""

    curve: bpy.types.FCurve
    frames: np.ndarray
    values: np.ndarray


Curves = dict[str, list[Curve]]  # data path -> one of each component


def curves_by_path(owner: bpy.types.Action | bpy.types.ActionChannelbag) -> Curves:
    """The F-curves of bones' places and rotations, by data path and in the order of their components."""
    found_curves: dict[str, dict[int, Curve]] = {}
    for curve in owner.fcurves:
        path = curve.data_path
        if path.startswith("pose.bones") and path.endswith(("].location", "].rotation_quaternion", "].rotation_euler")):
            keys = np.empty(len(curve.keyframe_points) * 2, dtype=np.float32)
            curve.keyframe_points.foreach_get("co", keys)
            found_curves.setdefault(path, {})[curve.array_index] = Curve(curve, keys[::2].astype(float), keys[1::2].astype(float))
    counts = {path: 4 if path.endswith("quaternion") else 3 for path in found_curves}
    return {path: [own[i] for i in range(counts[path])] for path, own in found_curves.items() if len(own) == counts[path]}


def visible(start: int, length: int, covered: list[tuple[int, int]]) -> list[slice]:
    """The rows of a clip that no range in ``covered`` (first and last frame) lies over, as runs."""
    free = np.ones(length, dtype=bool)
    for first, last in covered:
        free[max(first - start, 0) : max(last - start + 1, 0)] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(np.int8), [0]])))
    return [slice(int(first), int(stop)) for first, stop in edges.reshape(-1, 2)]


def beside(curves: Curves, frame: int, way: int, known: dict[str, list]) -> dict[str, list]:
    """The values one and two frames beyond ``frame``, backwards (``way`` -1) or forwards (1), of channels with keys there.

    Where the nearest key is farther away, what is one frame beyond depends on the clip's own keys; there ``known``, from
    when it was written first, goes on to count.
    """
    result = {}
    for path, own in curves.items():
        away = [way * (curve.frames - frame) for curve in own]
        if not all((distance > 0.01).any() for distance in away):
            continue
        if path in known and min(distance[distance > 0.01].min() for distance in away) > 1.5:
            result[path] = known[path]
        else:
            result[path] = [[curve.curve.evaluate(frame + way * step) for curve in own] for step in (1, 2)]
            if path.endswith("quaternion"):
                result[path] = [list(np.array(value) / max(np.linalg.norm(value), 1e-9)) for value in result[path]]
    return result


def hand_made(channels: list[Channel], old: Written, edits: list[Edit], curves: Curves, seen: list[slice]) -> list[Edit]:
    """The animator's keys: those known from before and those found now.

    Args:
        channels: what was written, every frame; old: with what.
        seen: the rows that no newer clip lies over.

    Raises:
        ClipError: nearly everything is different, so that it was not done key by key.
    """
    times = np.arange(old.length) / old.fps * old.tweaks.speed
    free = np.zeros(old.length, dtype=bool)
    for rows in seen:
        free[rows] = True
    new, all_keys = [], 0
    for channel in channels:
        own = curves.get(channel.data_path)
        if own is None or len(own) != channel.values.shape[1]:
            continue
        rows, actual = _keys_in(own, old.start, free)
        if len(rows):
            changed = find_edits(channel.data_path, channel.values, times, rows, actual)
            new += changed
            # Still fingers look the same wherever their keys were moved to.
            all_keys += len(rows) if np.ptp(channel.values, axis=0).max() > 1e-3 or changed else 0
    if len(new) > max(MOST_BY_HAND * all_keys, 20):
        raise ClipError(
            "Most keys of this motion were moved or changed since it was generated. Rewrite Keys makes them anew and gives up"
            " those changes."
        )
    step = 0.5 / old.fps * old.tweaks.speed
    replaced = {(edit.path, round(edit.time / step / 2)) for edit in new}
    return [edit for edit in edits if (edit.path, round(edit.time / step / 2)) not in replaced] + new


def _keys_in(own: list[Curve], start: int, free: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows (K) at which any component has a key, and the values (K, C) there."""
    first = own[0].frames
    together = all(len(curve.frames) == len(first) and (curve.frames == first).all() for curve in own)
    if together:
        rows = np.round(first - start).astype(int)
        inside = (rows >= 0) & (rows < len(free))
        inside[inside] = free[rows[inside]]
        return rows[inside], np.stack([curve.values[inside] for curve in own], axis=-1)
    frames = np.unique(np.round(np.concatenate([curve.frames for curve in own])))
    rows = (frames - start).astype(int)
    inside = (rows >= 0) & (rows < len(free))
    inside[inside] = free[rows[inside]]
    actual = np.array([[curve.curve.evaluate(frame) for curve in own] for frame in frames[inside]])
    return rows[inside], actual.reshape(-1, len(own))
