"""The closed vocabulary of motion kinds and their attributes.

The table is data (``kinds.json``): for each kind its body part, its variants with their sampling weights, whether a speed may be
said, and the highest count. The wording is in `captions`; the motion comes from the annotated and the authored clips of `data`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .instruction import Action, Instruction

PARTS = ("legs", "upper", "whole")

# leg motions that a gesture may accompany ("walk while waving")
CARRIERS = (
    "walk", "run", "jog", "march", "sneak", "stand", "turn", "sidestep", "crouch", "sit", "hop", "squat", "kneel",
)  # fmt: skip

# gestures that stay recognisable over other leg motions
GESTURES = (
    "wave", "raise_arm", "clap", "point", "nod", "shake_head",
    "shrug", "salute", "punch", "drink", "throw", "rotate_arms",
    "cheer", "talk",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One row of the table.

    Attributes:
        name: snake_case name, the first part of a key.
        part: "legs", "upper" or "whole": which half of the body the kind is about.
        variants: attribute text after the kind ("", "left", "left.up", ...) -> sampling weight.
        speeds: whether "slowly" or "quickly" may be said with it.
        max_count: highest count that may be said; 1 where none may.
    """

    name: str
    part: str
    variants: dict[str, float]
    speeds: bool
    max_count: int

    def actions(self) -> list[Action]:
        """Every variant as a plain action (no speed, no count)."""
        return [Action.parse(f"{self.name}.{text}" if text else self.name) for text in self.variants]


@cache
def all_kinds() -> dict[str, Kind]:
    """The table, in file order. ValueError for a row that contradicts itself."""
    rows = json.loads((Path(__file__).parent / "kinds.json").read_text(encoding="utf-8"))
    table = {}
    for name, row in rows.items():
        if row["part"] not in PARTS:
            raise ValueError(f"kind {name}: unknown part {row['part']!r}")
        table[name] = Kind(name, row["part"], dict(row["variants"]), bool(row["speeds"]), max(1, int(row["counts"])))
    return table


def kind_of(action: Action) -> Kind:
    """The row of an action's kind. ValueError for an unknown kind."""
    try:
        return all_kinds()[action.kind]
    except KeyError:
        raise ValueError(f"unknown kind of motion: {action.kind!r}") from None


def variant_of(action: Action) -> str:
    """An action's side and direction as the table spells them, such as "left.up"."""
    return ".".join(part for part in (action.side, action.direction) if part)


def check_instruction(instruction: Instruction) -> None:
    """Raise ValueError, naming the action, where the table does not have it."""
    for step in instruction.steps:
        if len(step) > 2:
            raise ValueError(f"more than two actions at once: {instruction.key!r}")
        for action in step:
            kind = kind_of(action)
            if variant_of(action) not in kind.variants:
                raise ValueError(f"{action.kind} has no variant {variant_of(action)!r}")
            if action.speed and not kind.speeds:
                raise ValueError(f"{action.kind} has no speeds: {action.key!r}")
            if action.count > kind.max_count:
                raise ValueError(f"{action.kind} is repeated at most {kind.max_count} times: {action.key!r}")
        if len(step) == 2 and (step[0].kind not in CARRIERS or step[1].kind not in GESTURES):
            raise ValueError(f"{step[1].key} cannot be done during {step[0].key}")
