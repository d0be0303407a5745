"""The clips of an action as layers: later ones cover earlier ones where they meet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import bpy
import numpy as np

from ..keys.keyframes import curve_owner, key_disabled_reason
from ..rigs.reading import read_rig
from ..rigs.rig import Rig
from ..tweak.archive import ArchiveError
from .active_action import active_action, temporarily_active
from .properties import VoiceToMotionClip


class ClipError(Exception):
    """A clip's keys cannot be written. The text is one sentence for the user."""


@contextmanager
def damage_as_clip_error() -> Iterator[None]:
    """A damaged raw motion of any clip stops what is done in here, in one sentence."""
    try:
        yield
    except ArchiveError as error:
        raise ClipError(str(error)) from error


@dataclass(frozen=True)
class ClipLayers:
    """The clips of an action, and the rig whose bones the action keys."""

    scene: bpy.types.Scene
    rig: Rig
    action: bpy.types.Action

    @property
    def clips(self) -> list[VoiceToMotionClip]:
        """The clips, the uppermost last."""
        return list(self.action.voice_to_motion.clips)

    @property
    def curve_owner(self) -> bpy.types.Action | bpy.types.ActionChannelbag:
        """What holds the F-curves."""
        return curve_owner(self.rig.armature, self.action)

    def find(self, uid: str) -> VoiceToMotionClip | None:
        """The clip with a uid; None when it is gone."""
        return next((clip for clip in self.action.voice_to_motion.clips if clip.uid == uid), None)

    def index_of(self, uid: str) -> int:
        """The place of a clip in `clips`. ValueError when it is gone."""
        return [clip.uid for clip in self.clips].index(uid)

    def worn(self) -> AbstractContextManager[None]:
        """A moment in which the armature wears the action, for what reads the active one."""
        if active_action(self.rig.armature) == self.action:
            return nullcontext()
        return temporarily_active(self.rig.armature, self.action)

    def covered_ranges(self, index: int) -> list[tuple[int, int]]:
        """First and last frame of every clip that lies over one."""
        above = self.clips[index + 1 :]  # a lifted clip covers nothing; a range over a clip comes back to its place
        return [(other.start, other.last) for other in above if not other.muted and (other.written or other.fits_range)]


def visible_rows(start: int, length: int, covered: list[tuple[int, int]]) -> list[slice]:
    """The rows of a clip that no covered range (first and last frame) lies over, as runs."""
    free = np.ones(length, dtype=bool)
    for first, last in covered:
        free[max(first - start, 0) : max(last - start + 1, 0)] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(np.int8), [0]])))
    return [slice(int(first), int(stop)) for first, stop in edges.reshape(-1, 2)]


def layers_of(scene: bpy.types.Scene, action: bpy.types.Action) -> ClipLayers:
    """The clips of an action, on the armature that wears it or has it in an NLA strip.

    Of several armatures the panel's character comes first.

    Raises:
        ClipError: no armature uses it, or it cannot be keyed there.
        RigError: that armature cannot be keyed.
    """
    chosen = scene.voice_to_motion.character
    for thing in (*((chosen,) if chosen else ()), *scene.objects, *bpy.data.objects):
        data = thing.animation_data if thing.type == "ARMATURE" else None
        if data is None:
            continue
        if data.action == action or any(strip.action == action for track in data.nla_tracks for strip in track.strips):
            reason = key_disabled_reason(thing) or ("The action is linked from another file" if action.library else "")
            if reason:
                raise ClipError(reason + ".")
            return ClipLayers(scene, read_rig(scene, thing), action)
    raise ClipError(f"No character wears {action.name}: put the action on a character first.")
