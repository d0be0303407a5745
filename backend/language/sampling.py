"""The distribution of instructions that training is drawn from.

It only has combinations that motion data, authored clips or composition can supply: `kinds` lists the variants, speeds and
counts, and which gestures may accompany which leg motions. The wording is in `captions`.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

from .instruction import STYLES, Action, Instruction
from .kinds import all_kinds, kind_of

# what may follow an action depends on it: nobody lies down and then hops without getting up
_ENDS_ON_FLOOR = frozenset(
    ("lie_down", "fall", "lie_on_side", "sleep", "roll_over", "sit_on_floor", "sit_cross_legged", "meditate", "cobra_pose", "die",
     "knocked_down", "faint")
)  # fmt: skip
_NEEDS_FLOOR = frozenset({"get_up", "sleep", "roll_over", "cobra_pose"})
_ENDS_SEATED = frozenset({"sit", "cross_legs", "sit_idle"})
_NEEDS_SEAT = frozenset({"stand_up", "cross_legs", "sit_idle"})
_VARIED = ("walk", "turn", "wave", "kick", "punch", "sidestep")  # worth doing twice in a row in different ways


@cache
def _table(part: str) -> tuple[list[Action], list[float]]:
    actions, weights = [], []
    for kind in all_kinds().values():
        if kind.retired or (part == "carrier" and not kind.carrier) or (part == "gesture" and not kind.gesture):
            continue
        scale = kind.carrier / sum(kind.variants.values()) if part == "carrier" else 1.0
        actions += kind.actions()
        weights += [weight * scale for weight in kind.variants.values()]
    return actions, weights


def _draw(rng: random.Random, part: str) -> Action:
    actions, weights = _table(part)
    return rng.choices(actions, weights)[0]


def _with_manner(action: Action, rng: random.Random) -> Action:
    """The action with a random speed or count, where its kind has them; otherwise unchanged."""
    kind = kind_of(action)
    choices = ["speed"] * (2 if kind.speeds else 0) + ["count"] * (3 if kind.max_count > 1 else 0)
    if not choices:
        return action
    if rng.choice(choices) == "speed":
        return replace(action, speed=rng.choice(("slow", "fast")))
    counts = range(2, kind.max_count + 1)
    return replace(action, count=rng.choices(counts, [1 / n for n in counts])[0])


def _follows(first: Action, second: Action) -> bool:
    if first.kind in _ENDS_ON_FLOOR:
        return second.kind in _NEEDS_FLOOR and second.kind != first.kind
    if first.kind in _ENDS_SEATED:
        return first.kind != second.kind and (second.kind in _NEEDS_SEAT or kind_of(second).part == "upper")
    if second.kind in _NEEDS_FLOOR | _NEEDS_SEAT:
        return first.kind == "kneel" and second.kind == "stand_up"
    return first.kind != second.kind or (first.key != second.key and first.kind in _VARIED)


def _pair(rng: random.Random) -> tuple[Action, Action]:
    while True:
        first, second = _draw(rng, "all"), _draw(rng, "all")
        if _follows(first, second):
            return first, second


def _styled(rng: random.Random) -> Action:
    """An action in a random style; gaits half of the time, as people ask."""
    going = rng.random() < 0.5
    while True:
        action = _draw(rng, "carrier" if going else "all")
        if kind_of(action).styles:
            return replace(action, style=rng.choice(STYLES))


def sample_instruction(rng: random.Random) -> Instruction:
    """A random instruction.

    54 % single actions, 20 % "then", 12 % "while", 8 % with a speed or count, 6 % in a style."""
    draw = rng.random()
    if draw < 0.54:
        return Instruction.of(_draw(rng, "all"))
    if draw < 0.60:
        return Instruction.of(_styled(rng))
    if draw < 0.80:
        first, second = _pair(rng)
        if rng.random() < 0.15:
            first = _with_manner(first, rng)
        if rng.random() < 0.15:
            second = _with_manner(second, rng)
        return Instruction.of(first, second)
    if draw < 0.92:
        legs = _draw(rng, "carrier")
        if kind_of(legs).speeds and rng.random() < 0.25:
            legs = replace(legs, speed=rng.choice(("slow", "fast")))
        return Instruction(((legs, _draw(rng, "gesture")),))
    while True:
        action = _draw(rng, "all")
        manner = _with_manner(action, rng)
        if manner != action:
            return Instruction.of(manner)
