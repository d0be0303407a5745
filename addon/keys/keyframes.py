"""Actions and their keys in bulk, in every Blender.

    4.2, 4.3   F-curves and groups belong to the action
    4.4, 4.5   they belong to the channelbag of a slot; `action.fcurves` is a shim for one slot
    5.0 on     only channelbags are left

No other module asks how actions differ. What an object or bone is, this one does not ask: a channel is a data path and
numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import bpy
import numpy as np

from ..motion.coordinates import continuous_signs
from .channels import Channel

# Everything of a key that must survive when other keys of its curve are written.
_HANDLES = ("handle_left", "handle_right")
_KEY_ARRAYS = ("co", *_HANDLES)
# With Blender's value for new keys: most kept keys have that, and need not be set.
_KEY_NUMBERS = {"amplitude": 0.0, "back": 0.0, "period": 0.0}  # of keys that are added in bulk
_KEY_ENUMS = {
    "interpolation": "BEZIER",
    "easing": "AUTO",
    "type": "KEYFRAME",
    "handle_left_type": "AUTO_CLAMPED",
    "handle_right_type": "AUTO_CLAMPED",
}
_SAME_FRAME = 0.01  # frames; Blender itself merges keys that are closer than this
_FEW = 150  # keys; more are not removed one by one, since each moves all behind it
_FEW_NEW = 12  # keys; more are not added one by one: 3 microseconds each, against 90 for all in bulk


class KeyingError(Exception):
    """The keys cannot be written. The text is one sentence for the user."""


def key_disabled_reason(target: bpy.types.Object) -> str:
    """Why keys cannot be written to ``target`` at the moment; empty when they can."""
    if target.library is not None:
        return f"{target.name} is linked from another file: make a library override of it first"
    data = target.animation_data
    if data is not None and data.use_tweak_mode:
        return f"{target.name} is tweaking an NLA strip: leave tweak mode (Tab in the NLA editor) first"
    if data is not None and data.action is not None and data.action.library is not None:
        return f"The action of {target.name} is linked from another file: give it an action of its own first"
    return ""


def ensure_action(target: bpy.types.Object, name: str) -> bpy.types.Action:
    """The active action of ``target``, else a new one; with a slot bound where there are slots.

    Raises:
        KeyingError: the object or its action is linked, or an NLA strip is being tweaked.
    """
    reason = key_disabled_reason(target)
    if reason:
        raise KeyingError(reason + ".")
    data = target.animation_data or target.animation_data_create()
    if data.action is None:
        data.action = bpy.data.actions.new(name)
    action = data.action
    # An action whose slot is unbound does not move the character.
    if hasattr(action, "slots") and data.action_slot is None:
        suitable = list(data.action_suitable_slots)
        data.action_slot = suitable[0] if suitable else action.slots.new(id_type="OBJECT", name=target.name)
    return action


def new_action(target: bpy.types.Object, name: str) -> bpy.types.Action:
    """An action for ``target`` that is not its active one, with a slot where there are slots."""
    action = bpy.data.actions.new(name)
    if hasattr(action, "slots"):
        action.slots.new(id_type="OBJECT", name=target.name)
    return action


def curve_owner(target: bpy.types.Object, action: bpy.types.Action | None = None) -> bpy.types.Action | bpy.types.ActionChannelbag:
    """What holds F-curves and groups: the action before 4.4, its slot's channelbag since.

    Args:
        action: the active one where None; may be one that moves the object from an NLA strip.
    """
    data = target.animation_data
    action = action or data.action
    if not hasattr(action, "slots"):
        return action
    layer = action.layers[0] if len(action.layers) else action.layers.new("Layer")
    strip = layer.strips[0] if len(layer.strips) else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(_slot_of(data, action), ensure=True)


def curve_holders(action: bpy.types.Action) -> list[bpy.types.Action | bpy.types.ActionChannelbag]:
    """What has F-curves in an action, one for each slot. Makes nothing, so panels may ask."""
    if not hasattr(action, "slots"):
        return [action]
    return [bag for layer in action.layers for strip in layer.strips for bag in strip.channelbags]


def groups_can_mute(action: bpy.types.Action) -> bool:
    """Whether a muted group mutes its channels: not where actions have slots."""
    return not hasattr(action, "slots")


def _slot_of(data: bpy.types.AnimData, action: bpy.types.Action) -> bpy.types.ActionSlot:
    if data.action == action and data.action_slot is not None:
        return data.action_slot
    # A copy of the action it wears has a slot of the same name for it.
    wanted = data.action_slot.identifier if data.action_slot is not None else data.last_slot_identifier
    if wanted in action.slots:
        return action.slots[wanted]
    strips = [strip for track in data.nla_tracks for strip in track.strips if strip.action == action]
    return next((strip.action_slot for strip in strips if strip.action_slot is not None), action.slots[0])


def write_channels(
    target: bpy.types.Object, channels: Iterable[Channel], frames: np.ndarray, action: bpy.types.Action | None = None
) -> int:
    """Replace the keys of ``channels`` from the first to the last frame.

    Keys outside keep their place, handles and interpolation. Four-component channels are quaternions: their signs are
    made continuous, within and with the keys before and after.

    Args:
        target: object whose action is written; see `ensure_action`.
        frames: (T,) increasing frame numbers; may be fractional.
        action: see `curve_owner`.

    Returns:
        How many keys were written.
    """
    owner = curve_owner(target, action)
    curves = {(curve.data_path, curve.array_index): curve for curve in owner.fcurves}
    groups = {group.name: group for group in owner.groups}
    count = 0
    for channel in channels:
        group = groups.get(channel.group) or groups.setdefault(channel.group, owner.groups.new(channel.group))
        own = []
        for index in range(channel.values.shape[1]):
            curve = curves.get((channel.data_path, index))
            if curve is None:
                curve = owner.fcurves.new(channel.data_path, index=index)
                curve.group = group
            own.append(curve)
        kept = [_clear_ranges(curve, (frames[0], frames[-1])) for curve in own]
        values = channel.values
        if len(own) == 4:
            values = _signs_with_kept(values, own, kept, frames[0])
        rows = slice(None) if channel.keyed is None else np.flatnonzero(channel.keyed)
        slopes = None
        if channel.slopes is not None:
            slopes = channel.slopes[rows]
            if values is not channel.values:  # signs may have changed
                slopes = np.where((values[rows] * channel.values[rows]).sum(-1, keepdims=True) < 0, -slopes, slopes)
        for curve, keys, new in zip(own, kept, _new_keys(frames[rows], values[rows], slopes), strict=True):
            _add_keys(curve, keys, new)
            count += len(new["co"])
    return count


def clear_keys(owner: bpy.types.Action | bpy.types.ActionChannelbag, paths: set[str], *ranges: tuple[float, float]) -> None:
    """Remove the keys at ``paths`` in ranges of frames; the curves stay, even empty.

    Args:
        ranges: first and last frame of each.
    """
    for curve in owner.fcurves:
        if curve.data_path in paths:
            _clear_ranges(curve, *ranges)


def _new_keys(frames: np.ndarray, values: np.ndarray, slopes: np.ndarray | None) -> list[dict[str, np.ndarray]]:
    """For each component the attributes of keys that differ from those of Blender's new keys.

    Bezier keys have handles a third of the way to their neighbours, so that they run evenly in time.

    Args:
        frames: (K,).
        values: (K, C).
        slopes: (K, C) change per frame of Bezier keys; None for linear ones.
    """
    count, components = values.shape
    co = np.empty((components, count, 2), np.float32)
    co[..., 0], co[..., 1] = frames, values.T
    if slopes is None:
        linear = np.full((count, 1), _enum_value("interpolation", "LINEAR"), np.int32)
        return [{"co": one, "interpolation": linear} for one in co]
    reach = np.diff(co[0, :, 0]) / 3
    before = np.concatenate([reach[:1], reach]) if len(reach) else np.ones(1)
    after = np.concatenate([reach, reach[-1:]]) if len(reach) else np.ones(1)
    left, right = co.astype(np.float64), co.astype(np.float64)
    left[..., 0] -= before
    left[..., 1] -= before * slopes.T
    right[..., 0] += after
    right[..., 1] += after * slopes.T
    left, right = left.astype(np.float32), right.astype(np.float32)
    aligned = np.full((count, 1), _enum_value("handle_left_type", "ALIGNED"), np.int32)
    bezier = np.full((count, 1), _enum_value("interpolation", "BEZIER"), np.int32)
    same = {"handle_left_type": aligned, "handle_right_type": aligned, "interpolation": bezier}
    return [{"co": co[i], "handle_left": left[i], "handle_right": right[i], **same} for i in range(components)]


@lru_cache(maxsize=None)
def _enum_value(attribute: str, identifier: str) -> int:
    return bpy.types.Keyframe.bl_rna.properties[attribute].enum_items[identifier].value


def _clear_ranges(curve: bpy.types.FCurve, *ranges: tuple[float, float]) -> np.ndarray:
    """Remove the keys in ranges of frames. Returns (K, 2) frames and values of the others."""
    points = curve.keyframe_points
    keys = _read_attribute(points, "co")
    if not len(keys) or keys[-1, 0] < min((first for first, _ in ranges), default=np.inf) - _SAME_FRAME:
        return keys
    inside = np.zeros(len(keys), dtype=bool)
    for first, last in ranges:
        inside |= (keys[:, 0] >= first - _SAME_FRAME) & (keys[:, 0] <= last + _SAME_FRAME)
    removed = np.flatnonzero(inside)
    if not len(removed):
        return keys
    if len(removed) == len(keys):
        points.clear()
        return keys[:0]
    outside = ~inside
    if len(removed) > _FEW:
        kept = _read_all(points, outside)
        points.clear()
        _write_all(curve, kept)
    else:
        for row in reversed(removed.tolist()):
            points.remove(points[row], fast=True)
    return keys[outside]


def _read_attribute(points: bpy.types.FCurveKeyframePoints, name: str) -> np.ndarray:
    """(K, width) one attribute of all keys."""
    width = 2 if name in _KEY_ARRAYS else 1
    values = np.empty(len(points) * width, dtype=np.int32 if name in _KEY_ENUMS else np.float32)
    points.foreach_get(name, values)
    return values.reshape(-1, width)


def _read_all(points: bpy.types.FCurveKeyframePoints, rows: np.ndarray | slice = slice(None)) -> dict[str, np.ndarray]:
    """All attributes of some keys."""
    return {name: _read_attribute(points, name)[rows] for name in (*_KEY_ARRAYS, *_KEY_NUMBERS, *_KEY_ENUMS)}


def _write_all(curve: bpy.types.FCurve, keys: dict[str, np.ndarray]) -> None:
    """Give all attributes to a curve without keys."""
    points = curve.keyframe_points
    points.add(len(keys["co"]))
    for name, values in keys.items():
        if name in _KEY_ARRAYS or (values != _new_key_value(name)).any():
            points.foreach_set(name, values.ravel())
    curve.update()
    # `update` computes all handles. They have to stay as they were, bit by bit.
    for name in _HANDLES:
        points.foreach_set(name, keys[name].ravel())


def _signs_with_kept(values: np.ndarray, own: list[bpy.types.FCurve], kept: list[np.ndarray], first: float) -> np.ndarray:
    """Quaternions (T, 4) with signs continuous with the kept keys, of which later ones may flip.

    Flipping a whole run of keys from q to -q changes no rotation. It needs all four curves to have the same keys; where
    an animator deleted some, the curves no longer hold quaternions and are left as they are.

    Args:
        kept: (K, 2) of each curve, all of its present keys.
    """
    if not len(kept[0]) or any(len(keys) != len(kept[0]) for keys in kept):
        return continuous_signs(values)
    keys = np.array(kept)  # (4, K, 2)
    times, old = keys[:, :, 0], keys[:, :, 1]
    if np.abs(times - times[0]).max() > _SAME_FRAME:
        return continuous_signs(values)
    earlier = int(times[0].searchsorted(first))
    values = continuous_signs(values, old[:, earlier - 1] if earlier else None)
    if earlier < len(times[0]) and old[:, earlier] @ values[-1] < 0:
        for curve in own:
            for name in _KEY_ARRAYS:
                flipped = _read_attribute(curve.keyframe_points, name)
                flipped[earlier:, 1] *= -1
                curve.keyframe_points.foreach_set(name, flipped.ravel())
    return values


def _add_keys(curve: bpy.types.FCurve, kept: np.ndarray, new: dict[str, np.ndarray]) -> None:
    """Add keys to those of a curve, in order of time.

    Args:
        kept: (K, 2) where its present keys are.
    """
    points, count, added = curve.keyframe_points, len(kept), len(new["co"])
    behind = not count or kept[-1, 0] < new["co"][0, 0]
    if behind and added <= _FEW_NEW:
        _append_few(points, count, new)
        if not count:
            curve.update()
    elif not count:
        points.add(added)
        for name, values in new.items():
            if name in _KEY_ARRAYS or values[0] != _new_key_value(name):  # all are alike
                points.foreach_set(name, values.ravel())
        curve.update()
    elif behind:
        # Behind the others: of these only what `update` changes is read and written again.
        before = {"co": kept} | {name: _read_attribute(points, name) for name in _HANDLES}
        points.add(added)
        points.foreach_set("co", np.concatenate([before["co"], new["co"]]).ravel())
        for name in new.keys() - before.keys():
            if new[name][0] != _new_key_value(name):
                values = _read_attribute(points, name)
                values[count:] = new[name]
                points.foreach_set(name, values.ravel())
        curve.update()
        for name in _HANDLES:
            points.foreach_set(name, np.concatenate([before[name], new.get(name, new["co"])]).ravel())
    else:
        keys = _read_all(points)
        order = np.argsort(np.concatenate([keys["co"][:, 0], new["co"][:, 0]]), kind="stable")
        for name, values in keys.items():
            usual = new["co"] if name in _KEY_ARRAYS else np.full((added, 1), _new_key_value(name))
            keys[name] = np.concatenate([values, new.get(name, usual).astype(values.dtype, copy=False)])[order]
        points.clear()
        _write_all(curve, keys)


def _append_few(points: bpy.types.FCurveKeyframePoints, count: int, new: dict[str, np.ndarray]) -> None:
    """Add keys behind ``count`` others one by one, without a look at those.

    Most curves of a still hand get two."""
    points.add(len(new["co"]))
    added = [points[row] for row in range(count, len(points))]
    for name, values in new.items():
        if name in _KEY_ARRAYS:
            for point, value in zip(added, values.tolist(), strict=True):
                setattr(point, name, value)
        elif values[0] != _new_key_value(name):  # all are alike
            identifier = _enum_identifier(name, int(values[0, 0]))
            for point in added:
                setattr(point, name, identifier)


@lru_cache(maxsize=None)
def _enum_identifier(attribute: str, value: int) -> str:
    items = bpy.types.Keyframe.bl_rna.properties[attribute].enum_items
    return next(item.identifier for item in items if item.value == value)


@lru_cache(maxsize=None)
def _new_key_value(attribute: str) -> np.float32 | int:
    """The value of an attribute in a key that Blender has just added."""
    number = _KEY_NUMBERS.get(attribute)
    return _enum_value(attribute, _KEY_ENUMS[attribute]) if number is None else np.float32(number)


def hold_values(target: bpy.types.Object, action: bpy.types.Action, switches: Iterable[Channel], first: float, last: float) -> None:
    """Key custom properties, such as IK/FK switches, at one value for a range of frames.

    What was keyed before and after keeps its value there.

    Args:
        switches: one value (1, 1) each.
    """
    existing = {curve.data_path: curve for curve in curve_owner(target, action).fcurves}
    for switch in switches:
        curve = existing.get(switch.data_path)
        times = [point.co.x for point in curve.keyframe_points] if curve else []
        # The old value is keyed one frame before and after: else it would fade into the new one.
        frames, values = [first, last], [float(switch.values[0, 0])] * 2
        if any(time < first - 1 for time in times):
            frames, values = [first - 1, *frames], [curve.evaluate(first - 1), *values]
        if any(time > last + 1 for time in times):
            frames, values = [*frames, last + 1], [*values, curve.evaluate(last + 1)]
        column = np.array(values)[:, None]
        write_channels(target, [Channel(switch.data_path, column, switch.group)], np.array(frames), action)
