"""Sitting, kneeling, lying and getting up: key poses on the floor and on a chair.

One-sided ones go to the left.
"""

from __future__ import annotations

import numpy as np

from .arms import arm, reach
from .gesture import AuthoredGesture
from .poses import (
    BodyPose,
    HandPlace,
    LegPose,
    Point,
    PosedTake,
    flat,
    hand_on_floor,
    mirrored_leg,
    on_ball,
    over_knees,
    posed,
    standing,
    turned_foot,
)

SEAT = 0.165  # metres of the pelvis joint over the floor for someone who sits on it
LYING = 0.12
NONE: Point = (0.0, 0.0, 0.0)
ALONG = arm((0.22, -1.0, 0.06), (0.16, -1.0, 0.1), (-1.0, 0.0, 0.2))  # an arm beside a lying body


def to_floor(rng: np.random.Generator) -> tuple[list[tuple[float, BodyPose]], BodyPose]:
    """Stages from standing to sitting with the knees up: a squat, a hand behind, the seat.

    The last pose comes along.
    """
    rest = standing(rng, 1.1)
    back = rng.uniform(0.40, 0.46)
    ready = {"left_hand": arm((0.3, -1.0, 0.2), (0.1, -0.6, 1.0), (-1.0, -0.3, 0.0))}
    behind = HandPlace((-0.3, 0.06, -back - 0.14), (-0.5, 0.3, -1.0), (0.0, -1.0, 0.0), (-0.6, -0.2, -0.8))
    squat = rest.but(pelvis=(-0.01, 0.47, -0.25), turn=(30.0, 0.0, 3.0), spine=(24.0, -6.0, 4.0), head=(-14.0, 0.0, 0.0), **ready)
    up = [replace_leg(leg, leg.ankle, (0.12 * sign, 1.0, 0.6)) for leg, sign in ((rest.left_leg, 1), (rest.right_leg, -1))]
    lean = squat.but(
        left_leg=up[0],
        right_leg=up[1],
        pelvis=(-0.02, 0.3, -0.34), turn=(6.0, -6.0, 6.0), spine=(22.0, -10.0, 4.0), head=(-6.0, 0.0, 0.0), right_hand=behind
    )
    seat = lean.but(
        pelvis=(0.0, SEAT, -back), turn=(-14.0, 0.0, 0.0), spine=(24.0, 0.0, 0.0), head=(-4.0, 0.0, 0.0), right_hand=behind,
        left_hand=HandPlace((0.2, 0.4, -back + 0.32), (0.8, 0.0, -0.5), (-0.5, -0.8, 0.0), (-0.3, -0.5, 1.0)),
    )  # fmt: skip
    return [(0.0, rest), (0.75, squat), (0.4, lean), (0.45, seat)], seat


def sit_on_floor(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """Down onto the floor past a squat and a hand, then the legs out or the knees held.

    Stays there.
    """
    stages, seat = to_floor(rng)
    z = seat.pelvis[2]
    if rng.random() < 0.55:  # legs out, hands behind or on the thighs
        out = [LegPose((s * rng.uniform(0.08, 0.14), 0.08, z + 0.76), s * 12.0, -72.0, knee=(s * 0.2, 1.0, 0.1)) for s in (1, -1)]
        propped = rng.random() < 0.5
        hands = [
            HandPlace((s * 0.28, 0.06, z - 0.2), (s * 0.4, 0.4, -1.0), (0.0, -1.0, 0.0), (s * 0.6, -0.1, -0.8)) if propped
            else HandPlace((s * 0.13, 0.26, z + 0.3), (s * 0.9, -0.2, -0.4), (0.0, -1.0, 0.0), (-s * 0.2, -0.1, 1.0))
            for s in (1, -1)
        ]  # fmt: skip
        first = seat.but(left_leg=out[0], turn=(-18.0, 4.0, 0.0), spine=(22.0, 0.0, 0.0))
        last = seat.but(
            left_leg=out[0], right_leg=out[1], left_hand=hands[0], right_hand=hands[1],
            turn=(-22.0 if propped else -10.0, 0.0, 0.0), spine=(14.0 if propped else 24.0, 0.0, 0.0),
        )  # fmt: skip
        stages += [(0.5, first), (0.5, last)]
    else:  # arms around the knees
        hold = [
            HandPlace((s * 0.07, 0.3, z + 0.46), (s * 0.9, -0.3, 0.0), (-s * 0.4, 0.0, -1.0), (-s * 1.0, 0.0, 0.2)) for s in (1, -1)
        ]
        last = seat.but(
            left_hand=hold[0], right_hand=hold[1], turn=(-6.0, 0.0, 0.0), spine=(34.0, 0.0, 0.0), head=(-18.0, 0.0, 0.0)
        )
        stages += [(0.6, last)]
    return posed(rng, tempo, [*stages, (rng.uniform(1.0, 2.0), last)])


def crossed(seat: BodyPose) -> tuple[LegPose, LegPose]:
    """Legs of someone who sits cross-legged, the left shin behind."""
    z = seat.pelvis[2]
    left = turned_foot((-0.1, 0.085, z + 0.25), (-0.8, -0.06, 0.55), (0.55, 0.0, 0.8), (1.0, 0.2, 0.5))
    right = mirrored_leg(turned_foot((-0.08, 0.085, z + 0.35), (-0.8, -0.06, 0.55), (0.55, 0.0, 0.8), (1.0, 0.22, 0.5)))
    return left, right


def _folded(rng: np.random.Generator) -> tuple[list[tuple[float, BodyPose]], BodyPose]:
    """Stages from standing to sitting cross-legged with the hands free."""
    stages, seat = to_floor(rng)
    left, right = crossed(seat)
    hand = HandPlace((0.26, 0.27, seat.pelvis[2] + 0.24), (0.9, 0.0, -0.5), (0.0, -1.0, 0.0), (0.2, -0.3, 1.0))
    other = HandPlace((-0.26, *hand.wrist[1:]), (-0.9, 0.0, -0.5), hand.palm, (-0.2, -0.3, 1.0))
    up = rng.uniform(0.05, 0.09)
    lifted = LegPose((-0.02, 0.12 + up, seat.pelvis[2] + 0.34), -30.0, 0.0, -40.0, knee=(0.7, 0.6, 0.4))
    first = seat.but(left_leg=lifted, turn=(-18.0, 0.0, 3.0), left_hand=hand)
    second = first.but(left_leg=left, right_leg=mirrored_leg(lifted), turn=(-16.0, 0.0, -2.0))
    last = second.but(right_leg=right, right_hand=other, turn=(-6.0, 0.0, 0.0), spine=(10.0, 0.0, 0.0), head=(-2.0, 0.0, 0.0))
    return [*stages, (0.35, first), (0.35, second), (0.45, last)], last


def sit_cross_legged(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """Down onto the floor, the shins crossed one after the other, hands on the knees.

    Stays there.
    """
    stages, last = _folded(rng)
    lean = last.but(spine=(rng.uniform(8, 20), rng.uniform(-4, 4), 0.0), head=(rng.uniform(-8, 4), rng.uniform(-12, 12), 0.0))
    return posed(rng, tempo, [*stages, (rng.uniform(0.6, 1.0), lean), (rng.uniform(0.6, 1.2), last)])


def meditate(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """Sits down cross-legged, turns the palms up on the knees, straightens and breathes slowly."""
    stages, last = _folded(rng)
    z = last.pelvis[2]
    joined = rng.random() < 0.3
    hands = [
        HandPlace((s * 0.05, 0.3, z + 0.2), (s * 0.9, -0.1, 0.0), (0.0, 1.0, -0.3), (-s * 1.0, 0.0, 0.2)) if joined
        else HandPlace((s * 0.3, 0.26, z + 0.24), (s * 0.8, -0.1, -0.6), (0.0, 1.0, 0.2), (s * 0.3, 0.0, 1.0)) for s in (1, -1)
    ]  # fmt: skip
    calm = last.but(
        turn=(-2.0, 0.0, 0.0), spine=(3.0, 0.0, 0.0), head=(rng.uniform(2, 8), 0.0, 0.0), left_hand=hands[0], right_hand=hands[1]
    )
    full = calm.but(spine=(-1.0, 0.0, 0.0), pelvis=(0.0, SEAT + 0.004, z))
    stages = [(0.8 * seconds, pose) for seconds, pose in stages]
    return posed(rng, tempo**0.5, [*stages, (0.7, calm), (1.1, full), (1.2, calm)], idle=0.4)


def kneel_both(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """A step back and down on one knee, then on the other; stays upright on both.

    The toes are tucked under.
    """
    rest = standing(rng)
    apart, knee = rng.uniform(0.1, 0.14), rng.uniform(-0.06, -0.02)
    back = on_ball("right", -apart, knee - 0.42, 50.0, knee=(0.0, 0.0, 1.0))
    lifted = LegPose((-apart, 0.19, knee - 0.36), -4.0, 40.0)
    height, z = over_knees(knee, 0.02)
    right, left = (on_ball(side, s * apart, knee - 0.42, 80.0, knee=(0.0, -0.3, 1.0)) for side, s in (("right", -1), ("left", 1)))
    step = rest.but(pelvis=(0.03, 0.95, -0.03), right_leg=lifted)
    low = rest.but(pelvis=(0.0, 0.76, -0.12), turn=(6.0, 0.0, 0.0), spine=(8.0, 0.0, 0.0), right_leg=back)
    one = low.but(pelvis=(0.0, height + 0.01, z), right_leg=right, turn=(2.0, 0.0, 0.0))
    over = LegPose((apart, 0.22, knee - 0.36), 2.0, 70.0, knee=(0.1, -0.2, 1.0))
    two = one.but(left_leg=over, pelvis=(-0.05, height, z), spine=(4.0, 0.0, -3.0))
    lap = reach((0.12, 0.98, 0.25), (0.7, -0.3, -0.7), (0.0, -1.0, 0.1), (-0.2, -0.5, 1.0))
    hands = lap if rng.random() < 0.6 else rest.left_hand
    last = one.but(left_leg=left, pelvis=(0.0, height, z), turn=NONE, spine=(2.0, 0.0, 0.0), left_hand=hands, right_hand=hands)
    stages = [(0.0, rest), (0.35, step), (0.4, low), (0.55, one), (0.35, two), (0.4, last)]
    return posed(rng, tempo, [*stages, (rng.uniform(0.7, 1.6), stages[-1][1])])


def lying(way: float, x: float = 0.0) -> BodyPose:
    """Stretched out on the floor with the head towards +x.

    ``way``: -90 on the back, 0 on the left side, 90 on the belly.
    """
    if way < 0:
        legs = [turned_foot((x - 0.9, 0.08, s * 0.1), (-0.35, 1.0, s * 0.3), (1.0, 0.3, 0.0), (0.0, 1.0, 0.0)) for s in (1, -1)]
    elif way > 0:
        legs = [turned_foot((x - 0.9, 0.085, -s * 0.1), (-1.0, -0.35, 0.0), (0.35, -1.0, 0.0), (0.0, -1.0, 0.0)) for s in (1, -1)]
    else:
        legs = [
            turned_foot((x - 0.66 + drop, height, 0.26), (-0.5, 0.0, 0.9), (1.0, 0.1, 0.5), (0.1, lift, 1.0))
            for drop, height, lift in ((0.0, 0.078, 0.04), (-0.02, 0.17, 0.1))
        ]
    height = {-90.0: LYING, 0.0: 0.18, 90.0: LYING}[way]
    roll = -77.0 if way == 0 else -90.0
    return BodyPose((x, height, 0.0), (way, 0.0, roll), NONE, (0.0, 0.0, -12.0 if way == 0 else 0.0), *legs, ALONG, ALONG)


def _on_side(x: float, z: float = 0.0) -> BodyPose:
    """Asleep on the left side.

    The lower arm bent below the head, the upper hand on the floor in front.
    """
    side = lying(0.0, x)
    move = np.array([0.0, 0.0, z])
    under = HandPlace((x + 0.68, 0.06, z + 0.18), (0.1, 0.3, 1.0), (0.0, 1.0, 0.2), (1.0, 0.0, 0.1))
    front = HandPlace((x + 0.32, 0.06, z + 0.3), (-0.5, 0.5, -0.2), (0.0, -1.0, 0.0), (0.5, -0.1, 0.9))
    legs = [
        LegPose(tuple(np.array(leg.ankle) + move), leg.yaw, leg.pitch, leg.roll, leg.knee, leg.toe)
        for leg in (side.left_leg, side.right_leg)
    ]
    return side.but(pelvis=(x, 0.18, z), left_leg=legs[0], right_leg=legs[1], left_hand=under, right_hand=front)


def lie_on_side(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """Sits down on the floor, leans onto an elbow and lies down on the left side; stays there."""
    stages, seat = to_floor(rng)
    z = seat.pelvis[2]
    palm = HandPlace((0.42, 0.06, z + 0.1), (0.6, 0.3, -1.0), (0.0, -1.0, 0.0), (0.6, -0.1, 0.8))
    low_palm = HandPlace((0.6, 0.06, z + 0.26), (0.6, 0.6, 0.2), (0.0, -1.0, 0.0), (0.8, -0.1, 0.6))
    front = HandPlace((0.3, 0.06, z + 0.3), (-0.5, 0.5, 0.0), (0.0, -1.0, 0.0), (0.4, -0.1, 0.9))
    down = _on_side(0.06, z)
    legs = {"left_leg": LegPose((-0.1, 0.09, z + 0.42), -20.0, 0.0, -50.0, knee=(0.5, 0.6, 0.8))}
    legs["right_leg"] = LegPose((-0.24, 0.13, z + 0.4), -20.0, 0.0, -40.0, knee=(0.2, 0.8, 0.8))
    first = seat.but(
        pelvis=(0.02, SEAT, z), turn=(-4.0, 6.0, -30.0), spine=(12.0, 4.0, -8.0), left_hand=palm, right_hand=front, **legs
    )
    second = down.but(
        pelvis=(0.05, 0.165, z), turn=(2.0, 0.0, -58.0), spine=(4.0, 0.0, 0.0), left_hand=low_palm, head=(0.0, 0.0, 4.0)
    )
    stages += [(0.5, first), (0.5, second), (0.6, down), (rng.uniform(0.8, 1.6), down)]
    return posed(rng, tempo, stages, idle=0.6)


def roll_over(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """From the back over the left side onto the belly; begins and ends lying."""
    back, side, belly = lying(-90.0), lying(0.0), lying(90.0)
    over = HandPlace((0.34, 0.36, 0.16), (-0.6, 0.4, 0.3), (-0.2, -0.7, -0.5), (0.2, -0.1, 1.0))
    front = HandPlace((0.36, 0.06, 0.46), (-0.5, 0.6, 0.3), (0.0, -1.0, 0.0), (0.5, -0.1, 0.9))
    above = HandPlace((0.94, 0.06, 0.2), (0.2, 0.5, 1.0), (0.0, -0.3, -1.0), (1.0, 0.0, 0.1))
    bent = replace_leg(back.right_leg, (-0.5, 0.1, -0.12), (0.0, 1.0, 0.1))
    first = back.but(right_leg=bent, left_hand=above, right_hand=over, turn=(-64.0, 0.0, -90.0), head=(0.0, 22.0, 0.0))
    middle = side.but(pelvis=(0.0, 0.18, 0.12), left_hand=above, right_hand=front, turn=(8.0, 0.0, -84.0), head=(0.0, 4.0, -8.0))
    middle = middle.but(left_leg=shifted(side.left_leg, -0.22, 0.0, -0.12), right_leg=shifted(side.right_leg, -0.12, 0.05, 0.14))
    z = 0.32
    beside = HandPlace((0.44, 0.055, z + 0.36), (-0.5, 0.3, 1.0), (0.0, -1.0, 0.0), (1.0, -0.1, -0.2))
    ahead = HandPlace((0.72, 0.055, z - 0.24), (0.1, 0.3, -1.0), (0.0, -1.0, 0.0), (1.0, -0.1, 0.3))
    end = _moved(belly, z).but(left_hand=ahead, right_hand=beside, head=(-14.0, -50.0, 0.0))
    after = end.but(turn=(64.0, 0.0, -90.0), pelvis=(0.0, 0.15, 0.26), left_hand=above, head=(-6.0, -20.0, 0.0))
    return posed(rng, tempo, [(0.0, back), (0.7, first), (0.55, middle), (0.5, after), (0.5, end), (rng.uniform(0.4, 0.9), end)])


def replace_leg(leg: LegPose, ankle: Point, knee: Point) -> LegPose:
    """The foot turned as it is, at another place."""
    return LegPose(ankle, leg.yaw, leg.pitch, leg.roll, knee, leg.toe)


def shifted(leg: LegPose, x: float, y: float, z: float) -> LegPose:
    """The leg with its ankle elsewhere."""
    return replace_leg(leg, tuple(np.array(leg.ankle) + np.array((x, y, z))), leg.knee)


def _moved(pose: BodyPose, z: float) -> BodyPose:
    legs = {side: shifted(getattr(pose, side), 0.0, 0.0, z) for side in ("left_leg", "right_leg")}
    return pose.but(pelvis=(pose.pelvis[0], pose.pelvis[1], pose.pelvis[2] + z), **legs)


def sleep(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """Asleep on the back or the side.

    Slow deep breath, and in most takes a turn from one to the other.
    """
    back = lying(-90.0).but(head=(0.0, rng.uniform(-25, 25), 0.0))
    belly = reach((0.0, 1.12, 0.2), (0.8, -0.6, -0.2), (0.0, 0.0, -1.0), (-1.0, -0.1, 0.1))
    back = back.but(right_hand=belly if rng.random() < 0.6 else ALONG)
    side = _on_side(0.0, 0.1)
    half = side.but(turn=(-42.0, 0.0, -86.0), pelvis=(0.0, 0.15, 0.05), left_leg=shifted(side.left_leg, -0.1, 0.02, -0.1))
    half = half.but(right_leg=LegPose((-0.56, 0.2, 0.04), *_angles(side.right_leg), knee=(0.1, 1.0, 0.5)))
    breath = rng.uniform(1.3, 1.7)
    draw = rng.random()

    def breathing(pose: BodyPose, times: int) -> list[tuple[float, BodyPose]]:
        full = pose.but(
            spine=(pose.spine[0] - 3.0, pose.spine[1], pose.spine[2]),
            pelvis=(pose.pelvis[0], pose.pelvis[1] + 0.004, pose.pelvis[2]),
        )
        return [(0.45 * breath, full), (0.55 * breath, pose)] * times

    if draw < 0.35:
        stages = [(0.0, back), *breathing(back, 3)]
    elif draw < 0.5:
        stages = [(0.0, side), *breathing(side, 3)]
    else:
        stages = [(0.0, back), *breathing(back, 1), (0.6, half), (0.7, side), *breathing(side, 2)]
    return posed(rng, tempo**0.3, stages, idle=0.35)


def _angles(leg: LegPose) -> tuple[float, float, float]:
    return leg.yaw, leg.pitch, leg.roll


def get_up_prone(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """From the belly: hands below the shoulders, up on hands and knees, a foot ahead, and up."""
    apart = rng.uniform(0.1, 0.14)
    ankles = [LegPose((s * apart, 0.085, -0.9), s * -4.0, 160.0, knee=(0.0, -1.0, 0.1)) for s in (1, -1)]
    hands = [hand_on_floor(s * 0.24, 0.36, s) for s in (1, -1)]
    beside = [HandPlace((s * 0.36, 0.055, 0.5), (s * 1.0, 0.3, -0.4), (0.0, -1.0, 0.0), (-s * 0.2, -0.1, 1.0)) for s in (1, -1)]
    head = rng.choice([-1, 1]) * 50.0
    belly = BodyPose((0.0, LYING, 0.0), (90.0, 0.0, 0.0), NONE, (-14.0, head, 0.0), *ankles, *beside)
    ready = belly.but(head=(-20.0, 0.0, 0.0), left_hand=hands[0], right_hand=hands[1])
    push = ready.but(pelvis=(0.0, 0.19, 0.0), turn=(74.0, 0.0, 0.0), spine=(-16.0, 0.0, 0.0))
    knee = -0.32
    shins = [LegPose((s * apart, 0.08, knee - 0.415), -s * 3.0, 158.0, knee=(0.0, -0.7, 1.0)) for s in (1, -1)]
    fours = ready.but(
        pelvis=(0.0, 0.54, knee + 0.02), turn=(76.0, 0.0, 0.0), spine=(6.0, 0.0, 0.0), head=(-26.0, 0.0, 0.0), left_leg=shins[0],
        right_leg=shins[1],
    )  # fmt: skip
    stages = [(0.0, belly), (0.6, ready), (0.5, push), (0.6, fours), *_up_from_fours(rng, fours, apart, knee)]
    return posed(rng, min(tempo, 1.15), stages)


def _up_from_fours(rng: np.random.Generator, fours: BodyPose, apart: float, knee: float) -> list[tuple[float, BodyPose]]:
    """Stages from hands and knees to standing.

    The right foot ahead, hands off the floor, both feet together.
    """
    rest = standing(rng)
    foot = knee + 0.38
    lifted = fours.but(
        pelvis=(0.03, 0.56, knee), turn=(62.0, 0.0, 3.0),
        right_leg=LegPose((-apart, 0.16, knee - 0.05), -4.0, 40.0, knee=(-0.25, 0.2, 1.0)),
        right_hand=rest.right_hand,
    )  # fmt: skip
    planted = flat(-apart, foot, -6.0)
    on_knee = over_knees(knee, 0.03)
    half = lifted.but(
        pelvis=(0.0, on_knee[0], on_knee[1] + 0.03), turn=(14.0, 0.0, 0.0), spine=(18.0, 0.0, 0.0), head=(-10.0, 0.0, 0.0),
        right_leg=planted,
        left_leg=LegPose((apart, 0.12, knee - 0.41), -3.0, 80.0, knee=(0.0, -0.4, 1.0), toe=-60.0), left_hand=rest.left_hand,
        right_hand=HandPlace((-apart, 0.55, foot - 0.08), (-0.8, 0.2, -0.6), (0.0, -1.0, 0.0), (0.2, -0.4, 1.0)),
    )  # fmt: skip
    rise = half.but(
        pelvis=(-0.04, 0.78, foot - 0.16), turn=(24.0, 0.0, 0.0), spine=(16.0, 0.0, 0.0),
        left_leg=on_ball("left", apart, knee - 0.26, 62.0), right_hand=rest.right_hand,
    )  # fmt: skip
    swing = rest.but(
        pelvis=(-0.03, 0.93, foot - 0.03), turn=(8.0, 0.0, 0.0), spine=(6.0, 0.0, 0.0), right_leg=planted,
        left_leg=LegPose((apart, 0.15, foot - 0.18), 4.0, 26.0),
    )  # fmt: skip
    stand = rest.but(pelvis=(0.0, rest.pelvis[1], foot + 0.01), right_leg=planted, left_leg=flat(0.105, foot + 0.01, 7.0))
    return [(0.5, lifted), (0.5, half), (0.55, rise), (0.35, swing), (0.35, stand), (0.3, stand)]


GESTURES = (
    AuthoredGesture("sit_on_floor", sit_on_floor),
    AuthoredGesture("sit_cross_legged", sit_cross_legged),
    AuthoredGesture("meditate", meditate, speeds=False),
    AuthoredGesture("kneel_both", kneel_both),
    AuthoredGesture("lie_on_side", lie_on_side),
    AuthoredGesture("roll_over", roll_over),
    AuthoredGesture("sleep", sleep, speeds=False),
    AuthoredGesture("get_up", get_up_prone, 0.7),
)
