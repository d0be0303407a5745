"""What the Dope Sheet does to keys, without a window: select, move, scale, delete, with Blender's snapping and merging."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import bpy
import numpy as np

ARRAYS = ("co", "handle_left", "handle_right")
ENUMS = ("interpolation", "easing", "type", "handle_left_type", "handle_right_type")
Chosen = Callable[[bpy.types.FCurve, np.ndarray], np.ndarray]  # a curve and its frames (K,) -> (K,) bool


def everything(curve: bpy.types.FCurve, frames: np.ndarray) -> np.ndarray:
    return np.ones(len(frames), dtype=bool)


def between(first: float, last: float) -> Chosen:
    return lambda curve, frames: (frames >= first - 0.01) & (frames <= last + 0.01)


def bones(*names: str) -> Chosen:
    return lambda curve, frames: np.full(len(frames), any(f'["{name}"]' in curve.data_path for name in names))


def delete(curves: Iterable[bpy.types.FCurve], chosen: Chosen = everything) -> None:
    for curve in curves:
        keys = _read(curve)
        _write(curve, keys, ~chosen(curve, keys["co"][:, 0]))


def move(curves: Iterable[bpy.types.FCurve], by: float, chosen: Chosen = everything) -> None:
    """G in the Dope Sheet."""
    _transform(curves, chosen, 1.0, by, snap=False)


def scale(curves: Iterable[bpy.types.FCurve], by: float, pivot: float, chosen: Chosen = everything, snap: bool = True) -> None:
    """S in the Dope Sheet, about the playhead; with snapping, which is on by default, each key moves by whole frames."""
    _transform(curves, chosen, by, pivot - by * pivot, snap)


def _transform(curves: Iterable[bpy.types.FCurve], chosen: Chosen, by: float, offset: float, snap: bool) -> None:
    for curve in curves:
        keys = _read(curve)
        selected = chosen(curve, keys["co"][:, 0])
        if not selected.any():
            continue
        before = keys["co"][:, 0].copy()
        for name in ARRAYS:
            keys[name][selected, 0] = by * keys[name][selected, 0] + offset
        if snap:
            wanted = np.floor(keys["co"][:, 0] - before + 0.5) + before
            for name in ARRAYS[1:]:
                keys[name][selected, 0] += (wanted - keys["co"][:, 0])[selected]
            keys["co"][selected, 0] = wanted[selected]
        if by < 0:
            keys["handle_left"], keys["handle_right"] = (
                np.where(selected[:, None], keys["handle_right"], keys["handle_left"]),
                np.where(selected[:, None], keys["handle_left"], keys["handle_right"]),
            )
        # Selected keys on one frame become one with their mean value, and unselected ones there go.
        frames, kept = keys["co"][:, 0], np.ones(len(selected), dtype=bool)
        for frame in np.unique(np.round(frames[selected], 2)):
            there = np.abs(frames - frame) < 0.01
            mine = np.flatnonzero(there & selected)
            kept[there] = False
            kept[mine[0]] = True
            rise = keys["co"][mine, 1].mean() - keys["co"][mine[0], 1]
            for name in ARRAYS:
                keys[name][mine[0], 1] += rise
        _write(curve, keys, kept)


def _read(curve: bpy.types.FCurve) -> dict[str, np.ndarray]:
    found = {}
    for name in (*ARRAYS, *ENUMS):
        width = 2 if name in ARRAYS else 1
        found[name] = np.empty(len(curve.keyframe_points) * width, dtype=np.float32 if name in ARRAYS else np.int32)
        curve.keyframe_points.foreach_get(name, found[name])
        found[name] = found[name].reshape(-1, width)
    return found


def _write(curve: bpy.types.FCurve, keys: dict[str, np.ndarray], kept: np.ndarray) -> None:
    rows = np.flatnonzero(kept)
    rows = rows[np.argsort(keys["co"][rows, 0], kind="stable")]
    curve.keyframe_points.clear()
    curve.keyframe_points.add(len(rows))
    for name, values in keys.items():
        curve.keyframe_points.foreach_set(name, values[rows].ravel())
    curve.update()
