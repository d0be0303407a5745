"""How a rig's rest pose differs from SMPL-X's: a constant rotation per bone. Only numpy.

SMPL-X rests in a T-pose with every joint's orientation the identity. A rig may rest in an A-pose, with bent elbows, facing
anywhere, in other units. With A the rotation from SMPL-X space to armature space, E(t) the turn of a bone away from its own
rest in armature space and G(t) the joint's turn away from SMPL-X's rest,

    E(t) = A G(t) A^-1 S,

where S turns the bone from its rest pose to SMPL-X's. This module finds S:

    limbs   the smallest turn that makes them point the same way, on top of their parent's
    hands   also by the line of the knuckles, so that palms agree
    feet    by their heading only where both rest poses stand flat on the floor; a raised one as the other
    trunk   none: an upright back is upright, whatever curve its bones draw; a body that lies is stood up whole
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..motion.body import BodyData
from ..motion.coordinates import snapped_to_axes
from .joints import FINGERS, SIDES
from .upright import Stance, find_stance, find_up, foot_heights, is_flat, is_upright, leg_length, stand_up

_ARM, _LEG = ("shoulder", "elbow", "wrist"), ("hip", "knee")
_LARGEST_TURN = np.radians(100.0)  # of a hand against its forearm; more means that the knuckles are named wrongly
_FLAT = 0.3  # of a foot's length: less of it along the floor is no heading


class AlignmentError(Exception):
    """The rest pose makes no sense as a body. The text is one sentence for the user."""


@dataclass(frozen=True)
class MappedRest:
    """The rest pose of an armature's N mapped bones in armature space, parents first.

    Attributes:
        keys: N joint keys.
        bones: N bone names.
        parents: N rows of the mapped bones that carry them, -1 for none.
        hangs_from: N rows of what carries the joints in a body. Where a bone's parent is another, as of feet that hang from
            the root, it is loose: its location is keyed too.
        turns_with_parent: N, whether the parent's rotation is inherited.
        heads, tails: (N, 3).
        orientations: (N, 3, 3) of `Bone.matrix_local`.
        local_location: N, whether a bone's location counts in its own axes (else in the armature's).
        scene_up: (3,) the scene's up in armature space.
    """

    keys: tuple[str, ...]
    bones: tuple[str, ...]
    parents: tuple[int, ...]
    hangs_from: tuple[int, ...]
    turns_with_parent: tuple[bool, ...]
    heads: np.ndarray
    tails: np.ndarray
    orientations: np.ndarray
    local_location: tuple[bool, ...]
    scene_up: np.ndarray

    @property
    def loose(self) -> list[int]:
        """Rows of the loose bones."""
        return [row for row, (parent, above) in enumerate(zip(self.parents, self.hangs_from, strict=True)) if parent != above]

    def head(self, key: str) -> np.ndarray | None:
        """(3,) where a joint is, None when it is not mapped."""
        return self.heads[self.keys.index(key)] if key in self.keys else None


@dataclass(frozen=True)
class Alignment:
    """Attributes:
    to_armature: (3, 3) A, SMPL-X space to armature space.
    turns: (N, 3, 3) S of each bone.
    scale: armature units per metre of the default body, by leg length.
    foot_heights: ankle and toes -> height along up where the character stands flat.
    """

    to_armature: np.ndarray
    turns: np.ndarray
    scale: float
    foot_heights: dict[str, float]


def align_rests(rest: MappedRest, body: BodyData) -> Alignment:
    """Compare a rest pose with the default body's. Raises AlignmentError where it is no body."""
    ours = body.rest_positions()
    source = {name: ours[i] for i, name in enumerate(body.names)}
    own = {key: head for key, head in zip(rest.keys, rest.heads, strict=True)}
    lengths = [leg_length(own), leg_length(source)]
    left = own["left_hip"] - own["right_hip"] + own["left_shoulder"] - own["right_shoulder"]
    torso = (own["left_shoulder"] + own["right_shoulder"] - own["left_hip"] - own["right_hip"]) / 2
    size = max(lengths[0], 1e-12)
    _require_body(lengths[0] > 1e-6 and np.linalg.norm(torso) > 0.05 * size and np.linalg.norm(left) > 0.02 * size)
    up = find_up(_legs_direction(own), _unit(torso), rest.scene_up)
    if up is None:
        raise AlignmentError("Which way is up in this rest pose cannot be told: rotate the object until the body stands upright.")
    stood = stand_up(_unit(torso), left, up)
    left = stood @ left
    _require_body(np.linalg.norm(left - up * (left @ up)) > 0.02 * size)
    to_armature = snapped_to_axes(_frame(up, left))
    up, stance = to_armature[:, 1], find_stance(own, up, stood, lengths[0])
    turned = _bone_turns(own, {name: to_armature @ at for name, at in source.items()}, rest, up, stood, stance)
    turns = np.stack([turned.get(key, stood) for key in rest.keys])
    return Alignment(to_armature, turns, lengths[0] / lengths[1], foot_heights(own, turned, up, stance, lengths[0], body))


def _require_body(is_one: bool) -> None:
    if not is_one:
        raise AlignmentError("The mapped legs and shoulders of this armature do not form a body: check its bone map.")


def _legs_direction(at: dict[str, np.ndarray]) -> np.ndarray:
    """(3,) from the ankles to the hips."""
    return _unit(sum(at[f"{side}_hip"] - at[f"{side}_ankle"] for side in SIDES))


def _bone_turns(
    own: dict, source: dict, rest: MappedRest, up: np.ndarray, stood: np.ndarray, stance: Stance
) -> dict[str, np.ndarray]:
    """S by joint key, from where the joints are in both rest poses, both in armature space."""
    out: dict[str, np.ndarray] = {}
    for side in SIDES:
        for limb, first in ((_ARM, "shoulder"), (_LEG, "hip")):
            turn = stood
            for joint in limb:
                following = {"shoulder": "elbow", "elbow": "wrist", "hip": "knee", "knee": "ankle"}.get(joint)
                if following:
                    here, there = f"{side}_{joint}", f"{side}_{following}"
                    turn = shortest_rotation(turn @ (own[there] - own[here]), source[there] - source[here]) @ turn
                    out[here] = turn
            if first == "shoulder":
                out[f"{side}_wrist"] = hand = _hand_turn(side, own, source, turn)
                out |= _finger_turns(side, own, source, hand)
    for side in SIDES:
        out[f"{side}_ankle"] = out[f"{side}_foot"] = _foot_turn(side, own, source, rest, up, stood, stance, out[f"{side}_knee"])
    return out


def _hand_turn(side: str, own: dict, source: dict, forearm: np.ndarray) -> np.ndarray:
    wrist, middle = f"{side}_wrist", f"{side}_middle1"
    if middle not in own:
        return forearm
    across = next(((f"{side}_index1", key) for key in (f"{side}_pinky1", f"{side}_ring1") if key in own), None)
    if across is None or across[0] not in own:
        return shortest_rotation(forearm @ (own[middle] - own[wrist]), source[middle] - source[wrist]) @ forearm
    first, last = across
    now = _frame(own[middle] - own[wrist], own[first] - own[last])
    wanted = _frame(source[middle] - source[wrist], source[first] - source[last])
    turn = wanted @ now.T
    angle = np.arccos(np.clip((np.trace(turn.T @ forearm) - 1) / 2, -1.0, 1.0))
    return turn if angle < _LARGEST_TURN else forearm


def _finger_turns(side: str, own: dict, source: dict, hand: np.ndarray) -> dict[str, np.ndarray]:
    out = {}
    for finger in FINGERS:
        turn = hand
        for i in (1, 2, 3):
            here, there = f"{side}_{finger}{i}", f"{side}_{finger}{i + 1}"
            if here not in own:
                break
            if there in own:
                turn = shortest_rotation(turn @ (own[there] - own[here]), source[there] - source[here]) @ turn
            out[here] = turn
    return out


def _foot_turn(
    side: str, own: dict, source: dict, rest: MappedRest, up: np.ndarray, stood: np.ndarray, stance: Stance, shin: np.ndarray
) -> np.ndarray:
    """The turn that gives the feet of both rest poses one heading.

    It is about the vertical where they stand flat. A raised foot is turned as flat as the one that stands. Feet that hang,
    as of a body that kneels, keep their angle to the shin, which turns by ``shin``.
    """
    ankle, ball = f"{side}_ankle", f"{side}_foot"
    points, wanted = stood @ _foot_direction(side, own, rest), source[ball] - source[ankle]
    ahead = wanted - up * (wanted @ up)
    if stance.raised == side:
        standing = _foot_direction(SIDES[1 - SIDES.index(side)], own, rest)
        if ball in own and np.linalg.norm(standing) > 1e-9:
            sinking = float(_unit(standing) @ up)
            return shortest_rotation(points, _unit(ahead) * np.sqrt(1 - sinking**2) + up * sinking) @ stood
        return shin
    if not stance.stands and ball in own and not (is_upright(side, own, stood.T @ up) and is_flat(points, up)):
        return shin
    level = points - up * (points @ up)
    if np.linalg.norm(level) < _FLAT * np.linalg.norm(points):
        return stood  # the bone stands upright, as in rigs whose bones do not point at their children
    return shortest_rotation(level, ahead) @ stood


def _foot_direction(side: str, own: dict, rest: MappedRest) -> np.ndarray:
    """(3,) from ankle to toes, else along the foot bone."""
    ankle, ball = f"{side}_ankle", f"{side}_foot"
    row = rest.keys.index(ankle)
    return own[ball] - own[ankle] if ball in own else rest.tails[row] - rest.heads[row]


def shortest_rotation(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(3, 3) the smallest rotation that points ``source`` to where ``target`` points."""
    a, b = _unit(source), _unit(target)
    cross, dot = np.cross(a, b), float(a @ b)
    if dot < -0.999999:  # any axis square to a will do
        other = np.cross(a, np.eye(3)[int(np.abs(a).argmin())])
        axis = _unit(other)
        return 2 * np.outer(axis, axis) - np.eye(3)
    k = np.array([[0, -cross[2], cross[1]], [cross[2], 0, -cross[0]], [-cross[1], cross[0], 0]])
    return np.eye(3) + k + k @ k / (1 + dot)


def _frame(up: np.ndarray, left: np.ndarray) -> np.ndarray:
    """(3, 3) the rotation whose Y is ``up`` and whose X is as near to ``left`` as that allows."""
    y = _unit(up)
    x = _unit(left - y * (left @ y))
    return np.stack([x, y, np.cross(x, y)], axis=1)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)
