"""The bones of an armature: what hangs from what, and where they are at rest. Only numpy.

Bones are in an order that depends on names and parents alone, parents first, so that what is found does not depend on the order in
which an armature happens to hold its bones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

_SMALLEST = 1e-6  # armature units; bones within less of each other show no body


@dataclass(frozen=True, eq=False)
class BoneTree:
    """Attributes:
    names: N names, parents before children.
    parents: N rows, -1 for none.
    heads, tails: (N, 3) in armature space; None where only names are known, or all bones lie in one point.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    heads: np.ndarray | None = None
    tails: np.ndarray | None = None

    @cached_property
    def children(self) -> list[list[int]]:
        """Rows of what hangs from each bone."""
        found: list[list[int]] = [[] for _ in self.names]
        for row, parent in enumerate(self.parents):
            if parent >= 0:
                found[parent].append(row)
        return found

    @cached_property
    def roots(self) -> list[int]:
        """Rows of bones without parent."""
        return [row for row, parent in enumerate(self.parents) if parent < 0]

    @cached_property
    def depths(self) -> list[int]:
        """How many bones are above each."""
        found: list[int] = []
        for parent in self.parents:
            found.append(found[parent] + 1 if parent >= 0 else 0)
        return found

    @cached_property
    def sizes(self) -> list[int]:
        """How many bones hang from each, at any depth."""
        found = [0] * len(self.names)
        for row in range(len(self.names) - 1, -1, -1):
            if self.parents[row] >= 0:
                found[self.parents[row]] += found[row] + 1
        return found

    @cached_property
    def size(self) -> float:
        """The largest extent of the heads along an axis, from 5th to 95th percentile; 0 for none."""
        if self.heads is None:
            return 0.0
        low, high = np.percentile(self.heads, (5, 95), axis=0)
        return float((high - low).max())

    def above(self, row: int) -> list[int]:
        """What a bone hangs from, nearest first."""
        found = []
        while (row := self.parents[row]) >= 0:
            found.append(row)
        return found

    def with_above(self, row: int) -> list[int]:
        """The bone and what it hangs from, nearest first."""
        return [row, *self.above(row)]

    def below(self, row: int) -> list[int]:
        """What hangs from a bone, at any depth, parents first."""
        found = list(self.children[row])
        for each in found:
            found += self.children[each]
        return found

    def shared(self, rows: list[int]) -> int:
        """The lowest bone from which all these hang, or which is one of them; -1 for none."""
        lines = [set(self.with_above(row)) for row in rows]
        return next((row for row in self.with_above(rows[0]) if all(row in line for line in lines)), -1)


def bone_tree(
    parents: Mapping[str, str], heads: Mapping[str, np.ndarray] | None = None, tails: Mapping[str, np.ndarray] | None = None
) -> BoneTree:
    """The tree of an armature's bones.

    Args:
        parents: bone name -> name of its parent, empty for none.
        heads, tails: bone name -> (3,) in armature space, of every bone; None where they are not known.
    """
    below: dict[str, list[str]] = {}
    for name in sorted(parents):
        above = parents[name]
        below.setdefault(above if above in parents and above != name else "", []).append(name)
    names, rows = list(below.get("", ())), {}
    for name in names:  # grows while it is read
        rows[name] = len(rows)
        names += below.get(name, ())
    above = tuple(rows.get(parents[name], -1) if parents[name] != name else -1 for name in names)
    if heads is None or not names:
        return BoneTree(tuple(names), above)
    at = np.array([heads[name] for name in names], dtype=np.float64)
    if not np.isfinite(at).all() or float(np.ptp(at, axis=0).max()) < _SMALLEST:
        return BoneTree(tuple(names), above)
    ends = np.array([tails[name] for name in names], dtype=np.float64) if tails is not None else None
    return BoneTree(tuple(names), above, at, ends)
