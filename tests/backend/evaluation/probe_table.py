"""Which measurement belongs to which kind of motion, and what each may also accept: for tests and thresholds."""

from __future__ import annotations

from functools import partial

from backend.data.instruction import Instruction
from backend.evaluation.probes import Signals, lower, travel, upper
from backend.evaluation.probes import instructions as i
from backend.motion.motion import Motion

# key of a motion -> (measurement, keys of other motions that really do contain what is measured)
TABLE = {
    "walk.forward": (i.WALK, {"sneak.forward", "dribble.forward", "jog.circle-left", "march.forward"}),
    "run.forward": (i.RUN, {"jog.forward", "jog.circle-left"}),
    "walk.backward": (i.BACK, {"dodge.backward"}),
    "walk.circle-left": (partial(travel.circling, direction="left"), {"jog.circle-left"}),
    "turn.left": (i.LEFT_TURN, {"walk.left"}),
    "turn.right": (i.RIGHT_TURN, {"walk.right"}),
    "turn.around": (i.ABOUT_TURN, set()),
    "sidestep.left": (i.STEP_LEFT, {"dodge.left"}),
    "sidestep.right": (i.STEP_RIGHT, {"dodge.right"}),
    "jump.up": (i.JUMP, {"jump.forward", "hop", "backflip", "climb.up", "stairs.up"}),
    "jump.forward": (i.JUMP_AHEAD, {"hop", "climb.up", "stairs.up"}),
    "hop": (i.HOP, {"jump.up", "jump.forward", "jumping_jack"}),
    "hop.right": (i.HOP_RIGHT, set()),
    "kick.right": (i.KICK_RIGHT, set()),
    "kick.left": (i.KICK_LEFT, set()),
    "punch.right": (i.PUNCH_RIGHT, {"karate"}),
    "punch.left": (i.PUNCH_LEFT, {"karate"}),
    "wave.right": (i.WAVE_RIGHT, {"wash_window"}),
    "wave.left": (i.WAVE_LEFT, set()),
    "raise_arm.right": (i.RAISE_RIGHT, {"reach.right.up", "wash_window"}),
    "raise_arm.left": (i.RAISE_LEFT, set()),
    "raise_arm.both": (i.RAISE_BOTH, {"stretch", "reach.up", "cast_spell", "jumping_jack"}),
    "point.forward": (i.POINT, {"bow_arrow", "cast_spell"}),
    "sit": (lower.pelvis_drop, {"crouch"}),
    "stand_up": (lower.pelvis_rise, set()),
    "squat": (lower.squats, {"pick_up", "put_down.right", "kneel"}),
    "kneel": (lower.kneeling, set()),
    "bow": (upper.bowing, set()),
    "lie_down": (lower.lying, {"fall"}),
    "throw.right": (upper.throwing, {"rotate_arms.forward"}),  # an arm that comes over the top like a bowler's
    "clap": (upper.hands_meeting, set()),
    "nod": (upper.nodding, set()),
    "shake_head": (upper.shaking_head, set()),
    "shrug": (upper.shrugging, set()),
    "jumping_jack": (lower.jacks, set()),
    "dance": (travel.dancing, {"salsa", "ballet", "breakdance"}),
    "stand": (travel.still, set()),
}


def base(key: str) -> str:
    """The key without speed and count."""
    action = Instruction.parse(key).steps[0][0]
    return ".".join(part for part in (action.kind, action.side, action.direction) if part)


def accepted(key: str, motion: Motion) -> bool:
    """Whether the measurement of ``key`` passes this motion."""
    return TABLE[key][0](Signals(motion)).passed
