"""Probes of compositions: several actions in a row ("then"), and the upper body over the legs ("while")."""

from __future__ import annotations

from functools import partial

from . import arms, floor, lower, travel, upper
from .doing import (
    BOW,
    CLAP,
    KICK_RIGHT,
    NOD,
    PICK_UP,
    POINT,
    PUNCH,
    PUNCH_LEFT,
    RAISE_BOTH,
    RAISE_LEFT,
    RAISE_RIGHT,
    SIT,
    SQUAT,
    STAND_UP,
    WAVE,
    WAVE_BOTH,
    WAVE_LEFT,
    WAVE_RIGHT,
)
from .going import ABOUT_TURN, BACK, JOG, JUMP, JUMP_AHEAD, LEFT_TURN, RIGHT_TURN, RUN, SLOW, STEP_LEFT, WALK, times
from .verdict import then, while_

TWO, MORE, BOTH = "two in a row", "three or four in a row", "two at once"
NOD_ON, SHAKE_ON = partial(upper.nodding, moving=True), partial(upper.shaking_head, moving=True)
SALUTE_ON, POINT_ON = partial(arms.saluting, moving=True), partial(upper.pointing, moving=True)

ROWS = (
    (TWO, "walk forward and then turn around", "walk.forward>turn.around", then(WALK, ABOUT_TURN)),
    (TWO, "jump and then bow", "jump.up>bow", then(JUMP, BOW)),
    (TWO, "first turn left then wave", "turn.left>wave", then(LEFT_TURN, WAVE)),
    (TWO, "walk forward, then sit down", "walk.forward>sit", then(WALK, SIT)),
    (TWO, "wave and then clap your hands", "wave>clap", then(WAVE, CLAP)),
    (TWO, "sit down and then stand up again", "sit>stand_up", then(SIT, STAND_UP)),
    (TWO, "squat, and after that jump", "squat>jump.up", then(SQUAT, JUMP)),
    (TWO, "run and then leap forward", "run.forward>jump.forward", then(RUN, JUMP_AHEAD)),
    (TWO, "turn right, then walk", "turn.right>walk.forward", then(RIGHT_TURN, WALK)),
    (TWO, "kick with your right foot and then punch with the left hand", "kick.right>punch.left", then(KICK_RIGHT, PUNCH_LEFT)),
    (TWO, "raise your left hand, and then nod", "raise_arm.left>nod", then(RAISE_LEFT, NOD)),
    (TWO, "take a bow, then walk backwards", "bow>walk.backward", then(BOW, BACK)),
    (TWO, "lie down on the floor and then get up", "lie_down>get_up", then(floor.lying, floor.getting_up)),
    (TWO, "pick it up, then throw it", "pick_up>throw", then(PICK_UP, upper.throwing)),
    (TWO, "jump twice and then clap", "jump.up*2>clap", then(times(JUMP, 2), CLAP)),
    (TWO, "wave before you sit down", "wave>sit", then(WAVE, SIT)),
    (TWO, "uh, turn around, and then, um, run", "turn.around>run.forward", then(ABOUT_TURN, RUN)),
    (TWO, "point straight ahead, and then shake your head", "point.forward>shake_head", then(POINT, upper.shaking_head)),
    (MORE, "walk forward, turn left, then wave", "walk.forward>turn.left>wave", then(WALK, LEFT_TURN, WAVE)),
    (MORE, "jump, then bow, and then sit down", "jump.up>bow>sit", then(JUMP, BOW, SIT)),
    (MORE, "walk, then turn around, and then run", "walk.forward>turn.around>run.forward", then(WALK, ABOUT_TURN, RUN)),
    (MORE, "first wave, then clap, then nod, and then bow", "wave>clap>nod>bow", then(WAVE, CLAP, NOD, BOW)),
    (
        MORE, "squat, then jump, then turn right, and then raise both hands", "squat>jump.up>turn.right>raise_arm.both",
        then(SQUAT, JUMP, RIGHT_TURN, RAISE_BOTH),
    ),
    (BOTH, "walk forward while waving", "walk.forward+wave", while_(WALK, WAVE)),
    (BOTH, "walk while raising your right hand", "walk.forward+raise_arm.right", while_(WALK, RAISE_RIGHT)),
    (BOTH, "walk backwards while waving your left hand", "walk.backward+wave.left", while_(BACK, WAVE_LEFT)),
    (BOTH, "clap your hands while you walk", "walk.forward+clap", while_(WALK, CLAP)),
    (BOTH, "raise both arms while you run", "run.forward+raise_arm.both", while_(RUN, RAISE_BOTH)),
    (BOTH, "sit down while waving with your right hand", "sit+wave.right", while_(SIT, WAVE_RIGHT)),
    (BOTH, "walk in a circle as you clap", "walk.circle-left+clap", while_(travel.circling, CLAP)),
    (BOTH, "nod your head while walking forward", "walk.forward+nod", while_(WALK, NOD_ON)),
    (BOTH, "shake your head as you walk backwards", "walk.backward+shake_head", while_(BACK, SHAKE_ON)),
    (BOTH, "jog and wave both hands at the same time", "jog.forward+wave.both", while_(JOG, WAVE_BOTH)),
    (BOTH, "walk ahead while saluting", "walk.forward+salute", while_(WALK, SALUTE_ON)),
    (BOTH, "point forward while you are walking", "walk.forward+point.forward", while_(WALK, POINT_ON)),
    (BOTH, "step to the left while punching", "sidestep.left+punch", while_(STEP_LEFT, PUNCH)),
    (BOTH, "kneel and wave at the same time", "kneel+wave", while_(lower.kneeling, WAVE)),
    (BOTH, "walk slowly while raising your left arm", "walk.forward@slow+raise_arm.left", while_(SLOW, RAISE_LEFT)),
)  # fmt: skip
