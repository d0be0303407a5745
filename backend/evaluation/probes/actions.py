"""Probes of gestures, postures, fights and sports: (kind, words, key, measurement)."""

from __future__ import annotations

from functools import partial

from . import floor, gestures, hands, legs, travel
from .locomotion import times
from .verdict import at_once

KICK_LEFT, KICK_RIGHT = (
    partial(legs.foot_raised_forward, side="left"),
    partial(legs.foot_raised_forward, side="right"),
)
PUNCH = gestures.punching
PUNCH_LEFT, PUNCH_RIGHT = partial(gestures.punching, side="left"), partial(gestures.punching, side="right")
WAVE, WAVE_LEFT, WAVE_RIGHT = gestures.waving, partial(gestures.waving, side="left"), partial(gestures.waving, side="right")
WAVE_BOTH = partial(gestures.waving, both=True)
RAISE_LEFT, RAISE_RIGHT = partial(gestures.wrist_above_head, side="left"), partial(gestures.wrist_above_head, side="right")
RAISE_BOTH = partial(gestures.wrist_above_head, side="both")
POINT = partial(gestures.pointing, direction="forward")
POINT_LEFT, POINT_RIGHT = partial(gestures.pointing, direction="left"), partial(gestures.pointing, direction="right")
SIT, STAND_UP = legs.pelvis_drop, legs.pelvis_rise
SIT_SLOWLY = partial(legs.pelvis_drop, fastest=0.6)
CLAP, BOW, NOD, SHRUG, SQUAT, JACKS = (
    gestures.hands_meeting, gestures.bowing, gestures.nodding, gestures.shrugging, legs.squats, legs.jacks,
)  # fmt: skip
PICK_UP = hands.touching_down
ELBOW = hands.elbow_to_knee
ELBOW_LEFT, ELBOW_RIGHT = partial(ELBOW, side="left"), partial(ELBOW, side="right")
THROW_LEFT, THROW_RIGHT = partial(gestures.throwing, side="left"), partial(gestures.throwing, side="right")
FEET_STAY = travel.feet_staying

ROWS = (
    ("kick left", "kick with your left leg", "kick.left", KICK_LEFT),
    ("kick left", "kick twice with your left foot", "kick.left*2", times(KICK_LEFT, 2)),
    ("kick right", "kick with your right foot", "kick.right", KICK_RIGHT),
    ("kick right", "do three kicks with the right leg", "kick.right*3", times(KICK_RIGHT, 3)),
    ("punch", "punch with your right hand", "punch.right", PUNCH_RIGHT),
    ("punch", "throw a left punch", "punch.left", PUNCH_LEFT),
    ("punch", "punch straight ahead three times", "punch*3", times(PUNCH, 3)),
    ("box", "show me some boxing", "box", PUNCH),
    ("wave right", "wave with your right hand", "wave.right", WAVE_RIGHT),
    ("wave left", "wave your left hand", "wave.left", WAVE_LEFT),
    ("wave left", "say hi to her with your left hand", "wave.left", WAVE_LEFT),
    ("wave", "wave hello", "wave", WAVE),
    ("wave", "okay can you make her wave goodbye", "wave", WAVE),
    ("wave with both", "wave both of your arms", "wave.both", WAVE_BOTH),
    ("wave with both", "wave at them with both hands", "wave.both", WAVE_BOTH),
    ("raise one hand", "raise your right hand", "raise_arm.right", RAISE_RIGHT),
    ("raise one hand", "put your left arm up", "raise_arm.left", RAISE_LEFT),
    ("raise one hand", "he should hold up his left hand", "raise_arm.left", RAISE_LEFT),
    ("raise both hands", "raise both hands", "raise_arm.both", RAISE_BOTH),
    ("raise both hands", "lift both of your arms over your head", "raise_arm.both", RAISE_BOTH),
    ("raise both hands", "hands up in the air", "raise_arm.both", RAISE_BOTH),
    ("point", "point forward", "point.forward", POINT),
    ("point", "point at the camera", "point.forward", POINT),
    ("point aside", "point to your left", "point.left", POINT_LEFT),
    ("point aside", "point over there, on the right", "point.right", POINT_RIGHT),
    ("salute", "salute", "salute", hands.saluting),
    ("salute", "give the captain a salute", "salute", hands.saluting),
    ("shrug", "shrug your shoulders", "shrug", SHRUG),
    ("shrug", "shrug twice", "shrug*2", times(SHRUG, 2)),
    ("nod", "nod your head", "nod", NOD),
    ("nod", "nod three times", "nod*3", times(NOD, 3)),
    ("shake head", "shake your head", "shake_head", gestures.shaking_head),
    ("shake head", "say no with your head", "shake_head", gestures.shaking_head),
    ("clap", "clap your hands", "clap", CLAP),
    ("clap", "start clapping", "clap", CLAP),
    ("clap so many times", "clap two times", "clap*2", times(CLAP, 2)),
    ("clap so many times", "clap your hands five times please", "clap*5", times(CLAP, 5)),
    ("bow", "bow", "bow", BOW),
    ("bow", "take a bow", "bow", BOW),
    ("bow so many times", "bow two times", "bow*2", times(BOW, 2)),
    ("cheer", "celebrate", "cheer", hands.cheering),
    ("cheer", "come on, cheer out loud", "cheer", hands.cheering),
    ("drink", "have a sip of water", "drink", hands.drinking),
    ("drink", "he is drinking from a bottle", "drink", hands.drinking),
    ("reach up", "reach up high", "reach.up", hands.reaching_up),
    ("reach up", "take it from the shelf with your right hand", "reach.right.up", partial(hands.reaching_up, side="right")),
    ("pick up", "pick something up off the ground", "pick_up", PICK_UP),
    ("pick up", "bend over and grab it from the floor", "pick_up", PICK_UP),
    ("put down", "set it down on the floor", "put_down", PICK_UP),
    ("put down", "touch the ground with your left hand", "put_down.left", partial(PICK_UP, side="left")),
    ("push", "push the box", "push", hands.pushing),
    ("push", "give the door a push with both hands", "push", hands.pushing),
    ("circle arms", "make circles with both your arms", "rotate_arms", hands.arm_circles),
    (
        "circle arms",
        "swing your arms backwards in circles",
        "rotate_arms.backward",
        partial(hands.arm_circles, direction="backward"),
    ),
    ("throw", "throw a ball", "throw", gestures.throwing),
    ("throw", "throw something with your right hand", "throw.right", THROW_RIGHT),
    ("throw", "toss the ball with the left arm", "throw.left", THROW_LEFT),
    ("sit", "sit down", "sit", SIT),
    ("sit", "have a seat", "sit", SIT),
    ("sit", "so i want the guy to, um, sit on the chair", "sit", SIT),
    ("sit slowly", "sit down very slowly", "sit@slow", SIT_SLOWLY),
    ("stand up", "stand up from the chair", "stand_up", STAND_UP),
    ("stand up", "rise to your feet", "stand_up", STAND_UP),
    ("squat", "do a squat", "squat", SQUAT),
    ("squat", "squat down and come back up", "squat", SQUAT),
    ("squat so many times", "do three squats", "squat*3", times(SQUAT, 3)),
    ("squat so many times", "squat five times", "squat*5", times(SQUAT, 5)),
    ("crouch", "crouch down", "crouch", legs.crouching),
    ("crouch", "get down low and hide", "crouch", legs.crouching),
    ("kneel", "get down on one knee", "kneel", legs.kneeling),
    ("kneel", "would you kneel on the ground", "kneel", legs.kneeling),
    ("lie down", "lie down on the floor", "lie_down", floor.lying),
    ("lie down", "go take a nap", "lie_down", floor.lying),
    ("get up", "get up off the floor", "get_up", floor.getting_up),
    ("get up", "okay, wake up, get up again", "get_up", floor.getting_up),
    ("fall", "fall over", "fall", floor.falling),
    ("fall", "drop dead on the ground", "fall", floor.falling),
    ("roll", "do a forward roll", "roll.forward", floor.rolling),
    ("cartwheel", "do a cartwheel for me", "cartwheel", floor.cartwheel),
    ("backflip", "can you do a backflip", "backflip", floor.backflip),
    ("jumping jacks", "do some jumping jacks", "jumping_jack", JACKS),
    ("jumping jacks", "four jumping jacks please", "jumping_jack*4", times(JACKS, 4)),
    ("push-ups", "do some push ups", "push_up", floor.push_ups),
    ("push-ups", "get down and do three push ups", "push_up*3", times(floor.push_ups, 3)),
    ("sit-ups", "let's do some sit ups", "sit_up", floor.sit_ups),
    ("sit-ups", "do four sit ups", "sit_up*4", times(floor.sit_ups, 4)),
    ("elbow to knee", "touch your knee with the left elbow", "elbow_to_knee.left", ELBOW_LEFT),
    ("elbow to knee", "bring your right elbow to your knee two times", "elbow_to_knee.right*2", times(ELBOW_RIGHT, 2)),
    ("balance", "stand on one leg", "balance", legs.balancing),
    ("balance", "balance on your left foot", "balance.left", partial(legs.balancing, side="left")),
    ("dance", "dance", "dance", travel.dancing),
    ("dance", "show me a dance", "dance", travel.dancing),
    ("dance", "let me see you dance to the music", "dance", travel.dancing),
    ("salsa", "do some salsa dancing", "salsa", travel.dancing),
    ("stand still", "stand still", "stand", travel.still),
    ("stand still", "just stand there", "stand", travel.still),
    ("stand still", "don't move, stay right there", "stand", travel.still),
    ("feet in place", "wave without moving your feet", "stand+wave", at_once(WAVE, FEET_STAY)),
    ("feet in place", "punch without moving your feet", "stand+punch", at_once(PUNCH, FEET_STAY)),
)
