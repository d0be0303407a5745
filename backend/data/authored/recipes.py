"""The list of authored gestures: keys, numbers of takes, speeds and counts.

Gestures are authored on one side; whoever uses the clips mirrors them, key and motion. Tempo decides whether a take is
"slow", ordinary or "fast"; counted takes do the thing exactly that often.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from backend.language.instruction import Action

from . import everyday, fighting, greetings, jumping, lowering, stepping
from .take import Take

Gesture = Callable[[np.random.Generator, float, int | None], Take]
TEMPO = {"": (0.85, 1.2), "slow": (0.5, 0.66), "fast": (1.5, 1.9)}
FIVE = (2, 3, 4, 5)
COUNTED = 8  # takes of a number at least: how often is harder to learn than how


@dataclass(frozen=True)
class Recipe:
    """One gesture.

    Attributes:
        key: what it does, in the grammar of `backend.language.instruction`, without speed and count.
        gesture: makes a take.
        weight: share of the asked-for takes; 1 for gestures that nothing else supplies.
        speeds: whether slow and fast takes exist too.
        counts: how often, where the number is said; the plain key keeps the gesture's usual number.
    """

    key: str
    gesture: Gesture
    weight: float = 1.0
    speeds: bool = True
    counts: tuple[int, ...] = ()


RECIPES: tuple[Recipe, ...] = (
    Recipe("wave.right", greetings.wave),
    Recipe("wave.both", greetings.wave_both, 0.5),
    Recipe("raise_arm.right", greetings.raise_arm_right),
    Recipe("raise_arm.both", greetings.raise_arm_both),
    Recipe("turn.left", stepping.turn_left),
    Recipe("turn.around", stepping.turn_around),
    Recipe("spin", stepping.spin, 0.5),
    Recipe("stand", everyday.stand, speeds=False),
    Recipe("bow", greetings.bow, counts=(2, 3)),
    Recipe("clap", greetings.clap, counts=FIVE),
    Recipe("point.right", everyday.point_right, 0.8, speeds=False),
    Recipe("point.forward", everyday.point_forward, 0.8, speeds=False),
    Recipe("reach.right.up", everyday.reach_up, 0.5),
    Recipe("nod", greetings.nod, counts=FIVE),
    Recipe("shake_head", greetings.shake_head),
    Recipe("shrug", greetings.shrug, speeds=False, counts=(2, 3)),
    Recipe("sit", lowering.sit, 0.7),
    Recipe("stand_up", lowering.stand_up, 0.7),
    Recipe("squat", lowering.squat, 0.7, counts=FIVE),
    Recipe("crouch", lowering.crouch, 0.5, speeds=False),
    Recipe("kneel", lowering.kneel, 0.5, speeds=False),
    Recipe("walk.backward", stepping.walk_backward, 0.7),
    Recipe("sidestep.left", stepping.sidestep_left, 0.8),
    Recipe("march", stepping.march, 0.4),
    Recipe("step_in_place", stepping.step_in_place, 0.4),
    Recipe("hop", jumping.hop, 0.7, speeds=False, counts=FIVE),
    Recipe("hop.right", jumping.hop_right, 0.5, speeds=False, counts=FIVE),
    Recipe("jump.up", jumping.jump_up, 0.7, speeds=False, counts=FIVE),
    Recipe("jump.forward", jumping.jump_forward, 0.7, speeds=False),
    Recipe("punch.right", fighting.punch, 0.6, counts=FIVE),
    Recipe("kick.right", fighting.kick, 0.6, counts=FIVE),
    Recipe("throw.right", fighting.throw, 0.6, speeds=False),
    Recipe("salute", greetings.salute, 0.5, speeds=False),
    Recipe("cheer", greetings.cheer, 0.5, speeds=False),
    Recipe("drink", everyday.drink, 0.5, speeds=False),
    Recipe("stretch", everyday.stretch, 0.5, speeds=False),
    Recipe("rotate_arms", everyday.rotate_arms, 0.4, counts=FIVE),
    Recipe("rotate_arms.forward", everyday.rotate_arms_forward, 0.4, counts=FIVE),
    Recipe("rotate_arms.backward", everyday.rotate_arms_backward, 0.4, counts=FIVE),
    Recipe("jumping_jack", everyday.jumping_jack, 0.5, counts=FIVE),
    Recipe("cross_arms", everyday.cross_arms, 0.4, speeds=False),
    Recipe("lean.left", everyday.lean_left, 0.4, speeds=False),
)


def variants(recipe: Recipe, takes: int) -> Iterator[tuple[str, str, int | None, int]]:
    """(key, speed, count, number of takes) of everything a recipe makes.

    Speeds and counts get a third each; counts get more if there are few.
    """
    plain = max(1, round(takes * recipe.weight))
    third = max(1, round(plain / 3))
    action = Action.parse(recipe.key)
    yield recipe.key, "", None, plain
    for speed in ("slow", "fast") if recipe.speeds else ():
        yield Action(action.kind, action.side, action.direction, speed).key, speed, None, third
    for count in recipe.counts:
        key = Action(action.kind, action.side, action.direction, "", count).key
        yield key, "", count, min(takes, max(third, COUNTED))
