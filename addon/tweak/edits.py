"""Hand edits: keys the animator changed, found and applied again when a motion is rewritten.

A key is an edit where its value is not what was written there. Applied, the pose at its frame is exactly the animator's,
and the difference fades out towards the neighbouring keys, over the frames that the edit had changed when it was made.
Works on channels as they are keyed, for any rig.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from ..motion.coordinates import continuous_signs, quaternions_from_rotation_vectors
from ..motion.quaternions import conjugate, multiply, normalized, rotation_vectors

SAME = 2e-4  # keys are stored in single precision; an animator's change is larger


@dataclass(frozen=True)
class Edit:
    """One key made by hand.

    Attributes:
        path: data path of the channel.
        time, before, after: of the key and of the neighbours up to which it reaches; seconds from the start of the raw
            motion, at its own speed.
        value: all components.
    """

    path: str
    time: float
    before: float
    after: float
    value: tuple[float, ...]

    def as_json(self) -> dict:
        """For storing; `Edit(**...)` reads it."""
        return asdict(self)


def find_edits(
    path: str, expected: np.ndarray, times: np.ndarray, keyed: np.ndarray, actual: np.ndarray, slack: int = 0
) -> list[Edit]:
    """The keys of one channel that differ from what was written.

    Args:
        expected: (T, C) what was written, every frame.
        times: (T,) of the frames, seconds as in `Edit`.
        keyed: (K,) rows, increasing, at which any component has a key now.
        actual: (K, C) the values there.
        slack: rows by which ``keyed`` may be off, where keys were scaled and snapped to whole frames.
    """
    edits = []
    for number in np.flatnonzero(off_by(expected, keyed, actual, slack) > SAME):
        # Up to the next keys that are still as written; changed neighbours are edits of their own.
        before, after = keyed[max(number - 1, 0)], keyed[min(number + 1, len(keyed) - 1)]
        value = tuple(float(x) for x in actual[number])
        edits.append(Edit(path, float(times[keyed[number]]), float(times[before]), float(times[after]), value))
    return edits


def off_by(expected: np.ndarray, rows: np.ndarray, actual: np.ndarray, slack: int = 0) -> np.ndarray:
    """(K,) how far values (K, C) are from what was written within ``slack`` rows of ``rows``."""
    near = np.clip(rows[:, None] + np.arange(-slack, slack + 1), 0, len(expected) - 1)
    off = np.full(len(rows), np.inf)
    for sign in (1.0, -1.0) if actual.shape[1] == 4 else (1.0,):  # q and -q are one rotation
        low, high = (sign * expected[near]).min(axis=1), (sign * expected[near]).max(axis=1)
        off = np.minimum(off, np.maximum(np.maximum(low - actual, actual - high), 0.0).max(axis=1, initial=0.0))
    return off


def apply_edits(values: np.ndarray, times: np.ndarray, edits: list[Edit]) -> tuple[np.ndarray, np.ndarray]:
    """A channel with its edits applied.

    Args:
        values: (T, C) without them.
        times: (T,) seconds as in `Edit`.
        edits: of this channel.

    Returns:
        (T, C) the values with them, and (T,) bool: frames that must be keyed for the edits to keep their shape.
    """
    pinned = np.zeros(len(values), dtype=bool)
    if not edits:
        return values, pinned
    quaternion = values.shape[1] == 4
    result = values.copy()
    rows = np.round(np.interp([[e.time, e.before, e.after] for e in edits], times, np.arange(len(times)))).astype(int)
    shift = np.zeros((len(values), 3))
    deltas, places = [], []
    for edit, (row, before, after) in zip(edits, rows, strict=True):
        if not times[0] - 1e-6 <= edit.time <= times[-1] + 1e-6:
            continue  # outside, for example where a newer motion covers that part
        value = np.array(edit.value)
        delta = rotation_vectors(multiply(normalized(value), conjugate(values[row]))) if quaternion else value - values[row]
        deltas.append(delta)
        places.append((row, before, after))
        pinned[[row, before, after]] = True
    for delta, (row, before, after) in zip(deltas, places, strict=True):
        frames = np.arange(before, after + 1)
        rising = (frames - before) / max(row - before, 1) if row > before else np.ones(len(frames))
        falling = (after - frames) / max(after - row, 1) if after > row else np.ones(len(frames))
        share = np.where(frames == row, 1.0, np.clip(np.minimum(rising, falling), 0.0, 1.0))
        shift[before : after + 1] += share[:, None] * delta
    result = continuous_signs(multiply(quaternions_from_rotation_vectors(shift), values)) if quaternion else values + shift
    return result, pinned
