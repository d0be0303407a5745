"""Which measurement belongs to which kind of motion, and what each may also accept: for tests and thresholds."""

from __future__ import annotations

from functools import partial

from backend.evaluation.probes import Signals, actions, athletics, floor, gestures, hands, legs, locomotion, travel, workout
from backend.language.instruction import Instruction
from backend.motion.motion import Motion

# key of a motion -> (measurement, keys of other motions that really do contain what is measured)
TABLE = {
    "walk.forward": (locomotion.WALK, {"sneak.forward", "dribble.forward", "jog.circle-left", "march.forward"}),
    "run.forward": (locomotion.RUN, {"jog.forward", "jog.circle-left"}),
    "run.backward": (locomotion.RUN_BACK, set()),
    "jog.forward": (locomotion.JOG, {"run.forward", "jog.circle-left"}),
    "walk.backward": (locomotion.BACK, {"dodge.backward"}),
    "walk.circle-left": (locomotion.CIRCLE_LEFT, {"jog.circle-left"}),
    "jog.circle-right": (locomotion.JOG_CIRCLE_RIGHT, set()),
    "walk.left": (locomotion.VEER_LEFT, {"walk.circle-left", "jog.circle-left", "sidestep.left", "dodge.left", "turn.left"}),
    "sneak.forward": (travel.sneaking, {"crouch.forward"}),
    "crouch.forward": (legs.crouched_walk, set()),
    "crawl.forward": (floor.crawling, set()),
    "turn.left": (locomotion.LEFT_TURN, {"walk.left"}),
    "turn.right": (locomotion.RIGHT_TURN, {"walk.right"}),
    "turn.around": (locomotion.ABOUT_TURN, set()),
    "spin": (travel.spinning, set()),
    "sidestep.left": (locomotion.STEP_LEFT, {"dodge.left"}),
    "sidestep.right": (locomotion.STEP_RIGHT, {"dodge.right"}),
    "dodge.left": (partial(travel.dodging, direction="left"), set()),
    "jump.up": (locomotion.JUMP, {"jump.forward", "hop", "backflip"}),
    "jump.forward": (locomotion.JUMP_AHEAD, {"hop"}),
    "hop": (locomotion.HOP, {"jump.up", "jump.forward", "jumping_jack"}),
    "hop.right": (locomotion.HOP_RIGHT, set()),
    "climb.up": (locomotion.LADDER, set()),
    "stairs.up": (legs.climbing, {"climb.up", "stand_up"}),
    "kick.right": (actions.KICK_RIGHT, set()),
    "kick.left": (actions.KICK_LEFT, set()),
    "punch.right": (actions.PUNCH_RIGHT, {"karate", "box"}),
    "punch.left": (actions.PUNCH_LEFT, {"karate", "box"}),
    "box": (actions.PUNCH, {"karate", "punch.left", "punch.right"}),
    "wave.right": (actions.WAVE_RIGHT, {"wash_window"}),
    "wave.left": (actions.WAVE_LEFT, set()),
    "wave.both": (actions.WAVE_BOTH, {"cheer"}),
    "raise_arm.right": (actions.RAISE_RIGHT, {"reach.right.up", "wash_window"}),
    "raise_arm.left": (actions.RAISE_LEFT, set()),
    "raise_arm.both": (actions.RAISE_BOTH, {"stretch", "reach.up", "cast_spell", "jumping_jack"}),
    "point.forward": (actions.POINT, {"bow_arrow", "cast_spell"}),
    "point.left": (actions.POINT_LEFT, set()),
    "salute": (hands.saluting, set()),
    "drink": (hands.drinking, set()),
    # an arm over the head for a moment is what all of these are, too
    "reach.right.up": (
        partial(hands.reaching_up, side="right"), {"raise_arm.right", "wash_window", "throw.right", "wave.right", "balance.right"},
    ),
    "reach.up": (
        hands.reaching_up,
        {
            "raise_arm.left", "raise_arm.right", "raise_arm.both", "reach.left.up", "reach.right.up", "stretch", "wave.both",
            "wash_window", "throw.both", "jumping_jack", "cheer", "ballet", "direct_traffic", "balance.left", "balance.right",
        },
    ),
    "cheer": (hands.cheering, {"jumping_jack", "rotate_arms", "rotate_arms.forward", "rotate_arms.backward"}),
    "rotate_arms": (hands.arm_circles, {"rotate_arms.forward", "rotate_arms.backward"}),
    "rotate_arms.backward": (partial(hands.arm_circles, direction="backward"), {"rotate_arms"}),
    "pick_up": (actions.PICK_UP, {"put_down.left", "put_down.right", "wash_window"}),
    "put_down.left": (partial(actions.PICK_UP, side="left"), {"pick_up"}),
    "push": (hands.pushing, set()),
    "elbow_to_knee.left": (actions.ELBOW_LEFT, set()),
    "balance.left": (partial(legs.balancing, side="left"), set()),
    "sit": (actions.SIT, {"crouch"}),
    "stand_up": (actions.STAND_UP, {"get_up"}),
    "squat": (actions.SQUAT, {"pick_up", "put_down.left", "put_down.right", "kneel"}),
    "crouch": (legs.crouching, {"sit"}),
    "kneel": (legs.kneeling, set()),
    "bow": (actions.BOW, set()),
    "lie_down": (floor.lying, {"fall"}),
    "get_up": (floor.getting_up, set()),
    "fall": (floor.falling, {"lie_down"}),
    "roll.forward": (floor.rolling, set()),
    "cartwheel": (floor.cartwheel, set()),
    "backflip": (floor.backflip, set()),
    "push_up": (floor.push_ups, set()),
    "sit_up": (floor.sit_ups, {"get_up", "lie_down"}),  # an upper body that rises from the floor
    "throw.right": (gestures.throwing, {"rotate_arms.forward"}),  # an arm that comes over the top like a bowler's
    "clap": (actions.CLAP, set()),
    "nod": (actions.NOD, set()),
    "shake_head": (gestures.shaking_head, set()),
    "shrug": (actions.SHRUG, set()),
    "jumping_jack": (actions.JACKS, set()),
    "dance": (travel.dancing, {"salsa", "ballet", "breakdance"}),
    "salsa": (travel.dancing, {"dance", "ballet", "breakdance"}),
    "stand": (travel.still, set()),
    "halt": (athletics.halting, set()),
    "start_run": (athletics.starting_to_run, {"jog.left", "jog.right"}),
    "jump_over": (athletics.jumping_over, {"jump.forward"}),
    "dive_roll": (athletics.dive_rolling, {"roll.forward"}),
    "duck": (athletics.ducking, {"squat", "pick_up", "toe_touch", "windmill"}),
    "duck.forward": (athletics.DUCK_UNDER, set()),
    "jump_turn.left": (athletics.JUMP_LEFT, set()),
    "jump_turn.around": (athletics.JUMP_AROUND, set()),
    "jump_grab": (athletics.jumping_to_grab, {"jump.up", "jumping_jack", "throw.both"}),
    "treadmill_walk": (athletics.on_treadmill, {"treadmill_run", "dribble"}),
    "treadmill_run": (athletics.TREADMILL_RUN, {"treadmill_walk"}),
    "jog.place": (athletics.jogging_on_the_spot, {"jumping_jack"}),
    "jog.left": (athletics.JOG_LEFT, {"run.left", "dodge.left", "dribble.left"}),
    "jog.right": (athletics.JOG_RIGHT, {"run.right", "dodge.right", "dribble.right"}),
    "stairs.down": (athletics.going_down, set()),
    "climb.down": (athletics.LADDER_DOWN, set()),
    "side_bend.left": (workout.BEND_LEFT, set()),
    "side_bend.right": (workout.BEND_RIGHT, set()),
    "side_twist": (workout.side_twisting, {"throw.left", "throw.right"}),
    "toe_touch": (workout.toe_touching, {"windmill"}),
    "windmill": (workout.windmilling, set()),
    "roundhouse_kick.left": (partial(workout.roundhouse, side="left"), {"cartwheel"}),
    "roundhouse_kick.right": (partial(workout.roundhouse, side="right"), {"cartwheel"}),
    "side_kick.left": (partial(workout.side_kicking, side="left"), {"roundhouse_kick.left"}),
    "side_kick.right": (partial(workout.side_kicking, side="right"), {"roundhouse_kick.right"}),
    "lunge_punch.left": (partial(workout.lunge_punching, side="left"), set()),
    "lunge_punch.right": (partial(workout.lunge_punching, side="right"), set()),
    "kick_ball.right": (partial(workout.kicking_ball, side="right"), {"kick.right"}),
    "open_bottle": (workout.hands_meeting_at_chest, set()),
    "press_button.right": (
        partial(workout.pressing, side="right"),
        {"point.forward", "drink", "handshake", "pat", "poke", "give", "take", "introduce.right", "dismiss"},
    ),
    "dab.left": (partial(workout.dabbing, side="left"), {"modern_dance"}),
    "mind_blown": (workout.head_exploding, set()),
}  # fmt: skip

# kind -> its measurement with a count, for clips whose number of repeats is known
COUNTED = {
    "jump": legs.jumps, "hop": legs.hops, "hop.right": locomotion.HOP_RIGHT, "kick.right": actions.KICK_RIGHT,
    "punch.right": actions.PUNCH_RIGHT, "squat": legs.squats, "jumping_jack": legs.jacks, "clap": gestures.hands_meeting,
    "bow": gestures.bowing, "nod": gestures.nodding, "shrug": gestures.shrugging,
}  # fmt: skip


def base(key: str) -> str:
    """The key without speed and count."""
    action = Instruction.parse(key).steps[0][0]
    return ".".join(part for part in (action.kind, action.side, action.direction) if part)


def accepted(key: str, motion: Motion) -> bool:
    """Whether the measurement of ``key`` passes this motion."""
    return TABLE[key][0](Signals(motion)).passed
