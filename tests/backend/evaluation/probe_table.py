"""Which measurement belongs to which kind of motion, and what each may also accept: for tests and thresholds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from backend.evaluation.probes import (
    Signals,
    actions,
    athletics,
    bounds,
    dances,
    floor,
    gaits,
    gestures,
    hands,
    legs,
    locomotion,
    martial,
    poses,
    reactions,
    social,
    sports,
    travel,
    work,
    workout,
)  # fmt: skip
from backend.language.instruction import Instruction
from backend.motion.motion import Motion

from .body_probe_table import BODY_COUNTED, BODY_TABLE

# whoever works with the hands looks down at them and up again
LOOKING_DOWN = {
    "handshake", "take", "wash_hands", "wash_dishes", "open_door", "close_door", "press_button.right", "turn_key", "type", "write",
    "read", "text_phone", "stir", "chop", "pour", "put_on_table", "take_from_table", "drill", "juggle", "guitar",
}  # fmt: skip

# a hand near the mouth, and hands over the head, are part of these as well
AT_MOUTH = {"brush_teeth", "eat", "toast", "sing", "blow_kiss", "violin", "trumpet", "take_photo"}
OVERHEAD = {
    "put_on_shelf", "take_from_shelf", "paint_wall", "pick_fruit", "tennis_serve", "high_five.both",
    "point_up.right", "point_up.left",
}  # fmt: skip
AT_MOUTH |= {
    "facepalm.left", "facepalm.right", "cover_mouth.left", "cover_mouth.right", "cover_face", "cry", "shush.left",
    "shush.right", "yawn", "cough", "sneeze", "touch_nose.left", "touch_nose.right", "rub_eyes",
}  # fmt: skip

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
    "drink": (hands.drinking, AT_MOUTH),
    # an arm over the head for a moment is what all of these are, too
    "reach.right.up": (
        partial(hands.reaching_up, side="right"), {"raise_arm.right", "wash_window", "throw.right", "wave.right", "balance.right"},
    ),
    "reach.up": (
        hands.reaching_up,
        {
            "raise_arm.left", "raise_arm.right", "raise_arm.both", "reach.left.up", "reach.right.up", "stretch", "wave.both",
            "wash_window", "throw.both", "jumping_jack", "cheer", "ballet", "direct_traffic", "balance.left", "balance.right",
            "dab.left", "dab.right", "modern_dance", "act_like_bear", "toe_touch", *OVERHEAD,
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
    "nod": (actions.NOD, LOOKING_DOWN),
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
    "pirouette": (workout.pirouetting, {"spin"}),
    "arabesque": (workout.arabesque, {"ballet", "side_kick.left", "side_kick.right", "modern_dance"}),
    "open_bottle": (workout.hands_meeting_at_chest, set()),
    "press_button.right": (
        partial(workout.pressing, side="right"),
        {"point.forward", "drink", "handshake", "pat", "poke", "give", "take", "introduce.right", "dismiss"},
    ),
    "dab.left": (partial(workout.dabbing, side="left"), {"modern_dance"}),
    "mind_blown": (workout.head_exploding, set()),
    "walk.place": (gaits.walking_in_place, {"treadmill_walk"}),
    "run.place": (gaits.running_in_place, {"jog.place", "jump_rope", "jumping_jack", "treadmill_run"}),
    "march.place": (gaits.marching_in_place, set()),
    "march.forward": (gaits.marching, set()),
    "high_knees": (gaits.high_knees, set()),
    "butt_kicks": (gaits.butt_kicks, set()),
    "tiptoe.forward": (gaits.on_tiptoe, {"sneak.forward"}),
    "limp.left": (partial(gaits.limping, side="left"), {"pushed.forward"}),
    "limp.right": (partial(gaits.limping, side="right"), {"pushed.forward"}),
    "lunge_walk": (gaits.lunging, set()),
    "duck_walk": (gaits.duck_walking, set()),
    "shuffle.forward": (gaits.shuffling, {"limp.left", "limp.right", "pushed.forward", "walk.forward-left", "walk.forward-right"}),
    "skip.forward": (gaits.skipping, set()),
    "skip.place": (partial(gaits.skipping, ahead=False), set()),
    "gallop.forward": (gaits.galloping, set()),
    "moonwalk.backward": (gaits.moonwalking, set()),
    "stagger.forward": (gaits.staggering, set()),
    "walk.forward-left": (partial(gaits.diagonally, ahead=1, side="left"), set()),
    "walk.backward-left": (partial(gaits.diagonally, ahead=-1, side="left"), set()),
    "walk.backward-right": (partial(gaits.diagonally, ahead=-1, side="right"), set()),
    "leap": (bounds.leaping, {"jump_over"}),
    "jump.backward": (partial(bounds.jumping_to, direction="backward"), set()),
    "jump.left": (partial(bounds.jumping_to, direction="left"), {"dodge.left"}),
    "jump_rope": (bounds.rope_jumping, set()),
    "crawl.backward": (bounds.crawling_back, set()),
    "swim.forward": (bounds.swimming_crawl, set()),
    "swim_breaststroke": (bounds.swimming_breaststroke, set()),
    "fly": (bounds.flying, set()),
    "stumble": (reactions.stumbling, {"trip", "crouch.forward", "pushed.forward"}),
    "trip": (partial(reactions.stumbling, least=28), {"stumble"}),
    "slip": (reactions.slipping, set()),
    "startle": (reactions.startled, set()),
    "flinch.right": (partial(reactions.flinching, side="right"), set()),
    "hit_head": (reactions.hit_on_head, {"duck"}),
    "hit_head.right": (partial(reactions.hit_on_head, side="right"), {"flinch.right"}),
    "hit_stomach": (reactions.hit_in_stomach, {"hit_stomach.left", "hit_stomach.right"}),
    "hit_stomach.right": (partial(reactions.hit_in_stomach, side="right"), set()),
    "pushed.forward": (partial(reactions.pushed, direction="forward"), set()),
    "pushed.backward": (partial(reactions.pushed, direction="backward"), {"dodge.backward"}),
    "pushed.left": (partial(reactions.pushed, direction="left"), {"dodge.left"}),
    "knocked_down": (reactions.struck_down, {"die.backward", "die.forward", "faint", "fall"}),
    "die.backward": (partial(reactions.struck_down, lies="back"), {"knocked_down", "fall"}),
    "die.forward": (partial(reactions.struck_down, lies="belly"), {"fall"}),
    "faint": (partial(reactions.struck_down, lies="side"), {"fall"}),
    "dizzy": (reactions.dizzy, set()),
    "duck_for_cover": (reactions.taking_cover, set()),
    "lean.forward": (partial(reactions.leaning, direction="forward"), {"bow"}),
    "lean.backward": (partial(reactions.leaning, direction="backward"), {"bend.backward"}),
    "lean.left": (partial(reactions.leaning, direction="left"), {"side_bend.left"}),
    "bend.forward": (partial(reactions.bending, direction="forward"), {"bow", "toe_touch"}),
    "bend.backward": (partial(reactions.bending, direction="backward"), {"lean.backward"}),
    "shift_weight.left": (partial(reactions.weight_on, side="left"), set()),
    "shift_weight": (reactions.shifting_weight, {"sway"}),
}  # fmt: skip

# what hands do at places; several of these movements share their places
TABLE |= {key: (measure, set()) for _, _, key, measure in (*work.ROWS, *sports.ROWS) if not set("*+") & set(key)}

# keys of other motions that contain what a measurement of these topics looks for
_KIN = {
    "hook.left": {"punch.left", "elbow_strike.left"}, "hook.right": {"punch.right", "elbow_strike.right"},
    "knee_strike.left": {"kick.left", "side_kick.left", "roundhouse_kick.left"},
    "knee_strike.right": {"kick.right", "side_kick.right", "roundhouse_kick.right"},
    "stab": {"punch.left", "punch.right", "karate_chop"}, "meditate": {"sit_cross_legged"}, "sit_cross_legged": {"meditate"},
    "fist_bump": {"handshake", "pat", "poke", "give", "take"}, "bachata": {"hip_hop", "waltz"},
    "plank": {"push_up", "burpee"}, "sleep": {"roll_over"},
}  # fmt: skip


def _topics() -> dict[str, tuple[Callable, set[str]]]:
    """The measurements of kinds that each have one; a kind with sides is measured with its side."""
    listed = [row for topic in (martial, social, poses, dances) for row in topic.ROWS]
    rows = {key: measure for _, _, key, measure in listed if not set(key) & set("*+>")}
    sided = {key.split(".")[0] for key in rows if "." in key}
    return {key: (measure, _KIN.get(key, set())) for key, measure in rows.items() if key not in sided}


TABLE |= _topics()

# kind -> its measurement with a count, for clips whose number of repeats is known
COUNTED = {
    "jump_rope": bounds.rope_jumping,
    "jump": legs.jumps, "hop": legs.hops, "hop.right": locomotion.HOP_RIGHT, "kick.right": actions.KICK_RIGHT,
    "punch.right": actions.PUNCH_RIGHT, "squat": legs.squats, "jumping_jack": legs.jacks, "clap": gestures.hands_meeting,
    "hook.right": partial(martial.hooking, side="right"), "uppercut.right": partial(martial.uppercutting, side="right"),
    "karate_chop": martial.chopping, "stab": martial.stabbing, "knee_strike.right": partial(martial.kneeing, side="right"),
    "elbow_strike.right": partial(martial.elbowing, side="right"), "pat": social.patting, "poke": social.poking,
    "lunge.right": partial(poses.lunging, side="right"), "burpee": poses.burpees,
    "bow": gestures.bowing, "nod": gestures.nodding, "shrug": gestures.shrugging,
    "knock": work.KNOCK, "hammer": work.HAMMER, "chop_wood": work.CHOP_WOOD, "dig": work.DIG, "chop": work.CHOP,
    "barbell": sports.BARBELL, "curl.right": partial(sports.ONE_CURL, side="right"), "curl.both": sports.CURL_BOTH,
}  # fmt: skip
TABLE |= BODY_TABLE
COUNTED |= BODY_COUNTED


def base(key: str) -> str:
    """The key without speed and count."""
    action = Instruction.parse(key).steps[0][0]
    return ".".join(part for part in (action.kind, action.side, action.direction) if part)


def accepted(key: str, motion: Motion) -> bool:
    """Whether the measurement of ``key`` passes this motion."""
    return TABLE[key][0](Signals(motion)).passed
