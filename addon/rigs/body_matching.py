"""Which bone is which joint, judged by the body: chains, symmetry, lengths. Only numpy.

Names are evidence, never a condition. Where they say nothing the shape of the skeleton decides alone; where names and shape
disagree the match says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .body_shape import Shape, read_shape
from .bone_names import NameEvidence, read_names
from .bone_tree import BoneTree
from .facing import CLEAR, SHOWN, facing_evidence, is_symmetric, upright
from .hand_matching import finger_chains
from .joints import REQUIRED, SIDES
from .limb_matching import ARM, LEG, LimbMatch, continuations, match_limb
from .trunk_matching import match_trunk

# What a whole body has besides fingers and face; more spine and neck bones are welcome.
EXPECTED: tuple[str, ...] = (
    "pelvis", "spine.0", "neck.0", "head", *(f"{side}_{joint}" for side in SIDES for joint in (*ARM, *LEG)),
)  # fmt: skip
LEFT_AND_RIGHT = "names and body disagree about left and right"
_FEWEST_SIDED = 3  # bones with a side in their names, on both sides, for names to decide sides
_STRAY = 0.25  # of a side's marks below a bone: fewer of the other side are a mistake
_UNEVEN = 1.35  # times as long as the other side's
_FLAT_TRUNK, _HANGING_ARMS = 0.6, 0.7  # cosines: trunk to legs, arms to legs
_FLOOR = 0.25  # of a leg: hands so near the height of the feet stand on the floor


@dataclass(frozen=True)
class BodyMatch:
    """Attributes:
    bones: joint key -> bone name.
    doubts: what makes the match unsure, in clauses.
    refusal: why these bones are no body to move, a clause; empty where they are one.
    by_shape: whether names said nothing and the shape decided alone.
    """

    bones: dict[str, str]
    doubts: tuple[str, ...] = ()
    refusal: str = ""
    by_shape: bool = False


def match_body(tree: BoneTree) -> BodyMatch:
    """The body in a tree of bones."""
    names = read_names(tree.names)
    shape = read_shape(tree)
    sides, named = _read_sides(tree, names, shape)
    limbs: dict[str, int] = {}
    values: dict[str, float] = {}
    again = continuations(tree, names)
    swapped = named and shape is not None and _sign(sides, shape) < 0
    for side, sign in zip(SIDES, (1, -1), strict=True):
        letter = "a" if (sign > 0) != swapped else "b"
        rows = [row for row in range(len(tree.names)) if sides[row] == sign]
        for joints in (ARM, LEG):
            of_shape = {joint: shape.limbs[joint, letter] for joint in joints if shape and (joint, letter) in shape.limbs}
            limb = _with_collar(tree, match_limb(tree, joints, rows, names, again, of_shape), rows, names)
            limbs |= {f"{side}_{joint}": row for joint, row in limb.rows.items() if row not in limbs.values()}
            values |= {f"{side}_{joint}": value for joint, value in limb.values.items()}
    rows_of = limbs | match_trunk(tree, names, limbs, sides, _up(tree, limbs, shape))
    rows_of |= _face(tree, names, rows_of)
    rows_of |= _fingers(tree, names, rows_of)
    doubts: list[str] = []
    shown = facing_evidence(tree, rows_of)
    if (shown <= -CLEAR) if named else (shown < 0):
        rows_of = exchanged(rows_of)
        if named:
            doubts.append(LEFT_AND_RIGHT)
    elif not named and abs(shown) < SHOWN and limbs:
        doubts.append("nothing shows which way it faces")
    if not named and abs(shown) < SHOWN and _backwards(tree, rows_of):
        rows_of = exchanged(rows_of)
    doubts += _uneven(tree, rows_of)
    return BodyMatch(
        bones={key: tree.names[row] for key, row in rows_of.items()},
        doubts=tuple(doubts),
        refusal=_refusal(tree, rows_of),
        by_shape=not any(each.part for each in (names[row] for row in limbs.values())),
    )


def _read_sides(tree: BoneTree, names: Sequence[NameEvidence], shape: Shape | None) -> tuple[list[int], bool]:
    """Per bone 1 for left, -1 for right, 0 for the middle, and whether names said so.

    A mark counts where next to nothing of the other side hangs from the bone: the ``L5`` that carries both arms is a vertebra.
    """
    marks = [{"left": 1, "right": -1}.get(each.side, 0) for each in names]
    lefts, rights = [int(mark > 0) for mark in marks], [int(mark < 0) for mark in marks]
    for row in range(len(marks) - 1, 0, -1):
        if tree.parents[row] >= 0:
            lefts[tree.parents[row]] += lefts[row]
            rights[tree.parents[row]] += rights[row]
    both = [min(pair) > _STRAY * max(pair) for pair in zip(lefts, rights, strict=True)]
    marks = [0 if each else mark for mark, each in zip(marks, both, strict=True)]
    by_shape = list(shape.sides) if shape is not None else [0] * len(marks)
    if min(marks.count(1), marks.count(-1)) < _FEWEST_SIDED:
        return by_shape, False
    turn = int(np.sign(sum(mark * by_shape[row] for row, mark in enumerate(marks))))
    found: list[int] = []
    for row, mark in enumerate(marks):
        parent = tree.parents[row]
        found.append(mark or (found[parent] if parent >= 0 else 0) or (0 if both[row] else turn * by_shape[row]))
    return found, True


def _sign(sides: Sequence[int], shape: Shape) -> int:
    return int(np.sign(np.asarray(sides) @ shape.sides))


def _with_collar(tree: BoneTree, limb: LimbMatch, rows: Sequence[int], names: Sequence[NameEvidence]) -> LimbMatch:
    """The arm with what carries it on its side, whatever that is called."""
    if "shoulder" not in limb.rows or "collar" in limb.rows:
        return limb
    inside = set(rows)
    above = [row for row in tree.above(limb.rows["shoulder"]) if row in inside and not names[row].helper]
    above = [row for row in above if not names[row].part or names[row].part in ("collar", "shoulder", "arm")]
    return LimbMatch({**limb.rows, "collar": above[-1]}, limb.values) if above else limb


def _up(tree: BoneTree, limbs: dict[str, int], shape: Shape | None) -> np.ndarray | None:
    if shape is not None:
        return shape.up
    return upright(tree, limbs) if is_symmetric(tree, limbs) else None


def _face(tree: BoneTree, names: Sequence[NameEvidence], rows_of: dict[str, int]) -> dict[str, int]:
    """Jaw and eyes by their names, below the head where there is one."""
    head = rows_of.get("head", -1)
    below = set(tree.below(head)) if head >= 0 else set(range(len(tree.names)))
    found = {}
    for key, part, side in (("jaw", "jaw", ""), ("left_eye", "eye", "left"), ("right_eye", "eye", "right")):
        rows = [row for row in below if names[row].part == part and names[row].side == side and not names[row].helper]
        rows = [row for row in rows if row not in rows_of.values()]
        if rows:
            found[key] = min(rows, key=lambda row: (-names[row].weight, tree.depths[row], tree.names[row]))
    return found


def _fingers(tree: BoneTree, names: Sequence[NameEvidence], rows_of: dict[str, int]) -> dict[str, int]:
    """The first three bones of each finger."""
    chains = finger_chains(tree, names, rows_of)
    return {f"{finger}{i}": row for finger, rows in chains.items() for i, row in enumerate(rows[:3], start=1)}


def exchanged(found: dict) -> dict:
    """The same with left and right exchanged in its keys."""
    other = {"left": "right", "right": "left"}
    out = {}
    for key, value in found.items():
        side, _, rest = key.partition("_")
        out[f"{other[side]}_{rest}" if side in other else key] = value
    return out


def _backwards(tree: BoneTree, rows_of: dict[str, int]) -> bool:
    """Where nothing shows the front: bodies face -Y where Z is up, and +Z where Y is."""
    up = upright(tree, rows_of)
    if up is None or "left_shoulder" not in rows_of or "right_shoulder" not in rows_of:
        return False
    left = tree.heads[rows_of["left_shoulder"]] - tree.heads[rows_of["right_shoulder"]]
    ahead = np.cross(left, up)
    return float(ahead[1]) > 0 if abs(up[2]) >= abs(up[1]) else float(ahead[2]) < 0


def _uneven(tree: BoneTree, rows_of: dict[str, int]) -> list[str]:
    """Limbs that are much longer on one side."""
    if tree.heads is None:
        return []
    found = []
    for clause, joints in (("its arms differ in length", ARM[1:]), ("its legs differ in length", LEG[:3])):
        keys = [[f"{side}_{joint}" for joint in joints] for side in SIDES]
        if all(key in rows_of for pair in keys for key in pair):
            lengths = [
                float(np.linalg.norm(np.diff(tree.heads[[rows_of[key] for key in pair]], axis=0), axis=1).sum()) for pair in keys
            ]
            if max(lengths) > _UNEVEN * min(lengths):
                found.append(clause)
    return found


def _refusal(tree: BoneTree, rows_of: dict[str, int]) -> str:
    """Why these bones are no human body; empty where they are one."""
    if not tree.names:
        return "it has no bones"
    lacking = {key for key in REQUIRED if key not in rows_of}
    if not lacking:
        return "it stands on four legs" if _on_four_legs(tree, rows_of) else ""
    no_legs, no_arms = ([{f"{side}_{joint}" for joint in joints} <= lacking for side in SIDES] for joints in (LEG[:3], ARM[1:]))
    if len(lacking) > len(REQUIRED) / 2 and any(no_legs) and any(no_arms):
        return "no legs and arms were found in its bones"
    if all(no_legs):
        return "no legs were found in its bones"
    return "no arms were found in its bones" if all(no_arms) else ""


def _on_four_legs(tree: BoneTree, rows_of: dict[str, int]) -> bool:
    """Arms that hang parallel to the legs, down to the floor, from a trunk square to them."""
    if not is_symmetric(tree, rows_of):
        return False

    def at(joint: str) -> np.ndarray:
        return tree.heads[[rows_of[f"{side}_{joint}"] for side in SIDES]].mean(axis=0)

    leg, arm, trunk = at("ankle") - at("hip"), at("wrist") - at("shoulder"), at("shoulder") - at("hip")
    lengths = [float(np.linalg.norm(each)) for each in (leg, arm, trunk)]
    if min(lengths) < 0.02 * tree.size:
        return False
    leg, arm, trunk = leg / lengths[0], arm / lengths[1], trunk / lengths[2]
    gap = float((at("wrist") - at("ankle")) @ leg)
    return abs(float(trunk @ leg)) < _FLAT_TRUNK and float(arm @ leg) > _HANGING_ARMS and gap > -_FLOOR * lengths[0]
