"""The steps from a raw result to its keys, in their fixed order, always from the raw result.

    proportions -> speed and frame rate, trim -> mirror -> strength -> style -> smoothing -> foot lock -> loop -> start and end
    -> join -> root motion -> key reduction

Feet are held on the rig's own body, so the motion comes onto that first. Speed and mirror change no pose. Strength, style and
smoothing change poses, so feet are locked after them. Where the motion stands matters to none of these, only to the join
with what is before it. Keys are chosen last. What a join leaves over and hand edits are applied later, on the rig's own
channels (`joins`, `edits`).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from ..motion.body import Skeleton
from ..motion.coordinates import continuous_signs
from ..motion.motion import Motion, resampled, sampled
from ..motion.proportions import fitted_to
from . import key_reduction, trajectory
from .archive import unpack_motion
from .contacts import POINTS, foot_contacts, foot_skate
from .foot_lock import lock_feet
from .pose_filters import mirror_motion, scale_strength, smooth_motion
from .repetition import repeat_motion
from .step_join import step_join
from .style import PLAIN, restyle, uneven_time

# How many times more exact key reduction is for standing feet, and in addition for locked ones: without these weights it
# lets half of the locked feet's sliding come back.
_FOOT_WEIGHT, _LOCKED_WEIGHT = 4.0, 6.0
_KEPT = 16  # motions in memory: some clips of an action, each without and with its transition


@dataclass(frozen=True)
class Tweaks:
    """What the animator asks for. The defaults leave the raw result as it is.

    Attributes:
        speed: times as fast, the style's tempo included.
        mirror: left and right swapped.
        strength: of the difference to the mean pose; 1 leaves it.
        style: `style.PLAIN` or a name of `style.styles`.
        style_strength: of the style; 0 leaves the motion as it is.
        smoothing: seconds.
        foot_lock: 0..1.
        reduction: "NONE" or a key of `key_reduction.PRESETS`.
        root: "PELVIS", "ROOT" or "IN_PLACE".
        root_yaw: whether the root turns too.
        start, end: where the first and the last frame stand; None leaves it to the motion.
        shown_from: first row shown, where the motion is known from earlier on.
        skipped: seconds left out at the start of the raw result, so that ``shown_from`` is exactly one of its poses.
        kept: frames after which it is cut off; 0 for none.
        repeats: how many times it is done, each going on from the last.
        before: what the character does up to it, as text of `archive`; these frames come first in the result.
        home: where ``before`` ends on the floor. Where given, ``before`` ends at the origin and ``start`` counts from there, so
            that the same transition at another place has the same numbers. Files of older versions have none.
        join: seconds within which the motion comes out of that, by steps.
    """

    speed: float = 1.0
    mirror: bool = False
    strength: float = 1.0
    style: str = PLAIN
    style_strength: float = 1.0
    smoothing: float = 0.0
    foot_lock: float = 0.0
    reduction: str = "NONE"
    root: str = "PELVIS"
    root_yaw: bool = False
    start: trajectory.Spot | None = None
    end: trajectory.Spot | None = None
    shown_from: int = 0
    skipped: float = 0.0
    kept: int = 0
    repeats: int = 1
    before: str = ""
    join: float = 0.0
    home: trajectory.Spot | None = None

    def alone(self) -> Tweaks:
        """Those of the same motion without what is before it, and without a place."""
        return replace(self, start=None, before="", join=0.0, home=None, shown_from=0)


@dataclass(frozen=True)
class Tweaked:
    """A tweaked motion. Arrays are shared between callers: never write to them.

    Attributes:
        motion: at the frame rate asked for; with a `root`, the pelvis is in the root's space.
        standing: (T, 4) bool, see `contacts`.
        skate_before, skate_after: centimetres per second without and with foot lock.
        foot_lock: 0..1, as asked for.
        joined: rows of the motion, behind what is before it, that its transition has changed.
    """

    motion: Motion
    root: trajectory.Root | None
    standing: np.ndarray
    skate_before: float
    skate_after: float
    foot_lock: float
    joined: int = 0


@dataclass(frozen=True)
class _ByKey:
    """A skeleton as a cache key, which arrays cannot be."""

    value: Skeleton

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _ByKey) or self.value.names != other.value.names:
            return False
        feet = [(each.value.ankle_height, each.value.ball_height, each.value.floor_points) for each in (self, other)]
        return feet[0] == feet[1] and np.array_equal(self.value.offsets, other.value.offsets)


@lru_cache(maxsize=_KEPT)
def _fitted(raw_text: str, by_key: _ByKey) -> tuple[Motion, np.ndarray]:
    """The raw result on this body, and its foot contacts (T, 4)."""
    motion = fitted_to(unpack_motion(raw_text), by_key.value)
    return motion, foot_contacts(motion, by_key.value)


def tweak_motion(raw_text: str, tweaks: Tweaks, skeleton: Skeleton, fps: float) -> Tweaked:
    """All steps but key reduction. Raises ArchiveError when ``raw_text`` is not from `archive`.

    The last few results are cached: the one written before a setting changed is needed again, to find hand edits in it.
    """
    return _tweaked(raw_text, replace(tweaks, reduction="NONE"), _ByKey(skeleton), fps)


@lru_cache(maxsize=_KEPT)
def _tweaked(raw_text: str, tweaks: Tweaks, by_key: _ByKey, fps: float) -> Tweaked:
    made = _joined_at_home(raw_text, replace(tweaks, home=None, root="PELVIS", root_yaw=False), by_key, fps)
    motion, root = made.motion, None
    if tweaks.home is not None:
        motion = trajectory.carried_to(motion, tweaks.home)
    if tweaks.root == "ROOT":
        motion, root = trajectory.extract_root(motion, tweaks.root_yaw)
    elif tweaks.root == "IN_PLACE":
        motion = trajectory.in_place(motion, tweaks.root_yaw, tweaks.shown_from)
    return replace(made, motion=motion, root=root)


@lru_cache(maxsize=_KEPT)
def _joined_at_home(raw_text: str, tweaks: Tweaks, by_key: _ByKey, fps: float) -> Tweaked:
    """All steps up to the join, without moving it to its place.

    A clip that is only moved needs no more than that."""
    skeleton = by_key.value
    if tweaks.before:
        alone = _joined_at_home(raw_text, tweaks.alone(), by_key, fps)
        motion = alone.motion if tweaks.start is None else trajectory.move_start(alone.motion, tweaks.start)
        motion, standing, joined = _joined(motion, alone.standing, tweaks, skeleton)
        return replace(alone, motion=motion, standing=standing, joined=joined)
    # Contacts come from the raw result: at low speed a swinging foot would pass for standing.
    raw, standing = _fitted(raw_text, by_key)
    motion = resampled(raw, fps, tweaks.speed, tweaks.skipped)
    times = tweaks.skipped + np.arange(len(motion)) / fps * tweaks.speed
    if 0 < tweaks.kept < len(motion):
        motion, times = _first_rows(motion, tweaks.kept), times[: tweaks.kept]
    passed = uneven_time(len(motion), tweaks.style, tweaks.style_strength)
    if passed is not None:
        times = times[0] + passed * (times[-1] - times[0])
        motion = sampled(raw, times, fps)
    standing = standing[np.clip(np.round(times * raw.fps).astype(int), 0, len(raw) - 1)]
    if tweaks.mirror:
        motion, standing = mirror_motion(motion, skeleton), standing[:, [2, 3, 0, 1]]
    motion = scale_strength(motion, tweaks.strength, skeleton)
    motion = _styled(motion, standing, tweaks, skeleton)
    motion = smooth_motion(motion, tweaks.smoothing)
    before = foot_skate(motion, standing, skeleton)
    after = before
    if tweaks.foot_lock > 0:
        motion = lock_feet(motion, standing, tweaks.foot_lock, skeleton)
        after = foot_skate(motion, standing, skeleton)
    if tweaks.repeats > 1:
        motion = repeat_motion(motion, tweaks.repeats, skeleton)
        standing = foot_contacts(motion, skeleton)
    if tweaks.start is not None:
        motion = trajectory.move_start(motion, tweaks.start)
    if tweaks.end is not None:
        motion = trajectory.bend_to_end(motion, tweaks.end)
    return Tweaked(motion, None, standing, before, after, tweaks.foot_lock)


def _styled(motion: Motion, standing: np.ndarray, tweaks: Tweaks, skeleton: Skeleton) -> Motion:
    """A motion in its style; standing feet are held as far as longer strides make them slide."""
    styled = restyle(motion, tweaks.style, tweaks.style_strength, skeleton)
    if styled is motion:
        return motion
    plain, slides = foot_skate(motion, standing, skeleton), foot_skate(styled, standing, skeleton)
    # Twice what is too much: near full length legs follow only in part.
    return lock_feet(styled, standing, min(2.0 * (1.0 - plain / slides), 1.0), skeleton) if slides > plain else styled


def _first_rows(motion: Motion, count: int) -> Motion:
    return Motion(motion.rotations[:count], motion.pelvis[:count], motion.fps)


def _joined(motion: Motion, standing: np.ndarray, tweaks: Tweaks, skeleton: Skeleton) -> tuple[Motion, np.ndarray, int]:
    """The motion joined by steps to what is before it, its foot contacts, the rows changed."""
    before, alone = unpack_motion(tweaks.before), motion
    motion = step_join(before, motion, tweaks.join, skeleton)
    off = np.minimum(*(np.abs(motion.rotations + sign * alone.rotations).max(axis=(1, 2)) for sign in (1.0, -1.0)))
    differs = np.flatnonzero(np.maximum(off, np.abs(motion.pelvis - alone.pelvis).max(axis=1)) > 1e-9)
    joined = int(differs[-1]) + 1 if len(differs) else 0
    whole = Motion(
        continuous_signs(np.concatenate([before.rotations, motion.rotations])),
        np.concatenate([before.pelvis, motion.pelvis]),
        motion.fps,
    )
    changed = min(len(before) + round(tweaks.join * motion.fps), len(whole))
    found = foot_contacts(_first_rows(whole, changed), skeleton)
    return whole, np.concatenate([found, standing[changed - len(before) :]]), joined


def choose_keys_in_steps(
    result: Tweaked, reduction: str, skeleton: Skeleton, alone: key_reduction.Keys | None = None
) -> Generator[None, None, key_reduction.Keys | None]:
    """The frames to key, by preset; None for all of them.

    Args:
        alone: those of the same motion without its transition; they stay behind the transition.
    """
    if reduction == "NONE" or len(result.motion) < 4:
        return None
    rotations, places = result.motion.rotations, result.motion.pelvis[:, None]
    if result.root is not None:
        rotations = np.concatenate([rotations, result.root.rotations[:, None]], axis=1)
        places = np.stack([result.motion.pelvis, result.root.positions], axis=1)
    weights = np.ones((len(rotations), len(skeleton.parents)))
    # A standing foot that is off by a centimetre visibly slides; a hand does not.
    feet = _FOOT_WEIGHT + _LOCKED_WEIGHT * result.foot_lock
    for column, name in enumerate(POINTS):
        weights[:, skeleton.index(name)] += feet * result.standing[:, column]
    bound, fixed = key_reduction.PRESETS[reduction], np.zeros(len(rotations), dtype=bool)
    known = key_reduction.Known(alone, result.joined + 1) if alone is not None else None
    return (yield from key_reduction.reduce_keys_in_steps(rotations, places, skeleton, bound, fixed, weights, known))
