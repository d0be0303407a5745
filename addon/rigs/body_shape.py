"""Arms and legs by the shape of a skeleton alone: what mirrors what, how long it is. No bpy.

Bodies are made along axes, so the plane of symmetry is square to one. Pairs of chains that leave the middle on both sides are
limbs. Legs are the pair that reaches the floor, arms a pair that leaves the trunk higher up. This holds whatever bones are called.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from .bone_tree import BoneTree

_TOLERANCE = 0.12  # of the body's size, between a bone's mirror image and its partner
_MIDDLE = 0.012  # of the body's size: nearer to the plane, a bone is in the middle
_FEWEST_PAIRS = 6
_SHORTEST = 0.12  # of the body's size, for a limb
_MOST_LIMBS = 14  # the longest are looked at
_DEEPEST = 10  # bones of a chain among which the joints are
_ARM_RATIO, _LEG_RATIO = 1.1, 1.0  # upper to lower length: of human arms, and of legs
_LEG_TO_ARM = 1.55  # lengths
_SHOULDER = 0.16  # of an arm's length: nearer to the middle there is no shoulder
_LEAST = 2.0  # the score of a body; upright ones have 3 and more
_TRUNK_COSINE, _LEG_COSINE = 0.5, 0.6  # to the vertical
_AT_TAIL = 0.04  # of the body's size: a foot that hangs from elsewhere lies at the end of the shin


@dataclass(frozen=True)
class Shape:
    """Arms and legs of a skeleton with no regard to names. Which side is left is not known yet.

    Attributes:
        across: (3,) unit vector from side "b" to side "a".
        up: (3,) unit vector.
        limbs: ("shoulder", "a") and so on -> row.
        sides: per bone 1 for side a, -1 for side b, 0 for the middle.
    """

    across: np.ndarray
    up: np.ndarray
    limbs: dict[tuple[str, str], int]
    sides: np.ndarray


@dataclass(frozen=True)
class _Joints:
    """Three bones of a chain as the joints of a limb.

    Attributes:
        places: in the chain.
        cover: their share of the chain's length.
        straight: less than 0 by the bones between them, and by how far these lie beside the limb.
        branches: bones that hang from the last.
        length: first to last, along the bones.
        ratio: upper to lower length.
        aside: distance of the first from the plane of symmetry.
    """

    places: tuple[int, int, int]
    cover: float
    straight: float
    branches: int
    length: float
    ratio: float
    aside: float

    def as_leg(self) -> float:
        """How well they are a leg."""
        return self.cover + self.straight - abs(math.log(self.ratio / _LEG_RATIO))

    def as_arm(self, leg: float) -> float:
        """How well they are an arm beside a leg of this length."""
        narrow = max(0.0, 1.0 - self.aside / (_SHOULDER * self.length))
        hand = 0.3 if self.branches > 2 else 0.1 if self.branches == 2 else 0.0
        shares = abs(math.log(self.ratio / _ARM_RATIO)) + 0.6 * abs(math.log(leg / self.length / _LEG_TO_ARM))
        return 0.6 * self.cover + self.straight + hand - shares - narrow


@dataclass(frozen=True)
class _ChainPair:
    """A pair of chains, mirrored.

    Attributes:
        start: what both hang from, -1 for nothing.
        rows: of side a and of side b, from above.
        choices: what their joints may be.
        leg: the best of them for a leg.
    """

    start: int
    rows: tuple[tuple[int, ...], tuple[int, ...]]
    choices: tuple[_Joints, ...]
    leg: _Joints


def mirror_sides(tree: BoneTree) -> tuple[int, float, dict[int, int]] | None:
    """Axis and place of the plane of symmetry, and which bone mirrors which; None for neither."""
    if tree.heads is None or tree.size <= 0:
        return None
    best: tuple[int, float, int, float, dict[int, int]] | None = None
    for axis in range(3):
        for place in {0.0, round(float(np.median(tree.heads[:, axis])), 6)}:
            pairs, error = _pairs(tree, axis, place)
            if best is None or (len(pairs), -error) > (best[0], -best[3]):
                best = (len(pairs), place, axis, error, pairs)
    count, place, axis, _, pairs = best
    return (axis, place, pairs) if count >= 2 * _FEWEST_PAIRS else None


def _pairs(tree: BoneTree, axis: int, place: float) -> tuple[dict[int, int], float]:
    """Row -> row of its mirror image, both ways, and the sum of what they miss by."""
    mirrored = tree.heads.copy()
    mirrored[:, axis] = 2 * place - mirrored[:, axis]
    near, middle = _TOLERANCE * tree.size, _MIDDLE * tree.size
    off = np.abs(tree.heads[:, axis] - place) > middle
    found: dict[int, int] = {}
    error = 0.0
    waiting: list[tuple[list[int], list[int]]] = [(tree.roots, tree.roots)]
    while waiting:
        ones, others = waiting.pop()
        same = ones is others
        if same:
            waiting += [(tree.children[row], tree.children[row]) for row in ones if not off[row]]
            ones = others = [row for row in ones if off[row]]
        if not ones or not others:
            continue
        apart = np.linalg.norm(tree.heads[ones][:, None] - mirrored[others][None], axis=-1)
        sizes = np.array([tree.sizes[row] for row in ones])[:, None] != np.array([tree.sizes[row] for row in others])[None]
        cost = apart + 0.02 * tree.size * sizes  # of two at one place, the one with as many bones below
        taken: set[int] = set()
        rows, columns = np.nonzero(apart <= near)
        for at in np.argsort(cost[rows, columns], kind="stable").tolist():
            i, j = int(rows[at]), int(columns[at])
            one, other = ones[i], others[j]
            if one == other or one in taken or other in taken or (same and _one_side(tree, axis, place, one, other)):
                continue
            taken |= {one, other}
            found[one], found[other] = other, one
            error += float(apart[i, j])
            waiting.append((tree.children[one], tree.children[other]))
    return found, error


def _one_side(tree: BoneTree, axis: int, place: float, one: int, other: int) -> bool:
    return (tree.heads[one, axis] - place) * (tree.heads[other, axis] - place) > 0


def read_shape(tree: BoneTree) -> Shape | None:
    """Arms and legs by shape; None where no upright body is to be seen."""
    mirror = mirror_sides(tree)
    if mirror is None:
        return None
    axis, place, pairs = mirror
    limbs = _limbs(tree, axis, place, pairs)
    best: tuple[float, _ChainPair, _ChainPair, _Joints, np.ndarray] | None = None
    for legs, arms in itertools.permutations(limbs, 2):
        if not _on_one_trunk(tree, legs, arms):
            continue
        joints = max(arms.choices, key=lambda choice: choice.as_arm(legs.leg.length))
        for other, sign in itertools.product([each for each in range(3) if each != axis], (1.0, -1.0)):
            up = np.zeros(3)
            up[other] = sign
            score = _score(tree, legs, arms, joints, limbs, up)
            if score > _LEAST and (best is None or score > best[0] + 1e-9):
                best = (score, legs, arms, joints, up)
    if best is None:
        return None
    _, legs, arms, joints, up = best
    found = {}
    for side, rows in zip("ab", legs.rows, strict=True):
        found |= {(name, side): rows[at] for name, at in zip(("hip", "knee", "ankle"), legs.leg.places, strict=True)}
        after = rows[legs.leg.places[2] :]
        if len(after) > 1 and _is_toe(tree, after, up):
            found["foot", side] = after[1]
    for side, rows in zip("ab", arms.rows, strict=True):
        found |= {(name, side): rows[at] for name, at in zip(("shoulder", "elbow", "wrist"), joints.places, strict=True)}
        if joints.places[0] > 0:
            found["collar", side] = rows[joints.places[0] - 1]
    across = np.zeros(3)
    across[axis] = 1.0
    return Shape(across, up, found, _sides(tree, axis, place))


def _sides(tree: BoneTree, axis: int, place: float) -> np.ndarray:
    off = tree.heads[:, axis] - place
    return np.where(np.abs(off) <= _MIDDLE * tree.size, 0, np.sign(off)).astype(int)


def _is_toe(tree: BoneTree, rows: tuple[int, ...], up: np.ndarray) -> bool:
    """Whether what follows the ankle lies ahead of it rather than below."""
    way = tree.heads[rows[1]] - tree.heads[rows[0]]
    level = way - up * (way @ up)
    return float(np.linalg.norm(level)) > 0.4 * float(np.linalg.norm(way)) > 0.004 * tree.size


def _limbs(tree: BoneTree, axis: int, place: float, pairs: dict[int, int]) -> list[_ChainPair]:
    chains = []
    for one, other in pairs.items():
        start = tree.parents[one]
        if tree.heads[one, axis] < place or start in pairs or start != tree.parents[other]:
            continue
        rows, length = _longest_chain(tree, one, pairs)
        rows += _at_tail(tree, rows, pairs)
        if len(rows) >= 3:
            chains.append((length, start, rows))
    chains.sort(key=lambda chain: (-chain[0], chain[2]))
    found = []
    for _, start, rows in chains[:_MOST_LIMBS]:
        choices = _choices(tree, rows, axis, place)
        if choices:
            leg = max(choices, key=_Joints.as_leg)
            found.append(_ChainPair(start, (rows, tuple(pairs[row] for row in rows)), tuple(choices), leg))
    return found


def _at_tail(tree: BoneTree, rows: tuple[int, ...], pairs: dict[int, int]) -> tuple[int, ...]:
    """The foot that begins where the last of two bones ends, and hangs from something else."""
    if tree.tails is None or len(rows) != 2:
        return ()
    apart = np.linalg.norm(tree.heads - tree.tails[rows[-1]], axis=1)
    near = [row for row in pairs if apart[row] < _AT_TAIL * tree.size and row not in rows]
    return (min(near, key=lambda row: (apart[row], -tree.sizes[row], row)),) if near else ()


def _longest_chain(tree: BoneTree, start: int, pairs: dict[int, int]) -> tuple[tuple[int, ...], float]:
    """Down the mirrored bones to the end that is farthest along them, and how far that is."""
    ways = {start: 0.0}
    above = {start: -1}
    last = start
    waiting = [start]
    for row in waiting:
        if ways[row] > ways[last]:
            last = row
        for child in tree.children[row]:
            if child in pairs:
                ways[child] = ways[row] + math.dist(tree.heads[child], tree.heads[row])
                above[child] = row
                waiting.append(child)
    length, rows = ways[last], []
    while last >= 0:
        rows.append(last)
        last = above[last]
    return tuple(rows[::-1]), length


def _choices(tree: BoneTree, rows: tuple[int, ...], axis: int, place: float) -> list[_Joints]:
    """What the joints of a chain may be: any three with two segments of some length."""
    at = tree.heads[list(rows)].tolist()
    total = sum(math.dist(one, other) for one, other in itertools.pairwise(at)) or 1.0
    count = min(len(rows), _DEEPEST)
    ways = {(i, j): math.dist(at[i], at[j]) for i, j in itertools.combinations(range(count), 2)}
    bulges = {(i, j): _bulge(at, i, j, way) for (i, j), way in ways.items()}
    found = []
    for i, j, k in itertools.combinations(range(count), 3):
        upper, lower = ways[i, j], ways[j, k]
        if min(upper, lower) < 0.02 * tree.size or upper + lower < _SHORTEST * tree.size:
            continue
        straight = -0.04 * (k - i - 2) - 2.0 * (bulges[i, j] + bulges[j, k])
        branches, aside = len(tree.children[rows[k]]), abs(at[i][axis] - place)
        found.append(_Joints((i, j, k), (upper + lower) / total, straight, branches, upper + lower, upper / lower, aside))
    return found


def _bulge(at: list[list[float]], i: int, j: int, length: float) -> float:
    """How far the bones between two joints lie off their line, over its length; twist bones: 0."""
    if j - i < 2 or length <= 0:
        return 0.0
    start = at[i]
    line = [(b - a) / length for a, b in zip(start, at[j], strict=True)]
    most = 0.0
    for point in at[i + 1 : j]:
        x, y, z = (b - a for a, b in zip(start, point, strict=True))
        along = x * line[0] + y * line[1] + z * line[2]
        most = max(most, x * x + y * y + z * z - along * along)
    return math.sqrt(max(0.0, most)) / length


def _on_one_trunk(tree: BoneTree, legs: _ChainPair, arms: _ChainPair) -> bool:
    """Whether at least one bone carries the arms and not the legs."""
    if legs.start < 0 or arms.start < 0 or legs.start == arms.start:
        return False
    above = tree.with_above(arms.start)
    shared = next((row for row in tree.with_above(legs.start) if row in above), -1)
    return shared >= 0 and shared != arms.start


def _score(tree: BoneTree, legs: _ChainPair, arms: _ChainPair, joints: _Joints, limbs: list[_ChainPair], up: np.ndarray) -> float:
    """How well these are a body's legs and arms; 3 and more for upright ones."""

    def middle(limb: _ChainPair, place: int) -> np.ndarray:
        return (tree.heads[limb.rows[0][place]] + tree.heads[limb.rows[1][place]]) / 2

    hips, ankles, shoulders = middle(legs, legs.leg.places[0]), middle(legs, legs.leg.places[2]), middle(arms, joints.places[0])
    trunk, leg = shoulders - hips, hips - ankles
    upright = float(trunk @ up) / max(float(np.linalg.norm(trunk)), 1e-9)
    standing = float(leg @ up) / max(float(np.linalg.norm(leg)), 1e-9)
    if upright < _TRUNK_COSINE or standing < _LEG_COSINE:
        return -np.inf
    if float((middle(arms, joints.places[2]) - ankles) @ up) < 0.05 * legs.leg.length:
        return -np.inf
    lowest = min(float(tree.heads[rows[-1]] @ up) for limb in limbs for rows in limb.rows)
    off_floor = (float(ankles @ up) - lowest) / tree.size
    score = upright + standing + legs.leg.as_leg() + joints.as_arm(legs.leg.length)
    score += (legs.leg.length + joints.length) / tree.size - 2.0 * max(0.0, off_floor - 0.08)
    return score
