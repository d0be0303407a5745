"""Holding custom properties such as IK/FK at a value for a range of frames, by keys."""

from __future__ import annotations

import bpy
import numpy as np

from .keyframes import Channel, curve_owner, write_channels


def hold(target: bpy.types.Object, action: bpy.types.Action, switches: list[Channel], first: float, last: float) -> None:
    """Key each channel's one value from ``first`` to ``last``; what was keyed before and after keeps its value there."""
    existing = {curve.data_path: curve for curve in curve_owner(target, action).fcurves}
    for switch in switches:
        curve = existing.get(switch.data_path)
        times = [point.co.x for point in curve.keyframe_points] if curve else []
        # One frame before and after, the old value is keyed: else it would fade into the new one over any length of time.
        frames, values = [first, last], [float(switch.values[0, 0])] * 2
        if any(time < first - 1 for time in times):
            frames, values = [first - 1, *frames], [curve.evaluate(first - 1), *values]
        if any(time > last + 1 for time in times):
            frames, values = [*frames, last + 1], [*values, curve.evaluate(last + 1)]
        column = np.array(values)[:, None]
        write_channels(target, [Channel(switch.data_path, column, switch.group)], np.array(frames), action)
