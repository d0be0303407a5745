"""The table of motions, a file a topic: their variants, and what people say for them.

A row has ``part`` (the half of the body it is about), ``variants`` with sampling weights and ``phrases`` by variant (marked as
`english` explains; ``lr`` stands for both sides, ``#`` follows wordings with a number). Where it applies it has ``speeds``,
``counts`` (the highest), ``directed`` (left and right are ways to go, not limbs), ``lasting`` (a length may be said), ``carrier``
(gestures may be made over it; its weight), ``gesture`` (may be made over carriers) and ``styles`` (may be done sadly).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path


@cache
def rows() -> dict[str, dict]:
    """All rows by kind, file by file. ValueError for a kind that two files have."""
    table: dict[str, dict] = {}
    for path in sorted(Path(__file__).parent.glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        if twice := sorted(set(found) & set(table)):
            raise ValueError(f"{path.name} repeats {', '.join(twice)}")
        table |= found
    return table
