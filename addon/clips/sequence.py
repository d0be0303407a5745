"""The order of an action's clips: which frames a new one gets, and how others make room.

Clips follow each other and never overlap. A regenerated range is no clip of this order: it lies over one, and goes where
that goes. Only numbers here; keys are `arrangement`'s.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import bpy

from .properties import VoiceToMotionClip, quietly
from .recipe import Recipe


@dataclass(frozen=True)
class Slot:
    """The frames a new clip gets.

    Attributes:
        start: the first of them.
        replaced: uid of the clip instead of which it comes; empty for none.
        cut: uid of the clip that ends directly before it; empty for none.
    """

    start: int
    replaced: str = ""
    cut: str = ""


@dataclass(frozen=True)
class Timed:
    """A clip in time.

    Attributes:
        start: the frame where it should begin.
        glued: whether it begins directly behind the one before, wherever that ends.
    """

    uid: str
    start: int
    length: int
    glued: bool = False


def prepare_clips(action: bpy.types.Action | None) -> None:
    """Bring the clips of older files up to date: a uid each, and no overlap."""
    seen = {""}
    for clip in action.voice_to_motion.clips if action is not None else ():
        if clip.uid in seen:
            with quietly():
                clip.uid = uuid.uuid4().hex
        seen.add(clip.uid)
    _separate_clips(action)


def _separate_clips(action: bpy.types.Action | None) -> None:
    """Let clips of older files, which lay over each other, end where the next one begins."""
    for clip, behind in pairwise(ordered_clips(action)):
        recipe = Recipe.from_text(clip.written)
        length = behind.start - clip.start
        if recipe is not None and behind.written and 0 < length < clip.length:
            with quietly():
                clip.most = clip.length = length
                clip.written = replace(recipe, length=length).as_text()


def ordered_clips(action: bpy.types.Action | None) -> list[VoiceToMotionClip]:
    """The clips of the order that are not muted, in time."""
    clips = action.voice_to_motion.clips if action is not None else ()
    return sorted((clip for clip in clips if not clip.fits_range and not clip.muted), key=lambda clip: clip.start)


def slot_at(action: bpy.types.Action | None, frame: int, from_pose: bool = False) -> Slot:
    """The frames of a motion that is generated at a frame.

    On a clip it replaces that one. On its last frame and directly behind it, it follows. Elsewhere it begins at the frame.

    Args:
        from_pose: it goes on from the pose at the frame; a clip there ends with that pose.
    """
    for clip in ordered_clips(action):
        if clip.start <= frame < clip.last:
            return Slot(frame + 1, cut=clip.uid) if from_pose and frame > clip.start else Slot(clip.start, clip.uid)
        if frame in (clip.last, clip.last + 1) and not _begins_at(action, frame):
            return Slot(clip.last + 1)
    return Slot(frame)


def _begins_at(action: bpy.types.Action, frame: int) -> bool:
    return any(clip.start == frame for clip in ordered_clips(action))


def slot_behind(action: bpy.types.Action | None, uid: str, frame: int) -> Slot:
    """The frames directly behind a clip; where it is gone, those at a frame."""
    clips = ordered_clips(action)
    behind = next((clip for clip in clips if clip.uid == uid), None)
    return Slot(behind.last + 1) if behind is not None else slot_at(action, frame)


def timeline_of(clips: Iterable[VoiceToMotionClip]) -> list[Timed]:
    """Clips in time, in their order."""
    found: list[Timed] = []
    for clip in clips:
        glued = bool(found) and clip.start <= found[-1].start + found[-1].length
        found.append(Timed(clip.uid, clip.start, clip.length, glued))
    return found


def settled(order: Iterable[Timed]) -> dict[str, int]:
    """First frame of each clip: where it should begin, or behind the one before it."""
    starts: dict[str, int] = {}
    free = None
    for timed in order:
        start = timed.start if free is None else free if timed.glued else max(timed.start, free)
        starts[timed.uid], free = start, start + timed.length
    return starts


def place_in_order(clips: list[VoiceToMotionClip], moved: VoiceToMotionClip, frame: int) -> tuple[list[VoiceToMotionClip], int]:
    """The order in which a clip begins at another frame, and that frame.

    In the first half of another clip it goes before that one, in the second half behind it.
    """
    others = [clip for clip in clips if clip != moved]
    for place, clip in enumerate(others):
        if frame <= clip.start + clip.length // 2:
            before = others[place - 1].last + 1 if place else frame
            return [*others[:place], moved, *others[place:]], max(frame, before)
    return [*others, moved], max(frame, others[-1].last + 1) if others else frame
