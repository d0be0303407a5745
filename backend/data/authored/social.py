"""Gestures towards another person: handshakes, hugs, pats, giving and taking.

One-sided ones use the right hand.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arms import ArmPose, arm, reach
from .curves import blur
from .gesture import AuthoredGesture
from .take import AuthoredTake

Stage = tuple  # (seconds, pose) or (seconds, pose, pose it passes on the way there)
INWARD, DOWN, UP, AHEAD = (-1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
_CHANNELS = {"pitch": 0, "yaw": 1, "roll": 2}


def gesture(
    rng: np.random.Generator,
    tempo: float,
    right: Sequence[Stage],
    left: Sequence[Stage] = (),
    *,
    back: float = 0.75,
    lag: float = 0.8,
    keep: bool = False,
    **sizes: float,
) -> AuthoredTake:
    """A take whose arms pass stages and go back to rest, the trunk joining in between.

    Args:
        right, left: stages of the arms; both take the same time where both are given.
        back: seconds of the way back; ``keep`` ends the take at the last stage instead.
        sizes: degrees of "spine_pitch", "head_yaw", "tilt_roll" ... and metres of "ahead", "aside", "down" at the peak.
    """
    lead, tail = rng.uniform(0.15, 0.5), rng.uniform(0.3, 0.7)
    back /= tempo**0.7
    length = sum(stage[0] for stage in right) / tempo
    take = AuthoredTake(rng, lead + length + (0.1 if keep else back + tail))
    for side, stages in (("right", right), ("left", left)):
        rest = take.rest_arm[side]
        keys, now = [(0.0, rest), (lead, rest)], lead
        for seconds, *poses in stages:
            now += seconds / tempo
            keys.append((now, *poses))
        if stages and not keep:
            keys.append((now + back, rest))
        if stages:
            take.key_arm(side, keys, lag)
    rise, end = lead + 0.9 * right[0][0] / tempo, lead + length
    shape = [(lead - 0.1, 0.0), (rise, 1.0), (max(rise, end), 1.0)] + ([] if keep else [(end + back, 0.0)])
    take.lead, take.end = lead, end  # when the gesture begins and ends, for what is added to it
    for name, size in sizes.items():
        part, _, way = name.partition("_")
        channel, column = {
            "ahead": (take.move, 2), "aside": (take.move, 0), "down": (take.move, 1),
        }.get(name) or (getattr(take, part), _CHANNELS[way])  # fmt: skip
        take.key(channel[:, column], [(time, (-size if name == "down" else size) * value) for time, value in shape])
    return take


def jitter(rng: np.random.Generator, point: Sequence[float], size: float = 0.02) -> np.ndarray:
    """A point a little elsewhere in each take."""
    return np.asarray(point, dtype=float) + rng.normal(0, size, 3)


def handshake(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand goes out, thumb up, is shaken up and down, and comes back."""
    shakes = count or int(rng.integers(2, 5))
    at, size = jitter(rng, (0.06, 1.16, 0.44)), rng.uniform(0.035, 0.06)

    def grip(up: float) -> ArmPose:
        return reach(at + np.array((0.0, up, -0.2 * up)), (0.35, -1.0, -0.3), INWARD, (-0.1, 0.1, 1.0))

    stages = [(rng.uniform(0.55, 0.75), grip(0.0)), (0.12, grip(0.0))]
    for _ in range(shakes):
        stages += [(rng.uniform(0.16, 0.2), grip(size)), (rng.uniform(0.16, 0.2), grip(-size))]
    stages += [(0.18, grip(0.0)), (rng.uniform(0.1, 0.3), grip(0.0))]
    lean = rng.uniform(3, 10)
    take = gesture(
        rng, tempo, stages, lag=0.5, spine_pitch=lean, spine_yaw=rng.uniform(4, 10), head_pitch=-0.3 * lean, head_yaw=-4,
        ahead=rng.uniform(0.01, 0.04),
    )  # fmt: skip
    if rng.random() < 0.6:  # a nod along with it
        start = take.lead + 0.5
        take.key(take.head[:, 0], [(start, 0.0), (start + 0.25, rng.uniform(6, 12)), (start + 0.6, 0.0)])
    return take


def high_five(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand goes up with the palm ahead, claps an unseen palm, and comes down."""
    return gesture(rng, tempo, *_five(rng, 1), lag=0.5, **_FIVE_BODY)


def high_five_both(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both palms go up and clap two unseen palms."""
    return gesture(rng, tempo, *_five(rng, 2), lag=0.5, head_pitch=-6, spine_pitch=-3, ahead=0.02)


_FIVE_BODY = {"head_pitch": -6.0, "spine_yaw": 9.0, "head_yaw": -6.0, "spine_roll": -3.0, "ahead": 0.02}


def _five(rng: np.random.Generator, arms: int) -> list[list[Stage]]:
    height = rng.uniform(1.64, 1.76)
    back = reach((0.27, height, 0.12), (1.0, -0.6, 0.0), AHEAD, (0.05, 1.0, -0.2))
    hit = reach((0.17, height + 0.03, 0.42), (0.8, -1.0, 0.0), AHEAD, (0.0, 1.0, 0.1))
    away = reach((0.22, height - 0.06, 0.28), (0.8, -1.0, 0.0), AHEAD, (0.0, 1.0, 0.0))
    rise, pause = rng.uniform(0.5, 0.65), rng.uniform(0.08, 0.2)
    stages = [(rise, back), (pause, back), (rng.uniform(0.13, 0.18), hit), (0.06, hit), (0.25, away)]
    return [stages] * arms


def fist_bump(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right fist goes ahead at chest height, meets another one, and comes back."""
    at = jitter(rng, (0.08, 1.27, 0.49))
    ready = reach(at - (-0.08, 0.08, 0.24), (0.5, -1.0, -0.4), DOWN, (-0.1, 0.0, 1.0))
    hit = reach(at, (0.6, -0.8, 0.0), DOWN, (-0.05, 0.0, 1.0))
    rebound = reach(at - (0.0, 0.0, 0.06), (0.6, -0.8, 0.0), DOWN, (-0.05, 0.0, 1.0))
    stages = [(rng.uniform(0.4, 0.55), ready), (rng.uniform(0.22, 0.32), hit), (0.08, hit), (0.2, rebound), (0.15, rebound)]
    return gesture(rng, tempo, stages, lag=0.5, spine_yaw=rng.uniform(8, 14), head_yaw=-8, spine_pitch=3, head_pitch=4)


def hug(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both arms open wide, then close around an unseen person, hold, and let go."""
    high = rng.choice(["left", "right"])
    hold, lean = rng.uniform(0.8, 1.6), rng.uniform(6, 14)
    stages = {}
    for side in ("left", "right"):
        lift = 0.1 if side == high else -0.06
        open_wide = arm((0.9, -0.25, 0.65), (0.6, 0.0, 1.0), (-0.6, 0.2, 0.7))
        around = reach((0.02, 1.32 + lift, 0.42 + 0.05 * (side == high)), (0.9, -0.3, 0.35), (-0.3, 0.0, -1.0), (-1.0, 0.0, 0.15))
        pat = reach((0.02, 1.32 + lift, 0.46), (0.9, -0.3, 0.35), (-0.3, 0.0, -1.0), (-1.0, 0.0, 0.35))
        stages[side] = [(0.7, open_wide), (0.25, open_wide), (0.65, around), (0.3 * hold, around)]
        for _ in range(3):
            stages[side] += [(0.16, pat if side == high else around), (0.16, around)]
        stages[side] += [(0.7 * hold, around), (0.55, open_wide)]
    take = gesture(rng, tempo**0.6, stages["right"], stages["left"], spine_pitch=lean, ahead=0.03)
    start = take.lead + 0.95 / tempo**0.6
    tilt = rng.choice([-1, 1]) * rng.uniform(8, 16)
    take.key(take.head[:, 2], [(start, 0.0), (start + 0.6, tilt), (take.end - 0.5, tilt), (take.end, 0.0)])
    take.key(take.spine[:, 1], [(start, 0.0), (start + 0.6, -0.5 * tilt), (take.end - 0.5, -0.5 * tilt), (take.end, 0.0)])
    return take


def pat(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand pats an unseen shoulder or back ahead."""
    pats = count or int(rng.integers(2, 5))
    at = jitter(rng, (0.1, rng.uniform(1.3, 1.42), 0.47))

    def hand(up: float) -> ArmPose:
        return reach(at + np.array((0.0, up, -0.3 * up)), (0.7, -0.7, 0.0), (0.0, -1.0, 0.45), (-0.1, -0.15 + 3.0 * up, 1.0))

    stages = [(rng.uniform(0.55, 0.7), hand(0.07))]
    for _ in range(pats):
        stages += [(rng.uniform(0.14, 0.18), hand(0.0)), (rng.uniform(0.16, 0.22), hand(0.09))]
    stages[-1] = (0.3, hand(0.0))
    return gesture(rng, tempo, stages, lag=0.4, spine_yaw=9, head_yaw=-6, spine_pitch=rng.uniform(2, 8), ahead=0.02)


def poke(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Short jabs of the right forefinger straight ahead."""
    times = count or int(rng.integers(1, 4))
    at = jitter(rng, (0.1, rng.uniform(1.22, 1.34), 0.5))
    out = reach(at, (0.5, -0.9, 0.0), (-0.7, -0.7, 0.0), (0.0, 0.0, 1.0))
    ready = reach(at - (-0.02, 0.04, 0.17), (0.5, -1.0, -0.3), (-0.7, -0.7, 0.0), (0.0, 0.05, 1.0))
    stages = [(rng.uniform(0.5, 0.65), ready)]
    for _ in range(times):
        stages += [(rng.uniform(0.14, 0.18), out), (0.05, out), (rng.uniform(0.18, 0.25), ready)]
    return gesture(rng, tempo, stages, lag=0.4, spine_pitch=rng.uniform(2, 7), spine_yaw=8, head_yaw=-5, head_pitch=3)


def slap(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand goes back, open, and swings across at the height of a face."""
    height = rng.uniform(1.42, 1.56)
    back = arm((0.85, 0.05, -0.25), (0.75, 0.55, 0.35), (-0.2, 0.1, 1.0))
    hit = reach((0.05, height, 0.5), (0.8, -0.6, 0.0), INWARD, (-0.3, 0.15, 1.0))
    through = reach((-0.22, height - 0.08, 0.36), (0.5, -0.9, 0.3), (-0.6, 0.0, -0.8), (-1.0, 0.05, 0.3))
    wind, swing, follow = rng.uniform(0.4, 0.55), rng.uniform(0.15, 0.19), rng.uniform(0.14, 0.2)
    take = gesture(rng, tempo, [(wind, back), (0.05, back), (swing, hit), (follow, through), (0.12, through)], lag=0.5)
    lead, pace = take.lead, 1 / tempo
    hit_at = lead + (wind + swing + 0.1) * pace
    turn = [(lead, 0.0), (lead + wind * pace, -1.0), (hit_at, 0.9), (take.end, 1.0), (take.end + 0.7, 0.0)]
    take.key(take.spine[:, 1], [(time, rng.uniform(24, 28) * value) for time, value in turn])
    take.key(take.tilt[:, 1], [(time, 10.0 * value) for time, value in turn])
    take.key(take.head[:, 1], [(time, -24.0 * value) for time, value in turn])
    take.key(take.move[:, 2], [(time, 0.035 * value) for time, value in turn])
    return take


def give(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand hands something over, palm up, waits and comes back empty."""
    hold = reach(jitter(rng, (0.12, 1.08, 0.26)), (0.4, -1.0, -0.5), UP, (-0.3, 0.1, 1.0))
    out = reach(jitter(rng, (0.06, rng.uniform(1.12, 1.24), 0.49)), (0.4, -1.0, -0.2), (-0.1, 1.0, -0.1), (-0.05, 0.05, 1.0))
    stages = [(rng.uniform(0.5, 0.65), hold), (rng.uniform(0.1, 0.3), hold), (0.55, out), (rng.uniform(0.5, 1.0), out)]
    lean = rng.uniform(6, 14)
    return gesture(
        rng, tempo, stages, spine_pitch=lean, spine_yaw=rng.uniform(5, 10), head_pitch=rng.uniform(2, 8) - 0.4 * lean,
        head_yaw=-4, ahead=0.03,
    )  # fmt: skip


def take(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right hand reaches ahead, closes on something offered, and draws it to the body."""
    out = reach(jitter(rng, (0.05, rng.uniform(1.14, 1.26), 0.5)), (0.4, -1.0, -0.1), (-0.5, 0.8, 0.0), (-0.05, 0.1, 1.0))
    grip = reach(jitter(rng, (0.05, 1.2, 0.48), 0.01), (0.4, -1.0, -0.1), (-1.0, 0.1, 0.0), (-0.15, 0.15, 1.0))
    close = reach(jitter(rng, (0.05, 1.14, 0.24)), (0.6, -0.9, -0.4), (-0.5, 0.6, -0.6), (-0.8, 0.2, 0.6))
    stages = [(rng.uniform(0.6, 0.75), out), (rng.uniform(0.2, 0.4), grip), (0.6, close), (rng.uniform(0.4, 0.8), close)]
    made = gesture(rng, tempo, stages, spine_yaw=rng.uniform(3, 7), head_yaw=-3)
    reached = made.lead + (stages[0][0] + stages[1][0]) / tempo
    lean = [(made.lead, 0.0), (reached - 0.2, 1.0), (reached + 0.7 / tempo, 0.0)]
    made.key(made.spine[:, 0], [(time, rng.uniform(9, 13) * value) for time, value in lean])
    made.key(made.move[:, 2], [(time, 0.03 * value) for time, value in lean])
    look = [(reached, 0.0), (reached + 0.5 / tempo, 1.0), (made.end, 1.0), (made.end + 0.6, 0.0)]
    made.key(made.head[:, 0], [(time, rng.uniform(20, 28) * value) for time, value in look])  # looks at what it got
    return made


def introduce(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right arm opens to the side, palm up, presenting somebody or something there."""
    out, height = rng.uniform(0.9, 1.3), rng.uniform(-0.25, 0.05)
    shown = arm((out, height - 0.35, 0.55), (out, height, 0.75), (0.1, 1.0, 0.25), (out, height - 0.05, 0.7))
    via = reach((0.0, 1.18, 0.3), (0.6, -1.0, 0.0), (-0.3, 0.6, -0.6), (-0.8, 0.1, 0.6))
    stages = [(rng.uniform(0.65, 0.85), shown, via), (rng.uniform(0.9, 1.6), shown)]
    yaw = -rng.uniform(22, 38)
    return gesture(
        rng, tempo, stages, head_yaw=yaw, spine_yaw=0.4 * yaw, head_pitch=4, spine_roll=rng.uniform(-2, 3),
        spine_pitch=rng.uniform(0, 6), aside=-0.02,
    )  # fmt: skip


def dismiss(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The back of the right hand flicks something away to the side, the head turning off."""
    inside = reach(jitter(rng, (0.06, 1.36, 0.24)), (0.8, -0.8, 0.0), (-0.2, -0.4, -1.0), (-0.8, -0.5, 0.2))
    away = reach(jitter(rng, (0.36, 1.4, 0.4)), (0.8, -0.8, -0.2), (-0.3, -1.0, 0.2), (0.5, 0.15, 1.0))
    stages = [(rng.uniform(0.45, 0.6), inside)]
    for number in range(count or int(rng.integers(1, 4))):
        stages += [(rng.uniform(0.17, 0.22), away), (0.07, away)] if number == 0 else [(0.2, inside), (0.18, away)]
    yaw = rng.uniform(14, 26)
    return gesture(rng, tempo, stages, lag=1.1, head_yaw=yaw, head_roll=rng.uniform(2, 8), spine_yaw=0.3 * yaw, spine_pitch=-3)


def blow_kiss(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The fingers of the right hand touch the lips and swing out ahead, palm up."""
    lips = reach((0.1, 1.46, 0.22), (0.7, -1.0, 0.2), (-0.3, 0.0, -1.0), (-0.75, 0.75, -0.15))
    out = reach(jitter(rng, (0.18, 1.42, 0.52)), (0.6, -1.0, 0.0), (-0.1, 1.0, 0.1), (0.05, 0.15, 1.0))
    stages = [(rng.uniform(0.55, 0.7), lips), (rng.uniform(0.25, 0.45), lips), (rng.uniform(0.35, 0.45), out)]
    stages.append((rng.uniform(0.3, 0.6), out))
    take = gesture(rng, tempo, stages, lag=0.8, head_roll=rng.uniform(-6, 6), spine_yaw=4)
    kiss = take.lead + stages[0][0] / tempo
    dip = [(kiss - 0.2, 0.0), (kiss + 0.1, 9.0), (kiss + 0.5, -6.0), (take.end, -4.0), (take.end + 0.5, 0.0)]
    take.key(take.head[:, 0], dip)
    take.key(take.spine[:, 0], [(time, 0.5 * value) for time, value in dip])
    return take


def point_up(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The right arm points high up ahead; head and eyes follow it to the sky."""
    up = rng.uniform(1.1, 2.2)
    aim = arm((0.25, up - 0.25, 1.0), (0.1, up, 1.0), (-0.4, -0.7, 0.5))
    via = arm((0.35, -0.6, 0.6), (0.1, 0.3, 1.0), (-0.8, -0.5, 0.0))
    stages = [(rng.uniform(0.6, 0.8), aim, via), (rng.uniform(0.8, 1.5), aim)]
    return gesture(rng, tempo, stages, head_pitch=-rng.uniform(22, 34), spine_pitch=-6, spine_yaw=6, head_yaw=-4, spine_roll=-3)


def clap_overhead(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Both hands go up and clap over the head, as an audience does."""
    claps = count or int(rng.integers(4, 8))
    height, front = rng.uniform(1.8, 1.86), rng.uniform(0.1, 0.2)
    wide = reach((0.24, height - 0.03, front), (1.0, 0.0, 0.2), INWARD, (-0.1, 1.0, 0.05))
    shut = reach((0.035, height, front + 0.02), (1.0, 0.0, 0.2), INWARD, (-0.1, 1.0, 0.1))
    half = rng.uniform(0.2, 0.26)
    stages = [(rng.uniform(0.6, 0.75), wide, arm((0.9, 0.0, 0.4), (0.6, 0.3, 0.6), (-0.6, 0.0, 0.6)))]
    for _ in range(claps):
        stages += [(half, shut), (half, wide)]
    take = gesture(rng, tempo, stages, stages, lag=0.3, head_pitch=-rng.uniform(4, 12), spine_pitch=-4)
    beat = np.sin(np.pi * np.clip((take.t - take.lead - stages[0][0] / tempo) / (half / tempo), 0, 2 * claps)) ** 2
    take.move[:, 1] -= 0.018 * blur(beat, 0.04)
    return take


FIVE = (2, 3, 4, 5)
GESTURES = (
    AuthoredGesture("handshake", handshake, speeds=False),
    AuthoredGesture("high_five.right", high_five, speeds=False),
    AuthoredGesture("high_five.both", high_five_both, 0.5, speeds=False),
    AuthoredGesture("fist_bump", fist_bump, speeds=False),
    AuthoredGesture("hug", hug),
    AuthoredGesture("pat", pat, speeds=False, counts=FIVE),
    AuthoredGesture("poke", poke, speeds=False, counts=FIVE),
    AuthoredGesture("slap", slap, speeds=False),
    AuthoredGesture("give", give),
    AuthoredGesture("take", take),
    AuthoredGesture("introduce.right", introduce),
    AuthoredGesture("dismiss", dismiss, speeds=False),
    AuthoredGesture("blow_kiss", blow_kiss, speeds=False),
    AuthoredGesture("point_up.right", point_up),
    AuthoredGesture("clap_overhead", clap_overhead, counts=FIVE),
)
