"""Fingers: the chains of bones that hang from a hand, and which finger each is. Only numpy.

Names decide where they name fingers. Else the thumb is the chain that points away from the others and begins nearer the wrist,
and the rest are counted from it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

from .bone_names import NameEvidence
from .bone_tree import BoneTree
from .joints import FINGERS, SIDES

_BY_COUNT = {1: ("middle",), 2: ("index", "middle"), 3: ("index", "middle", "ring"), 4: ("index", "middle", "ring", "pinky")}
_PALM_SHARE = 0.4  # of the way from wrist to knuckle: a bone that begins nearer is a metacarpal
_THUMB_ANGLE = 0.35  # radians between the thumb and the other fingers, at least
_NEAREST, _FARTHEST = 0.6, 1.1  # of the forearm's length, from the wrist: where fingers begin and end
_END = re.compile(r"end|nub|tip|effector", re.IGNORECASE)
_METACARPAL = re.compile(r"meta|carpal|palm|inhand|cup", re.IGNORECASE)
_BASE = re.compile("base", re.IGNORECASE)


def finger_chains(tree: BoneTree, names: Sequence[NameEvidence], rows_of: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    """Finger of a side (``left_index``) -> rows of all its bones from the palm.

    Args:
        rows_of: joint -> row.
    """
    found = {}
    for side in SIDES:
        if f"{side}_wrist" in rows_of:
            fingers = _match_fingers(tree, names, rows_of[f"{side}_wrist"], rows_of.get(f"{side}_elbow", -1))
            found |= {f"{side}_{finger}": rows for finger, rows in (fingers or _apart(tree, names, side)).items()}
    return found


def _apart(tree: BoneTree, names: Sequence[NameEvidence], side: str) -> dict[str, tuple[int, ...]]:
    """Fingers that hang from something else than the hand, as in rigs of controls: by name."""
    found: dict[str, list[int]] = {}
    for row, each in enumerate(names):
        if each.side == side and each.part in FINGERS and not each.helper:
            found.setdefault(each.part, []).append(row)
    return {finger: tuple(sorted(rows, key=lambda row: (tree.depths[row], names[row].number))) for finger, rows in found.items()}


def _match_fingers(tree: BoneTree, names: Sequence[NameEvidence], wrist: int, elbow: int = -1) -> dict[str, tuple[int, ...]]:
    """Finger -> rows of its bones from the palm, without ends and (but for thumbs) metacarpals.

    Args:
        elbow: row of the forearm, whose length says what is too long for a finger; -1 for none.
    """
    chains = [chain for child in tree.children[wrist] for chain in _chains(tree, names, child)]
    called: dict[str, list[int]] = {}
    others: list[list[int]] = []
    for chain in chains:
        parts = [names[row].part for row in chain]
        finger = next((part for part in parts if part in ("thumb", "index", "middle", "ring", "pinky")), "")
        nameless = not any(parts) and not any(names[row].helper for row in chain)
        if finger:
            called.setdefault(finger, chain)
        elif "finger" in parts or (nameless and _is_short(tree, chain, wrist, elbow)):
            others.append(chain)
    if others and not called:
        called = _by_shape(tree, names, wrist, others)
    elif others and set(called) == {"thumb"} and len(others) <= 4:
        called |= _counted(tree, others, called["thumb"])
    found = {finger: tuple(_phalanges(tree, names, wrist, chain, finger)) for finger, chain in called.items()}
    return {finger: rows for finger, rows in found.items() if rows}


def _chains(tree: BoneTree, names: Sequence[NameEvidence], row: int) -> list[list[int]]:
    """Chains from here down; where a palm bone carries several fingers, one each."""
    chain = [row]
    while children := [child for child in tree.children[chain[-1]] if not _is_side_helper(names[child])]:
        if len(children) > 1:
            longest = max(children, key=lambda child: (tree.sizes[child], tree.names[child]))
            fingers = [child for child in children if names[child].part and tree.sizes[child] > 0]
            if len(chain) == 1 and len(fingers) > 1:
                return [each for child in children for each in _chains(tree, names, child)]
            if len(chain) == 1 and len(children) > 2 and not names[row].part:
                return [each for child in children for each in _chains(tree, names, child)]
            chain.append(longest)
        else:
            chain.append(children[0])
    return [chain]


def _is_short(tree: BoneTree, chain: list[int], wrist: int, elbow: int) -> bool:
    """Whether a chain without a name is no longer than fingers are: a weapon is."""
    if tree.heads is None or elbow < 0:
        return True
    forearm = math.dist(tree.heads[elbow], tree.heads[wrist])
    starts, ends = (math.dist(tree.heads[row], tree.heads[wrist]) for row in (chain[0], chain[-1]))
    return starts < _NEAREST * forearm and ends < _FARTHEST * forearm


def _is_side_helper(name: NameEvidence) -> bool:
    return name.helper and not name.part


def _phalanges(tree: BoneTree, names: Sequence[NameEvidence], wrist: int, chain: list[int], finger: str) -> list[int]:
    rows = [row for row in chain if not _END.search(tree.names[row])]
    if finger != "thumb":
        rows = [row for row in rows if not _METACARPAL.search(tree.names[row])]
        parted = [row for row in rows if names[row].part]
        rows = parted or rows
        first = names[rows[0]].number if parted else -1
        if len(rows) >= 4 and (first == 0 or _BASE.search(tree.names[rows[0]]) or (first < 0 and _in_palm(tree, wrist, rows))):
            rows = rows[1:]
    return rows


def _in_palm(tree: BoneTree, wrist: int, rows: list[int]) -> bool:
    if tree.heads is None:
        return False
    near, far = (float(np.linalg.norm(tree.heads[row] - tree.heads[wrist])) for row in rows[:2])
    return near < _PALM_SHARE * far


def _by_shape(tree: BoneTree, names: Sequence[NameEvidence], wrist: int, chains: list[list[int]]) -> dict[str, list[int]]:
    """Fingers without names: numbered ones have the thumb first, others show it by direction."""
    numbered = all(any(names[row].part == "finger" for row in chain) for chain in chains)
    if not numbered:
        chains = [chain for chain in chains if len(chain) > 1]  # one bone alone may be anything
    chains = sorted(chains, key=lambda chain: _natural(tree.names[_first_called(names, chain)]))[:5]
    thumb = _thumb(tree, wrist, chains)
    if thumb is None and len(chains) == 5 and numbered:
        thumb = 0
    if thumb is None:
        return _counted(tree, chains[:4], None)
    rest = [chain for at, chain in enumerate(chains) if at != thumb]
    return {"thumb": chains[thumb]} | _counted(tree, rest, chains[thumb])


def _first_called(names: Sequence[NameEvidence], chain: list[int]) -> int:
    return next((row for row in chain if names[row].part == "finger"), chain[0])


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in re.findall(r"\d+|\D+", name)]


def _counted(tree: BoneTree, chains: list[list[int]], thumb: list[int] | None) -> dict[str, list[int]]:
    """Index, middle, ring, pinky by their distance from the thumb, else in the names' order."""
    if not chains:
        return {}
    if thumb is not None and tree.heads is not None and len(chains) > 1:
        end = tree.heads[thumb[-1]]
        away = [math.dist(tree.heads[chain[min(1, len(chain) - 1)]], end) / max(tree.size, 1e-9) for chain in chains]
        chains = [chains[at] for at in sorted(range(len(chains)), key=lambda at: (round(away[at], 5), at))]
    return dict(zip(_BY_COUNT[min(len(chains), 4)], chains, strict=False))


def _thumb(tree: BoneTree, wrist: int, chains: list[list[int]]) -> int | None:
    """Which chain points away from the others and begins nearest the wrist; None for none."""
    if tree.heads is None or len(chains) < 2:
        return None
    starts = np.array([tree.heads[chain[0]] - tree.heads[wrist] for chain in chains])
    ways = np.array([_unit(tree.heads[chain[-1]] - tree.heads[chain[0]]) for chain in chains])
    if len(chains) == 2:
        angles = np.full(2, float(np.arccos(np.clip(ways[0] @ ways[1], -1, 1))))
    else:
        rest = [_unit(np.delete(ways, at, axis=0).mean(axis=0)) for at in range(len(chains))]
        angles = np.array([float(np.arccos(np.clip(way @ other, -1, 1))) for way, other in zip(ways, rest, strict=True)])
    reach = np.linalg.norm(starts, axis=1)
    rank = angles + 0.5 * (1 - reach / max(float(reach.max()), 1e-12))
    best = int(rank.argmax())
    return best if angles[best] > _THUMB_ANGLE else None


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)
