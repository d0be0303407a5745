"""Arms and legs in a tree of bones: the chain that fits names, hierarchy and shape best.

A limb is a row of joints, each below the one before. Every bone has a value for every joint, from its name and from the shape;
the best chain is found by dynamic programming over the tree. So a helper never wins over the real bone: the forearm is what the
hand hangs from, and a bone with an unknown name between upper arm and hand is the forearm.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
_KNOWN, _FEWEST_KNOWN = 0.25, 2  # a limb has at least so many joints of more than this value
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
    rewards = {row: _reward(tree, row, names[row]) for row in rows}
    stages: list[_Stage] = []
    for joint in joints:
        values = {row: joint_value(joint, names[row], again[row], shape.get(joint) == row) + rewards[row] for row in rows}
        if joint == "wrist":  # hands have fingers
            values |= {row: value + 0.02 * min(len(tree.children[row]), 5) for row, value in values.items()}
        stages.append(_Stage(values, 0.0 if joint in _OPTIONAL else _MISSING, shape.get(joint, -1)))
    tops: dict[int, int] = {}  # row -> the first bone of its side above it
    for row in rows:
        tops[row] = tops.get(tree.parents[row], row)
    between = {row: _HELPER_BETWEEN if names[row].helper or again[row] else _BETWEEN for row in rows}
    for number, stage in enumerate(stages):
        stage.carry(stages[:number], tree.parents, tops, between)
    lost = [sum(stage.cost for stage in stages[number + 1 :]) for number in range(len(stages))]
    ends = [(stage.best[row] - lost[number], number, -row) for number, stage in enumerate(stages) for row in rows]
    if not ends:
        return LimbMatch({}, {})
    _, number, row = max(ends)
    step: tuple[int, int] | None = (number, -row)
    rows_of, values_of = {}, {}
    while step is not None:
        stage = stages[step[0]]
        rows_of[joints[step[0]]], values_of[joints[step[0]]] = step[1], stage.values[step[1]]
        step = stage.before[step[1]]
    known = sum(value > _KNOWN for value in values_of.values())
    return LimbMatch(rows_of, values_of) if known >= _FEWEST_KNOWN else LimbMatch({}, {})


@dataclass
class _Stage:
    """One joint of a limb in the search for the best chain.

    Attributes:
        values: row -> how well it is this joint.
        cost: what a chain loses without the joint.
        shown: row that the shape takes for it, -1 for none.
        best: row -> value of the best chain that ends there.
        before: row -> number of the stage and row that chain comes from, None where it begins.
        above: row -> value and end of the best chain that ends above it.
    """

    values: dict[int, float]
    cost: float
    shown: int
    best: dict[int, float] = field(default_factory=dict)
    before: dict[int, tuple[int, int] | None] = field(default_factory=dict)
    above: dict[int, tuple[float, int]] = field(default_factory=dict)

    def carry(
        self, earlier: Sequence[_Stage], parents: Sequence[int], tops: Mapping[int, int], between: Mapping[int, float]
    ) -> None:
        """Find the best chain to each row from those of the joints above, in order."""
        lost = [sum(stage.cost for stage in earlier[number + 1 :]) for number in range(len(earlier))]
        ends = [max(stage.best.items(), key=lambda item: item[1], default=(-1, -math.inf)) for stage in earlier]
        begin = -sum(stage.cost for stage in earlier)
        for row, own in self.values.items():
            parent = parents[row]
            if parent in self.best:
                value, end = self.above[parent]
                self.above[row] = max((self.best[parent], parent), (value - between[parent], end))
            else:
                self.above[row] = (-math.inf, -1)
            choice, source = begin, None
            for number, stage in enumerate(earlier):
                value, end = stage.above[row]
                if value - lost[number] > choice:
                    choice, source = value - lost[number], (number, end)
                end, value = ends[number]
                jumped = value - lost[number] - (_SHOWN_JUMP if self.shown == row else _JUMP)
                if own >= _NAMED and jumped > choice and tops.get(end, row) != tops[row]:
                    choice, source = jumped, (number, end)
            self.best[row], self.before[row] = own + choice, source


def _reward(tree: BoneTree, row: int, name: NameEvidence) -> float:
    """Of nameless bones one with a counterpart on the other side wins, and the farther one."""
    if name.part:
        return 0.0
    reward = _PAIRED if name.paired else 0.0
    if tree.heads is not None and tree.parents[row] >= 0 and tree.size > 0:
        reward += 0.1 * min(1.0, math.dist(tree.heads[row], tree.heads[tree.parents[row]]) / tree.size)
    return reward
