"""Keys moved or scaled in time: which line takes the written frames to the present ones.

Moving keys in an editor leaves their values as they are, and values of several components hardly ever repeat. So equal values tell
which key is which, a vote over all channels finds the line, and keys that were edited, deleted or merged cast no vote. Keys that
were scaled onto the same frame are averaged by Blender: then the nearest written value has to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

ON_FRAME = 0.02  # frames; keys nearer than this are at one frame
_SNAPPED = 0.51  # frames by which scaled keys are off after they snapped to whole frames
_MERGED = 1.01  # frames by which one is off that was averaged with its neighbours as well
_AGREE = 0.75  # of the channels have to move alike; else some bones were moved, and the clip was not
_EXPLAINED = 0.6  # of the keys that are known again
_TOGETHER = 0.9  # of a channel's keys that are known again; if fewer moved alike, a part of the clip was moved
_ENOUGH = 0.3  # of all keys; where fewer are known again, most were averaged
_ROUGHLY = 0.5  # the same for keys that were averaged
_FEWEST = 4  # keys
_MOST_EQUAL = 4  # keys of one value; more are a held pose, and tell nothing
_SAMPLES = 150  # keys of a channel that are compared with the nearest values
_GUESSES = 400


@dataclass(frozen=True)
class KeyShift:
    """frame now = scale * frame written + offset."""

    offset: float = 0.0
    scale: float = 1.0

    def forward(self, frames: np.ndarray | float) -> np.ndarray | float:
        """Where written frames are now."""
        return self.scale * frames + self.offset

    def back(self, frames: np.ndarray | float) -> np.ndarray | float:
        """Where present frames were written."""
        return (frames - self.offset) / self.scale


UNMOVED = KeyShift()


@dataclass(frozen=True)
class ChannelKeys:
    """Keys of one channel: frames (K,), increasing, and values (K, C).

    Quaternions have to come with `one_sign`.
    """

    frames: np.ndarray
    values: np.ndarray

    def at_frames(self, frames: np.ndarray) -> np.ndarray:
        """(N,) the row of the key at each frame; -1 where there is none."""
        if not len(self.frames):
            return np.full(len(frames), -1)
        rows = np.clip(np.searchsorted(self.frames, frames - ON_FRAME), 0, len(self.frames) - 1)
        return np.where(np.abs(self.frames[rows] - frames) < ON_FRAME, rows, -1)

    def in_place(self, now: ChannelKeys) -> np.ndarray:
        """(K,) bool: which of these keys ``now`` has at their frames, with their values."""
        if not len(now.frames) or not len(self.frames):
            return np.zeros(len(self.frames), dtype=bool)
        rows = now.at_frames(self.frames)
        return (rows >= 0) & (now.values[rows] == self.values).all(axis=1)


def one_sign(quaternions: np.ndarray) -> np.ndarray:
    """Quaternions (K, 4) with their largest component positive: q and -q are one rotation."""
    largest = np.take_along_axis(quaternions, np.abs(quaternions).argmax(axis=1)[:, None], axis=1)
    return np.where(largest < 0, -quaternions, quaternions)


@dataclass(frozen=True)
class _Pairs:
    """Possible pairs: channel, written frame and present frame, (N,) each.

    ``keys`` numbers the keys that want a partner.
    """

    channels: np.ndarray
    written: np.ndarray
    now: np.ndarray
    keys: np.ndarray

    def explained(self, shift: KeyShift, within: float) -> np.ndarray:
        """(N,) which pairs lie on the line."""
        return np.abs(self.now - shift.forward(self.written)) < within

    def count(self, on_line: np.ndarray) -> int:
        """How many keys have a partner on the line."""
        return len(np.unique(self.keys[on_line]))


def fit_key_shift(written: Mapping[str, ChannelKeys], now: Mapping[str, ChannelKeys]) -> KeyShift | None:
    """How the written keys were moved; None where they were not, or not together.

    Args:
        written, now: by channel. ``now`` may have keys of others as well.
    """
    both = [(keys, now[path]) for path, keys in written.items() if path in now and len(keys.frames)]
    if not both:
        return None
    stay = [keys.in_place(present) for keys, present in both]
    staying, all_keys = sum(each.sum() for each in stay), sum(len(each) for each in stay)
    if staying == all_keys:
        return None
    equal = _equal_values(both)
    found = _vote(equal, _SNAPPED, _TOGETHER)
    known = equal.count(np.ones(len(equal.keys), dtype=bool))
    if max(staying, known) >= _ENOUGH * all_keys:
        return None if found == UNMOVED else found
    merged = _vote(_nearest_values(both), _MERGED, _ROUGHLY)
    found = merged if merged is not None else found
    return None if found == UNMOVED else found


def _runs(keys: ChannelKeys) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First frames, last frames and values of runs of equal keys: a held pose is one run."""
    change = np.flatnonzero((np.diff(keys.values, axis=0) != 0).any(axis=1))
    firsts, lasts = np.concatenate([[0], change + 1]), np.concatenate([change, [len(keys.frames) - 1]])
    return keys.frames[firsts], keys.frames[lasts], keys.values[firsts]


def _equal_values(both: list[tuple[ChannelKeys, ChannelKeys]]) -> _Pairs:
    """Keys of exactly the same values."""
    found = []
    for channel, (written, now) in enumerate(both):
        if not len(now.frames):
            continue
        (first, last, values), (first_now, last_now, values_now) = _runs(written), _runs(now)
        _, kinds = np.unique(np.concatenate([values, values_now]), axis=0, return_inverse=True)
        kinds = kinds.ravel()
        own, theirs = kinds[: len(first)], kinds[len(first) :]
        frequent = np.maximum(np.bincount(own, minlength=kinds.max() + 1), np.bincount(theirs, minlength=kinds.max() + 1))
        order = np.argsort(theirs, kind="stable")
        low, high = np.searchsorted(theirs[order], own), np.searchsorted(theirs[order], own, side="right")
        for row in np.flatnonzero((high > low) & (frequent[own] <= _MOST_EQUAL)):
            key = (channel << 32) + 2 * row
            for other in order[low[row] : high[row]]:
                for end in {first_now[other], last_now[other]}:  # both: they may be reversed
                    found.append((channel, first[row], end, key))
                    if last[row] > first[row]:
                        found.append((channel, last[row], end, key + 1))
    return _pairs(found)


def _nearest_values(both: list[tuple[ChannelKeys, ChannelKeys]]) -> _Pairs:
    """Present keys that are not in place, with the written key of the most similar value."""
    found = []
    for channel, (written, now) in enumerate(both):
        if len(written.frames) < 3 or np.ptp(written.values, axis=0).max() < 1e-3:
            continue
        rows = written.at_frames(now.frames)
        away = (rows < 0) | (written.values[rows] != now.values).any(axis=1)
        chosen = np.flatnonzero(away)
        chosen = chosen[np.linspace(0, len(chosen) - 1, min(len(chosen), _SAMPLES)).astype(int)] if len(chosen) else chosen
        step = np.linalg.norm(np.diff(written.values, axis=0), axis=1)
        step = np.maximum(np.append(step, 0.0), np.append(0.0, step)) + 1e-4
        for row in chosen:
            distance = np.linalg.norm(written.values - now.values[row], axis=1)
            nearest = int(distance.argmin())
            if distance[nearest] <= step[nearest]:
                found.append((channel, written.frames[nearest], now.frames[row], (channel << 32) + int(row)))
    return _pairs(found)


def _pairs(found: list[tuple[int, float, float, int]]) -> _Pairs:
    columns = list(zip(*found, strict=True)) if found else [(), (), (), ()]
    return _Pairs(
        np.array(columns[0], dtype=int), np.array(columns[1], dtype=float), np.array(columns[2], dtype=float),
        np.array(columns[3], dtype=np.int64),
    )  # fmt: skip


def _vote(pairs: _Pairs, within: float, together: float) -> KeyShift | None:
    """The line that most keys are on; None where too few are, or too few channels agree."""
    if len(pairs.keys) < _FEWEST:
        return None
    moved = _best_move(pairs)
    scaled = _best_line(pairs, within)
    counts = [pairs.count(pairs.explained(shift, ON_FRAME)) for shift in (UNMOVED, moved)]
    counts.append(pairs.count(pairs.explained(scaled, within)))
    best, near = (UNMOVED, ON_FRAME) if counts[0] >= counts[1] else (moved, ON_FRAME)
    if max(counts[:2]) < 0.95 * counts[2]:
        best, near = scaled, within
    on_line = pairs.explained(best, near)
    known = pairs.count(np.ones(len(pairs.keys), dtype=bool))
    channels = np.unique(pairs.channels)
    agreeing = 0
    for channel in channels:
        own = pairs.channels == channel
        agreeing += pairs.count(on_line & own) >= together * pairs.count(own)
    count = pairs.count(on_line)
    return best if count >= max(_EXPLAINED * known, _FEWEST) and agreeing >= _AGREE * len(channels) else None


def _best_move(pairs: _Pairs) -> KeyShift:
    """The commonest difference of frames; of equally common ones the smallest."""
    differences, counts = np.unique(np.round((pairs.now - pairs.written) / ON_FRAME).astype(int), return_counts=True)
    common = differences[counts >= counts.max()]
    about = common[np.abs(common).argmin()] * ON_FRAME
    near = np.abs(pairs.now - pairs.written - about) < ON_FRAME
    return KeyShift(float(np.round(np.median((pairs.now - pairs.written)[near]), 4)))


def _best_line(pairs: _Pairs, within: float) -> KeyShift:
    """The line through two pairs that most others are on, then fitted to those."""
    random = np.random.default_rng(0)
    one, other = random.integers(len(pairs.keys), size=(2, _GUESSES))
    span = pairs.written[other] - pairs.written[one]
    far = np.abs(span) >= 0.25 * max(np.ptp(pairs.written), 1.0)
    one, other, span = one[far], other[far], span[far]
    scales = (pairs.now[other] - pairs.now[one]) / span
    usable = np.abs(scales) > 0.02
    scales, one = scales[usable], one[usable]
    if not len(scales):
        return UNMOVED
    offsets = pairs.now[one] - scales * pairs.written[one]
    on_line = np.abs(scales[:, None] * pairs.written + offsets[:, None] - pairs.now) < within
    best = int(on_line.sum(axis=1).argmax())
    shift = KeyShift(float(offsets[best]), float(scales[best]))
    for _ in range(3):
        near = pairs.explained(shift, within)
        if near.sum() < 3 or np.ptp(pairs.written[near]) < 1:
            break
        scale, offset = np.polyfit(pairs.written[near], pairs.now[near], 1)
        shift = KeyShift(float(offset), float(scale))
    return shift
