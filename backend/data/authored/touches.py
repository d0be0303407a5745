"""Hands laid on the body: solved last, so that they stay on the skin whatever it does.

A touch is authored for the left hand, x away from the middle of the body, and mirrored for the right. The place is given in the
frame of the touched joint, as if the body stood in the rest pose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from backend.motion.body import default_body
from backend.motion.motion import Motion
from backend.motion.rotations import unit
from backend.motion.skeleton import INDEX

from .arms import Vector, mirrored, touch

STAND_OFF = 0.09  # metres off the skin when a hand starts to come or has left
_CHEST = INDEX["spine3"]
_REST_CHEST = default_body().rest_positions()[_CHEST]
_FLIP = np.array([-1.0, 1.0, 1.0])
_ARM = ("collar", "shoulder", "elbow", "wrist")


@dataclass(frozen=True)
class Touch:
    """One hand that lies on a joint's part of the body for a while.

    Attributes:
        side: which hand.
        joint: what it touches: a joint of the trunk or head, or "own_..." and "other_..." for one of a limb.
        points: (3,) or (T, 3) metres in the frame of the joint.
        weight: (T,) 0 away, 1 there.
        elbow: direction the elbow is drawn to, in the frame of the chest.
        palm, hand: (3,) or (T, 3) directions of palm and fingers, in the frame of the joint (of the chest for arms).
        contact: the part of the hand that touches, one of `arms.CONTACTS`.
        lift: degrees the shoulder is raised.
    """

    side: str
    joint: str
    points: Vector
    weight: np.ndarray
    elbow: Vector
    palm: Vector
    hand: Vector
    contact: str = "fingertips"
    lift: float = 0.0

    def apply(self, rotations: np.ndarray, pelvis: np.ndarray) -> None:
        """Turn the arm in local ``rotations`` (T, J, 4) to where it touches; ``pelvis`` (T, 3)."""
        joint = INDEX[self.joint.replace("own", self.side).replace("other", "right" if self.side == "left" else "left")]
        flip = _FLIP if self.side == "right" else np.ones(3)
        motion = Motion(rotations, pelvis.astype(np.float32))
        places, turned = motion.positions(), motion.global_rotations()
        chest, on = Rotation.from_quat(turned[:, _CHEST]), Rotation.from_quat(turned[:, joint])
        follow = chest if self.joint.endswith(_ARM) else on
        frames = (len(pelvis), 3)

        def seen(vectors: Vector, frame: Rotation) -> np.ndarray:
            return chest.inv().apply(frame.apply(np.broadcast_to(np.asarray(vectors, dtype=float), frames) * flip)) * flip

        away = unit(np.broadcast_to(np.asarray(self.palm, dtype=float), frames)) * (
            STAND_OFF if self.contact == "back" else -STAND_OFF
        )
        away = away * (1 - self.weight[:, None])
        point = seen(self.points, on) + seen(away, follow)
        point += chest.inv().apply(places[:, joint] - places[:, _CHEST]) * flip + _REST_CHEST
        pose = touch(point, self.elbow, seen(self.palm, follow), seen(self.hand, follow), self.contact, self.lift)
        for name in _ARM:
            row = INDEX[f"{self.side}_{name}"]
            base, there = Rotation.from_quat(rotations[:, row]), getattr(pose, name)
            step = (base.inv() * (there if self.side == "left" else mirrored(there))).as_rotvec()
            rotations[:, row] = (base * Rotation.from_rotvec(step * self.weight[:, None])).as_quat()
