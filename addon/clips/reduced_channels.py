"""A clip's channels with few keys: which frames of each get one.

Frames are chosen on the skeleton, joint by joint, for the motion as it is (`tweak.key_reduction`). What a channel has besides is
fitted on the channel itself: joins, Euler angles, spines of other bones. Hand edits keep their own keys.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import numpy as np

from ..keys.channels import Channel
from ..link.incremental import run_to_end
from ..motion.body import Skeleton
from ..motion.quaternions import angles, lengths, normalized
from ..rigs.rig import Rig
from ..tweak.contacts import POINTS, true_runs
from ..tweak.key_reduction import PRESETS, Bound, Keys, curve_rows, fit_keys, frame_slopes
from ..tweak.pipeline import Tweaked, choose_keys_in_steps
from .clip_channels import ClipChannels, can_be_joined

# Of the bound on positions, for one joined channel. Feet hang from four of them and may be off by a fifth while they stand.
_SHARE, _SHARE_OF_FEET = 0.3, 0.1
_KEPT = 24  # choices
_MOST_JOINED = 0.5  # of a clip; in a longer transition all its keys are chosen together

_chosen: dict[tuple, Keys] = {}  # a motion that only moves to another place keeps its keys


def reduce_channels(rig: Rig, clip: ClipChannels, reduction: str) -> tuple[list[Channel], Keys | None]:
    """The channels with the frames that get a key, and the errors; "NONE" keys every frame."""
    return run_to_end(reduce_channels_in_steps(rig, clip, reduction))


def reduce_channels_in_steps(
    rig: Rig, clip: ClipChannels, reduction: str
) -> Generator[None, None, tuple[list[Channel], Keys | None]]:
    """`reduce_channels`, step by step."""
    count = len(clip.tweaked.motion)
    keys = _chosen.get((*clip.motion_key, reduction))
    if keys is None:
        alone = None
        if clip.alone is not None and clip.tweaked.joined < _MOST_JOINED * count:
            alone = yield from _choose_in_steps(*clip.alone, reduction, rig.skeleton)
            yield
        keys = yield from _choose_in_steps(clip.tweaked, clip.motion_key, reduction, rig.skeleton, alone)
    if keys is None:
        return clip.channels, None
    yield
    bound, carriers = PRESETS[reduction], {carrier.name for carrier in rig.carriers}
    keyed, slopes = {}, {}
    for number, (channel, pins, joined) in enumerate(zip(clip.channels, clip.pinned, clip.joined, strict=True)):
        if not can_be_joined(channel):
            continue
        if channel.group in carriers:
            own = np.zeros(count, dtype=bool)
            if clip.tweaked.root is not None and channel.group == rig.root:
                own = keys.places[:, -1] if _moves(channel) else keys.rotations[:, -1]
        elif _moves(channel) and channel.group == rig.pelvis:
            own = keys.places[:, 0]
        elif _moves(channel):  # a loose foot or hand: where it is depends on every joint above
            own = keys.places[:, 0] | keys.rotations.any(axis=1)
        else:
            own = keys.rotations[:, list(rig.joints.get(channel.group, (0,)))].any(axis=1)
        keyed[number] = (own & ~joined) | pins | _borders(joined)
    for components in (3, 4):
        numbers = [number for number in keyed if clip.channels[number].values.shape[1] == components]
        if numbers:
            slopes |= zip(numbers, frame_slopes(np.stack([clip.channels[number].values for number in numbers])), strict=True)
    yield
    feet = _above_feet(rig.skeleton)
    parts: dict[tuple, list[tuple[int, float]]] = {}  # kind and rows -> channels that are fitted there, and their bounds
    for number in keyed:
        channel, rows = clip.channels[number], list(rig.joints.get(clip.channels[number].group, (0,)))
        quaternion = channel.data_path.endswith("quaternion")
        kind = "location" if _moves(channel) else "quaternion" if quaternion else "euler"
        for first, last in true_runs(clip.joined[number]):
            fits = _joined_bound(rig, rows, _moves(channel), bound, bool(feet & set(rows)))
            parts.setdefault((kind, max(first - 1, 0), min(last + 2, count)), []).append((number, fits))
        if not _moves(channel) and (not quaternion or len(rig.joints.get(channel.group, ())) != 1):
            parts.setdefault((kind, 0, count), []).append((number, np.radians(bound.degrees) / 2))
    # Joins first: what is fitted to whole channels then begins with their keys.
    for (kind, first, stop), members in sorted(parts.items(), key=lambda part: part[0][2] - part[0][1]):
        numbers = [number for number, _ in members]
        values = np.stack([clip.channels[number].values[first:stop] for number in numbers])
        found = _fit_keys(
            kind,
            values,
            np.stack([slopes[number][first:stop] for number in numbers]),
            np.stack([keyed[number][first:stop] for number in numbers]),
            np.array([fits for _, fits in members])[:, None],
        )
        for number, more in zip(numbers, found, strict=True):
            keyed[number][first:stop] = more
    channels = [
        replace(channel, keyed=keyed[number], slopes=slopes[number]) if number in keyed else channel
        for number, channel in enumerate(clip.channels)
    ]
    return channels, keys


def _choose_in_steps(
    tweaked: Tweaked, motion_key: tuple, reduction: str, skeleton: Skeleton, alone: Keys | None = None
) -> Generator[None, None, Keys | None]:
    """Keys of a motion, chosen once.

    Those behind a transition do not depend on it, so that it can change without them."""
    key = (*motion_key, reduction)
    if key not in _chosen:
        keys = yield from choose_keys_in_steps(tweaked, reduction, skeleton, alone)
        if keys is None:
            return None
        while len(_chosen) >= _KEPT:
            _chosen.pop(next(iter(_chosen)))
        _chosen[key] = keys
    return _chosen[key]


def _moves(channel: Channel) -> bool:
    return channel.data_path.endswith("].location")


def _borders(joined: np.ndarray) -> np.ndarray:
    """(T,) bool: the first and last row, and both rows between which a join begins or ends.

    The slope at its first row is the join's already, so the motion before needs a key of its own.
    """
    borders, change = np.zeros(len(joined), dtype=bool), joined[1:] != joined[:-1]
    borders[[0, -1]] = True
    borders[1:] |= change
    borders[:-1] |= change
    return borders


def _above_feet(skeleton: Skeleton) -> set[int]:
    """Rows of the joints that feet hang from, and the feet."""
    feet = [skeleton.index(name) for name in POINTS]
    return {row for foot in feet for row in (foot, *skeleton.ancestors(foot))}


def _joined_bound(rig: Rig, rows: list[int], moves: bool, bound: Bound, feet: bool) -> float:
    """How far a joined channel may be off, in its own units."""
    metres = (_SHARE_OF_FEET if feet else _SHARE) * bound.centimetres / 100
    if moves:
        return metres * rig.space.scale
    reach = max(float(rig.skeleton.reach[rows].max()), 0.05)
    return min(np.radians(bound.degrees) / 2, metres / reach)


def _fit_keys(kind: str, values: np.ndarray, slopes: np.ndarray, keyed: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """(C, T) ``keyed`` with more keys, until no channel is anywhere off by more than its bound.

    Args:
        kind: "quaternion", "euler" or "location".
        values, slopes: (C, T, D).
        keyed: (C, T), with both ends.
        bounds: (C, 1) radians, or the unit of locations.
    """

    def error_of(keys: np.ndarray, rows: np.ndarray) -> np.ndarray:
        curve, wanted = curve_rows(values, slopes, keys, rows), values.reshape(-1, values.shape[-1]).take(rows, axis=0)
        if kind == "quaternion":
            off = angles(wanted, normalized(curve))
        else:
            off = lengths(wanted - curve) if kind == "location" else np.abs(wanted - curve).sum(-1)
        return off / np.repeat(bounds[:, 0], values.shape[1]).take(rows)

    return fit_keys(error_of, keyed)
