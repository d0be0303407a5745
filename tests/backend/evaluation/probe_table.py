"""Which measurement belongs to which kind of motion, and what each may also accept: for tests and thresholds."""

from __future__ import annotations

from functools import partial

from backend.evaluation.probes import Signals, arms, doing, floor, going, lower, travel, upper
from backend.language.instruction import Instruction
from backend.motion.motion import Motion

# key of a motion -> (measurement, keys of other motions that really do contain what is measured)
TABLE = {
    "walk.forward": (going.WALK, {"sneak.forward", "dribble.forward", "jog.circle-left", "march.forward"}),
    "run.forward": (going.RUN, {"jog.forward", "jog.circle-left"}),
    "run.backward": (going.RUN_BACK, set()),
    "jog.forward": (going.JOG, {"run.forward", "jog.circle-left"}),
    "walk.backward": (going.BACK, {"dodge.backward"}),
    "walk.circle-left": (going.CIRCLE_LEFT, {"jog.circle-left"}),
    "jog.circle-right": (going.JOG_CIRCLE_RIGHT, set()),
    "walk.left": (going.VEER_LEFT, {"walk.circle-left", "jog.circle-left", "sidestep.left", "dodge.left", "turn.left"}),
    "sneak.forward": (travel.sneaking, {"crouch.forward"}),
    "crouch.forward": (lower.crouched_walk, set()),
    "crawl.forward": (floor.crawling, set()),
    "turn.left": (going.LEFT_TURN, {"walk.left"}),
    "turn.right": (going.RIGHT_TURN, {"walk.right"}),
    "turn.around": (going.ABOUT_TURN, set()),
    "spin": (travel.spinning, set()),
    "sidestep.left": (going.STEP_LEFT, {"dodge.left"}),
    "sidestep.right": (going.STEP_RIGHT, {"dodge.right"}),
    "dodge.left": (partial(travel.dodging, direction="left"), set()),
    "jump.up": (going.JUMP, {"jump.forward", "hop", "backflip"}),
    "jump.forward": (going.JUMP_AHEAD, {"hop"}),
    "hop": (going.HOP, {"jump.up", "jump.forward", "jumping_jack"}),
    "hop.right": (going.HOP_RIGHT, set()),
    "climb.up": (going.LADDER, set()),
    "stairs.up": (lower.climbing, {"climb.up", "stand_up"}),
    "kick.right": (doing.KICK_RIGHT, set()),
    "kick.left": (doing.KICK_LEFT, set()),
    "punch.right": (doing.PUNCH_RIGHT, {"karate", "box"}),
    "punch.left": (doing.PUNCH_LEFT, {"karate", "box"}),
    "box": (doing.PUNCH, {"karate", "punch.left", "punch.right"}),
    "wave.right": (doing.WAVE_RIGHT, {"wash_window"}),
    "wave.left": (doing.WAVE_LEFT, set()),
    "wave.both": (doing.WAVE_BOTH, {"cheer"}),
    "raise_arm.right": (doing.RAISE_RIGHT, {"reach.right.up", "wash_window"}),
    "raise_arm.left": (doing.RAISE_LEFT, set()),
    "raise_arm.both": (doing.RAISE_BOTH, {"stretch", "reach.up", "cast_spell", "jumping_jack"}),
    "point.forward": (doing.POINT, {"bow_arrow", "cast_spell"}),
    "point.left": (doing.POINT_LEFT, set()),
    "salute": (arms.saluting, set()),
    "drink": (arms.drinking, set()),
    # an arm over the head for a moment is what all of these are, too
    "reach.right.up": (
        partial(arms.reaching_up, side="right"), {"raise_arm.right", "wash_window", "throw.right", "wave.right", "balance.right"},
    ),
    "reach.up": (
        arms.reaching_up,
        {
            "raise_arm.left", "raise_arm.right", "raise_arm.both", "reach.left.up", "reach.right.up", "stretch", "wave.both",
            "wash_window", "throw.both", "jumping_jack", "cheer", "ballet", "direct_traffic", "balance.left", "balance.right",
        },
    ),
    "cheer": (arms.cheering, {"jumping_jack", "rotate_arms", "rotate_arms.forward", "rotate_arms.backward"}),
    "rotate_arms": (arms.arm_circles, {"rotate_arms.forward", "rotate_arms.backward"}),
    "rotate_arms.backward": (partial(arms.arm_circles, direction="backward"), {"rotate_arms"}),
    "pick_up": (doing.PICK_UP, {"put_down.left", "put_down.right", "wash_window"}),
    "put_down.left": (partial(doing.PICK_UP, side="left"), {"pick_up"}),
    "push": (arms.pushing, set()),
    "elbow_to_knee.left": (doing.ELBOW_LEFT, set()),
    "balance.left": (partial(lower.balancing, side="left"), set()),
    "sit": (doing.SIT, {"crouch"}),
    "stand_up": (doing.STAND_UP, {"get_up"}),
    "squat": (doing.SQUAT, {"pick_up", "put_down.left", "put_down.right", "kneel"}),
    "crouch": (lower.crouching, {"sit"}),
    "kneel": (lower.kneeling, set()),
    "bow": (doing.BOW, set()),
    "lie_down": (floor.lying, {"fall"}),
    "get_up": (floor.getting_up, set()),
    "fall": (floor.falling, {"lie_down"}),
    "roll.forward": (floor.rolling, set()),
    "cartwheel": (floor.cartwheel, set()),
    "backflip": (floor.backflip, set()),
    "push_up": (floor.push_ups, set()),
    "sit_up": (floor.sit_ups, {"get_up", "lie_down"}),  # an upper body that rises from the floor
    "throw.right": (upper.throwing, {"rotate_arms.forward"}),  # an arm that comes over the top like a bowler's
    "clap": (doing.CLAP, set()),
    "nod": (doing.NOD, set()),
    "shake_head": (upper.shaking_head, set()),
    "shrug": (doing.SHRUG, set()),
    "jumping_jack": (doing.JACKS, set()),
    "dance": (travel.dancing, {"salsa", "ballet", "breakdance"}),
    "salsa": (travel.dancing, {"dance", "ballet", "breakdance"}),
    "stand": (travel.still, set()),
}  # fmt: skip

# kind -> its measurement with a count, for clips whose number of repeats is known
COUNTED = {
    "jump": lower.jumps, "hop": lower.hops, "hop.right": going.HOP_RIGHT, "kick.right": doing.KICK_RIGHT,
    "punch.right": doing.PUNCH_RIGHT, "squat": lower.squats, "jumping_jack": lower.jacks, "clap": upper.hands_meeting,
    "bow": upper.bowing, "nod": upper.nodding, "shrug": upper.shrugging,
}  # fmt: skip


def base(key: str) -> str:
    """The key without speed and count."""
    action = Instruction.parse(key).steps[0][0]
    return ".".join(part for part in (action.kind, action.side, action.direction) if part)


def accepted(key: str, motion: Motion) -> bool:
    """Whether the measurement of ``key`` passes this motion."""
    return TABLE[key][0](Signals(motion)).passed
