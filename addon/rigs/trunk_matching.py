"""Pelvis, spine, neck and head in a tree of bones whose arms and legs are known. Only numpy.

The pelvis is what legs and spine hang from. What lies between it and the neck is spine, whatever it is called; the arms leave the
spine at its end, and what follows up to the head is neck.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .bone_names import NameEvidence
from .bone_tree import BoneTree
from .joints import LONGEST, SIDES

_HEAD_HEIGHT = 0.3  # of hip to shoulder, from the shoulders: where the head begins
_AS_GOOD = 0.05  # of hip to shoulder: of bones so near that distance the lowest is the head, the others hair
_TRUNK = {"spine", "neck", "head"}


def match_trunk(
    tree: BoneTree, names: Sequence[NameEvidence], limbs: dict[str, int], sides: Sequence[int], up: np.ndarray | None
) -> dict[str, int]:
    """Joint -> row of pelvis, spine, neck and head.

    Args:
        limbs: joint -> row of arms and legs.
        sides: per bone 1 and -1 for the two sides, 0 for the middle.
        up: (3,) where the body's shape shows it.
    """
    hips = [limbs[key] for side in SIDES if (key := f"{side}_hip") in limbs]
    arms = [limbs.get(f"{side}_collar", limbs.get(f"{side}_shoulder", -1)) for side in SIDES]
    arms = [row for row in arms if row >= 0]
    taken = set(limbs.values())
    chest = tree.shared(arms) if len(arms) == 2 else tree.parents[arms[0]] if arms else -1
    head = _named_head(tree, names, taken, chest)
    above_chest = [] if head >= 0 or chest < 0 else _chain_above(tree, names, chest, limbs, sides, up)
    if head < 0 and above_chest:
        head = _head_of(tree, above_chest, names, limbs, up)
    pelvis = _pelvis(tree, names, hips, chest if chest >= 0 else head)
    found = {"pelvis": pelvis} if pelvis >= 0 else {}
    if head >= 0 and head != pelvis:
        found["head"] = head
    top = head if head >= 0 else chest
    line = tree.with_above(top)[::-1] if top >= 0 else []
    if pelvis not in line and chest >= 0 and pelvis in tree.with_above(chest):
        line = tree.with_above(chest)[::-1]  # the head hangs from something else
    if pelvis not in line:
        return found
    way = [row for row in line[line.index(pelvis) + 1 :] if row != head and row not in taken]
    spine, neck = _split(way, names, chest)
    for chain, rows in (("spine", spine), ("neck", neck)):
        real = [row for row in rows if not names[row].helper] or rows
        found |= {f"{chain}.{i}": row for i, row in enumerate(_thinned(real, LONGEST[chain]))}
    return found


def _named_head(tree: BoneTree, names: Sequence[NameEvidence], taken: set[int], chest: int) -> int:
    carrying = {above for row in taken for above in tree.above(row)}
    rows = [row for row, each in enumerate(names) if each.part == "head" and not each.side and row not in taken | carrying]
    if chest >= 0 and any(chest in tree.above(row) for row in rows):
        rows = [row for row in rows if chest in tree.above(row)]
    rank = {row: (names[row].helper, -round(names[row].weight, 3), tree.depths[row], tree.names[row]) for row in rows}
    real = [row for row in rows if not names[row].helper]
    return min(real, key=rank.__getitem__, default=-1)


def _pelvis(tree: BoneTree, names: Sequence[NameEvidence], hips: list[int], top: int) -> int:
    """What moves the whole body: the lowest bone under legs and trunk, or a named one above it."""
    called = [row for row, each in enumerate(names) if each.part == "pelvis" and not each.side and not each.helper]
    shared = tree.shared([*hips, top]) if hips and top >= 0 else tree.shared(hips) if len(hips) == 2 else -1
    if shared >= 0 and shared not in hips:
        return next((row for row in tree.with_above(shared) if row in called), shared)
    return min(called, key=lambda row: (tree.depths[row], tree.names[row]), default=-1)


def _chain_above(
    tree: BoneTree, names: Sequence[NameEvidence], chest: int, limbs: dict[str, int], sides: Sequence[int], up: np.ndarray | None
) -> list[int]:
    """Bones in the middle from the chest up to the head, where no bone is called a head."""
    carrying = {above for row in limbs.values() for above in tree.with_above(row)}
    found = []
    row = chest
    while True:
        rows = [each for each in tree.children[row] if each not in carrying and sides[each] == 0 and not names[each].helper]
        called = [each for each in rows if names[each].part in _TRUNK]
        if not called and any(names[each].part in _TRUNK for each in found):
            return found  # numbered spine bones up to the head: what hangs from it has other names
        rows = called or rows
        if not rows or (len(rows) > 1 and not called and found and up is None):
            return found
        if up is not None and tree.heads is not None:
            row = max(rows, key=lambda each: (round(float(tree.heads[each] @ up) / max(tree.size, 1e-9), 2), tree.sizes[each]))
            if found and float((tree.heads[row] - tree.heads[found[-1]]) @ up) < 0:
                return found
        else:
            row = max(rows, key=lambda each: tree.sizes[each])
        found.append(row)


def _head_of(tree: BoneTree, rows: list[int], names: Sequence[NameEvidence], limbs: dict[str, int], up: np.ndarray | None) -> int:
    """Which bone above the chest is the head: by its distance from the shoulders, else the last."""
    keys = [f"{side}_{joint}" for joint in ("hip", "shoulder") for side in SIDES]
    if any(names[row].part in _TRUNK for row in rows) or tree.heads is None or up is None or any(key not in limbs for key in keys):
        return rows[-1]
    hips, shoulders = (tree.heads[[limbs[f"{side}_{joint}"] for side in SIDES]].mean(axis=0) for joint in ("hip", "shoulder"))
    torso = float(np.linalg.norm(shoulders - hips))
    off = [abs(float(np.linalg.norm(tree.heads[row] - shoulders)) - _HEAD_HEIGHT * torso) for row in rows]
    return next(row for row, each in zip(rows, off, strict=True) if each <= min(off) + _AS_GOOD * torso)


def _split(way: list[int], names: Sequence[NameEvidence], chest: int) -> tuple[list[int], list[int]]:
    """The bones between pelvis and head as spine and neck."""
    first = next((at for at, row in enumerate(way) if names[row].part == "neck"), -1)
    if first > 0:
        return way[:first], way[first:]
    if chest in way:
        return way[: way.index(chest) + 1], way[way.index(chest) + 1 :]
    return way, []


def _thinned(rows: list[int], most: int) -> list[int]:
    """At most ``most`` of the rows, evenly, with the first and the last."""
    if len(rows) <= most:
        return rows
    return [rows[round(i * (len(rows) - 1) / (most - 1))] for i in range(most)]
