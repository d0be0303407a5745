"""Side and roundhouse kicks, knee strikes and kung fu stances with the right leg.

The caller mirrors them.
"""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from backend.motion.rotations import unit

from .arms import arm, reach
from .fighting import _guard
from .gesture import AuthoredGesture
from .legs import HIP, SHIN, THIGH
from .poses import BodyPose, LegPose, Point, PosedTake, flat, pivoted, standing
from .social import DOWN, INWARD, UP

_LEG = THIGH + SHIN


def leg_along(pelvis: Point, turn: Point, side: str, way: Point, share: float, **foot: object) -> LegPose:
    """A leg in the air whose ankle is ``share`` of the leg's length from its hip along ``way``."""
    root = Rotation.from_euler("YXZ", [turn[1], turn[0], turn[2]], degrees=True)
    return LegPose(tuple(np.array(pelvis) + root.apply(HIP[side]) + share * _LEG * unit(np.array(way))), **foot)


def fighter(rng: np.random.Generator) -> BodyPose:
    """Left foot ahead, right foot behind and turned out, fists up, knees soft."""
    ahead, out = rng.uniform(0.12, 0.17), rng.uniform(0.08, 0.11)
    return standing(rng).but(
        pelvis=(0.0, rng.uniform(0.915, 0.935), -0.02), turn=(3.0, -22.0, 0.0), spine=(8.0, 6.0, 0.0), head=(0.0, 14.0, 0.0),
        left_leg=flat(out, ahead, 6.0), right_leg=flat(-out, -ahead - 0.03, -32.0), left_hand=_guard(rng), right_hand=_guard(rng),
    )  # fmt: skip


def _kicks(
    rng: np.random.Generator, tempo: float, count: int | None, phases: list[tuple[float, BodyPose]], ready: BodyPose
) -> PosedTake:
    """Standing, the guard, ``phases`` of (seconds, pose) once a kick, the guard again, standing."""
    rest = standing(rng)
    pelvis = (0.0, ready.pelvis[1] + 0.01, -0.02)
    rest = rest.but(left_leg=ready.left_leg, right_leg=ready.right_leg, pelvis=pelvis, turn=(0.0, -14.0, 0.0))
    now = rng.uniform(0.15, 0.35)
    keys = [(now, rest)]
    now += rng.uniform(0.4, 0.5)
    keys.append((now, ready))
    for _ in range(count or 1):
        now += 0.08
        keys.append((now, ready))
        for seconds, pose in phases:
            now += max(seconds / tempo, 0.12)  # a shorter one would be rounded off
            keys.append((now, pose))
    now += rng.uniform(0.1, 0.3)
    keys += [(now, ready), (now + rng.uniform(0.55, 0.75), rest)]
    keys.append((keys[-1][0] + rng.uniform(0.3, 0.5), rest))
    return PosedTake(rng, keys, idle=0.8, soft=0.022)


def side_kick(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """Knee up in front, then the right leg thrusts out to the side, the trunk leaning off."""
    ready = fighter(rng)
    ball = np.array(ready.left_leg.ankle)[[0, 2]] + [0.03, 0.12]
    height = rng.uniform(-0.12, 0.12)

    def support(yaw: float, heel: float = 12.0) -> LegPose:
        return pivoted("left", ready.left_leg, yaw, heel, knee=(0.7, 0.0, 1.0))

    over = float(ball[0]) - 0.06, float(ball[1]) - 0.1
    push = pivoted("right", ready.right_leg, -26.0, 36.0)
    shift = ready.but(pelvis=(over[0] - 0.05, 0.9, over[1]), left_leg=support(20.0), right_leg=push)
    lift, thrust = (0.0, 20.0, 10.0), (4.0, 44.0, rng.uniform(24, 32))
    pelvis_up = (over[0] + 0.02, 0.9, over[1])
    chamber = shift.but(
        pelvis=pelvis_up, turn=lift, spine=(8.0, -4.0, -6.0), head=(0.0, -44.0, 0.0), left_leg=support(50.0),
        right_leg=LegPose((over[0] - 0.22, 0.62, over[1] + 0.14), 10.0, 5.0, -40.0, knee=(-0.3, 0.7, 1.0)),
    )  # fmt: skip
    pelvis_out = (over[0] + 0.06, 0.87, over[1])
    way = (-1.0, height, 0.02)
    guard = _guard(rng)
    out = chamber.but(
        pelvis=pelvis_out, turn=thrust, spine=(0.0, -6.0, -rng.uniform(0, 10)), head=(0.0, -66.0, -10.0), left_leg=support(84.0),
        right_leg=leg_along(pelvis_out, thrust, "right", way, 0.993, yaw=30.0, pitch=-6.0, roll=-84.0, knee=(0.15, 0.5, 1.0)),
        right_hand=reach((0.16, 1.2, 0.2), (0.6, -1.0, -0.2), INWARD, (-0.2, 0.5, 0.9)), left_hand=guard,
    )  # fmt: skip
    down = shift.but(left_leg=support(24.0, 8.0), right_leg=LegPose((-0.1, 0.2, -0.08), -25.0, 20.0, knee=(-0.2, 0.2, 1.0)))
    phases = [(0.2, shift), (0.3, chamber), (rng.uniform(0.2, 0.26), out), (0.13, out), (0.26, chamber), (0.28, down)]
    phases.append((0.24, ready))
    return _kicks(rng, tempo, count, phases, ready)


def roundhouse_kick(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """The standing foot pivots, the hips turn, the right shin swings around to the front.

    The trunk leans off and the right arm swings back.
    """
    ready = fighter(rng)
    ball = np.array(ready.left_leg.ankle)[[0, 2]] + [0.03, 0.12]
    over = float(ball[0]) - 0.05, float(ball[1]) - 0.09

    def support(yaw: float, heel: float = 14.0) -> LegPose:
        return pivoted("left", ready.left_leg, yaw, heel, knee=(0.8, 0.0, 0.8))

    height = rng.uniform(-0.05, 0.3)
    shift = ready.but(
        pelvis=(over[0] - 0.04, 0.915, over[1] - 0.03), turn=(2.0, -4.0, 0.0), left_leg=support(30.0),
        right_leg=pivoted("right", ready.right_leg, -20.0, 42.0), spine=(6.0, 14.0, 0.0),
    )  # fmt: skip
    pelvis_up, lift = (over[0] + 0.01, 0.91, over[1] - 0.02), (-2.0, 40.0, 16.0)
    chamber = shift.but(
        pelvis=pelvis_up, turn=lift, spine=(4.0, 10.0, -8.0), head=(0.0, -44.0, 0.0), left_leg=support(62.0),
        right_leg=LegPose((over[0] - 0.42, 0.72, over[1] - 0.12), 10.0, 40.0, -60.0, knee=(0.1, 0.35, 1.0)),
        right_hand=arm((0.5, -1.0, -0.2), (0.5, -0.7, 0.3), (-1.0, 0.0, 0.0)),
    )  # fmt: skip
    pelvis_out, turned = (over[0] + 0.03, 0.9, over[1] + 0.01), (-6.0, 82.0, rng.uniform(24, 34))
    hit = chamber.but(
        pelvis=pelvis_out, turn=turned, spine=(0.0, -8.0, -10.0), head=(0.0, -70.0, -8.0), left_leg=support(100.0),
        right_leg=leg_along(
            pelvis_out, turned, "right", (-0.02, height, 1.0), 0.993, yaw=4.0, pitch=12.0, roll=-85.0, knee=(1.0, 0.3, 0.0)
        ),
        right_hand=arm((0.7, -0.8, -0.5), (0.6, -0.7, -0.3), (-1.0, 0.0, 0.0)),
    )  # fmt: skip
    fold = chamber.but(
        pelvis=pelvis_up, turn=(0.0, 50.0, 16.0), left_leg=support(80.0), head=(0.0, -46.0, 0.0),
        right_leg=LegPose((over[0] - 0.2, 0.62, over[1] + 0.12), 30.0, 20.0, -30.0, knee=(0.4, 0.4, 1.0)),
    )  # fmt: skip
    down = shift.but(left_leg=support(36.0, 8.0), right_leg=LegPose((-0.1, 0.22, -0.06), -10.0, 20.0, knee=(-0.1, 0.2, 1.0)))
    phases = [(0.22, shift), (0.28, chamber), (rng.uniform(0.2, 0.24), hit), (0.12, hit), (0.24, fold), (0.28, down)]
    phases.append((0.24, ready))
    return _kicks(rng, tempo, count, phases, ready)


def knee_strike(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """Hands seize something ahead and pull it down as the right knee drives up into it."""
    ready = fighter(rng)
    ball = np.array(ready.left_leg.ankle)[[0, 2]] + [0.03, 0.12]
    seize = reach((0.1, 1.45, 0.44), (0.7, -0.8, 0.0), INWARD, (-0.2, 0.2, 1.0))
    pull = reach((0.2, 1.02, 0.2), (0.7, -0.4, -0.8), INWARD, (-0.3, -0.2, 1.0))
    grab = ready.but(left_hand=seize, right_hand=seize, spine=(10.0, 10.0, 0.0))
    stand = pivoted("left", ready.left_leg, 20.0, rng.uniform(10, 18))
    over = (float(ball[0]) - 0.06, 0.92, float(ball[1]) - 0.04)
    rise = grab.but(
        pelvis=(over[0] - 0.03, 0.9, over[2] - 0.06), turn=(4.0, -6.0, 0.0), left_leg=stand,
        right_leg=LegPose((-0.1, 0.3, -0.16), -6.0, 40.0, knee=(0.0, 0.0, 1.0)),
    )  # fmt: skip
    turn = (-rng.uniform(8, 14), 18.0, 4.0)
    hit = rise.but(
        pelvis=over, turn=turn, spine=(rng.uniform(14, 20), 0.0, 0.0), head=(-4.0, -10.0, 0.0), left_hand=pull, right_hand=pull,
        right_leg=LegPose((over[0] - 0.14, rng.uniform(0.66, 0.78), over[2] + 0.3), 10.0, 50.0, knee=(0.0, 1.0, 0.8)),
    )  # fmt: skip
    down = rise.but(left_hand=pull, right_hand=pull, right_leg=LegPose((-0.11, 0.2, -0.12), -14.0, 24.0))
    phases = [(0.3, grab), (0.12, grab), (0.2, rise), (0.18, hit), (0.08, hit), (0.24, down), (0.26, ready)]
    return _kicks(rng, tempo, count, phases, ready)


def kung_fu(rng: np.random.Generator, tempo: float, count: int | None) -> PosedTake:
    """A horse stance with two punches, a bow stance with a palm and a block.

    The feet come together at the end.
    """
    rest = standing(rng)
    wide, low = rng.uniform(0.32, 0.38), rng.uniform(0.66, 0.72)
    fist = reach((0.17, 1.08, 0.02), (0.4, -0.3, -1.0), UP, (-0.1, 0.0, 1.0))
    punch = arm((0.05, -0.02, 1.0), (-0.14, 0.02, 1.0), DOWN)
    horse = rest.but(
        pelvis=(0.0, low, -0.06), turn=(8.0, 0.0, 0.0), spine=(-4.0, 0.0, 0.0), left_leg=flat(wide, 0.0, 22.0),
        right_leg=flat(-wide, 0.0, -22.0), left_hand=fist, right_hand=fist,
    )  # fmt: skip
    stepping = rest.but(
        pelvis=(-0.05, 0.88, -0.02), left_leg=flat(0.8 * wide, 0.0, 16.0, up=0.09), left_hand=fist, right_hand=fist,
        right_leg=flat(-0.11, -0.02, -16.0),
    )  # fmt: skip
    first = horse.but(left_leg=flat(wide, 0.0, 22.0), right_leg=flat(-0.11, -0.02, -16.0), pelvis=(0.14, 0.82, -0.04))
    across = first.but(right_leg=flat(-0.8 * wide, 0.0, -20.0, up=0.08), pelvis=(0.16, 0.8, -0.04))
    left_punch = horse.but(left_hand=punch, spine=(-4.0, -16.0, 0.0), head=(0.0, 12.0, 0.0))
    right_punch = horse.but(right_hand=punch, spine=(-4.0, 16.0, 0.0), head=(0.0, -12.0, 0.0))
    palm = reach((0.02, 1.4, 0.5), (0.5, -1.0, 0.0), (0.0, 0.1, 1.0), (-0.1, 1.0, 0.2))
    shield = arm((0.75, 0.5, 0.5), (-0.3, 0.75, 0.45), (0.0, 0.3, 1.0))
    # the bow stance faces left over the bent left knee; the feet turn on their balls
    bow = horse.but(
        pelvis=(0.1, low + 0.03, 0.0), turn=(4.0, 78.0, 0.0), spine=(0.0, 6.0, 0.0), head=(0.0, 4.0, 0.0),
        right_hand=palm, left_hand=shield, left_leg=pivoted("left", horse.left_leg, 78.0),
        right_leg=pivoted("right", horse.right_leg, 30.0, 8.0, knee=(0.7, 0.0, 0.8)),
    )  # fmt: skip
    between = bow.but(
        pelvis=(0.05, low + 0.03, -0.03), turn=(6.0, 38.0, 0.0), left_hand=fist, right_hand=fist,
        left_leg=pivoted("left", horse.left_leg, 50.0, 12.0),
        right_leg=pivoted("right", horse.right_leg, 4.0, 14.0, knee=(0.3, 0.0, 1.0)),
    )  # fmt: skip
    back = first.but(right_leg=flat(wide - 0.3, 0.0, -14.0, up=0.08), left_hand=fist, right_hand=fist, pelvis=(0.18, 0.86, -0.03))
    together = rest.but(pelvis=(0.22, 0.955, -0.01), left_leg=flat(wide, 0.0, 12.0), right_leg=flat(wide - 0.21, 0.0, -10.0))
    pace, now = 1 / tempo, rng.uniform(0.2, 0.4)
    keys = [(now, rest)]
    for seconds, pose in (
        (0.35, stepping), (0.3, first), (0.28, across), (0.3, horse), (0.25, horse), (0.2, left_punch), (0.3, left_punch),
        (0.2, right_punch), (0.4, right_punch), (0.3, between), (0.3, bow), (0.6, bow), (0.3, between), (0.3, horse),
        (0.3, first.but(right_leg=horse.right_leg)), (0.3, back), (0.35, together), (0.5, together),
    ):  # fmt: skip
        now += seconds * pace
        keys.append((now, pose))
    return PosedTake(rng, keys, idle=0.5)


FIVE = (2, 3)
GESTURES = (
    AuthoredGesture("side_kick.right", side_kick, counts=FIVE),
    AuthoredGesture("roundhouse_kick.right", roundhouse_kick, counts=FIVE),
    AuthoredGesture("knee_strike.right", knee_strike, counts=FIVE),
    AuthoredGesture("kung_fu", kung_fu, speeds=False),
)
