"""Ways to stand: hands on hips, in pockets, behind the back, arms crossed, at attention.

They end in the posture, which can be held for any time. T-pose and A-pose are exact, for rigging.
"""

from __future__ import annotations

import numpy as np

from backend.motion.body import default_body
from backend.motion.skeleton import INDEX

from .arms import ArmPose, arm, reach
from .beat import BEHIND, Beat, both, jitter
from .curves import about, ease
from .gesture import AuthoredGesture
from .take import SIDES, AuthoredTake

_ANKLE = default_body().rest_positions()[INDEX["left_ankle"]]


def _stand(rng: np.random.Generator, tempo: float, stays: float = 0.8) -> tuple[AuthoredTake, Beat]:
    beat = Beat.draw(rng, tempo, rise=(0.6, 0.9), hold=(1.3, 2.6), stays=rng.random() < stays)
    take = AuthoredTake(rng, beat.seconds, width=rng.uniform(0.95, 1.5))
    take.hang[:] = 0.0
    aside = rng.choice([-1, 0, 1]) * rng.uniform(0.02, 0.04)  # the weight on one leg, its hip higher
    beat.body(take, tilt=(0, 0, -80 * aside), spine=(0, 0, 70 * aside), move=(aside, -0.003, 0), shift=0.1)
    return take, beat


def hands_on_hips(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both hands on the hips, elbows out."""
    return _on_hips(rng, tempo, SIDES)


def hand_on_hip(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand on its hip, the weight on a leg."""
    return _on_hips(rng, tempo, ("right",))


def _on_hips(rng: np.random.Generator, tempo: float, sides: tuple[str, ...]) -> AuthoredTake:
    take, beat = _stand(rng, tempo)
    for side in sides:
        place = jitter(rng, (0.158, 0.085, 0.03), 0.004)
        beat.touch(take, side, "pelvis", place, (1.0, -0.1, -0.35), (-1.0, -0.15, 0.1), (-0.1, -0.55, 0.85), "palm")
    beat.body(take, head=(rng.uniform(-4, 5), rng.uniform(-8, 8), 0), spine=(rng.uniform(-5, 0), 0, 0))
    return take


def hands_in_pockets(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Hands slide down to the pockets at the front of the hips, shoulders relaxed."""
    take, beat = _stand(rng, tempo)
    for side in SIDES:
        place = jitter(rng, (0.158, -0.075, 0.058), 0.004)
        beat.touch(take, side, "pelvis", place, (0.8, -0.5, -0.7), (-0.85, 0.0, -0.35), (-0.12, -1.0, 0.25), "palm")
    beat.body(take, head=(rng.uniform(-2, 8), rng.uniform(-12, 12), 0), spine=(rng.uniform(1, 7), 0, 0))
    return take


def cross_arms(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Forearms folded over the chest, one hand in the crook of the other arm."""
    take, beat = _stand(rng, tempo)
    upper = reach((-0.07, 1.24, 0.25), (1.0, -0.8, 0.1), (0.0, -0.4, -1.0), (-0.9, 0.1, -0.15))
    lower = reach((-0.05, 1.17, 0.19), (1.0, -0.9, 0.1), (0.0, -0.3, -1.0), (-1.0, 0.1, -0.05))
    via = reach((0.15, 1.1, 0.36), (0.6, -1.0, 0.0), (-1.0, -0.3, 0.0))
    beat.key_arms(take, {"left": upper, "right": lower}, via, lag=0.6)
    beat.body(take, head=(rng.uniform(-4, 4), rng.uniform(-8, 8), 0), spine=(rng.uniform(-4, 3), 0, 0))
    return take


def hands_behind_back(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """One hand lies in the other at the small of the back, chest open: at ease."""
    take, beat = _stand(rng, tempo)
    high, low = jitter(rng, (-0.02, 0.085, -0.112), 0.003), jitter(rng, (-0.015, 0.06, -0.155), 0.003)
    beat.key_arms(take, both(BEHIND), early=0.4)
    for side, place in zip(SIDES, (high, low), strict=True):
        beat.touch(take, side, "pelvis", place, (1.0, -0.3, -0.8), (0.05, -0.1, -1.0), (-0.8, -0.4, -0.05), "back", late=0.4)
    beat.body(take, head=(rng.uniform(-5, 3), rng.uniform(-8, 8), 0), spine=(rng.uniform(-6, -1), 0, 0))
    return take


def hands_behind_head(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Fingers laced at the back of the head, elbows out wide."""
    take, beat = _stand(rng, tempo)
    beat.key_arms(take, both(arm((1.0, 0.3, 0.3), (0.0, 1.0, 0.1), (-0.5, 0.0, 1.0))), early=0.3)
    for side in SIDES:
        place = jitter(rng, (0.02, 0.03, -0.108), 0.003)
        elbow = (1.0, rng.uniform(0.1, 0.35), rng.uniform(0.15, 0.5))
        beat.touch(take, side, "head", place, elbow, (-0.2, 0.0, 1.0), (-0.85, 0.2, -0.25), lift=6.0, late=0.35)
    beat.body(take, head=(rng.uniform(-8, 3), 0, 0), spine=(rng.uniform(-6, 0), 0, 0))
    return take


def hands_up(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Surrender: both hands at the height of the head, palms forward, elbows bent."""
    take, beat = _stand(rng, tempo * 1.15, 0.7)
    out, level, front = rng.uniform(0.7, 0.95), rng.uniform(-0.45, 0.1), rng.uniform(0.15, 0.45)
    for side in SIDES:
        pose = arm((out, level + rng.normal(0, 0.03), front), (0.12, 1.0, 0.2), (-0.1, 0.05, 1.0), (0.0, 1.0, 0.1))
        beat.key_arms(take, {side: pose})
    beat.body(take, head=(rng.uniform(-6, 4), 0, 0), spine=(rng.uniform(-6, 0), 0, 0), move=(0, 0, -0.015))
    return take


def pray(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Palms together before the chest, fingers up, the head bowed over them."""
    take, beat = _stand(rng, tempo, 0.6)
    height, front = rng.uniform(0.0, 0.06), rng.uniform(0.215, 0.255)
    for side in SIDES:
        place = (0.03, height, front)
        beat.touch(take, side, "spine3", place, (1.0, -0.75, 0.0), (-1.0, 0.0, 0.0), (-0.05, 1.0, 0.35), "palm")
    beat.body(take, head=(rng.uniform(14, 28), 0, 0), spine=(rng.uniform(2, 8), 0, 0), shift=0.08)
    return take


def attention(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right foot closes with a snap; straight back, chin level, hands flat at the seams."""
    step = rng.uniform(0.28, 0.38) / tempo**0.5
    lead = rng.uniform(0.2, 0.4)
    take = AuthoredTake(rng, lead + step + rng.uniform(1.2, 2.4), width=1.1, idle=0.35)
    left = take.feet["left"].place[0]
    take.step("right", lead, lead + step, (float(left[0]) - 0.125, float(left[2])), 0.0, lift=0.045)
    shape = [(lead, 0.0), (lead + step + 0.06, 1.0)]
    for side in SIDES:
        rest = take.rest_arm[side]
        straight = arm((0.14, -1.0, 0.0), (0.05, -1.0, 0.07), (-1.0, 0.0, 0.05))
        take.key_arm(side, [(0.0, rest), (lead, rest), (lead + step + 0.05, straight)], lag=0.3)
    for channel, column, size in ((take.spine, 0, -5.0), (take.head, 0, 1.0), (take.move, 1, 0.004)):
        take.key(channel[:, column], [(time, size * value) for time, value in shape])
    take.hang[:] = 0.0
    return take


def t_pose(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Exactly the rest pose: arms level to the sides, palms down; still to the end."""
    return _rig_pose(rng, tempo, 0.0)


def a_pose(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The rest pose with straight arms 45 degrees under the level; still to the end."""
    return _rig_pose(rng, tempo, 45.0)


def _rig_pose(rng: np.random.Generator, tempo: float, under: float) -> AuthoredTake:
    beat = Beat.draw(rng, tempo, rise=(0.7, 1.1), hold=(1.2, 2.4), stays=True)
    take = AuthoredTake(rng, beat.seconds, idle=0.0)
    for side, sign in zip(SIDES, (1, -1), strict=True):  # feet as in the rest pose from the first frame on
        take.toes_out[side] = 0.0
        take.feet[side].yaw[:] = 0.0
        take.feet[side].place[:] = (sign * _ANKLE[0], 0.0, 0.0)
        rest, none = take.rest_arm[side], about("y", 0.0)
        pose = ArmPose(none, about("z", -under), none, none)
        take.key_arm(side, [(0.0, rest), (beat.lead, rest), (beat.top, pose)], lag=0.5)
    for channel, size in ((take.head, 1.5), (take.spine, 0.8)):
        start = rng.normal(0, size, 3)
        channel += ease(take.t, [(beat.lead, 1.0), (beat.top, 0.0)])[:, None] * start
    take.hang[:] = 0.0
    return take


GESTURES = (
    AuthoredGesture("hands_on_hips", hands_on_hips, speeds=False),
    AuthoredGesture("hands_on_hips.right", hand_on_hip, 0.6, speeds=False),
    AuthoredGesture("hands_in_pockets", hands_in_pockets, speeds=False),
    AuthoredGesture("cross_arms", cross_arms, speeds=False),
    AuthoredGesture("hands_behind_back", hands_behind_back, speeds=False),
    AuthoredGesture("hands_behind_head", hands_behind_head, speeds=False),
    AuthoredGesture("hands_up", hands_up, speeds=False),
    AuthoredGesture("pray", pray, speeds=False),
    AuthoredGesture("attention", attention, speeds=False),
    AuthoredGesture("t_pose", t_pose, speeds=False),
    AuthoredGesture("a_pose", a_pose, speeds=False),
)
