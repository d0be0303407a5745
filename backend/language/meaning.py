"""An instruction as class indices for the meaning head: two steps of two actions at once.

Fields of an action: kind, side, direction, speed, count and, where a pack knows any, style. Class 0 always means "none". A pack
keeps the names of its classes, so that the table of `vocabulary` can grow without it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from .instruction import DIRECTIONS, MAX_COUNT, SIDES, SPEEDS, STYLES, Action, Instruction
from .kinds import Kind, all_kinds, variant_of

STEPS = 2
PLACES = STEPS * 2  # actions that an instruction has room for


@dataclass(frozen=True)
class MeaningClasses:
    """Names of the classes: kinds, directions and styles, and which variants there are.

    A variant is the plain key of an action, such as "stairs.up"; without ``variants`` there are all of the table.

    ValueError for a kind that is not in the table."""

    kinds: tuple[str, ...]
    directions: tuple[str, ...]
    styles: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = [str(name) for name in self.kinds if name not in all_kinds()]
        if unknown or not self.kinds:
            raise ValueError(f"motions that this version does not know: {', '.join(unknown[:5]) or 'none at all'}")

    @cached_property
    def fields(self) -> tuple[tuple[str, ...], ...]:
        """Names of the classes above 0 of every field of an action."""
        counts = tuple(str(count) for count in range(1, MAX_COUNT + 1))
        return (self.kinds, SIDES, self.directions, SPEEDS, counts, *([self.styles] if self.styles else []))

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """How many classes each field of all places has."""
        return tuple(1 + len(names) for names in self.fields) * PLACES

    def rows(self) -> list[Kind]:
        """The rows of the table that are known, in the order of their classes."""
        return [all_kinds()[name] for name in self.kinds]

    def every_action(self) -> list[list[int]]:
        """Fields of every action with every speed, count or style it may have; "no action" first."""
        found = [[0] * len(self.fields)]
        for kind in self.rows():
            for action in kind.actions():
                if not self._has(action):
                    continue
                for speed in ("", *SPEEDS) if kind.speeds else ("",):
                    for count in range(1, kind.max_count + 1):
                        found.append(self._encode_action(replace(action, speed=speed, count=count)))
                    for style in self.styles if kind.styles else ():
                        found.append(self._encode_action(replace(action, speed=speed, style=style)))
        return found

    def encode(self, instruction: Instruction) -> list[int]:
        """Class indices of an instruction; steps beyond the second are dropped.

        ValueError for what is not known."""
        out: list[int] = []
        for index in range(STEPS):
            step = instruction.steps[index] if index < len(instruction.steps) else ()
            for place in range(2):
                out += self._encode_action(step[place]) if place < len(step) else [0] * len(self.fields)
        return out

    def decode(self, numbers: list[int]) -> Instruction | None:
        """The instruction of class indices; None where they contain no action."""
        size, steps = len(self.fields), []
        for index in range(STEPS):
            places = [numbers[(index * 2 + place) * size :][:size] for place in range(2)]
            actions = tuple(self.decode_action(fields) for fields in places if fields[0] > 0)
            if actions:
                steps.append(actions)
        return Instruction(tuple(steps)) if steps else None

    def decode_action(self, fields: list[int]) -> Action:
        """The action of its class indices."""
        kind, side, direction, speed, count, *style = (
            names[number - 1] if number else "" for names, number in zip(self.fields, fields, strict=True)
        )
        return Action(kind, side, direction, speed, int(count or 1), *style)

    def knows(self, instruction: Instruction) -> bool:
        """Whether every action is among the classes."""
        return all(
            action.kind in self.kinds and variant_of(action) in all_kinds()[action.kind].variants
            and self._has(action) and action.style in ("", *self.styles)
            for step in instruction.steps for action in step
        )  # fmt: skip

    def _has(self, action: Action) -> bool:
        """Whether the variant of a kind is among the classes."""
        plain = Action(action.kind, action.side, action.direction).key
        return action.direction in ("", *self.directions) and (not self.variants or plain in self.variants)

    def _encode_action(self, action: Action) -> list[int]:
        values = (action.kind, action.side, action.direction, action.speed, str(action.count), action.style)
        if action.style and not self.styles:
            raise ValueError(f"no style is known: {action.key!r}")
        return [1 + names.index(value) if value else 0 for names, value in zip(self.fields, values, strict=False)]


def all_classes() -> MeaningClasses:
    """The whole table, for training."""
    kinds = [kind for kind in all_kinds().values() if not kind.retired]
    variants = tuple(action.key for kind in kinds for action in kind.actions())
    return MeaningClasses(tuple(kind.name for kind in kinds), DIRECTIONS, STYLES, variants)
