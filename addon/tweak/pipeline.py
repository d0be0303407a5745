"""The steps from a raw result to what is keyed, in their fixed order, always from the raw result.

    speed and frame rate -> mirror -> strength -> smoothing -> foot lock -> place -> root motion -> key reduction

Mirror and speed only say the same differently, so they come first; strength and smoothing change poses, so feet are
locked after them; where the motion stands does not matter to any of these; keys are chosen last, of what there is then.
Joins with what is around and keys made by hand lie on top, on the rig's own channels (`joins`, `edits`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..motion.motion import Motion, Skeleton, resampled
from . import contacts, foot_lock, mirror, place, reduce_keys, root_motion, smooth, strength
from .archive import unpacked

# How many times more exact standing feet are kept by key reduction, and how much more than that with feet locked: with the
# bound of everything else, half of what the lock takes away comes back (measured: 1.7 of 2.3 cm/s, 0.95 with these).
_FOOT_WEIGHT, _LOCKED_WEIGHT = 4.0, 6.0


@dataclass(frozen=True)
class Tweaks:
    """What the animator asks for. The defaults leave the raw result as it is.

    Attributes:
        speed: times as fast. mirror: left and right swapped. strength: of the difference to the mean pose, 1 as it is.
        smoothing: seconds. foot_lock: 0..1. reduction: "NONE" or a key of `reduce_keys.PRESETS`.
        root: "PELVIS", "ROOT" or "IN_PLACE"; root_yaw: whether turns go with the way.
        start, end: where the first and the last frame stand; None leaves it to the motion.
        shown_from: the row that is shown first, where the motion is known from earlier on; skipped: seconds of the raw result left
            out at its beginning, so that this row is exactly one of its poses.
    """

    speed: float = 1.0
    mirror: bool = False
    strength: float = 1.0
    smoothing: float = 0.0
    foot_lock: float = 0.0
    reduction: str = "NONE"
    root: str = "PELVIS"
    root_yaw: bool = False
    start: place.Spot | None = None
    end: place.Spot | None = None
    shown_from: int = 0
    skipped: float = 0.0


@dataclass(frozen=True)
class Tweaked:
    """What came of it. Arrays are shared between callers: not to be written to.

    Attributes:
        motion: at the frame rate asked for; with a `root`, the pelvis is counted in the root's space.
        standing: (T, 4) bool, see `contacts`.
        skate_before, skate_after: centimetres per second without and with foot lock.
        foot_lock: 0..1, as asked for.
    """

    motion: Motion
    root: root_motion.Root | None
    standing: np.ndarray
    skate_before: float
    skate_after: float
    foot_lock: float


@dataclass(frozen=True)
class _ByKey:
    """A skeleton as part of a cache's key: arrays cannot be."""

    value: Skeleton

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, _ByKey) and self.value.names == other.value.names
        return same and np.array_equal(self.value.offsets, other.value.offsets)


@lru_cache(maxsize=8)
def _standing(raw_text: str, by_key: _ByKey) -> np.ndarray:
    return contacts.contacts(unpacked(raw_text), by_key.value)


def tweaked(raw_text: str, tweaks: Tweaks, skeleton: Skeleton, fps: float) -> Tweaked:
    """All steps but key reduction. Raises ArchiveError when ``raw_text`` is not from `archive`.

    The same arguments give the same result, and the last few are remembered: what was written before a setting changed
    is needed once more, to find what the animator changed in it.
    """
    return _tweaked(raw_text, replace(tweaks, reduction="NONE"), _ByKey(skeleton), fps)


@lru_cache(maxsize=8)
def _tweaked(raw_text: str, tweaks: Tweaks, by_key: _ByKey, fps: float) -> Tweaked:
    skeleton, raw = by_key.value, unpacked(raw_text)
    motion = resampled(raw, fps, tweaks.speed, tweaks.skipped)
    # Feet stand when they stand in the raw result: a slowed down swing would otherwise pass for standing.
    standing = _standing(raw_text, by_key)
    times = tweaks.skipped + np.arange(len(motion)) / fps * tweaks.speed
    rows = np.clip(np.round(times * raw.fps).astype(int), 0, len(raw) - 1)
    standing = standing[rows]
    if tweaks.mirror:
        motion, standing = mirror.mirrored(motion, skeleton), standing[:, [2, 3, 0, 1]]
    motion = strength.strengthened(motion, tweaks.strength, skeleton)
    motion = smooth.smoothed(motion, tweaks.smoothing)
    before = contacts.skate(motion, standing, skeleton)
    after = before
    if tweaks.foot_lock > 0:
        motion = foot_lock.feet_locked(motion, standing, tweaks.foot_lock, skeleton)
        after = contacts.skate(motion, standing, skeleton)
    if tweaks.start is not None:
        motion = place.started_at(motion, tweaks.start)
    if tweaks.end is not None:
        motion = place.ended_at(motion, tweaks.end)
    root = None
    if tweaks.root == "ROOT":
        motion, root = root_motion.extracted(motion, tweaks.root_yaw)
    elif tweaks.root == "IN_PLACE":
        motion = root_motion.in_place(motion, tweaks.root_yaw, tweaks.shown_from)
    return Tweaked(motion, root, standing, before, after, tweaks.foot_lock)


def chosen_keys(result: Tweaked, reduction: str, skeleton: Skeleton, fixed: np.ndarray) -> reduce_keys.Keys | None:
    """Which frames to key, by preset; None for all of them.

    Args:
        fixed: (T) bool, frames that are keyed in any case.
    """
    if reduction == "NONE" or len(result.motion) < 4:
        return None
    rotations, places = result.motion.rotations, result.motion.pelvis[:, None]
    if result.root is not None:
        rotations = np.concatenate([rotations, result.root.rotations[:, None]], axis=1)
        places = np.stack([result.motion.pelvis, result.root.positions], axis=1)
    weights = np.ones((len(rotations), len(skeleton.parents)))
    # A standing foot that is off by a centimetre is seen to slide; a hand that is, is not.
    feet = _FOOT_WEIGHT + _LOCKED_WEIGHT * result.foot_lock
    for column, name in enumerate(contacts.POINTS):
        weights[:, skeleton.index(name)] += feet * result.standing[:, column]
    return reduce_keys.reduced(rotations, places, skeleton, reduce_keys.PRESETS[reduction], fixed, weights)
