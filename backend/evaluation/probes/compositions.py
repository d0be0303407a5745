"""Probes of compositions: actions in a row ("then"), upper body over moving legs ("while")."""

from __future__ import annotations

from functools import partial

from . import emotions, floor, gestures, hands, legs, looking, touching, travel
from .actions import (
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
from .locomotion import ABOUT_TURN, BACK, JOG, JUMP, JUMP_AHEAD, LEFT_TURN, RIGHT_TURN, RUN, SLOW, STEP_LEFT, WALK, times
from .verdict import at_once, in_order

TWO, MORE, BOTH = "two in a row", "three or four in a row", "two at once"
NOD_ON, SHAKE_ON = partial(gestures.nodding, moving=True), partial(gestures.shaking_head, moving=True)
BEHIND_HEAD = looking.BEHIND_HEAD
SALUTE_ON, POINT_ON = partial(hands.saluting, moving=True), partial(gestures.pointing, moving=True)

ROWS = (
    (TWO, "walk forward and then turn around", "walk.forward>turn.around", in_order(WALK, ABOUT_TURN)),
    (TWO, "jump and then bow", "jump.up>bow", in_order(JUMP, BOW)),
    (TWO, "first turn left then wave", "turn.left>wave", in_order(LEFT_TURN, WAVE)),
    (TWO, "walk forward, then sit down", "walk.forward>sit", in_order(WALK, SIT)),
    (TWO, "wave and then clap your hands", "wave>clap", in_order(WAVE, CLAP)),
    (TWO, "sit down and then stand up again", "sit>stand_up", in_order(SIT, STAND_UP)),
    (TWO, "squat, and after that jump", "squat>jump.up", in_order(SQUAT, JUMP)),
    (TWO, "run and then leap forward", "run.forward>jump.forward", in_order(RUN, JUMP_AHEAD)),
    (TWO, "turn right, then walk", "turn.right>walk.forward", in_order(RIGHT_TURN, WALK)),
    (TWO, "kick with your right foot and then punch with the left hand", "kick.right>punch.left", in_order(KICK_RIGHT, PUNCH_LEFT)),
    (TWO, "raise your left hand, and then nod", "raise_arm.left>nod", in_order(RAISE_LEFT, NOD)),
    (TWO, "take a bow, then walk backwards", "bow>walk.backward", in_order(BOW, BACK)),
    (TWO, "lie down on the floor and then get up", "lie_down>get_up", in_order(floor.lying, floor.getting_up)),
    (TWO, "pick it up, then throw it", "pick_up>throw", in_order(PICK_UP, gestures.throwing)),
    (TWO, "jump twice and then clap", "jump.up*2>clap", in_order(times(JUMP, 2), CLAP)),
    (TWO, "wave before you sit down", "wave>sit", in_order(WAVE, SIT)),
    (TWO, "uh, turn around, and then, um, run", "turn.around>run.forward", in_order(ABOUT_TURN, RUN)),
    (TWO, "point straight ahead, and then shake your head", "point.forward>shake_head", in_order(POINT, gestures.shaking_head)),
    (MORE, "walk forward, turn left, then wave", "walk.forward>turn.left>wave", in_order(WALK, LEFT_TURN, WAVE)),
    (MORE, "jump, then bow, and then sit down", "jump.up>bow>sit", in_order(JUMP, BOW, SIT)),
    (MORE, "walk, then turn around, and then run", "walk.forward>turn.around>run.forward", in_order(WALK, ABOUT_TURN, RUN)),
    (MORE, "first wave, then clap, then nod, and then bow", "wave>clap>nod>bow", in_order(WAVE, CLAP, NOD, BOW)),
    (
        MORE, "squat, then jump, then turn right, and then raise both hands", "squat>jump.up>turn.right>raise_arm.both",
        in_order(SQUAT, JUMP, RIGHT_TURN, RAISE_BOTH),
    ),
    (BOTH, "walk forward while waving", "walk.forward+wave", at_once(WALK, WAVE)),
    (BOTH, "walk while raising your right hand", "walk.forward+raise_arm.right", at_once(WALK, RAISE_RIGHT)),
    (BOTH, "walk backwards while waving your left hand", "walk.backward+wave.left", at_once(BACK, WAVE_LEFT)),
    (BOTH, "clap your hands while you walk", "walk.forward+clap", at_once(WALK, CLAP)),
    (BOTH, "raise both arms while you run", "run.forward+raise_arm.both", at_once(RUN, RAISE_BOTH)),
    (BOTH, "sit down while waving with your right hand", "sit+wave.right", at_once(SIT, WAVE_RIGHT)),
    (BOTH, "walk in a circle as you clap", "walk.circle-left+clap", at_once(travel.circling, CLAP)),
    (BOTH, "nod your head while walking forward", "walk.forward+nod", at_once(WALK, NOD_ON)),
    (BOTH, "shake your head as you walk backwards", "walk.backward+shake_head", at_once(BACK, SHAKE_ON)),
    (BOTH, "jog and wave both hands at the same time", "jog.forward+wave.both", at_once(JOG, WAVE_BOTH)),
    (BOTH, "walk ahead while saluting", "walk.forward+salute", at_once(WALK, SALUTE_ON)),
    (BOTH, "point forward while you are walking", "walk.forward+point.forward", at_once(WALK, POINT_ON)),
    (BOTH, "step to the left while punching", "sidestep.left+punch", at_once(STEP_LEFT, PUNCH)),
    (BOTH, "kneel and wave at the same time", "kneel+wave", at_once(legs.kneeling, WAVE)),
    (BOTH, "walk slowly while raising your left arm", "walk.forward@slow+raise_arm.left", at_once(SLOW, RAISE_LEFT)),
    (TWO, "look around the room and then walk forward", "look.around>walk.forward", in_order(looking.looking_around, WALK)),
    (TWO, "walk forward, then scratch your head", "walk.forward>scratch_head", in_order(WALK, touching.scratching_head)),
    (TWO, "turn around and cross your arms", "turn.around>cross_arms", in_order(ABOUT_TURN, looking.arms_crossed)),
    (TWO, "check the time, then yawn", "check_watch>yawn", in_order(looking.checking_watch, emotions.yawning)),
    (TWO, "walk forward, then put your hands on your hips", "walk.forward>hands_on_hips", in_order(WALK, looking.hands_on_hips)),
    (TWO, "rub your eyes and then stretch", "rub_eyes>stretch", in_order(touching.RUB_EYES, emotions.stretching)),
    (TWO, "sneeze, and then turn right", "sneeze>turn.right", in_order(emotions.sneezing, RIGHT_TURN)),
    (TWO, "stomp your left foot, then sulk", "stomp.left>sulk", in_order(emotions.stomping, looking.SULK)),
    (BOTH, "walk with your hands on your hips", "walk.forward+hands_on_hips", at_once(WALK, looking.hands_on_hips)),
    (BOTH, "walk forward with your arms crossed", "walk.forward+cross_arms", at_once(WALK, looking.arms_crossed)),
    (BOTH, "walk with your hands in your pockets", "walk.forward+hands_in_pockets", at_once(WALK, looking.POCKETS)),
    (BOTH, "walk backwards with your hands behind your head", "walk.backward+hands_behind_head", at_once(BACK, BEHIND_HEAD)),
    (BOTH, "walk forward while scratching your head", "walk.forward+scratch_head", at_once(WALK, touching.scratching_head)),
    (BOTH, "rub your belly while you walk", "walk.forward+rub_belly", at_once(WALK, touching.RUB_BELLY)),
    (BOTH, "walk with your hands behind your back", "walk.forward+hands_behind_back", at_once(WALK, looking.hands_behind_back)),
    (BOTH, "run while covering your ears", "run.forward+cover_ears", at_once(RUN, touching.COVER_EARS)),
    (BOTH, "sit down and cover your face at the same time", "sit+cover_face", at_once(SIT, touching.COVER_FACE)),
    (BOTH, "walk forward while coughing", "walk.forward+cough", at_once(WALK, emotions.coughing)),
    (BOTH, "kneel and pray at the same time", "kneel+pray", at_once(legs.kneeling, looking.palms_together)),
    (BOTH, "walk with your hand on your heart", "walk.forward+hand_on_heart", at_once(WALK, touching.HAND_ON_HEART)),
)  # fmt: skip
