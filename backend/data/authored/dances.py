"""Dances by name, danced alone.

Most are a pattern of arms and hips over a beat, some have steps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .arms import ArmPose, arm, reach
from .curves import about, blur, ease, smooth_noise
from .gesture import AuthoredGesture
from .legs import BALL
from .take import SIDES, AuthoredTake

DOWN, UP, INWARD, AHEAD = (0.0, -1.0, 0.0), (0.0, 1.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
LONGEST = 6.85  # seconds of beats
RISE, FALL = 0.5, 0.75  # seconds into the first figure and out of the last


class Dance(AuthoredTake):
    """A take with a beat.

    Attributes:
        beat: seconds of one beat.
        start: when the first beat begins; ``beats`` follow.
        on: (T,) 0 before and after the dance, 1 in it.
        count: (T,) beats since the start, below zero before it.
    """

    def __init__(self, rng: np.random.Generator, tempo: float, beat: float, beats: int, **options: float) -> None:
        lead, tail = rng.uniform(0.15, 0.35), rng.uniform(0.25, 0.5)
        self.beat = beat / tempo
        self.beats = min(beats, int(LONGEST / self.beat))
        self.start = lead + RISE
        self.end = self.start + self.beats * self.beat
        super().__init__(rng, self.end + FALL + tail, **options)
        self.on = ease(self.t, [(lead, 0.0), (self.start, 1.0), (self.end, 1.0), (self.end + 0.6, 0.0)])
        self.count = (self.t - self.start) / self.beat

    def bounce(self, metres: float, per_beat: float = 1.0) -> None:
        """The knees give on every beat."""
        self.move[:, 1] -= self.on * metres * (0.5 + 0.5 * np.cos(2 * np.pi * per_beat * self.count))

    def swing(self, beats: float = 2.0, phase: float = 0.0) -> np.ndarray:
        """(T,) -1 .. 1 and back in so many beats; 0 outside the dance."""
        return self.on * np.sin(2 * np.pi * (self.count / beats + phase))

    def figures(self, side: str, poses: Sequence[ArmPose | None], hold: float = 0.25, lag: float = 0.5) -> None:
        """One arm goes from pose to pose, a beat each, and rests in each for a share of it.

        None keeps the last.
        """
        rest = self.rest_arm[side]
        keys: list[tuple] = [(0.0, rest), (self.start - RISE, rest)]
        for i, pose in enumerate(poses):
            if pose is not None:
                at = self.start + i * self.beat
                if hold and len(keys) > 2:
                    keys.append((at - (1 - hold) * self.beat, keys[-1][1]))
                keys.append((at, pose))
        self.key_arm(side, [*keys, (max(self.end, keys[-1][0] + 0.05), keys[-1][1]), (self.end + FALL, rest)], lag)

    def pivot(self, side: str, yaw: np.ndarray, heel: np.ndarray) -> None:
        """A foot turns by degrees (T,) on its ball, the heel up by degrees (T,)."""
        foot = self.feet[side]
        flat = BALL[side] * [1.0, 0.0, 1.0]
        foot.place += about("y", foot.yaw).apply(flat) - about("y", foot.yaw + yaw).apply(flat)
        foot.yaw += yaw
        foot.heel += heel


def floss(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Straight arms swing past the hips, one in front and one behind, against the hips."""
    take = Dance(rng, tempo, rng.uniform(0.36, 0.42), 4 * int(rng.integers(2, 4)), width=1.3, idle=0.4)
    out = arm((0.62, -0.8, 0.05), (0.62, -0.8, 0.12), DOWN)
    front = arm((-0.42, -0.95, 0.5), (-0.5, -0.9, 0.45), (0.2, 0.0, -1.0))
    behind = arm((0.22, -1.0, -0.5), (-0.35, -0.9, -0.45), (0.2, 0.0, 1.0))
    turns = take.beats // 4 + 1
    take.figures("right", ([out, behind, out, front] * turns)[: take.beats + 1], hold=0.1, lag=0.2)
    take.figures("left", ([front, out, behind, out] * turns)[: take.beats + 1], hold=0.1, lag=0.2)
    hips = take.on * np.cos(np.pi * take.count)  # left while the hands are on the right
    take.move[:, 0] += rng.uniform(0.07, 0.1) * hips
    take.tilt[:, 2] -= 9.0 * hips
    take.spine[:, 2] += 15.0 * hips
    take.move[:, 1] -= 0.03 * take.on
    take.hang[:] = 0.0
    return take


def twist(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Balls of the feet and hips turn to and fro, the bent arms swing against them.

    Down low and up again.
    """
    take = Dance(rng, tempo, rng.uniform(0.36, 0.44), int(rng.integers(8, 13)), width=1.5, idle=0.5)
    swing = take.swing(2.0, rng.choice([0.0, 0.5]))
    depth = rng.uniform(0.1, 0.22)
    low = ease(take.t, [(take.start, 0.0), (0.5 * (take.start + take.end), 1.0), (take.end, 0.0)])
    take.move[:, 1] -= take.on * (0.05 + depth * low)
    take.tilt[:, 1] += 26.0 * swing
    take.spine[:, 1] -= 44.0 * swing
    take.head[:, 1] += 14.0 * swing
    take.tilt[:, 0] += 12.0 * low * take.on
    take.spine[:, 0] += 8.0 * low * take.on
    take.turn = np.zeros(len(take.t))
    for side in SIDES:
        take.pivot(side, 30.0 * swing, 15.0 * take.on)
        bent = reach((0.26, 1.14, 0.26), (0.7, -1.0, -0.5), INWARD, (0.0, 0.2, 1.0))
        take.figures(side, [bent])
    take.swing_with(30.0 * swing)
    return take


def disco(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """One hand on the hip.

    The other points high to its side and down across, the hips marking the beat.
    """
    take = Dance(rng, tempo, rng.uniform(0.46, 0.56), 2 * int(rng.integers(3, 6)), width=rng.uniform(1.6, 2.1), idle=0.5)
    high = arm((0.7, 0.75, 0.2), (0.62, 0.95, 0.25), (0.0, -0.3, 1.0))
    low = arm((-0.35, -0.7, 0.75), (-0.5, -0.85, 0.55), (-0.3, 0.0, -1.0))
    hip = reach((0.2, 1.04, 0.04), (1.0, -0.2, -0.6), (-0.6, 0.0, -0.3), (-0.4, -0.4, 0.6))
    take.figures("right", ([high, low] * take.beats)[: take.beats + 1], hold=0.45, lag=0.5)
    take.figures("left", [hip])
    up = take.on * np.cos(np.pi * take.count)
    take.spine[:, 1] += -14.0 * blur(up, 0.05)
    take.spine[:, 2] += 8.0 * up
    take.spine[:, 0] += 6.0 * take.on * (0.5 - 0.5 * up)
    take.head[:, 1] += -16.0 * up
    take.head[:, 0] += -12.0 * up * (up > 0) + 8.0 * (up < 0) * -up
    take.move[:, 0] -= 0.06 * up
    take.tilt[:, 2] += 6.0 * up
    take.bounce(rng.uniform(0.03, 0.05), 2.0)
    take.feet["right"].heel += 18.0 * np.clip(-up, 0, 1)
    return take


def robot_dance(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Elbows at right angles, forearms that swing and stop dead, the trunk turning in jerks."""
    take = Dance(rng, tempo, rng.uniform(0.5, 0.62), int(rng.integers(6, 10)), width=1.1, idle=0.15)
    ahead = arm((0.3, -0.98, 0.0), (0.05, 0.0, 1.0), INWARD)
    up = arm((1.0, 0.0, 0.0), (0.0, 1.0, 0.05), AHEAD)
    hung = arm((1.0, 0.0, 0.0), (0.0, -1.0, 0.05), (0.0, 0.0, -1.0))
    level = arm((1.0, 0.0, 0.0), (0.05, 0.0, 1.0), DOWN)
    back = arm((0.25, -0.8, -0.6), (0.05, 0.0, 1.0), INWARD)
    pool = [ahead, up, hung, level, back]
    for side in SIDES:
        last, poses = -1, []
        for _ in range(take.beats + 1):
            pick = int(rng.choice([i for i in range(len(pool)) if i != last]))
            poses.append(pool[pick])
            last = pick
        take.figures(side, poses, hold=0.55, lag=0.0)

    def jerks(size: float) -> np.ndarray:
        """Angles that change within a third of a beat, with a small shake after each stop."""
        keys, last = [(take.start - RISE, 0.0)], 0.0
        for i in range(take.beats):
            value = float(rng.choice([-1.0, 0.0, 1.0])) * size
            at = take.start + (i + 0.5) * take.beat
            keys += [(at - 0.35 * take.beat, last), (at - 0.05 * take.beat, 1.12 * value), (at + 0.08 * take.beat, value)]
            last = value
        return ease(take.t, [*keys, (take.end, last), (take.end + FALL, 0.0)])

    take.spine[:, 1] += jerks(rng.uniform(22, 32))
    take.spine[:, 2] += jerks(8.0)
    take.spine[:, 0] += 0.5 * np.abs(jerks(16.0))
    take.head[:, 1] += jerks(rng.uniform(24, 34))
    take.move[:, 1] -= 0.02 * take.on
    return take


def headbang(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Head and back whip down and up on the beat over bent, wide legs.

    The fists at the hips or up.
    """
    take = Dance(rng, tempo, rng.uniform(0.42, 0.52), int(rng.integers(6, 11)), width=rng.uniform(1.6, 2.2), idle=0.5)
    down = take.on * (0.5 - 0.5 * np.cos(2 * np.pi * take.count)) ** 1.3
    take.head[:, 0] += 46.0 * np.roll(down, 2) - 14.0 * take.on
    take.spine[:, 0] += 34.0 * down + 4.0 * take.on
    take.tilt[:, 0] += 14.0 * down + 4.0 * take.on
    take.move[:, 1] -= take.on * 0.07 + 0.03 * down
    take.move[:, 2] -= 0.05 * down
    fist = reach((0.24, 1.16, 0.2), (0.9, -0.9, -0.3), INWARD, (-0.4, 0.2, 1.0))
    low = reach((0.26, 1.04, 0.22), (0.9, -0.7, -0.3), INWARD, (-0.4, -0.1, 1.0))
    raised = arm((0.5, 0.75, 0.4), (0.1, 1.0, 0.35), AHEAD)
    pumped = arm((0.6, 0.4, 0.5), (0.2, 1.0, 0.55), AHEAD)
    both = [fist, low] * take.beats
    up = [raised, pumped] * take.beats
    take.figures("left", both[: take.beats + 1], hold=0.1, lag=0.3)
    take.figures("right", (up if rng.random() < 0.4 else both)[: take.beats + 1], hold=0.1, lag=0.3)
    take.hang[:] = 0.2
    return take


def sway(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The weight goes from foot to foot with the music, the free heel lifts.

    Arms and head go along.
    """
    take = Dance(rng, tempo, rng.uniform(0.6, 0.8), int(rng.integers(5, 8)), width=rng.uniform(1.2, 1.7))
    side = take.swing(2.0, rng.choice([0.0, 0.5]))
    take.move[:, 0] += rng.uniform(0.06, 0.09) * side
    take.tilt[:, 2] -= 5.0 * side
    take.spine[:, 2] += rng.uniform(7, 11) * side
    take.spine[:, 1] += rng.uniform(4, 10) * side
    take.head[:, 2] += -rng.uniform(5, 10) * side
    take.bounce(rng.uniform(0.012, 0.025))
    bent = arm((0.4, -1.0, 0.0), (0.1, -0.25, 1.0), (-0.9, -0.3, 0.0))
    other = arm((0.45, -1.0, 0.1), (0.3, 0.1, 1.0), (-0.9, -0.3, 0.0))
    low = rng.random() < 0.4
    for hand, sign in (("left", 1), ("right", -1)):
        if not low:
            poses = [bent, other] if sign > 0 else [other, bent]
            take.figures(hand, (poses * take.beats)[: take.beats + 1], hold=0.0, lag=0.8)
        take.feet[hand].heel += 16.0 * np.clip(-sign * side, 0, 1)
    take.swing_with((16.0 if low else 8.0) * side)
    return take


def hip_hop(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """A bouncing two-step with loose arms that cross and open, the chest hitting each beat."""
    take = Dance(rng, tempo, rng.uniform(0.5, 0.6), 2 * int(rng.integers(4, 6)), width=1.5, idle=0.6)
    take.flow, take.shift = 0.1, 0.66
    wide = rng.uniform(0.2, 0.28)
    home = {side: float(take.feet[side].place[0, 0]) for side in SIDES}
    first = 1 if rng.random() < 0.5 else -1
    for i in range(take.beats // 2):
        sign = first * (-1) ** i  # out to one side with one foot, the other taps beside it, and back
        lead_side, follow = ("left", "right") if sign > 0 else ("right", "left")
        begin = take.start + 2 * i * take.beat
        centre = sign * wide / 2
        take.step(lead_side, begin, begin + 0.6 * take.beat, (home[lead_side] + centre + 0.04 * sign, 0.0), lift=0.09)
        take.step(follow, begin + take.beat, begin + 1.55 * take.beat, (home[follow] + centre, 0.05), lift=0.09)
    for side in SIDES:
        take.step(
            side,
            take.end + (0.05 if side == "left" else 0.4),
            take.end + (0.4 if side == "left" else 0.75),
            (home[side], 0.0),
            lift=0.05,
        )
    crossed = reach((-0.05, 1.16, 0.3), (0.9, -0.5, 0.2), (-0.3, -0.6, -0.6), (-1.0, -0.2, 0.4))
    opened = arm((0.75, -0.55, 0.3), (0.55, 0.1, 0.85), (-0.3, -1.0, 0.0))
    low = arm((0.45, -0.9, -0.1), (0.2, -0.6, 0.8), INWARD)
    high = reach((0.16, 1.4, 0.34), (0.9, -0.4, 0.0), (-0.4, -0.9, 0.0), (-0.5, 0.2, 0.9))
    pattern = [[opened, crossed, low, crossed], [opened, crossed, high, low], [high, low, opened, crossed]][int(rng.integers(3))]
    other = pattern[2:] + pattern[:2] if rng.random() < 0.5 else pattern
    take.figures("right", (pattern * take.beats)[: take.beats + 1], hold=0.2, lag=0.6)
    take.figures("left", (other * take.beats)[: take.beats + 1], hold=0.2, lag=0.6)
    take.bounce(rng.uniform(0.045, 0.07))
    take.move[:, 1] -= 0.05 * take.on
    hit = take.on * (0.5 + 0.5 * np.cos(2 * np.pi * take.count))
    take.spine[:, 0] += 10.0 * hit + 4.0 * take.on
    take.head[:, 0] += 9.0 * np.roll(hit, 2) - 4.0
    take.spine[:, 2] += 6.0 * take.swing(4.0)
    take.spine[:, 1] += 10.0 * take.swing(4.0, 0.25) + take.on * smooth_noise(rng, take.t, 4.0)[:, 0]
    return take


def waltz(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """The box step in three-four time around an unseen partner.

    Ahead, aside, close, back, aside, close.
    """
    bars = 4
    take = Dance(rng, min(tempo, 1.15), rng.uniform(0.4, 0.46), 3 * bars, idle=0.5)
    take.flow, take.shift = 0.12, 0.64
    stride, wide = rng.uniform(0.36, 0.44), rng.uniform(0.32, 0.38)
    half = 0.5 * float(take.feet["left"].place[0, 0] - take.feet["right"].place[0, 0])
    where = np.zeros(2)
    for bar in range(bars):
        forward = bar % 2 == 0
        lead, other = ("left", "right") if forward else ("right", "left")
        sign = 1.0 if lead == "left" else -1.0
        ahead = where + np.array([0.0, stride if forward else -stride])
        aside = ahead + np.array([-sign * wide, 0.0])  # the other foot goes to its own side
        begin = take.start + 3 * bar * take.beat
        for number, (foot, place) in enumerate(((lead, ahead), (other, aside), (lead, aside))):
            start = begin + number * take.beat
            x = float(place[0]) + (half if foot == "left" else -half)
            take.step(foot, start, start + 0.9 * take.beat, (x, float(place[1])), lift=0.05)
        where = aside
    third = take.count % 3
    rise = take.on * np.sin(np.pi * np.clip((third - 0.5) / 2.4, 0, 1)) ** 2
    take.move[:, 1] += 0.02 * rise - 0.035 * take.on
    for side in SIDES:
        take.feet[side].heel += 12.0 * rise * (take.feet[side].load > 0.5)
    take.spine[:, 2] += 4.0 * take.swing(6.0)
    take.spine[:, 0] -= 5.0 * take.on
    take.head[:, 1] += 14.0 * take.on
    held = arm((1.0, -0.05, 0.25), (0.55, 0.3, 0.95), (-0.2, -0.4, 1.0))
    back = reach((0.02, 1.28, 0.36), (1.0, -0.1, 0.1), (-0.2, 0.0, -1.0), (-1.0, 0.1, 0.1))
    take.figures("left", [held])
    take.figures("right", [back])
    return take


def bachata(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Three steps to a side and a tap with the hip, then three to the other."""
    rounds = int(rng.integers(2, 4))
    take = Dance(rng, min(tempo, 1.2), rng.uniform(0.42, 0.48), 4 * rounds, idle=0.6)
    take.flow, take.shift = 0.1, 0.68
    wide = rng.uniform(0.22, 0.28)
    half = 0.5 * float(take.feet["left"].place[0, 0] - take.feet["right"].place[0, 0])
    x = 0.0
    for number in range(rounds):
        sign = 1.0 if number % 2 == 0 else -1.0
        lead, other = ("left", "right") if sign > 0 else ("right", "left")
        begin = take.start + 4 * number * take.beat
        for i, foot in enumerate((lead, other, lead, other)):
            if foot == lead:
                x += sign * wide
            place = (x + (half if foot == "left" else -half), 0.02 if i == 3 else 0.0)
            take.step(foot, begin + i * take.beat, begin + (i + 0.75) * take.beat, place, lift=0.05)
    tap = take.on * np.clip(np.cos(2 * np.pi * (take.count - 3.6) / 4.0), 0, 1) ** 6
    way = np.where(np.floor(np.clip(take.count, 0, take.beats - 1) / 4) % 2 == 0, -1.0, 1.0)  # the hip of the tapping foot
    take.tilt[:, 2] -= 9.0 * blur(tap * way, 0.04) * -1.0
    sway_hips = take.swing(2.0)
    take.tilt[:, 2] += 5.0 * sway_hips
    take.spine[:, 2] -= 7.0 * sway_hips
    take.spine[:, 1] += 6.0 * take.swing(4.0)
    take.bounce(0.015, 1.0)
    take.move[:, 1] -= 0.03 * take.on
    held = arm((0.55, -0.8, 0.3), (0.25, 0.15, 1.0), (-0.5, -0.8, 0.3))
    belly = reach((0.06, 1.14, 0.22), (1.0, -0.5, 0.0), (-0.2, -0.2, -1.0), (-1.0, 0.0, 0.2))
    take.figures("left", [held])
    take.figures("right", [belly if rng.random() < 0.5 else held])
    take.swing_with(8.0 * take.swing(2.0, 0.25))
    return take


GESTURES = (
    AuthoredGesture("floss", floss),
    AuthoredGesture("twist", twist),
    AuthoredGesture("disco", disco, speeds=False),
    AuthoredGesture("robot_dance", robot_dance, speeds=False),
    AuthoredGesture("headbang", headbang),
    AuthoredGesture("sway", sway),
    AuthoredGesture("hip_hop", hip_hop, speeds=False),
    AuthoredGesture("waltz", waltz, speeds=False),
    AuthoredGesture("bachata", bachata, speeds=False),
)
