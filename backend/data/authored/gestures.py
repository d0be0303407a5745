"""The list of authored gestures: keys, numbers of takes, speeds and counts.

Gestures are authored on one side; whoever uses the clips mirrors them, key and motion. Tempo decides whether a take is
"slow", ordinary or "fast"; counted takes do the thing exactly that often.
"""

from __future__ import annotations

from collections.abc import Iterator

from backend.language.instruction import Action

from . import (
    afloat,
    chores,
    dances,
    desk,
    doors,
    emotions,
    everyday,
    falling,
    fighting,
    floor_poses,
    footing,
    gaits,
    greetings,
    instruments,
    jumping,
    jumps,
    kicking,
    leaning,
    loads,
    looking,
    lowering,
    martial,
    meals,
    on_all_fours,
    party,
    postures,
    reactions,
    seated,
    signing,
    skips,
    social,
    speaking,
    stairs,
    stepping,
    swings,
    tools,
    touching_body,
    touching_face,
    workouts,
    yoga,
)
from .gesture import AuthoredGesture

TEMPO = {"": (0.85, 1.2), "slow": (0.5, 0.66), "fast": (1.5, 1.9)}
FIVE = (2, 3, 4, 5)
COUNTED = 8  # takes of a number at least: counts are harder to learn than gestures

AUTHORED_GESTURES: tuple[AuthoredGesture, ...] = (
    AuthoredGesture("wave.right", greetings.wave),
    AuthoredGesture("wave.both", greetings.wave_both, 0.5),
    AuthoredGesture("raise_arm.right", greetings.raise_arm_right),
    AuthoredGesture("raise_arm.both", greetings.raise_arm_both),
    AuthoredGesture("turn.left", stepping.turn_left),
    AuthoredGesture("turn.around", stepping.turn_around),
    AuthoredGesture("spin", stepping.spin, 0.5),
    AuthoredGesture("stand", everyday.stand, speeds=False),
    AuthoredGesture("bow", greetings.bow, counts=(2, 3)),
    AuthoredGesture("clap", greetings.clap, counts=FIVE),
    AuthoredGesture("point.right", everyday.point_right, 0.8, speeds=False),
    AuthoredGesture("point.forward", everyday.point_forward, 0.8, speeds=False),
    AuthoredGesture("reach.right.up", everyday.reach_up, 0.5),
    AuthoredGesture("nod", greetings.nod, counts=FIVE),
    AuthoredGesture("shake_head", greetings.shake_head),
    AuthoredGesture("shrug", greetings.shrug, speeds=False, counts=(2, 3)),
    AuthoredGesture("sit", lowering.sit, 0.7),
    AuthoredGesture("stand_up", lowering.stand_up, 0.7),
    AuthoredGesture("squat", lowering.squat, 0.7, counts=FIVE),
    AuthoredGesture("crouch", lowering.crouch, 0.5, speeds=False),
    AuthoredGesture("kneel", lowering.kneel, 0.5, speeds=False),
    AuthoredGesture("walk.backward", stepping.walk_backward, 0.7),
    AuthoredGesture("sidestep.left", stepping.sidestep_left, 0.8),
    AuthoredGesture("hop", jumping.hop, 0.7, speeds=False, counts=FIVE),
    AuthoredGesture("hop.right", jumping.hop_right, 0.5, speeds=False, counts=FIVE),
    AuthoredGesture("jump.up", jumping.jump_up, 0.7, speeds=False, counts=FIVE),
    AuthoredGesture("jump.forward", jumping.jump_forward, 0.7, speeds=False),
    AuthoredGesture("punch.right", fighting.punch, 0.6, counts=FIVE),
    AuthoredGesture("kick.right", fighting.kick, 0.6, counts=FIVE),
    AuthoredGesture("throw.right", fighting.throw, 0.6, speeds=False),
    AuthoredGesture("salute", greetings.salute, 0.5, speeds=False),
    AuthoredGesture("cheer", greetings.cheer, 0.5, speeds=False),
    AuthoredGesture("drink", everyday.drink, 0.5, speeds=False),
    AuthoredGesture("stretch", everyday.stretch),
    AuthoredGesture("rotate_arms", everyday.rotate_arms, 0.4, counts=FIVE),
    AuthoredGesture("rotate_arms.forward", everyday.rotate_arms_forward, 0.4, counts=FIVE),
    AuthoredGesture("rotate_arms.backward", everyday.rotate_arms_backward, 0.4, counts=FIVE),
    AuthoredGesture("jumping_jack", everyday.jumping_jack, 0.5, counts=FIVE),

    *social.GESTURES,
    *martial.GESTURES,
    *kicking.GESTURES,
    *floor_poses.GESTURES,
    *yoga.GESTURES,
    *dances.GESTURES,
    *party.GESTURES,
    *speaking.GESTURES,
    *seated.GESTURES,
    *gaits.GESTURES,
    *skips.GESTURES,
    *jumps.GESTURES,
    *stairs.GESTURES,
    *on_all_fours.GESTURES,
    *afloat.GESTURES,
    *footing.GESTURES,
    *reactions.GESTURES,
    *falling.GESTURES,
    *leaning.GESTURES,
    *chores.GESTURES,
    *doors.GESTURES,
    *desk.GESTURES,
    *meals.GESTURES,
    *loads.GESTURES,
    *tools.GESTURES,
    *swings.GESTURES,
    *workouts.GESTURES,
    *instruments.GESTURES,
    *looking.GESTURES,
    *touching_face.GESTURES,
    *touching_body.GESTURES,
    *postures.GESTURES,
    *emotions.GESTURES,
    *signing.GESTURES,
)


def variants(gesture: AuthoredGesture, takes: int) -> Iterator[tuple[str, str, int | None, int]]:
    """(key, speed, count, number of takes) of everything a gesture has.

    Speeds and counts get a third each; counts get more if there are few.
    """
    plain = max(1, round(takes * gesture.weight))
    third = max(1, round(plain / 3))
    action = Action.parse(gesture.key)
    yield gesture.key, "", None, plain
    for speed in ("slow", "fast") if gesture.speeds else ():
        yield Action(action.kind, action.side, action.direction, speed).key, speed, None, third
    for count in gesture.counts:
        key = Action(action.kind, action.side, action.direction, "", count).key
        yield key, "", count, min(takes, max(third, COUNTED))
