"""Yoga poses and floor exercises.

Tree, warrior, downward dog, cobra, lunge, plank, burpee, bends, twists, hula hoop.

Lunges and warriors go to the right side, bends to the left; the caller mirrors them.
"""

from __future__ import annotations

import numpy as np

from .arms import ArmPose, arm, reach
from .curves import ease
from .floor_poses import LYING, NONE
from .gesture import AuthoredGesture
from .poses import (
    BodyPose,
    HandPlace,
    LegPose,
    PosedTake,
    flat,
    hand_on_floor,
    on_ball,
    pivoted,
    posed,
    standing,
    turned_foot,
)
from .take import AuthoredTake

DOWN, INWARD = (0.0, -1.0, 0.0), (-1.0, 0.0, 0.0)
FIVE = (2, 3, 4, 5)


def _on_toes(rest: BodyPose, side: str, heel: float, **changes: object) -> LegPose:
    """A foot where it stands, the heel up by degrees."""
    leg = rest.left_leg if side == "left" else rest.right_leg
    return pivoted(side, leg, leg.yaw, heel, **changes)


def _hands(pose: ArmPose) -> dict[str, ArmPose]:
    return {"left_hand": pose, "right_hand": pose}


def _joined(high: bool) -> ArmPose:
    """Palms together over the head, or before the breastbone."""
    if high:
        return reach((0.03, 1.86, 0.05), (1.0, 0.1, 0.0), INWARD, (-0.1, 1.0, 0.05))
    return reach((0.02, 1.27, 0.24), (1.0, -0.35, 0.0), (-1.0, 0.0, 0.0), (-0.1, 1.0, 0.15))


def tree_pose(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """On the left leg, the sole of the right foot against the inner thigh or calf.

    Palms together.
    """
    rest = standing(rng, 0.9)
    stand = rest.left_leg.ankle
    height = rng.choice([rng.uniform(0.54, 0.62), rng.uniform(0.3, 0.36)], p=[0.7, 0.3])
    over = (stand[0] - 0.035, rest.pelvis[1] - 0.004, stand[2] + 0.03)
    shift = rest.but(pelvis=over, turn=(0.0, 0.0, 2.0), head=(2.0, 0.0, 0.0))
    lifted = shift.but(right_leg=LegPose((-0.06, 0.24, 0.08), -24.0, 26.0, knee=(-0.5, 0.0, 1.0)))
    foot = turned_foot((stand[0] - 0.1, height, stand[2] + 0.02), (0.1, -1.0, 0.2), (-1.0, -0.1, 0.1), (-1.0, 0.0, 0.4))
    low = _joined(False)
    raised = lifted.but(right_leg=foot, turn=(0.0, -4.0, 3.0), spine=(-2.0, 2.0, -3.0), **_hands(low))
    top = raised.but(**_hands(_joined(True))) if rng.random() < 0.65 else raised
    stages = [(0.0, rest), (0.5, shift), (0.4, lifted), (0.7, raised), (0.8, top), (rng.uniform(1.2, 2.2), top)]
    return posed(rng, tempo, [*stages, (0.7, raised), (0.6, lifted), (0.45, shift), (0.5, rest)], idle=0.8)


def warrior_pose(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """A wide step to the right, that foot turned out, its knee bent, arms out level.

    Eyes over the hand.
    """
    rest = standing(rng)
    wide = rng.uniform(0.95, 1.08)
    x = rest.left_leg.ankle[0] - wide
    out = arm((1.0, 0.0, 0.03), (1.0, 0.02, 0.02), DOWN)
    lifted = rest.but(pelvis=(0.0, 0.93, -0.02), right_leg=flat(0.72 * x, -0.02, -40.0, up=0.1), turn=(0.0, 0.0, 2.0))
    left = pivoted("left", rest.left_leg, -14.0)
    landed = rest.but(
        pelvis=(0.42 * x, 0.8, -0.02), right_leg=flat(x, -0.04, -84.0), left_leg=left, turn=(0.0, -10.0, 0.0), **_hands(out)
    )
    low = landed.but(
        pelvis=(x + 0.42, rng.uniform(0.7, 0.75), -0.03), turn=(0.0, -16.0, 0.0), spine=(0.0, 12.0, 0.0), head=(0.0, -68.0, 0.0)
    )
    back = landed.but(pelvis=(0.25 * x, 0.88, -0.02), right_leg=flat(0.72 * x, -0.02, -40.0, up=0.1), head=(0.0, -10.0, 0.0))
    back = back.but(turn=(0.0, -4.0, 0.0), **_hands(rest.left_hand))
    stages = [(0.0, rest), (0.4, lifted), (0.45, landed), (0.8, low), (rng.uniform(1.3, 2.2), low), (0.7, landed), (0.4, back)]
    return posed(rng, tempo, [*stages, (0.45, rest)], idle=0.7)


def _bent_down(rest: BodyPose, hands: list[HandPlace], z: float) -> tuple[BodyPose, BodyPose]:
    """Half way down and the hands on the floor, over feet at ``z``."""
    half = rest.but(
        pelvis=(0.0, 0.86, z - 0.12), turn=(50.0, 0.0, 0.0), spine=(30.0, 0.0, 0.0), head=(-10.0, 0.0, 0.0),
        **_hands(arm((0.2, -0.6, 1.0), (0.1, -0.7, 1.0), INWARD)),
    )  # fmt: skip
    low = half.but(
        pelvis=(0.0, 0.6, z - 0.14), turn=(88.0, 0.0, 0.0), spine=(34.0, 0.0, 0.0), head=(-10.0, 0.0, 0.0),
        left_hand=hands[0], right_hand=hands[1],
    )  # fmt: skip
    return half, low


def _up(hand: HandPlace, z: float) -> HandPlace:
    return HandPlace((hand.wrist[0], 0.17, z), hand.elbow, hand.palm, hand.fingers)


def downward_dog(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """Bends down, walks the hands out, and pushes the hips high over straight legs and arms."""
    rest = standing(rng, 1.1)
    reached = rng.uniform(1.08, 1.14)
    near, middle, far = ([hand_on_floor(s * 0.2, z, s) for s in (1, -1)] for z in (0.26, 0.68, reached))
    heels = {f"{side}_leg": _on_toes(rest, side, 16.0) for side in ("left", "right")}
    half, low = _bent_down(rest, near, 0.0)
    low = low.but(pelvis=(0.0, 0.64, -0.12), **heels)
    first = low.but(pelvis=(0.0, 0.72, 0.02), turn=(98.0, 0.0, 0.0), spine=(18.0, 0.0, 0.0), left_hand=_up(near[0], 0.5))
    second = first.but(pelvis=(0.0, 0.74, 0.12), turn=(104.0, 0.0, 0.0), left_hand=middle[0], right_hand=_up(near[1], 0.5))
    third = second.but(pelvis=(0.0, 0.76, 0.24), turn=(114.0, 0.0, 0.0), spine=(8.0, 0.0, 0.0), right_hand=middle[1])
    third = third.but(left_hand=_up(middle[0], 0.92))
    fourth = third.but(pelvis=(0.0, 0.77, 0.34), turn=(122.0, 0.0, 0.0), left_hand=far[0], right_hand=_up(middle[1], 0.92))
    dog = fourth.but(pelvis=(0.0, rng.uniform(0.755, 0.77), 0.44), turn=(134.0, 0.0, 0.0), spine=NONE, head=(6.0, 0.0, 0.0))
    dog = dog.but(right_hand=far[1])
    out = [(0.26, first), (0.24, second), (0.24, third), (0.24, fourth), (0.45, dog)]
    back = [(0.3, fourth), (0.22, third), (0.22, second), (0.22, first)]
    stages = [(0.0, rest), (0.5, half), (0.45, low), *out, (rng.uniform(1.0, 1.6), dog), *back, (0.26, low), (0.5, half)]
    return posed(rng, max(tempo, 0.92), [*stages, (0.5, rest)], idle=0.5)


def cobra_pose(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """On the belly.

    The hands push the chest up, the back arches, the eyes go up, and down again.
    """
    legs = [LegPose((s * 0.1, 0.085, -0.9), s * -4.0, 160.0, knee=(0.0, -1.0, 0.1)) for s in (1, -1)]
    hands = [hand_on_floor(s * 0.24, 0.38, s) for s in (1, -1)]
    flat_out = BodyPose((0.0, LYING, 0.0), (90.0, 0.0, 0.0), NONE, (-6.0, 0.0, 0.0), *legs, *hands)
    depth = rng.uniform(38, 50)
    up = flat_out.but(pelvis=(0.0, 0.14, 0.02), turn=(78.0, 0.0, 0.0), spine=(-depth, 0.0, 0.0), head=(-26.0, 0.0, 0.0))
    half = flat_out.but(turn=(84.0, 0.0, 0.0), spine=(-0.5 * depth, 0.0, 0.0), head=(-24.0, 0.0, 0.0))
    stages = [(0.0, flat_out), (0.6, half), (0.7, up), (rng.uniform(1.0, 1.8), up), (0.6, half), (0.7, flat_out)]
    return posed(rng, tempo, [*stages, (0.3, flat_out)], idle=0.6)


def lunge(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """A long step ahead with the right foot, both knees bent to right angles, and back."""
    rest = standing(rng)
    length, times = rng.uniform(0.72, 0.84), count or 1
    hips = reach((0.2, 1.05, 0.04), (1.0, -0.2, -0.6), (-0.6, 0.0, -0.3), (-0.4, -0.4, 0.6))
    hands = _hands(hips if rng.random() < 0.55 else rest.left_hand)
    back = _on_toes(rest, "left", rng.uniform(48, 56), knee=(0.0, -0.3, 1.0))
    ready = rest.but(**hands)
    swing = ready.but(pelvis=(0.04, 0.94, 0.08), right_leg=flat(-0.1, 0.62 * length, -6.0, up=0.12))
    landed = ready.but(pelvis=(0.0, 0.83, 0.5 * length), right_leg=flat(-0.1, length, -6.0), left_leg=_on_toes(rest, "left", 36.0))
    low = landed.but(pelvis=(0.0, rng.uniform(0.55, 0.6), 0.5 * length + 0.03), spine=(2.0, 0.0, 0.0), left_leg=back)
    push = landed.but(pelvis=(0.03, 0.9, 0.2), right_leg=flat(-0.1, 0.6 * length, -6.0, up=0.12), left_leg=rest.left_leg)
    stages = [(0.0, rest)]
    pace = min(1.0, 7.0 / (times * 2.3))
    for _ in range(times):
        stages += [(pace * seconds, pose) for seconds, pose in (
            (0.3, ready), (0.36, swing), (0.3, landed), (0.45, low), (rng.uniform(0.1, 0.4), low), (0.4, landed), (0.3, push),
            (0.35, ready),
        )]  # fmt: skip
    return posed(rng, max(tempo, 0.8) if times > 2 else tempo, [*stages, (0.5, rest)], idle=0.7)


def _plank(rest: BodyPose, z: float) -> tuple[list[HandPlace], BodyPose]:
    """Straight on hands and balls of the feet, the hands at ``z`` ahead of where the feet stood."""
    hands = [hand_on_floor(s * 0.2, z, s) for s in (1, -1)]
    slope = np.radians(17.5)
    shoulder = np.array([0.0, 0.575, z])
    along = np.array([0.0, np.sin(slope), np.cos(slope)])
    pelvis = shoulder - 0.445 * along
    balls = [on_ball(side, s * 0.1, float((pelvis - 0.93 * along)[2]), 76.0) for side, s in (("left", 1), ("right", -1))]
    pose = rest.but(
        pelvis=tuple(pelvis), turn=(90 - 17.5, 0.0, 0.0), spine=NONE, head=(-14.0, 0.0, 0.0), left_leg=balls[0], right_leg=balls[1],
        left_hand=hands[0], right_hand=hands[1],
    )  # fmt: skip
    return hands, pose


def plank(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """Hands to the floor, the feet step back, the body is held straight.

    And all the way back up.
    """
    rest = standing(rng)
    z = 0.42
    hands, held = _plank(rest, z)
    half, low = _bent_down(rest, hands, 0.0)
    low = low.but(pelvis=(0.0, 0.52, -0.08), turn=(84.0, 0.0, 0.0), spine=(20.0, 0.0, 0.0), head=(-20.0, 0.0, 0.0))
    back = held.left_leg.ankle
    swing = low.but(pelvis=(0.0, 0.5, -0.04), turn=(80.0, 0.0, 0.0), left_leg=LegPose((0.1, 0.22, 0.62 * back[2]), 0.0, 60.0))
    one = swing.but(pelvis=held.pelvis, turn=held.turn, left_leg=held.left_leg, right_leg=_on_toes(rest, "right", 40.0))
    one = one.but(pelvis=(0.0, 0.46, -0.02))
    other = one.but(right_leg=LegPose((-0.1, 0.2, 0.62 * back[2]), 0.0, 60.0))
    hold = rng.uniform(1.4, 2.4)
    there = [(0.5, half), (0.5, low), (0.35, swing), (0.3, one), (0.32, other), (0.32, held)]
    again = [(0.32, other), (0.3, one), (0.32, swing), (0.32, low), (0.5, half), (0.45, rest)]
    return posed(rng, tempo, [(0.0, rest), *there, (hold, held), *again], idle=0.5)


def burpee(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """Down on the hands, the feet jump back to a plank and in again, and up into a jump."""
    rest, times = standing(rng, 1.1), count or 1
    hands, held = _plank(rest, 0.42)
    squat = rest.but(
        pelvis=(0.0, 0.46, -0.12), turn=(56.0, 0.0, 0.0), spine=(34.0, 0.0, 0.0), head=(-24.0, 0.0, 0.0), left_hand=hands[0],
        right_hand=hands[1], left_leg=_on_toes(rest, "left", 22.0), right_leg=_on_toes(rest, "right", 22.0),
    )  # fmt: skip
    back = held.left_leg.ankle[2]
    flying = squat.but(
        pelvis=(0.0, 0.52, -0.02), turn=(80.0, 0.0, 0.0), spine=(8.0, 0.0, 0.0),
        **{f"{side}_leg": LegPose((s * 0.11, 0.26, 0.55 * back), 0.0, 60.0) for side, s in (("left", 1), ("right", -1))},
    )  # fmt: skip
    dip = rest.but(
        pelvis=(0.0, 0.74, -0.06),
        turn=(24.0, 0.0, 0.0),
        spine=(16.0, 0.0, 0.0),
        **_hands(arm((0.2, -1, -0.3), (0.1, -0.9, 0.3), INWARD)),
    )
    off = rest.but(
        pelvis=(0.0, 1.04, 0.0), **_hands(arm((0.25, 0.7, 0.7), (0.05, 1.0, 0.5), INWARD)),
        left_leg=_on_toes(rest, "left", 40.0), right_leg=_on_toes(rest, "right", 40.0),
    )  # fmt: skip
    jump = rng.uniform(0.16, 0.26)
    top = off.but(
        pelvis=(0.0, 1.03 + jump, 0.0), **_hands(arm((0.25, 1.0, 0.15), (0.05, 1.0, 0.1), INWARD)),
        **{f"{side}_leg": LegPose((s * 0.105, 0.11 + jump, -0.03), s * 7.0, 38.0) for side, s in (("left", 1), ("right", -1))},
    )  # fmt: skip
    flight = float(np.sqrt(2 * jump / 9.81))
    stages = [(0.0, rest)]
    pace = min(1.0, 7.2 / (times * 2.9))
    for _ in range(times):
        stages += [(pace * 0.45, squat), (pace * 0.22, flying), (pace * 0.22, held), (pace * 0.2, held), (pace * 0.22, flying)]
        stages += [
            (pace * 0.22, squat),
            (pace * 0.34, dip),
            (0.2, off),
            (flight, top),
            (flight, off),
            (0.16, dip),
            (pace * 0.34, rest),
        ]
    return posed(rng, 1.0 if times > 1 else tempo**0.5, [*stages, (0.2, rest)], idle=0.5)


def side_bend_left(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right arm goes over the head and the trunk bends to the left, opening the right side."""
    lead, tail, times = rng.uniform(0.15, 0.4), rng.uniform(0.3, 0.6), count or 1
    down, hold, up = rng.uniform(0.8, 1.1) / tempo, rng.uniform(0.3, 0.9), rng.uniform(0.7, 0.95) / tempo
    pace = min(1.0, 7.4 / (times * (down + hold + up)))
    down, hold, up = pace * down, pace * hold, pace * up
    cycle = down + hold + up
    take = AuthoredTake(rng, lead + times * cycle + tail, width=rng.uniform(1.4, 2.1))
    size = rng.uniform(34, 42)
    over = arm((0.1, 1.0, 0.05), (-0.45, 1.0, 0.1), (-0.3, -1.0, 0.0))
    via = arm((1.0, 0.1, 0.1), (0.9, 0.3, 0.1), (0.0, -0.6, 0.8))
    hip = reach((0.2, 1.04, 0.04), (1.0, -0.2, -0.6), (-0.6, 0.0, -0.3), (-0.4, -0.4, 0.6))
    slide = arm((0.16, -1.0, 0.05), (0.1, -1.0, 0.12), INWARD)
    low = hip if rng.random() < 0.5 else slide
    keys, other = [(0.0, take.rest_arm["right"]), (lead, take.rest_arm["right"])], [(0.0, take.rest_arm["left"])]
    other.append((lead, take.rest_arm["left"]))
    shape = [(lead, 0.0)]
    for i in range(times):
        begin = lead + i * cycle
        keys += [(begin + 0.8 * down, over, via), (begin + down + hold, over)]
        keys.append((begin + cycle, take.rest_arm["right"], via) if i == times - 1 else (begin + cycle, via))
        other += [(begin + 0.8 * down, low), (begin + down + hold, low)]
        shape += [(begin + 0.15 * down, 0.0), (begin + down, 1.0), (begin + down + hold, 1.0), (begin + cycle, 0.0)]
    take.key_arm("right", keys)
    take.key_arm("left", [*other, (lead + times * cycle, take.rest_arm["left"])])
    for channel, column, share in ((take.spine, 2, -0.85), (take.tilt, 2, -0.2), (take.head, 2, -0.3), (take.move, 0, -0.0012)):
        take.key(channel[:, column], [(time, size * share * value) for time, value in shape])
    return take


def side_twist(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Elbows out before the chest, the trunk turns to one side and the other over still feet."""
    lead, tail = rng.uniform(0.15, 0.4), rng.uniform(0.3, 0.6)
    rise, fall = rng.uniform(0.5, 0.7), rng.uniform(0.6, 0.8)
    times = count or int(rng.integers(2, 4))
    half = min(rng.uniform(0.6, 0.8) / tempo, 6.0 / (2 * times + 1))
    take = AuthoredTake(rng, lead + rise + (2 * times + 1) * half + fall + tail, width=rng.uniform(1.3, 2.0))
    start = lead + rise
    end = start + (2 * times + 1) * half
    bent = reach((0.04, 1.34, 0.26), (1.0, 0.0, 0.0), DOWN, (-1.0, 0.0, 0.1))
    wide = arm((1.0, -0.05, 0.15), (0.85, 0.0, 0.5), DOWN)
    high = bent if rng.random() < 0.65 else wide
    for side in ("left", "right"):
        rest = take.rest_arm[side]
        take.key_arm(side, [(0, rest), (lead, rest), (start, high), (end, high), (end + fall, rest)])
    size, first = rng.uniform(48, 60), rng.choice([-1, 1])
    keys = [(start - 0.1, 0.0)] + [(start + (i + 0.8) * half, first * size * (-1) ** i) for i in range(2 * times)]
    keys.append((end, 0.0))
    take.key(take.spine[:, 1], keys)
    take.key(take.tilt[:, 1], [(time, 0.22 * value) for time, value in keys])
    take.key(take.head[:, 1], [(time, 0.2 * value) for time, value in keys])
    return take


def hula_hoop(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The hips circle under a still chest, the arms held out of the hoop's way."""
    lead, tail, rise = rng.uniform(0.15, 0.35), rng.uniform(0.3, 0.5), rng.uniform(0.45, 0.6)
    length = rng.uniform(3.0, 5.0)
    take = AuthoredTake(rng, lead + rise + length + 0.7 + tail, width=rng.uniform(1.3, 1.9))
    end = lead + rise + length
    on = ease(take.t, [(lead + 0.3, 0.0), (lead + rise + 0.5, 1.0), (end - 0.4, 1.0), (end + 0.2, 0.0)])
    phase = 2 * np.pi * rng.uniform(1.1, 1.5) * tempo**0.7 * (take.t - lead) * rng.choice([-1, 1])
    size = rng.uniform(0.07, 0.1)
    side, ahead = size * np.cos(phase), size * np.sin(phase)
    take.move[:, 0] += on * side
    take.move[:, 2] += on * ahead
    take.move[:, 1] -= 0.035 * on
    take.tilt[:, 2] -= on * 110.0 * side
    take.spine[:, 2] += on * 190.0 * side  # the chest stays over the feet
    take.tilt[:, 0] -= on * 110.0 * ahead
    take.spine[:, 0] += on * -40.0 * ahead
    take.head[:, 2] -= on * 50.0 * side
    high = arm((0.9, -0.3, 0.35), (0.35, 0.55, 0.8), (-0.2, -0.5, 0.8))
    for hand in ("left", "right"):
        rest = take.rest_arm[hand]
        keys = [(0, rest), (lead, rest), (lead + rise, high)]
        take.key_arm(hand, [*keys, (end, high), (end + 0.65, rest)])
    take.hang[:] = 0.0
    return take


GESTURES = (
    AuthoredGesture("tree_pose", tree_pose, speeds=False),
    AuthoredGesture("warrior_pose", warrior_pose, speeds=False),
    AuthoredGesture("downward_dog", downward_dog, speeds=False),
    AuthoredGesture("cobra_pose", cobra_pose, speeds=False),
    AuthoredGesture("lunge.right", lunge, counts=(2, 3)),
    AuthoredGesture("plank", plank, speeds=False),
    AuthoredGesture("burpee", burpee, speeds=False, counts=(2,)),
    AuthoredGesture("side_bend.left", side_bend_left),
    AuthoredGesture("side_twist", side_twist),
    AuthoredGesture("hula_hoop", hula_hoop),
)
