"""A clip's digest: what was written on a few channels, by which its keys are found again."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from functools import lru_cache

import bpy
import numpy as np

from ..keys.channels import Channel
from ..keys.keyframes import curve_holders
from ..rigs.rig import Rig
from ..tweak.key_shift import ChannelKeys, KeyShift, fit_key_shift, one_sign
from .body_curves import READ, Curve, Curves, component_count, read_curves_at

REFERENCE = ("pelvis", "neck", "left_shoulder", "right_shoulder", "left_hip", "right_hip")
_ranges: dict[int, tuple[int, list[tuple[int, int]]]] = {}  # action's session uid -> hash of what was looked at, and what it means


def digest_keys(rig: Rig, written: Iterable[tuple[np.ndarray, Channel]]) -> str:
    """The keys that were written on the reference channels, as text for ``clip.written_keys``.

    Args:
        written: frames (T,) with each channel, whose ``keyed`` says which of them got a key.
    """
    bones = {*(rig.match.bones[name] for name in REFERENCE if name in rig.match.bones), rig.root}
    found: dict[str, list[np.ndarray]] = {}
    for frames, channel in written:
        if channel.group in bones and channel.data_path.endswith(READ):
            rows = slice(None) if channel.keyed is None else channel.keyed
            found.setdefault(channel.data_path, []).append(np.column_stack([frames[rows], channel.values[rows]]).astype("<f4"))
    return json.dumps({path: base64.b64encode(np.concatenate(parts).tobytes()).decode("ascii") for path, parts in found.items()})


def written_keys(clip: bpy.types.PropertyGroup) -> dict[str, ChannelKeys]:
    """The keys in a clip's digest, by data path; empty where it has none or a damaged one."""
    return _keys_in_text(clip.written_keys)


@lru_cache(maxsize=64)
def _keys_in_text(digest: str) -> dict[str, ChannelKeys]:
    found = {}
    try:
        for path, text in json.loads(digest or "{}").items():
            numbers = np.frombuffer(base64.b64decode(text), "<f4").reshape(-1, 1 + component_count(path)).astype(float)
            found[path] = _channel_keys(path, numbers[:, 0], numbers[:, 1:])
    except (ValueError, TypeError, AttributeError):  # as a file of somebody else may have it
        return {}
    return found


def _channel_keys(path: str, frames: np.ndarray, values: np.ndarray) -> ChannelKeys:
    return ChannelKeys(frames, one_sign(values) if path.endswith("quaternion") and len(values) else values)


def keys_of_curves(own: list[Curve]) -> tuple[np.ndarray, np.ndarray]:
    """Frames (K,) at which any component has a key, and the values (K, C) there."""
    first = own[0].frames.tobytes()
    if all(curve.frames.tobytes() == first for curve in own):
        return own[0].frames, np.array([curve.values for curve in own]).T
    frames = np.unique(np.round(np.concatenate([curve.frames for curve in own])))
    actual = np.array([[curve.curve.evaluate(frame) for curve in own] for frame in frames])
    return frames, actual.reshape(-1, len(own))


def find_key_shifts(clips: Iterable[bpy.types.PropertyGroup], curves: Curves) -> list[KeyShift | None]:
    """How the keys of each clip of an action were moved; None where they were not together.

    Args:
        curves: of the reference channels at least.
    """
    written = [written_keys(clip) for clip in clips]
    paths = {path for keys in written for path in keys if path in curves}
    now = {path: _channel_keys(path, *keys_of_curves(curves[path])) for path in paths}
    staying = [{path: own[path].in_place(now[path]) for path in own if path in now} for own in written]
    still = [sum(map(np.sum, one.values())) >= 0.5 * sum(map(len, one.values())) for one in staying]
    shifts = []
    for number, own in enumerate(written):
        if still[number] and all(mask.all() for mask in staying[number].values()):
            shifts.append(None)
            continue
        left = {}  # without the keys of clips that stand still: one motion may be there twice
        for path in own.keys() & now.keys():
            free = np.ones(len(now[path].frames), dtype=bool)
            for other in range(len(written)):
                if other != number and still[other] and path in staying[other]:
                    free[now[path].at_frames(written[other][path].frames[staying[other][path]])] = False
            left[path] = ChannelKeys(now[path].frames[free], now[path].values[free])
        shifts.append(fit_key_shift(own, left))
    return shifts


def find_key_shift(clip: bpy.types.PropertyGroup) -> KeyShift | None:
    """`find_key_shifts` for one clip."""
    clips = list(clip.id_data.voice_to_motion.clips)
    return find_key_shifts(clips, _reference_curves(clip.id_data, clips))[clips.index(clip)]


def _reference_curves(action: bpy.types.Action, clips: list[bpy.types.PropertyGroup]) -> Curves:
    paths = {path for clip in clips for path in written_keys(clip)}
    return max((read_curves_at(holder, paths) for holder in curve_holders(action)), key=len, default={}) if paths else {}


def followed_ranges(action: bpy.types.Action) -> list[tuple[int, int]]:
    """First and last frame of each clip of an action, where its keys are now.

    Changes nothing, and is fast enough to be drawn.
    """
    clips = list(action.voice_to_motion.clips)
    curves = _reference_curves(action, clips)
    places = tuple(curve.frames.tobytes() for path in sorted(curves) for curve in curves[path])
    seen = hash((places, *((clip.written_keys, clip.start, clip.length) for clip in clips)))
    if action.session_uid not in _ranges or _ranges[action.session_uid][0] != seen:
        ranges = []
        for clip, shift in zip(clips, find_key_shifts(clips, curves), strict=True):
            ends = (clip.start, clip.last) if shift is None else sorted((shift.forward(clip.start), shift.forward(clip.last)))
            ranges.append((round(ends[0]), round(ends[1])))
        _ranges[action.session_uid] = seen, ranges
    return _ranges[action.session_uid][1]


def followed_range(clip: bpy.types.PropertyGroup) -> tuple[int, int]:
    """`followed_ranges` for one clip."""
    return followed_ranges(clip.id_data)[list(clip.id_data.voice_to_motion.clips).index(clip)]
