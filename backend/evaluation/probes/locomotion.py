"""Probes of locomotion as (kind, words, key, measurement)."""

from __future__ import annotations

from functools import partial

from . import floor, legs, travel
from .verdict import at_once

WALK, RUN, BACK = travel.forward, travel.running, travel.backward
SLOW = partial(travel.forward, least=0.5, fastest=1.05)
FAST = partial(travel.forward, least=1.0, slowest=1.35, fastest=3.0)
BACK_SLOW = partial(travel.backward, fastest=1.05)
RUN_BACK = partial(travel.backward, least=1.0, slowest=1.5, fastest=6.0)
SPRINT = partial(travel.running, slowest=2.2)
JOG = partial(travel.running, slowest=1.3)
CIRCLE_LEFT, CIRCLE_RIGHT = partial(travel.circling, direction="left"), partial(travel.circling, direction="right")
# real clips of running or jogging in a circle show a quarter of it; no more is asked of a few seconds
RUN_CIRCLE = partial(travel.circling, least=60.0, slowest=1.4, fastest=6.0)
JOG_CIRCLE_RIGHT = partial(travel.circling, direction="right", least=60.0, slowest=1.2, fastest=4.0)
VEER_LEFT, VEER_RIGHT = partial(travel.veering, direction="left"), partial(travel.veering, direction="right")
LEFT_TURN = partial(travel.turned, degrees=90, tolerance=45, direction="left")
RIGHT_TURN = partial(travel.turned, degrees=90, tolerance=45, direction="right")
LEFT_TURN_SLOW = partial(travel.turned, degrees=90, tolerance=45, direction="left", fastest=85)
ABOUT_TURN = partial(travel.turned, degrees=180, tolerance=50)
ABOUT_TURN_FAST = partial(travel.turned, degrees=180, tolerance=50, slowest=140)
STEP_LEFT, STEP_RIGHT = partial(travel.sideways, side="left"), partial(travel.sideways, side="right")
JUMP, HOP = legs.jumps, legs.hops
JUMP_AHEAD = partial(legs.jumps, ahead=0.4)
HOP_RIGHT, HOP_LEFT = partial(legs.hops_on, side="right"), partial(legs.hops_on, side="left")
LADDER = partial(legs.climbing, hands=True)


def times(measure, count: int):
    """The measurement with exactly so many repeats."""
    return partial(measure, count=count)


def lasting(measure, seconds: float):
    """The measurement, on a motion that lasts about so long."""
    return at_once(measure, partial(travel.lasting, seconds=seconds))


ROWS = (
    ("walk", "walk forward", "walk.forward", WALK),
    ("walk", "take a walk straight ahead", "walk.forward", WALK),
    ("walk", "could you walk forward please", "walk.forward", WALK),
    ("walk", "uh, could you just walk over there", "walk.forward", WALK),
    ("walk slowly", "walk forward slowly", "walk.forward@slow", SLOW),
    ("walk slowly", "walk ahead nice and slow", "walk.forward@slow", SLOW),
    ("walk fast", "walk quickly", "walk.forward@fast", FAST),
    ("walk fast", "i need him to walk really fast", "walk.forward@fast", FAST),
    ("run", "run forward", "run.forward", RUN),
    ("run", "start running", "run.forward", RUN),
    ("run", "okay, now run away", "run.forward", RUN),
    ("run fast", "run straight ahead very fast", "run.forward@fast", SPRINT),
    ("run backward", "run backwards", "run.backward", RUN_BACK),
    ("jog", "go jogging", "jog.forward", JOG),
    ("jog", "jog straight ahead for me", "jog.forward", JOG),
    ("walk backward", "walk backwards", "walk.backward", BACK),
    ("walk backward", "take some steps back", "walk.backward", BACK),
    ("walk backward", "um, please back up slowly", "walk.backward@slow", BACK_SLOW),
    ("circle", "walk in a circle", "walk.circle-left", travel.circling),
    ("circle", "walk a full circle to your left", "walk.circle-left", CIRCLE_LEFT),
    ("circle", "could you walk around in a circle, to the right", "walk.circle-right", CIRCLE_RIGHT),
    ("run in a circle", "run around in a circle", "run.circle-left", RUN_CIRCLE),
    ("run in a circle", "jog in a circle to the right", "jog.circle-right", JOG_CIRCLE_RIGHT),
    ("walk a curve", "walk in a curve to the left", "walk.left", VEER_LEFT),
    ("walk a curve", "walk over to the right side", "walk.right", VEER_RIGHT),
    ("sneak", "sneak up on her", "sneak.forward", travel.sneaking),
    ("sneak", "walk very quietly on tiptoe", "sneak.forward", travel.sneaking),
    ("walk crouched", "stay low and keep walking", "crouch.forward", legs.crouched_walk),
    ("walk crouched", "walk forward crouched down", "crouch.forward", legs.crouched_walk),
    ("crawl", "crawl on your hands and knees", "crawl.forward", floor.crawling),
    ("crawl", "can you crawl along the floor", "crawl.forward", floor.crawling),
    ("turn left", "turn left", "turn.left", LEFT_TURN),
    ("turn left", "turn to your left", "turn.left", LEFT_TURN),
    ("turn left", "turn left slowly", "turn.left@slow", LEFT_TURN_SLOW),
    ("turn right", "turn to the right", "turn.right", RIGHT_TURN),
    ("turn right", "alright, uh, make a right turn", "turn.right", RIGHT_TURN),
    ("turn around", "turn around", "turn.around", ABOUT_TURN),
    ("turn around", "now turn around and face the other way", "turn.around", ABOUT_TURN),
    ("turn around", "turn around quickly", "turn.around@fast", ABOUT_TURN_FAST),
    ("spin", "spin around", "spin", travel.spinning),
    ("spin", "twirl for me", "spin", travel.spinning),
    ("sidestep left", "step to the left", "sidestep.left", STEP_LEFT),
    ("sidestep left", "shuffle over to the left", "sidestep.left", STEP_LEFT),
    ("sidestep right", "take a step to your right", "sidestep.right", STEP_RIGHT),
    ("sidestep right", "take two small steps to the right", "sidestep.right", STEP_RIGHT),
    ("dodge", "dodge to the left", "dodge.left", partial(travel.dodging, direction="left")),
    ("dodge", "leap out of the way to the right", "dodge.right", partial(travel.dodging, direction="right")),
    ("jump", "jump up", "jump.up", JUMP),
    ("jump", "jump as high as you can", "jump.up", JUMP),
    ("jump", "so, um, let's have the guy jump", "jump.up", JUMP),
    ("jump so many times", "jump three times", "jump.up*3", times(JUMP, 3)),
    ("jump so many times", "do two jumps", "jump.up*2", times(JUMP, 2)),
    ("jump forward", "jump forward", "jump.forward", JUMP_AHEAD),
    ("jump forward", "take a big leap forward", "jump.forward", JUMP_AHEAD),
    ("hop", "hop on both feet", "hop", HOP),
    ("hop so many times", "hop three times", "hop*3", times(HOP, 3)),
    ("hop so many times", "hop twice", "hop*2", times(HOP, 2)),
    ("hop so many times", "i want you to hop five times", "hop*5", times(HOP, 5)),
    ("hop on one leg", "hop on your right leg", "hop.right", HOP_RIGHT),
    ("hop on one leg", "hop on your left foot three times", "hop.left*3", times(HOP_LEFT, 3)),
    ("climb", "climb up the ladder", "climb.up", LADDER),
    ("climb", "let me see him climb a wall", "climb.up", LADDER),
    ("stairs", "walk upstairs", "stairs.up", legs.climbing),
    ("stairs", "can she go up the steps", "stairs.up", legs.climbing),
    ("so many seconds", "walk for five seconds", "walk.forward", lasting(WALK, 5)),
    ("so many seconds", "run for three seconds", "run.forward", lasting(RUN, 3)),
)
