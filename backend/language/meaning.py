"""An instruction as class indices for the meaning head: two steps of two actions at once.

Fields of an action: kind, side, direction, speed, count. Class 0 always means "none".
"""

from __future__ import annotations

from dataclasses import replace

from .instruction import DIRECTIONS, MAX_COUNT, SIDES, SPEEDS, Action, Instruction
from .kinds import all_kinds

STEPS = 2
FIELDS = 5  # of an action: kind, side, direction, speed, count


def class_counts() -> tuple[int, ...]:
    """How many classes each of the STEPS * 2 * FIELDS fields has."""
    one = (1 + len(all_kinds()), 1 + len(SIDES), 1 + len(DIRECTIONS), 1 + len(SPEEDS), 1 + MAX_COUNT)
    return one * (STEPS * 2)


def every_action() -> list[list[int]]:
    """Fields of every action with every speed and count it may have; "no action" first."""
    found = [[0] * FIELDS]
    for kind in all_kinds().values():
        for action in kind.actions():
            for speed in ("", *SPEEDS) if kind.speeds else ("",):
                for count in range(1, kind.max_count + 1):
                    found.append(_encode_action(replace(action, speed=speed, count=count)))
    return found


def encode(instruction: Instruction) -> list[int]:
    """Class indices of an instruction; steps beyond the second are dropped."""
    out: list[int] = []
    for index in range(STEPS):
        step = instruction.steps[index] if index < len(instruction.steps) else ()
        for place in range(2):
            out += _encode_action(step[place]) if place < len(step) else [0] * FIELDS
    return out


def decode(numbers: list[int]) -> Instruction | None:
    """The instruction of class indices; None where they contain no action."""
    steps = []
    for index in range(STEPS):
        places = [numbers[(index * 2 + place) * FIELDS :][:FIELDS] for place in range(2)]
        actions = tuple(_decode_action(fields) for fields in places if fields[0])
        if actions:
            steps.append(actions)
    return Instruction(tuple(steps)) if steps else None


def _encode_action(action: Action) -> list[int]:
    return [
        1 + list(all_kinds()).index(action.kind),
        1 + SIDES.index(action.side) if action.side else 0,
        1 + DIRECTIONS.index(action.direction) if action.direction else 0,
        1 + SPEEDS.index(action.speed) if action.speed else 0,
        action.count,
    ]


def _decode_action(fields: list[int]) -> Action:
    kind, side, direction, speed, count = fields
    return Action(
        list(all_kinds())[kind - 1],
        SIDES[side - 1] if side else "",
        DIRECTIONS[direction - 1] if direction else "",
        SPEEDS[speed - 1] if speed else "",
        max(count, 1),
    )
