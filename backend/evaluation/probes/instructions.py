"""The probes: what is said, which instruction it means, and the measurement that decides whether the body did it.

Wordings are commands as people give them, not the training grammar's; a few are oral ("could you ..."). Thresholds live
with the measurements and were set on real and authored motion (tests/backend/evaluation/test_probes.py), never on a
model's output.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from . import lower, travel, upper
from .verdict import Measurement, then, while_


@dataclass(frozen=True)
class Probe:
    """One spoken instruction.

    Attributes:
        kind: heading of the row in the table.
        text: what the voice says.
        key: what it means (`backend.data.instruction`); for reading the report, the judge does not use it.
        measure: decides.
    """

    kind: str
    text: str
    key: str
    measure: Measurement


WALK, RUN, BACK = travel.forward, travel.running, travel.backward
SLOW = partial(travel.forward, least=0.5, fastest=0.95)
FAST = partial(travel.forward, least=1.0, slowest=1.35, fastest=3.0)
LEFT_TURN = partial(travel.turned, degrees=90, tolerance=45, direction="left")
RIGHT_TURN = partial(travel.turned, degrees=90, tolerance=45, direction="right")
ABOUT_TURN = partial(travel.turned, degrees=180, tolerance=50)
STEP_LEFT, STEP_RIGHT = partial(travel.sideways, side="left"), partial(travel.sideways, side="right")
JUMP = lower.jumps
JUMP_AHEAD = partial(lower.jumps, ahead=0.4)
HOP, THREE_HOPS = lower.hops, partial(lower.hops, count=3)
HOP_RIGHT = partial(lower.hops_on, side="right")
KICK_LEFT, KICK_RIGHT = (
    partial(lower.foot_raised_forward, side="left"),
    partial(lower.foot_raised_forward, side="right"),
)
PUNCH_LEFT, PUNCH_RIGHT = partial(upper.punching, side="left"), partial(upper.punching, side="right")
WAVE, WAVE_LEFT, WAVE_RIGHT = upper.waving, partial(upper.waving, side="left"), partial(upper.waving, side="right")
RAISE_LEFT, RAISE_RIGHT = partial(upper.wrist_above_head, side="left"), partial(upper.wrist_above_head, side="right")
RAISE_BOTH = partial(upper.wrist_above_head, side="both")
POINT = partial(upper.pointing, direction="forward")

PROBES: tuple[Probe, ...] = (
    Probe("walk", "walk forward", "walk.forward", WALK),
    Probe("walk", "take a walk straight ahead", "walk.forward", WALK),
    Probe("walk", "could you walk forward please", "walk.forward", WALK),
    Probe("walk slowly", "walk forward slowly", "walk.forward@slow", SLOW),
    Probe("walk fast", "walk quickly", "walk.forward@fast", FAST),
    Probe("run", "run forward", "run.forward", RUN),
    Probe("run", "start running", "run.forward", RUN),
    Probe("walk backward", "walk backwards", "walk.backward", BACK),
    Probe("walk backward", "take some steps back", "walk.backward", BACK),
    Probe("circle", "walk in a circle", "walk.circle-left", travel.circling),
    Probe("turn left", "turn left", "turn.left", LEFT_TURN),
    Probe("turn left", "turn to your left", "turn.left", LEFT_TURN),
    Probe("turn right", "turn to the right", "turn.right", RIGHT_TURN),
    Probe("turn around", "turn around", "turn.around", ABOUT_TURN),
    Probe("turn around", "now turn around and face the other way", "turn.around", ABOUT_TURN),
    Probe("sidestep left", "step to the left", "sidestep.left", STEP_LEFT),
    Probe("sidestep right", "take a step to your right", "sidestep.right", STEP_RIGHT),
    Probe("jump", "jump up", "jump.up", JUMP),
    Probe("jump", "jump as high as you can", "jump.up", JUMP),
    Probe("jump forward", "jump forward", "jump.forward", JUMP_AHEAD),
    Probe("hop", "hop three times", "hop*3", THREE_HOPS),
    Probe("hop", "hop on both feet", "hop", HOP),
    Probe("hop on one leg", "hop on your right leg", "hop.right", HOP_RIGHT),
    Probe("kick left", "kick with your left leg", "kick.left", KICK_LEFT),
    Probe("kick right", "kick with your right foot", "kick.right", KICK_RIGHT),
    Probe("punch", "punch with your right hand", "punch.right", PUNCH_RIGHT),
    Probe("punch", "throw a left punch", "punch.left", PUNCH_LEFT),
    Probe("wave right", "wave with your right hand", "wave.right", WAVE_RIGHT),
    Probe("wave left", "wave your left hand", "wave.left", WAVE_LEFT),
    Probe("wave", "wave hello", "wave", WAVE),
    Probe("raise one hand", "raise your right hand", "raise_arm.right", RAISE_RIGHT),
    Probe("raise one hand", "put your left arm up", "raise_arm.left", RAISE_LEFT),
    Probe("raise both hands", "raise both hands", "raise_arm.both", RAISE_BOTH),
    Probe("raise both hands", "lift both of your arms over your head", "raise_arm.both", RAISE_BOTH),
    Probe("point", "point forward", "point.forward", POINT),
    Probe("sit", "sit down", "sit", lower.pelvis_drop),
    Probe("sit", "have a seat", "sit", lower.pelvis_drop),
    Probe("stand up", "stand up from the chair", "stand_up", lower.pelvis_rise),
    Probe("squat", "do a squat", "squat", lower.squats),
    Probe("squat", "squat down and come back up", "squat", lower.squats),
    Probe("kneel", "get down on one knee", "kneel", lower.kneeling),
    Probe("bow", "bow", "bow", upper.bowing),
    Probe("bow", "take a bow", "bow", upper.bowing),
    Probe("lie down", "lie down on the floor", "lie_down", lower.lying),
    Probe("throw", "throw a ball", "throw", upper.throwing),
    Probe("throw", "throw something with your right hand", "throw.right", partial(upper.throwing, side="right")),
    Probe("clap", "clap your hands", "clap", upper.hands_meeting),
    Probe("clap", "start clapping", "clap", upper.hands_meeting),
    Probe("nod", "nod your head", "nod", upper.nodding),
    Probe("shake head", "shake your head", "shake_head", upper.shaking_head),
    Probe("jumping jacks", "do some jumping jacks", "jumping_jack", lower.jacks),
    Probe("dance", "dance", "dance", travel.dancing),
    Probe("dance", "show me a dance", "dance", travel.dancing),
    Probe("stand still", "stand still", "stand", travel.still),
    Probe("stand still", "just stand there", "stand", travel.still),
    Probe("two in a row", "walk forward and then turn around", "walk.forward>turn.around", then(WALK, ABOUT_TURN)),
    Probe("two in a row", "jump and then bow", "jump.up>bow", then(JUMP, upper.bowing)),
    Probe("two in a row", "first turn left then wave", "turn.left>wave", then(LEFT_TURN, WAVE)),
    Probe("two at once", "walk forward while waving", "walk.forward+wave", while_(WALK, WAVE)),
    Probe(
        "two at once", "walk while raising your right hand", "walk.forward+raise_arm.right", while_(WALK, RAISE_RIGHT)
    ),
)
