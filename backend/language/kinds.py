"""The closed vocabulary of motion kinds and their attributes.

The table is data (`vocabulary`). The wording is in `captions`; the motion comes from the annotated and the authored clips of
`data`. A pack of weights knows the part of the table that it was trained on (`meaning`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from .instruction import Action, Instruction
from .vocabulary import rows

PARTS = ("legs", "upper", "whole")


@dataclass(frozen=True)
class Kind:
    """One row of the table.

    Attributes:
        name: snake_case name, the first part of a key.
        part: "legs", "upper" or "whole": which half of the body the kind is about.
        variants: attribute text after the kind ("", "left", "left.up", ...) -> sampling weight.
        speeds: whether "slowly" or "quickly" may be said with it.
        max_count: highest count that may be said; 1 where none may.
        lasting: whether it can go on for any length of time, so that a length may be said.
        carrier: weight among the leg motions that a gesture may accompany ("walk while waving"); 0 where none may.
        gesture: whether it stays recognisable over another motion of the legs.
        styles: whether a style may be said with it ("walk sadly"), once, not with a count.
        retired: known to older packs only; a style has taken its place.
    """

    name: str
    part: str
    variants: dict[str, float]
    speeds: bool
    max_count: int
    lasting: bool
    carrier: float
    gesture: bool
    styles: bool
    retired: bool

    def actions(self) -> list[Action]:
        """Every variant as a plain action (no speed, no count)."""
        return [Action.parse(f"{self.name}.{text}" if text else self.name) for text in self.variants]


@cache
def all_kinds() -> dict[str, Kind]:
    """The table. ValueError for a row that contradicts itself."""
    table = {}
    for name, row in rows().items():
        part, carrier, gesture = row["part"], float(row.get("carrier", 0)), bool(row.get("gesture"))
        if part not in PARTS or (carrier and part != "legs") or (gesture and part != "upper"):
            raise ValueError(f"kind {name}: part {part!r} is unknown, or cannot be a carrier or a gesture")
        speeds, lasting, styles, retired = (bool(row.get(name)) for name in ("speeds", "lasting", "styles", "retired"))
        count = max(1, int(row.get("counts", 1)))
        table[name] = Kind(name, part, dict(row["variants"]), speeds, count, lasting, carrier, gesture, styles, retired)
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
            if action.style and (not kind.styles or action.count > 1):
                raise ValueError(f"{action.kind} has no style, or not with a number: {action.key!r}")
            if action.count > kind.max_count:
                raise ValueError(f"{action.kind} is repeated at most {kind.max_count} times: {action.key!r}")
        if len(step) == 2 and not (kind_of(step[0]).carrier and kind_of(step[1]).gesture):
            raise ValueError(f"{step[1].key} cannot be done during {step[0].key}")
