"""Stairs and ladders: feet that find one step after another.

The body follows in height.

Up begins on the floor and ends on level ground above; down begins above and ends on the floor.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from backend.motion.motion import Motion

from .arms import reach
from .curves import blur, ease, min_jerk
from .footfalls import Contact, lay_contacts
from .gait import follow, lean_over_feet, moving
from .gesture import AuthoredGesture, PerformedTake
from .take import OTHER, SIGN, STANCE, AuthoredTake

_SHOULDERS = 1.43  # metres above the floor at rest, as in `arms.reach`


def _stairs(rng: np.random.Generator, tempo: float, up: bool) -> AuthoredTake:
    rise, run = rng.uniform(0.15, 0.19), rng.uniform(0.27, 0.31)
    steps, beat, lead = int(rng.integers(4, 6)), rng.uniform(0.58, 0.68) / tempo**0.75, rng.uniform(0.4, 0.6)
    top = 0.0 if up else steps * rise
    stance = STANCE * rng.uniform(0.8, 1.0)
    contacts = {side: [Contact(-1.0, 99.0, SIGN[side] * stance, 0.0, top)] for side in SIGN}
    side = str(rng.choice(["left", "right"]))
    spots = {name: np.array([found[0].x, found[0].y, found[0].z]) for name, found in contacts.items()}
    knots = [(lead - 0.1, (spots["left"] + spots["right"]) / 2)]
    swing, strike = 0.7 * beat, lead + 0.75 * beat
    first = 0.30 if up else 0.12  # metres from the toes to the middle of the first tread
    z = 0.0
    for number in range(1, steps + 3):  # the steps, one step on the level, and one that closes
        level = min(number, steps)
        z += first if number == 1 else run if number <= steps else 0.42 if number == steps + 1 else 0.0
        y = level * rise if up else top - level * rise
        before = contacts[side][-1]
        closing = number == steps + 2
        climbs = abs(y - before.y) > 1e-6
        contacts[side][-1] = replace(before, off=strike - swing, push=26 if up else 34)
        contacts[side].append(
            Contact(strike, 99.0, SIGN[side] * (stance if closing else 0.085), z, y, strike=(4 if up else 20) if climbs else -12,
                    lift=0.045 if climbs else 0.05, early=0.6 if climbs and up else -0.25 if climbs else 0.0)
        )  # fmt: skip
        spots[side] = np.array([contacts[side][-1].x, y, z])
        knots.append((strike + (0.3 if closing else 0.12 * beat), (spots["left"] + spots["right"]) / 2))
        side, strike = OTHER[side], strike + beat * rng.uniform(0.97, 1.03)
    end = strike - beat
    take = AuthoredTake(rng, end + rng.uniform(0.6, 0.9))
    for name, found in contacts.items():
        lay_contacts(take, name, found)
    follow(take, [(time, spot[[0, 2]]) for time, spot in knots], 0.07)
    lean_over_feet(take, 0.35, 3.0, beat)
    height = np.interp(take.t, [time for time, _ in knots], [spot[1] for _, spot in knots])
    going = moving(take, lead, end)
    take.move[:, 1] += blur(height, 0.16 * beat) - 0.03 * going
    take.tilt[:, 0] += (rng.uniform(5, 9) if up else 1.0) * going
    take.spine[:, 0] += rng.uniform(3, 8) * going
    take.head[:, 0] += (rng.uniform(0, 6) if up else rng.uniform(12, 22)) * going
    take.swing_arms(rng.uniform(25, 40))
    return take


def stairs_up(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Up a flight of stairs, a foot a stair, and a step onto the landing."""
    return _stairs(rng, tempo, True)


def stairs_down(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Down a flight of stairs, balls of the feet first, and a step on the floor."""
    return _stairs(rng, tempo, False)


def climb_up(rng: np.random.Generator, tempo: float, count: int | None) -> AuthoredTake:
    """Up a ladder, a hand together with the opposite foot; ends hanging on."""
    rung, rungs_at, beat = rng.uniform(0.27, 0.31), rng.uniform(0.38, 0.43), rng.uniform(0.6, 0.74) / tempo**0.75
    moves, lead, grip = int(rng.integers(5, 8)), rng.uniform(0.4, 0.6), 0.65
    start = lead + grip
    take = AuthoredTake(rng, start + (moves + 0.6) * beat + rng.uniform(0.4, 0.7), idle=0.25)
    t, side, toes = take.t, str(rng.choice(["left", "right"])), rungs_at - 0.17
    feet = {name: [Contact(-1.0, 99.0, sign * 0.12, 0.0)] for name, sign in SIGN.items()}
    hands = {name: [(start, _SHOULDERS + 0.1 + 0.5 * rung * (name == side))] for name in SIGN}
    levels, climbed = dict.fromkeys(SIGN, 0.0), [(start, 0.0)]
    for number in range(moves):
        levels[side] = (number + 1) * rung
        feet[side][-1] = replace(feet[side][-1], off=start, push=12)
        landing = Contact(start + 0.75 * beat, 99.0, SIGN[side] * 0.11, toes, levels[side], lift=0.04, early=0.5, drive=-0.06)
        feet[side].append(landing)
        hand = OTHER[side]
        height = hands[hand][-1][1]
        hands[hand] += [
            (start + 0.02, height),
            (start + 0.62 * beat, height + (0.5 if number == 0 else 1.0 if number == 1 else 2.0) * rung),
        ]
        climbed.append((start + beat, min(levels.values())))  # the lower leg is straight when its foot leaves
        side, start = hand, start + beat
    for name, found in feet.items():
        lay_contacts(take, name, found)
    near = ease(t, [(lead + 0.2, 0.0), (lead + grip + 0.8 * beat, 1.0)])
    gone = blur(np.interp(t, [time for time, _ in climbed], [metres for _, metres in climbed]), 0.2 * beat)
    take.shift, take.turn = 0.5, np.zeros(len(t))
    take.move[:, 2] += near * (toes - 0.14) - take.ground()[:, 2]
    take.move[:, 1] += gone - 0.03 * near
    take.tilt[:, 0] += 5 * near
    take.head[:, 0] -= 14 * near
    sway = blur(take.feet["left"].place[:, 1] - take.feet["right"].place[:, 1], 0.1)
    take.tilt[:, 2] += 14 * sway
    take.spine[:, 2] -= 10 * sway
    for name, keys in hands.items():
        away = np.zeros(len(t))
        for (leaves, low), (grips, high) in pairwise(keys):
            if high > low:
                away = np.maximum(away, np.sin(np.pi * np.clip((t - leaves) / (grips - leaves), 0, 1)))
        ahead = rungs_at - (near * (toes - 0.14)) - 0.03 - 0.08 * away
        path = np.stack([np.full(len(t), 0.2), ease(t, keys) - gone, ahead], -1)
        take.path_arm(name, lead - 0.1, 99.0, reach(path, (0.7, -1.0, -0.3), (0.0, -0.3, 1.0), (-0.2, 0.8, 0.6)), blend=grip)
    take.hang[:] = 0.0
    return take


class _Backward:
    """A take played from its end to its beginning: for motion in which nothing flies or falls."""

    def __init__(self, take: AuthoredTake) -> None:
        self.take = take

    def motion(self) -> Motion:
        made = self.take.motion()
        return Motion(made.rotations[::-1].copy(), made.pelvis[::-1].copy()).placed_at_origin()


def climb_down(rng: np.random.Generator, tempo: float, count: int | None) -> PerformedTake:
    """Down a ladder to the floor."""
    take = climb_up(rng, tempo, count)
    take.head[:, 0] += 26 * min_jerk((take.t - 1.0) / 0.8)  # eyes on the rungs below
    return _Backward(take)


GESTURES = (
    AuthoredGesture("stairs.up", stairs_up, 0.7, speeds=False),
    AuthoredGesture("stairs.down", stairs_down, speeds=False),
    AuthoredGesture("climb.up", climb_up, 0.6, speeds=False),
    AuthoredGesture("climb.down", climb_down, speeds=False),
)
