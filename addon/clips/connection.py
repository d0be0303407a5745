"""What a clip goes on from: the last poses before it, and how long they are held.

A motion that follows another begins where a body with that one's speed comes to (`tweak.step_join`), out of its last poses.
Where there is nothing for some frames, the character holds its pose, and the hold belongs to the clip that ends it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.files import MotionData
from ..motion.motion import Motion
from ..motion.quaternions import rotation_vectors
from ..rigs.carriers import CarrierPose
from ..tweak.archive import pack_motion
from ..tweak.step_place import continuing_spot, join_seconds
from ..tweak.trajectory import Spot
from .body_curves import Curves
from .clip_layers import ClipError, ClipLayers
from .current_motion import rig_motion
from .standing_place import standing_spots

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

    def placed(self, motion: Motion, seconds: float | None, layers: ClipLayers) -> tuple[Spot, str, float]:
        """Where a motion starts, what is before it as text, and the seconds of the join.

        Args:
            seconds: of the join; None chooses them by the distance of the poses.
        """
        if self.before is None:
            return self.spot, "", 0.0
        skeleton = layers.rig.skeleton
        seconds = join_seconds(self.before, motion, skeleton) if seconds is None else seconds
        spot = continuing_spot(self.before, motion, seconds, skeleton)
        data = MotionData(rotation_vectors(self.before.rotations), self.before.pelvis, self.before.fps)
        return spot, pack_motion(data), seconds


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
