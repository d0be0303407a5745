"""What a clip goes on from: the last poses before it, and how long they are held.

A motion that follows another begins where a body with that one's speed comes to (`tweak.step_join`), out of its last poses.
Where there is nothing for some frames, the character holds its pose, and the hold belongs to the clip that ends it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..motion.body import Skeleton
from ..motion.files import MotionData
from ..motion.motion import Motion
from ..motion.quaternions import angles, rotation_vectors
from ..rigs.carriers import CarrierPose
from ..tweak.archive import pack_motion, unpack_motion
from ..tweak.pipeline import Tweaks
from ..tweak.step_place import continuing_spot, join_seconds
from ..tweak.trajectory import Spot, brought_home, carried_spot
from .body_curves import Curves
from .clip_layers import ClipError, ClipLayers
from .current_motion import rig_motion
from .standing_place import standing_spots

SAME_PLACE = 1e-3  # metres and radians; a clip that would move by less stays as it is
SAME_SPEED = 5e-3  # the same per frame
SAME_WAY = 0.1, 0.02  # radians and metres, before that: twice the middle key reduction's bound, since keys may be chosen anew
BEFORE_SECONDS = 0.5  # of what comes before: enough to see which feet stand


@dataclass(frozen=True)
class Connection:
    """What is before a clip.

    Attributes:
        before: (N >= 2 rows) the body up to the frame before; None where keys of this rig cannot be read as a body's.
        hold: frames directly before the clip within which nothing else is keyed.
        spot: where the character stands, if ``before`` is not known.
    """

    before: Motion | None
    hold: int
    spot: Spot | None = None

    def placed(self, motion: Motion, seconds: float | None, skeleton: Skeleton, tweaks: Tweaks, known: Tweaks | None) -> Tweaks:
        """The tweaks with which a motion goes on from it.

        Args:
            seconds: of the join; None chooses them by the distance of the poses.
            tweaks: of the motion, without a place.
            known: those it was written with, if nothing about it was changed since. Where it only has to go elsewhere, its
                transition stays as it is.
        """
        if self.before is None:
            return replace(tweaks, start=self.spot, shown_from=0)
        before, home = brought_home(self.before)
        if known is not None and known.before and known.alone() == tweaks.alone() and _alike(at_home(known), before):
            return replace(at_home(known), home=home)
        seconds = join_seconds(before, motion, skeleton) if seconds is None else seconds
        spot = continuing_spot(before, motion, seconds, skeleton)
        return replace(tweaks, start=spot, before=_packed(before), join=seconds, home=home, shown_from=len(before))


def at_home(tweaks: Tweaks) -> Tweaks:
    """Tweaks of an older version, whose transition lies where it was done, as they are now."""
    if not tweaks.before or tweaks.home is not None:
        return tweaks
    before, home = brought_home(unpack_motion(tweaks.before))
    start = carried_spot(tweaks.start, home, Spot(0.0, 0.0, 0.0))
    return replace(tweaks, start=start, before=_packed(before), home=home)


def _packed(motion: Motion) -> str:
    return pack_motion(MotionData(rotation_vectors(motion.rotations), motion.pelvis, motion.fps))


def _alike(known: Tweaks, before: Motion) -> bool:
    """Whether a body comes to the same pose in the same way, at any place."""
    old = unpack_motion(known.before)
    if len(old) != len(before) or abs(old.fps - before.fps) > 1e-6:
        return False
    turned, moved = angles(old.rotations, before.rotations).max(axis=-1), np.abs(old.pelvis - before.pelvis).max(axis=-1)
    if max(turned[-1], moved[-1]) > SAME_PLACE or max(turned[-2], moved[-2]) > SAME_SPEED:
        return False
    return bool(turned.max() < SAME_WAY[0] and moved.max() < SAME_WAY[1])


def find_connection(layers: ClipLayers, start: int, curves: Curves, fps: float, stands: CarrierPose) -> Connection | None:
    """What is before a frame in the action; None where nothing is keyed there.

    Args:
        curves: of the action's body bones.
        stands: how the bones above the pelvis stand for the clip that begins there.
    """
    earlier = [frames for own in curves.values() for curve in own if len(frames := curve.frames[curve.frames < start - 0.5])]
    if not earlier:
        return None
    ended = min(round(max(frames[-1] for frames in earlier)), start - 1)
    begun = max(round(min(frames[0] for frames in earlier)), ended - round(BEFORE_SECONDS * fps))
    hold = start - 1 - ended
    with layers.worn():
        try:
            motion = rig_motion(layers.rig, min(begun, ended), ended, fps, stands)
        except ClipError:
            return Connection(None, hold, standing_spots(layers.scene, layers.rig, [ended], stands)[0])
    if hold or len(motion) < 2:  # it stands still
        rows = np.full(max(round(BEFORE_SECONDS * fps), 2), len(motion) - 1)
        motion = Motion(motion.rotations[rows], motion.pelvis[rows], motion.fps)
    return Connection(motion, hold)
