"""The body that motions move on a rig: the default one with the rig's own limbs.

Only numpy.

With E = A G A^-1 S (see `alignment`) a joint that rests at b, under a bone that rests at a, is from that one's head in every pose

    E (b - a) = A G (A^-1 S (b - a)).

So a skeleton with the offsets A^-1 S (b - a) moves as the rig does, and feet that are held on it are held on the rig. Trunk, neck
and collars stay the default body's, because a rig has other numbers of bones there.
"""

from __future__ import annotations

import numpy as np

from ..motion.body import BodyData, default_body
from .alignment import Alignment, MappedRest
from .joints import SIDES
from .smplx_transfer import SmplxRest

_LIMBS = ("knee", "ankle", "foot", "elbow", "wrist")
_SHORTEST = 0.1  # of a leg: one whose thigh or shin is shorter has no knee that could bend


def body_of_rest(rest: MappedRest, alignment: Alignment) -> BodyData:
    """The default body with the limbs of a rig that is retargeted to.

    Its lower joint of the foot is as high above the floor as the default body's ball.
    """
    body = default_body()
    offsets = body.offsets.copy()

    def measured(turn_of: str, way: np.ndarray) -> np.ndarray:
        return alignment.to_armature.T @ alignment.turns[rest.keys.index(turn_of)] @ way / alignment.scale

    for row, key in enumerate(rest.keys):
        if key.partition("_")[2] in _LIMBS:
            joint, above = body.index(key), rest.keys[rest.hangs_from[row]]
            if above == body.names[body.parents[joint]]:
                offsets[joint] = measured(above, rest.heads[row] - rest.head(above))
    for side in SIDES:
        leg = [body.index(f"{side}_{joint}") for joint in ("knee", "ankle")]
        lengths = np.linalg.norm(offsets[leg], axis=1)
        if lengths.min() < _SHORTEST * lengths.sum():
            offsets[leg] = body.offsets[leg]
    # The pelvis joint is where the default body has it between the hips: rigs put that bone anywhere.
    hips = [body.index(f"{side}_hip") for side in SIDES]
    half = measured("pelvis", rest.head("left_hip") - rest.head("right_hip")) / 2
    offsets[hips] = body.offsets[hips].mean(axis=0) + np.stack([half, -half])
    toes = _mean_height(offsets, body, "foot")
    ankle, ball = body.ball_height + max(-toes, 0.0), body.ball_height + max(toes, 0.0)
    standing = ankle - sum(_mean_height(offsets, body, joint) for joint in ("hip", "knee", "ankle"))
    points = ("ankle", "foot") if {"left_foot", "right_foot"} <= set(rest.keys) else ("ankle",)
    return BodyData(body.names, body.parents, offsets, standing, ankle_height=ankle, ball_height=ball, floor_points=points)


def body_of_smplx_rest(rest: SmplxRest, heads: np.ndarray) -> BodyData:
    """The body of a rig that takes SMPL-X motions unchanged; it stands as it rests.

    Args:
        heads: (N, 3) of its bones in armature space.
    """
    body = default_body()
    offsets, places = body.offsets.copy(), dict(zip(rest.joints, heads @ rest.to_armature / rest.scale, strict=True))
    for joint, parent in enumerate(body.parents):
        if joint in places and parent in places:
            offsets[joint] = places[joint] - places[parent]
    ankle = rest.standing_height + sum(_mean_height(offsets, body, joint) for joint in ("hip", "knee", "ankle"))
    ball = ankle + _mean_height(offsets, body, "foot")
    feet = {"ankle_height": ankle, "ball_height": ball, "floor_points": ()}
    return BodyData(body.names, body.parents, offsets, rest.standing_height, **feet)


def _mean_height(offsets: np.ndarray, body: BodyData, joint: str) -> float:
    """Metres that a joint is above its parent at rest, mean of both sides."""
    return float(offsets[[body.index(f"{side}_{joint}") for side in SIDES], 1].mean())
