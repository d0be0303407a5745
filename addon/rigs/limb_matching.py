"""Arms and legs in a tree of bones: the chain that fits names, hierarchy and shape best.

A limb is a row of joints, each below the one before. Every bone has a value for every joint, from its name and from the shape;
the best chain is found by dynamic programming over the tree. So a helper never wins over the real bone: the forearm is what the
hand hangs from, and a bone with an unknown name between upper arm and hand is the forearm.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .bone_names import NameEvidence
from .bone_tree import BoneTree
from .bone_words import PART_JOINTS

ARM = ("collar", "shoulder", "elbow", "wrist")
LEG = ("hip", "knee", "ankle", "foot")
_OPTIONAL = {"collar", "foot"}
_MISSING = 0.5  # what a chain loses by a joint it has not
_JUMP = 1.1  # what it loses where the next joint hangs from something else, as feet from the root do
_SHOWN_JUMP = 0.5  # and where the shape shows that
_NAMED = 0.4  # least value of a joint that hangs from something else
_BETWEEN, _HELPER_BETWEEN = 0.06, 0.02  # for every bone between two joints
_UNKNOWN, _NAMED_HELPER, _OTHER_PART, _HELPER = -0.05, -0.1, -0.8, -0.6
_PAIRED = 0.04  # for a nameless bone with a counterpart on the other side
_SHAPE, _HELPERS_SHAPE = 0.8, 0.4  # what the shape adds to the bone it takes for the joint
_AGAIN = 0.3  # of the name's value, for the lower half of a bone in two: ``upperarm02`` below ``upperarm01``
_GROUPS = {"hand": "wrist", "palm": "wrist", "elbow": "forearm", "knee": "shin", "foot": "ankle"}  # words for one joint
_REPEATED = {"arm", "leg", "shoulder", "pelvis"}  # words that name joint after joint: ``arm1``, ``arm2``


@dataclass(frozen=True)
class LimbMatch:
    """Attributes:
    rows: joint -> row of its bone.
    values: joint -> how well name and shape speak for that bone; zero and less where its place alone does.
    """

    rows: dict[str, int]
    values: dict[str, float]


def continuations(tree: BoneTree, names: Sequence[NameEvidence]) -> list[bool]:
    """Whether a bone is a lower piece of one that has the same part and side, above it."""
    seen: list[dict[str, int]] = []
    found = []
    for row, each in enumerate(names):
        above = seen[tree.parents[row]] if tree.parents[row] >= 0 else {}
        mark = _GROUPS.get(each.part, each.part) + each.side
        found.append(bool(each.part) and each.part not in _REPEATED and mark in above)
        seen.append(above if each.helper or not each.part or mark in above else {**above, mark: row})
    return found


def joint_value(joint: str, name: NameEvidence, again: bool, of_shape: bool) -> float:
    """How well a bone's name, and the shape, speak for it being this joint."""
    value = PART_JOINTS.get(name.part, {}).get(joint, _OTHER_PART) if name.part else _UNKNOWN
    if value > 0:
        value *= name.weight * (1.0 if not again or (joint == "foot" and name.part == "foot") else _AGAIN)
    if name.helper:
        value = _NAMED_HELPER if value > 0 else _HELPER
        return value + _HELPERS_SHAPE * (of_shape and joint not in _OPTIONAL)
    return value + _SHAPE * of_shape


def match_limb(
    tree: BoneTree,
    joints: Sequence[str],
    rows: Sequence[int],
    names: Sequence[NameEvidence],
    again: Sequence[bool],
    shape: Mapping[str, int],
) -> LimbMatch:
    """The best chain of ``joints`` among the bones of one side.

    Args:
        rows: of that side's bones, parents first.
        again: per bone of the tree, from `continuations`.
        shape: joint -> row that the shape takes for it.
    """
    count, inside = len(joints), set(rows)
    tops: dict[int, int] = {}  # row -> the first bone of its side above it
    for row in rows:
        tops[row] = tops[tree.parents[row]] if tree.parents[row] in inside else row
    cost = [0.0 if joint in _OPTIONAL else _MISSING for joint in joints]
    rewards = {row: _reward(tree, row, names[row]) for row in rows}
    values = [
        {row: joint_value(joint, names[row], again[row], shape.get(joint) == row) + rewards[row] for row in rows}
        for joint in joints
    ]
    if "wrist" in joints:  # hands have fingers
        ends = values[joints.index("wrist")]
        ends |= {row: value + 0.02 * min(len(tree.children[row]), 5) for row, value in ends.items()}
    best: list[dict[int, float]] = []  # per joint: row -> value of the best chain that ends there
    back: list[dict[int, tuple[int, int] | None]] = []
    carried: list[dict[int, tuple[float, int]]] = []  # per joint: row -> value and end of the best chain above it
    for stage in range(count):
        ends = [max(best[i].items(), key=lambda item: item[1], default=(-1, -math.inf)) for i in range(stage)]
        here: dict[int, float] = {}
        origin: dict[int, tuple[int, int] | None] = {}
        above: dict[int, tuple[float, int]] = {}
        for row in rows:
            parent = tree.parents[row]
            if parent in inside:
                between = _HELPER_BETWEEN if names[parent].helper or again[parent] else _BETWEEN
                value, end = above[parent]
                above[row] = max((here[parent], parent), (value - between, end))
            else:
                above[row] = (-math.inf, -1)
            own = values[stage][row]
            choice, source = -sum(cost[:stage]), None
            for earlier in range(stage):
                lost = sum(cost[earlier + 1 : stage])
                value, end = carried[earlier][row]
                if value - lost > choice:
                    choice, source = value - lost, (earlier, end)
                end, value = ends[earlier]
                jumped = value - lost - (_JUMP if shape.get(joints[stage]) != row else _SHOWN_JUMP)
                if own >= _NAMED and jumped > choice and tops.get(end, row) != tops[row]:
                    choice, source = jumped, (earlier, end)
            here[row], origin[row] = own + choice, source
        best.append(here)
        back.append(origin)
        carried.append(above)
    last = max(
        ((value - sum(cost[stage + 1 :]), stage, -row) for stage in range(count) for row, value in best[stage].items()),
        default=None,
    )
    if last is None:
        return LimbMatch({}, {})
    found = _followed_back(back, last[1], -last[2])
    rows_of = {joints[stage]: row for stage, row in found}
    values_of = {joints[stage]: values[stage][row] for stage, row in found}
    known = [joint for joint, value in values_of.items() if value > 0.25]
    return LimbMatch(rows_of, values_of) if len(known) >= 2 else LimbMatch({}, {})


def _reward(tree: BoneTree, row: int, name: NameEvidence) -> float:
    """Of nameless bones one with a counterpart on the other side wins, and the farther one."""
    if name.part:
        return 0.0
    reward = _PAIRED if name.paired else 0.0
    if tree.heads is not None and tree.parents[row] >= 0 and tree.size > 0:
        reward += 0.1 * min(1.0, math.dist(tree.heads[row], tree.heads[tree.parents[row]]) / tree.size)
    return reward


def _followed_back(back: list[dict[int, tuple[int, int] | None]], stage: int, row: int) -> list[tuple[int, int]]:
    """(joint's number, row) of a chain's bones, from above."""
    found = []
    step: tuple[int, int] | None = (stage, row)
    while step is not None:
        found.append(step)
        step = back[step[0]].get(step[1]) if step[0] < len(back) else None
    return found[::-1]
